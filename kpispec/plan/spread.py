"""Which interval a value has, read off its tree over terms: a share, a mean, a quantile, a rate, a curve, or else the
linearised variance of whatever smooth function of sums it is.

What is a constant plus a constant times one of the plain shapes has that one's interval, moved and scaled.
"""

from dataclasses import dataclass, replace
from statistics import NormalDist

from kpispec.catalog.model import Kpi
from kpispec.formula.constants import constant
from kpispec.formula.derivative import derivative
from kpispec.formula.tree import Binary, Expr, Name, Number, Type, Unary
from kpispec.plan.ingredients import Spread, Without
from kpispec.plan.linear import Line, atoms
from kpispec.plan.linked import Delta
from kpispec.plan.model import TERM, Term
from kpispec.plan.moments import narrower, product
from kpispec.plan.terms import TermTable

_CURVES = ("km_quantile", "km_share")
_QUANTILES = ("quantile_cont", "quantile_disc")


@dataclass(frozen=True, slots=True)
class Shapes:
    """Finds the interval of one measure; `delta` is what all other shapes are left to."""

    kpi: Kpi
    measure: str
    table: TermTable
    delta: Delta

    def spread(self, line: Line) -> Spread | Without:
        """The first row of the table of methods that fits."""
        if line.lack is not None:
            return line.lack
        found = atoms(line.tree)
        if not found:
            return Without("one-figure")
        if all(a.name in line.settled for a in found):
            return Without("complete")
        affine, clustered = _affine(line.tree), self._clustered(line, found)
        plain = self._plain(affine, line) if not clustered else None
        spread = plain if plain is not None else self.delta.spread(line)
        if isinstance(spread, Without):
            return spread
        return replace(self._with_weights(spread, found), mean=not clustered and self._is_mean(affine.core, found))

    def _is_mean(self, core: Expr, found: tuple[Name, ...]) -> bool:
        """Whether it is a sum of constant multiples of what rows hold, over how many of these rows there are."""
        if not isinstance(core, Binary) or core.op != "/" or not isinstance(core.right, Name):
            return False
        below, above = self.table.terms[core.right.name], atoms(core.left)
        terms = [self.table.terms[a.name] for a in above]
        alike = all(t.scan == below.scan and not t.whole and narrower(t, below) for t in terms)
        if below.function != "count" or below.whole or not above or not alike or any(a.path != TERM for a in found):
            return False
        moved = (derivative(core.left, a) for a in above)
        return all(d is not None and constant(d) is not None for d in moved)

    def _with_weights(self, spread: Spread, found: tuple[Name, ...]) -> Spread:
        """With the sum of the weights, and that of their squares, of the rows that the last sum of weights is of."""
        weights = {r.weight for r in self.kpi.rows if r.weight is not None}
        sums = [a for a in found if a.path == TERM and self._sums_one_of(a, weights)]
        if not sums:
            return spread
        term = self.table.terms[sums[-1].name]
        squared = product(term, term)
        squares = sums[-1] if squared is None else self._name(squared, sums[-1])
        return replace(spread, parts=(*spread.parts, ("weights", sums[-1]), ("weights_squared", squares)))

    def _sums_one_of(self, atom: Name, weights: set[Expr]) -> bool:
        term = self.table.terms[atom.name]
        return term.function == "sum" and term.args[0] in weights

    def _clustered(self, line: Line, found: tuple[Name, ...]) -> bool:
        units = dict(line.units)
        return any(self.table.terms[a.name].scan in units for a in found)

    def _plain(self, affine: "_Affine", line: Line) -> Spread | None:
        core = affine.core
        if isinstance(core, Name):
            return self._alone(core, affine)
        if isinstance(core, Binary) and core.op == "/":
            return self._quotient(core, affine, line)
        return None

    # one term

    def _alone(self, name: Name, affine: "_Affine") -> Spread | None:
        term = self.table.terms[name.name]
        if term.function in ("count", "count_distinct"):
            return affine.spread("garwood", (("k", name),))
        if term.function in _QUANTILES:
            return self._quantile(name, term, affine)
        if term.function in _CURVES:
            return self._curve(name, term, affine)
        return None

    def _quantile(self, name: Name, term: Term, affine: "_Affine") -> Spread | None:
        p = constant(term.args[1])
        if p is None:
            return None
        z = NormalDist().inv_cdf(0.5 + self.kpi.spec.level / 2)
        ranks = (term.args[0], _number(p, name), _number(z, name))
        parts = (
            ("ranks", self._name(Term(term.scan, "ranks_around", ranks, term.where, whole=term.whole), name)),
            ("n", self._name(Term(term.scan, "count", term.args[:1], term.where, whole=term.whole), name)),
        )
        return affine.spread("order_statistics", parts, p)

    def _curve(self, name: Name, term: Term, affine: "_Affine") -> Spread | None:
        def beside(function: str) -> Expr:
            args = term.args if function == "km_greenwood" else (*term.args, z)
            return self._name(Term(term.scan, function, args, term.where, whole=term.whole), name)

        z = _number(NormalDist().inv_cdf(0.5 + self.kpi.spec.level / 2), name)
        if term.function == "km_share":
            parts: tuple[tuple[str, Expr], ...] = (("share", name), ("greenwood", beside("km_greenwood")))
        else:
            parts = (("low", beside("km_low")), ("high", beside("km_high")))
        return affine.spread("kaplan_meier", parts)

    def _name(self, term: Term, like: Name) -> Expr:
        return Name(self.table.name(term, self.measure), like.path, place=like.place, type=like.type)

    # two terms

    def _quotient(self, core: Binary, affine: "_Affine", line: Line) -> Spread | None:
        top, bottom = core.left, core.right
        if not isinstance(top, Name) or top.path[:1] != TERM:
            return None
        above = self.table.terms[top.name]
        if isinstance(bottom, Name) and bottom.path == top.path:
            below = self.table.terms[bottom.name]
            found = self._share(top, above, bottom, below, affine) or self._mean(top, above, bottom, below, affine)
            if found is not None:
                return found
        return self._rate(top, above, bottom, affine, line)

    def _share(self, top: Name, above: Term, bottom: Name, below: Term, affine: "_Affine") -> Spread | None:
        """A share k / n, where the rows of k are among those of n."""
        if (above.function, below.function) != ("count", "count"):
            return None
        if above.scan != below.scan or not set(above.whole) <= set(below.whole):
            return None
        if not narrower(above, below):
            return None
        return affine.spread("wilson", (("k", top), ("n", bottom)))

    def _mean(self, top: Name, above: Term, bottom: Name, below: Term, affine: "_Affine") -> Spread | None:
        """The sum of an input over how many values it has."""
        if (above.function, below.function) != ("sum", "count") or above.scan != below.scan:
            return None
        if above.whole != below.whole or above.where != below.where or above.args != below.args:
            return None
        squares = Term(above.scan, "products", (above.args[0],) * 2, above.where, whole=above.whole)
        parts = (("sum", top), ("squares", self._name(squares, top)), ("n", bottom))
        return affine.spread("t", parts)

    def _rate(self, top: Name, above: Term, bottom: Expr, affine: "_Affine", line: Line) -> Spread | None:
        """A count over an exposure that other rows tell."""
        if above.function != "count" or not self.kpi.unit.family.startswith("per ") or top.name in line.settled:
            return None
        ours = self.delta.rows(top)
        if any(self.delta.rows(a).shares(ours, self.delta.request) for a in atoms(bottom)):
            return None
        return affine.spread("garwood", (("k", top), ("exposure", bottom)))


