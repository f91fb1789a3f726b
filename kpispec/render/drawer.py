"""What opens under a row: why the status, the course, the definition, the formula, the SQL, the segments."""

import re
from dataclasses import dataclass
from math import ceil

from kpispec.evaluate.process import TO_CHANGE
from kpispec.evaluate.report import KpiReport, Reading, Status
from kpispec.render.beside import running_sentence, status_of
from kpispec.render.charts import Trend, trend
from kpispec.render.course import doubts, limits_caption, mark_words, signal_words, zones_of
from kpispec.render.facts import Fact, Item, facts, link
from kpispec.render.format import NOTHING, Figures, number, seconds_of
from kpispec.render.indicator import delta_of, last_is_open, note_of
from kpispec.render.lines import changes_of, course_of, cuts, figures_of
from kpispec.render.phrases import LONGEST_TEXT, Phrase, Voice, tone
from kpispec.render.segments import SegmentBlock, closed, segment_blocks, segments_caption
from kpispec.render.splits import Splits, splits_of
from kpispec.render.zones import Zones

_FAR_TOO_MANY = 100  # times the present n: no survey settles that
_SQL_TOKEN = re.compile(
    r"(?P<text>'(?:[^']|'')*')|(?P<name>\"(?:[^\"]|\"\")*\")|(?P<note>--[^\n]*)|(?P<number>\b\d+(?:\.\d+)?\b)|(?P<word>[A-Za-z_]+)"
)
_SQL_WORDS = (
    " all and as asc between by case cast coalesce create cross cube date desc distinct else end exists filter first "
    "from full group grouping having ilike in inner interval is join last left like limit not null nulls offset on or "
    "order outer over partition preceding range replace right rollup rows select sets table temp temporary then "
    "timestamp true false union using values view when where window with within "
)


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL and its class: word, text, note, or nothing."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the table under the trend."""

    period: str
    value: str
    interval: str
    n: str
    status: str
    signal: str


@dataclass(frozen=True, slots=True)
class Drawer:
    tone: str
    why: tuple[str, ...]
    description: Phrase
    caveats: tuple[Phrase, ...]
    references: tuple[Item, ...]
    formula: str
    sql: tuple[Token, ...]
    facts: tuple[Fact, ...]
    trend: Trend | None
    trend_caption: str
    doubts: tuple[str, ...]
    signals: bool  # whether the table of figures has a column of them
    moments: tuple[Moment, ...]
    segments: tuple[SegmentBlock, ...]
    segments_caption: str
    splits: Splits | None


@dataclass(frozen=True, slots=True)
class Axis:
    """The axis of a KPI's trend: its figures, and seconds where they are durations."""

    figures: Figures

    @property
    def seconds(self) -> float | None:
        return seconds_of(self.figures.unit)

    def write(self, value: float) -> str:
        return self.figures.tick(value)


def drawer_of(kpi: KpiReport, voice: Voice) -> Drawer:
    figures, spec = figures_of(kpi, voice.language), kpi.spec
    zones = zones_of(kpi, figures, voice)
    return Drawer(
        tone=tone(status_of(kpi)),
        why=why(kpi, figures, voice),
        description=voice.phrase(spec.description, most=LONGEST_TEXT),
        caveats=tuple(voice.phrase(c, most=LONGEST_TEXT) for c in spec.caveats),
        references=tuple(Item(r, link(r)) for r in spec.references),
        formula=kpi.formula,
        sql=highlighted(kpi.sql),
        facts=facts(kpi, figures, voice),
        trend=_trend(kpi, zones, figures, voice),
        trend_caption=_trend_caption(kpi, zones, voice),
        doubts=doubts(kpi, voice),
        signals=bool(zones.signals or zones.runs),
        moments=tuple(_moment(kpi, r, figures, voice) for r in course_of(kpi)),
        segments=segment_blocks(kpi, figures, voice),
        segments_caption=segments_caption(kpi, voice),
        splits=splits_of(kpi, voice),
    )


def why(kpi: KpiReport, figures: Figures, voice: Voice) -> tuple[str, ...]:
    """The status in sentences: the band, what the interval leaves open, what has changed."""
    reading, words = kpi.headline, voice.words
    if reading is None or reading.value is None:
        return (note_of(kpi, voice, figures),)
    sentences = [words.sentence(reason) for reason in reading.reasons]
    if reading.status.rated and reading.bands is not None:
        sentences.insert(0, _band_sentence(reading, figures, voice))
    if reading.uncertain and reading.interval is not None:
        shown = figures.range(reading.interval.low, reading.interval.high)
        text = _(
            "The confidence interval ({interval}) contains a bound: another sample could have given another status."
        )
        sentences += [words.say(text, interval=shown), _settling(reading, voice)]
    elif reading.interval is None and kpi.spec.population == "complete":
        sentences.append(words.say(_("The whole population is counted: there is no sampling error.")))
    sentences += [_signal(kpi, figures, voice), *_changes(kpi, figures, voice), running_sentence(kpi, figures, voice)]
    return tuple(s for s in sentences if s)


