"""Every published figure comes out of the public functions, of specs that are run, or of both; to all its digits."""

import csv
import json
from fractions import Fraction
from math import inf
from pathlib import Path

import golden_kpis as kpis
import pytest

from kpispec import statistics

SHARED = Path(__file__).resolve().parents[3] / "shared"
GOLDEN = SHARED / "golden" / "golden_stats.json"
LEVEL = 0.95

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the published figures are not beside this checkout")


def ends(found):
    return [found.low, found.high]


# by functions: what is given to what is found, under the names of the case


def variance_of_scores(given):
    p, passive, d = (float(Fraction(given[f"p_{name}"])) for name in ("promoter", "passive", "detractor"))
    n = given["n"]
    found = statistics.nps_wald(p * n, passive * n, d * n, LEVEL)
    return {
        "nps": statistics.nps_score(p, passive, d),
        "var": statistics.nps_variance(p, d),
        "se_points": found.se,
        "ci95": ends(found),
    }


def score(given):
    counts = given["promoters"], given["passives"], given["detractors"]
    n = sum(counts)
    found = statistics.nps_wald(*counts, LEVEL)
    return {
        "n": n,
        "nps": statistics.nps_score(*counts),
        "var_population": statistics.nps_variance(counts[0] / n, counts[2] / n),
        "se": found.se,
        "wald95": ends(found),
        "wald95_clamped": ends(statistics.clamped(found, -100, 100)),
    }


def adjusted_score(given):
    found = statistics.nps_adjusted(given["promoters"], given["passives"], given["detractors"], LEVEL)
    return {"center": (found.low + found.high) / 2, "se": found.se, "ci95": ends(found)}


def difference_of_scores(given):
    earlier, later = given["a"], given["b"]
    found = statistics.difference(
        statistics.nps_score(*later),
        statistics.nps_wald(*later, LEVEL).se,
        statistics.nps_score(*earlier),
        statistics.nps_wald(*earlier, LEVEL).se,
        LEVEL,
    )
    return {"diff": found.delta, "se": found.se, "z": found.z, "p": found.p, "ci95": ends(found.interval)}


def answers_for_a_score(given):
    return {"n": statistics.sample_for_mean(100**2 * given["var"], given["moe_points"], given["conf"])}


def answers_for_a_share(given):
    sizes = [statistics.sample_for_share(given["p"], given["moe"], LEVEL, population) for population in given["N"]]
    return {"n": sizes}


def share(given):
    methods = ("wilson", "agresti_coull", "clopper_pearson", "wald")
    return {m: ends(getattr(statistics, m)(given["k"], given["n"], 1 - given["alpha"])) for m in methods}


def difference_of_shares(given):
    k1, n1, k2, n2 = given.values()
    return {"diff": k1 / n1 - k2 / n2, "ci95": ends(statistics.newcombe(k1, n1, k2, n2, LEVEL))}


def pooled_shares(given):
    (k1, k2), (n1, n2) = given["count"], given["nobs"]
    return dict(zip(("z", "p"), statistics.two_proportions(k1, n1, k2, n2), strict=True))


def rate(given):
    k, exposure = given["events"], given["exposure"]
    return {"rate": k / exposure, "ci95_garwood": ends(statistics.garwood(k, exposure, LEVEL))}


def two_rates(given):
    rates = given["k1"], given["t1"], given["k2"], given["t2"]
    found = statistics.rate_ratio(*rates, LEVEL)
    return {"rate_ratio": found.ratio, "p_conditional_exact": found.p, "p_etest": statistics.e_test(*rates)}


def paired(given):
    found = statistics.paired_t(given["x"], given["y"], LEVEL)
    return {
        "mean_diff": found.mean,
        "t": found.t,
        "df": found.df,
        "p": found.p,
        "ci95": ends(found.interval),
        "wilcoxon_p": statistics.wilcoxon(given["x"], given["y"]).p,
    }


def mean(given):
    centre, sd, n = statistics.moments(given["x"])
    return {"mean": centre, "ci95": ends(statistics.mean(centre, sd, n, LEVEL))}


def ranks(given):
    found = statistics.rank_bounds(given["n"], given["p"], given["conf"])
    return {
        "lower_rank": found.low,
        "upper_rank": found.high,
        "coverage": found.coverage,
        "lower_open": found.low_open,
        "upper_open": found.high_open,
    }


def survival(given):
    steps = statistics.kaplan_meier(given["time"], given["event"])
    median = statistics.survival_quantile(steps, 0.5, LEVEL)
    closed = [time for time, event in zip(given["time"], given["event"], strict=True) if event]
    alone = statistics.kaplan_meier(closed, [1] * len(closed))
    return {
        "times": [step.time for step in steps],
        "surv": [step.share for step in steps],
        "se": [step.se for step in steps],
        "median": median.value,
        "median_ci": [median.low, inf if median.high is None else median.high],
        "naive_median_ignoring_censored": statistics.survival_quantile(alone, 0.5, LEVEL).value,
    }


def alpha_with_blanks(given):
    """As pingouin prints it: its listwise interval also counts the respondents left out, 12 where 9 are judged."""
    rows = given["data"]
    pairwise = statistics.battery_alpha(rows, LEVEL, "pairwise")
    listwise = statistics.battery_alpha(rows, LEVEL)
    assert (pairwise.n, listwise.n) == (12, 9)
    as_printed = statistics.feldt(listwise.alpha, len(rows), listwise.items, LEVEL)
    return {
        "pairwise": [pairwise.alpha, [round(end, 3) for end in ends(pairwise.interval)]],
        "listwise": [listwise.alpha, [round(end, 3) for end in ends(as_printed)]],
    }


