"""Figures as people read them; spaces and signs are compared exactly."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.periods import key_of, period_of
from kpispec.render.format import (
    Figures,
    format_day,
    format_days,
    format_instant,
    format_period,
    format_value,
    number,
    rounded,
    steady_decimals,
)

VALUES = [
    (79.2, "percent", "fr", "79,2\u00a0%"),
    (79.2, "%", "en", "79.2%"),
    (39.84, "points", "fr", "39,8"),
    (1482006, "count", "fr", "1\u202f482\u202f006"),
    (1482006, "count", "en", "1,482,006"),
    (15120, "s", "en", "4\u00a0h\u00a012\u00a0min"),
    (405, "s", "fr", "6\u00a0min\u00a045\u00a0s"),
    (252, "min", "fr", "4\u00a0h\u00a012\u00a0min"),
    (2.5, "h", "en", "2\u00a0h\u00a030\u00a0min"),
    (2.4, "d", "fr", "2\u00a0j\u00a010\u00a0h"),
    (2.4, "d", "en", "2\u00a0d\u00a010\u00a0h"),
    (3599.6, "s", "en", "1\u00a0h"),
    (59.96, "s", "en", "1\u00a0min"),
    (0.347, "s", "en", "0.35\u00a0s"),
    (0, "s", "en", "0\u00a0s"),
    (1234.5, "EUR", "fr", "1\u202f234,50\u00a0€"),
    (1234.5, "EUR", "en", "€1,234.50"),
    (123456.7, "EUR", "en", "€123,457"),
    (12.5, "CHF", "en", "CHF\u00a012.50"),
    (4.314, "score 1..5", "en", "4.31"),
    (78.25, "score 0..100", "en", "78.3"),
    (6.9, "per 1000 subscribers", "fr", "6,90"),
    (-0.04, "percent", "en", "0.0%"),
    (-12.34, "points", "en", "\u221212.3"),
    (None, "percent", "en", "–"),
]


@pytest.mark.parametrize(("value", "unit", "language", "text"), VALUES)
def test_a_value_is_written_with_its_unit_in_its_language(value, unit, language, text):
    assert format_value(value, unit, language) == text


def test_the_spec_s_decimals_win():
    assert format_value(98.2149, "percent", "en", decimals=2) == "98.21%"
    assert format_value(12, "number", "en", decimals=0) == "12"


def test_halves_round_away_from_zero_and_zero_has_no_sign():
    assert [str(rounded(x, 0)) for x in (0.5, 1.5, 2.5, -2.5, -0.4)] == ["1", "2", "3", "-3", "0"]
    assert rounded(2.675, 2) == Decimal("2.68")


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (3.5, "percent", "fr", "+3,5\u00a0pt"),
        (-3.5, "percent", "en", "\u22123.5\u00a0pp"),
        (3.5, "points", "en", "+3.5\u00a0pt"),
        (-34, "s", "fr", "\u221234\u00a0s"),
        (5300, "s", "en", "+1\u00a0h\u00a028\u00a0min"),
        (18.36, "EUR", "en", "+€18.36"),
        (-0.04, "percent", "fr", "0,0\u00a0pt"),
        (0, "count", "en", "0"),
    ],
)
def test_a_difference_has_a_sign_and_percentages_differ_by_points(value, unit, language, text):
    assert Figures(unit, language).delta(value) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "language", "text"),
    [
        (77.4, 80.8, "percent", "fr", "77,4 – 80,8\u00a0%"),
        (77.4, 80.8, "percent", "en", "77.4 – 80.8%"),
        (12.3, 15.4, "EUR", "en", "€12.30 – 15.40"),
        (18660, 19800, "s", "en", "5\u00a0h\u00a011 – 5\u00a0h\u00a030\u00a0min"),
        (46, 52, "s", "en", "46 – 52\u00a0s"),
        (3300, 4200, "s", "en", "55\u00a0min – 1\u00a0h\u00a010\u00a0min"),
        (-1.5, 2.5, "points", "en", "\u22121.5 – 2.5"),
        (None, 5, "count", "en", "≤\u00a05"),
        (99.5, 1234, "number", "en", "100 – 1,234"),
    ],
)
def test_a_range_carries_its_unit_once(low, high, unit, language, text):
    assert Figures(unit, language).range(low, high) == text


@pytest.mark.parametrize(
    ("value", "cut", "unit", "text"),
    [
        (79.96, 80, "percent", "79.96%"),
        (79.9996, 80, "percent", "79.9996%"),
        (80, 80, "percent", "80.0%"),
        (-0.004, 0, "points", "\u22120.004"),
        (14420, 14400, "s", "4\u00a0h\u00a000\u00a0min\u00a020\u00a0s"),
    ],
)
def test_a_value_shows_more_digits_rather_than_cross_a_bound(value, cut, unit, text):
    assert Figures(unit, "en").value(value, (cut,)) == text


@given(st.floats(-100, 100), st.sampled_from([-50.0, 0.0, 33.3, 80.0]))
def test_a_percentage_is_never_shown_on_the_wrong_side_of_its_bound(value, cut):
    shown = Figures("percent", "en").value(value, (cut,)).rstrip("%").replace("\u2212", "-")
    judged = float(f"{value:.12g}")
    if abs(judged - cut) > 1e-6:
        assert (float(shown) > cut) == (judged > cut)
        assert (float(shown) < cut) == (judged < cut)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_no_figure_is_written_as_minus_zero(value):
    for unit in ("percent", "s", "EUR", "number"):
        text = Figures(unit, "en").value(value)
        assert not text.startswith("\u2212") or any(c in "123456789" for c in text)
        assert "-" not in text


def test_ticks_are_exact_and_money_has_two_decimals_or_none():
    percent, money = Figures("percent", "en"), Figures("EUR", "fr")
    assert [percent.tick(v) for v in (80, 82.5, 99.95)] == ["80%", "82.5%", "99.95%"]
    assert [money.tick(v) for v in (60, 62.5)] == ["60\u00a0€", "62,50\u00a0€"]


def test_a_kpi_that_hardly_moves_gets_one_decimal_more():
    assert steady_decimals("percent", [98.21, 98.24, 98.19, 98.22, 98.2, 98.23, 98.21]) == 2
    assert steady_decimals("percent", [77, 78.4, 79.1, 77, 78, 79, 80]) == 1
    assert steady_decimals("percent", [77.0, 77.01]) == 1
    assert steady_decimals("s", [400, 410]) == 0


def test_large_figures_can_be_compact():
    assert Figures("count", "en", compact=True).value(1_482_006) == "1.5M"
    assert Figures("count", "en", compact=True).value(942) == "942"


def test_days_and_periods():
    assert format_day(date(2026, 8, 31), "en") == "31 August 2026"
    assert format_day(date(2026, 1, 1), "fr") == "1er janvier 2026"
    assert format_day(date(2026, 1, 11), "fr") == "11 janvier 2026"
    assert format_instant(datetime(2026, 9, 3), "en") == "3 September 2026"
    assert format_instant(datetime(2026, 9, 3, 14, 5), "fr") == "3 septembre 2026, 14:05"
    shown = {
        grain: [format_period(period_of(grain, key_of(date(2026, 8, 10), grain)), tag) for tag in ("en", "fr")]
        for grain in ("day", "week", "month", "quarter", "year", "all")
    }
    assert shown == {
        "day": ["10 August 2026", "10 août 2026"],
        "week": ["W33 2026", "S33 2026"],
        "month": ["August 2026", "août 2026"],
        "quarter": ["3rd quarter 2026", "3e trimestre 2026"],
        "year": ["2026", "2026"],
        "all": ["", ""],
    }
    assert format_period(period_of("week", key_of(date(2026, 1, 1), "week")), "en") == "W01 2026"


def test_ages():
    assert format_days(2.1, "en") == "2\u00a0d\u00a02\u00a0h"
    assert format_days(64.5, "fr") == "64\u00a0j"
    assert format_days(0, "en") == "0\u00a0s"


def test_a_language_without_a_locale_is_written_as_english():
    assert format_value(1234.5, "number", "xx-nowhere") == format_value(1234.5, "number", "en")
    assert number(Decimal("1234.50"), "de") == "1.234,50"
