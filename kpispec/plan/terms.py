"""Formulas taken apart: each aggregate becomes terms of a scan, shared by all the KPIs that need them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial, reduce

from kpispec.formula.check import aggregates, names
from kpispec.formula.constants import constant
from kpispec.formula.macros import substitute
from kpispec.formula.tree import Between, Binary, Call, Expr, In, Is, Name, Number, Star, String, Type, Unary
from kpispec.plan.conditions import parts_of
from kpispec.plan.model import TERM, NamedTerm, Term
from kpispec.plan.placing import Placed


@dataclass(slots=True)
class TermTable:
    """The terms of a plan by what they compute, named in the order they are first asked for."""

    names: dict[Term, str] = field(default_factory=dict)
    users: dict[Term, dict[str, None]] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)  # by name

    def name(self, term: Term, user: str) -> str:
        if term not in self.names:
            self.names[term] = f"{_word(term)}__{1 + sum(1 for t in self.names if _word(t) == _word(term))}"
            self.terms[self.names[term]] = term
        self.users.setdefault(term, {})[user] = None
        return self.names[term]

    def of(self, scan: str) -> tuple[NamedTerm, ...]:
        found = [(n, t) for t, n in self.names.items() if t.scan == scan]
        return tuple(NamedTerm(n, t, tuple(self.users[t])) for n, t in found)


def _word(term: Term) -> str:
    return "rejects" if term.reject is not None else term.function


@dataclass(frozen=True, slots=True)
class RowSet:
    """The rows one aggregate reads: a scan and filters, the dimensions not cut by, and how much each row counts."""

    scan: str
    where: tuple[Expr, ...]
    whole: tuple[str, ...] = ()
    weight: Expr | None = None
    unit: Expr | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Where a formula's inputs come from, and the table its terms go to."""

    kpi: str
    inputs: tuple[Placed, ...]
    table: TermTable

    def row_set(self, call: Call) -> RowSet:
        """The row set an aggregate reads: that of the inputs in it, else the only one the KPI has."""
        used = names(call)
        read = next((i for i in self.inputs if i.name in used), self.inputs[0])
        return RowSet(read.scan, read.where, read.whole, read.weight, read.unit)

    def values(self, expr: Expr) -> Expr:
        """An expression over inputs as one over columns."""
        return substitute(expr, {i.name: i.expr for i in self.inputs})


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
    return (reduce(partial(_joined, "or"), map(together, different)),)


def together(where: tuple[Expr, ...]) -> Expr:
    """Filters, one at least, as one condition."""
    return reduce(partial(_joined, "and"), where)


def _joined(op: str, left: Expr, right: Expr) -> Expr:
    return Binary(op, left, right, place=left.place, type=Type.BOOLEAN)


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
    return _Maker(call, rows, kept, context).make(args)


@dataclass(frozen=True, slots=True)
class _Maker:
    call: Call
    rows: RowSet
    where: tuple[Expr, ...]
    context: Context

    def term(self, function: str, args: tuple[Expr, ...] = (), extra: tuple[Expr, ...] = ()) -> Expr:
        where = conjunction((*self.where, *extra)) if extra else self.where
        term = Term(self.rows.scan, function, args, where, whole=self.rows.whole)
        name = self.context.table.name(term, self.context.kpi)
        return Name(name, TERM, place=self.call.place, type=_type_of(function, args, self.call))

    def counted(self, args: tuple[Expr, ...] = (), extra: tuple[Expr, ...] = ()) -> Expr:
        """How many sampling units have a value: rows, or what `sample_unit` names."""
        unit = self.rows.unit
        if unit is None:
            return self.term("count", args, extra)
        return self.term("count_distinct", (unit,), (*extra, *(self.known(a) for a in args)))

    def make(self, args: tuple[Expr, ...]) -> Aggregate:
        weighted = WEIGHTED.get(self.call.name) if self.rows.weight is not None and not self.call.distinct else None
        if weighted is not None:
            return weighted(self, args)
        maker = _MAKERS.get(self.call.name)
        if self.call.name == "count" and self.call.distinct:
            return self.plain("count_distinct", args)
        if maker is not None:
            return maker(self, args)
        return self.plain(self.call.name, args)

    def plain(self, function: str, args: tuple[Expr, ...]) -> Aggregate:
        seen = self.counted(args[:1], tuple(self.known(a) for a in args[1:] if function in _OF_PAIRS))
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
    known = () if not args or isinstance(args[0], Star) else args
    counted, n = maker.term("count", known), maker.counted(known)
    return Aggregate(counted, n, n)


