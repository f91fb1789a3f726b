"""Ratios of sums: values whose change between two periods splits into mix and rate, segment by segment.

A value over terms is taken apart into one sum divided by another, with factors and a constant beside. It must be one,
since the sums of the segments are what adds up to the whole: quantiles, different values and products do not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Call, Cast, Expr, Name, Type, Unary
from kpispec.plan.ingredients import Split, Unsplit
from kpispec.plan.model import MEASURE, TERM, Measure, Plan, Term
from kpispec.plan.terms import TermTable

_SHAPE = Unsplit("split-shape")
_WORDS = {"count_distinct": "count(distinct)", "approx_count_distinct": "count(distinct)", "m2": "variance"}


@dataclass(frozen=True, slots=True)
class _Sum:
    """Terms with their factors, none of which is 0, by name."""

    terms: tuple[tuple[str, Fraction], ...]

    def times(self, factor: Fraction) -> "_Sum":
        return _sum({name: factor * own for name, own in self.terms})

    def plus(self, other: "_Sum") -> "_Sum":
        found = dict(self.terms)
        for name, factor in other.terms:
            found[name] = found.get(name, Fraction(0)) + factor
        return _sum(found)


@dataclass(frozen=True, slots=True)
class _Ratio:
    """top / bottom + offset, where the first factor of the bottom is 1, so that equal ones are the same."""

    top: _Sum
    bottom: _Sum
    offset: Fraction = Fraction(0)


_Form = Fraction | _Sum | _Ratio | Unsplit


def with_splits(measures: Iterable[Measure], table: TermTable) -> tuple[Measure, ...]:
    """The measures with how their changes split, or why they do not."""
    measures = tuple(measures)
    reader = _Reader({name: term for term, name in table.names.items()}, {m.id: m for m in measures})
    return tuple(replace(m, split=reader.split(m)) for m in measures)


def split_terms(plan: Plan) -> tuple[str, ...]:
    """The terms that splits are made of, each once."""
    splits = [m.split for m in plan.measures if isinstance(m.split, Split)]
    return tuple(dict.fromkeys(name for s in splits for name, _ in (*s.top, *s.bottom)))


@dataclass(frozen=True, slots=True)
class _Reader:
    terms: Mapping[str, Term]
    measures: Mapping[str, Measure]

    def split(self, measure: Measure) -> Split | Unsplit:
        match self.form(measure.value):
            case _Ratio(top, bottom, offset):
                read = (self.terms[name] for name, _ in (*top.terms, *bottom.terms))
                whole = tuple(dict.fromkeys(d for term in read for d in term.whole))
                return Split(top.terms, bottom.terms, offset, whole)
            case _Sum():
                return Unsplit("split-sum")
            case Unsplit() as reason:
                return reason
            case _:
                return _SHAPE

    def form(self, expr: Expr) -> _Form:
        """What a tree over terms and measures is, as far as sums and ratios go."""
        known = constant(expr)
        if known is not None:
            return Fraction(known)
        match expr:
            case Name():
                return self._named(expr)
            case Unary(op="-", operand=x):
                return _times(Fraction(-1), self.form(x))
            case Unary(op="+", operand=x) | Cast(operand=x, target=Type.NUMBER):
                return self.form(x)
            case Binary(op=op, left=left, right=right) if op in _OPERATIONS:
                return _combined(op, self.form(left), self.form(right))
            case Call(name="coalesce", args=(x, instead)):
                return self._or_nothing(self.form(x), self.form(instead))
            case _:
                return _first_reason([self.form(e) for e in _inside(expr)]) or _SHAPE

    def _named(self, name: Name) -> _Form:
        kind, *earlier = name.path
        if (kind,) == MEASURE:
            return Unsplit("split-earlier") if earlier else self.form(self.measures[name.name].value)
        if (kind,) != TERM:
            return _SHAPE
        term = self.terms[name.name]
        if term.function not in ("count", "sum"):
            return Unsplit("split-function", (("function", _WORDS.get(term.function, term.function)),))
        return _Sum(((name.name, Fraction(1)),))

    def _or_nothing(self, form: _Form, instead: _Form) -> _Form:
        """A sum that is 0 where no row counts is the same sum: nothing adds nothing."""
        nothing = instead == Fraction(0) or instead == _Sum(())
        return form if isinstance(form, _Sum | Unsplit) and nothing else _SHAPE


def _inside(expr: Expr) -> tuple[Expr, ...]:
    return expr.args if isinstance(expr, Call) else ()


def _sum(factors: Mapping[str, Fraction]) -> _Sum:
    return _Sum(tuple(sorted((name, factor) for name, factor in factors.items() if factor)))


def _first_reason(forms: Iterable[_Form]) -> Unsplit | None:
    return next((f for f in forms if isinstance(f, Unsplit)), None)


def _combined(op: str, left: _Form, right: _Form) -> _Form:
    reason = _first_reason((left, right))
    return reason if reason is not None else _OPERATIONS[op](left, right)


def _plus(left: _Form, right: _Form) -> _Form:
    match left, right:
        case (Fraction(), Fraction()):
            return left + right
        case (_Sum(), _Sum()):
            return left.plus(right)
        case (_Sum(), Fraction()) if not right:
            return left
        case (Fraction(), _Sum()) if not left:
            return right
        case (_Ratio(), Fraction()):
            return replace(left, offset=left.offset + right)
        case (Fraction(), _Ratio()):
            return replace(right, offset=left + right.offset)
        case (_Ratio(), _Ratio()) if left.bottom == right.bottom:
            return _Ratio(left.top.plus(right.top), left.bottom, left.offset + right.offset)
        case _:
            return _SHAPE


def _minus(left: _Form, right: _Form) -> _Form:
    return _plus(left, _times(Fraction(-1), right))


def _times(left: _Form, right: _Form) -> _Form:
    match left, right:
        case (Fraction(), Fraction()):
            return left * right
        case (Fraction(), _Sum()):
            return right.times(left)
        case (Fraction(), _Ratio()):
            return _Ratio(right.top.times(left), right.bottom, left * right.offset)
        case (_Sum() | _Ratio(), Fraction()):
            return _times(right, left)
        case (Fraction(), Unsplit()):
            return right
        case _:
            return _SHAPE


def _over(left: _Form, right: _Form) -> _Form:
    match left, right:
        case (_, Fraction()) if right:
            return _times(1 / right, left)
        case (_Sum(), _Sum()) if right.terms:
            return _ratio(left, right)
        case (Fraction(), _Ratio(offset=0)) if right.top.terms:
            return _ratio(right.bottom.times(left), right.top)
        case (_Ratio(offset=0), _Ratio(offset=0)) if left.bottom == right.bottom and right.top.terms:
            return _ratio(left.top, right.top)
        case _:
            return _SHAPE


def _ratio(top: _Sum, bottom: _Sum) -> _Ratio:
    first = bottom.terms[0][1]
    return _Ratio(top.times(1 / first), bottom.times(1 / first))


_OPERATIONS = {"+": _plus, "-": _minus, "*": _times, "/": _over}
