"""What an interval, or the split of a change, is made of: trees over the terms of a plan; or why there is none."""

from dataclasses import dataclass
from fractions import Fraction

from kpispec.formula.tree import Expr
from kpispec.plan.draws import Resampled


@dataclass(frozen=True, slots=True)
class Linked:
    """Terms that are sums over the same rows: `gradient` names the parts that hold how the value moves with each.

    `moments` are (i, j, part): the sum over rows of the product of what terms i and j add up, i up to j; what is not
    listed is zero. With `clusters`, a part, rows were summed up by sample unit first, and it counts these.
    """

    gradient: tuple[str, ...]
    moments: tuple[tuple[int, int, str], ...]
    clusters: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How the interval of a value is found: the method, and its ingredients as trees over terms.

    The value is `shift + scale` times the method's own figure. wilson: k n · t: sum squares n · garwood: k exposure ·
    order_statistics: n (`p` is the quantile; the neighbouring order statistics come from the scan as a list) ·
    kaplan_meier: share greenwood, or low high of a quantile · feldt: items respondents · delta: those that `linked`
    names · bootstrap: low high se replicates units, which come of `resampled`. Weighted rows add weights and
    weights_squared, whose quotient is the effective n.
    """

    method: str
    scale: float
    parts: tuple[tuple[str, Expr], ...]
    p: float | None = None
    shift: float = 0.0
    linked: tuple[Linked, ...] = ()
    resampled: Resampled | None = None
    mean: bool = False  # the value is a mean over the n rows that count, each a unit of its own


@dataclass(frozen=True, slots=True)
class Without:
    """Why a value has no interval. Codes and values:

    complete() · not-asked() · one-figure() · one-a-period(dataset) · not-smooth(function) · no-method(function) ·
    rows-shared(dataset) · units-cross(unit) · several-units(units) · no-unit(dataset) · draws-earlier(), all known from
    the definition; and, of one cell, few(n) · alike() · digits() · not-differentiable() · too-many-units(units, most) ·
    few-replicates(there, of) · replicates-alike() · replicates-apart()
    """

    code: str
    values: tuple[tuple[str, object], ...] = ()

    def get(self, name: str) -> object:
        return dict(self.values)[name]


@dataclass(frozen=True, slots=True)
class Split:
    """A value, before its unit's factor, as top / bottom + offset: two sums of terms, each with its factor.

    Terms add up over segments; those of `whole` dimensions are the same in all segments of these.
    """

    top: tuple[tuple[str, Fraction], ...]
    bottom: tuple[tuple[str, Fraction], ...]
    offset: Fraction
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsplit:
    """A value that is no such ratio: the reason's code and values, as in `evaluate.report.Reason`."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


NOT_ASKED = Without("not-asked")