def _count_if(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    matching = maker.term("count", (), args[:1])
    return Aggregate(matching, maker.counted((known_with(args[0]),)), maker.counted((), args[:1]))


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
    n = maker.counted(args[:1], args[1:])
    return Aggregate(_or_nothing(maker, total, maker.term("count", args[:1], args[1:])), n, n)


def _or_nothing(maker: _Maker, total: Expr, seen: Expr) -> Expr:
    """A sum that is 0 where no row counts, and null outside of what the data covers, as the count is."""
    return maker.call_of("coalesce", total, maker.op("*", maker.number("0"), seen))


def _avg(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    seen, n = maker.term("count", args), maker.counted(args)
    return Aggregate(maker.op("/", maker.term("sum", args), seen, maker.call.type), n, n)


def _median(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    return maker.plain("quantile_cont", (args[0], maker.number("0.5")))


def _variance(sample: bool, root: bool) -> Callable[[_Maker, tuple[Expr, ...]], Aggregate]:
    def make(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
        seen, n = maker.term("count", args), maker.counted(args)
        below = maker.op("-", seen, maker.number("1")) if sample else seen
        variance = maker.op("/", maker.term("m2", args), below)
        return Aggregate(maker.call_of("sqrt", variance) if root else variance, n, n)

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


# weighted rows ------------------------------------------------------------------------------------------------------


def _weight_of(maker: _Maker, args: tuple[Expr, ...] = (), extra: tuple[Expr, ...] = ()) -> Expr:
    """The weight of the rows that have a value."""
    assert maker.rows.weight is not None
    return maker.term("sum", (maker.rows.weight,), (*extra, *(maker.known(a) for a in args)))


def _times(maker: _Maker, *factors: Expr) -> Expr:
    return reduce(lambda a, b: maker.op("*", a, b, b.type), factors)


def _weighted_sum(maker: _Maker, args: tuple[Expr, ...], extra: tuple[Expr, ...] = ()) -> Expr:
    assert maker.rows.weight is not None
    return maker.term("sum", (_times(maker, maker.rows.weight, args[0]),), extra)


def _weighted_count(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    known = () if not args or isinstance(args[0], Star) else args
    n = maker.counted(known)
    return Aggregate(_or_nothing(maker, _weight_of(maker, known), maker.term("count", known)), n, n)


def _weighted_count_if(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    matching = maker.term("count", (), args[:1])
    total = _or_nothing(maker, _weight_of(maker, (), args[:1]), matching)
    return Aggregate(total, maker.counted((known_with(args[0]),)), maker.counted((), args[:1]))


def _weighted_total(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    n = maker.counted(args[:1], args[1:])
    total = _weighted_sum(maker, args, args[1:])
    if maker.call.name == "sum_if":
        total = _or_nothing(maker, total, maker.term("count", args[:1], args[1:]))
    return Aggregate(total, n, n)


def _weighted_avg(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    n = maker.counted(args)
    mean = maker.op("/", _weighted_sum(maker, args), _weight_of(maker, args), maker.call.type)
    return Aggregate(mean, n, n)


def _weighted_variance(sample: bool, root: bool) -> Callable[[_Maker, tuple[Expr, ...]], Aggregate]:
    """The mean square around the weighted mean; of a sample unbiased for weights that tell how reliable a row is."""

    def make(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
        assert maker.rows.weight is not None
        n, total, sums = maker.counted(args), _weight_of(maker, args), _weighted_sum(maker, args)
        squares = maker.term("sum", (_times(maker, maker.rows.weight, args[0], args[0]),))
        deviations = maker.op("-", squares, maker.op("/", _times(maker, sums, sums), total))
        below = total
        if sample:
            both = (_times(maker, maker.rows.weight, maker.rows.weight),)
            twice = maker.term("sum", both, tuple(maker.known(a) for a in args))
            below = maker.op("-", total, maker.op("/", twice, total))
        variance = maker.op("/", maker.call_of("greatest", deviations, maker.number("0")), below)
        return Aggregate(maker.call_of("sqrt", variance) if root else variance, n, n)

    return make


def _weighted_quantile(maker: _Maker, args: tuple[Expr, ...]) -> Aggregate:
    """The smallest value that at least the share p of the weight does not pass."""
    assert maker.rows.weight is not None
    n = maker.counted(args[:1])
    p = args[1] if len(args) > 1 else maker.number("0.5")
    return Aggregate(maker.term("weighted_quantile", (args[0], maker.rows.weight, p)), n, n)


# What weights change; the smallest, the greatest and different values are the same under any weights.
WEIGHTED: dict[str, Callable[[_Maker, tuple[Expr, ...]], Aggregate]] = {
    "count": _weighted_count,
    "count_if": _weighted_count_if,
    "sum": _weighted_total,
    "sum_if": _weighted_total,
    "avg": _weighted_avg,
    "median": _weighted_quantile,
    "quantile_cont": _weighted_quantile,
    "quantile_disc": _weighted_quantile,
    "var_samp": _weighted_variance(sample=True, root=False),
    "var_pop": _weighted_variance(sample=False, root=False),
    "stddev_samp": _weighted_variance(sample=True, root=True),
    "stddev_pop": _weighted_variance(sample=False, root=True),
}


def calls_of(formula: Expr) -> tuple[Call, ...]:
    """The aggregates of a formula, in the order they are written, without repeats."""
    return tuple(dict.fromkeys(aggregates(formula)))
