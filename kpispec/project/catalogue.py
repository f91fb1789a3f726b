"""What a project and the library define: lists, and the document of an id."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from kpispec.bundled import bundled
from kpispec.diagnostics import Findings
from kpispec.project.load import CallError, Loaded, library_documents
from kpispec.syntax.nodes import Document
from kpispec.syntax.read import localized

PLURALS = {
    "kpi": "kpis",
    "dataset": "datasets",
    "scorecard": "scorecards",
    "benchmark": "benchmarks",
    "function": "functions",
    "calendar": "calendars",
}


@dataclass(frozen=True, slots=True)
class Item:
    kind: str
    id: str
    label: str
    path: str
    line: int
    library: str | None = None


def items(loaded: Loaded, what: str | None) -> tuple[Item, ...]:
    """The documents of a project, of one kind or all, by kind and id. Of the library those that it takes in."""
    kinds = [k for k, plural in PLURALS.items() if what in (None, plural)]
    own = (d for d in loaded.catalog.documents if d.kind in kinds and (what is not None or d.library is None))
    return _sorted(own, loaded.project.language)


def library_items() -> tuple[Item, ...]:
    """Everything that ships with kpispec."""
    packs = sorted(p.name for p in bundled("specs").iterdir() if p.is_dir())
    return _sorted(library_documents(packs, Findings()), "en")


def _sorted(documents: Iterable[Document], language: str) -> tuple[Item, ...]:
    order = list(PLURALS)
    found = [_item(d, language) for d in documents]
    return tuple(sorted(found, key=lambda i: (order.index(i.kind), i.id)))


def _item(document: Document, language: str) -> Item:
    text = localized(document.node.get("label")) or localized(document.node.get("description"))
    words = " ".join(text.get(language, "en").split()) if text is not None else ""
    return Item(document.kind, document.id, words, document.span.file.path, document.span.line, document.library)


def items_text(found: tuple[Item, ...]) -> str:
    from kpispec.render.text import visible

    if not found:
        return "nothing is defined"
    kind, id = (max(len(getattr(i, key)) for i in found) for key in ("kind", "id"))
    return "\n".join(f"{i.kind:{kind}}  {i.id:{id}}  {visible(i.label[:90])}".rstrip() for i in found)


def items_json(found: tuple[Item, ...]) -> str:
    rows = [{"kind": i.kind, "id": i.id, "label": i.label, "path": i.path, "line": i.line} for i in found]
    return json.dumps({"schema": "kpispec-list/1", "items": rows}, ensure_ascii=False, indent=2)


def find_document(loaded: Loaded, name: str) -> Document:
    """A flattened document by `id` or `kind.id`. Raises CallError where there is none, or more than one."""
    from kpispec.catalog.names import closest

    kind, dot, id = name.partition(".")
    found = [d for d in loaded.catalog.documents if (d.kind, d.id) == (kind, id)] if dot else []
    found = found or [d for d in loaded.catalog.documents if d.id == name]
    found = [d for d in found if d.library is None] or found
    if len(found) == 1:
        return found[0]
    if not found:
        known = [d.id for d in loaded.catalog.documents]
        raise CallError(
            f"there is no document `{name}`", closest(name, known) or "`kpispec list` shows those there are"
        )
    kinds = ", ".join(f"`{d.kind}.{d.id}`" for d in found)
    raise CallError(f"`{name}` is the id of several documents", f"name one of {kinds}")
