"""Scores and the marks of sections in words: what a section is about, how well it does, on how much that rests."""

from dataclasses import dataclass

from kpispec.evaluate.scores import Score
from kpispec.render.format import number, rounded
from kpispec.render.phrases import Voice
from kpispec.spec import Section


def _(message: str) -> str:
    return message


LEVEL_WORDS = {"strategic": _("strategic"), "tactical": _("tactical"), "operational": _("operational")}
# The usual legs of a balanced scorecard; others stand as they are written.
PERSPECTIVE_WORDS = {
    "customer": _("customer"),
    "process": _("process"),
    "finance": _("finance"),
    "learning": _("learning"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A score from 0 to 10 as it is shown, and on how many indicators it rests. Empty where there is none."""

    value: str
    rests: str


def mark_of(score: Score | None, voice: Voice) -> Mark:
    if score is None or score.value is None:
        return Mark("", "")
    known = number(score.rests_on, voice.language)
    rests = voice.words.count("from {known} of {n} indicator", "from {known} of {n} indicators", score.of, known=known)
    return Mark(points(score.value, voice), rests)


def points(score: float, voice: Voice) -> str:
    """A score with one decimal, out of ten."""
    return voice.words.say(_("{score} of 10"), score=number(rounded(score, 1), voice.language))


def about(section: Section, voice: Voice) -> str:
    """Who acts on a section, and which leg of a balanced scorecard it is."""
    said = (level_word(section.level, voice), perspective_word(section.perspective, voice))
    return ", ".join(word for word in said if word)


def level_word(level: str | None, voice: Voice) -> str:
    return voice.words.say(LEVEL_WORDS.get(level or "", level or ""))


def perspective_word(perspective: str | None, voice: Voice) -> str:
    return voice.words.say(PERSPECTIVE_WORDS.get(perspective or "", perspective or ""))
