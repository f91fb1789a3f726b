"""Terms that walk along the sorted values of a group: Kaplan-Meier curves of censored durations, weighted quantiles.

Kaplan and Meier, Nonparametric estimation from incomplete observations, 1958: at each duration that some row closed at,
the share still open falls by the rows that closed among those still at risk; rows that closed and rows that did not at
the same duration are both at risk there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kpispec.sql.lower import quoted
from kpispec.sql.text import Column, indented, select

CURVES = ("km_quantile", "km_share", "km_greenwood", "km_low", "km_high", "weighted_quantile")
_SLACK = "1e-12"  # products of shares miss the share asked for by their last digits


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a curve: its table, the columns of a group's name, and how they are grouped with a value."""

    table: str
    keys: tuple[Column, ...]
    sets: tuple[str, ...] | None = None  # grouping sets, without the value; `None`: by the keys themselves

    def grouping(self, value: str) -> str:
        if self.sets is None:
            return ", ".join([*(c.sql for c in self.keys), value])
        return "grouping sets (" + ", ".join(f"({s}, {value})" for s in self.sets) + ")"

    @property
    def named(self) -> str:
        return ", ".join(quoted(c.alias) for c in self.keys)


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk along the sorted values of each group; `read` are (name, function, last arguments) of terms."""

    arguments: tuple[str, ...]
    where: str
    read: tuple[tuple[str, str, tuple[str, ...]], ...]

    @property
    def table(self) -> str:
        return f"curve_{self.read[0][0]}"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _, _ in self.read)


def walks(terms: Iterable[tuple[str, str, list[str], str]]) -> tuple[Walk, ...]:
    """Terms (name, function, arguments, where) put together by the walk that they are read off."""
    found: dict[tuple[tuple[str, ...], str, bool], list[tuple[str, str, tuple[str, ...]]]] = {}
    for name, function, arguments, where in terms:
        weighted = function == "weighted_quantile"
        key = (tuple(arguments[:2]), where, weighted)
        found.setdefault(key, []).append((name, function, tuple(arguments[2:])))
    return tuple(Walk(arguments, where, tuple(read)) for (arguments, where, _), read in found.items())


def curve(walk: Walk, groups: Groups) -> str:
    """A query of one row a group, with the terms under their names. A group without a value has no row."""
    steps = _weighted_steps(walk, groups) if walk.read[0][1] == "weighted_quantile" else _steps(walk, groups)
    keys = [Column(quoted(c.alias), c.alias) for c in groups.keys]
    read = [Column(_read(function, *more), name) for name, function, more in walk.read]
    return select([*keys, *read], f"(\n{indented(steps)}\n)", group=groups.named)


def _steps(walk: Walk, groups: Groups) -> str:
    """The share still open after each duration, and where an interval is asked for the sum in its variance."""
    value, closed = walk.arguments
    counted = [
        *groups.keys,
        Column(value, "at__"),
        Column(f"count_if({closed})", "closed__"),
        Column("count(*)", "rows__"),
    ]
    known = [*([walk.where] if walk.where else []), f"{value} is not null"]
    events = select(counted, groups.table, known, groups.grouping(value))
    order = f"partition by {groups.named} order by at__"
    at_risk = f"sum(rows__) over ({order} rows between current row and unbounded following)"
    risks = select([Column("*", "*"), Column(at_risk, "risk__")], f"(\n{indented(events)}\n)")
    open_still = f"product(1 - closed__ / risk__) over ({order})"
    walked = [Column("*", "*"), Column(open_still, "open__")]
    if any(function in _WITH_ERROR for _, function, _ in walk.read):
        greenwood = "closed__ / nullif(cast(risk__ as double) * (risk__ - closed__), 0)"
        walked.append(Column(f"sum({greenwood}) over ({order})", "greenwood__"))
    return select(walked, f"(\n{indented(risks)}\n)")


_WITH_ERROR = ("km_greenwood", "km_low", "km_high")


def _read(function: str, limit: str, z: str = "") -> str:
    """Where the curve first falls to a share, or what has closed by a duration, and what their intervals need.

    The interval of a quantile holds the durations at which a test on the log(-log) scale does not tell the curve from
    the share (R. Brookmeyer and J. Crowley, A confidence interval for the median survival time, 1982).
    """
    match function:
        case "km_share":
            return f"1 - coalesce(min(open__) filter (where at__ <= {limit}), 1)"
        case "km_greenwood":
            return f"coalesce(max(greenwood__) filter (where at__ <= {limit}), 0)"
        case "weighted_quantile":
            return f"min(at__) filter (where below__ >= {limit} * whole__ * (1 - {_SLACK}))"
        case "km_quantile":
            return f"min(at__) filter (where open__ <= 1 - {limit} + {_SLACK})"
        case _:
            return _end(function, limit, z)


def _end(function: str, p: str, z: str) -> str:
    """The least duration that is not told from the quantile, or the least that lies beyond all of these."""
    inside = "open__ > 0 and open__ < 1"
    away = f"ln(-ln(open__)) - ln(-ln(1 - {p}))"
    error = "sqrt(greenwood__) / abs(ln(open__))"
    near = f"{inside} and abs({away}) <= {z} * {error}"
    if function == "km_low":
        return f"min(at__) filter (where {near})"
    return f"min(at__) filter (where open__ <= 0 or ({inside} and {away} > {z} * {error}))"


def _weighted_steps(walk: Walk, groups: Groups) -> str:
    value, weight = walk.arguments
    known = [*([walk.where] if walk.where else []), f"{value} is not null", f"{weight} > 0"]
    summed = [*groups.keys, Column(value, "at__"), Column(f"sum({weight})", "weight__")]
    values = select(summed, groups.table, known, groups.grouping(value))
    below = f"sum(weight__) over (partition by {groups.named} order by at__)"
    whole = f"sum(weight__) over (partition by {groups.named})"
    columns = [Column("*", "*"), Column(below, "below__"), Column(whole, "whole__")]
    return select(columns, f"(\n{indented(values)}\n)")