@dataclass(frozen=True, slots=True)
class _Affine:
    """`shift + scale * core`."""

    core: Expr
    scale: float = 1.0
    shift: float = 0.0

    def times(self, factor: float) -> "_Affine":
        return _Affine(self.core, factor * self.scale, factor * self.shift)

    def spread(self, method: str, parts: tuple[tuple[str, Expr], ...], p: float | None = None) -> Spread:
        return Spread(method, self.scale, parts, p, self.shift)


def _affine(expr: Expr) -> _Affine:
    match expr:
        case Unary(op="-", operand=x):
            return _affine(x).times(-1.0)
        case Unary(op="+", operand=x):
            return _affine(x)
        case Binary(op="+" | "-" as op, left=a, right=b):
            return _moved(expr, op, a, b)
        case Binary(op="*" | "/" as op, left=a, right=b):
            return _multiplied(expr, op, a, b)
        case _:
            return _Affine(expr)


def _moved(expr: Expr, op: str, a: Expr, b: Expr) -> _Affine:
    left, right, sign = constant(a), constant(b), 1.0 if op == "+" else -1.0
    if left is not None and right is None:
        found = _affine(b).times(sign)
        return _Affine(found.core, found.scale, found.shift + left)
    if right is not None and left is None:
        found = _affine(a)
        return _Affine(found.core, found.scale, found.shift + sign * right)
    return _Affine(expr)


def _multiplied(expr: Expr, op: str, a: Expr, b: Expr) -> _Affine:
    left, right = constant(a), constant(b)
    if left is not None and right is None and op == "*":
        return _affine(b).times(left)
    if right is not None and left is None and right != 0:
        return _affine(a).times(right if op == "*" else 1 / right)
    return _quotient(expr, a, b) if op == "/" and left is None and right is None else _Affine(expr)


def _quotient(expr: Expr, a: Expr, b: Expr) -> _Affine:
    """`100 * k / n` is read as `(100 * k) / n`: the factors of both sides are the quotient's."""
    top, bottom = _affine(a), _affine(b)
    if top.shift or bottom.shift or bottom.scale == 0:
        return _Affine(expr)
    core = Binary("/", top.core, bottom.core, place=expr.place, type=expr.type)
    return _Affine(core, top.scale / bottom.scale)


def _number(value: float, like: Expr) -> Number:
    return Number(repr(value), place=like.place, type=Type.NUMBER)
