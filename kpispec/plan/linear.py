"""A KPI's value as one tree over terms: KPI inputs written out, earlier periods as terms of those periods.

It is what the derivative is taken of. Terms of one scan and one period are sums over the same rows. Those of different
ones must have no row in common: else their errors hang together in a way that no sum over rows tells.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kpispec.formula.tree import Call, Expr, Name, walk
from kpispec.plan.draws import Draw
from kpispec.plan.ingredients import Without
from kpispec.plan.model import MEASURE, TERM, Measure, Placement, Request
from kpispec.plan.rewrite import transform
from kpispec.windows import Length, parse_offset, shifted, window_start

_LOOKED_AT = 60  # periods over which chains of offsets are compared


@dataclass(frozen=True, slots=True)
class Line:
    """The value over terms alone.

    `settled` are terms without sampling error; `units` are the sample units of the rows of scans, where they have one.
    `lack` says why there is no interval for what is computed from this, whatever its shape.
    """

    tree: Expr
    settled: frozenset[str] = frozenset()
    units: tuple[tuple[str, Expr], ...] = ()
    lack: Without | None = None
    draws: tuple[Draw, ...] = ()  # how rows would be resampled


def line_of(
    value: Expr,
    own: Line,
    upstream: Mapping[str, tuple[Measure, Length | None]],
    lines: Mapping[str, Line],
) -> Line:
    """A value over terms and measures as one over terms; `own` is what is known of its own rows."""
    read = {m.id: lines[m.id] for m, _ in upstream.values()}

    def written_out(expr: Expr) -> Expr | None:
        if not isinstance(expr, Name) or expr.path[:1] != MEASURE:
            return None
        return _earlier(read[expr.name].tree, expr.path[1:])

    lacks = [own.lack, *(line.lack for line in read.values())]
    elsewhere = (m for m, offset in upstream.values() if offset is not None or m.frame is not None)
    lacks += [_of_its_period(lines[m.id]) for m in elsewhere]
    return Line(
        transform(value, written_out),
        own.settled.union(*(line.settled for line in read.values())),
        tuple(dict.fromkeys((*own.units, *(u for line in read.values() for u in line.units)))),
        next((lack for lack in lacks if lack is not None), None),
        tuple(dict.fromkeys((*own.draws, *(d for line in read.values() for d in line.draws)))),
    )


def _of_its_period(line: Line) -> Without | None:
    """A formula that names its own period would name another one where it is written out for a reader's."""
    named = {e.name for e in walk(line.tree) if isinstance(e, Call)} & {"period_start", "period_end", "observed_until"}
    return Without("no-method", (("function", min(named)),)) if named else None


def _earlier(tree: Expr, chain: tuple[str, ...]) -> Expr:
    def moved(expr: Expr) -> Expr | None:
        return replace(expr, path=(*TERM, *chain, *expr.path[1:])) if isinstance(expr, Name) else None

    return transform(tree, moved) if chain else tree


def atoms(tree: Expr) -> tuple[Name, ...]:
    """The terms of a tree, each with the offsets that lead to its period, without repeats."""
    return tuple(dict.fromkeys(e for e in walk(tree) if isinstance(e, Name) and e.path[:1] == TERM))


# which rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that terms are sums of: those of a scan, in the periods that a chain of offsets leads to."""

    scan: str
    datasets: tuple[str, ...]
    placements: tuple[Placement, ...]
    chain: tuple[str, ...] = ()
    per: bool = False  # summed up by unit already

    def shares(self, other: "Rows", request: Request) -> bool:
        """Whether a row, or a unit that rows are summed up by, may be in both."""
        if not set(self.datasets) & set(other.datasets):
            return False
        if self.scan != other.scan or self.per or other.per:
            return True
        return not all(_apart(p, self.chain, other.chain, request) for p in self.placements)


def same_periods(first: tuple[str, ...], second: tuple[str, ...], request: Request) -> bool:
    """Whether two chains of offsets always lead to the same period: `-4 quarters`, and `-1 year`."""
    return first == second or all(a == b for a, b in _led(first, second, request))


def _apart(placement: Placement, first: tuple[str, ...], second: tuple[str, ...], request: Request) -> bool:
    """Whether no row is read in the periods that both chains lead to."""
    if placement.mode != "at" or request.grain == "all":
        return False
    return all(
        a is None or b is None or _begins_after(placement, max(a, b), min(a, b), request)
        for a, b in _led(first, second, request)
    )


def _begins_after(placement: Placement, later: int, earlier: int, request: Request) -> bool:
    if later == earlier:
        return False
    if placement.reach is None:
        return True
    start = window_start(placement.reach, request.period_of(later), request.grains)
    end = request.period_of(earlier).end
    return start is not None and end is not None and end <= start


def _led(first: tuple[str, ...], second: tuple[str, ...], request: Request) -> Iterator[tuple[int | None, int | None]]:
    last, spelled = request.key_of(request.as_of_day), request.grains.spelled(request.grain)
    start = last - _LOOKED_AT if spelled is None else max(last - _LOOKED_AT, spelled.first)
    for key in range(start, last + 1):
        yield _at(key, first, request), _at(key, second, request)


def _at(key: int | None, chain: Iterable[str], request: Request) -> int | None:
    for words in chain:
        offset = parse_offset(words)
        assert offset is not None
        key = None if key is None else shifted(request.grain, key, offset, request.grains)
    return key
