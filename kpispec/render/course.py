"""The course of a KPI in words and marks: its natural limits, its signals, and how far they are to be trusted."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpispec.evaluate.process import LEAST, Limits, Process, Signal
from kpispec.evaluate.report import KpiReport, Reading
from kpispec.render.format import Figures, usual_decimals
from kpispec.render.lines import course_of
from kpispec.render.phrases import Voice
from kpispec.render.zones import Label, Zone, Zones


def _(message: str) -> str:
    return message


def _n(one: str, many: str) -> tuple[str, str]:
    return one, many


SPANS = {
    "day": _n("{n} day", "{n} days"),
    "week": _n("{n} week", "{n} weeks"),
    "month": _n("{n} month", "{n} months"),
    "quarter": _n("{n} quarter", "{n} quarters"),
    "year": _n("{n} year", "{n} years"),
    "all": _n("{n} period", "{n} periods"),
}
SPANS |= {"calendar_week": SPANS["week"], "fiscal_quarter": SPANS["quarter"], "fiscal_year": SPANS["year"]}

WARNINGS = {
    "autocorrelated": _(
        "Each value resembles the one before, which makes limits too narrow: do not trust them, and compare with the "
        "same period of the year before."
    ),
    "seasonal": _(
        "The values follow a season, which limits know nothing of: do not trust them, and compare with the same period "
        "of the year before."
    ),
}
_WEEKLY = _(
    "The values follow the days of the week, which limits know nothing of: do not trust them, and compare with the "
    "same day of the week before."
)


def zones_of(kpi: KpiReport, figures: Figures, voice: Voice) -> Zones:
    """The limits of each stretch with its signals, as they lie in the course that is shown."""
    known, course = kpi.process, course_of(kpi)
    keys = [r.period.key for r in course]
    goal = _goal(course, figures, voice)
    if known is None or not keys:
        return Zones(labels=goal)
    at = {key: i for i, key in enumerate(keys)}
    ends = [*(s.first for s in known.stretches), keys[-1] + 1]
    zones, changes = [], []
    for stretch, (first, end) in zip(known.stretches, pairwise(ends), strict=True):
        inside = [i for key, i in at.items() if first <= key < end]
        if stretch.limits is not None and inside:
            limits = stretch.limits
            zones.append(Zone(inside[0], inside[-1], limits.low, limits.mean, limits.high))
        if stretch.changes and inside:
            changes.append((inside[0], "; ".join(voice.phrase(c.label).text for c in stretch.changes)))
    marked = [(at[s.key], s) for stretch in known.stretches for s in stretch.signals if s.key in at]
    return Zones(
        zones=tuple(zones),
        signals=tuple(i for i, s in marked if s.strong),
        runs=tuple(i for i, s in marked if not s.strong),
        labels=(*_labels(known.limits, figures, voice), *goal),
        changes=tuple(changes),
    )


def _goal(course: Sequence[Reading], figures: Figures, voice: Voice) -> tuple[Label, ...]:
    """The target of the last period."""
    target = course[-1].target if course else None
    return () if target is None else (Label(target.value, figures.tick(target.value), voice.words.say(_("target"))),)


def _labels(limits: Limits | None, figures: Figures, voice: Voice) -> tuple[Label, ...]:
    if limits is None:
        return ()
    say = voice.words.say
    words = (say(_("mean")),) if limits.low == limits.high else (say(_("upper")), say(_("mean")), say(_("lower")))
    values = (limits.mean,) if limits.low == limits.high else (limits.high, limits.mean, limits.low)
    return tuple(Label(v, figures.value(v), word) for v, word in zip(values, words, strict=True))


def signal_short(kpi: KpiReport, voice: Voice) -> str:
    """What the headline is a signal of, in few words; empty where it is none."""
    signal = kpi.signal
    if signal is None:
        return ""
    texts = {
        (True, True): _("above the upper limit"),
        (True, False): _("below the lower limit"),
        (False, True): _("near the upper limit"),
        (False, False): _("near the lower limit"),
    }
    return voice.words.say(texts[1 in signal.rules, signal.above])


def signal_words(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    """The signal of the headline with the figure it is held against, and whether limits are to be trusted."""
    signal, limits, head = kpi.signal, kpi.process.limits if kpi.process is not None else None, kpi.headline
    if signal is None or limits is None or head is None or head.value is None:
        return ""
    texts = {
        (True, True): _("above the upper limit, {limit}"),
        (True, False): _("below the lower limit, {limit}"),
        (False, True): _("three of the last four values near the upper limit: the level leaves the mean, {mean}"),
        (False, False): _("three of the last four values near the lower limit: the level leaves the mean, {mean}"),
    }
    limit = _beside(limits.high if signal.above else limits.low, head.value, figures)
    words = voice.words.say(texts[1 in signal.rules, signal.above], limit=limit, mean=figures.value(limits.mean))
    doubt = voice.words.say(_("these limits are not to be trusted: see its details"))
    return f"{words}; {doubt}" if kpi.process is not None and kpi.process.warnings else words


def _beside(limit: float, value: float, figures: Figures) -> str:
    """A limit as written, with a digit more where it would read like the value that passed it."""
    text = figures.value(limit, (value,))
    if text != figures.value(value):
        return text
    usual = figures.decimals if figures.decimals is not None else usual_decimals(figures.unit, abs(limit))
    return replace(figures, decimals=usual + 1).value(limit, (value,))


def mark_words(signal: Signal | None, voice: Voice) -> str:
    """The rules by which a point of the course stands out, for the table under it."""
    if signal is None:
        return ""
    texts = {
        1: _("outside the limits"),
        2: _("eight in a row on one side of the mean"),
        3: _("three of four near a limit"),
    }
    return ", ".join(voice.words.say(texts[rule]) for rule in signal.rules)


def too_short(kpi: KpiReport) -> bool:
    """Whether a course is there and has no limits, because there is too little of it, though something."""
    return kpi.process is not None and kpi.process.lacking == "too_short" and kpi.process.judged is not None


def limits_caption(kpi: KpiReport, zones: Zones, voice: Voice) -> list[str]:
    """What the limits rest on, and what its marks mean."""
    known, say = kpi.process, voice.words.say
    if known is None:
        return []
    if known.limits is None:
        return [_short_words(known, voice)] if too_short(kpi) else []
    span = voice.words.count(*SPANS.get(voice.report.grain, SPANS["all"]), known.limits.baseline)
    parts = [say(_("Wheeler’s XmR chart: mean and natural limits from {span}, the last value left out."), span=span)]
    if zones.signals:
        parts.append(say(_("Large dots: signals, outside the limits or three of four in a row near one.")))
    if zones.runs:
        parts.append(say(_("Rings: eight or more in a row on one side of the mean.")))
    if len(known.stretches) > 1:
        parts.append(say(_("The limits begin anew where the process changed.")))
    return parts


def _short_words(known: Process, voice: Voice) -> str:
    text = _("History too short for natural limits: {there} complete periods before the last, and {least} are needed.")
    return voice.words.say(text, there=known.earlier, least=LEAST)


def doubts(kpi: KpiReport, voice: Voice) -> tuple[str, ...]:
    """Why limits are not to be trusted, and what to do instead."""
    texts = {**WARNINGS, "seasonal": _WEEKLY} if voice.report.grain == "day" else WARNINGS
    known = kpi.process
    return () if known is None else tuple(voice.words.say(texts[warning]) for warning in known.warnings)


def limits_alt(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    """Mean, limits and number of signals in a sentence, for those who do not see the chart."""
    known = kpi.process
    if known is None or known.limits is None:
        return ""
    limits = known.limits
    signals = sum(bool(s.strong) for stretch in known.stretches for s in stretch.signals)
    text = _("Mean {mean}, natural limits from {low} to {high}, signals: {signals}.")
    written = {"mean": limits.mean, "low": limits.low, "high": limits.high}
    return voice.words.say(text, signals=signals, **{name: figures.value(v) for name, v in written.items()})
