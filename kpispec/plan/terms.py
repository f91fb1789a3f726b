"""Formulas taken apart: each aggregate becomes terms of a scan, shared by all the KPIs that need them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, reduce

from kpispec.catalog.model import BoundRows
from kpispec.formula.check import aggregates, names
from kpispec.formula.constants import constant
from kpispec.formula.macros import substitute
from kpispec.formula.tree import Between, Binary, Call, Expr, In, Is, Name, Number, Star, String, Type, Unary
from kpispec.plan.model import TERM, NamedTerm, Term


@dataclass(slots=True)
class TermTable:
    """The terms of a plan by what they compute, named in the order they are first asked for."""

    names: dict[Term, str] = field(default_factory=dict)
    users: dict[Term, dict[str, None]] = field(default_factory=dict)

    def name(self, term: Term, user: str) -> str:
        if term not in self.names:
            self.names[term] = f"{_word(term)}__{1 + sum(1 for t in self.names if _word(t) == _word(term))}"
        self.users.setdefault(term, {})[user] = None
        return self.names[term]

    def of(self, dataset: str) -> tuple[NamedTerm, ...]:
        found = [(n, t) for t, n in self.names.items() if t.dataset == dataset]
        return tuple(NamedTerm(n, t, tuple(self.users[t])) for n, t in found)


def _word(term: Term) -> str:
    return "rejects" if term.reject is not None else term.function


@dataclass(frozen=True, slots=True)
class RowSet:
    """The rows one aggregate reads: a data set and its filters."""

    dataset: str
    where: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a formula's inputs come from, and the table its terms go to."""

    kpi: str
    rows: tuple[BoundRows, ...]
    narrowing: tuple[tuple[str, tuple[Expr, ...]], ...]  # per data set, from a KPI input's `where`
    table: TermTable

    def row_set(self, call: Call) -> RowSet:
        """The row set an aggregate reads: that of the inputs in it, else the only one the KPI has."""
        used = names(call)
        rows = next((r for r in self.rows if r.spec.name in used), self.rows[0])
        return RowSet(rows.dataset, self.conditions(rows))

    def conditions(self, rows: BoundRows) -> tuple[Expr, ...]:
        return conjunction((*rows.where, *dict(self.narrowing).get(rows.dataset, ())))

    def values(self, expr: Expr) -> Expr:
        """An expression over inputs as one over columns."""
        return substitute(expr, {r.spec.name: r.expr for r in self.rows})


