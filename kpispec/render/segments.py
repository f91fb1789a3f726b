"""Segments: a dot plot for each KPI, and the map of all KPIs cut by one dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpispec.evaluate.report import KpiReport, Reading, Report, Status
from kpispec.render.charts import Dot, dots
from kpispec.render.format import NOTHING, Figures, number
from kpispec.render.lines import cuts, figures_of, segment_words, segments_of
from kpispec.render.phrases import NOT_RATED, Phrase, Voice, tone

MOST_SEGMENTS = 200
MOST_COLUMNS = 40


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class SegmentLine:
    name: str
    tone: str
    status: str
    value: str
    n: str
    few: bool
    dot: Dot | None


@dataclass(frozen=True, slots=True)
class SegmentBlock:
    """The segments of one dimension, or of several crossed, on one scale."""

    title: str
    lines: tuple[SegmentLine, ...]
    whole: str | None
    more: str


@dataclass(frozen=True, slots=True)
class Cell:
    kind: str  # good watch bad waived plain withheld empty
    text: str
    status: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    key: str
    name: Phrase
    whole: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heat:
    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]
    more: str


def segment_blocks(kpi: KpiReport, figures: Figures, voice: Voice) -> tuple[SegmentBlock, ...]:
    """One block a dimension, in the order of the readings."""
    names = dict.fromkeys(tuple(name for name, _value in r.segment) for r in segments_of(kpi))
    return tuple(
        _block(key, [r for r in segments_of(kpi) if tuple(n for n, _v in r.segment) == key], kpi, figures, voice)
        for key in names
    )


def dimension_title(names: Sequence[str], voice: Voice) -> str:
    labels = {d.name: d.label for d in voice.report.dimensions}
    return " × ".join(voice.phrase(labels.get(name), name).text for name in names)


def _block(
    names: tuple[str, ...], readings: Sequence[Reading], kpi: KpiReport, figures: Figures, voice: Voice
) -> SegmentBlock:
    shown = readings[:MOST_SEGMENTS]
    whole = kpi.headline.value if kpi.headline is not None else None
    spans = [None if r.status is Status.TOO_FEW else closed(r) for r in shown]
    placed, middle = dots([r.value for r in shown], spans, whole)
    lines = tuple(_segment_line(r, dot, figures, voice) for r, dot in zip(shown, placed, strict=True))
    rest = len(readings) - len(shown)
    more = voice.words.count("{n} more segment is not shown.", "{n} more segments are not shown.", rest) if rest else ""
    return SegmentBlock(dimension_title(names, voice), lines, middle, more)


def _segment_line(reading: Reading, dot: Dot | None, figures: Figures, voice: Voice) -> SegmentLine:
    return SegmentLine(
        name=", ".join(segment_words(reading.segment, voice.report, voice.words)),
        tone=tone(reading.status),
        status=voice.words.status(reading.status),
        value=figures.value(reading.value, cuts(reading)),
        n=number(reading.n, voice.language) if reading.n is not None else "",
        few=reading.status is Status.TOO_FEW,
        dot=dot,
    )


def segments_caption(kpi: KpiReport, voice: Voice) -> str:
    shown = segments_of(kpi)
    if not shown:
        return ""
    period = voice.words.period(shown[0].period)
    if any(r.interval for r in shown):
        return voice.words.say(_("{period}. Dot: value, line: confidence interval, dashes: the whole."), period=period)
    return voice.words.say(_("{period}. Dot: value, dashes: the whole."), period=period)


def closed(reading: Reading) -> tuple[float, float] | None:
    interval = reading.interval
    if interval is None or interval.low is None or interval.high is None or reading.value is None:
        return None
    return (interval.low, interval.high)


def heats_of(report: Report, voice: Voice, keys: Mapping[int, str]) -> list[Heat]:
    """A block per dimension: the KPIs that are cut by it alone, and the values for which one of them has something."""
    heats: list[Heat] = []
    for dimension in report.dimensions:
        values = _seen_values(report, dimension.name)
        shown = values[:MOST_COLUMNS]
        rows = [
            _heat_row(kpi, dimension.name, shown, voice, keys[i])
            for i, kpi in enumerate(report.kpis)
            if any(_cut_by(r, dimension.name) and _told(r) for r in segments_of(kpi))
        ]
        if not rows:
            continue
        labels = dict(dimension.values)
        names = [voice.words.say(_("not given")) if v is None else voice.phrase(labels.get(v), v).text for v in shown]
        rest = len(values) - len(shown)
        more = (
            voice.words.count("{n} more segment is not shown.", "{n} more segments are not shown.", rest)
            if rest
            else ""
        )
        title = dimension_title((dimension.name,), voice)
        heats.append(Heat(f"heat-{len(heats) + 1}", title, tuple(names), tuple(rows), more))
    return heats


def _cut_by(reading: Reading, dimension: str) -> bool:
    return [name for name, _value in reading.segment] == [dimension]


def _told(reading: Reading) -> bool:
    """Whether a cell would hold more than a dash."""
    return reading.value is not None or bool(reading.n)


def _seen_values(report: Report, dimension: str) -> list[str | None]:
    """The values of a dimension for which some KPI has something, in the order declared, "not given" last."""
    seen = {r.segment[0][1] for k in report.kpis for r in segments_of(k) if _cut_by(r, dimension) and _told(r)}
    declared = [v for d in report.dimensions if d.name == dimension for v, _label in d.values]
    rest: list[str | None] = [*sorted(v for v in seen - set(declared) if v is not None)]
    order: list[str | None] = [v for v in declared if v in seen and v is not None]
    order += rest
    return [*order, None] if None in seen else order


def _heat_row(kpi: KpiReport, dimension: str, values: Sequence[str | None], voice: Voice, key: str) -> HeatRow:
    figures = figures_of(kpi, voice.language)
    readings = {r.segment[0][1]: r for r in segments_of(kpi) if [n for n, _v in r.segment] == [dimension]}
    whole = figures.value(kpi.headline.value) if kpi.headline is not None else NOTHING
    cells = tuple(_cell(readings.get(value), figures, voice) for value in values)
    return HeatRow(key, voice.phrase(kpi.spec.label, kpi.spec.id), whole, cells)


def _cell(reading: Reading | None, figures: Figures, voice: Voice) -> Cell:
    """A judged value, n where there are too few, the value alone where nothing judges it."""
    if reading is None:
        return Cell("empty", NOTHING, "")
    status = voice.words.status(reading.status)
    if reading.status is Status.TOO_FEW:
        return Cell("withheld", f"n\u00a0=\u00a0{number(reading.n or 0, voice.language)}", status)
    if reading.value is None:
        return Cell("withheld", NOTHING, status)
    kind = tone(reading.status)
    if kind == NOT_RATED:
        kind = "plain" if reading.status is Status.NOT_JUDGED else "withheld"
    return Cell(kind, figures.value(reading.value, cuts(reading)), status)
