"""What the names of an expression may stand for, and how a finding about one is placed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from kpispec.diagnostics import Findings, Fix
from kpispec.formula.foreign import FOREIGN, PRESENT
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.macros import Macro
from kpispec.formula.operators import Clash
from kpispec.formula.tree import Call, Name, Place, Type
from kpispec.rules import rule_of
from kpispec.source import Text
from kpispec.units import Unit

# units: an expression over the rows of one unit, which aggregates them as a formula does
Kind = Literal["formula", "units", "row", "computed", "binding", "function"]
AGGREGATING = ("formula", "units")
ANY_COLUMN = "*"  # behind the name of a join: a column that only the data can tell


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for.

    `row`: it has a value on every row, of the row set named `row_set`; else it has one value, that of a KPI or,
    `constant`, of a param. `row_set` is in words that a finding can show (`tickets where solved`), `weight` the column
    that its rows are weighed by. `broken`: it has a finding of its own, and where it stands says nothing new.
    """

    type: Type
    row: bool
    row_set: str | None = None
    weight: str | None = None
    unit: Unit | None = None
    nullable: bool = True
    constant: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands. `open`: a name that is not declared is a column of unknown type.

    `filter`: the expression decides which rows are kept, so that a null drops one. `function`: the body of a macro,
    whose arguments may be anything.
    """

    symbols: Mapping[str, Symbol]
    kind: Kind
    noun: str
    macros: Mapping[str, Macro] = field(default_factory=dict)
    dataset: str | None = None
    open: bool = False
    filter: bool = False


@dataclass(slots=True)
class Context:
    """How far the check of one expression has come. `site` is the call in the user's text whose body is being read."""

    scope: Scope
    origin: Text
    subject: str
    findings: Findings
    site: Place | None = None
    macros: tuple[str, ...] = ()
    aggregate: Call | None = None
    muted: bool = False  # inside a call that is wrong itself: where its names stand says nothing
    failed: bool = False
    budget: int = 2_000
    depth: int = 0
    misplaced: set[str] = field(default_factory=set)
    nesting: list[Call] = field(default_factory=list)  # aggregates that hold another one, said once
    said: set[tuple[str, int, int]] = field(default_factory=set)

    def report(
        self,
        rule: str,
        message: str,
        place: Place,
        help: str | None = None,
        replacement: str | None = None,
        *,
        safe: bool = False,
    ) -> None:
        """A finding at the user's own characters: what is wrong in a macro's body is shown at its call.

        One place breaks one rule once: a body that uses its argument three times says nothing new.
        """
        foreign = place.origin is not self.origin
        if foreign and self.site is not None:
            message = f"in `{self.site.text}`: {message}"
            place = self.site
        self.failed = self.failed or rule_of(rule).severity == "error"
        if (rule, place.start, place.end) in self.said:
            return
        self.said.add((rule, place.start, place.end))
        fix = None
        if replacement is not None and not foreign and place.span.text == place.text:
            fix = Fix(f"replace by `{replacement}`", replacement, place.span, safe)
        self.findings.add(rule, message, subject=self.subject, span=place.span, help=help, fix=fix)

    def clash(self, clash: Clash) -> None:
        self.report("argument-type", clash.message, clash.at.place, clash.help, clash.replacement)


def symbol_of(name: Name, context: Context) -> Symbol | None:
    """What a name stands for; an unknown one is a finding."""
    scope = context.scope
    if not name.path:
        found = scope.symbols.get(name.name.lower() if name.quoted else name.name)
        if found is not None:
            return found
        if scope.open:
            return Symbol(Type.UNKNOWN, row=True)
    elif (joined := scope.symbols.get(flat(name)) or scope.symbols.get(f"{name.path[0]}.{ANY_COLUMN}")) is not None:
        return joined
    _unknown(name, context)
    return None


def flat(name: Name) -> str:
    """The name of a column, those of joins with what stands before the dot: `customer.region`."""
    return ".".join((*name.path, name.name))


def _unknown(name: Name, context: Context) -> None:
    scope = context.scope
    word = flat(name)
    rule = "unknown-input" if scope.kind in ("formula", "function") else "unknown-column"
    if name.path:
        _dotted(name, word, rule, context)
        return
    if not name.quoted and name.name in FUNCTIONS and name.name not in _close(name.name, scope):
        example = FUNCTIONS[name.name].signature
        context.report(rule, f"`{word}` is a function and needs its arguments", name.place, f"write `{example}`")
        return
    close = _close(word, scope) if name.quoted or name.name not in PRESENT else []
    message = {
        "formula": f"formula uses `{word}`, which no input declares",
        "function": f"the body uses `{word}`, which is no argument of the function",
        "binding": f"`{word}` is no column of the file",
    }.get(scope.kind, f"`{word}` is no {scope.noun} of data set `{scope.dataset}`")
    help = f"did you mean `{close[0]}`?" if close else _known(word, scope)
    if not name.quoted and name.name in PRESENT:
        help = FOREIGN[name.name][1]
    replacement = close[0] if close and not name.quoted else None
    context.report(rule, message, name.place, help, replacement, safe=surely(word, close))


def surely(word: str, close: list[str]) -> bool:
    """Whether a misspelt word can only mean the one that is close to it."""
    return len(close) == 1 and bool(get_close_matches(word.lower(), close, 1, 0.8))


def _close(word: str, scope: Scope) -> list[str]:
    return get_close_matches(word.lower(), sorted(scope.symbols), 3, 0.7)


def _known(word: str, scope: Scope) -> str:
    known = ", ".join(f"`{n}`" for n in sorted(scope.symbols)[:8]) + (", ..." if len(scope.symbols) > 8 else "")
    if scope.kind == "formula":
        declared = f"; {_are('input', scope, known)}" if known else ""
        return f"declare it under `inputs`: `{word}: dataset.column`{declared}"
    if scope.kind in ("row", "computed", "units"):
        return f"declare it under `columns` of `{scope.dataset}`" + (f", which has {known}" if known else "")
    return _are("argument" if scope.kind == "function" else "column", scope, known)


def _are(noun: str, scope: Scope, known: str) -> str:
    return f"the only {noun} is {known}" if len(scope.symbols) == 1 else f"the {noun}s are {known}"


def _dotted(name: Name, word: str, rule: str, context: Context) -> None:
    scope = context.scope
    if scope.kind == "formula":
        message = f"formula uses `{word}`, but a formula names inputs only"
        context.report(
            rule, message, name.place, f"declare `{name.name}: {word}` under `inputs`, and use `{name.name}`"
        )
    elif name.path == (scope.dataset,) and name.name in scope.symbols:
        message = f"`{word}` names its data set, which is already known here"
        context.report(rule, message, name.place, f"write `{name.name}`", name.name, safe=True)
    elif any(known.startswith(f"{name.path[0]}.") for known in scope.symbols):
        close = get_close_matches(word, [s for s in scope.symbols if "." in s], 1, 0.6)
        there = ", ".join(f"`{s}`" for s in scope.symbols if s.startswith(f"{name.path[0]}."))
        help = f"did you mean `{close[0]}`?" if close else f"there are {there}"
        context.report(rule, f"join `{name.path[0]}` brings no column `{name.name}`", name.place, help)
    else:
        context.report(rule, f"`{word}`: no join is called `{name.path[0]}`", name.place, _known(name.name, scope))
