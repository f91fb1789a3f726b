"""A scorecard page as the template needs it: everything decided and written, nothing left to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kpispec.evaluate.report import Report
from kpispec.periods import Period
from kpispec.render.beside import status_of
from kpispec.render.changed import Moved, chance, moved_of, routine, unmoved
from kpispec.render.course import SPANS
from kpispec.render.drawer import Drawer, drawer_of
from kpispec.render.format import format_day, format_instant, locale_of, percentage
from kpispec.render.indicator import Row, row_of
from kpispec.render.lines import changes_of, course_of
from kpispec.render.machine import instant
from kpispec.render.phrases import LONGEST_TEXT, NOT_RATED, TONE_WORDS, Phrase, Voice, tone
from kpispec.render.provenance import SourceLine, reproduction, source_line
from kpispec.render.scores import Mark, about, mark_of
from kpispec.render.segments import Heat, heats_of
from kpispec.render.wording import words

ORDER = ("bad", "watch", "good", "waived", NOT_RATED)
MOST_CHANGES = 6


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Count:
    tone: str
    word: str
    n: int
    x: int  # where its part of the bar begins


@dataclass(frozen=True, slots=True)
class Block:
    """A section of the table."""

    title: Phrase
    rows: tuple[tuple[Row, Drawer], ...]
    about: str
    score: Mark


@dataclass(frozen=True, slots=True)
class Alternate:
    language: str
    href: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    language: str
    direction: str
    title: Phrase
    eyebrow: str
    subtitle: Phrase
    period: str
    closed: str
    running: str
    compared: str
    score: Mark
    headings: tuple[tuple[str, str], ...]  # of the changes: words and period
    level: str
    counts: tuple[Count, ...]
    total: int
    moved: tuple[Moved, ...]
    moved_more: tuple[Moved, ...]
    moved_more_word: str
    unmoved: str  # what stands in place of the changes where there are none
    routine: str
    chance: str
    blocks: tuple[Block, ...]
    span: str
    heats: tuple[Heat, ...]
    sources: tuple[SourceLine, ...]
    reproduction: tuple[tuple[str, str, bool], ...]  # term, value, whether it is code
    errors: tuple[str, ...]
    shared_sql: str
    explains: bool  # whether some change is split
    alternates: tuple[Alternate, ...]
    generator: str


def page_of(report: Report, language: str, alternates: Mapping[str, str]) -> Page:
    """The whole page of a report in one language."""
    voice = Voice(report, words(language))
    card, say = report.scorecard, voice.words.say
    compare = card.compare if card is not None else _compared(report)
    keys = _keys(report)
    moved = moved_of(report, voice, keys)
    hidden = len(moved) - MOST_CHANGES
    return Page(
        language=language,
        direction="rtl" if locale_of(language).text_direction == "rtl" else "ltr",
        title=voice.phrase(card.label, card.id) if card is not None else Phrase(report.project),
        eyebrow=report.project,
        subtitle=voice.phrase(card.description, most=LONGEST_TEXT) if card is not None else Phrase(""),
        period=voice.words.period(report.period) if report.period else "",
        closed=_closed(report, voice),
        running=_running(report, voice),
        compared=_compared_words(report, voice, compare),
        score=mark_of(report.score.whole if report.score is not None else None, voice),
        headings=tuple((say(_("Change vs")), _against(report, voice, name)) for name in compare),
        level=_level(report, voice),
        counts=_counts(report, voice),
        total=len(report.kpis),
        moved=tuple(moved[:MOST_CHANGES]),
        moved_more=tuple(moved[MOST_CHANGES:]),
        moved_more_word=voice.words.count("{n} more change", "{n} more changes", hidden) if hidden > 0 else "",
        unmoved=unmoved(report, voice),
        routine=routine(report, voice, some_moved=bool(moved)),
        chance=chance(report, voice),
        blocks=tuple(_blocks(report, voice, compare, keys)),
        span=_span(report, voice),
        heats=tuple(heats_of(report, voice, keys)),
        sources=tuple(source_line(f, voice) for f in report.freshness),
        reproduction=reproduction(report, voice),
        errors=tuple(voice.words.sentence(reason) for reason in report.errors),
        shared_sql=report.shared_sql.strip(),
        explains=any(s.parts for kpi in report.kpis for s in kpi.splits),
        alternates=tuple(Alternate(tag, href, _own_name(tag)) for tag, href in sorted(alternates.items())),
        generator=f"kpispec {report.reproduction.kpispec_version}",
    )


def _keys(report: Report) -> dict[int, str]:
    """An anchor for each KPI's place on the page, by its index; the second place of an id gets a number."""
    seen: dict[str, int] = {}
    keys = {}
    for i, kpi in enumerate(report.kpis):
        seen[kpi.spec.id] = times = seen.get(kpi.spec.id, 0) + 1
        keys[i] = kpi.spec.id if times == 1 else f"{kpi.spec.id}-{times}"
    return keys


