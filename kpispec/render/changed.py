"""What really changed: signals where a course has natural limits, else what a test calls more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass

from kpispec.evaluate.process import expected_false_signals
from kpispec.evaluate.report import KpiReport, Reading, Report
from kpispec.evaluate.signals import distance, judged_by_limits
from kpispec.render.course import signal_words, too_short
from kpispec.render.format import number, rounded
from kpispec.render.indicator import delta_of, has_moved
from kpispec.render.lines import changes_of, cuts, figures_of
from kpispec.render.phrases import Phrase, Voice


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Moved:
    """A change that is more than chance, as a sentence."""

    key: str
    name: Phrase
    sense: str
    word: str
    value: str
    sentence: str


def moved_of(report: Report, voice: Voice, keys: Mapping[int, str]) -> list[Moved]:
    """One line a KPI that says that something changed: worse first, then by how far past chance it is."""
    found = []
    for i, kpi in enumerate(report.kpis):
        reading = kpi.headline
        if reading is None or not has_moved(kpi):
            continue
        limited = judged_by_limits(kpi)
        line = (_signal_line if limited else _moved_line)(kpi, reading, voice, keys[i])
        far = distance(kpi) if limited else max(abs(c.z or 0.0) for _name, c in changes_of(kpi) if c.significant)
        found.append(({"worse": 0, "better": 1}.get(line.sense, 2), -far, i, line))
    return [line for *_order, line in sorted(found, key=lambda item: item[:3])]


_HEADS = {"better": _("Better"), "worse": _("Worse"), "changed": _("Changed")}


def _signal_line(kpi: KpiReport, reading: Reading, voice: Voice, key: str) -> Moved:
    sense = "changed" if kpi.signal_better is None else "better" if kpi.signal_better else "worse"
    return _line(kpi, reading, sense, signal_words(kpi, figures_of(kpi, voice.language), voice), voice, key)


def _moved_line(kpi: KpiReport, reading: Reading, voice: Voice, key: str) -> Moved:
    figures, say = figures_of(kpi, voice.language), voice.words.say
    deltas = [d for _name, c in changes_of(kpi) if c.significant and (d := delta_of(kpi, c, figures, voice))]
    senses = dict.fromkeys(d.sense for d in deltas)
    sense = next(iter(senses)) if len(senses) == 1 else "changed"
    parts = [say(_("{delta} against {period}"), delta=d.text, period=d.against) for d in deltas]
    return _line(kpi, reading, sense if sense in _HEADS else "changed", ", ".join(parts), voice, key)


def _line(kpi: KpiReport, reading: Reading, sense: str, sentence: str, voice: Voice, key: str) -> Moved:
    return Moved(
        key=key,
        name=voice.phrase(kpi.spec.label, kpi.spec.id),
        sense=sense,
        word=voice.words.say(_HEADS[sense]),
        value=figures_of(kpi, voice.language).value(reading.value, cuts(reading)),
        sentence=sentence,
    )


def routine(report: Report, voice: Voice, *, some_moved: bool) -> str:
    """What did not change: courses within their limits, and changes that a test calls chance or cannot tell."""
    count, limited = voice.words.count, [k for k in report.kpis if judged_by_limits(k)]
    calm = sum(1 for k in limited if k.signal is None)
    changes = [c for k in report.kpis if k not in limited for _name, c in changes_of(k) if c.delta is not None]
    tested = sum(1 for c in changes if c.significant is False)
    unknown = sum(1 for c in changes if c.significant is None)
    short = sum(1 for k in report.kpis if too_short(k))
    parts = [
        count(
            "{n} other indicator stays within its natural limits: routine variation, nothing to explain.",
            "{n} other indicators stay within their natural limits: routine variation, nothing to explain.",
            calm,
        )
        if calm and some_moved
        else "",
        count(
            "{n} other change is no more than chance can give: nothing to explain.",
            "{n} other changes are no more than chance can give: nothing to explain.",
            tested,
        )
        if tested and some_moved
        else "",
        count(
            "{n} change cannot be tested: its standard error is not known.",
            "{n} changes cannot be tested: their standard error is not known.",
            unknown,
        )
        if unknown
        else "",
        count(
            "{n} indicator has too short a history for natural limits.",
            "{n} indicators have too short a history for natural limits.",
            short,
        )
        if short
        else "",
    ]
    return " ".join(part for part in parts if part)


def unmoved(report: Report, voice: Voice) -> str:
    limited = [k for k in report.kpis if judged_by_limits(k)]
    others = [c for k in report.kpis if k not in limited for _name, c in changes_of(k)]
    parts = []
    if limited:
        parts.append(voice.words.say(_("No signal: every course with natural limits stays within them.")))
    if any(c.significant is not None for c in others):
        parts.append(voice.words.say(_("No change is more than chance can give.")))
    return " ".join(parts) or voice.words.say(_("No change could be tested."))


def chance(report: Report, voice: Voice) -> str:
    """How many signals there would be if nothing ever changed."""
    judged, expected = expected_false_signals(k.process for k in report.kpis if k.process and judged_by_limits(k))
    if not judged:
        return ""
    return voice.words.count(
        "Of {n} indicator with limits, about {expected} signals each {grain} are expected by chance alone.",
        "Of {n} indicators with limits, about {expected} signals each {grain} are expected by chance alone.",
        judged,
        expected=number(rounded(expected, 1 if expected >= 0.1 else 2), voice.language),
        grain=voice.words.grain(report.grain),
    )
