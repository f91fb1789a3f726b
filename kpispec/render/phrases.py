"""Texts of specs in the language of a page, thresholds in words, and how loudly a status speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpispec.bounds import Bounds
from kpispec.evaluate.report import Report, Status
from kpispec.render.format import Figures, format_day, locale_of
from kpispec.render.wording import Words, set_french
from kpispec.spec import Localized

TONES = {Status.GOOD: "good", Status.WATCH: "watch", Status.BAD: "bad", Status.WAIVED: "waived"}
NOT_RATED = "none"
LONGEST_LABEL, LONGEST_TEXT = 200, 4000  # characters


def _(message: str) -> str:
    return message


TONE_WORDS = {
    "bad": _("Poor"),
    "watch": _("Watch"),
    "good": _("Good"),
    "waived": _("Accepted"),
    "none": _("Not rated"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with its language where that is not the page's."""

    text: str
    lang: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Voice:
    """A report spoken in one language."""

    report: Report
    words: Words

    @property
    def language(self) -> str:
        return self.words.language

    def phrase(self, text: Localized | None, fallback: str = "", most: int = LONGEST_LABEL) -> Phrase:
        """A text of a spec in this language, else in the one it has, which is then named. Past `most` it is cut."""
        return phrase_of(text, self.language, self.report.language, fallback, most)

    def bounds(self, ranges: Sequence[Bounds], figures: Figures) -> str:
        """Bands in words: `≥ 80%`, `from 6 min to 7 min 30 s`, `< 5 min or > 9 min`."""
        either = self.words.say(_(" or "))
        return either.join(self._bound(r, figures) for r in ranges)

    def _bound(self, bounds: Bounds, figures: Figures) -> str:
        low, high = bounds.low, bounds.high
        if low is not None and high is not None:
            return self.words.say(_("from {low} to {high}"), low=figures.tick(low), high=figures.tick(high))
        if low is not None:
            return f"{'≥' if bounds.low_closed else '>'}\u00a0{figures.tick(low)}"
        if high is not None:
            return f"{'≤' if bounds.high_closed else '<'}\u00a0{figures.tick(high)}"
        return self.words.say(_("any value"))

    def day(self, day: date | None) -> str:
        return "" if day is None else format_day(day, self.language)

    def unit(self, unit: str) -> str:
        """What a bare figure counts, in words; empty where the figure carries its unit."""
        if unit.startswith("score "):
            low, _dots, high = unit.removeprefix("score ").partition("..")
            return self.words.say(_("scale {low} to {high}"), low=low, high=high)
        if unit.startswith("per "):
            amount = re.match(r"per (\d+)(.*)", unit)
            if amount is None:
                return unit
            noun = amount[2] if self.language == self.report.language else ""
            return (
                self.words.say(_("per {amount}"), amount=Figures("count", self.language).value(float(amount[1]))) + noun
            )
        return ""


def phrase_of(
    text: Localized | None, language: str, default: str, fallback: str = "", most: int = LONGEST_LABEL
) -> Phrase:
    """A text of a spec in a language, else in the one it has, which is then named. Past `most` it is cut.

    `default` is the language of texts that name none.
    """
    if text is None or not text.texts:
        return Phrase(fallback)
    shown = _cut(text.get(language, default), most)
    tag = next((tag for tag, value in text.texts if _cut(value, most) == shown), "") or default
    if text.speaks(language) and "" not in dict(text.texts):
        tag = language
    foreign = locale_of(tag).language != locale_of(language).language
    if not foreign and locale_of(tag).language == "fr":
        shown = set_french(shown)
    return Phrase(shown, tag if foreign else None)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def tone(status: Status) -> str:
    """good, watch, bad, waived or none."""
    return TONES.get(status, NOT_RATED)
