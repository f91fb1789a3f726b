"""Terms as SQL, in two levels: over rows at the finest cut, then over the finest groups for each segmentation.

What a group knows of itself (its segments, and the codes it is cut by) is asked once a group and not once a row.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kpispec.sql.lower import quoted
from kpispec.sql.text import Column


@dataclass(frozen=True, slots=True)
class Part:
    """A column of the finest groups: an aggregate of rows. `where` and `argument` are SQL over cells, empty if none."""

    function: str
    argument: str
    where: str

    def columns(self, alias: str) -> list[Column]:
        if self.function == "count":
            return [Column(_counted(self.argument, self.where), alias)]
        if self.function == "rejects":
            return [Column(_rejected(self.argument, self.where), alias)]
        value = f"case when {self.where} then {self.argument} end" if self.where else self.argument
        if self.function == "m2":
            return _moments(alias, value)
        return [Column(f"{self.function}({value})", alias)]


def multiplied(factors: list[str]) -> str:
    """A product, as a double: products of integers and decimals pass what their types can hold."""
    first, *others = factors
    return " * ".join([f"cast({first} as double)", *others])


def _counted(argument: str, where: str) -> str:
    if not argument and not where:
        return "count(*)"
    if not where:
        return f"count({argument})"
    matched = f"{where} and {argument} is not null" if argument else where
    return f"coalesce(count_if({matched}), 0)"


def _rejected(flag: str, where: str) -> str:
    """How many rows carry a reject flag.

    A flag `given - kept - other` is that of a value that is gone for no other reason: counting tells it for less.
    """
    given, *others = flag.split(" - ")
    if not others:
        return f"coalesce(count_if({where + ' and ' if where else ''}{flag}), 0)"
    kept, *reasons = others
    if where:
        gone = " and ".join([where, f"{given} is not null", f"{kept} is null", *(f"not {r}" for r in reasons)])
        return f"coalesce(count_if({gone}), 0)"
    return " - ".join([f"count({given})", f"count({kept})", *(f"coalesce(count_if({r}), 0)" for r in reasons)])


def _moments(name: str, value: str) -> list[Column]:
    """Squared deviations from the group's own mean: sums of squares would lose the digits of small spreads."""
    return [
        Column(f"var_pop({value}) * count({value})", name),
        Column(f"count({value})", f"{name}__n"),
        Column(f"sum({value})", f"{name}__sum"),
    ]


def rolled(function: str, part: str, where: str) -> str:
    """A part over a union of finest groups, those for which `where` is true."""
    column = quoted(part)
    if function == "m2":
        return _rolled_moments(part, where)
    kept = f"case when {where} then {column} end" if where else column
    if function in ("count", "rejects") and where:
        return f"coalesce(sum({kept}), 0)"
    return f"{_UNIONS.get(function, 'sum')}({kept})"


# What aggregates over groups; of all others the sum does.
_UNIONS = {"min": "min", "max": "max", "bool_and": "bool_and", "bool_or": "bool_or"}


def _rolled_moments(part: str, where: str) -> str:
    def kept(sql: str) -> str:
        return f"case when {where} then {sql} end" if where else sql

    m2, n, total = (quoted(f"{part}{suffix}") for suffix in ("", "__n", "__sum"))
    squares = f"sum({kept(f'{total} * {total} / nullif({n}, 0)')})"
    between = f"{squares} - sum({kept(total)}) * sum({kept(total)}) / nullif(sum({kept(n)}), 0)"
    return f"sum({kept(m2)}) + greatest(0, {between})"


def weighted(function: str, value: str, rows: str, where: str) -> str:
    """An aggregate of a value that is the same on all rows of a finest group. `rows` is how many of them count."""

    def kept(sql: str) -> str:
        return f"case when {where} then {sql} end" if where else sql

    match function:
        case "count":
            counted = f"{where} and {value} is not null" if where else f"{value} is not null"
            return f"coalesce(sum(case when {counted} then {rows} end), 0)"
        case "sum":
            return f"sum({kept(f'{value} * {rows}')})"
        case "m2":
            n = f"sum(case when {value} is not null{' and ' + where if where else ''} then {rows} end)"
            total = f"sum({kept(f'{value} * {rows}')})"
            return f"sum({kept(f'{value} * {value} * {rows}')}) - {total} * {total} / nullif({n}, 0)"
        case _:
            seen = f"{rows} > 0"
            return f"{function}(case when {where + ' and ' if where else ''}{seen} then {value} end)"


# terms that only all their rows together give -----------------------------------------------------------------------


def holistic(function: str, arguments: list[str], where: str) -> str:
    """Distinct counts, quantiles, the value at the greatest other."""
    return _HOLISTIC[function](arguments, where)


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


def _extreme(order: str) -> Callable[[list[str], str], str]:
    """The value at the greatest or smallest other, nulls skipped; of ties the greatest value."""

    def spelled(arguments: list[str], where: str) -> str:
        value, by = arguments
        both = f"{value} is not null and {by} is not null"
        kept = f"{where} and {both}" if where else both
        return _filtered(f"first({value} order by {by}{order}, {value} desc)", kept)

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
    "arg_max": _extreme(" desc"),
    "arg_min": _extreme(""),
    "corr": _corr,
    "ranks_around": _sorted,
}


def around(values: str, p: float, z: float) -> str:
    """The order statistics near the ends of a quantile's interval, as a flat list rank, value, rank, value ...

    Ranks come from the normal approximation of the binomial with its first skewness term, which is within one of the
    exact rank; the neighbours are listed too, and the evaluation picks the exact ones. Rank 0 has no value.
    """
    n, skew = f"len({values})", (z * z - 1) / 6 * (1 - 2 * p) - 0.5
    reach = f"{z:.15g} * sqrt({n} * {p * (1 - p):.15g})"
    ends = [f"ceil({n} * {p:.15g} {sign} {reach} {skew:+.15g}){step}" for sign, step in (("-", ""), ("+", " + 1"))]
    ranks = ",\n    ".join(f"greatest(cast({end} as bigint), 1)" for end in ends)
    picked = ", ".join(f"rank{step}, {values}[rank{step}]" for step in (" - 1", "", " + 1"))
    return f"flatten(list_transform([\n    {ranks}\n  ], lambda rank: [{picked}]))"
