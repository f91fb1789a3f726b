"""A KPI as one row of the scorecard: every figure written, every chart placed, every word chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpispec.evaluate.report import BenchmarkReading, Change, KpiReport, Reading, Status
from kpispec.evaluate.signals import Verdict, judged_by_limits, verdict
from kpispec.periods import Period
from kpispec.render.beside import Beside, beside_of, running_of, status_of
from kpispec.render.charts import BULLET, Bullet, Spark, bullet, bullet_scale, spark
from kpispec.render.course import limits_alt, signal_short, too_short, zones_of
from kpispec.render.format import NOTHING, Figures, number, unit_of
from kpispec.render.lines import changes_of, course_of, cuts, figures_of
from kpispec.render.machine import label
from kpispec.render.phrases import NOT_RATED, TONE_WORDS, Phrase, Voice, tone


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Delta:
    """A change against another period. `sense`: better, worse, changed (undirected), routine, same or unknown."""

    text: str
    arrow: str  # up down flat
    sense: str
    word: str
    against: str
    basis: str = "test"  # what `sense` rests on: range test nothing


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands under a bullet: the target and the first outside figure."""

    target: str
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    key: str  # unique on the page
    id: str
    name: Phrase
    question: Phrase
    tone: str
    status: str
    remark: str  # which kind of "not rated"
    uncertain: bool
    value: str | None
    dim: bool
    unit: str
    period: str  # where it is not the page's
    interval: str
    certainty: str
    badge: str
    deltas: tuple[Delta | None, ...]
    note: str  # why there is no value
    bullet: Bullet | None
    bullet_alt: str
    caption: Caption
    spark: Spark | None
    spark_alt: str
    short: str  # what the course says in a word: "history too short", "above the upper limit"
    signal: bool
    n: str
    n_warns: bool
    hollow: bool
    moved: bool
    running: str  # the period under way, against the same part of earlier ones
    beside: tuple[Beside, ...]


def row_of(kpi: KpiReport, voice: Voice, compare: Sequence[str], key: str) -> Row:
    """The row of a KPI. Without a reading at all it still stands there and says why."""
    reading, figures, spec = kpi.headline, figures_of(kpi, voice.language), kpi.spec
    status = status_of(kpi)
    shown = reading is not None and reading.value is not None
    name = voice.phrase(spec.label, spec.id)
    chart = spark_of(kpi, figures, voice)
    signal = signal_short(kpi, voice)
    return Row(
        key=key,
        id=spec.id,
        name=name,
        question=voice.phrase(spec.question),
        tone=tone(status),
        status=voice.words.say(TONE_WORDS[tone(status)]),
        remark=voice.words.status(status) if tone(status) == NOT_RATED else "",
        uncertain=reading is not None and reading.uncertain,
        value=figures.value(reading.value, cuts(reading)) if reading is not None and shown else None,
        dim=not status.rated and status is not Status.NOT_JUDGED,
        unit=voice.unit(kpi.unit),
        period=_other_period(reading, voice) if shown else "",
        interval=_interval(reading, figures),
        certainty=_certainty(kpi, voice),
        badge=_badge(reading, voice),
        deltas=_deltas(kpi, figures, voice, compare),
        note="" if shown else note_of(kpi, voice, figures),
        bullet=bullet_of(kpi) if shown else None,
        bullet_alt=_bullet_alt(reading, figures, voice),
        caption=_caption(reading, figures, voice),
        spark=chart,
        spark_alt=" ".join([history_alt(kpi, name.text, figures, voice), limits_alt(kpi, figures, voice)]).strip(),
        short=signal or (voice.words.say(_("history too short")) if chart and too_short(kpi) else ""),
        signal=bool(signal),
        n=number(reading.n, voice.language) if reading is not None and reading.n is not None and shown else "",
        n_warns=status is Status.TOO_FEW,
        hollow=status in (Status.TOO_FEW, Status.PARTIAL),
        moved=has_moved(kpi),
        running=running_of(kpi, figures, voice),
        beside=tuple(b for t in spec.read_with if (b := beside_of(t.value, voice)) is not None),
    )


def note_of(kpi: KpiReport, voice: Voice, figures: Figures) -> str:
    """Why there is no value, where to look, and the last one known."""
    reading, say = kpi.headline, voice.words.say
    reason = reading.reason if reading is not None else None
    parts = [voice.words.sentence(reason)] if reason is not None else []
    if not parts:
        parts = [say(_("The query failed: {message}"), message=kpi.message)] if kpi.message else [say(_("No reading."))]
    if status_of(kpi) is Status.ERROR:
        return f"{parts[0]} ({kpi.place})"
    known = [r for r in kpi.history if r.value is not None]
    if known:
        period = voice.words.period(known[-1].period)
        parts.append(
            say(_("Last known value: {value} ({period})."), value=figures.value(known[-1].value), period=period)
        )
    return " ".join(parts)


def delta_of(kpi: KpiReport, change: Change, figures: Figures, voice: Voice) -> Delta | None:
    """A change of the headline in words; coloured only when it is more than noise."""
    if change.delta is None:
        return None
    say, still = voice.words.say, figures.vanishes(change.delta)
    found = verdict(kpi, change)
    sense = "same" if still else _sense(change, found)
    words = {
        "same": say(_("flat")),
        "better": say(_("better")),
        "worse": say(_("worse")),
        "changed": say(_("changed")),
        "routine": say(_("routine")),
        "unknown": say(_("not tested")),
    }
    arrow = "flat" if still else "up" if change.delta > 0 else "down"
    against = voice.words.period(change.against)
    return Delta(figures.delta(change.delta), arrow, sense, words[sense], against, found.basis)


