"""What a test expects against what it got, in sentences."""

from collections.abc import Iterator
from math import isclose

from kpispec.diagnostics import Findings
from kpispec.evaluate.report import Reading, Segment
from kpispec.formula.constants import constant
from kpispec.formula.parse import parse
from kpispec.formula.tree import Duration, walk
from kpispec.source import Text
from kpispec.spec import Expectation
from kpispec.units import parse_unit

TOLERANCE = 1e-9


def compared(expected: Expectation, reading: Reading | None) -> Iterator[str]:
    """What differs, a sentence each; nothing where the reading is as expected."""
    if reading is None:
        yield f"{named(expected.segment)} is not there"
        return
    where = f"{named(expected.segment)}: " if expected.segment else ""
    if expected.null_value and reading.value is not None:
        yield f"{where}expected null, got {_shown(reading.value)}"
    for name, text, got in _figures(expected, reading):
        if text is not None:
            yield from _off(where + name, text, got, expected.tolerance, reading.unit)
    if expected.n is not None and expected.n != reading.n:
        yield f"{where}expected n {expected.n}, got {reading.n}"
    if expected.status is not None and expected.status != reading.status.value:
        yield f"{where}expected status {expected.status}, got {reading.status.value}"
    if expected.rejected is not None and dict(expected.rejected) != dict(reading.rejected):
        yield f"{where}expected rejects {_counts(expected.rejected)}, got {_counts(reading.rejected)}"


def _figures(expected: Expectation, reading: Reading) -> Iterator[tuple[str, Text | None, float | None]]:
    interval = reading.interval
    yield "", expected.value, reading.value
    yield "low ", expected.low, interval.low if interval is not None else None
    yield "high ", expected.high, interval.high if interval is not None else None


def _off(name: str, text: Text, got: float | None, tolerance: float | None, unit: str) -> Iterator[str]:
    wanted = _wanted(text, unit)
    if got is None:
        yield f"{name}expected {text.value}, got null"
    elif not isclose(wanted, got, rel_tol=TOLERANCE, abs_tol=tolerance if tolerance is not None else 1e-12):
        yield f"{name}expected {text.value}, got {_shown(got)}"


def _wanted(text: Text, unit: str) -> float:
    """The value of a constant in the KPI's unit: `4 h` on a KPI in minutes is 240."""
    parsed = parse(text, "", Findings())
    value = constant(parsed) if parsed is not None else None
    assert value is not None
    own = parse_unit(unit)
    seconds = parsed is not None and any(isinstance(e, Duration) for e in walk(parsed))
    return value / own.factor if seconds and own is not None and own.family == "duration" else value


def _shown(value: float) -> str:
    return f"{value:.12g}"


def _counts(found: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(found)) or "none"


def named(segment: Segment) -> str:
    return ", ".join(f"{d} {v if v is not None else 'not given'}" for d, v in segment)
