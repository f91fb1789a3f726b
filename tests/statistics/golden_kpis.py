"""Published figures through specs: the rows of a case as an export, an indicator over them, and what a run of it says.

Each function takes a project maker and the input of a case, and answers with figures under the names of the case.
"""

from pathlib import Path

import kpispec

LIBRARY = "library: [customer_service]"
SFO = Path(__file__).resolve().parents[1] / "projects" / "sfo_survey"
AS_OF = "2027-01-01"
ANSWERS = """
dataset: answers
columns:
  x: {type: number, optional: true}
  y: {type: number, optional: true}
  done: {type: boolean, optional: true}
"""


def csv(header, rows):
    return "\n".join([header, *(",".join("" if cell is None else str(cell) for cell in row) for row in rows)]) + "\n"


def asked(workbench, inputs, formula, rows, header="x", unit="number"):
    """The one reading of a formula over rows that need no clock."""
    specs = f"{ANSWERS}---\nkpi: figure\nunit: {unit}\ndirection: higher_is_better\n"
    specs += f"inputs:\n{inputs}\nformula: {formula}\n"
    project = workbench(specs, {"answers": csv(header, rows)})
    (found,) = project.run("figure", period="all", as_of=AS_OF).readings
    return found


def ends(reading):
    return [reading.interval.low, reading.interval.high]


def from_library(workbench, kpis, data, specs="", **options):
    """The readings of indicators of the library over exports, by indicator and segment value."""
    project = workbench(specs, data, settings=LIBRARY)
    found = project.run(*kpis, as_of=AS_OF, **options).readings
    return {(r.kpi, *(value for _, value in r.segment)): r for r in found}


def score(workbench, given):
    rows = [[10]] * given["promoters"] + [[7]] * given["passives"] + [[0]] * given["detractors"]
    found = asked(workbench, "  x: answers.x", "nps(x)", rows, unit="points")
    figures = {"n": found.n, "nps": found.value}
    one_class = max(given.values()) == sum(given.values())
    # where all answers are alike the adjusted interval is shown, and never a point
    return figures if one_class else {**figures, "wald95_clamped": ends(found)}


def share(workbench, given):
    rows = [["true" if at < given["k"] else "false"] for at in range(given["n"])]
    inputs = "  done: answers.done"
    return {"wilson": ends(asked(workbench, inputs, "count_if(done) / count(done)", rows, header="done"))}


def difference_of_scores(workbench, given):
    """Two surveys, a year apart."""
    specs = """
    dataset: survey
    time: on_day
    columns: {on_day: {type: date}, x: {type: integer, range: [0, 10]}}
    ---
    kpi: figure
    unit: points
    direction: higher_is_better
    inputs: {x: survey.x}
    formula: nps(x)
    """
    rows = []
    for year, counts in ((2017, given["a"]), (2018, given["b"])):
        for answer, count in zip((10, 8, 3), counts, strict=True):
            rows += [[f"{year}-05-15", answer]] * count
    project = workbench(specs, {"survey": csv("on_day,x", rows)})
    readings = project.run("figure", period="year", as_of="2019-01-01", compare=["previous_period"]).readings
    change = next(r for r in readings if r.period.start.year == 2018).change("previous_period")
    return {"diff": change.delta, "z": change.z, "p": change.p, "ci95": ends(change)}


def _two_months(workbench, formula, unit, before, after):
    """The change of a figure from one month to the next: (rows of answers, exposure) of each."""
    specs = f"""
    dataset: answers
    time: on_day
    columns: {{on_day: {{type: date}}, done: {{type: boolean}}}}
    ---
    dataset: base
    time: on_day
    columns: {{on_day: {{type: date}}, size: {{type: number}}}}
    ---
    kpi: figure
    unit: {unit}
    direction: higher_is_better
    inputs: {{done: answers.done, size: base.size}}
    formula: {formula}
    """
    months = list(zip(("2026-02-03", "2026-03-03"), (before, after), strict=True))
    rows = [[day, str(done).lower()] for day, (answers, _) in months for done in answers]
    sizes = [[day, size] for day, (_, size) in months]
    project = workbench(specs, {"answers": csv("on_day,done", rows), "base": csv("on_day,size", sizes)})
    (found,) = project.run("figure", at="2026-03", as_of="2026-04-02", compare=["previous_period"]).readings
    return found, found.change("previous_period")


def difference_of_shares(workbench, given):
    def answers(k, n):
        return [True] * k + [False] * (n - k), 1

    months = answers(given["k2"], given["n2"]), answers(given["k1"], given["n1"])
    _, change = _two_months(workbench, "count_if(done) / count(done)", "number", *months)
    return {"diff": change.delta, "ci95": ends(change)}


def rate(workbench, given):
    events = [True] * given["events"] + [False]
    found, _ = _two_months(
        workbench, "count_if(done) / sum(size)", "per subscriber", ([True], 1), (events, given["exposure"])
    )
    return {"rate": found.value, "ci95_garwood": ends(found)}


def two_rates(workbench, given):
    months = ([True] * given["k2"], given["t2"]), ([True] * given["k1"], given["t1"])
    _, change = _two_months(workbench, "count_if(done) / sum(size)", "per subscriber", *months)
    return {"p_conditional_exact": change.p}


def mean_difference(workbench, given):
    rows = list(zip(given["x"], given["y"], strict=True))
    found = asked(workbench, "  d: {dataset: answers, expr: x - y}", "avg(d)", rows, header="x,y")
    return {"mean_diff": found.value, "ci95": ends(found)}


def mean(workbench, given):
    found = asked(workbench, "  x: answers.x", "avg(x)", [[x] for x in given["x"]])
    return {"mean": found.value, "ci95": ends(found)}


