"""Bands: read in the indicator's unit, agreeing with each other and with the direction."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.bands import Band, Bands, Bounds, Direction, Known, check_bands, parse_band
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
    ("band-syntax", "percent", None, {"good": ">= target soon"}, "target soon", "cannot be read", "0.95 * target"),
    ("band-syntax", "percent", None, {"good": ">= 2 * target * 3"}, "2 * target * 3", "cannot be read", "0.95"),
    ("band-syntax", "percent", None, {"good": "within a bit of target"}, "a bit", "is no figure", "write a number"),
    ("band-syntax", "percent", None, {"good": "near target"}, "near target", "cannot be read", "within 10 % of"),
    ("unit-mismatch", "percent", None, {"good": ">= target - 4 h"}, "target - 4 h", "is in `h`", "in `percent`"),
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


# bands that follow a figure -----------------------------------------------------------------------------------------


def followed(
    unit: str, known: Known, direction: Direction | None = None, **texts: str
) -> tuple[Bands | None, list[Finding]]:
    named = parse_unit(unit)
    assert named is not None
    findings = Findings()
    good, watch, bad = (Text.of(texts[name]) if name in texts else None for name in ("good", "watch", "bad"))
    return check_bands(good, watch, bad, direction, named, "kpi.x.thresholds", findings, known), list(findings)


@pytest.mark.parametrize(
    ("text", "unit", "at", "ranges"),
    [
        (">= target", "percent", 80, (Bounds(80, None),)),
        ("< 0.95 * target", "percent", 80, (Bounds(None, 76, high_closed=False),)),
        ("< target * 0.95", "percent", 80, (Bounds(None, 76, high_closed=False),)),
        (">= 95 % of target", "percent", 80, (Bounds(76, None),)),
        (">= target - 2 pt", "percent", 80, (Bounds(78, None),)),
        ("<= target + 5 min", "s", 600, (Bounds(None, 900),)),
        ("<= target + 5 %", "s", 600, (Bounds(None, 630),)),
        ("within 10 % of target", "s", 400, (Bounds(360, 440),)),
        ("within 10 % of target", "points", -20, (Bounds(-22, -18),)),
        ("within 1 min of target", "s", 400, (Bounds(340, 460),)),
        ("[0.9 * target, target)", "percent", 80, (Bounds(72, 80, high_closed=False),)),
        ("[50, target)", "percent", 80, (Bounds(50, 80, high_closed=False),)),
        (
            "outside [0.9 * target, 1.1 * target]",
            "percent",
            50,
            (Bounds(None, 45, high_closed=False), Bounds(55.00000000000001, None, low_closed=False)),
        ),
        (
            "outside 10 % of target",
            "percent",
            50,
            (Bounds(None, 45, high_closed=False), Bounds(55, None, low_closed=False)),
        ),
        ("[target, 0.9 * target)", "percent", 80, ()),
    ],
)
def test_a_band_follows_the_target(text: str, unit: str, at: float, ranges: tuple[Bounds, ...]) -> None:
    named = parse_unit(unit)
    assert named is not None
    band = parse_band(Text.of(text), named, "test", Findings())
    assert band is not None
    assert (band.ranges, band.needs) == ((), {"target"})
    assert band.at({"target": at}).ranges == ranges


def test_bands_that_follow_a_figure_judge_nothing_until_it_is_known() -> None:
    found, said = followed("percent", {"target": (80,)}, good=">= target", bad="< 0.9 * target")
    assert found is not None
    assert said == []
    assert (found.needs, found.judge(85), found.cuts()) == (("target",), None, ())
    at = found.at({"target": 80})
    assert [at.judge(v) for v in (80, 79.9, 72, 71.9)] == ["good", "watch", "watch", "bad"]
    assert (at.needs, at.cuts(), at.direction) == ((), (72, 80), "higher_is_better")


def test_the_worse_of_two_bands_counts_where_figures_come_to_cross() -> None:
    found, _ = followed("percent", {"target": (), "previous": ()}, good=">= target", bad="< previous")
    assert found is not None
    assert found.at({"target": 70, "previous": 75}).judge(72) == "bad"


@pytest.mark.parametrize(
    ("unit", "known", "direction", "texts", "rules"),
    [
        ("percent", {"target": (80,)}, None, {"good": ">= target", "bad": "< 50"}, []),
        ("percent", {"target": (80, 45)}, None, {"good": ">= target", "bad": "< 50"}, ["overlapping-bands"]),
        ("percent", {"target": ()}, None, {"good": ">= target", "bad": "< 50"}, ["mixed-bands"]),
        ("percent", {"previous": ()}, None, {"good": ">= previous", "bad": "< 0.95 * previous"}, []),
        ("percent", {"previous": ()}, None, {"good": ">= previous"}, []),
        ("percent", {"previous": ()}, None, {"good": ">= previous", "bad": "< previous - 2 pt"}, []),
        ("percent", {"previous": ()}, None, {"good": ">= previous", "bad": "< 1.1 * previous"}, ["overlapping-bands"]),
        ("percent", {"previous": ()}, None, {"good": ">= previous", "bad": "< 50"}, ["mixed-bands"]),
        ("percent", {}, None, {"good": ">= target"}, ["bound-unknown"]),
        ("percent", {"target": (80,)}, None, {"good": ">= benchmark"}, ["bound-unknown"]),
        (
            "percent",
            {"target": (80,)},
            None,
            {"good": ">= target", "watch": "[0.9 * target, target)", "bad": "< 0.8 * target"},
            ["band-hole"],
        ),
        ("score 1..5", {"target": (4.8,)}, None, {"good": ">= 1.1 * target"}, ["unreachable-band"]),
        ("score 1..5", {"target": ()}, None, {"good": ">= 1.1 * target"}, []),
        ("percent", {"previous": ()}, None, {"good": "[previous, 0.9 * previous]"}, ["unreachable-band"]),
        ("percent", {"target": (80,)}, "lower_is_better", {"good": ">= target"}, ["bands-against-direction"]),
        ("percent", {"benchmark": (70, 76)}, None, {"good": ">= benchmark", "bad": "< 73"}, ["overlapping-bands"]),
    ],
)
def test_bands_that_follow_figures_are_checked_as_far_as_they_are_known(
    unit: str, known: Known, direction: Direction | None, texts: dict[str, str], rules: list[str]
) -> None:
    found, said = followed(unit, known, direction, **texts)
    assert [f.rule for f in said] == rules
    assert (found is None) == any(f.severity == "error" for f in said)


def test_what_is_within_so_far_of_a_target_says_closer_to_target() -> None:
    found, _ = followed("s", {"target": (400,)}, good="within 10 % of target", bad="outside 25 % of target")
    assert found is not None
    assert found.direction == "closer_to_target"


def test_a_finding_names_the_figure_at_which_bands_meet() -> None:
    _, said = followed("percent", {"target": (45,)}, good=">= target", bad="< 50")
    assert said[0].message == "`good: >= target` and `bad: < 50` both claim 45 to 50 where `target` is 45"
