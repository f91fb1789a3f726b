"""One document as it is after `extends`, with the place that each key came from."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kpispec.catalog.model import Catalog
from kpispec.catalog.uses import inputs_of
from kpispec.diagnostics import Findings
from kpispec.formula.check import names
from kpispec.formula.parse import parse
from kpispec.project.naming import double_quoted
from kpispec.source import Span
from kpispec.spec import KpiSpec
from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar, Seq
from kpispec.syntax.scalars import resolve
from kpispec.syntax.yaml import HIDDEN

ORIGIN_SCHEMA = "kpispec-origin/1"
_WIDEST = 72  # where the comments about origins begin at the latest
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of YAML. `span` is the key or item that it begins; the later lines of a text have none."""

    text: str
    span: Span | None = None


def resolved(catalog: Catalog, document: Document) -> Document:
    """The document without the inputs that its formula no longer uses."""
    spec = catalog.specs.get(document.id) if document.kind == "kpi" else None
    inputs = document.node.entry("inputs")
    if spec is None or inputs is None or not isinstance(inputs.value, Map) or document.parent is None:
        return document
    kept = _kept(catalog, spec)
    left = Map(tuple(e for e in inputs.value.entries if e.name.lower() in kept), inputs.value.span)
    entries = (Entry(e.key, left) if e is inputs else e for e in document.node.entries)
    return replace(document, node=Map(tuple(entries), document.node.span))


def _kept(catalog: Catalog, spec: KpiSpec) -> frozenset[str]:
    """The inputs that count; of a KPI with a finding, those that its formula names, or all where it names none."""
    every = frozenset(i.name for i in inputs_of(catalog, spec))
    formula = parse(spec.formula, "", Findings()) if spec.id not in catalog.kpis else None
    return (every & names(formula) if formula is not None else every) or every


def document_yaml(document: Document, *, origin: bool = False) -> str:
    """The document as YAML that reads back as the same; with `origin`, comments name the place of each key."""
    lines = list(_lines(document.node, 0))
    if not origin:
        return "\n".join(line.text for line in lines)
    width = min(max((len(line.text) for line in lines if line.span), default=0), _WIDEST)
    return "\n".join(_remarked(line, document, width) for line in lines)


def _remarked(line: Line, document: Document, width: int) -> str:
    if line.span is None:
        return line.text
    path = "".join(c if c.isprintable() and not HIDDEN.match(c) else "?" for c in line.span.file.path)
    of = _owner(line.span, document)
    whose = "" if of is document else f" ({of.library}.{of.id})" if of.library is not None else f" ({of.id})"
    return f"{line.text:{width}}  # {path}:{line.span.line}{whose}"


def _owner(span: Span, document: Document) -> Document:
    """The document of the chain in which a place stands."""
    for above in document.ancestors:
        if span.file is above.span.file and above.node.span.start <= span.start <= above.node.span.end:
            return above
    return document


def document_json(document: Document, *, origin: bool = False) -> str:
    """The document as JSON; with `origin`, beside a list of the places of its keys."""
    plain = _plain(document.node)
    if not origin:
        return json.dumps(plain, ensure_ascii=False, indent=2)
    origins = [
        {
            "keys": list(keys),
            "path": span.file.path,
            "line": span.line,
            "column": span.column,
            "document": _owner(span, document).subject,
            "library": _owner(span, document).library,
        }
        for keys, span in _places(document.node, ())
    ]
    found = {
        "schema": ORIGIN_SCHEMA,
        "kind": document.kind,
        "id": document.id,
        "extends": [above.subject for above in document.ancestors],
        "document": plain,
        "origins": origins,
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _places(node: Node, route: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Span]]:
    match node:
        case Map(entries=entries):
            for entry in entries:
                yield (*route, entry.name), entry.key.span
                yield from _places(entry.value, (*route, entry.name))
        case Seq(items=items):
            for number, item in enumerate(items):
                yield (*route, number), item.span
                yield from _places(item, (*route, number))
        case Scalar():
            return


def _plain(node: Node) -> object:
    match node:
        case Scalar(value=value):
            return value
        case Seq(items=found):
            return [_plain(i) for i in found]
        case Map(entries=entries):
            return {e.name: _plain(e.value) for e in entries}


def _lines(node: Map, depth: int) -> Iterator[Line]:
    for entry in node.entries:
        head = "  " * depth + _scalar(entry.key) + ":"
        yield from _valued(head, entry.value, entry.key.span, depth + 1)


def _items(node: Seq, depth: int) -> Iterator[Line]:
    indent = "  " * depth
    for item in node.items:
        if isinstance(item, Map) and item.entries:
            first, *rest = _lines(item, depth + 1)
            yield Line(indent + "- " + first.text[len(indent) + 2 :], item.span)
            yield from rest
        else:
            yield from _valued(indent + "-", item, item.span, depth + 1)


def _valued(head: str, node: Node, span: Span, depth: int) -> Iterator[Line]:
    """A key or a dash with what stands behind and under it."""
    match node:
        case Map(entries=()):
            yield Line(head + " {}", span)
        case Seq(items=()):
            yield Line(head + " []", span)
        case Map():
            yield Line(head, span)
            yield from _lines(node, depth)
        case Seq():
            yield Line(head, span)
            yield from _items(node, depth)
        case Scalar(value=str(text)) if _fits_block(text):
            yield Line(f"{head} {'|' if text.endswith(chr(10)) else '|-'}", span)
            yield from (Line("  " * depth + line if line else "") for line in text.removesuffix("\n").split("\n"))
        case Scalar():
            yield Line(f"{head} {_scalar(node)}", span)


def _fits_block(text: str) -> bool:
    """Whether a text of several lines reads back from under a `|`."""
    lines = text.removesuffix("\n").split("\n")
    plain = all(c.isprintable() and not HIDDEN.match(c) for line in lines for c in line)
    return "\n" in text and plain and bool(lines[0]) and lines[0][0] != " " and bool(lines[-1])


def _scalar(node: Scalar) -> str:
    """A value that reads back as itself, quoted where it was, and where a plain one would mean something else."""
    words = node.text.value
    if node.value is None:
        return "null"
    if not isinstance(node.value, str) or (not node.quoted and _reads_plain(words)):
        return words
    return double_quoted(words)


def _reads_plain(words: str) -> bool:
    """Whether the words stand unquoted in a block for the text that they are."""
    if not words or words != words.strip() or not isinstance(resolve(words), str):
        return False
    if (
        (words[0] in _INDICATORS and not re.match("-[^ ]", words))
        or ": " in words
        or " #" in words
        or words.endswith(":")
    ):
        return False
    return all(c.isprintable() and not HIDDEN.match(c) for c in words)
