"""One form for expressions that give the same on every row, as far as the columns' own promises can tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from kpispec.formula.constants import constant
from kpispec.formula.tree import (
    Between,
    Binary,
    Boolean,
    Call,
    Case,
    Cast,
    Duration,
    Expr,
    In,
    Is,
    Moment,
    Name,
    Null,
    Number,
    Star,
    String,
    Type,
    Unary,
    children,
    rebuild,
)

MOST_VALUES = 1000  # of a range of integers that is written out


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a name can have, null aside: those listed, or numbers between two ends that are both in.

    `known`: it is never null.
    """

    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    known: bool = False

    @property
    def listed(self) -> tuple[float, ...]:
        """The integers of a range that has both ends and is not too long."""
        if not self.whole or self.low is None or self.high is None or self.high - self.low >= MOST_VALUES:
            return ()
        return tuple(float(n) for n in range(ceil(self.low), floor(self.high) + 1))


Domains = Mapping[str, Domain]


def canonical(expr: Expr, domains: Domains) -> Expr:
    """The one form of an expression and its equals: equal forms give equal values, others may or may not."""
    inside = rebuild(expr, lambda e: canonical(e, domains))
    match inside:
        case Unary(op="+", operand=x):
            return x
        case Unary(op="not", operand=Unary(op="not", operand=x)):
            return x
        case Binary(op=op, left=left, right=right) if op in _MIRROR and constant(left) is not None:
            return _comparison(Binary(_MIRROR[op], right, left, place=inside.place, type=inside.type), domains)
        case Binary(op=op) if op in _MIRROR:
            return _comparison(inside, domains)
        case Between() | In():
            return _test(inside, domains)
        case Call(name="count", args=(counted,), distinct=False) if _never_null(counted, domains):
            return replace(inside, args=(Star(place=counted.place),))
        case Binary(op="+" | "*" | "and" | "or", left=left, right=right) if repr(right) < repr(left):
            return replace(inside, left=right, right=left)
        case _:
            return inside


def never_null(expr: Expr) -> bool:
    """Whether an expression has a value on every row, by its form alone."""
    return _never_null(expr, {})


def _never_null(expr: Expr, domains: Domains) -> bool:
    match expr:
        case Number() | String() | Boolean() | Duration() | Moment() | Is():
            return True
        case Binary(op="is distinct from" | "is not distinct from"):
            return True
        case Name():
            domain = _domain(expr, domains)
            return domain is not None and domain.known
        case Binary(op="/" | "%") | Cast():
            return False
        case Call(name="coalesce", args=args):
            return any(_never_null(a, domains) for a in args)
        case Call() | Null() | Star():
            return False
        case Case(whens=whens, otherwise=last):
            return last is not None and all(_never_null(e, domains) for e in (*(w.result for w in whens), last))
        case _:
            return all(_never_null(e, domains) for e in children(expr))


_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_TRUE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda x, c: x < c,
    "<=": lambda x, c: x <= c,
    ">": lambda x, c: x > c,
    ">=": lambda x, c: x >= c,
    "=": lambda x, c: x == c,
    "<>": lambda x, c: x != c,
}


def _comparison(expr: Binary, domains: Domains) -> Expr:
    domain = _domain(expr.left, domains)
    if domain is None:
        return expr
    if isinstance(expr.right, String) and domain.values:
        written = expr.right.value
        return _among(expr, expr.left, [v for v in domain.values if (v == written) == (expr.op == "=")])
    bound = constant(expr.right)
    if bound is None or domain.values:
        return expr
    if domain.listed:
        true = _TRUE[expr.op]
        return _among(expr, expr.left, [n for n in domain.listed if true(n, bound)])
    return _half_line(expr, bound, domain)


def _test(expr: Between | In, domains: Domains) -> Expr:
    domain = _domain(expr.operand, domains)
    if domain is None:
        return expr
    if isinstance(expr, In) and domain.values and all(isinstance(i, String) for i in expr.items):
        written = {i.value for i in expr.items if isinstance(i, String)}
        return _among(expr, expr.operand, [v for v in domain.values if (v in written) != expr.negated])
    bounds = [constant(e) for e in (expr.items if isinstance(expr, In) else (expr.low, expr.high))]
    if not domain.listed or any(b is None for b in bounds):
        return expr
    known = [b for b in bounds if b is not None]
    among = isinstance(expr, In)
    inside = [n for n in domain.listed if (n in known if among else known[0] <= n <= known[1]) != expr.negated]
    return _among(expr, expr.operand, inside)


def _domain(expr: Expr, domains: Domains) -> Domain | None:
    return domains.get(expr.name) if isinstance(expr, Name) and not expr.path else None


def _among(like: Expr, operand: Expr, values: Sequence[str] | Sequence[float]) -> Expr:
    """True for these values of a name, false for its others, null where it is null."""
    texts = sorted({v for v in values if isinstance(v, str)})
    figures = sorted({v for v in values if not isinstance(v, str)})
    items: list[Expr] = [String(v, place=like.place, type=Type.STRING) for v in texts]
    items += [_number(v, like) for v in figures]
    return In(operand, tuple(items), place=like.place, type=Type.BOOLEAN)


def _number(value: float, like: Expr) -> Number:
    return Number(f"{value:.17g}", place=like.place, type=Type.NUMBER)


def _half_line(expr: Binary, bound: float, domain: Domain) -> Expr:
    """A comparison with its bound moved onto the values there are: `> 3` of integers is `>= 4`."""
    op, low, high = expr.op, domain.low, domain.high
    if domain.whole and op in (">", "<"):
        op, bound = (">=", floor(bound) + 1) if op == ">" else ("<=", ceil(bound) - 1)
    elif domain.whole and op in (">=", "<="):
        bound = ceil(bound) if op == ">=" else floor(bound)
    if low is not None and op in (">=", ">") and (bound < low or (bound == low and op == ">=")):
        op, bound = ">=", low
    if high is not None and op in ("<=", "<") and (bound > high or (bound == high and op == "<=")):
        op, bound = "<=", high
    return Binary(op, expr.left, _number(bound, expr), place=expr.place, type=Type.BOOLEAN)
