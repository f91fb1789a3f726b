"""Units: read, converted within their family, guessed where misspelt."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from kpispec.units import CURRENCIES, Amount, Unit, convert, duration_seconds, parse_amount, parse_unit, suggest_unit


def unit(name: str) -> Unit:
    found = parse_unit(name)
    assert found is not None, name
    return found


@pytest.mark.parametrize(
    ("text", "name", "family"),
    [
        ("percent", "percent", "percent"),
        ("%", "percent", "percent"),
        ("pt", "points", "points"),
        ("points", "points", "points"),
        ("minutes", "min", "duration"),
        ("h", "h", "duration"),
        ("count", "count", "count"),
        ("number", "number", "number"),
        ("score 1..5", "score 1..5", "score 1..5"),
        ("score -6 .. 6", "score -6..6", "score -6..6"),
        ("EUR", "EUR", "currency EUR"),
        ("per 1000 subscribers", "per 1000 subscribers", "per subscriber"),
        ("per subscriber", "per subscriber", "per subscriber"),
        ("per 1000 subscriber-years", "per 1000 subscriber-years", "per subscriber-year"),
    ],
)
def test_a_unit_has_one_name_and_a_family(text: str, name: str, family: str) -> None:
    assert (unit(text).name, unit(text).family) == (name, family)


@pytest.mark.parametrize(
    "text", ["", "pct", "Percent", "eur", "XYZ", "score 5..1", "score", "per 0 subscribers", "per", "m"]
)
def test_what_is_no_unit_is_none(text: str) -> None:
    assert parse_unit(text) is None


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("Percent", "percent"),
        ("pct", "percent"),
        ("percnt", "percent"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("pp", "points"),
        ("score 1-5", "score 1..5"),
        ("score 1 to 10", "score 1..10"),
        ("Hours", "hours"),
        ("hr", "h"),
        ("m", "min"),
        ("flurbs", None),
    ],
)
def test_a_misspelt_unit_is_guessed(text: str, likely: str | None) -> None:
    assert suggest_unit(text) == likely
    assert likely is None or parse_unit(likely) is not None


@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("80", 80, None),
        ("-3.5", -3.5, None),
        (".5", 0.5, None),
        ("1e3", 1000, None),
        ("4 h", 4, "h"),
        ("5 %", 5, "percent"),
        ("5%", 5, "percent"),
        ("2 weeks", 2, "week"),
        ("12 EUR", 12, "EUR"),
        ("3 per 1000 subscribers", 3, "per 1000 subscribers"),
    ],
)
def test_an_amount_is_a_figure_with_or_without_a_unit(text: str, number: float, name: str | None) -> None:
    found = parse_amount(text)
    assert found is not None
    assert (found.number, found.unit.name if found.unit else None) == (number, name)


@pytest.mark.parametrize(
    "text", ["", "h", "4,5", "1 000", "4 parsecs", "nan", "inf", "1e999", "--4", "4 h h", "\u0664"]
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("text", "to", "value"),
    [
        ("4 h", "s", 14400),
        ("90 s", "min", 1.5),
        ("1 week", "d", 7),
        ("80", "percent", 80),
        ("5 %", "percent", 5),
        ("3 per 1000 subscribers", "per 100 subscribers", 0.3),
        ("5 %", "points", None),
        ("4 h", "percent", None),
        ("4 EUR", "USD", None),
        ("3 per 1000 calls", "per 1000 subscribers", None),
    ],
)
def test_amounts_convert_within_their_family(text: str, to: str, value: float | None) -> None:
    amount = parse_amount(text)
    assert amount is not None
    result = convert(amount, unit(to))
    assert result == (value if value is None else pytest.approx(value))


def test_a_bare_number_is_no_duration() -> None:
    assert (duration_seconds("2 days"), duration_seconds("2"), duration_seconds("2 %")) == (172800, None, None)


def test_scores_counts_and_points_have_a_reach() -> None:
    assert unit("score 1..5").reach == (1, 5)
    assert unit("points").reach == (-100, 100)
    assert unit("count").reach == (0, None)
    assert unit("percent").reach == (None, None)


def test_currencies_are_codes_that_locales_know() -> None:
    known = set(Locale("en").currencies) | {"ZWG"}  # ZWG is younger than some Babel releases
    assert known >= CURRENCIES
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)


@given(st.text(max_size=40))
def test_any_text_is_a_unit_an_amount_or_neither(text: str) -> None:
    parse_unit(text)
    parse_amount(text)
    likely = suggest_unit(text)
    assert likely is None or parse_unit(likely) is not None


@given(st.floats(-1e9, 1e9), st.sampled_from(["s", "min", "h", "d"]), st.sampled_from(["s", "min", "h", "d"]))
def test_a_conversion_there_and_back_changes_nothing(number: float, one: str, two: str) -> None:
    there = convert(Amount(number, unit(one)), unit(two))
    assert there is not None
    assert convert(Amount(there, unit(two)), unit(one)) == pytest.approx(number)
