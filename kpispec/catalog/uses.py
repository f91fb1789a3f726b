"""The catalogue to its lineage.

The texts of the documents are read as they stand, so that a KPI with a finding has its place too, and arguments of
functions are seen in the expression that calls them.
"""

from collections.abc import Iterable, Iterator, Set

from kpispec.catalog.lineage import Edge, Lineage, Node, Use, reached
from kpispec.catalog.model import Catalog
from kpispec.diagnostics import Findings
from kpispec.formula.parse import parse
from kpispec.formula.tree import Call, Name, walk
from kpispec.source import Text
from kpispec.spec import (
    WHENS,
    BenchmarkRef,
    ColumnSpec,
    DatasetSpec,
    InputSpec,
    JoinSpec,
    KpiSpec,
    RowInput,
    ScorecardSpec,
)
from kpispec.syntax.nodes import Document
from kpispec.syntax.read import localized
from kpispec.words import KINDS

_KINDS = ("dataset", "column", "function", "benchmark", "input", "kpi")  # others stand behind them


def lineage(catalog: Catalog, *, library: bool = False) -> Lineage:
    """The graph of a project. Of the library it holds what the project rests on, or with `library` all of it."""
    graph = _Graph(catalog)
    for document in catalog.documents:
        graph.document(document)
    for dataset in catalog.datasets.values():
        graph.dataset(dataset.spec)
    for function in catalog.functions.values():
        graph.expression(function.formula, f"function.{function.id}", Use.COMPUTES)
    for kpi in catalog.specs.values():
        graph.kpi(kpi)
    for card in catalog.scorecards.values():
        graph.scorecard(card)
    return graph.whole(library=library)


def column_id(dataset: str, column: str) -> str:
    """`tickets.opened_at`; in full where the data set is called as a kind of document is."""
    return f"dataset.{dataset}.columns.{column}" if dataset in KINDS else f"{dataset}.{column}"


def inputs_of(catalog: Catalog, spec: KpiSpec) -> tuple[InputSpec, ...]:
    """The inputs that count: one that extends another may have dropped some."""
    kpi = catalog.kpis.get(spec.id)
    if kpi is None:
        return spec.inputs
    kept = {r.spec.name for r in kpi.rows} | {k.spec.name for k in kpi.kpis}
    return tuple(i for i in spec.inputs if i.name in kept)


