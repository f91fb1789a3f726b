"""Bands: read in the indicator's unit, agreeing with each other and with the direction."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.bands import Band, Bands, Bounds, Direction, check_bands, parse_band
from kpispec.diagnostics import Finding, Findings
from kpispec.source import Text
from kpispec.units import parse_unit


def checked(unit: str, direction: Direction | None = None, **bands: str) -> tuple[Bands | None, list[Finding]]:
    named = parse_unit(unit)
    assert named is not None
    findings = Findings()
    good, watch, bad = (Text.of(bands[name]) if name in bands else None for name in ("good", "watch", "bad"))
    result = check_bands(good, watch, bad, direction, named, "kpi.x.thresholds", findings)
    assert (result is None) == (findings.errors > 0)
    return result, list(findings)


def bands(unit: str, direction: Direction | None = None, **texts: str) -> Bands:
    result, findings = checked(unit, direction, **texts)
    assert result is not None, [f.message for f in findings]
    return result


@pytest.mark.parametrize(
    ("text", "unit", "ranges"),
    [
        (">= 80", "percent", (Bounds(80, None),)),
        (">80", "percent", (Bounds(80, None, low_closed=False),)),
        ("< 4 h", "s", (Bounds(None, 14400, high_closed=False),)),
        ("<= 90 s", "min", (Bounds(None, 1.5),)),
        ("[45, 55)", "percent", (Bounds(45, 55, high_closed=False),)),
        ("(45 %, 55 %]", "percent", (Bounds(45, 55, low_closed=False),)),
        ("[4 h, 1 d]", "h", (Bounds(4, 24),)),
        ("[-10, 10]", "points", (Bounds(-10, 10),)),
        ("[5, 5]", "number", (Bounds(5, 5),)),
        ("outside [120, 900]", "s", (Bounds(None, 120, high_closed=False), Bounds(900, None, low_closed=False))),
        ("outside (120, 900)", "s", (Bounds(None, 120), Bounds(900, None))),
    ],
)
def test_a_band_is_read_in_the_unit(text: str, unit: str, ranges: tuple[Bounds, ...]) -> None:
    named = parse_unit(unit)
    assert named is not None
    band = parse_band(Text.of(text), named, "test", Findings())
    assert band is not None
    assert band.ranges == ranges


@pytest.mark.parametrize(
    ("unit", "texts", "direction"),
    [
        ("percent", {"good": ">= 80", "bad": "< 50"}, "higher_is_better"),
        ("percent", {"good": ">= 80"}, "higher_is_better"),
        ("percent", {"good": "[80, 100]"}, "higher_is_better"),
        ("percent", {"good": "[80, 90)", "bad": "< 50"}, "higher_is_better"),
        ("s", {"good": "<= 4 h", "bad": "> 24 h"}, "lower_is_better"),
        ("s", {"good": "[0 s, 4 h]"}, "lower_is_better"),
        ("count", {"bad": "> 100"}, "lower_is_better"),
        ("count", {"bad": "< 100"}, "higher_is_better"),
        ("percent", {"good": "[75, 85]"}, "closer_to_target"),
        ("percent", {"good": "[75, 85]", "bad": "outside [60, 95]"}, "closer_to_target"),
        ("points", {"good": ">= 50", "watch": "[0, 50)", "bad": "< 0"}, "higher_is_better"),
    ],
)
def test_the_bands_say_which_direction_is_better(unit: str, texts: dict[str, str], direction: str) -> None:
    assert bands(unit, None, **texts).direction == direction


def test_a_two_sided_good_band_may_aim_at_a_target_with_one_bad_side() -> None:
    assert bands("percent", "closer_to_target", good="[75, 85]", bad="> 90").direction == "closer_to_target"


WRONG: list[tuple[str, str, Direction | None, dict[str, str], str, str, str]] = [
    ("band-syntax", "percent", None, {"good": "80"}, "80", "the band `80` cannot be read", '`">= 80"` or `"<= 80"`'),
    ("band-syntax", "percent", None, {"good": "=> 80"}, "=> 80", "cannot be read", '`">= 80"`'),
    ("band-syntax", "percent", None, {"good": "≥ 80"}, "≥ 80", "cannot be read", '`">= 80"`'),
    ("band-syntax", "percent", None, {"good": "80-90"}, "80-90", "cannot be read", '`"[80, 90]"`'),
    ("band-syntax", "s", None, {"good": "between 4 h and 8 h"}, "between 4 h and 8 h", "read", '`"[4 h, 8 h]"`'),
    ("band-syntax", "percent", None, {"good": "> 45 and < 55"}, "> 45 and < 55", "read", '`"(45, 55)"`'),
    ("band-syntax", "percent", None, {"good": "[45, 55["}, "[45, 55[", "cannot be read", '`"[45, 55)"`'),
    ("band-syntax", "percent", None, {"good": ">= 4,5"}, "4,5", "`4,5` is no figure", "write `4.5`"),
    ("band-syntax", "percent", None, {"good": "[null, 5]"}, "[null, 5]", "two ends", '`"<= 5"`'),
    ("band-syntax", "percent", None, {"good": "great"}, "great", "cannot be read", "a band is"),
    ("band-syntax", "percent", None, {"good": ">="}, ">=", "cannot be read", "a band is"),
    ("band-syntax", "percent", None, {"good": ">= target"}, ">= target", "not supported yet", "write the figure"),
    ("band-syntax", "percent", None, {"good": "within 10 % of target"}, "within 10 % of target", "yet", "figure"),
    ("band-syntax", "percent", None, {"good": ">= 0.95 * target"}, ">= 0.95 * target", "yet", "figure"),
    ("unit-mismatch", "percent", None, {"good": ">= 4 h"}, "4 h", "`4 h` is in `h`", "in `percent`"),
    ("unit-mismatch", "EUR", None, {"good": ">= 4 USD"}, "4 USD", "is in `USD`", "in `EUR`"),
    ("band-out-of-reach", "percent", None, {"good": ">= 0.8"}, "0.8", "less than one percent", "likely `80`"),
    ("band-out-of-reach", "score 1..5", None, {"good": ">= 6"}, "6", "takes 1 to 5", "1 to 5"),
    ("band-out-of-reach", "points", None, {"bad": "< -200"}, "-200", "takes -100 to 100", "-100 to 100"),
    ("unreachable-band", "score 1..5", None, {"good": "> 5"}, "> 5", "no value is `> 5`", "move the bound"),
    ("unreachable-band", "count", None, {"bad": "< 0"}, "< 0", "0 and above", "move the bound"),
    ("unreachable-band", "percent", None, {"good": "[55, 45)"}, "[55, 45)", "no value lies in", "[45, 55]"),
    ("unreachable-band", "percent", None, {"good": "[5, 5)"}, "[5, 5)", "no value lies in", "`[5, 5]`"),
    (
        "overlapping-bands",
        "percent",
        None,
        {"good": ">= 80", "bad": "<= 80"},
        "<= 80",
        "both claim 80",
        "where the other",
    ),
    ("overlapping-bands", "s", None, {"good": "<= 4 h", "bad": "> 1 h"}, "> 1 h", "both claim 3600 to 14400", "begin"),
    ("band-hole", "percent", None, {"good": ">= 80", "watch": "[50, 70)", "bad": "< 50"}, "< 50", "70 to 80", "widen"),
    ("band-hole", "percent", None, {"good": "> 80", "watch": "[50, 80)", "bad": "< 50"}, "< 50", "what 80 is", "widen"),
    (
        "bands-against-direction",
        "percent",
        "lower_is_better",
        {"good": ">= 80"},
        ">= 80",
        "say `higher_is_better`",
        "write",
    ),
    ("bands-against-direction", "count", "higher_is_better", {"good": "<= 5", "bad": "> 5"}, "<= 5", "lower", "write"),
    ("bands-against-direction", "percent", "closer_to_target", {"good": ">= 80"}, ">= 80", "higher", "write"),
    (
        "bands-against-direction",
        "percent",
        None,
        {"good": "[50, 80)", "watch": ">= 80", "bad": "< 50"},
        "[50, 80)",
        "`watch` does not lie between",
        "order the bands",
    ),
    ("missing-direction", "percent", None, {"watch": "[1, 5]"}, "[1, 5]", "which direction", "add `direction"),
]


@pytest.mark.parametrize(("rule", "unit", "direction", "texts", "place", "message", "help"), WRONG)
def test_wrong_bands_are_one_finding(
    rule: str, unit: str, direction: Direction | None, texts: dict[str, str], place: str, message: str, help: str
) -> None:
    _, findings = checked(unit, direction, **texts)
    assert [f.rule for f in findings] == [rule]
    found = findings[0]
    assert found.span is not None
    assert found.span.text == place
    assert message in found.message
    assert found.help is not None
    assert help in found.help


def test_less_than_one_percent_is_written_with_its_unit() -> None:
    assert bands("percent", good="<= 0.5 %").good is not None


def test_an_overlap_shows_both_bands() -> None:
    _, findings = checked("percent", good=">= 80", bad="<= 80")
    assert [r.span.text for r in findings[0].related] == [">= 80"]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (80, "good"),
        (79.9999999999999, "good"),
        (79.999, "watch"),
        (50, "watch"),
        (49.99, "bad"),
        (-3, "bad"),
        (nan, None),
        (inf, None),
        (None, None),
    ],
)
def test_a_value_is_judged_at_twelve_digits(value: float | None, verdict: str | None) -> None:
    assert bands("percent", good=">= 80", bad="< 50").judge(value) == verdict


def test_a_bound_that_binary_cannot_hold_is_met_by_the_same_decimal() -> None:
    assert bands("percent", good=">= 0.3 %").judge(0.1 + 0.2) == "good"
    assert bands("min", good="<= 20 s").judge(20 / 60) == "good"


def test_without_bands_nothing_is_judged() -> None:
    assert bands("percent").judge(50) is None
    assert bands("percent", "lower_is_better").direction == "lower_is_better"


@pytest.mark.parametrize(
    ("unit", "texts", "cuts"),
    [
        ("percent", {"good": ">= 80", "bad": "< 50"}, (50, 80)),
        ("percent", {"good": ">= 80", "bad": "< 80"}, (80,)),
        ("percent", {"good": "[75, 85]", "bad": "outside [60, 95]"}, (60, 75, 85, 95)),
        ("percent", {"good": "[80, 100]"}, (80,)),
        ("score 1..5", {"good": ">= 4", "watch": "[3, 4)", "bad": "[1, 3)"}, (3, 4)),
        ("percent", {"good": ">= 0", "bad": "< 0"}, (0,)),
        ("min", {"good": "<= 4 h", "bad": "> 1 d"}, (240, 1440)),
        ("percent", {}, ()),
    ],
)
def test_cuts_lie_between_two_different_bands(unit: str, texts: dict[str, str], cuts: tuple[float, ...]) -> None:
    assert bands(unit, None, **texts).cuts() == cuts


@given(st.text(max_size=30))
def test_any_text_is_a_band_or_findings_inside_it(text: str) -> None:
    named = parse_unit("percent")
    assert named is not None
    findings = Findings()
    band = parse_band(Text.of(text), named, "test", findings)
    assert (band is None) == (findings.errors > 0)
    assert all(f.span is not None and 0 <= f.span.start <= f.span.end <= len(text) for f in findings)


FIGURES = st.integers(-50, 150)


@given(FIGURES, FIGURES, st.sampled_from(["[]", "[)", "(]", "()"]), st.integers(-60, 160))
def test_outside_holds_what_inside_does_not(low: int, high: int, ends: str, value: int) -> None:
    named = parse_unit("number")
    assert named is not None
    inside = parse_band(Text.of(f"{ends[0]}{low}, {high}{ends[1]}"), named, "test", Findings())
    outside = parse_band(Text.of(f"outside {ends[0]}{low}, {high}{ends[1]}"), named, "test", Findings())
    assert (inside is None) == (outside is None)
    if isinstance(inside, Band) and isinstance(outside, Band):
        assert inside.holds(value) != outside.holds(value)


@given(FIGURES, FIGURES, st.floats(-200, 200))
def test_bands_that_pass_give_every_value_one_verdict(cut: int, other: int, value: float) -> None:
    """No value is in two bands, and one below the bad bound is bad whatever else holds."""
    low, high = min(cut, other), max(cut, other)
    result = bands("number", good=f">= {high}", bad=f"< {low}")
    assert sum(band.holds(value) for _, band in result.named) <= 1
    if abs(value - low) > 1e-6 and abs(value - high) > 1e-6:
        assert result.judge(value) == ("bad" if value < low else "good" if value >= high else "watch")
