"""Scores: how far a value is on its way from the bad bound to the good one, and their weighted means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpispec.bands import Bands
from kpispec.spec import ScorecardSpec, Section

BEST = 10.0


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted mean from 0 to 10, `None` where nothing has a score, and on how many of how many KPIs it rests."""

    value: float | None
    rests_on: int
    of: int


@dataclass(frozen=True, slots=True)
class CardScore:
    """A scorecard's score, and those of its sections in their order."""

    whole: Score
    sections: tuple[Score, ...]


def score_of(bands: Bands, value: float) -> float | None:
    """0 at the bad bound to 10 at the good one, in proportion between them, on the side that the value is on.

    `None` where only one of the two is there, on this side or at all.
    """
    if bands.good is None or bands.bad is None or bands.needs:
        return None
    if bands.bad.holds(value):
        return 0.0
    if bands.good.holds(value):
        return BEST
    ends = [(end, BEST) for r in bands.good.ranges for end in r.ends]
    ends += [(end, 0.0) for r in bands.bad.ranges for end in r.ends]
    below = max((end for end in ends if end[0] <= value), default=None)
    above = min((end for end in ends if end[0] >= value), default=None)
    if below is None or above is None or below[1] == above[1]:
        return None
    (low, first), (high, last) = below, above
    return first + (last - first) * (value - low) / (high - low) if high > low else first


def card_score(card: ScorecardSpec, scores: Mapping[str, float | None]) -> CardScore:
    """The scores of a scorecard by those of its KPIs. A section that has none weighs nothing."""
    sections = tuple(_section(section, scores) for section in card.sections)
    value = _mean((s.value, section.weight) for s, section in zip(sections, card.sections, strict=True))
    rests_on, of = sum(s.rests_on for s in sections), sum(s.of for s in sections)
    return CardScore(Score(value, rests_on, of), sections)


def _section(section: Section, scores: Mapping[str, float | None]) -> Score:
    found = [(scores.get(entry.kpi.value.rsplit(".", 1)[-1]), entry.weight) for entry in section.kpis]
    return Score(_mean(found), sum(score is not None for score, _ in found), len(found))


def _mean(weighted: Iterable[tuple[float | None, float]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None]
    return sum(v * w for v, w in known) / sum(w for _, w in known) if known else None
