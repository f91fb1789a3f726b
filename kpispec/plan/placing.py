"""Where the rows of an input are read: which scan, placed how, under which name."""

from dataclasses import dataclass

from kpispec.catalog.model import BoundRows, Dataset
from kpispec.formula.tree import Binary, Call, Duration, Expr, Is, Name, Number, Type
from kpispec.plan.model import Placement
from kpispec.windows import Length


@dataclass(frozen=True, slots=True)
class Placed:
    """A row input as terms see it: `expr` over the columns of a scan, for the rows that `where` keeps.

    `source` are the rows themselves, placed as the input says, and `kept` the filters on them: of an input of units the
    scan is that of units, in whose values the filters are already.
    """

    name: str
    scan: str
    expr: Expr
    where: tuple[Expr, ...]
    source: str
    placement: Placement
    kept: tuple[Expr, ...]
    whole: tuple[str, ...] = ()
    weight: Expr | None = None
    unit: Expr | None = None


def placement_of(rows: BoundRows, dataset: Dataset, frame: Length | None) -> Placement:
    """How the rows of an input are placed in periods."""
    interval, own = dataset.spec.interval, dataset.spec.time
    start, end = (interval.start.value, interval.end.value) if interval is not None else (None, None)
    match rows.when:
        case None:
            return Placement(own.value if own is not None else start, window=rows.window, frame=frame)
        case "entered":
            return Placement(start, until=end, window=rows.window, frame=frame)
        case "left":
            return Placement(end, until=end, window=rows.window, frame=frame)
        case "at_start" | "at_end" | "in_force" as mode:
            return Placement(start, mode, end, rows.window, frame)
        case column:
            return Placement(column, window=rows.window, frame=frame)


def scan_id(dataset: Dataset, placement: Placement) -> str:
    """The data set's own id for rows by its own clock; else with how they are placed."""
    own = dataset.spec.time.value if dataset.spec.time is not None else None
    if placement.plain and placement.clock == own:
        return dataset.id
    return f"{dataset.id}__{placement.words}"


def settled(rows: BoundRows, clock: str | None, kind: Type) -> Expr | None:
    """The condition that a row is old enough, at as-of, to be decided."""
    if not rows.settles or clock is None:
        return None
    place = rows.expr.place
    wait = Duration(rows.settles, place=place, type=Type.DURATION)
    moment = Name(clock, place=place, type=kind)
    as_of = Call("as_of", (), place=place, type=Type.TIMESTAMP)
    age = Binary("-", as_of, moment, place=place, type=Type.DURATION)
    return Binary(">=", age, wait, place=place, type=Type.BOOLEAN)


def given(expr: Expr) -> Expr:
    """The condition that a value is there."""
    return Is(expr, "null", negated=True, place=expr.place, type=Type.BOOLEAN)


def weighed(weight: Expr) -> Expr:
    """The condition that a row has a weight: one below zero is none, and one of zero is."""
    nothing = Number("0", place=weight.place, type=Type.INTEGER)
    return Binary(">=", weight, nothing, place=weight.place, type=Type.BOOLEAN)
