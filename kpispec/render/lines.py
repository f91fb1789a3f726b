"""The readings of a report in the order of the results, and each as a row of words."""

from collections.abc import Iterator
from dataclasses import dataclass

from kpispec.evaluate.report import Change, KpiReport, Reading, Report, Segment, Status
from kpispec.evaluate.signals import verdict
from kpispec.render.format import NOTHING, Figures, family, number, steady_decimals
from kpispec.render.wording import Words, words


def _(message: str) -> str:
    return message


HEADINGS = (_("KPI"), _("Period"), _("Segment"), _("Value"), _("Interval"), _("n"), _("Status"), _("Change"))
RIGHT = ("Value", "Interval", "n", "Change")  # the headings of figures
GLYPHS = {Status.GOOD: "✓", Status.WATCH: "!", Status.BAD: "✗", Status.WAIVED: "~"}


@dataclass(frozen=True, slots=True)
class Line:
    """One reading in words; `cells` follow HEADINGS."""

    status: Status
    segment: Segment
    cells: tuple[str, ...]


def readings(report: Report) -> Iterator[tuple[KpiReport, Reading]]:
    """Every reading once: by KPI, then the whole before its segments in the order shown, then by period."""
    order = {
        (dimension.name, value): (i, j)
        for i, dimension in enumerate(report.dimensions)
        for j, (value, _) in enumerate(dimension.values)
    }
    for kpi in report.kpis:
        extra = () if kpi.headline is None else (kpi.headline,)
        once = {(r.segment, r.period.grain, r.period.key): r for r in (*kpi.history, *kpi.segments, *extra)}
        for reading in sorted(once.values(), key=lambda r: (_place(r.segment, order), r.period.key)):
            yield kpi, reading


def lines(report: Report, language: str) -> list[Line]:
    """The readings of a report as rows of words, in the order of the results."""
    say = words(language)
    seen: set[str] = set()
    result: list[Line] = []
    for kpi, reading in readings(report):
        seen.add(kpi.spec.id)
        result.append(_line(kpi, reading, report, say))
    for kpi in report.kpis:
        if kpi.spec.id not in seen:
            status = Status.ERROR if kpi.message is not None else Status.NO_DATA
            empty = (_label(kpi, language), "", "", NOTHING, "", "", _status(status, False, say), "")
            result.append(Line(status, (), empty))
    return result


def changes_of(kpi: KpiReport) -> tuple[tuple[str, Change], ...]:
    """The changes of the headline that may be shown: none of old data, none of too few answers."""
    reading = kpi.headline
    return () if reading is None or reading.status in (Status.STALE, Status.TOO_FEW) else reading.compare


def course_of(kpi: KpiReport) -> tuple[Reading, ...]:
    """The history up to its last period, or to the running one where that has a value already."""
    history = kpi.history
    while history and history[-1].value is None and not history[-1].period.complete:
        history = history[:-1]
    return history


def segments_of(kpi: KpiReport) -> tuple[Reading, ...]:
    """The segments of the headline's period; of the last one where there is no headline."""
    periods = [kpi.headline.period] if kpi.headline is not None else [r.period for r in kpi.segments]
    last = max((p.key for p in periods), default=0)
    return tuple(r for r in kpi.segments if r.period.key == last)


def figures_of(kpi: KpiReport, language: str) -> Figures:
    """How the figures of a KPI are written: the spec's decimals, else those that its history needs.

    A duration's decimals are those of its seconds, and say nothing once the KPI is about minutes.
    """
    decimals = steady_decimals(kpi.unit, (r.value for r in kpi.history))
    if kpi.spec.decimals is not None and (family(kpi.unit) != "duration" or decimals is None):
        decimals = kpi.spec.decimals
    return Figures(kpi.unit, language, decimals, kpi.spec.compact)


def cuts(reading: Reading) -> tuple[float, ...]:
    """The bounds that a displayed value must not seem to cross."""
    bands = reading.bands
    if bands is None:
        return ()
    ranges = (*bands.good_ranges, *bands.watch_ranges, *bands.bad_ranges)
    return tuple(sorted({end for r in ranges for end in (r.low, r.high) if end is not None}))


def segment_words(segment: Segment, report: Report, say: Words) -> list[str]:
    """The values of a segment as people call them; no value is "not given"."""
    labels = {(d.name, value): label for d in report.dimensions for value, label in d.values}
    result = []
    for part in segment:
        label = labels.get(part)
        shown = label.get(say.language, report.language) if label is not None else part[1]
        result.append(say.say("not given") if shown is None else shown)
    return result


def _line(kpi: KpiReport, reading: Reading, report: Report, say: Words) -> Line:
    language = say.language
    figures = figures_of(kpi, language)
    interval = reading.interval
    cells = (
        _label(kpi, language),
        say.period(reading.period, short=True),
        _segment(reading.segment, report, say),
        figures.value(reading.value, cuts(reading)),
        figures.range(interval.low, interval.high) if interval else "",
        number(reading.n, language) if reading.n is not None else "",
        _status(reading.status, reading.uncertain, say),
        _change(kpi, reading, figures, say),
    )
    return Line(reading.status, reading.segment, cells)


def _segment(segment: Segment, report: Report, say: Words) -> str:
    pairs = zip(segment, segment_words(segment, report, say), strict=True)
    return ", ".join(f"{name} = {shown}" for (name, _value), shown in pairs)


def _label(kpi: KpiReport, language: str) -> str:
    return kpi.spec.label.get(language) or kpi.spec.id


def _status(status: Status, uncertain: bool, say: Words) -> str:
    return f"{GLYPHS.get(status, NOTHING)} {say.status(status)}{' ≈' if uncertain else ''}"


def _change(kpi: KpiReport, reading: Reading, figures: Figures, say: Words) -> str:
    """The delta to the previous period, with a word only where it is more than noise; of the headline its signal."""
    change, head = reading.change("previous_period"), reading is kpi.headline
    parts = []
    if change is not None and change.delta is not None:
        real = verdict(kpi, change).real if head else change.significant
        word = "" if not real or change.better is None else say.say("better") if change.better else say.say("worse")
        parts.append(f"{figures.delta(change.delta)} {word}".strip())
    if head and kpi.signal is not None:
        parts.append(say.say(_("signal above") if kpi.signal.above else _("signal below")))
    return ", ".join(parts)


def _place(segment: Segment, order: dict[tuple[str, str | None], tuple[int, int]]) -> tuple[object, ...]:
    last = (len(order), 0)
    places = tuple((*order.get(part, last), part[0], part[1] is None, part[1] or "") for part in segment)
    return (len(segment), places)