def _sense(change: Change, found: Verdict) -> str:
    if found.real is None:
        return "unknown"
    if not found.real:
        return "routine"
    return "changed" if change.better is None else "better" if change.better else "worse"


def has_moved(kpi: KpiReport) -> bool:
    """Whether the headline says that something changed: a signal where its course has limits, else a test."""
    if judged_by_limits(kpi):
        return kpi.signal is not None
    return any(c.significant for _name, c in changes_of(kpi))


def spark_of(kpi: KpiReport, figures: Figures, voice: Voice) -> Spark | None:
    course = course_of(kpi)
    values = [r.value for r in course]
    targets = [r.target.value if r.target else None for r in course]
    zones = zones_of(kpi, figures, voice)
    return spark(values, targets, open_last=last_is_open(kpi), zones=zones) if values else None


def last_is_open(kpi: KpiReport) -> bool:
    """True when the last point of the course is of a period still running."""
    known = [r for r in kpi.history if r.value is not None]
    return bool(known) and (not known[-1].period.complete or known[-1].status is Status.PARTIAL)


def history_alt(kpi: KpiReport, name: str, figures: Figures, voice: Voice) -> str:
    """The course in one sentence, for those who do not see it."""
    known = [r for r in kpi.history if r.value is not None]
    if not known:
        return ""
    values = [r.value for r in known if r.value is not None]
    return voice.words.count(
        "{name}: one period, {first}.",
        "{name}: {n} periods with a value, from {first} to {last}; lowest {low}, highest {high}.",
        len(known),
        name=name,
        first=f"{figures.value(known[0].value)} ({voice.words.period(known[0].period, short=True)})",
        last=f"{figures.value(known[-1].value)} ({voice.words.period(known[-1].period, short=True)})",
        low=figures.value(min(values)),
        high=figures.value(max(values)),
    )


def bullet_of(kpi: KpiReport) -> Bullet | None:
    reading = kpi.headline
    if reading is None:
        return None
    bands = reading.bands
    spans = [
        (kind, bound.low, bound.high)
        for kind, ranges in (
            ("bad", bands.bad_ranges if bands else ()),
            ("watch", bands.watch_ranges if bands else ()),
            ("good", bands.good_ranges if bands else ()),
        )
        for bound in ranges
    ]
    mark = next(((b.value, b.low, b.high) for b in reading.benchmarks if not b.expired), (None, None, None))
    target = reading.target.value if reading.target else None
    interval = (reading.interval.low, reading.interval.high) if reading.interval else None
    return bullet(_scale(kpi, reading), spans, reading.value, interval, target, mark)


def _scale(kpi: KpiReport, reading: Reading) -> tuple[float, float]:
    figures = [r.value for r in (reading, *kpi.history, *kpi.segments) if r.status is not Status.TOO_FEW]
    if reading.target:
        figures.append(reading.target.value)
    for benchmark in reading.benchmarks:
        figures += [] if benchmark.expired else [benchmark.value, benchmark.low, benchmark.high]
    figures += [reading.value, *cuts(reading)]
    low, high = unit_of(kpi.unit).usual
    reach = None if low is None or high is None else (low, high)
    return bullet_scale([f for f in figures if f is not None], reach)


def _other_period(reading: Reading | None, voice: Voice) -> str:
    if reading is None or _same(reading.period, voice.report.period):
        return ""
    return voice.words.period(reading.period)


def _same(one: Period, other: Period | None) -> bool:
    return other is None or (one.grain, one.key) == (other.grain, other.key)


def _interval(reading: Reading | None, figures: Figures) -> str:
    interval = reading.interval if reading is not None else None
    return figures.range(interval.low, interval.high) if interval else ""


def _certainty(kpi: KpiReport, voice: Voice) -> str:
    """What stands where no interval does."""
    if kpi.spec.population == "complete":
        return voice.words.say(_("full count"))
    return voice.words.say(_("no interval"))


def _badge(reading: Reading | None, voice: Voice) -> str:
    running = next((r for r in reading.reasons if r.code == "running"), None) if reading is not None else None
    if running is None:
        return ""
    return voice.words.say(_("day {elapsed} of {days}"), elapsed=running.get("elapsed"), days=running.get("days"))


def _deltas(kpi: KpiReport, figures: Figures, voice: Voice, compare: Sequence[str]) -> tuple[Delta | None, ...]:
    changes = dict(changes_of(kpi))
    return tuple(delta_of(kpi, changes[name], figures, voice) if name in changes else None for name in compare)


def _caption(reading: Reading | None, figures: Figures, voice: Voice) -> Caption:
    target = figures.tick(reading.target.value) if reading is not None and reading.target else ""
    first = next((b for b in reading.benchmarks if not b.expired), None) if reading is not None else None
    if first is None:
        return Caption(target, "")
    return Caption(target, f"{benchmark_figure(first, figures)} {label(first, voice.language)}")


def benchmark_figure(benchmark: BenchmarkReading, figures: Figures) -> str:
    if benchmark.value is not None:
        return figures.tick(benchmark.value)
    if benchmark.low is None or benchmark.high is None:
        return NOTHING
    return figures.range(benchmark.low, benchmark.high)


def _bullet_alt(reading: Reading | None, figures: Figures, voice: Voice) -> str:
    if reading is None or reading.value is None:
        return ""
    caption, say = _caption(reading, figures, voice), voice.words.say
    parts = [figures.value(reading.value)]
    if caption.target:
        parts.append(say(_("target {value}"), value=caption.target))
    if caption.mark:
        parts.append(caption.mark)
    if reading.bands is not None and reading.bands.good_ranges:
        parts.append(say(_("good {bounds}"), bounds=voice.bounds(reading.bands.good_ranges, figures)))
    return "; ".join(parts)


BULLET_WIDTH = f"{BULLET[0]:.0f}"
