"""Documents of many files to one set: duplicates refused, the library's taken in, `extends` flattened."""

from collections.abc import Iterable

from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings, Related
from kpispec.syntax import merge, schema
from kpispec.syntax.nodes import Document, Scalar
from kpispec.words import NOUNS

Key = tuple[str, str]


def gather(documents: Iterable[Document], findings: Findings) -> tuple[tuple[Document, ...], frozenset[Key]]:
    """One flattened document per kind and id, and those among them whose shape has a finding.

    Those that cannot be flattened are left out.
    """
    own, library = _by_key(documents, findings)
    table = {**library, **own}
    flat: dict[Key, Document] = {}
    for key in table:
        _flatten(key, table, library, flat, (), findings)
    faulty = frozenset(key for key, d in flat.items() if not schema.check(d, findings, complete=True))
    return tuple(flat.values()), faulty


def _noun(kind: str) -> str:
    return NOUNS.get(kind, kind)


def _by_key(documents: Iterable[Document], findings: Findings) -> tuple[dict[Key, Document], dict[Key, Document]]:
    own: dict[Key, Document] = {}
    library: dict[Key, Document] = {}
    for document in documents:
        table = own if document.library is None else library
        key = (document.kind, document.id)
        if key in table:
            _duplicate(document, table[key], findings)
        else:
            table[key] = document
    for key in own.keys() & library.keys():
        if own[key].node.get("extends") is None:
            _shadows(own[key], library[key], findings)
    return own, library


def _duplicate(document: Document, first: Document, findings: Findings) -> None:
    findings.add(
        "duplicate-id",
        f"{_noun(document.kind)} `{document.id}` is defined twice",
        subject=document.subject,
        span=document.span,
        help=f"rename one of them: in a project an id names one {_noun(document.kind)}",
        related=(Related("first defined here", first.span),),
    )


def _shadows(document: Document, shadowed: Document, findings: Findings) -> None:
    findings.add(
        "shadows-library",
        f"{_noun(document.kind)} `{document.id}` takes the place of the one in the library",
        subject=document.subject,
        span=document.span,
        help=f"add `extends: {shadowed.library}.{document.id}` to build on it instead",
    )


def _flatten(
    key: Key,
    table: dict[Key, Document],
    library: dict[Key, Document],
    flat: dict[Key, Document],
    above: tuple[Document, ...],
    findings: Findings,
) -> Document | None:
    document = table[key]
    if key in flat and flat[key].library == document.library:
        return flat[key]
    named = document.node.get("extends")
    if not isinstance(named, Scalar):
        flat[key] = document
        return document
    if document in above:
        _cycle(document, named, above, findings)
        return None
    parent = _parent(document, named, table, library, findings)
    if parent is None:
        return None
    named_key = (parent.kind, parent.id)
    if table[named_key] is not parent:  # the library's own, in whose place a document of the project stands
        table, flat_above = {**table, named_key: parent}, {}
    else:
        flat_above = flat
    base = _flatten(named_key, table, library, flat_above, (*above, document), findings)
    if base is None:
        return None
    flat[key] = merge.extend(document, base)
    return flat[key]


def _parent(
    document: Document, named: Scalar, table: dict[Key, Document], library: dict[Key, Document], findings: Findings
) -> Document | None:
    name = named.text.value
    pack, _, id = name.rpartition(".")
    found = library.get((document.kind, id)) if pack else table.get((document.kind, name))
    if found is not None and (not pack or found.library == pack):
        return found
    known = [k[1] for k in table if k[0] == document.kind and k[1] != document.id]
    known += [f"{d.library}.{d.id}" for d in library.values() if d.kind == document.kind]
    noun = _noun(document.kind)
    message, subject = f"`extends` names `{name}`, but no {noun} has that id", f"{document.subject}.extends"
    unknown(
        "dangling-extends", message, named.text, known, subject, findings, f"name another {noun}, or remove `extends`"
    )
    return None


def _cycle(document: Document, named: Scalar, above: tuple[Document, ...], findings: Findings) -> None:
    start = above.index(document)
    if document.id != min(d.id for d in above[start:]):
        return
    chain = " -> ".join([d.id for d in above[start:]] + [document.id])
    findings.add(
        "extends-cycle",
        f"{_noun(document.kind)}s extend each other in a circle: {chain}",
        subject=f"{document.subject}.extends",
        span=named.span,
        help="remove `extends` from one of them",
    )
