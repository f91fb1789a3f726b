"""Formulas rewritten over terms and measures: the value, n, what was seen, the denominators."""

from collections.abc import Callable, Mapping

from kpispec.formula.tree import Binary, Call, Expr, Name, Type, children, rebuild, walk
from kpispec.plan.model import MEASURE, MEASURE_N, Measure
from kpispec.plan.terms import Aggregate
from kpispec.windows import Length

Replace = Callable[[Expr], Expr | None]


def transform(expr: Expr, change: Replace) -> Expr:
    """The tree with `change` applied from the outside in; where it answers `None` the parts are looked at."""
    changed = change(expr)
    if changed is not None:
        return changed
    return rebuild(expr, lambda part: transform(part, change))


class Formula:
    """A checked formula with its aggregates taken apart and its KPI inputs planned."""

    def __init__(
        self, tree: Expr, made: Mapping[Expr, Aggregate], upstream: Mapping[str, tuple[Measure, Length | None]]
    ) -> None:
        self.tree = tree
        self.made = made
        self.upstream = upstream

    def over_terms(self, expr: Expr) -> Expr:
        """A part of the formula as a tree over terms and measures."""
        return transform(expr, self._value)

    def _value(self, expr: Expr) -> Expr | None:
        if expr in self.made:
            return self.made[expr].value
        if isinstance(expr, Name) and expr.name in self.upstream:
            return self._measure(expr, MEASURE, expr.type)
        return None

    def holds_aggregate(self, expr: Expr) -> bool:
        """Whether an aggregate, or the value of another KPI, stands in an expression."""
        return any(e in self.made or (isinstance(e, Name) and e.name in self.upstream) for e in walk(expr))

    def n(self, expr: Expr | None = None, denominator: bool = False) -> Expr | None:
        """The number of sampling units behind an expression; `None` where no aggregate stands in it."""
        expr = self.tree if expr is None else expr
        if expr in self.made:
            made = self.made[expr]
            return made.n_as_denominator if denominator else made.n
        if isinstance(expr, Name) and expr.name in self.upstream:
            return self._measure_n(expr)
        if isinstance(expr, Binary) and expr.op == "/":
            below = self.n(expr.right, denominator=True)
            return below if below is not None else self.n(expr.left)
        return least([n for n in (self.n(c, denominator) for c in children(expr)) if n is not None])

    def _measure(self, expr: Name, kind: tuple[str, ...], type: Type) -> Expr:
        """What an input reads of another measure, in the period it is computed for or an earlier one."""
        measure, offset = self.upstream[expr.name]
        path = kind if offset is None else (*kind, offset.words)
        return Name(measure.id, path, place=expr.place, type=type)

    def _measure_n(self, expr: Name) -> Expr:
        return self._measure(expr, MEASURE_N, Type.INTEGER)

    def seen(self) -> Expr | None:
        """The values that all aggregates together saw: 0 means that nothing was there to compute from."""
        counted = [made.n for made in self.made.values()]
        counted += [self._measure_n(Name(name, place=self.tree.place, type=Type.NUMBER)) for name in self.upstream]
        total: Expr | None = None
        for n in dict.fromkeys(counted):
            total = n if total is None else Binary("+", total, n, place=self.tree.place, type=Type.INTEGER)
        return total

    def denominators(self) -> tuple[Expr, ...]:
        """What is divided by, where it holds an aggregate: the value is undefined when one of these is 0."""
        divided = [e.right for e in walk(self.tree) if isinstance(e, Binary) and e.op in ("/", "%")]
        return tuple(dict.fromkeys(self.over_terms(d) for d in divided if self.holds_aggregate(d)))


def least(found: list[Expr]) -> Expr | None:
    """The smallest of several counts, as a tree."""
    different = tuple(dict.fromkeys(found))
    if len(different) < 2:
        return different[0] if different else None
    return Call("least", different, place=different[0].place, type=Type.INTEGER)
