"""Where the figures come from: the freshness of each data set, and what it takes to make the page again."""

from dataclasses import dataclass

from kpispec.evaluate.report import Freshness, Report
from kpispec.render.format import NOTHING, format_day, format_days, format_instant, number
from kpispec.render.machine import instant
from kpispec.render.phrases import NOT_RATED, Phrase, Voice


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class SourceLine:
    name: Phrase
    id: str
    rows: str
    newest: str
    age: str
    kind: str  # good watch bad
    state: str
    rejected: str
    files: str


def source_line(freshness: Freshness, voice: Voice) -> SourceLine:
    language, say = voice.language, voice.words.say
    kind, state = "good", say(_("up to date"))
    if freshness.error is not None:
        kind, state = "bad", freshness.error
    elif freshness.stale and freshness.max_age_days is not None:
        limit = format_days(freshness.max_age_days, language)
        kind, state = "watch", say(_("late: at most {age}"), age=limit)
    elif freshness.max_age_days is None:
        kind, state = NOT_RATED, say(_("no age limit"))
    rejected = ", ".join(f"{number(n, language)} {voice.words.reject(reason)}" for reason, n in freshness.rejected)
    dataset = freshness.dataset
    files = voice.words.count("{n} file", "{n} files", len(freshness.files)) if freshness.files else ""
    return SourceLine(
        name=voice.phrase(dataset.label, dataset.id),
        id=dataset.id,
        rows=number(freshness.rows, language) if freshness.rows is not None else NOTHING,
        newest=format_day(freshness.last.date(), language) if freshness.last else NOTHING,
        age=format_days(freshness.age_days, language) if freshness.age_days is not None else NOTHING,
        kind=kind,
        state=state,
        rejected=rejected,
        files=files,
    )


def reproduction(report: Report, voice: Voice) -> tuple[tuple[str, str, bool], ...]:
    made, say = report.reproduction, voice.words.say
    commit = made.git_commit or say(_("not under git"))
    if made.git_commit and made.git_dirty:
        commit += " " + say(_("with changes not committed"))
    return (
        (say(_("As of")), f"{format_instant(instant(report), voice.language)} ({report.timezone})", False),
        (say(_("Specifications")), _short(made.spec_hash), True),
        (say(_("Git commit")), commit, made.git_commit is not None),
        (say(_("Data")), _short(made.data_hash), True),
        (say(_("Engine")), f"kpispec {made.kpispec_version}, {made.engine} {made.engine_version}", False),
        (say(_("Command")), made.command, True),
    )


def _short(digest: str) -> str:
    """A digest that can be read out: its first 16 characters."""
    kind, colon, rest = digest.rpartition(":")
    return f"{kind}{colon}{rest[:16]}"
