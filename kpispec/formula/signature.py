"""A row of the table of functions: what it takes, what it gives, what nulls do."""

from dataclasses import dataclass
from typing import Literal

from kpispec.formula.tree import Type

Kind = Literal["aggregate", "scalar", "window"]

NUMBERS = frozenset({Type.INTEGER, Type.NUMBER})
QUANTITIES = NUMBERS | {Type.DURATION}
MOMENTS = frozenset({Type.DATE, Type.TIMESTAMP})
ORDERED = QUANTITIES | MOMENTS
UNTEXT = ORDERED | {Type.BOOLEAN}
TEXTS = frozenset({Type.STRING})
BOOLEANS = frozenset({Type.BOOLEAN})
ANYTHING = UNTEXT | TEXTS

# What a set of types is called in a sentence.
ACCEPTED: dict[frozenset[Type], str] = {
    NUMBERS: "numbers",
    QUANTITIES: "numbers or durations",
    MOMENTS: "dates or timestamps",
    ORDERED: "numbers, durations, dates or timestamps",
    UNTEXT: "anything but text",
    TEXTS: "text",
    BOOLEANS: "a condition",
    ANYTHING: "any value",
    frozenset({Type.TIMESTAMP}): "timestamps",
    frozenset({Type.INTEGER}): "whole numbers",
}


@dataclass(frozen=True, slots=True)
class Param:
    """An argument. `constant`: a figure or text written in the formula, never a column; `words`: those it may be."""

    name: str
    accepts: frozenset[Type]
    constant: bool = False
    words: tuple[str, ...] = ()


# same: of the first argument · real: of the first, integer becoming number · common: of all arguments that must agree
Result = Type | Literal["same", "real", "common"]


@dataclass(frozen=True, slots=True)
class Function:
    """A row of the table. `optional` counts the last parameters that may be left out; `variadic` repeats the last one.

    `empty` is what an aggregate gives over no value. `unit` says what the result is measured in. `in_period` functions
    depend on the period asked for, so that nothing which sees all rows of a data set may call them.
    """

    name: str
    kind: Kind
    params: tuple[Param, ...]
    result: Result
    summary: str
    example: str
    nulls: str = "null in, null out"
    empty: str = ""
    unit: str = "a plain number"
    optional: int = 0
    variadic: bool = False
    filterable: bool = True
    in_period: bool = False
    ordered: bool = False  # a window function that means nothing without `order by`

    @property
    def least(self) -> int:
        return len(self.params) - self.optional

    @property
    def most(self) -> int | None:
        """How many arguments at most; `None` for as many as one likes."""
        return None if self.variadic else len(self.params)

    @property
    def signature(self) -> str:
        names = [p.name for p in self.params[: self.least]]
        text = ", ".join(names) + "".join(f"[, {p.name}]" for p in self.params[self.least :])
        return f"{self.name}({text.removeprefix('[, ')}{', ...' if self.variadic else ''})"


X = Param("x", QUANTITIES)
N = Param("x", NUMBERS)
ANY = Param("x", ANYTHING)
C = Param("c", BOOLEANS)
P = Param("p", NUMBERS, constant=True)
T = Param("text", TEXTS)
D = Param("d", MOMENTS)
SORT = Param("by", ORDERED)
SKIPPED = "skips nulls"
OF_X = "that of `x`"
