"""The split of a change in words: figures that add up as they are written, and bars beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpispec.evaluate.apportion import apportioned
from kpispec.evaluate.report import ChangeSplit, KpiReport, Report, SplitPart
from kpispec.render.format import NOTHING, Figures
from kpispec.render.lines import changes_of, figures_of, segment_words
from kpispec.render.phrases import Voice
from kpispec.render.segments import dimension_title
from kpispec.render.wording import Words

BAR_WIDTH = 158
MOST_LINES = 12  # on a page


def _(message: str) -> str:
    return message


SPLIT_HEADINGS = (
    _("Segment"), _("Weight before"), _("Weight after"), _("Value before"), _("Value after"), _("Mix effect"),
    _("Rate effect"), _("Total"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SplitLine:
    """A segment's part, or all parts together; `bar` is the path of its total's bar and of the line it stands on."""

    name: str
    weight_before: str
    weight_after: str
    value_before: str
    value_after: str
    mix: str
    rate: str
    total: str
    bar: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of SPLIT_HEADINGS."""
        return (
            self.name, self.weight_before, self.weight_after, self.value_before, self.value_after, self.mix, self.rate,
            self.total,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SplitTable:
    """`lines` with the greatest parts first, and what they add up to; or the sentence why there are none."""

    lines: tuple[SplitLine, ...]
    total: SplitLine | None
    sentence: str


@dataclass(frozen=True, slots=True)
class _Row:
    """Parts shown together: one segment's, or those of all that are left out."""

    name: str
    parts: tuple[SplitPart, ...]

    @property
    def effects(self) -> tuple[Fraction, Fraction]:
        mix = sum((Fraction(p.mix_effect) for p in self.parts), Fraction(0))
        return mix, sum((Fraction(p.rate_effect) for p in self.parts), Fraction(0))

    @property
    def weights(self) -> tuple[Fraction, Fraction]:
        before = sum((Fraction(p.weight_before) for p in self.parts), Fraction(0))
        return before, sum((Fraction(p.weight_after) for p in self.parts), Fraction(0))

    @property
    def rates(self) -> tuple[float | None, float | None]:
        return (self.parts[0].rate_before, self.parts[0].rate_after) if len(self.parts) == 1 else (None, None)


def split_table(split: ChangeSplit, kpi: KpiReport, report: Report, say: Words, most: int | None = None) -> SplitTable:
    """A split as people read it. Past `most` segments the rest is one line."""
    if split.reason is not None or split.delta is None:
        return SplitTable((), None, say.sentence(split.reason) if split.reason is not None else "")
    rows = _rows(split, report, say, most)
    figures = figures_of(kpi, say.language)
    step = figures.step(split.delta)
    flat = [effect / step for row in rows for effect in row.effects]
    steps = apportioned(flat, round_half_up(Fraction(split.delta) / step))
    effects = list(zip(steps[::2], steps[1::2], strict=True))
    weights = [_shares([row.weights[i] for row in rows], say.language) for i in (0, 1)]
    bars = _bars([a + b for a, b in effects])
    lines = []
    for i, row in enumerate(rows):
        before, after = (figures.value(rate) for rate in row.rates)
        mix, rate, total = (figures.stepped(n, step) for n in (*effects[i], sum(effects[i])))
        shares = weights[0][i], weights[1][i]
        lines.append(SplitLine(row.name, *shares, before, after, mix, rate, total, bars[i]))
    return SplitTable(tuple(lines), _total(split, effects, step, figures, say), "")


def split_title(split: ChangeSplit, figures: Figures, say: Words) -> str:
    """`July 2026 → August 2026: 78.0% → 79.2%`."""
    values = [figures.value(v) for v in (split.value_before, split.value_after)]
    return say.say(_("{periods}: {values}"), periods=_periods(split, say), values=" → ".join(values))


def _periods(split: ChangeSplit, say: Words) -> str:
    return " → ".join(say.period(p, short=True) if p is not None else NOTHING for p in (split.before, split.after))


def round_half_up(value: Fraction) -> int:
    """To the nearest whole number, halves away from zero, as figures are."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def _rows(split: ChangeSplit, report: Report, say: Words, most: int | None) -> list[_Row]:
    shown = split.parts if most is None or len(split.parts) <= most else split.parts[: most - 1]
    rows = [_Row(", ".join(segment_words(p.segment, report, say)), (p,)) for p in shown]
    rest = split.parts[len(shown) :]
    others = say.count("{n} other segment", "{n} other segments", len(rest)) if rest else ""
    return [*rows, _Row(others, rest)] if rest else rows


def _shares(weights: Sequence[Fraction], language: str) -> list[str]:
    """Shares of all at a tenth of a percent, that add up to 100 %."""
    percent = Figures("percent", language, 1)
    return [percent.value(n / 10) for n in apportioned([w * 1000 for w in weights], 1000)]


def _total(
    split: ChangeSplit, effects: Sequence[tuple[int, int]], step: Fraction, figures: Figures, say: Words
) -> SplitLine:
    all_ = Figures("percent", say.language, 1).value(100.0)
    mix, rate = sum(a for a, _b in effects), sum(b for _a, b in effects)
    values = [figures.value(v) for v in (split.value_before, split.value_after)]
    written = [figures.stepped(n, step) for n in (mix, rate, mix + rate)]
    return SplitLine(say.say(_("All")), all_, all_, values[0], values[1], written[0], written[1], written[2])


def _bars(totals: Sequence[int]) -> list[str]:
    """Bars from a common line, on one scale, to a pixel."""
    low, high = min(0, *totals), max(0, *totals)
    unit = BAR_WIDTH / ((high - low) or 1)
    zero = 1 + round(-low * unit)
    lengths = [round(n * unit) for n in totals]
    return [f"M{zero} 4h{length}v8h{-length}v4h-1V0h1z" for length in lengths]


@dataclass(frozen=True, slots=True)
class SplitBlock:
    """The split by one dimension, or by several crossed, on a page."""

    title: str
    table: SplitTable


@dataclass(frozen=True, slots=True)
class Splits:
    """Why a headline changed: what changed, by each dimension; or `sentence`, why that is not known."""

    title: str
    blocks: tuple[SplitBlock, ...]
    sentence: str


def splits_of(kpi: KpiReport, voice: Voice) -> Splits | None:
    """The splits of the change that a page shows first; nothing where it shows none."""
    changes = dict(changes_of(kpi))
    found = [s for s in kpi.splits if (c := changes.get(s.compare)) is not None and c.delta is not None]
    if not found:
        return None
    tables = [(s.by, split_table(s, kpi, voice.report, voice.words, MOST_LINES)) for s in found]
    blocks = tuple(SplitBlock(dimension_title(by, voice), t) for by, t in tables if t.total is not None)
    sentences = dict.fromkeys(t.sentence for _, t in tables if t.total is None)
    return Splits(_periods(found[0], voice.words), blocks, " ".join(sentences))
