"""Terms as SQL: over cells, and rolled up from the finest cut."""

from collections.abc import Callable

from kpispec.plan.model import NamedTerm
from kpispec.sql.lower import quoted
from kpispec.sql.text import Column


def finest(named: NamedTerm, argument: str, where: str) -> list[Column]:
    """The columns of an additive term at the finest cut. `argument` and `where` are SQL over cells, empty if none."""
    function = named.term.function
    if function == "count":
        return [Column(_counted(argument, where), named.name)]
    value = f"case when {where} then {argument} end" if where else argument
    if function == "m2":
        return _moments(named.name, value)
    return [Column(f"{function}({value})", named.name)]


def _counted(argument: str, where: str) -> str:
    if not argument and not where:
        return "count(*)"
    if not where:
        return f"count({argument})"
    matched = f"{where} and {argument} is not null" if argument else where
    return f"coalesce(count_if({matched}), 0)"


def _moments(name: str, value: str) -> list[Column]:
    """Squared deviations from the group's own mean: sums of squares would lose the digits of small spreads."""
    return [
        Column(f"var_pop({value}) * count({value})", name),
        Column(f"count({value})", f"{name}__n"),
        Column(f"sum({value})", f"{name}__sum"),
    ]


def rolled(named: NamedTerm) -> Column:
    """An additive term over a union of finest groups."""
    name, function = quoted(named.name), named.term.function
    if function == "m2":
        total, n = quoted(f"{named.name}__sum"), quoted(f"{named.name}__n")
        between = f"sum({total} * {total} / nullif({n}, 0)) - sum({total}) * sum({total}) / nullif(sum({n}), 0)"
        return Column(f"sum({name}) + greatest(0, {between})", named.name)
    if function == "count":
        return Column(f"sum({name})", named.name)
    return Column(f"{function}({name})", named.name)


def holistic(named: NamedTerm, arguments: list[str], where: str) -> Column:
    """A term that only all its rows together give: distinct counts, quantiles, the value at the greatest other."""
    return Column(_HOLISTIC[named.term.function](arguments, where), named.name)


def _kept(argument: str, where: str) -> str:
    return f"case when {where} then {argument} end" if where else argument


def _filtered(sql: str, where: str) -> str:
    return f"{sql} filter (where {where})" if where else sql


def _quantile(function: str) -> Callable[[list[str], str], str]:
    def spelled(arguments: list[str], where: str) -> str:
        return f"{function}(cast({_kept(arguments[0], where)} as double), {arguments[1]})"

    return spelled


def _distinct(arguments: list[str], where: str) -> str:
    return f"count(distinct {_kept(arguments[0], where)})"


def _approximate(arguments: list[str], where: str) -> str:
    return f"approx_count_distinct({_kept(arguments[0], where)})"


def _extreme(function: str, sign: str) -> Callable[[list[str], str], str]:
    """`arg_max` skips nulls and takes the greatest value among ties; `arg_min` likewise."""

    def spelled(arguments: list[str], where: str) -> str:
        value, by = arguments
        both = f"{value} is not null and {by} is not null"
        kept = f"{where} and {both}" if where else both
        picked = f"{function}({value}, {{'by': {by}, 'value': {sign}{value}}})"
        return _filtered(picked, kept)

    return spelled


def _corr(arguments: list[str], where: str) -> str:
    return _filtered(f"corr({arguments[0]}, {arguments[1]})", where)


def _sorted(arguments: list[str], where: str) -> str:
    kept = f"{where} and {arguments[0]} is not null" if where else f"{arguments[0]} is not null"
    return f"list_sort(list(cast({arguments[0]} as double)) filter (where {kept}))"


_HOLISTIC: dict[str, Callable[[list[str], str], str]] = {
    "quantile_cont": _quantile("quantile_cont"),
    "quantile_disc": _quantile("quantile_disc"),
    "count_distinct": _distinct,
    "approx_count_distinct": _approximate,
    "arg_max": _extreme("arg_max", ""),
    "arg_min": _extreme("arg_min", ""),
    "corr": _corr,
    "ranks_around": _sorted,
}


def ranks_around(sorted_list: str, p: float, z: float) -> str:
    """The order statistics near the ends of a quantile's interval, as a flat list rank, value, rank, value ...

    Ranks come from the normal approximation of the binomial with its first skewness term, which is within one of the
    exact rank; the neighbours are listed too, and the evaluation picks the exact ones.
    """
    n = f"len({sorted_list})"
    spread = f"{z!r} * sqrt({n} * {p * (1 - p)!r})"
    skew = (z * z - 1) / 6 * (1 - 2 * p) - 0.5
    low = f"cast(ceil({n} * {p!r} - {spread} + {skew!r}) as bigint)"
    high = f"cast(ceil({n} * {p!r} + {spread} + {skew!r}) as bigint) + 1"
    ranks = [f"{end} + {step}" for end in (low, high) for step in (-1, 0, 1)]
    pairs = ", ".join(f"{r}, case when {r} between 1 and {n} then {sorted_list}[{r}] end" for r in ranks)
    return f"[{pairs}]"
