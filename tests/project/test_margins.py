"""How many answers a margin takes."""

import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app
from kpispec.project.margins import answers_for, margin_of
from kpispec.units import PERCENT, POINTS, parse_unit

SPEC = """dataset: survey
columns:
  channel: {type: string, dimension: true}
  score: {type: integer, range: [0, 10]}
---
kpi: nps
label: NPS
unit: points
inputs: {score: survey.score}
formula: nps(score)
direction: higher_is_better
---
kpi: longest
label: Longest
unit: min
inputs: {score: survey.score}
formula: max(score)
direction: lower_is_better
"""


@pytest.mark.parametrize(
    ("variance", "margin", "answers"),
    [(1.0, 0.05, 1537), (0.48876655, 0.05, 752), (0.25, 0.05, 385), (0.25, 0.5 * 1.959963984540054, 1)],
)
def test_the_variance_of_one_answer_tells_how_many_there_must_be(variance, margin, answers):
    assert answers_for(variance, margin, 0.95) == answers


@pytest.mark.parametrize(
    ("text", "unit", "margin"),
    [
        ("3", POINTS, 3.0),
        ("3 pt", POINTS, 3.0),
        ("2 pt", PERCENT, 2.0),
        ("2 %", PERCENT, 2.0),
        ("5 min", parse_unit("s"), 300.0),
        ("0", POINTS, None),
        ("-1", POINTS, None),
        ("few", POINTS, None),
        ("3 h", POINTS, None),
    ],
)
def test_a_margin_is_written_in_the_unit_of_the_kpi(text, unit, margin):
    assert margin_of(text, unit) == margin


@pytest.fixture
def explained(tmp_path):
    (tmp_path / "k.yml").write_text(SPEC)
    rows = ["chat,10"] * 50 + ["chat,8"] * 30 + ["phone,0"] * 20
    (tmp_path / "s.csv").write_text("channel,score\n" + "\n".join(rows) + "\n")

    def run(*options):
        call = ["explain", *options, "--specs", str(tmp_path / "k.yml"), "--period", "all"]
        return CliRunner().invoke(app, call)

    return lambda *options: run(*options, "--data", f"survey={tmp_path / 's.csv'}"), run


def test_the_whole_and_each_segment_say_what_they_need(explained):
    with_data, _ = explained
    shown = with_data("nps", "--margin", "5", "--by", "channel").stdout
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[:2] == [
        "Answers needed for a margin of ±5.0 (95 %)",
        "1,537 at most, before anything is known of the answers",
    ]
    assert "whole 100 ±15.3 938" in lines  # 0.61 * (1.96 / 0.05)^2 is 937.3
    assert any(line.startswith("channel = chat 80 ") for line in lines)


def test_without_data_the_most_that_it_can_take_is_said(explained):
    _, without_data = explained
    shown = without_data("nps", "--margin", "5").stdout
    assert "1,537 at most" in shown
    assert "no value yet" in shown


def test_what_has_no_interval_and_no_reach_is_not_known(explained):
    with_data, _ = explained
    shown = with_data("longest", "--margin", "5 min").stdout
    assert "at most" not in shown
    assert "not known" in shown


def test_a_margin_that_is_none_is_a_wrong_call(explained):
    with_data, _ = explained
    found = with_data("nps", "--margin", "much")
    assert found.exit_code == 2