class _Graph:
    """The graph while it grows. What no document defines has its finding and no place here."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.written = {(d.kind, d.id): d for d in catalog.documents}
        self.nodes: dict[str, Node] = {}
        self.edges: dict[Edge, None] = {}

    def whole(self, *, library: bool) -> Lineage:
        """Everything of the project's own, and of the library what that rests on."""
        own = {n.id for n in self.nodes.values() if library or n.library is None}
        kept = own | reached(own, ((e.end, e.start) for e in self.edges))
        kept |= {n.id for n in self.nodes.values() if n.kind == "column" and f"dataset.{n.name.split('.')[0]}" in kept}
        order = {kind: i for i, kind in enumerate(_KINDS)}
        nodes = sorted((n for n in self.nodes.values() if n.id in kept), key=lambda n: order.get(n.kind, len(order)))
        place = {n.id: i for i, n in enumerate(nodes)}
        edges = (e for e in self.edges if e.start in place and e.end in place)
        return Lineage(tuple(nodes), tuple(sorted(edges, key=lambda e: (place[e.start], place[e.end]))))

    def edge(self, start: str, end: str, use: Use) -> None:
        self.edges.setdefault(Edge(start, end, use))

    def named(self, kind: str, named: Text, end: str, use: Use) -> None:
        """An edge from a document that another one names."""
        if (kind, named.value) in self.written:
            self.edge(f"{kind}.{named.value}", end, use)

    def document(self, document: Document) -> None:
        """The node of a document, and the chain of those that it extends."""
        below = self._node(document, document.subject)
        for above in document.ancestors:
            held = self.written.get((above.kind, above.id))
            shadowed = above.library is not None and (held is None or held.library != above.library)
            id = self._node(above, f"{above.kind}.{above.library}.{above.id}" if shadowed else above.subject)
            self.edge(id, below, Use.EXTENDS)
            below = id

    def _node(self, document: Document, id: str) -> str:
        label = localized(document.node.get("label"))
        self.nodes.setdefault(id, Node(id, document.kind, document.id, label, document.span, document.library))
        return id

    def dataset(self, spec: DatasetSpec) -> None:
        id = f"dataset.{spec.id}"
        self.nodes.setdefault(id, Node(id, "dataset", spec.id, spec.label, spec.span, spec.library))
        for column in spec.columns:
            made = self._column(spec, column.name, column)
            if column.expr is not None:
                self.expression(column.expr, made, Use.COMPUTES, spec)
        for condition in spec.where:
            self.expression(condition, id, Use.FILTERS, spec)
        bounds = (spec.interval.start, spec.interval.end) if spec.interval is not None else ()
        for moment in (spec.time, *bounds):
            self._column_used(spec, moment, id, Use.PLACES)
        for key in spec.key:
            self._column_used(spec, key, id, Use.IDENTIFIES)

    def _column(self, spec: DatasetSpec, name: str, column: ColumnSpec | None) -> str:
        id = column_id(spec.id, name)
        label, span = (column.label, column.span) if column is not None else (None, spec.span)
        self.nodes.setdefault(id, Node(id, "column", f"{spec.id}.{name}", label, span, spec.library))
        return id

    def expression(
        self, text: Text, end: str, use: Use, dataset: DatasetSpec | None = None, params: Set[str] = frozenset()
    ) -> None:
        """What an expression reads of a data set, and the functions that it calls."""
        tree = parse(text, "", Findings())
        for node in walk(tree) if tree is not None else ():
            if isinstance(node, Call) and ("function", node.name) in self.written:
                self.edge(f"function.{node.name}", end, Use.CALLS)
            elif isinstance(node, Name) and dataset is not None and (node.path or node.name not in params):
                self._reads(dataset, (*node.path, node.name), end, use)

    def _column_used(self, spec: DatasetSpec, named: Text | None, end: str, use: Use) -> None:
        """A column named by a key of its own, also through joins: `customer.region`."""
        if named is not None:
            self._reads(spec, tuple(named.value.split(".")), end, use)

    def _reads(self, spec: DatasetSpec, path: tuple[str, ...], end: str, use: Use) -> None:
        *steps, name = (step.lower() for step in path)
        for step in steps:
            join = spec.join(step)
            joined = self.catalog.datasets.get(join.dataset.value) if join is not None else None
            if join is None or joined is None:
                return
            self._joined(spec, join, joined.spec, end)
            spec = joined.spec
        column = spec.column(name)
        if column is not None or not spec.declared:
            self.edge(self._column(spec, name, column), end, use)

    def _joined(self, spec: DatasetSpec, join: JoinSpec, other: DatasetSpec, end: str) -> None:
        for ours, theirs in join.on:
            self._column_used(spec, ours, end, Use.JOINS)
            self._column_used(other, theirs, end, Use.JOINS)
        self._column_used(spec, join.at, end, Use.JOINS)
        self.edge(f"dataset.{other.id}", end, Use.ROWS)

    def kpi(self, spec: KpiSpec) -> None:
        id = f"kpi.{spec.id}"
        self.expression(spec.formula, id, Use.COMPUTES)
        for item in inputs_of(self.catalog, spec):
            self._input(spec, item, id)
        for benchmark in spec.benchmarks:
            if isinstance(benchmark, BenchmarkRef):
                self.named("benchmark", benchmark.set, id, Use.COMPARES)
        self._cuts([spec.id], {d for bands in spec.thresholds for d, _ in bands.segment}, id)
        for driver in spec.drivers:
            self.named("kpi", driver, id, Use.DRIVES)
        for guard in spec.read_with:
            self.named("kpi", guard, id, Use.GUARDS)

    def _input(self, spec: KpiSpec, item: InputSpec, kpi: str) -> None:
        made = f"{kpi}.inputs.{item.name}"
        self.nodes[made] = Node(made, "input", f"{spec.id}.{item.name}", None, item.span, spec.library)
        self.edge(made, kpi, Use.COMPUTES)
        params = {name.value.lower() for name, _ in spec.params}
        if isinstance(item, RowInput):
            self._rows(spec, item, made, params)
            return
        self.named("kpi", item.kpi, made, Use.COMPUTES)
        for below in self._below(item.kpi.value):
            for condition in item.where:
                self.expression(condition, made, Use.FILTERS, below, params)

    def _rows(self, spec: KpiSpec, item: RowInput, made: str, params: Set[str]) -> None:
        found = self.catalog.datasets.get(item.dataset.value)
        if found is None:
            return
        dataset = found.spec
        self.edge(f"dataset.{dataset.id}", made, Use.ROWS)
        self.expression(item.expr, made, Use.COMPUTES, dataset, params)
        for condition in (*spec.where, *item.where):
            self.expression(condition, made, Use.FILTERS, dataset, params)
        if item.when is not None and item.when.value not in WHENS:
            self._column_used(dataset, item.when, made, Use.PLACES)
        for unit in (*item.per, spec.sample_unit):
            self._column_used(dataset, unit, made, Use.IDENTIFIES)
        for name, weight in spec.weight:
            if name in ("", item.name):
                self._column_used(dataset, weight, made, Use.WEIGHTS)

    def _below(self, id: str) -> Iterator[DatasetSpec]:
        """The data sets behind a KPI, through other KPIs too, each once."""
        seen, given = set[str](), set[str]()
        waiting = [id]
        while waiting:
            at = waiting.pop(0)
            spec = self.catalog.specs.get(at)
            if spec is None or at in seen:
                continue
            seen.add(at)
            for item in inputs_of(self.catalog, spec):
                found = self.catalog.datasets.get(item.dataset.value) if isinstance(item, RowInput) else None
                if found is not None and found.id not in given:
                    given.add(found.id)
                    yield found.spec
                waiting += [] if isinstance(item, RowInput) else [item.kpi.value]

    def _cuts(self, kpis: Iterable[str], dimensions: Set[str], end: str) -> None:
        for dataset in (found for kpi in kpis for found in self._below(kpi)) if dimensions else ():
            for column in dataset.columns:
                if column.dimension and column.name in dimensions:
                    self.edge(column_id(dataset.id, column.name), end, Use.CUTS)

    def scorecard(self, card: ScorecardSpec) -> None:
        id = f"scorecard.{card.id}"
        shown = [entry.kpi for section in card.sections for entry in section.kpis]
        for kpi in shown:
            self.named("kpi", kpi, id, Use.SHOWS)
        dimensions = {name.strip() for segment in card.segments for name in segment.value.split(",")}
        self._cuts((kpi.value for kpi in shown), dimensions, id)
