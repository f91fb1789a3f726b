"""How a CSV file is written: its delimiter and its header. Read here once, so that the engine never guesses."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from kpispec.engine.base import EngineError, Failure

# In the order in which a tie is settled: a comma also stands inside texts and numbers, a tab hardly ever.
_DELIMITERS = ("\t", ";", "|", ",")
_SAMPLE = 50
_FIELD_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """`names` are the header's, without surrounding blanks, empty and repeated ones made distinct.

    `skip` counts the lines before the header, empty ones included: the engine would take an empty line for the header.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int = 0


def dialect(
    lines: Iterable[str], shown: str, *, skip: int = 0, delimiter: str | None = None, decimal: str | None = None
) -> Dialect:
    """The dialect of a file from its first lines, line ends kept. Raises EngineError where there is no header."""
    rest = iter(lines)
    passed, sample = _header_first(rest, skip)
    if not sample:
        raise EngineError(
            Failure.UNREADABLE,
            f"`{shown}` has no header" + (f" after {skip} skipped lines" if skip else ": it is empty"),
            help="give it a first line with the names of its columns",
            path=shown,
        )
    sample += islice(rest, _SAMPLE)
    chosen = _spoken(delimiter) or _guessed(sample, shown, decimal)
    return Dialect(chosen, distinct(_records(sample, chosen, shown)[0]), passed)


def distinct(header: Iterable[str]) -> tuple[str, ...]:
    """Names without blanks around them; a column without one is `column3`, a repeated one `name_1`."""
    names: list[str] = []
    seen: set[str] = set()
    for number, written in enumerate(header, start=1):
        name = base = " ".join(written.replace("\ufeff", "").split()) or f"column{number}"
        repeat = 0
        while name.lower() in seen:
            repeat += 1
            name = f"{base}_{repeat}"
        seen.add(name.lower())
        names.append(name)
    return tuple(names)


def _header_first(lines: Iterator[str], skip: int) -> tuple[int, list[str]]:
    """How many lines stand before the header, and the header's first line; none where the file ends before it."""
    for number, line in enumerate(lines):
        if number >= skip and line.strip("\r\n"):
            return number, [line]
    return 0, []


def _spoken(delimiter: str | None) -> str | None:
    return {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(delimiter or "", delimiter)


def _guessed(sample: list[str], shown: str, decimal: str | None) -> str:
    """The delimiter under which most lines have as many cells as the header, then the one with most cells."""
    if PurePath(shown.lower().removesuffix(".gz").removesuffix(".zst")).suffix == ".tsv":
        return "\t"
    candidates = [d for d in _DELIMITERS if d != decimal]
    fitness = {d: _fitness(sample, d, shown) for d in candidates}
    best = max(candidates, key=lambda d: fitness[d])
    return best if fitness[best][0] else ","


def _fitness(sample: list[str], delimiter: str, shown: str) -> tuple[bool, int, int]:
    records = _records(sample, delimiter, shown)
    width = len(records[0])
    # The last record of the sample may be cut in the middle of a quoted text.
    body = records[1:-1] or records[1:]
    fitting = sum(1 for record in body if len(record) == width)
    return width > 1, fitting if width > 1 else 0, width


def _records(sample: list[str], delimiter: str, shown: str) -> list[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        return [record for record in csv.reader(sample, delimiter=delimiter) if record]
    except (csv.Error, TypeError) as error:  # of another type where the delimiter is more than a character
        raise EngineError(
            Failure.UNREADABLE, f"`{shown}` cannot be read as CSV", detail=str(error), path=shown
        ) from None
