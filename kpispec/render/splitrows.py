"""The split of a change for other programs: nested in the row of a headline, flat in the rows of its segments."""

from typing import TypeAlias

from kpispec.evaluate.report import ChangeSplit, KpiReport, Reading, SplitPart
from kpispec.render.wording import sentence

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def figure(value: float | None) -> float | None:
    """At the 12 significant digits that values are judged at."""
    return None if value is None else float(f"{value:.12g}") + 0.0


def explained_change(kpi: KpiReport, reading: Reading) -> Json:
    """The splits of a headline; `None` for any other reading, and where none is asked for.

    Effects keep all the digits that they add up with.
    """
    return [_split(s) for s in kpi.splits] or None if reading is kpi.headline else None


def explained_cells(kpi: KpiReport, reading: Reading) -> dict[str, Json]:
    """What a flat row holds by comparison: a segment's part; of the whole the change, or why it has no parts."""
    if reading is kpi.headline:
        return {name: _of_whole([s for s in kpi.splits if s.compare == name]) for name in _comparisons(kpi)}
    here = kpi.headline is not None and reading.period == kpi.headline.period
    parts = [(s.compare, part) for s in kpi.splits for part in s.parts if here and part.segment == reading.segment]
    return {name: _part(part) for name, part in parts}


def _comparisons(kpi: KpiReport) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.compare for s in kpi.splits))


def _of_whole(splits: list[ChangeSplit]) -> dict[str, Json]:
    deltas = [s.delta for s in splits if s.delta is not None]
    reasons = dict.fromkeys(sentence(s.reason) for s in splits if s.reason is not None)
    return {"total": deltas[0] if deltas else None, "reason": "; ".join(reasons) or None}


def _split(split: ChangeSplit) -> Json:
    return {
        "compare": split.compare,
        "by": list(split.by),
        "value_before": figure(split.value_before),
        "value_after": figure(split.value_after),
        "delta": split.delta,
        "mix_effect": split.mix_effect,
        "rate_effect": split.rate_effect,
        "segments": [{"segment": dict(part.segment), **_part(part)} for part in split.parts],
        "reason": sentence(split.reason) if split.reason is not None else None,
    }


def _part(part: SplitPart) -> dict[str, Json]:
    return {
        "weight_before": figure(part.weight_before),
        "weight_after": figure(part.weight_after),
        "rate_before": figure(part.rate_before),
        "rate_after": figure(part.rate_after),
        "mix_effect": part.mix_effect,
        "rate_effect": part.rate_effect,
        "total": part.total,
    }
