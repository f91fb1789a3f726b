"""Second moments: the sum over rows of the product of what two terms add up, as a term like any other.

A term is the sum over rows of a function of one row: of 1 where its conditions hold (`count`), of a value where they do
(`sum`). Products of two such functions are of the same kind, so most are terms that are there already: a condition that
excludes another makes it zero, one that implies another makes it the narrower of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kpispec.formula.tree import Expr, Star
from kpispec.plan.conditions import disjoint, implied, parts_of
from kpispec.plan.model import Term
from kpispec.plan.placing import given


@dataclass(frozen=True, slots=True)
class RowFunction:
    """What a term adds up: the product of `factors` (1 without any) on rows for which all of `where` is true."""

    factors: tuple[Expr, ...]
    where: frozenset[Expr]


def row_function(term: Term) -> RowFunction | None:
    """The function of one row that a term adds up; `None` where it is no such sum."""
    if term.reject is not None:
        return None
    match term.function:
        case "count":
            known = [given(a) for a in term.args if not isinstance(a, Star)]
            return RowFunction((), _reduced((*term.where, *known), ()))
        case "sum" | "products":
            return RowFunction(term.args, _reduced(term.where, term.args))
        case _:
            return None


def narrower(first: Term, second: Term) -> bool:
    """Whether every row that the first term counts is one that the second counts."""
    a, b = row_function(first), row_function(second)
    if a is None or b is None:
        return False
    there = (*a.where, *(given(f) for f in a.factors))
    return all(implied(c, there) for c in b.where)


def product(first: Term, second: Term) -> Term | None:
    """The second moment of two terms over the same rows; `None` where it is zero whatever the rows."""
    a, b = row_function(first), row_function(second)
    assert a is not None
    assert b is not None
    if disjoint(a.where, b.where):
        return None
    factors = tuple(sorted((*a.factors, *b.factors), key=lambda e: e.place.text))
    found = RowFunction(factors, _reduced((*a.where, *b.where), factors))
    whole = tuple(d for d in first.whole if d in second.whole)
    for term, function in ((first, a), (second, b)):
        if function == found:
            return replace(term, whole=whole)
    return Term(first.scan, _named(factors), factors, _ordered(found.where), whole=whole)


def _named(factors: tuple[Expr, ...]) -> str:
    return ("count", "sum")[len(factors)] if len(factors) < 2 else "products"


def _ordered(where: Iterable[Expr]) -> tuple[Expr, ...]:
    return tuple(sorted(where, key=lambda e: e.place.text))


def _reduced(where: Iterable[Expr], factors: tuple[Expr, ...]) -> frozenset[Expr]:
    """The conditions without those that follow from the others, or from a factor being there."""
    left = list(dict.fromkeys(p for w in where for p in parts_of(w)))
    there = [given(f) for f in factors]
    for condition in tuple(left):
        others = [c for c in left if c != condition]
        if implied(condition, (*others, *there)):
            left = others
    return frozenset(left)
