"""The verdicts of `check`: what fails, what is neither, and data that is late."""

import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from kpispec.evaluate.report import Reason, Status
from kpispec.render import gate

from .fixtures import report


@pytest.fixture(scope="module")
def card():
    """The made-up scorecard, one of whose KPIs withholds its value."""
    made = report()
    nps = made.kpis[0]
    hidden = replace(
        nps.headline, value=None, n=None, interval=None, status=Status.SUPPRESSED,
        reasons=(Reason(Status.SUPPRESSED, "suppressed"),),
    )  # fmt: skip
    return replace(made, kpis=(replace(nps, headline=hidden), *made.kpis[1:]))


def found(card, *failing):
    return gate.verdicts(card, failing, segments=False)


def test_what_is_not_rated_is_neither_ok_nor_failed(card):
    lines = gate.to_text(found(card, "bad"), card).splitlines()
    assert "-     nps" in lines[0]
    assert "suppressed: – (Withheld, so that nothing is told of a few.)" in lines[0]
    assert any(line.startswith("ok    csat ") for line in lines)
    assert lines[-2] == "late  data set `hr_barometer`: newest 2026-06-30, 64 days old, at most 45"


def test_junit_skips_what_is_not_rated_and_fails_what_fails(card):
    verdicts = found(card, "bad")
    suite = ElementTree.fromstring(gate.to_junit(verdicts, card).partition("\n")[2])
    cases = {case.get("name"): [child.tag for child in case] for case in suite}
    assert (cases["nps"], cases["csat"], cases["queue_wait"]) == (["skipped"], [], ["failure"])
    assert int(suite.get("failures")) == sum(v.failed for v in verdicts)
    assert int(suite.get("skipped")) == sum(tags == ["skipped"] for tags in cases.values())


def test_what_is_not_rated_fails_when_asked(card):
    assert {v.kpi for v in found(card, "unrated") if v.failed} >= {"nps", "certified", "video_csat"}


def test_github_warns_of_late_data(card):
    first = gate.to_github(found(card), card).splitlines()[0]
    assert first.startswith("::warning title=late data::data set `hr_barometer`")


def test_json_holds_the_score_and_the_age_of_all_data(card):
    document = json.loads(gate.to_json(found(card, "bad"), card))
    assert document["score"] == 7.36
    assert {f["dataset"]: f["stale"] for f in document["freshness"]} == {
        "survey_answers": False, "tickets": False, "hr_barometer": True,
    }  # fmt: skip
    assert next(v for v in document["verdicts"] if v["kpi"] == "nps")["status"] == "suppressed"
