"""Lineage: what every document, column and input is computed from, as a graph. `catalog.uses` makes it.

An edge leads from what is used to what uses it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from kpispec.source import Span
from kpispec.spec import Localized


class Use(StrEnum):
    """How the end of an edge uses its start."""

    COMPUTES = "computes"
    ROWS = "rows"  # a data set whose rows an input reads
    FILTERS = "filters"  # a column in a `where`
    PLACES = "places"  # a clock, or a bound of the interval
    IDENTIFIES = "identifies"  # a column of the key, of `per`, of the sampling unit
    JOINS = "joins"  # a column by which rows of two data sets meet
    WEIGHTS = "weights"
    CALLS = "calls"  # a function called
    CUTS = "cuts"  # a dimension
    COMPARES = "compares"  # a benchmark stood beside
    SHOWS = "shows"  # a KPI on a scorecard
    EXTENDS = "extends"
    DRIVES = "drives"  # a KPI named under `drivers`
    GUARDS = "guards"  # a KPI named under `read_with`


ASIDE = frozenset({Use.DRIVES, Use.GUARDS})  # for the reader only: nothing is computed along them


@dataclass(frozen=True, slots=True)
class Node:
    """A thing of the project. `kind` is that of a document, `column` or `input`.

    Ids are `KIND.ID` of documents, `DATASET.COLUMN` of columns and `kpi.ID.inputs.NAME` of inputs, as the subjects of
    findings. A document of the library in whose place one of the project stands is `KIND.PACK.ID`.
    """

    id: str
    kind: str
    name: str
    label: Localized | None = None
    span: Span | None = None
    library: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    start: str
    end: str
    use: Use


@dataclass(frozen=True, slots=True)
class Lineage:
    """Nodes by kind, then in the order of the documents, and edges in that of their ends.

    `asked` are the nodes that it was cut down to; none means that it is whole.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    asked: tuple[str, ...] = ()

    def node(self, id: str) -> Node | None:
        return next((n for n in self.nodes if n.id == id), None)

    def around(self, asked: Iterable[str]) -> "Lineage":
        """The part that some nodes are computed from and that is computed from them, with what is said aside of them.

        Of `extends` only the chain of documents is followed: what a parent reads, its child may have replaced.
        """
        asked = tuple(asked)
        solid = [e for e in self.edges if e.use not in ASIDE and e.use is not Use.EXTENDS]
        chain = [e for e in self.edges if e.use is Use.EXTENDS]
        kept = {*asked}
        for part in (solid, chain):
            kept |= reached(asked, [(e.start, e.end) for e in part]) | reached(asked, [(e.end, e.start) for e in part])
        beside = [e for e in self.edges if e.use in ASIDE and (e.start in asked or e.end in asked)]
        kept |= {id for e in beside for id in (e.start, e.end)}
        nodes = tuple(n for n in self.nodes if n.id in kept)
        edges = (e for e in self.edges if e.start in kept and e.end in kept and (e.use not in ASIDE or e in beside))
        return Lineage(nodes, tuple(edges), asked)


def reached(asked: Iterable[str], steps: Iterable[tuple[str, str]]) -> set[str]:
    """What can be come to from some nodes along steps, themselves left out unless a circle leads back."""
    ahead: dict[str, list[str]] = {}
    for start, end in steps:
        ahead.setdefault(start, []).append(end)
    found: set[str] = set()
    waiting = list(asked)
    while waiting:
        for end in ahead.get(waiting.pop(), ()):
            if end not in found:
                found.add(end)
                waiting.append(end)
    return found


def neighbours(graph: Lineage, id: str, *, back: bool) -> Iterator[Edge]:
    """The edges at a node, an input passed through: to what it reads, or to its KPI as it reads."""
    for edge in graph.edges:
        if (edge.end if back else edge.start) != id:
            continue
        other = edge.start if back else edge.end
        if not is_input(other):
            yield edge
        elif back:
            yield from neighbours(graph, other, back=True)
        else:
            yield from (replace(e, use=edge.use) for e in neighbours(graph, other, back=False))


def is_input(id: str) -> bool:
    return id.startswith("kpi.") and id.split(".")[2:3] == ["inputs"]
