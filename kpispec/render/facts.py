"""The sheet of a KPI: direction, thresholds, target, benchmarks, owner, place and version, what was rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from kpispec.bounds import FIGURES, Bounds
from kpispec.evaluate.report import KpiReport
from kpispec.periods import parse_period
from kpispec.render.format import Figures, number, percentage
from kpispec.render.indicator import benchmark_figure
from kpispec.render.machine import label
from kpispec.render.phrases import Voice
from kpispec.render.scores import level_word, perspective_word, points
from kpispec.render.wording import METHOD_WORDS


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the sheet: its values may be links."""

    term: str
    values: tuple["Item", ...]


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    href: str = ""
    tone: str = ""
    code: bool = False


def facts(kpi: KpiReport, figures: Figures, voice: Voice) -> tuple[Fact, ...]:
    """The sheet of a KPI; a line with nothing to say is left out."""
    spec, say = kpi.spec, voice.words.say
    life = spec.lifecycle
    owners = [(say(_("business")), spec.business_owner), (say(_("technical")), spec.technical_owner)]
    state = [
        voice.words.lifecycle(life.state or ""),
        say(_("since {day}"), day=voice.day(life.since)) if life.since else "",
    ]
    if life.review_by:
        state.append(say(_("review by {day}"), day=voice.day(life.review_by)))
    version = say(_("version {version}"), version=life.version) if life.version else ""
    lines = [
        Fact(say(_("Direction")), _texts(_direction(kpi, voice))),
        Fact(say(_("Thresholds")), _thresholds(kpi, figures, voice)),
        Fact(say(_("Target")), _texts(_target(kpi, figures, voice))),
        Fact(say(_("Benchmarks")), _benchmarks(kpi, figures, voice)),
        Fact(say(_("Score")), _texts(_score(kpi, voice))),
        Fact(say(_("Withheld")), _texts(_withheld(kpi, voice))),
        Fact(say(_("Owner")), _texts(*(f"{owner} ({role})" for role, owner in owners if owner))),
        Fact(say(_("Lifecycle")), _texts(", ".join(s for s in state if s))),
        Fact(say(_("Specification")), (Item(kpi.place, code=True), *_texts(version))),
        Fact(say(_("Data sets")), tuple(Item(d, code=True) for d in kpi.datasets)),
        Fact(say(_("Interval")), _texts(*_interval_method(kpi, voice))),
        Fact(say(_("Rejected")), _texts(_rejected(kpi, voice))),
        Fact(say(_("Read with")), tuple(_companion(t.value, voice) for t in spec.read_with)),
        Fact(say(_("Driven by")), tuple(_companion(t.value, voice) for t in spec.drivers)),
        Fact(say(_("Variant")), _texts(spec.variant or "")),
        Fact(say(_("Level")), _texts(level_word(spec.reading_level, voice))),
        Fact(say(_("Perspective")), _texts(perspective_word(spec.perspective, voice))),
        Fact(say(_("Tags")), _texts(", ".join(spec.tags))),
        Fact(say(_("Library")), _texts(spec.library or "")),
    ]
    return tuple(fact for fact in lines if fact.values)


def _companion(id: str, voice: Voice) -> Item:
    """Another KPI by its name, linked where it stands on the page."""
    local = id.rsplit(".", 1)[-1]
    kpi = voice.report.kpi(local)
    return Item(id, code=True) if kpi is None else Item(voice.phrase(kpi.spec.label, local).text, f"#kpi-{local}")


def _texts(*texts: str) -> tuple[Item, ...]:
    return tuple(Item(text) for text in texts if text)


def _direction(kpi: KpiReport, voice: Voice) -> str:
    words = {
        "higher_is_better": _("higher is better"),
        "lower_is_better": _("lower is better"),
        "closer_to_target": _("closer to the target is better"),
    }
    return voice.words.say(words.get(kpi.direction or "", ""))


