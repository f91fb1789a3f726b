"""Intervals against published figures, and against exact ones that can be worked out by hand."""

import json
from math import ceil, inf, sqrt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import bdtr

from kpispec.statistics import change_z, deviation, mean, normal_quantile, promoters, quantile_ranks, wilson

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden" / "golden_stats.json"


def golden(prefix):
    if not GOLDEN.is_file():
        pytest.skip("the folder of published figures is not beside this checkout")
    cases = json.loads(GOLDEN.read_text())["cases"]
    found = [(c["input"], c["expected"]) for c in cases if c["id"].startswith(prefix)]
    assert found
    return found


def test_a_share_has_wilsons_interval_as_published():
    for given_, expected in golden("prop_ci_"):
        found = wilson(given_["k"], given_["n"], 1 - given_["alpha"])
        assert (found.low, found.high) == pytest.approx(expected["wilson"], rel=1e-12, abs=1e-12)


def test_a_quantile_has_the_published_ranks():
    for given_, expected in golden("quantile_ci_ranks_"):
        low, high = quantile_ranks(given_["n"], given_["p"], given_["conf"])
        assert (low, high) == (expected["lower_rank"], expected["upper_rank"])
        assert (low == 0) == expected["lower_open"]
        assert (high == given_["n"] + 1) == expected["upper_open"]


def test_a_mean_has_students_interval_as_published():
    for given_, expected in golden("mean_t_ci_"):
        xs = given_["x"]
        centre = sum(xs) / len(xs)
        sd = sqrt(sum((x - centre) ** 2 for x in xs) / (len(xs) - 1))
        found = mean(centre, sd, len(xs), 0.95)
        assert (found.low, found.high) == pytest.approx(expected["ci95"], rel=1e-12)


def test_promoters_less_detractors_has_the_published_interval():
    for given_, expected in golden("nps_"):
        if "wald95_clamped" not in expected or expected["se"] == 0:
            continue
        found = promoters(given_["promoters"], given_["detractors"], expected["n"], 0.95)
        assert found.se * 100 == pytest.approx(expected["se"], rel=1e-12)
        assert (found.low * 100, found.high * 100) == pytest.approx(expected["wald95_clamped"], rel=1e-12)


def test_a_change_between_two_surveys_has_the_published_z():
    ((given_, expected),) = golden("nps_two_sample_wald_sfo")
    first, second = (promoters(up, down, up + same + down, 0.95) for up, same, down in (given_["a"], given_["b"]))
    assert change_z(expected["diff"] / 100, first.se, second.se) == pytest.approx(expected["z"], rel=1e-12)


# figures that stand here in full, so that the suite does not lean on a folder beside it


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 20, 0.0, 0.16112515),
        (1, 29, 0.00611321, 0.17175522),
        (81, 263, 0.25525097, 0.36625102),
        (15, 148, 0.06238586, 0.16050953),
        (20, 20, 0.83887485, 1.0),
    ],
)
def test_wilson_of_newcombes_table(k, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17:857, table I."""
    found = wilson(k, n, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.method == "wilson"


def test_nothing_to_estimate_has_no_interval():
    assert wilson(0, 0, 0.95) is None
    assert promoters(0, 0, 0, 0.95) is None
    assert mean(3.0, 0.5, 1, 0.95) is None


def test_a_mean_of_two_values_uses_one_degree_of_freedom():
    found = mean(1.0, sqrt(2), 2, 0.95)
    assert found.high - 1.0 == pytest.approx(12.706204736, rel=1e-9)
    assert found.se == pytest.approx(1.0)


def test_answers_of_one_class_still_have_a_width():
    found = promoters(10, 0, 10, 0.95)
    assert found.method == "adjusted"
    assert found.high == 1.0
    assert 0 < found.low < 1
    assert found.se == 0


def test_small_samples_leave_a_quantile_open():
    assert quantile_ranks(5, 0.5, 0.95) == (0, 6)
    assert quantile_ranks(100, 0.5, 0.95) == (40, 61)


@given(n=st.integers(1, 4000), p=st.sampled_from([0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]))
def test_the_ranks_of_a_quantile_are_binomial_quantiles(n, p):
    for rank, q in zip(quantile_ranks(n, p, 0.95), (0.025, 0.975), strict=True):
        k = rank - (q > 0.5)
        assert bdtr(k, n, p) >= q
        assert k == 0 or bdtr(k - 1, n, p) < q


@given(n=st.integers(1, 10_000), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_holds_the_share_and_stays_between_0_and_1(n, share, level):
    k = round(share * n)
    found = wilson(k, n, level)
    assert 0 <= found.low <= k / n <= found.high <= 1
    assert found.low < found.high


def test_a_change_is_counted_in_standard_errors():
    assert change_z(3.0, 3.0, 4.0) == pytest.approx(0.6)
    assert change_z(3.0, None, 4.0) is None
    assert change_z(3.0, 0.0, 0.0) is None
    assert normal_quantile(0.95) == pytest.approx(1.959963984540054)
    assert change_z(inf, 1.0, 0.0) == inf


@given(
    n=st.integers(1, 3000),
    p=st.sampled_from([0.01, 0.05, 0.25, 0.5, 0.9, 0.99, 0.999]),
    level=st.sampled_from([0.8, 0.95, 0.999]),
)
def test_the_order_statistics_that_the_sql_lists_hold_the_exact_ranks(n, p, level):
    """It lists three neighbours around an approximate rank at either end; rank 0 and rank n + 1 are open."""
    z = normal_quantile(level)
    reach, skew = z * sqrt(n * p * (1 - p)), (z * z - 1) / 6 * (1 - 2 * p) - 0.5
    ends = max(ceil(n * p - reach + skew), 1), max(ceil(n * p + reach + skew) + 1, 1)
    low, high = quantile_ranks(n, p, level)
    assert low == 0 or abs(low - ends[0]) <= 1
    assert high == n + 1 or abs(high - ends[1]) <= 1


def test_a_deviation_that_the_digits_cannot_tell_is_unknown():
    assert deviation(6.0, 14.0, 3) == 1.0
    assert deviation(9.0, 27.0, 3) == 0.0
    close = [1e9, 1e9 + 1, 1e9 + 2]
    assert deviation(sum(close), sum(x * x for x in close), 3) is None
    assert deviation(3e9, 3e18, 3) is None
