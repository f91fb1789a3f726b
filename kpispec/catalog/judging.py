"""How a KPI is judged: its unit, bands, targets and benchmarks, read in one unit and checked against each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpispec.bands import Bands, Known, check_bands
from kpispec.bounds import Figure
from kpispec.catalog.amounts import read_amount
from kpispec.catalog.model import Benchmark, SegmentBands, Target
from kpispec.catalog.names import unknown
from kpispec.catalog.targets import check_improvements, read_targets
from kpispec.diagnostics import Findings, Fix
from kpispec.formula.check import check_unit
from kpispec.formula.tree import Expr, Type
from kpispec.source import Text
from kpispec.spec import BenchmarkFigure, BenchmarkRef, BenchmarkSpec, Direction, KpiSpec
from kpispec.units import NUMBER, UNITS_IN_WORDS, Unit, parse_unit, suggest_unit


@dataclass(frozen=True, slots=True)
class Judgement:
    unit: Unit
    bands: Bands | None
    by: tuple[SegmentBands, ...]
    direction: Direction | None
    targets: tuple[Target, ...]
    benchmarks: tuple[Benchmark, ...]


def judge_spec(
    spec: KpiSpec, formula: Expr | None, benchmarks: Mapping[str, BenchmarkSpec | None], findings: Findings
) -> Judgement | None:
    """What a KPI is judged by; `None` where its unit or bands cannot be read."""
    unit = _unit(spec, formula, findings)
    if unit is None:
        return None
    if formula is not None and not check_unit(formula, unit, f"kpi.{spec.id}.formula", findings):
        return None
    targets = read_targets(spec, unit, findings)
    figures = _benchmarks(spec, unit, benchmarks, findings)
    bands, by, sound = _bands(spec, unit, _known(spec, targets, figures), findings)
    if not sound:
        return None
    said = [b.direction for b in (bands, *(entry.bands for entry in by)) if b is not None]
    direction = spec.direction or next((d for d in said if d is not None), None)
    check_improvements(spec, direction, findings)
    return Judgement(unit, bands, by, direction, targets, figures)


def _known(spec: KpiSpec, targets: Iterable[Target], benchmarks: Sequence[Benchmark]) -> Known:
    """The figures that bands of the KPI may follow; those that only a run can tell have no value yet."""
    found: dict[Figure, tuple[float, ...]] = {"previous": ()}
    if spec.targets or spec.library is not None:  # the targets of a library's KPI are those of who extends it
        found["target"] = tuple(t.value for t in targets if t.value is not None)
    if spec.benchmarks:
        first = benchmarks[0] if benchmarks else None
        ends = (first.value, first.low, first.high) if first is not None else ()
        found["benchmark"] = tuple(end for end in ends if end is not None)
    return found


def _unit(spec: KpiSpec, formula: Expr | None, findings: Findings) -> Unit | None:
    if spec.unit is None:
        seconds = formula is not None and formula.type is Type.DURATION
        return parse_unit("s") if seconds else NUMBER
    return read_unit(spec.unit, f"kpi.{spec.id}.unit", findings)


def read_unit(text: Text, subject: str, findings: Findings) -> Unit | None:
    """The unit a text names; an unknown one is a finding."""
    unit = parse_unit(text.value)
    if unit is not None:
        return unit
    meant = suggest_unit(text.value)
    plain = text.span.text == text.value
    findings.add(
        "unknown-unit",
        f"`{text.value}` is no unit",
        subject=subject,
        span=text.span,
        help=f"did you mean `{meant}`?" if meant else f"write one of {UNITS_IN_WORDS}",
        fix=Fix(f"replace by `{meant}`", meant, text.span, safe=False) if meant and plain else None,
    )
    return None


def _bands(
    spec: KpiSpec, unit: Unit, known: Known, findings: Findings
) -> tuple[Bands | None, tuple[SegmentBands, ...], bool]:
    whole: Bands | None = None
    by: list[SegmentBands] = []
    sound = True
    for number, item in enumerate(spec.thresholds):
        subject = f"kpi.{spec.id}.thresholds" + (f".by.{number - 1}" if item.segment else "")
        bands = check_bands(item.good, item.watch, item.bad, spec.direction, unit, subject, findings, known)
        sound = sound and bands is not None
        if bands is None or not bands.named:
            continue
        if item.segment:
            by.append(SegmentBands(item.segment, bands, item))
        else:
            whole = bands
    return whole, tuple(by), sound


def _benchmarks(
    spec: KpiSpec, unit: Unit, sets: Mapping[str, BenchmarkSpec | None], findings: Findings
) -> tuple[Benchmark, ...]:
    found = []
    for number, item in enumerate(spec.benchmarks):
        subject = f"kpi.{spec.id}.benchmarks.{number}"
        figure = _entry(item, sets, subject, findings) if isinstance(item, BenchmarkRef) else item
        benchmark = _figure(figure, spec, unit, subject, findings) if figure is not None else None
        if benchmark is not None:
            found.append(benchmark)
    return tuple(found)


def _entry(
    item: BenchmarkRef, sets: Mapping[str, BenchmarkSpec | None], subject: str, findings: Findings
) -> BenchmarkFigure | None:
    document = sets.get(item.set.value)
    if document is None and item.set.value in sets:
        return None  # it has its finding already
    if document is None:
        message = f"no document defines benchmark `{item.set.value}`"
        unknown(
            "unknown-benchmark", message, item.set, sets, subject, findings, f"define `benchmark: {item.set.value}`"
        )
        return None
    figure = document.entry(item.entry.value)
    if figure is None:
        message = f"benchmark `{document.id}` has no entry `{item.entry.value}`"
        known = [name for name, _ in document.entries]
        unknown(
            "unknown-benchmark",
            message,
            item.entry,
            known,
            subject,
            findings,
            f"add it under `entries` of `{document.id}`",
        )
    return figure


def _figure(figure: BenchmarkFigure, spec: KpiSpec, unit: Unit, subject: str, findings: Findings) -> Benchmark | None:
    if figure.variant is not None and spec.variant is not None and figure.variant != spec.variant:
        findings.add(
            "unit-mismatch",
            f"the benchmark is of variant `{figure.variant}`, and the KPI of variant `{spec.variant}`",
            subject=subject,
            span=figure.span,
            help="compare with a figure of the same variant, or take the benchmark out",
        )
        return None
    own = read_unit(figure.unit, subject, findings) if figure.unit is not None else unit
    if own is None or own.family != unit.family:
        if own is not None and figure.unit is not None:
            _other_family(figure.unit, unit, subject, findings)
        return None
    value, low, high = (_in(text, own, unit, subject, findings) for text in (figure.value, figure.low, figure.high))
    if low is not None and high is not None and low > high:
        span = figure.low.span if figure.low is not None else figure.span
        help = f"write the smaller end under `low`: `low: {figure.high.value}`" if figure.high is not None else None
        findings.add("bad-value", "`low` is above `high`", subject=subject, span=span, help=help)
        return None
    return Benchmark(figure, value, low, high)


def _other_family(written: Text, unit: Unit, subject: str, findings: Findings) -> None:
    findings.add(
        "unit-mismatch",
        f"the benchmark is in `{written.value}`, and the unit is `{unit.name}`",
        subject=subject,
        span=written.span,
        help="take a figure of the same unit, or take the benchmark out",
    )


def _in(text: Text | None, own: Unit, unit: Unit, subject: str, findings: Findings) -> float | None:
    if text is None:
        return None
    value = read_amount(text, own, subject, findings)
    return None if value is None else value * own.factor / unit.factor
