"""All documents of a project to its catalogue: flattened, typed, bound, everything wrong said at once."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from typing import TypeVar

from kpispec.calendar_spec import CalendarSpec
from kpispec.catalog.calendars import Calendars, bind_calendars, check_period, check_periods, without_calendar
from kpispec.catalog.cases import check_tests
from kpispec.catalog.datasets import bind_dataset
from kpispec.catalog.gather import Key, gather
from kpispec.catalog.joins import in_join_order
from kpispec.catalog.kpis import bind_kpi, in_order, rows_below, without_unused
from kpispec.catalog.model import Catalog, Dataset, Kpi
from kpispec.catalog.plausible import check_plausible
from kpispec.catalog.scorecards import check_companions, check_scorecard
from kpispec.catalog.segments import check_segments
from kpispec.diagnostics import Findings, Severity
from kpispec.formula.define import define
from kpispec.formula.macros import Macro
from kpispec.formula.tree import Expr
from kpispec.source import Span, Text
from kpispec.spec import BenchmarkSpec, DatasetSpec, FunctionSpec, KpiSpec, ScorecardSpec
from kpispec.syntax.build import build
from kpispec.syntax.nodes import Document, Scalar

Hearing = Callable[[str | None], Findings]  # the library of a document, to where its mistakes are put down


def resolve(
    documents: Iterable[Document],
    bound: Mapping[str, Span | None],
    findings: Findings,
    announced: Set[tuple[str, str]] = frozenset(),
    described: Mapping[str, DatasetSpec] | None = None,
    calendar: Text | None = None,
) -> Catalog:
    """The catalogue of a project. `bound` names the data sets that bindings give, with the place of each.

    What is broken has its finding and is left out; the rest is whole. `announced` are kinds and ids of documents that
    could not be read: naming one of them is no second mistake. `described` are undeclared data sets whose columns the
    data has told. `calendar` is what the project names as its own.
    """
    documents = tuple(documents)
    heard = _hearing(documents, findings)
    written = announced | {(d.kind, d.id) for d in documents}
    extending = {(d.kind, d.id) for d in documents if d.node.get("extends") is not None or d.parent is not None}
    marked = _marked(documents, findings)
    flat, misshapen = _gathered(documents, heard)
    faulty = marked | misshapen
    specs = [spec for spec in (build(d, heard(d.library)) for d in flat) if spec is not None]
    functions, benchmarks = _of(FunctionSpec, specs), _of(BenchmarkSpec, specs)
    scorecards, known = _of(ScorecardSpec, specs), _of(KpiSpec, specs)
    lost = {id: Macro(id, (), None) for id in _ids("function", written)}
    macros = {**lost, **define(functions.values(), findings, lost)}
    declared = [s for s in specs if isinstance(s, DatasetSpec)]
    datasets = _datasets(declared, faulty, bound, described or {}, macros, _ids("dataset", written), heard)
    figures = {id: None if ("benchmark", id) in faulty else benchmarks.get(id) for id in _ids("benchmark", written)}
    kpis = _kpis(known, datasets, macros, figures, extending, written, faulty, heard)
    own = (s for s in specs if isinstance(s, CalendarSpec))
    calendars = bind_calendars(own, calendar, _ids("calendar", written), findings)
    kpis = _timed(kpis, known, datasets, macros, calendars, heard)
    cards = _cards(scorecards, calendars, known, datasets, written, heard)
    for spec in known.values():
        check_companions(spec, _ids("kpi", written), heard(spec.library))
    sound = {id: s for id, s in benchmarks.items() if ("benchmark", id) not in faulty}
    pages = {id: s for id, s in cards.items() if ("scorecard", id) not in faulty}
    return Catalog(datasets, kpis, functions, macros, sound, pages, flat, known, calendars)


S = TypeVar("S", FunctionSpec, BenchmarkSpec, ScorecardSpec, KpiSpec)


def _of(kind: type[S], specs: Iterable[object]) -> dict[str, S]:
    return {spec.id: spec for spec in specs if isinstance(spec, kind)}


def _hearing(documents: tuple[Document, ...], findings: Findings) -> Hearing:
    """Where the mistakes of a document are put down, by its library.

    A library is sound by itself. Where documents of the project take the place of some of it, or bring calendars,
    what no longer fits them is not available, and nobody's mistake.
    """
    own = {(d.kind, d.id) for d in documents if d.library is None}
    changed = any((d.kind, d.id) in own for d in documents if d.library is not None)
    changed = changed or any(kind == "calendar" for kind, _ in own)
    aside = Findings() if changed else findings
    return lambda library: findings if library is None else aside


def _gathered(documents: tuple[Document, ...], heard: Hearing) -> tuple[tuple[Document, ...], frozenset[Key]]:
    found = Findings()
    flat, misshapen = gather(documents, found)
    _put_down(found, {f"{d.kind}.{d.id}": d.library for d in flat}, heard)
    return flat, misshapen


def _put_down(found: Findings, libraries: Mapping[str, str | None], heard: Hearing) -> None:
    """Findings of many documents, each where it belongs. `libraries` are those of documents by `kind.id`."""
    for finding in found:
        heard(libraries.get(".".join(finding.subject.split(".")[:2]))).keep(finding)


def _marked(documents: tuple[Document, ...], findings: Findings) -> frozenset[tuple[str, str]]:
    """Documents that were read with an error in them, and those that extend one: good to check, not to compute with."""
    spans = [f.span for f in findings if f.severity is Severity.ERROR and f.span is not None]
    marked = {(d.kind, d.id) for d in documents if any(_inside(span, d.node.span) for span in spans)}
    parents = {(d.kind, d.id): d.node.get("extends") for d in documents}
    for _ in range(len(documents) if marked else 0):
        below = {
            key for key, named in parents.items() if isinstance(named, Scalar) and (key[0], named.text.value) in marked
        }
        if below <= marked:
            break
        marked |= below
    return frozenset(marked)


def _inside(span: Span, whole: Span) -> bool:
    """Whether a place is of a document: what was left out of its map, a second `formula`, stands behind its end."""
    if span.file is not whole.file or span.start < whole.start:
        return False
    following = whole.file.text.find("\n---", whole.end)
    return following < 0 or span.start <= following


def _ids(kind: str, written: Set[tuple[str, str]]) -> set[str]:
    return {id for of, id in written if of == kind}


def _datasets(
    specs: Iterable[DatasetSpec],
    faulty: Set[tuple[str, str]],
    bound: Mapping[str, Span | None],
    described: Mapping[str, DatasetSpec],
    macros: Mapping[str, Macro],
    written: Set[str],
    heard: Hearing,
) -> dict[str, Dataset]:
    """A faulty document may lack a column that it means to declare: names it does not know are taken for columns."""
    whole = {s.id: replace(s, declared=("dataset", s.id) not in faulty) for s in specs}
    found = {
        id: Dataset(described.get(id) or _undeclared(id, span, heard(None)))
        for id, span in bound.items()
        if id not in whole
    }
    for spec in in_join_order(whole):
        found[spec.id] = bind_dataset(spec, found, written | whole.keys(), macros, heard(spec.library))
    return {id: found[id] for id in dict.fromkeys((*whole, *bound))}


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
    benchmarks: Mapping[str, BenchmarkSpec | None],
    extending: set[tuple[str, str]],
    written: Set[tuple[str, str]],
    faulty: Set[tuple[str, str]],
    heard: Hearing,
) -> dict[str, Kpi]:
    """Those without a mistake of their own or of what they read. Faulty documents are looked at as far as they go."""
    kpis: dict[str, Kpi] = {}
    unsound = set(faulty)
    for spec in in_order(known, heard(None)):
        extends = ("kpi", spec.id) in extending
        judged = spec.unit is not None or ("kpi", spec.id) not in faulty
        findings = heard(spec.library)
        kpi = bind_kpi(spec, datasets, written, kpis, macros, benchmarks, extends, judged, findings)
        if kpi is not None:
            kpis[spec.id] = without_unused(kpi) if extends else kpi
            check_tests(kpis[spec.id], datasets, rows_below(spec.id, kpis), findings)
            check_segments(kpis[spec.id], datasets, rows_below(spec.id, kpis), findings)
            check_plausible(kpis[spec.id], findings)
            if _reads(kpis[spec.id]) & unsound:
                unsound.add(("kpi", spec.id))
    return {id: kpi for id, kpi in kpis.items() if ("kpi", id) not in unsound}


def _cards(
    cards: Mapping[str, ScorecardSpec],
    calendars: Calendars,
    specs: Mapping[str, KpiSpec],
    datasets: Mapping[str, Dataset],
    written: Set[tuple[str, str]],
    heard: Hearing,
) -> dict[str, ScorecardSpec]:
    """The scorecards whose period there is."""
    all_read = _ids("dataset", written) <= datasets.keys()
    found = {}
    for card in cards.values():
        findings = heard(card.library)
        check_scorecard(card, _ids("kpi", written), datasets, findings, specs=specs, all_read=all_read)
        if check_period(card.period_at, calendars, f"scorecard.{card.id}.period", findings):
            found[card.id] = card
    return found


def _timed(
    kpis: Mapping[str, Kpi],
    known: Mapping[str, KpiSpec],
    datasets: Mapping[str, Dataset],
    macros: Mapping[str, Macro],
    calendars: Calendars,
    heard: Hearing,
) -> dict[str, Kpi]:
    """The KPIs whose periods there are, and whose business time has a calendar, as has that of all that they read."""
    trees: dict[tuple[str, str], tuple[Expr, ...]] = {
        **{("function", m.name): (m.body,) for m in macros.values() if m.body is not None},
        **{("dataset", d.id): (*d.where, *(e for _, e in d.computed)) for d in datasets.values()},
        **{("kpi", k.id): (k.formula, *(e for r in k.rows for e in (r.expr, *r.where))) for k in kpis.values()},
    }
    findings = Findings()
    unsound = set(without_calendar(trees, calendars, findings))
    unsound |= {("kpi", id) for id, spec in known.items() if not check_periods(spec, calendars, findings)}
    _put_down(findings, {f"kpi.{id}": spec.library for id, spec in known.items()}, heard)
    for kpi in kpis.values():
        if _reads(kpi) & unsound:
            unsound.add(("kpi", kpi.id))
    return {id: kpi for id, kpi in kpis.items() if ("kpi", id) not in unsound}


def _reads(kpi: Kpi) -> set[tuple[str, str]]:
    return {*(("dataset", r.dataset) for r in kpi.rows), *(("kpi", k.kpi) for k in kpi.kpis)}
