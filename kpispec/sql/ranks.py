"""Order statistics of each group, exact, in two narrow passes: coarse buckets are counted, then those with a rank read.

Sorting the values of every group costs two to three times as much.
"""

from dataclasses import dataclass

from kpispec.sql.lower import quoted
from kpispec.sql.text import Column, indented, select

_PER_DOUBLING = 32  # buckets for each doubling of the value's size
_BUCKET, _ROWS, _UP_TO, _ALL, _VALUE = "bucket__", "rows__", "up_to__", "all__", "at__"


@dataclass(frozen=True, slots=True)
class Keys:
    """What groups are told apart by: how the cells name it, and the grouping sets that make the groups of it."""

    cells: tuple[str, ...]  # columns of the cells: the period and the dimensions cut by
    groups: tuple[Column, ...]  # of a group: its period, the number of its segmentation, its segments
    sets: tuple[str, ...]

    @property
    def names(self) -> str:
        return ", ".join(quoted(c.alias) for c in self.groups)

    def grouping(self, *more: str) -> str:
        return "grouping sets (" + ", ".join(f"({', '.join([s, *more])})" for s in self.sets) + ")"


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile p of a value over rows, the order statistics z standard errors around it, and the columns of both."""

    value: str
    where: str
    p: float
    z: float
    ranks: str
    quantile: str | None = None

    @property
    def table(self) -> str:
        return f"ranks_{self.ranks}"


def steps(wanted: Quantile, keys: Keys, cells: str) -> list[tuple[str, str]]:
    """The steps that end in one row a group, named `wanted.table`."""
    name, period = wanted.table, quoted(keys.groups[0].alias)
    bucket = f"cast(floor(sign({wanted.value}) * log2(1 + abs({wanted.value})) * {_PER_DOUBLING}) as integer)"
    known = [*([wanted.where] if wanted.where else []), f"{wanted.value} is not null"]
    own = [*(Column(quoted(k), k) for k in keys.cells), Column(bucket, _BUCKET)]
    coarse = [*own, Column("count(*)", _ROWS)]
    near = [*own, Column(f"cast({wanted.value} as double)", _VALUE), Column("count(*)", _ROWS)]
    held = f"({period}, {bucket}) in (select ({period}, {_BUCKET}) from {quoted(f'{name}_hit')})"
    return [
        (f"{name}_coarse", select(coarse, cells, known, "all")),
        (f"{name}_hit", _hit(wanted, keys, quoted(f"{name}_coarse"))),
        (f"{name}_near", select(near, cells, [*known, held], "all")),
        (f"{name}_placed", _placed(keys, name)),
        (name, _found(wanted, keys, quoted(f"{name}_placed"))),
    ]


def _hit(wanted: Quantile, keys: Keys, coarse: str) -> str:
    """The buckets of each group that hold one of the ranks."""
    counted = [*keys.groups, Column(_BUCKET, _BUCKET), Column(f"sum({_ROWS})", _ROWS)]
    grouped = select(counted, coarse, group=keys.grouping(_BUCKET))
    above = f"partition by {keys.names}"
    summed = [
        Column("*", "*"),
        Column(f"sum({_ROWS}) over ({above} order by {_BUCKET})", _UP_TO),
        Column(f"sum({_ROWS}) over ({above})", _ALL),
    ]
    cumulated = select(summed, f"(\n{indented(grouped)}\n)")
    ranks = ",\n    ".join(_ranks(wanted))
    held = f"len(list_filter([\n    {ranks}\n  ], lambda rank: {_UP_TO} - {_ROWS} < rank and rank <= {_UP_TO})) > 0"
    return select([Column("*", "*")], f"(\n{indented(cumulated)}\n)", [held])


def _placed(keys: Keys, name: str) -> str:
    """The values of those buckets, with how many values there are up to each."""
    near = [*keys.groups, Column(_BUCKET, _BUCKET), Column(_VALUE, _VALUE), Column(f"sum({_ROWS})", _ROWS)]
    values = select(near, quoted(f"{name}_near"), group=keys.grouping(_BUCKET, _VALUE))
    same = [f"values.{quoted(c.alias)} is not distinct from hit.{quoted(c.alias)}" for c in keys.groups]
    order = ", ".join(f"values.{quoted(c.alias)}" for c in keys.groups)
    before = f"hit.{_UP_TO} - hit.{_ROWS}"
    columns = [
        *(Column(f"values.{quoted(c.alias)}", c.alias) for c in keys.groups),
        Column(f"values.{_VALUE}", _VALUE),
        Column(f"hit.{_ALL}", _ALL),
        Column(
            f"{before} + sum(values.{_ROWS}) over (partition by {order}, values.{_BUCKET} order by values.{_VALUE})",
            _UP_TO,
        ),
    ]
    on = "\n  and ".join([f"values.{_BUCKET} = hit.{_BUCKET}", *same])
    return select(columns, f"(\n{indented(values)}\n) as values\njoin {quoted(f'{name}_hit')} as hit\n  on {on}")


def _found(wanted: Quantile, keys: Keys, placed: str) -> str:
    """The values at the ranks around the quantile, as a flat list rank, value, rank, value ...; and the quantile."""
    groups = [Column(quoted(c.alias), c.alias) for c in keys.groups]
    pairs = [f"any_value({r}),\n    min(case when {_UP_TO} >= {r} then {_VALUE} end)" for r in _around(wanted)]
    columns = [*groups, Column("[\n    " + ",\n    ".join(pairs) + "\n  ]", wanted.ranks)]
    if wanted.quantile is not None:
        place = _place(wanted)
        low, high = (f"min(case when {_UP_TO} >= {word}({place}) then {_VALUE} end)" for word in ("floor", "ceil"))
        between = f"{low}\n    + ({high}\n      - {low})\n    * any_value({place} - floor({place}))"
        columns.append(Column(between, wanted.quantile))
    return select(columns, placed, group=keys.names)


def _place(wanted: Quantile) -> str:
    return f"(1 + ({_ALL} - 1) * {wanted.p:.15g})"


def _ranks(wanted: Quantile) -> list[str]:
    place = [f"floor({_place(wanted)})", f"ceil({_place(wanted)})"] if wanted.quantile is not None else []
    return [*place, *_around(wanted)]


def _around(wanted: Quantile) -> list[str]:
    """The ranks near both ends: of the normal approximation with its skewness term, within one of the exact rank."""
    p, z = wanted.p, wanted.z
    skew = (z * z - 1) / 6 * (1 - 2 * p) - 0.5
    reach = f"{z:.15g} * sqrt({_ALL} * {p * (1 - p):.15g})"
    found = []
    for sign, step in (("-", 0), ("+", 1)):
        end = f"cast(ceil({_ALL} * {p:.15g} {sign} {reach} {skew:+.15g}) as bigint)"
        found += [f"greatest({end} {s:+d}, 1)" if s else f"greatest({end}, 1)" for s in (step - 1, step, step + 1)]
    return found