def conjunction(conditions: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Conditions without repeats, in a stable order, `and` taken apart."""
    found: dict[Expr, None] = {}
    for condition in conditions:
        for part in parts_of(condition):
            found[part] = None
    return tuple(sorted(found, key=lambda e: e.place.text))


def either(wheres: list[tuple[Expr, ...]]) -> tuple[Expr, ...]:
    """The filters of the rows that at least one of several lists of filters keeps."""
    different = list(dict.fromkeys(wheres))
    if () in different:
        return ()
    if len(different) == 1:
        return different[0]
    whole = [reduce(partial(_joined, "and"), where) for where in different]
    return (reduce(partial(_joined, "or"), whole),)


def _joined(op: str, left: Expr, right: Expr) -> Expr:
    return Binary(op, left, right, place=left.place, type=Type.BOOLEAN)


def parts_of(condition: Expr) -> tuple[Expr, ...]:
    if isinstance(condition, Binary) and condition.op == "and":
        return (*parts_of(condition.left), *parts_of(condition.right))
    return (condition,)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate taken apart: its value over terms, and how many values it saw, above or below a division."""

    value: Expr
    n: Expr
    n_as_denominator: Expr


def decompose(call: Call, context: Context) -> Aggregate:
    """The terms of one aggregate call."""
    rows = context.row_set(call)
    kept = rows.where
    if call.filter is not None:
        kept = conjunction((*kept, context.values(call.filter)))
    args = tuple(context.values(a) for a in call.args)
    return _Maker(call, rows.dataset, kept, context).make(args)


@dataclass(frozen=True, slots=True)
class _Maker:
    call: Call
    dataset: str
    where: tuple[Expr, ...]
    context: Context

    def term(self, function: str, args: tuple[Expr, ...] = (), extra: tuple[Expr, ...] = ()) -> Expr:
        where = conjunction((*self.where, *extra)) if extra else self.where
        name = self.context.table.name(Term(self.dataset, function, args, where), self.context.kpi)
        return Name(name, TERM, place=self.call.place, type=_type_of(function, args, self.call))

    def make(self, args: tuple[Expr, ...]) -> Aggregate:
        maker = _MAKERS.get(self.call.name)
        if self.call.name == "count" and self.call.distinct:
            return self.plain("count_distinct", args)
        if maker is not None:
            return maker(self, args)
        return self.plain(self.call.name, args)

    def plain(self, function: str, args: tuple[Expr, ...]) -> Aggregate:
        seen = self.term("count", args[:1], tuple(self.known(a) for a in args[1:] if function in _OF_PAIRS))
        return Aggregate(self.term(function, args), seen, seen)

    def known(self, expr: Expr) -> Expr:
        return Is(expr, "null", negated=True, place=self.call.place, type=Type.BOOLEAN)

    def op(self, op: str, left: Expr, right: Expr, type: Type = Type.NUMBER) -> Expr:
        return Binary(op, left, right, place=self.call.place, type=type)

    def call_of(self, name: str, *args: Expr) -> Expr:
        return Call(name, args, place=self.call.place, type=self.call.type)

    def number(self, text: str) -> Expr:
        return Number(text, place=self.call.place, type=Type.NUMBER)


_OF_PAIRS = ("arg_min", "arg_max", "corr")  # skip rows where either argument is null


def _type_of(function: str, args: tuple[Expr, ...], call: Call) -> Type:
    if function in ("count", "count_distinct"):
        return Type.INTEGER
    return args[0].type if function in ("sum", "min", "max") and args else call.type


def _count(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    star = not args or isinstance(args[0], Star)
    counted = maker.term("count", () if star else args)
    return Aggregate(counted, counted, counted)


def _count_if(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    matching = maker.term("count", (), args[:1])
    return Aggregate(matching, maker.term("count", (known_with(args[0]),)), matching)


def known_with(expr: Expr) -> Expr:
    """The simplest expression that is null on the same rows: `score` for `score >= 9`."""
    match expr:
        case Binary(op=op, left=left, right=right) if op in _STRICT and constant(right) is not None:
            return known_with(left)
        case Binary(op=op, left=left, right=right) if op in _STRICT and constant(left) is not None:
            return known_with(right)
        case Binary(op="=" | "<>", left=left, right=String()):
            return known_with(left)
        case Between(operand=operand, low=low, high=high) if constant(low) is not None and constant(high) is not None:
            return known_with(operand)
        case In(operand=operand, items=items) if all(isinstance(i, String) or constant(i) is not None for i in items):
            return known_with(operand)
        case Unary(operand=operand):
            return known_with(operand)
        case _:
            return expr


_STRICT = ("=", "<>", "<", "<=", ">", ">=", "+", "-", "*")


def _sum_if(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    total = maker.term("sum", args[:1], args[1:])
    seen = maker.term("count", args[:1], args[1:])
    nothing = maker.op("*", maker.number("0"), seen)  # null outside of what the data covers, as the count is
    return Aggregate(maker.call_of("coalesce", total, nothing), seen, seen)


def _avg(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    seen = maker.term("count", args)
    return Aggregate(maker.op("/", maker.term("sum", args), seen, maker.call.type), seen, seen)


def _median(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    return maker.plain("quantile_cont", (args[0], maker.number("0.5")))


def _variance(sample: bool, root: bool) -> Callable[[_Maker, tuple[Expr, ...]], Aggregate]:
    def make(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
        seen = maker.term("count", args)
        below = maker.op("-", seen, maker.number("1")) if sample else seen
        variance = maker.op("/", maker.term("m2", args), below)
        return Aggregate(maker.call_of("sqrt", variance) if root else variance, seen, seen)

    return make


_MAKERS: dict[str, Callable[[_Maker, tuple[Expr, ...]], Aggregate]] = {
    "count": _count,
    "count_if": _count_if,
    "sum_if": _sum_if,
    "avg": _avg,
    "median": _median,
    "var_samp": _variance(sample=True, root=False),
    "var_pop": _variance(sample=False, root=False),
    "stddev_samp": _variance(sample=True, root=True),
    "stddev_pop": _variance(sample=False, root=True),
}


def calls_of(formula: Expr) -> tuple[Call, ...]:
    """The aggregates of a formula, in the order they are written, without repeats."""
    return tuple(dict.fromkeys(aggregates(formula)))