def alpha(given):
    return {"alpha": statistics.battery_alpha(given["data"], LEVEL).alpha}


def weighted_score(given):
    with (SHARED / given["file"]).open(encoding="utf-8-sig", newline="") as file:
        rows = [{name.strip(): cell for name, cell in row.items()} for row in csv.DictReader(file)]
    known = [(int(row[given["score"]]), float(row[given["weight"]])) for row in rows if row[given["score"]].strip()]
    known = [(answer, weight) for answer, weight in known if 0 <= answer <= 10]
    points = [100 * ((answer >= 9) - (answer <= 6)) for answer, _ in known]
    found = statistics.weighted_mean(points, [weight for _, weight in known], LEVEL)
    return {
        "nps": found.value,
        "se_linearised": found.interval.se,
        "kish_neff": found.kish.effective,
        "deff": found.kish.design_effect,
    }


def many_comparisons(given):
    return {"bh": statistics.benjamini_hochberg(given["p"]), "holm": statistics.holm(given["p"])}


def two_groups(given):
    found = statistics.mann_whitney(given["x"], given["y"])
    return {"U": found.statistic, "p": found.p}


FUNCTIONS = {
    "nps_variance_whuber": variance_of_scores,
    "nps_50_30_20": score,
    "nps_7_2_1": score,
    "nps_1_0_0": score,
    "nps_0_0_5": score,
    "nps_60_25_15": score,
    "nps_462_176_362": score,
    "nps_adjusted_wald_T3_7_2_1": adjusted_score,
    "nps_two_sample_wald_sfo": difference_of_scores,
    "nps_sample_size_moe5_var1.00": answers_for_a_score,
    "nps_sample_size_moe5_var0.49": answers_for_a_score,
    "prop_ci_81_263": share,
    "prop_ci_15_148": share,
    "prop_ci_0_20": share,
    "prop_ci_1_29": share,
    "prop_ci_20_20": share,
    "prop_ci_1_1": share,
    "prop_ci_0_1": share,
    "prop_ci_8_10": share,
    "diff_prop_newcombe_56_70_48_80": difference_of_shares,
    "two_prop_z_statsmodels_doc": pooled_shares,
    "poisson_rate_ci_0_1.0": rate,
    "poisson_rate_ci_10_1.0": rate,
    "poisson_rate_ci_37_12.4": rate,
    "poisson_two_rates": two_rates,
    "paired_t_sleep": paired,
    "mean_t_ci_sleep_group1": mean,
    "quantile_ci_ranks_n100_p0.5": ranks,
    "quantile_ci_ranks_n20_p0.5": ranks,
    "quantile_ci_ranks_n50_p0.9": ranks,
    "quantile_ci_ranks_n5_p0.5": ranks,
    "quantile_ci_ranks_n200_p0.95": ranks,
    "kaplan_meier_6mp": survival,
    "cronbach_pingouin": alpha_with_blanks,
    "cronbach_small": alpha,
    "sample_size_prop": answers_for_a_share,
    "weighted_nps_sfo2018": weighted_score,
    "multiple_testing_bh_holm": many_comparisons,
    "mannwhitney": two_groups,
}

KPIS = {
    **{id: kpis.score for id, how in FUNCTIONS.items() if how is score},
    **{id: kpis.share for id, how in FUNCTIONS.items() if how is share},
    **{id: kpis.ranks for id, how in FUNCTIONS.items() if how is ranks},
    **{id: kpis.rate for id, how in FUNCTIONS.items() if how is rate},
    "nps_two_sample_wald_sfo": kpis.difference_of_scores,
    "diff_prop_newcombe_56_70_48_80": kpis.difference_of_shares,
    "poisson_two_rates": kpis.two_rates,
    "paired_t_sleep": kpis.mean_difference,
    "mean_t_ci_sleep_group1": kpis.mean,
    "kaplan_meier_6mp": kpis.survival,
    "cronbach_small": kpis.alpha,
    "servqual_weighted": kpis.gaps,
    "weighted_nps_sfo2018": kpis.weighted_score,
    "crr_simple": kpis.kept_and_lost,
    "complaint_cost_growth": kpis.growth_of_cost,
    "p155_1": kpis.complaints_per_thousand,
    "aht": kpis.handling_time,
}


def cases():
    return {case["id"]: case for case in json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]}


def same(found, expected):
    """Equal to all digits, lists element by element."""
    if isinstance(expected, list):
        return len(found) == len(expected) and all(same(f, e) for f, e in zip(found, expected, strict=True))
    if expected is None or isinstance(expected, bool):
        return found is expected
    return found is not None and found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def assert_same(found, expected):
    assert found.keys() <= expected.keys()
    assert {name: (found[name], expected[name]) for name in found if not same(found[name], expected[name])} == {}


@pytest.mark.parametrize("id", sorted(FUNCTIONS.keys() | KPIS.keys()))
def test_a_case_comes_out_to_all_its_digits(id, workbench):
    case = cases()[id]
    by_functions = FUNCTIONS[id](case["input"]) if id in FUNCTIONS else {}
    by_specs = KPIS[id](workbench, case["input"]) if id in KPIS else {}
    assert_same(by_functions, case["expected"])
    assert_same(by_specs, case["expected"])
    assert by_functions.keys() | by_specs.keys() == case["expected"].keys()


def test_no_case_is_left_out():
    assert FUNCTIONS.keys() | KPIS.keys() == cases().keys()
    assert len(cases()) == 44
