"""What resampling draws, as plans say it."""

from dataclasses import dataclass

from kpispec.formula.tree import Expr


@dataclass(frozen=True, slots=True)
class Draw:
    """What resampling draws from a scan: all rows of a unit together, the units of one `name` alike wherever they are.

    `unit` are columns of its rows, none where nothing is known to draw by. `summed`: a scan of units, each summed up
    before it is drawn. `keyed`: a row by its key, for lack of a sample unit; what a formula counts as different is one.
    """

    scan: str
    unit: tuple[str, ...]
    name: str
    summed: bool = False
    keyed: bool = False


@dataclass(frozen=True, slots=True)
class Resampled:
    """What is computed in each replicate: `value` over terms. Terms without a draw of their scan stay as they are."""

    value: Expr
    draws: tuple[Draw, ...]
    settled: frozenset[str] = frozenset()
