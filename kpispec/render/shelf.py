"""What every page of the catalogue knows: the language, the pages there are, a document's keys as it writes them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kpispec.catalog.lineage import Lineage, Node, Use, neighbours
from kpispec.catalog.model import Catalog
from kpispec.render.phrases import LONGEST_LABEL, Phrase, phrase_of
from kpispec.render.wording import Words
from kpispec.spec import Localized
from kpispec.syntax.nodes import Document, Map, Scalar, Seq
from kpispec.syntax.nodes import Node as Written


def _(message: str) -> str:
    return message


KINDS = {
    "dataset": _("data set"),
    "column": _("column"),
    "function": _("function"),
    "benchmark": _("benchmark"),
    "input": _("input"),
    "kpi": _("indicator"),
    "scorecard": _("scorecard"),
}

# A use from its end, and from its start.
USES = {
    Use.COMPUTES: (_("Computed from"), _("Computes")),
    Use.ROWS: (_("Rows of"), _("Gives rows to")),
    Use.FILTERS: (_("Filtered by"), _("Filters")),
    Use.PLACES: (_("Placed in time by"), _("Places in time")),
    Use.IDENTIFIES: (_("Identified by"), _("Identifies")),
    Use.JOINS: (_("Joined by"), _("Joins")),
    Use.WEIGHTS: (_("Weighted by"), _("Weights")),
    Use.CALLS: (_("Calls"), _("Called by")),
    Use.CUTS: (_("Cut by"), _("Cuts")),
    Use.COMPARES: (_("Compared with"), _("Stands beside")),
    Use.SHOWS: (_("Shows"), _("Shown on")),
    Use.EXTENDS: (_("Extends"), _("Extended by")),
    Use.DRIVES: (_("Driven by"), _("Drives")),
    Use.GUARDS: (_("Read with"), _("Read beside")),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing that a page names; `title` is its kind and id. `href` leads to its page, where it has one."""

    name: Phrase
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    words: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A key with its value as written; `refs` in its place where it names other things."""

    key: str
    value: str = ""
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A catalogue in one language. `default` is the language of texts that name none; `generator` is said in pages."""

    catalog: Catalog
    graph: Lineage
    words: Words
    default: str
    project: str
    generator: str

    def phrase(self, text: Localized | None, fallback: str = "", most: int = LONGEST_LABEL) -> Phrase:
        return phrase_of(text, self.words.language, self.default, fallback, most)

    def ref(self, node: Node, up: str = "../") -> Ref:
        """`up` leads from the page to the folder of the index."""
        spec = self.catalog.specs.get(node.name) if node.kind == "kpi" else None
        name = self.phrase(spec.label if spec is not None else node.label, node.name)
        if node.kind == "column" or node.id.count(".") > 1:
            name = Phrase(node.id.partition(".")[2] if node.kind != "column" else node.name)
        return Ref(name, f"{self.words.say(KINDS.get(node.kind, node.kind))} {node.name}", self.href(node, up))

    def href(self, node: Node, up: str) -> str:
        """The page of a node: a column is told on that of its data set. Only what stands in the graph has one."""
        if node.id.count(".") > 1 and node.kind != "column":
            return ""
        if node.kind == "column":
            return self._column_href(node.name, up)
        if node.kind == "kpi":
            return f"{up}kpi/{node.name}.html" if node.name in self.catalog.specs else ""
        return f"{up}dataset/{node.name}.html" if node.kind == "dataset" else ""

    def _column_href(self, name: str, up: str) -> str:
        dataset, _dot, column = name.partition(".")
        declared = self.catalog.datasets[dataset].spec.column(column) is not None
        return f"{up}dataset/{dataset}.html" + (f"#column-{column}" if declared else "")

    def uses(self, id: str, *, back: bool) -> tuple[Uses, ...]:
        """What stands directly around a node, by use; an input stands for what it reads, and for its KPI."""
        found: dict[Use, dict[str, Ref]] = {}
        for edge in neighbours(self.graph, id, back=back):
            other = self.graph.node(edge.start if back else edge.end)
            if other is not None and other.kind != "input":
                found.setdefault(edge.use, {})[other.id] = self.ref(other)
        side = 0 if back else 1
        return tuple(Uses(self.words.say(USES[u][side]), tuple(refs.values())) for u, refs in found.items())

    def named(self, kind: str, id: str) -> tuple[Ref, ...]:
        node = self.graph.node(f"{kind}.{id}")
        return (self.ref(node),) if node is not None else ()


def lines(node: Map, without: frozenset[str] = frozenset()) -> Iterator[Line]:
    """The keys of a map with their values, in order."""
    return (Line(e.name, written(e.value)) for e in node.entries if e.name not in without)


def written(node: Written) -> str:
    """A value on one line, as a spec would have it between braces."""
    match node:
        case Scalar(value=None):
            return "null"
        case Scalar():
            return node.text.value.strip()
        case Seq(items=items):
            return "[" + ", ".join(_inner(i) for i in items) + "]"
        case Map(entries=entries):
            return "{" + ", ".join(f"{_inner(e.key)}: {_inner(e.value)}" for e in entries) + "}"


def _inner(node: Written) -> str:
    if not isinstance(node, Scalar):
        return written(node)
    text = " ".join(written(node).split())
    odd = isinstance(node.value, str) and (not text or any(c in text for c in ",:{}[]#\"'"))
    return json.dumps(text, ensure_ascii=False) if odd else text


def source_of(document: Document) -> str:
    """The document as its file has it."""
    return document.node.span.text.rstrip() + "\n"
