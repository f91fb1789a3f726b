"""Terms that walk along the sorted values of a group: Kaplan-Meier curves of censored durations, weighted quantiles.

Kaplan and Meier, Nonparametric estimation from incomplete observations, 1958: at each duration that some row closed at,
the share still open falls by the rows that closed among those still at risk; rows that closed and rows that did not at
the same duration are both at risk there.
"""

from dataclasses import dataclass

from kpispec.sql.lower import quoted
from kpispec.sql.text import Column, indented, select

CURVES = ("km_quantile", "km_share", "weighted_quantile")
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


def curve(function: str, arguments: list[str], where: str, name: str, groups: Groups) -> str:
    """A query of one row a group, with the term under its name. A group without a value has no row."""
    if function == "weighted_quantile":
        return _weighted_quantile(arguments, where, name, groups)
    value, closed, limit = arguments
    counted = [
        *groups.keys,
        Column(value, "at__"),
        Column(f"count_if({closed})", "closed__"),
        Column("count(*)", "rows__"),
    ]
    known = [*([where] if where else []), f"{value} is not null"]
    events = select(counted, groups.table, known, groups.grouping(value))
    order = f"partition by {groups.named} order by at__"
    at_risk = f"sum(rows__) over ({order} rows between current row and unbounded following)"
    risks = select([Column("*", "*"), Column(at_risk, "risk__")], f"(\n{indented(events)}\n)")
    open_still = f"product(1 - closed__ / risk__) over ({order})"
    steps = select([Column("*", "*"), Column(open_still, "open__")], f"(\n{indented(risks)}\n)")
    keys = [Column(quoted(c.alias), c.alias) for c in groups.keys]
    return select([*keys, Column(_read(function, limit), name)], f"(\n{indented(steps)}\n)", group=groups.named)


def _read(function: str, limit: str) -> str:
    """Where the curve first falls to a share, or what has closed by a duration."""
    if function == "km_share":
        return f"1 - coalesce(min(open__) filter (where at__ <= {limit}), 1)"
    return f"min(at__) filter (where open__ <= 1 - {limit} + {_SLACK})"


def _weighted_quantile(arguments: list[str], where: str, name: str, groups: Groups) -> str:
    value, weight, p = arguments
    known = [*([where] if where else []), f"{value} is not null", f"{weight} > 0"]
    summed = [*groups.keys, Column(value, "at__"), Column(f"sum({weight})", "weight__")]
    values = select(summed, groups.table, known, groups.grouping(value))
    below = f"sum(weight__) over (partition by {groups.named} order by at__)"
    whole = f"sum(weight__) over (partition by {groups.named})"
    columns = [Column("*", "*"), Column(below, "below__"), Column(whole, "whole__")]
    steps = select(columns, f"(\n{indented(values)}\n)")
    keys = [Column(quoted(c.alias), c.alias) for c in groups.keys]
    found = f"min(at__) filter (where below__ >= {p} * whole__ * (1 - {_SLACK}))"
    return select([*keys, Column(found, name)], f"(\n{indented(steps)}\n)", group=groups.named)
