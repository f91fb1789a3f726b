"""The tests of a document as tables: what is given, what is expected."""

from collections.abc import Iterator
from dataclasses import dataclass

from kpispec.render.shelf import Shelf
from kpispec.spec import Expectation, GivenRows, TestSpec


def _(message: str) -> str:
    return message


NULL = "null"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a data set or input, or the one value of an input. A cell that is not given is empty."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    name: str
    asked: str
    given: tuple[Table, ...]
    expected: Table


def trial_of(test: TestSpec, shelf: Shelf) -> Trial:
    asked = [("period", test.period), ("as_of", test.as_of), ("by", ", ".join(test.by))]
    return Trial(
        name=test.name,
        asked=", ".join(f"{key}: {value}" for key, value in asked if value),
        given=tuple(_given(test, shelf)),
        expected=_expected(test.expect, shelf),
    )


def _given(test: TestSpec, shelf: Shelf) -> Iterator[Table]:
    for given in test.given:
        if not isinstance(given, GivenRows):
            value = given.value.value if given.value is not None else NULL
            yield Table(given.name.value, (given.name.value,), ((value,),))
            continue
        columns = tuple(dict.fromkeys(column for row in given.rows for column, _text, _quoted in row))
        rows = tuple(_row(row, columns) for row in given.rows)
        note = "" if rows else shelf.words.say(_("no rows"))
        yield Table(given.name.value, columns, rows, note)


def _row(row: tuple[tuple[str, object, bool], ...], columns: tuple[str, ...]) -> tuple[str, ...]:
    cells = {column: NULL if text is None else str(getattr(text, "value", text)) for column, text, _quoted in row}
    return tuple(cells.get(column, "") for column in columns)


def _expected(expected: tuple[Expectation, ...], shelf: Shelf) -> Table:
    lines = [_told(e) for e in expected]
    columns = tuple(dict.fromkeys(key for line in lines for key in line))
    rows = tuple(tuple(line.get(column, "") for column in columns) for line in lines)
    return Table(shelf.words.say(_("Expected")), columns, rows)


def _told(expected: Expectation) -> dict[str, str]:
    """What one segment must give, under the keys of `expect`."""
    told = {dimension: NULL if value is None else value for dimension, value in expected.segment}
    if expected.null_value or expected.value is not None:
        told["value"] = NULL if expected.value is None else expected.value.value
    texts = {"low": expected.low, "high": expected.high}
    told |= {key: text.value for key, text in texts.items() if text is not None}
    plain = {"status": expected.status, "n": expected.n, "tolerance": expected.tolerance}
    told |= {key: str(value) for key, value in plain.items() if value is not None}
    if expected.rejected is not None:
        told["rejected"] = ", ".join(f"{reason}: {count}" for reason, count in expected.rejected) or "0"
    return told