def _thresholds(kpi: KpiReport, figures: Figures, voice: Voice) -> tuple[Item, ...]:
    bands = kpi.headline.bands if kpi.headline is not None else None
    if bands is None:
        return ()
    kinds = (
        ("good", _("good {bounds}"), bands.good_ranges, bands.good),
        ("watch", _("watch {bounds}"), bands.watch_ranges, bands.watch),
        ("bad", _("poor {bounds}"), bands.bad_ranges, bands.bad),
    )
    return tuple(
        Item(voice.words.say(text, bounds=_bounds(ranges, written, figures, voice)), tone=kind)
        for kind, text, ranges, written in kinds
        if ranges or written
    )


def _bounds(ranges: Sequence[Bounds], written: str | None, figures: Figures, voice: Voice) -> str:
    """Bands in words; one that follows a figure as written too."""
    if not ranges:
        return written or ""
    shown = voice.bounds(ranges, figures)
    return f"{shown} ({written})" if written is not None and any(f in written for f in FIGURES) else shown


def _score(kpi: KpiReport, voice: Voice) -> str:
    score = kpi.headline.score if kpi.headline is not None else None
    return "" if score is None else points(score, voice)


def _withheld(kpi: KpiReport, voice: Voice) -> str:
    least = kpi.spec.suppress_below
    return "" if least is None else voice.words.say(_("where n is below {n}"), n=number(least, voice.language))


def _target(kpi: KpiReport, figures: Figures, voice: Voice) -> str:
    target, say = kpi.headline.target if kpi.headline is not None else None, voice.words.say
    if target is None:
        return ""
    text = say(_("{value} from {day}"), value=figures.tick(target.value), day=voice.day(target.first))
    if target.last:
        text += " " + say(_("to {day}"), day=voice.day(target.last))
    if target.improve is not None:
        value, of = figures.tick(target.improve.baseline), _baseline(target.improve.of, voice)
        text += ", " + say(_("{by} better than {of} ({value})"), by=target.improve.by, of=of, value=value)
    return f"{text}, {target.source}" if target.source else text


def _baseline(of: str, voice: Voice) -> str:
    period = parse_period(of)
    if period is not None:
        return voice.words.period(period)
    names = {"previous_year": _("the year before"), "previous_period": _("the period before")}
    return voice.words.say(names.get(of, of))


def _benchmarks(kpi: KpiReport, figures: Figures, voice: Voice) -> tuple[Item, ...]:
    items = []
    for benchmark in kpi.headline.benchmarks if kpi.headline is not None else ():
        figure = benchmark.figure
        origin = [figure.source or "", str(figure.year or ""), figure.region or ""]
        name = label(benchmark, voice.language)
        origin = [o for o in origin if o and o != name]
        text = f"{benchmark_figure(benchmark, figures)} {name} ({', '.join(origin)})"
        if benchmark.expired:
            text += ", " + voice.words.say(_("expired"))
        items.append(Item(text, link(figure.url or "")))
    return tuple(items)


def _interval_method(kpi: KpiReport, voice: Voice) -> tuple[str, ...]:
    """How the headline's interval was found, or why it has none, and how much weighted answers tell."""
    reading, words = kpi.headline, voice.words
    if reading is None or (reading.method == "none" and reading.without is None):
        return ()
    if reading.without is not None:
        return (words.without(reading.without),)
    found = f"{percentage(kpi.spec.level, voice.language)} {words.say(METHOD_WORDS[reading.method])}"
    if reading.effective_n is None or reading.n is None:
        return (found,)
    effective = number(round(reading.effective_n), voice.language)
    return (found, words.say(_("weighted: as telling as {n} answers that count alike"), n=effective))


def _rejected(kpi: KpiReport, voice: Voice) -> str:
    rejected = kpi.headline.rejected if kpi.headline is not None else ()
    return ", ".join(f"{number(count, voice.language)} {voice.words.reject(reason)}" for reason, count in rejected)


def link(text: str) -> str:
    """The address in a reference, when it is one of the web; else nothing."""
    clean = "".join(c for c in text if c.isprintable()).strip()
    try:
        parts = urlsplit(clean)
    except ValueError:
        return ""
    return clean if parts.scheme in ("http", "https") and parts.netloc else ""