def ranks(workbench, given):
    """Of the values 1 to n the order statistics are their ranks."""
    rows = [[x] for x in range(1, given["n"] + 1)]
    found = asked(workbench, "  x: answers.x", f"quantile_cont(x, {given['p']})", rows)
    if found.interval is None:
        return {"lower_open": True, "upper_open": True}
    low, high = ends(found)
    return {"lower_rank": low, "upper_rank": high, "lower_open": low is None, "upper_open": high is None}


def survival(workbench, given):
    rows = [[time, bool(event)] for time, event in zip(given["time"], given["event"], strict=True)]
    curve = "  x: answers.x\n  done: answers.done"

    def value(formula, inputs=curve):
        return asked(workbench, inputs, formula, rows, header="x,done").value

    median = asked(workbench, curve, "km_quantile(x, done, 0.5)", rows, header="x,done")
    low, high = ends(median)

    times = sorted({time for time, event in zip(given["time"], given["event"], strict=True) if event})
    return {
        "median": median.value,
        "median_ci": [low, float("inf") if high is None else high],
        "naive_median_ignoring_censored": value("median(x)", "  x: {dataset: answers, expr: x, where: done}"),
        "surv": [1 - value(f"km_share(x, done, {time})") for time in times],
    }


def alpha(workbench, given):
    rows = [
        [f"r{who}", item, "false", answer, answer]
        for who, answers in enumerate(given["data"])
        for item, answer in enumerate(answers, 1)
    ]
    specs = f"""
    kpi: servqual_alpha
    extends: customer_service.servqual_alpha
    params: {{items: {len(given["data"][0])}}}
    """
    data = {"paired_answers": csv("respondent_id,item,reversed,expectation_given,perception_given", rows)}
    return {"alpha": from_library(workbench, ["servqual_alpha"], data, specs, period="all")["servqual_alpha",].value}


def gaps(workbench, given):
    """An item a dimension; each respondent shares the points alike."""
    dimensions = given["dims"]
    rows = [
        [f"r{who}", item, name, "false", expected, perceived, round(100 * weight)]
        for who, sides in enumerate(zip(given["E"], given["P"], strict=True))
        for item, (name, expected, perceived, weight) in enumerate(
            zip(dimensions, *sides, given["weights"], strict=True), 1
        )
    ]
    kpis = ("servqual_gap", "servqual_gap_dimensions", "servqual_gap_points")
    extended = (f"kpi: {id}\nextends: customer_service.{id}\nparams: {{items: {len(dimensions)}}}\n" for id in kpis)
    header = "respondent_id,item,dimension,reversed,expectation_given,perception_given,points"
    data = {"paired_answers": csv(header, rows)}
    found = from_library(workbench, kpis, data, "---\n".join(extended), period="all", by=["dimension"])
    return {
        "gap_by_dim": [found["servqual_gap", name].value for name in dimensions],
        "unweighted": found["servqual_gap_dimensions",].value,
        "weighted": found["servqual_gap_points",].value,
    }


def weighted_score(_workbench, _given):
    """The survey itself, a project of the tests."""
    found = kpispec.load(SFO).run("nps_weighted", at="2018", as_of="2019-01-01").readings
    reading = found[0]
    return {
        "nps": reading.value,
        "se_linearised": reading.se,
        "kish_neff": reading.effective_n,
        "deff": reading.design_effect,
    }


def kept_and_lost(workbench, given):
    opening, closing, acquired = given["S"], given["E"], given["A"]
    rows = [["2026-03-01", opening, acquired, opening + acquired - closing, closing]]
    kpis = ("retention_given_counts", "churn_rate_given_counts")
    data = {"period_counts": csv("month_on,opening,acquired,lost,closing", rows)}
    found = from_library(workbench, kpis, data, at="2026-03")
    return {"crr": found["retention_given_counts",].value, "churn": found["churn_rate_given_counts",].value}


def growth_of_cost(workbench, given):
    """Three channels, of which the third had no cost a year before."""
    channels = ("email", "letter", "phone")
    rows = [
        [f"{year}-{channel}", f"{year}-03-02", channel, cost]
        for year, costs in ((2025, given["C_Nm1"]), (2026, given["C_N"]))
        for channel, cost in zip(channels, costs, strict=True)
    ]
    data = {"complaints": csv("complaint_id,received_at,channel,cost", rows)}
    found = from_library(workbench, ["complaint_cost_growth"], data, at="2026", by=["channel"])
    readings = [found["complaint_cost_growth", channel] for channel in channels]
    assert readings[2].status.value == "undefined"
    return {"growth": [reading.value for reading in readings]}


def complaints_per_thousand(workbench, given):
    complaints = [[f"c{at}", "2026-03-02", "true"] for at in range(given["complaints"])]
    subscribers = [[f"s{at}", "2025-03-01", None] for at in range(given["subscribers"])]
    data = {
        "complaints": csv("complaint_id,received_at,written", complaints),
        "subscribers": csv("subscription_id,started_at,ended_at", subscribers),
    }
    return {"per_1000": from_library(workbench, ["complaint_rate_1000"], data, at="2026")["complaint_rate_1000",].value}


def handling_time(workbench, given):
    parts = zip(given["talk"], given["hold"], given["wrap"], strict=True)
    rows = [[f"c{at}", "2026-03-02", "phone", "true", *part, 1] for at, part in enumerate(parts)]
    data = {"contacts": csv("contact_id,contact_at,channel,answered,talk_s,hold_s,wrap_s,concurrency", rows)}
    return {"aht": from_library(workbench, ["handling_time"], data, period="all")["handling_time",].value}