def _blocks(report: Report, voice: Voice, compare: Sequence[str], keys: Mapping[int, str]) -> list[Block]:
    """The scorecard's sections; what no section names stands in a last one without a title."""
    rows = [(row_of(k, voice, compare, keys[i]), drawer_of(k, voice)) for i, k in enumerate(report.kpis)]
    left = dict(enumerate(rows))
    blocks = []
    scores = report.score.sections if report.score is not None else ()
    for number, section in enumerate(report.scorecard.sections if report.scorecard is not None else ()):
        taken = []
        for entry in section.kpis:
            wanted = entry.kpi.value.rsplit(".", 1)[-1]
            at = next((i for i, (row, _d) in left.items() if row.id == wanted), None)
            if at is not None:
                taken.append(left.pop(at))
        if taken:
            score = mark_of(scores[number] if number < len(scores) else None, voice)
            blocks.append(Block(voice.phrase(section.label), tuple(taken), about(section, voice), score))
    return [*blocks, Block(Phrase(""), tuple(left.values()), "", mark_of(None, voice))] if left else blocks


def _counts(report: Report, voice: Voice) -> tuple[Count, ...]:
    """How many of each; waived ones are counted apart, and only where there are any."""
    tones = [tone(status_of(k)) for k in report.kpis]
    counts, x = [], 0
    for kind in ORDER:
        n = tones.count(kind)
        if n or kind != "waived":
            counts.append(Count(kind, voice.words.say(TONE_WORDS[kind]), n, x))
        x += n
    return tuple(counts)


def _closed(report: Report, voice: Voice) -> str:
    period, as_of = report.period, format_instant(instant(report), voice.language)
    if period is None or period.end is None:
        return voice.words.say(_("as of {instant}"), instant=as_of)
    if not period.complete:
        return voice.words.say(_("still running, as of {instant}"), instant=as_of)
    last = format_day(period.end - timedelta(days=1), voice.language)
    return voice.words.say(_("closed on {day}, as of {instant}"), day=last, instant=as_of)


def _running(report: Report, voice: Voice) -> str:
    """The period under way, where the headline is of one before."""
    last = next((k.history[-1] for k in report.kpis if k.history), None)
    reason = next((r for r in last.reasons if r.code == "running"), None) if last is not None else None
    if last is None or reason is None or report.period is None or not report.period.complete:
        return ""
    text = _("{period} is running: day {elapsed} of {days}.")
    elapsed, days = reason.get("elapsed"), reason.get("days")
    return voice.words.say(text, period=voice.words.period(last.period), elapsed=elapsed, days=days)


def _compared(report: Report) -> tuple[str, ...]:
    """The comparisons that some reading makes: a run over all rows has none."""
    return tuple(dict.fromkeys(name for kpi in report.kpis for name, _c in changes_of(kpi)))


def _other(report: Report, name: str) -> Period | None:
    """The period a comparison is with: as the readings of the page's period say it."""
    here = report.period
    for kpi in report.kpis:
        reading = kpi.headline
        if reading is None or here is None or (reading.period.grain, reading.period.key) != (here.grain, here.key):
            continue
        change = reading.change(name)
        if change is not None:
            return change.against
    return None


def _against(report: Report, voice: Voice, name: str) -> str:
    other = _other(report, name)
    if other is not None:
        return voice.words.period(other, short=True)
    names = {"previous_period": _("previous period"), "same_period_last_year": _("a year before")}
    return voice.words.say(names.get(name, name.replace("_", " ")))


def _compared_words(report: Report, voice: Voice, compare: Sequence[str]) -> str:
    others = [o for name in compare if (o := _other(report, name)) is not None]
    if not others:
        return ""
    both = voice.words.say(_(" and ")).join(voice.words.period(o) for o in others)
    return voice.words.say(_("Compared with {periods}."), periods=both)


def _level(report: Report, voice: Voice) -> str:
    levels = {k.spec.level for k in report.kpis}
    level = levels.pop() if len(levels) == 1 else None
    if level is None:
        return voice.words.say(_("interval"))
    return voice.words.say(_("{level} interval"), level=percentage(level, voice.language))


def _span(report: Report, voice: Voice) -> str:
    longest = max((sum(r.period.complete for r in course_of(k)) for k in report.kpis), default=0)
    if longest == 0:
        return voice.words.say(_("Course"))
    return voice.words.count(*SPANS.get(report.grain, SPANS["all"]), longest)


def _own_name(tag: str) -> str:
    """A language's name in itself."""
    locale = locale_of(tag)
    return (locale.get_language_name(locale) or tag).capitalize()