def _signal(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    found = signal_words(kpi, figures, voice)
    return voice.words.say(_("A signal: {words}."), words=found) if found else ""


def _band_sentence(reading: Reading, figures: Figures, voice: Voice) -> str:
    bands = reading.bands
    if bands is None:
        return ""
    texts = {
        Status.GOOD: (_("{value} is in the good range ({bounds})."), bands.good_ranges),
        Status.WATCH: (_("{value} is neither good nor poor ({bounds})."), bands.watch_ranges),
        Status.BAD: (_("{value} is in the poor range ({bounds})."), bands.bad_ranges),
        Status.WAIVED: (_("{value} is in the poor range ({bounds})."), bands.bad_ranges),
    }
    text, ranges = texts[reading.status]
    value = figures.value(reading.value, cuts(reading))
    return voice.words.say(text, value=value, bounds=voice.bounds(ranges, figures)) if ranges else ""


def _settling(reading: Reading, voice: Voice) -> str:
    """About how many answers would narrow the interval down to the distance of the nearest bound.

    The half width falls with the square root of n.
    """
    interval, value, n = reading.interval, reading.value, reading.n
    if interval is None or interval.low is None or interval.high is None or value is None or not n:
        return ""
    inside = [abs(value - cut) for cut in cuts(reading) if interval.low <= cut <= interval.high]
    distance = min(inside, default=0.0)
    needed = n * ((interval.high - interval.low) / 2 / distance) ** 2 if distance > 0 else float("inf")
    if needed > n * _FAR_TOO_MANY:
        return voice.words.say(_("The value is so near the bound that no realistic sample would settle it."))
    return voice.words.say(_("About {n} answers would settle it."), n=number(_two_digits(ceil(needed)), voice.language))


def _two_digits(n: int) -> int:
    """The next figure with two digits before its zeros: an estimate should look like one."""
    step = int("1" + "0" * max(0, len(str(n)) - 2))
    return ceil(n / step) * step


def _changes(kpi: KpiReport, figures: Figures, voice: Voice) -> list[str]:
    """Each change with what it is held against: the test of two values, or how far neighbours are usually apart."""
    tested = {
        "routine": _("{delta} against {period}: no more than chance can give."),
        "better": _("{delta} against {period}: better, and more than chance would give."),
        "worse": _("{delta} against {period}: worse, and more than chance would give."),
        "changed": _("{delta} against {period}: more than chance would give."),
        "unknown": _("{delta} against {period}; no standard error is known to test it."),
        "same": _("Unchanged against {period}."),
    }
    ranged = {
        **tested,
        "routine": _("{delta} against {period}: routine, periods are up to {most} apart by themselves."),
        "better": _("{delta} against {period}: better, and more than the {most} that periods are apart by themselves."),
        "worse": _("{delta} against {period}: worse, and more than the {most} that periods are apart by themselves."),
        "changed": _("{delta} against {period}: more than the {most} that periods are apart by themselves."),
    }
    limits = kpi.process.limits if kpi.process is not None else None
    most = figures.delta(TO_CHANGE * limits.moving_range).lstrip("+") if limits is not None else ""
    shown = [delta_of(kpi, c, figures, voice) for _name, c in changes_of(kpi)]
    texts = {"range": ranged}
    return [
        voice.words.say(texts.get(d.basis, tested)[d.sense], delta=d.text, period=d.against, most=most)
        for d in shown
        if d is not None
    ]


def highlighted(sql: str) -> tuple[Token, ...]:
    """SQL in pieces for a page that colours words, texts and notes; joined, they are the SQL."""
    pieces: list[Token] = []

    def put(text: str, kind: str) -> None:
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Token(pieces[-1].text + text, kind)
        elif text:
            pieces.append(Token(text, kind))

    at = 0
    for match in _SQL_TOKEN.finditer(sql):
        put(sql[at : match.start()], "")
        group = match.lastgroup or ""
        known = group in ("text", "note") or (group == "word" and f" {match[0].lower()} " in _SQL_WORDS)
        put(match[0], group if known else "")
        at = match.end()
    put(sql[at:], "")
    return tuple(pieces)


def _trend(kpi: KpiReport, zones: Zones, figures: Figures, voice: Voice) -> Trend | None:
    history = course_of(kpi)
    if not history:
        return None
    return trend(
        [r.value for r in history],
        [closed(r) for r in history],
        [r.target.value if r.target else None for r in history],
        [voice.words.period(r.period, short=True) for r in history],
        words=[figures.value(r.value, cuts(r)) for r in history],
        tick=Axis(figures),
        open_last=last_is_open(kpi),
        zones=zones,
    )


def _trend_caption(kpi: KpiReport, zones: Zones, voice: Voice) -> str:
    say = voice.words.say
    parts = limits_caption(kpi, zones, voice)
    if any(closed(r) for r in kpi.history):
        parts.append(say(_("Upright lines: confidence intervals.") if zones.zones else _("Band: confidence interval.")))
    if any(r.target for r in kpi.history) and not zones.zones:
        parts.append(say(_("Dashes: target.")))
    if last_is_open(kpi):
        parts.append(say(_("Hollow: a period still running.")))
    return " ".join(parts)


def _moment(kpi: KpiReport, reading: Reading, figures: Figures, voice: Voice) -> Moment:
    interval = reading.interval
    signal = kpi.process.signal_at(reading.period.key) if kpi.process is not None else None
    return Moment(
        period=voice.words.period(reading.period, short=True),
        value=figures.value(reading.value, cuts(reading)),
        interval=figures.range(interval.low, interval.high) if interval else "",
        n=number(reading.n, voice.language) if reading.n is not None else NOTHING,
        status=voice.words.status(reading.status),
        signal=mark_words(signal, voice),
    )
