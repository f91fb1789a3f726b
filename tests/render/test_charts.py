"""Geometry: what a chart shows of odd courses, and that its coordinates are steady text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.render.charts import bullet, bullet_scale, dots, spark, trend
from kpispec.render.scales import Linear, coordinate, ticks
from kpispec.render.zones import Label, Zone, Zones, apart

FIGURES = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(("x", "text"), [(0.04, "0"), (-0.04, "0"), (12.0, "12"), (12.34, "12.3"), (-3.05, "-3.0")])
def test_a_coordinate_has_one_decimal_and_no_needless_sign(x, text):
    assert coordinate(x) == {"-3.0": "-3"}.get(text, text)


@given(FIGURES)
def test_a_coordinate_is_never_minus_zero_nor_ends_in_point_zero(x):
    assert re.fullmatch(r"-?\d+(\.[1-9])?", coordinate(x))
    assert coordinate(x) != "-0"


def test_a_constant_course_is_a_flat_line_at_mid_height():
    chart = spark([5.0, 5.0, 5.0], [None] * 3, open_last=False)
    assert chart.line == "M4 20L76.5 20L149 20"


def test_a_gap_stays_a_gap_and_a_lonely_point_is_seen():
    chart = spark([1.0, 2.0, None, 3.0, None, 2.0, 1.0], [None] * 7, open_last=False)
    assert chart.line.count("M") == 3
    assert chart.alone.count("h0") == 1


def test_one_point_is_a_dot():
    chart = spark([7.0], [None], open_last=False)
    assert chart.last == ("76.5", "20")
    assert chart.alone


def test_a_course_without_values_is_no_chart():
    assert spark([None, None], [None, None], open_last=False) is None
    assert trend([None], [None], [None], ["Aug"], words=["–"], tick=Plain(), open_last=False) is None


def test_a_running_period_hangs_on_a_dashed_tail():
    chart = spark([1.0, 2.0, 3.0], [None] * 3, open_last=True)
    assert chart.open_last
    assert chart.line == "M4 35L76.5 20"
    assert chart.tail == "M76.5 20L149 5"


def test_a_target_is_drawn_where_it_leaves_the_line_its_shape():
    near = spark([1.0, 2.0, 3.0], [3.5] * 3, open_last=False)
    far = spark([1.0, 2.0, 3.0], [300.0] * 3, open_last=False)
    assert near.target.count("H") == 1
    assert far.target == ""


def test_a_target_that_changes_is_a_stair():
    chart = spark([1.0, 2.0, 3.0, 2.0], [1.0, 1.0, 2.0, None], open_last=False)
    assert chart.target.count("H") == 2
    assert chart.target.count("L") == 1


class Plain:
    seconds = None

    def write(self, value):
        return f"{value:g}"


def test_a_trend_has_an_axis_a_band_and_a_label_for_its_last_point():
    values = [36.0, 38.0, None, 41.0]
    spans = [(34.0, 38.0), (36.0, 40.0), None, (39.0, 43.0)]
    chart = trend(
        values,
        spans,
        [40.0] * 4,
        ["May", "Jun", "Jul", "Aug"],
        words=["36", "38", "–", "41"],
        tick=Plain(),
        open_last=False,
    )
    assert chart.fog.count("Z") == 2
    assert chart.last_label[2] == "41"
    assert [text for _, _, text in chart.ticks] == ["34", "36", "38", "40", "42"]
    assert [text for _, text in chart.labels] == ["May", "Jun", "Jul", "Aug"]


@given(st.lists(st.one_of(st.none(), FIGURES), min_size=1, max_size=30))
def test_all_points_lie_inside_the_drawing(values):
    spans = [None if v is None else (v - 1, v + 2) for v in values]
    labels = [str(i) for i in range(len(values))]
    chart = trend(values, spans, [3.0] * len(values), labels, words=labels, tick=Plain(), open_last=False)
    if chart is None:
        assert all(v is None for v in values)
        return
    for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", chart.line + chart.fog):
        assert 0 <= float(x) <= 622
        assert 0 <= float(y) <= 214
    assert 1 <= len(chart.labels) <= 5


@given(FIGURES, st.floats(0.001, 1e5))
def test_ticks_are_few_sorted_and_inside(low, width):
    marks = ticks(low, low + width)
    assert 1 <= len(marks) <= 8
    assert marks == sorted(marks)
    assert all(low - width * 1e-3 - 1e-6 <= m <= low + width * 1.001 + 1e-6 for m in marks)


def test_ticks_of_durations_are_those_of_a_clock():
    assert ticks(10_000, 20_000, 1.0) == [10800, 12600, 14400, 16200, 18000, 19800]
    assert ticks(2, 5, 3600.0) == [2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert ticks(1, 30, 86400.0) == [5, 10, 15, 20, 25, 30]


def test_a_bullet_has_a_bar_from_zero_or_a_dot_where_zero_is_not_there():
    bands = [("good", 80.0, None), ("bad", None, 50.0), ("watch", 50.0, 80.0)]
    bar = bullet((0, 100), bands, 79.0, (77.0, 81.0), 82.0)
    assert bar.bar == ("1", "169.1")
    assert [tone for tone, _, _ in bar.bands] == ["bad", "watch", "good"]
    assert bar.fog is not None
    dot = bullet((70, 100), bands, 79.0, None, None)
    assert dot.bar is None
    assert dot.dot == "65.2"


def test_what_lies_off_the_scale_is_held_at_its_end():
    chart = bullet((0, 10), [("good", 5.0, None)], 99.0, (5.0, None), 20.0)
    assert (chart.dot, chart.target) == ("215", "215")
    assert chart.fog == ("108", "107")


@pytest.mark.parametrize(
    ("figures", "reach", "scale"),
    [
        ([50, 80, 82, 79], (0, 100), (0, 100)),
        ([97, 98, 98.3], (0, 100), (96.805, 98.495)),
        ([14400, 21600, 13000], None, (0, 24192)),
        ([98, 100], None, (97.7, 100.3)),
        ([-40, 120], (0, 100), (-64, 144)),
    ],
)
def test_a_scale_is_the_unit_s_reach_or_from_zero_or_close(figures, reach, scale):
    assert bullet_scale(figures, reach) == pytest.approx(scale)


def test_segments_share_a_scale_with_the_whole():
    placed, whole = dots([1.0, None, 3.0], [(0.5, 1.5), None, None], 2.0)
    assert placed[1] is None
    assert float(placed[0].x) < float(whole) < float(placed[2].x)
    assert placed[2].line is None
    assert dots([None], [None], None) == ([None], None)


LIMITED = Zones((Zone(0, 3, -10.0, 0.0, 10.0),), signals=(1,), runs=(2,), labels=(Label(10.0, "10", "upper"),))


def test_limits_are_a_band_behind_the_course_and_its_signals_are_dots():
    chart = spark([1.0, 12.0, 3.0, 2.0], [50.0] * 4, open_last=False, zones=LIMITED)
    (band,) = chart.limits.bands
    assert (band.y, band.height, band.mean) == ("7.7", "27.3", "M0 21.4H153")
    assert chart.limits.signals == "M52.3 5h0"
    assert chart.limits.runs.count("h0") == 1
    assert chart.target == ""  # dashes are the mean


@pytest.mark.parametrize(("at", "last"), [(1, ""), (3, "signal")])
def test_the_last_point_has_one_mark_of_its_own(at, last):
    zones = Zones(LIMITED.zones, signals=(at,))
    chart = spark([1.0, 2.0, 3.0, 40.0], [None] * 4, open_last=False, zones=zones)
    assert chart.limits.last == last
    assert bool(chart.limits.signals) is (last == "")


def test_with_limits_intervals_are_whiskers_and_without_a_band():
    spans = [(0.0, 2.0), None, (1.0, 3.0), (0.0, 4.0)]
    drawn = {
        zones: trend([1.0, 2.0, 2.0, 2.0], spans, [None] * 4, list("abcd"), words=list("abcd"), tick=Plain(),
                     open_last=False, zones=zones)
        for zones in (Zones(), LIMITED)
    }  # fmt: skip
    assert (bool(drawn[Zones()].fog), drawn[Zones()].whiskers) == (True, "")
    assert (drawn[LIMITED].fog, drawn[LIMITED].whiskers.count("V")) == ("", 3)
    assert drawn[LIMITED].sides[0][1:] == ("10", "upper")


def test_a_process_change_stands_before_its_first_period_and_its_text_stays_inside():
    zones = Zones(changes=((1, "early"), (3, "late")))
    chart = trend([1.0] * 4, [None] * 4, [None] * 4, list("abcd"), words=list("abcd"), tick=Plain(), open_last=False,
                  zones=zones)  # fmt: skip
    assert [(text, ends) for _, _, text, ends in chart.cuts] == [("early", False), ("late", True)]
    first, last = (float(x) for x, *_ in chart.cuts)
    assert float(chart.left) < first < last < float(chart.right)


def test_limits_that_are_one_line_are_still_seen():
    chart = spark([5.0] * 4, [None] * 4, open_last=False, zones=Zones((Zone(0, 3, 5.0, 5.0, 5.0),)))
    assert [(b.y, b.height) for b in chart.limits.bands] == [("20", "1")]


@given(st.lists(FIGURES, min_size=1, max_size=4))
def test_labels_keep_apart_and_above_the_axis(values):
    y = Linear(-1e6, 1e6, 186, 18)
    placed = apart([Label(v, str(v), "") for v in values], y, 186)
    heights = [float(at) for at, _, _ in placed]
    assert all(b - a >= 13.8 for a, b in pairwise(heights))
    assert heights[-1] <= 190.1
    assert [text for _, text, _ in placed] == [str(v) for v in sorted(values, reverse=True)]
