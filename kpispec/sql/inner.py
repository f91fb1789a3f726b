"""Aggregates of a unit's rows as SQL: computed where a value of the unit is, over the rows that count for it."""

from kpispec.formula.tree import Call, Star
from kpispec.sql.lower import Setting, lower
from kpispec.sql.terms import holistic

_RENAMED = {"median": "quantile_cont", "quantile_cont": "quantile_cont", "quantile_disc": "quantile_disc"}
_HOLISTIC = (*_RENAMED, "arg_min", "arg_max", "corr", "approx_count_distinct")


def inner(call: Call, where: str, setting: Setting) -> str:
    """An aggregate over the rows for which `where`, and its own filter, are true."""
    kept = _all(where, lower(call.filter, setting) if call.filter is not None else "")
    arguments = [] if _counts_rows(call) else [lower(a, setting) for a in call.args]
    name = call.name
    if name in _HOLISTIC:
        wanted = [*arguments, "0.5"] if name == "median" else arguments
        return holistic(_RENAMED.get(name, name), wanted, kept)
    if name == "count":
        what = "*" if not arguments else ("distinct " if call.distinct else "") + arguments[0]
        return _filtered(f"count({what})", kept)
    if name == "count_if":
        return _filtered("count(*)", _all(kept, f"({arguments[0]})"))
    if name == "sum_if":
        return f"coalesce({_filtered(f'sum({arguments[0]})', _all(kept, f'({arguments[1]})'))}, 0)"
    return _filtered(f"{name}({', '.join(arguments)})", kept)


def _counts_rows(call: Call) -> bool:
    return not call.args or isinstance(call.args[0], Star)


def _all(*conditions: str) -> str:
    return " and ".join(c for c in conditions if c)


def _filtered(sql: str, where: str) -> str:
    return f"{sql} filter (where {where})" if where else sql
