"""Intervals by resampling: which units are drawn, and what is computed in each replicate.

The Poisson bootstrap (N. Chamandy, O. Muralidharan, A. Najmi and S. Naidu, Estimating uncertainty for massive data
streams, 2012): in each replicate every unit counts as often as a Poisson number of mean 1 says, which needs neither n
nor a sample to be held. Rows of a unit count alike, in all data sets that name it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpispec.catalog.model import BoundRows, Dataset, Kpi
from kpispec.formula.check import names
from kpispec.formula.tree import Name, Type
from kpispec.plan.columns import known_types
from kpispec.plan.draws import Draw, Resampled
from kpispec.plan.ingredients import NOT_ASKED, Spread, Without
from kpispec.plan.layout import part_column
from kpispec.plan.linear import Line, atoms
from kpispec.plan.model import TERM, Bound, Measure, Term
from kpispec.plan.placing import Placed
from kpispec.plan.terms import TermTable

REPLICATES = 500
LEAST_REPLICATES = 450  # that must have a value, for the interval to speak of all samples there might have been
MOST_UNITS = 200_000  # in all periods and segments
COUNTED = ("count_distinct", "approx_count_distinct")
PARTS = ("low", "high", "se", "replicates", "units")


def draws_of(
    kpi: Kpi, placed: tuple[Placed, ...], datasets: Mapping[str, Dataset], bound: Mapping[str, Bound]
) -> tuple[Draw, ...]:
    """How the rows that a KPI reads itself are resampled."""
    pairs = zip(kpi.rows, placed, strict=True)
    return tuple(dict.fromkeys(_draw(r, p.scan, datasets[r.dataset], bound) for r, p in pairs))


def _draw(rows: BoundRows, scan: str, dataset: Dataset, bound: Mapping[str, Bound]) -> Draw:
    if rows.unit is not None and names(rows.unit) != set(rows.per):
        return _of(scan, names(rows.unit))
    if rows.per:
        return replace(_of(scan, rows.per), summed=True)
    key, known = [k.value for k in dataset.spec.key], known_types(dataset, bound)
    found = replace(_of(scan, key if all(k in known for k in key) else ()), keyed=True)
    # `id` says nothing of what it is the id of, so that units of two data sets are not the same by it.
    return replace(found, name=f"{dataset.id}.id") if found.unit == ("id",) else found


def _of(scan: str, columns: Iterable[str]) -> Draw:
    unit = tuple(sorted(columns))
    return Draw(scan, unit, ", ".join(unit))


def resampled(measure: str, line: Line, table: TermTable, datasets: Mapping[str, tuple[str, ...]]) -> Spread | Without:
    """The interval by resampling, or why there is none. `datasets` are those of each scan."""
    found = atoms(line.tree)
    if line.lack is not None and line.lack.code != "units-cross":
        return line.lack
    if not found:
        return Without("one-figure")
    if all(a.name in line.settled for a in found):
        return Without("complete")
    if any(a.path != TERM for a in found):
        return Without("draws-earlier")
    draws = _draws(line, [table.terms[a.name] for a in found if a.name not in line.settled], datasets)
    if isinstance(draws, Without):
        return draws
    place = found[0].place
    parts = tuple((p, Name(part_column(measure, p), TERM, place=place, type=Type.NUMBER)) for p in PARTS)
    return Spread("bootstrap", 1.0, parts, resampled=Resampled(line.tree, draws, line.settled))


def _draws(line: Line, terms: list[Term], datasets: Mapping[str, tuple[str, ...]]) -> tuple[Draw, ...] | Without:
    """How the scans of some terms are drawn from: each in one way."""
    found = []
    for scan in dict.fromkeys(t.scan for t in terms):
        ways = [_of_counted(d, [t for t in terms if t.scan == scan]) for d in line.draws if d.scan == scan]
        first = ways[0]
        if isinstance(first, Without):
            return first
        if len(set(ways)) > 1:
            return Without("several-units", (("units", "; ".join(d.name for d in ways if isinstance(d, Draw))),))
        if not first.unit:
            return Without("no-unit", (("dataset", datasets[scan][0]),))
        found.append(first)
    return tuple(found)


def _of_counted(draw: Draw, terms: list[Term]) -> Draw | Without:
    """What is counted as different is drawn, not its rows: no sample of these would have all that there are."""
    counted = dict.fromkeys(t.args[0] for t in terms if t.function in COUNTED)
    if not (draw.keyed and counted):
        return draw
    if len(counted) > 1:
        return Without("several-units", (("units", ", ".join(sorted(c.place.text for c in counted))),))
    (unit,) = counted
    return _of(draw.scan, (unit.name,)) if isinstance(unit, Name) else Without("no-method", (("function", "distinct"),))


def undrawn(measure: Measure) -> Measure:
    """A measure that others read and nobody looks at: what is costly is left out."""
    return replace(measure, spread=NOT_ASKED) if measure.resampled is not None else measure
