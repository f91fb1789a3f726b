"""The page about functions and reserved words, made from their tables: `python -m kpispec.formula.reference`."""

import sys
from collections.abc import Iterable

from kpispec.formula.aggregates import AGGREGATES
from kpispec.formula.moments import TIME, WINDOWS
from kpispec.formula.scalars import CHOICES, NUMERIC, TEXT
from kpispec.formula.signature import ACCEPTED, Function
from kpispec.formula.tree import Type
from kpispec.words import RESERVED

_RESULTS = {"same": "as its argument", "real": "number or duration, as its argument", "common": "as its arguments"}

_INTRODUCTION = """# Functions

Made from the tables in `kpispec/formula` by `python -m kpispec.formula.reference > docs/reference/functions.md`.

What is not listed cannot be called. An argument in square brackets may be left out; `...` repeats the last one. Types
do not convert by themselves, except that a date beside a timestamp is the instant of its local midnight. A `date` plus
a duration written in whole days stays a date; any other duration makes a timestamp of it. `cast(text as number)`, and
to any other type, gives null where the text cannot be read as one.
"""

_OF_AGGREGATES = """They stand in formulas of KPIs. Only `count` takes `distinct`; all but `count_if` and `sum_if` take
`filter (where ...)`. In computed columns of data sets they take `over (...)`."""

_SECTIONS: tuple[tuple[str, str, tuple[Function, ...]], ...] = (
    (
        "Aggregates",
        _OF_AGGREGATES,
        AGGREGATES,
    ),
    ("Numbers", "", NUMERIC),
    ("Choices", "", CHOICES),
    ("Text", "Text compares exactly, capitals and accents included.", TEXT),
    ("Dates and periods", "`period_start`, `period_end` and `observed_until` are unknown in computed columns.", TIME),
    ("Windows", "In computed columns of data sets only, with `over (partition by .. order by ..)`.", WINDOWS),
)


def page() -> str:
    parts = [_INTRODUCTION]
    for title, text, functions in _SECTIONS:
        parts.append(f"## {title}\n" + (f"\n{text}\n" if text else ""))
        parts += [_entry(function) for function in functions]
    words = ", ".join(f"`{word}`" for word in sorted(RESERVED))
    parts.append(f"## Reserved words\n\nInputs, params and columns cannot have these names: {words}.\n")
    return "\n".join(parts)


def _entry(function: Function) -> str:
    result = function.result.value if isinstance(function.result, Type) else _RESULTS[function.result]
    facts = [f"Takes {_takes(function)}." if function.params else "", f"Gives: {result}.", f"Unit: {function.unit}."]
    nulls = [
        f"Nulls: {function.nulls}." if function.nulls else "",
        f"Over nothing: {function.empty}." if function.empty else "",
    ]
    lines = [f"### `{function.signature}`", "", f"{_sentence(function.summary)}", ""]
    lines += [_joined([*facts, *nulls]), "", f"    {function.example}", ""]
    return "\n".join(lines)


def _takes(function: Function) -> str:
    return "; ".join(
        f"`{p.name}`: {ACCEPTED[p.accepts]}{', written out' if p.constant else ''}" for p in function.params
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


if __name__ == "__main__":
    sys.stdout.write(page())
