"""What stands by the name of a KPI: its guard rails, and how the period under way does so far."""

from dataclasses import dataclass

from kpispec.evaluate.report import KpiReport, Reading, Status
from kpispec.render.format import NOTHING, Figures
from kpispec.render.lines import cuts, figures_of
from kpispec.render.phrases import Phrase, Voice, tone


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Beside:
    """A guard rail: a KPI that another is read with, where it stands on the page, with its value and status."""

    name: Phrase
    href: str
    tone: str
    status: str
    value: str


def status_of(kpi: KpiReport) -> Status:
    """The status of the headline; that of a KPI without one follows from whether something failed."""
    if kpi.headline is not None:
        return kpi.headline.status
    return Status.ERROR if kpi.message is not None else Status.NO_DATA


def beside_of(id: str, voice: Voice) -> Beside | None:
    """Another KPI of the page, `None` where it does not stand there."""
    kpi = voice.report.kpi(id.rpartition(".")[2])
    if kpi is None:
        return None
    status, reading = status_of(kpi), kpi.headline
    return Beside(
        name=voice.phrase(kpi.spec.label, kpi.spec.id),
        href=f"#kpi-{kpi.spec.id}",
        tone=tone(status),
        status=voice.words.status(status),
        value=figures_of(kpi, voice.language).value(reading.value, cuts(reading)) if reading is not None else NOTHING,
    )


def under_way(kpi: KpiReport) -> Reading | None:
    """The reading of the period under way, where it has a value and the headline is of one before."""
    last, head = (kpi.history[-1] if kpi.history else None), kpi.headline
    if last is None or last.period.complete or last.value is None or head is None or not head.period.complete:
        return None
    return last


def running_of(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    """The period under way in short: its value, and how far it is from the same part of the first earlier one."""
    last = under_way(kpi)
    if last is None:
        return ""
    period = voice.words.period(last.period, short=True)
    text = voice.words.say(_("{period} so far: {value}"), period=period, value=figures.value(last.value))
    deltas = [figures.delta(c.delta) for _name, c in last.compare if c.delta is not None and c.elapsed is not None]
    return f"{text} ({deltas[0]})" if deltas else text


def running_sentence(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    """The period under way against the same part of each earlier one; empty where nothing is compared."""
    last, say = under_way(kpi), voice.words.say
    if last is None:
        return ""
    parts = []
    for _name, change in last.compare:
        if change.delta is not None and change.elapsed is not None:
            text = _("{delta} against the same part of {period}")
            against = voice.words.period(change.against)
            parts.append(say(text, delta=figures.delta(change.delta), period=against))
    period, value = voice.words.period(last.period), figures.value(last.value)
    head = say(_("{period} so far: {value}"), period=period, value=value)
    return ", ".join([head, *parts]) + "." if parts else ""
