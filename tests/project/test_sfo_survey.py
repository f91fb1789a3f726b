"""A real survey gives the figures that were published for it: the airport of San Francisco, 2017 and 2018."""

import json
import shutil
from pathlib import Path

import pytest

import kpispec

PROJECT = Path(__file__).resolve().parents[1] / "projects" / "sfo_survey"
SHARED = PROJECT.parents[3] / "shared"
DATA, GOLDEN = SHARED / "data" / "sfo_survey", SHARED / "golden" / "sfo_nps_csat.json"

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the survey's files are not beside this checkout")
YEARS = ("2017", "2018")


@pytest.fixture(scope="module")
def published():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result():
    return kpispec.load(PROJECT).run("airport", as_of="2019-01-01", by=["boarding_area"])


def reading(result, kpi, year, area=None):
    segment = (("boarding_area", area),) if area else ()
    found = [r for r in result.readings if (r.kpi, r.segment) == (kpi, segment) and str(r.period.start.year) == year]
    assert len(found) == 1
    return found[0]


def test_the_project_has_no_finding():
    assert [f.message for f in kpispec.load(PROJECT).findings] == []


@pytest.mark.parametrize("year", YEARS)
def test_the_net_promoter_score_and_its_interval(result, published, year):
    found, wanted = reading(result, "nps", year), published[year]
    assert found.value == pytest.approx(wanted["nps"], rel=1e-11)
    assert found.n == wanted["n"]
    assert (found.interval.low, found.interval.high) == pytest.approx(wanted["ci95"], rel=1e-11)
    assert found.method == "delta"
    assert found.status.value == "watch"


@pytest.mark.parametrize("year", YEARS)
def test_the_classes_behind_the_score(published, year):
    asked = {"nps_promoters": "promoters", "nps_passives": "passives", "nps_detractors": "detractors"}
    result = kpispec.load(PROJECT).run(*asked, period="year", as_of="2019-01-01")
    for kpi, counted in asked.items():
        found = reading(result, kpi, year)
        assert (found.n, found.method) == (published[year]["n"], "wilson")
        assert found.value == pytest.approx(100 * published[year][counted] / found.n, rel=1e-11)


@pytest.mark.parametrize("year", YEARS)
def test_the_weighted_score_counts_people_and_adds_weights(result, published, year):
    found, wanted = reading(result, "nps_weighted", year), published[year]
    assert found.value == pytest.approx(wanted["nps_weighted"], rel=1e-11)
    assert found.n == wanted["n"]


@pytest.mark.parametrize("year", YEARS)
def test_a_blank_answer_is_a_reject_and_never_a_promoter(result, published, year):
    found, wanted = reading(result, "nps", year), published[year]
    assert dict(found.rejected) == {"blank": wanted["blank_11"]}
    assert abs(found.value - wanted["nps_if_blank_counted_as_promoter_bug"]) > 1


@pytest.mark.parametrize("year", YEARS)
def test_the_share_of_satisfied_passengers_and_its_interval(result, published, year):
    found, wanted = reading(result, "csat_pct", year), published[year]["csat_q7all"]
    assert found.value == pytest.approx(wanted["csat_pct"], rel=1e-11)
    assert found.n == wanted["n"]
    assert (found.interval.low, found.interval.high) == pytest.approx(wanted["wilson95"], rel=1e-11)
    assert found.method == "wilson"
    assert dict(found.rejected) == {"no answer": wanted["null"]}


@pytest.mark.parametrize("year", YEARS)
def test_the_mean_rating_is_the_published_one(result, published, year):
    found, wanted = reading(result, "csat_mean", year), published[year]["csat_q7all"]
    assert found.value == pytest.approx(wanted["mean"], rel=1e-11)
    half = 1.9608 * wanted["sd"] / wanted["n"] ** 0.5  # Student's quantile of 2600 and more degrees of freedom
    assert found.interval.high - found.value == pytest.approx(half, rel=1e-3)


@pytest.mark.parametrize("year", YEARS)
def test_every_boarding_area(result, published, year):
    for area, wanted in published[year]["nps_by_boarding_area"].items():
        found = reading(result, "nps", year, area)
        assert (found.value, found.n) == (pytest.approx(wanted["nps"], rel=1e-11), wanted["n"])
    assert sum(reading(result, "nps", year, a).n for a in "ABCDEFG") == published[year]["n"]


def test_the_change_between_the_years_is_more_than_noise(result, published):
    wanted = published["change_2018_vs_2017"]
    change = reading(result, "nps", "2018").change("previous_period")
    assert change.delta == pytest.approx(wanted["diff"], rel=1e-11)
    assert change.z == pytest.approx(wanted["z"], rel=1e-10)
    assert change.significant is True
    assert change.better is False


def test_one_file_by_itself_needs_no_year(published, tmp_path):
    """The columns of 2018 are found although its header has blanks behind a name."""
    copy = tmp_path / "sfo_survey"
    shutil.copytree(PROJECT, copy)
    for year in YEARS:
        project = kpispec.load(copy, data={"survey_answers": DATA / f"{year}.csv"})
        (found,) = project.run("nps", period="all", as_of="2019-01-01").readings
        assert found.value == pytest.approx(published[year]["nps"], rel=1e-11)
        assert dict(found.rejected) == {"blank": published[year]["blank_11"]}
