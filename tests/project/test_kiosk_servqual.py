"""A real SERVQUAL survey through the library: the figures that were computed from its file by other means."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

import kpispec

PROJECT = Path(__file__).resolve().parents[1] / "projects" / "kiosk_servqual"
SHARED = PROJECT.parents[3] / "shared"
DATA, GOLDEN = SHARED / "data" / "kiosk_servqual" / "kiosk.csv", SHARED / "golden" / "kiosk_servqual.json"

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the survey's file is not beside this checkout")
GAPS = ("servqual_gap", "servqual_expectation", "servperf")
IPA = ("ipa_importance", "ipa_performance", "ipa_importance_offset", "ipa_performance_offset")
ALPHAS = ("servqual_alpha", "servqual_alpha_expectation", "servqual_alpha_gap")
WEIGHTED = ("servqual_gap_weighted", "servqual_gap_dimensions", "servqual_gap_own_importance")
ITEMS = [str(item) for item in range(1, 25)]
ROLES = {"servqual_gap": "gap", "servqual_expectation": "expectation", "servperf": "perception"}


@pytest.fixture(scope="module")
def published():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result():
    return kpispec.load(PROJECT).run(
        *GAPS, *WEIGHTED, *ALPHAS, *IPA, period="all", as_of="2026-01-01", by=["item", "dimension"]
    )


def reading(result, kpi, **segment):
    found = [r for r in result.readings if (r.kpi, r.segment) == (kpi, tuple(segment.items()))]
    assert len(found) == 1
    return found[0]


def same(wanted):
    return pytest.approx(wanted, rel=1e-9, abs=1e-9)


def dimensions(published):
    """The published groups, each with the name that the project gives to it."""
    names = ("accuracy", "enjoyment", "control", "saving", "personalisation", "convenience", "security", "tangibles")
    return dict(zip(names, published["dimensions"].values(), strict=True))


def test_the_project_has_no_finding():
    assert [f.message for f in kpispec.load(PROJECT).findings] == []


def test_the_gap_as_a_whole_rests_on_complete_questionnaires(result, published):
    found = reading(result, "servqual_gap")
    assert found.value == same(published["overall_gap_unweighted"])
    assert found.n == published["n"]
    assert reading(result, "servqual_expectation").value == same(published["overall_expectation"])
    assert reading(result, "servperf").value == same(published["overall_perception"])


@pytest.mark.parametrize("kpi", GAPS)
@pytest.mark.parametrize("item", ITEMS)
def test_every_item(result, published, kpi, item):
    found = reading(result, kpi, item=item)
    assert found.value == same(published["items"][item][ROLES[kpi]])
    assert found.n == published["n"]


@pytest.mark.parametrize("item", ITEMS)
def test_the_interval_of_an_item_is_that_of_the_paired_t_test(result, published, item):
    found, wanted = reading(result, "servqual_gap", item=item), published["items"][item]
    error = wanted["sd_gap"] / published["n"] ** 0.5
    assert wanted["gap"] / error == same(wanted["t"])
    low, high = wanted["gap"] - 1.9715466 * error, wanted["gap"] + 1.9715466 * error  # t of 206 degrees of freedom
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), rel=1e-6)


def test_every_dimension_and_its_interval(result, published):
    for name, wanted in dimensions(published).items():
        found = reading(result, "servqual_gap", dimension=name)
        assert found.value == same(wanted["gap"])
        assert (found.interval.low, found.interval.high) == (same(wanted["ci95"][0]), same(wanted["ci95"][1]))
        assert reading(result, "servqual_expectation", dimension=name).value == same(wanted["expectation"])
        assert reading(result, "servperf", dimension=name).value == same(wanted["perception"])


def form():
    """Expectations, perceptions and importances as the file has them: a row a respondent, a column an item."""
    with DATA.open(encoding="latin-1", newline="") as file:
        heading, *rows = csv.reader(file)
    roles = {"±â´ë ¼³¹®": {}, "ÀÎÁö ¼³¹®": {}, "Áß¿äÇÏ´Ù°í": {}}
    for at, title in enumerate(heading):
        item = re.match(r"\s*(\d+)-[12]\.", title)
        for word, places in roles.items():
            if item and word in title:
                places[int(item[1])] = at
    number = lambda cell: float(cell) if cell.strip() else np.nan  # noqa: E731
    return [np.array([[number(row[at[i]]) for i in range(1, 25)] for row in rows]) for at in roles.values()]


def weighted_gaps(seed=11, count=2000):
    """The gap weighted by importance, of respondents drawn with replacement."""
    expected, perceived, important = form()
    complete = ~np.isnan(perceived - expected).any(axis=1)
    gaps, important = (perceived - expected)[complete], important[complete]
    dice, people = np.random.default_rng(seed), len(gaps)
    found = []
    for _ in range(count):
        drawn = dice.integers(0, people, people)
        weights = np.nanmean(important[drawn], axis=0)
        found.append((gaps[drawn].mean(axis=0) * weights).sum() / weights.sum())
    return np.array(found)


def test_the_gap_weighted_by_importance(result, published):
    found = reading(result, "servqual_gap_weighted")
    assert found.value == same(published["importance_weighted_gap"])
    assert found.method == "bootstrap"
    drawn = weighted_gaps()
    low, high = np.percentile(drawn, [2.5, 97.5])
    assert found.se == pytest.approx(drawn.std(ddof=1), rel=0.1)
    assert (found.interval.low, found.interval.high) == (pytest.approx(low, abs=0.02), pytest.approx(high, abs=0.02))
    # Respondents' own weights are another definition, with another figure.
    assert reading(result, "servqual_gap_own_importance").value == same(-1.2357850961923005)
    # All dimensions of this form have three items: it is the same as the plain gap.
    assert reading(result, "servqual_gap_dimensions").value == same(published["overall_gap_unweighted"])


def test_cronbachs_alpha_of_the_form(result, published):
    assert reading(result, "servqual_alpha_expectation").value == same(published["alpha_all24_expectation"])
    assert reading(result, "servqual_alpha").value == same(published["alpha_all24_perception"])


def test_cronbachs_alpha_of_every_dimension(result, published):
    for name, wanted in dimensions(published).items():
        for kpi, role in zip(ALPHAS, ("perception", "expectation", "gap"), strict=True):
            assert reading(result, kpi, dimension=name).value == same(wanted[f"alpha_{role}"])


def test_the_chart_of_importance_and_performance(result, published):
    cross = published["ipa_cross"]
    assert reading(result, "ipa_importance").value == same(cross["importance"])
    assert reading(result, "ipa_performance").value == same(cross["satisfaction"])
    for item, wanted in published["ipa"].items():
        assert reading(result, "ipa_importance", item=item).value == same(wanted["importance"])
        assert reading(result, "ipa_performance", item=item).value == same(wanted["satisfaction"])
        up = reading(result, "ipa_importance_offset", item=item).value
        right = reading(result, "ipa_performance_offset", item=item).value
        assert up == same(wanted["importance"] - cross["importance"])
        assert right == same(wanted["satisfaction"] - cross["satisfaction"])
        assert quadrant(up, right) == wanted["quadrant"]


def quadrant(up, right):
    if up >= 0:
        return "keep_up" if right >= 0 else "concentrate_here"
    return "possible_overkill" if right >= 0 else "low_priority"
