"""All documents of a project to its catalogue: flattened, typed, bound to each other, everything wrong said at once."""

from collections.abc import Iterable, Mapping, Set

from kpispec.catalog.cases import check_tests
from kpispec.catalog.datasets import bind_dataset
from kpispec.catalog.gather import gather
from kpispec.catalog.kpis import bind_kpi, in_order, rows_below, without_unused
from kpispec.catalog.model import Catalog, Dataset, Kpi
from kpispec.catalog.scorecards import check_scorecard
from kpispec.diagnostics import Findings
from kpispec.formula.define import define
from kpispec.formula.macros import Macro
from kpispec.source import Span, Text
from kpispec.spec import BenchmarkSpec, DatasetSpec, FunctionSpec, KpiSpec, ScorecardSpec
from kpispec.syntax.build import build
from kpispec.syntax.nodes import Document


def resolve(
    documents: Iterable[Document],
    bound: Mapping[str, Span | None],
    findings: Findings,
    announced: Set[tuple[str, str]] = frozenset(),
) -> Catalog:
    """The catalogue of a project. `bound` names the data sets that bindings give, with the place of each.

    What is broken has its finding and is left out; the rest is whole. `announced` are the kinds and ids of documents that
    could not be read: naming one of them is no second mistake.
    """
    documents = tuple(documents)
    written = announced | {(d.kind, d.id) for d in documents}
    extending = {(d.kind, d.id) for d in documents if d.node.get("extends") is not None}
    flat = gather(documents, findings)
    specs = [spec for spec in (build(d, findings) for d in flat) if spec is not None]
    functions = {s.id: s for s in specs if isinstance(s, FunctionSpec)}
    benchmarks = {s.id: s for s in specs if isinstance(s, BenchmarkSpec)}
    scorecards = {s.id: s for s in specs if isinstance(s, ScorecardSpec)}
    known = {s.id: s for s in specs if isinstance(s, KpiSpec)}
    macros = define(functions.values(), findings)
    datasets = _datasets([s for s in specs if isinstance(s, DatasetSpec)], bound, macros, findings)
    kpis = _kpis(known, datasets, macros, benchmarks, extending, written, findings)
    defined = {id for kind, id in written if kind == "kpi"}
    for card in scorecards.values():
        check_scorecard(card, defined, datasets, findings)
    return Catalog(datasets, kpis, functions, macros, benchmarks, scorecards, flat, known)


def _datasets(
    specs: Iterable[DatasetSpec], bound: Mapping[str, Span | None], macros: Mapping[str, Macro], findings: Findings
) -> dict[str, Dataset]:
    found = {spec.id: bind_dataset(spec, macros, findings) for spec in specs}
    for id, span in bound.items():
        if id not in found:
            found[id] = Dataset(_undeclared(id, span, findings))
    return found


def _undeclared(id: str, span: Span | None, findings: Findings) -> DatasetSpec:
    if span is not None:
        findings.add(
            "undeclared-dataset",
            f"data set `{id}` is bound, but no document declares its columns",
            subject=f"dataset.{id}",
            span=span,
            help=f"add a `dataset: {id}` document, so that types, ranges and blank codes are checked",
        )
    return DatasetSpec(id, span or Text.of(id, "<command line>").span, declared=False)


def _kpis(
    known: Mapping[str, KpiSpec],
    datasets: Mapping[str, Dataset],
    macros: Mapping[str, Macro],
    benchmarks: Mapping[str, BenchmarkSpec],
    extending: set[tuple[str, str]],
    written: Set[tuple[str, str]],
    findings: Findings,
) -> dict[str, Kpi]:
    kpis: dict[str, Kpi] = {}
    for spec in in_order(known, findings):
        extends = ("kpi", spec.id) in extending
        kpi = bind_kpi(spec, datasets, known, written, kpis, macros, benchmarks, extends, findings)
        if kpi is not None:
            kpis[spec.id] = without_unused(kpi) if extends else kpi
            check_tests(kpis[spec.id], datasets, rows_below(spec.id, kpis), findings)
    return kpis
