"""Intervals by resampling: against a Poisson bootstrap in numpy with weights of its own; what changes nothing."""

import json
from random import Random
from time import monotonic

import numpy as np
import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

COLUMNS = """
dataset: answers
time: at
key: answer_id
columns:
  answer_id: {type: string}
  at: {type: date}
  who: {type: string}
  item: {type: string}
  ch: {type: string, dimension: true}
  a: {type: number}
  b: {type: number}
---
dataset: base
time: at
key: who
columns:
  who: {type: string}
  at: {type: date}
  ch: {type: string, dimension: true}
  x: {type: number}
---
dataset: keyless
time: at
columns:
  at: {type: date}
  ch: {type: string, dimension: true}
  x: {type: number}
---
"""
NOISE = 0.1  # 500 replicates tell a standard error to 3 %, as the 2,000 of the tests to 1.6 %


def made(seed=7, people=150):
    """Several answers a person, those of a person alike."""
    dice = Random(seed)
    rows = []
    for person in range(people):
        level = dice.gauss(10, 2)
        for _ in range(dice.randint(1, 5)):
            a, b = round(level + dice.gammavariate(2, 1), 2), round(dice.uniform(5, 15), 2)
            whose = {"who": f"p{person}", "item": f"i{dice.randint(1, 6)}", "ch": dice.choice("xy")}
            rows.append(
                {"answer_id": f"r{len(rows)}", "at": f"2026-03-{dice.randint(1, 28):02}", "a": a, "b": b, **whose}
            )
    return rows


ROWS = made()


def csv(rows, *columns):
    return "\n".join([",".join(columns), *(",".join(str(r[c]) for c in columns) for r in rows)]) + "\n"


def answers(rows=None):
    return {"answers": csv(rows or ROWS, "answer_id", "at", "who", "item", "ch", "a", "b")}


def judged(workbench, body, tables, **options):
    project = workbench(COLUMNS + body, tables)
    return project.run("it", **{"at": "2026-03", "as_of": "2026-05-01", "compare": (), **options}).readings


def kpi(formula, inputs, *more):
    lines = ["kpi: it", "direction: higher_is_better", f"inputs: {inputs}", f"formula: {formula}"]
    return "\n".join([*lines, "confidence: bootstrap", *more]) + "\n"


def column(name, rows=None):
    return np.array([r[name] for r in rows or ROWS])


def replicates(value, units, seed=1, count=2000):
    """The values under weights that are drawn anew for each unit; `value` takes how often each row counts."""
    dice = np.random.default_rng(seed)
    names, of_row = np.unique(units, return_inverse=True)
    return np.array([value(dice.poisson(1, len(names))[of_row]) for _ in range(count)])


def agrees(found, drawn):
    """Standard errors within the noise of both, and ends that lie where those of the other do."""
    assert (found.method, found.without) == ("bootstrap", None)
    assert found.se == pytest.approx(drawn.std(ddof=1), rel=NOISE)
    for end, share in ((found.interval.low, 2.5), (found.interval.high, 97.5)):
        assert end == pytest.approx(np.percentile(drawn, share), abs=0.45 * drawn.std())


A, B, WHO = column("a"), column("b"), column("who")
PLAIN = {
    "avg(a)": lambda w: (w * A).sum() / w.sum(),
    "median(a)": lambda w: np.median(np.repeat(A, w)),
    "sum(a) / sum(b)": lambda w: (w * A).sum() / (w * B).sum(),
    "quantile_cont(a, 0.9) - quantile_cont(b, 0.1)": lambda w: (
        np.quantile(np.repeat(A, w), 0.9) - np.quantile(np.repeat(B, w), 0.1)
    ),
    "corr(a, b)": lambda w: np.corrcoef(np.repeat(A, w), np.repeat(B, w))[0, 1],
    "100 * count_if(a >= 12) / count(*)": lambda w: 100 * (w * (A >= 12)).sum() / w.sum(),
    "stddev_samp(a)": lambda w: np.std(np.repeat(A, w), ddof=1),
}


@pytest.mark.parametrize("formula", PLAIN, ids=str)
def test_rows_by_the_key_of_their_data_set(workbench, formula):
    (found,) = judged(workbench, kpi(formula, "{a: answers.a, b: answers.b}"), answers())
    agrees(found, replicates(PLAIN[formula], column("answer_id")))


@pytest.mark.parametrize("formula", list(PLAIN)[:3], ids=str)
def test_rows_of_one_person_are_drawn_together(workbench, formula):
    body = kpi(formula, "{a: answers.a, b: answers.b}", "sample_unit: who")
    (found,) = judged(workbench, body, answers())
    agrees(found, replicates(PLAIN[formula], WHO))


def test_rows_without_a_unit_are_there_once(workbench):
    rows = [{**row, "who": ""} if index % 4 == 0 else row for index, row in enumerate(ROWS)]
    (found,) = judged(workbench, kpi("avg(a)", "{a: answers.a}", "sample_unit: who"), answers(rows))
    who = column("who", rows)
    drawn = replicates(lambda w: (np.where(who == "", 1, w) * A).sum() / np.where(who == "", 1, w).sum(), who)
    agrees(found, drawn)


def test_periods_before_1970_and_what_reads_them_in_units(workbench):
    rows = [{**row, "at": row["at"].replace("2026", "1969")} for row in ROWS]
    expr = "avg(a) + date_diff('day', period_start(), period_end())"
    inputs = f'{{a: {{dataset: answers, expr: "{expr}", per: item}}}}'
    body = kpi("max(a) + count_if(a > date_diff('day', period_start(), period_end()))", inputs, "sample_unit: who")
    (found,) = judged(workbench, body, answers(rows), at="1969-03")
    items = column("item")
    drawn = replicates(lambda w: of_units(w, items, max) + 31 + 6, WHO)
    assert found.value == pytest.approx(of_units(np.ones(len(A)), items, max) + 31 + 6)
    agrees(found, drawn)


def test_what_is_counted_as_different_is_drawn_and_not_its_rows(workbench):
    (found,) = judged(workbench, kpi("sum(a) / count(distinct who)", "{a: answers.a, who: answers.who}"), answers())
    sums = np.array([A[p == WHO].sum() for p in np.unique(WHO)])
    agrees(found, replicates(lambda w: (w * sums).sum() / w.sum(), np.arange(len(sums))))


def test_what_lies_within_a_unit_is_drawn_with_it(workbench):
    """Answers of persons, counted by what names them, as orders of customers are in the lines of orders."""
    twice = [row for row in ROWS for _ in range(1 + row["who"].endswith("3"))]
    inputs = "{who: answers.who, answer: answers.answer_id}"
    body = kpi("count(distinct answer) / count(distinct who)", inputs, "sample_unit: who")
    (found,) = judged(workbench, body, answers(twice))
    counts = np.array([(p == WHO).sum() for p in np.unique(WHO)])
    assert found.value == pytest.approx(counts.mean())
    agrees(found, replicates(lambda w: (w * counts).sum() / w.sum(), np.arange(len(counts))))


def test_where_samples_lie_to_one_side_of_the_value_no_interval_is_shown(workbench):
    """Different answers that persons share are a part of those that there are, never more."""
    inputs = "{who: answers.who, a: answers.a}"
    body = kpi("count(distinct a) / count(distinct who)", inputs, "sample_unit: who")
    (found,) = judged(workbench, body, answers())
    assert (found.interval, found.without.code) == (None, "replicates-apart")


def test_weighted_quantiles(workbench):
    def weighted(w):
        order = np.argsort(A, kind="stable")
        below = np.cumsum((w * B)[order])
        return A[order][np.searchsorted(below, 0.5 * below[-1] * (1 - 1e-12))]

    (found,) = judged(workbench, kpi("median(a)", "{a: answers.a}", "weight: b"), answers())
    agrees(found, replicates(weighted, column("answer_id")))


def test_segments_and_periods_have_their_own(workbench):
    body = kpi("median(a) / avg(b)", "{a: answers.a, b: answers.b}", "level: 0.8")
    found = judged(workbench, body, answers(), by=["ch"])
    assert [dict(r.segment) for r in found] == [{}, {"ch": "x"}, {"ch": "y"}]
    for reading in found[1:]:
        there = column("ch") == dict(reading.segment)["ch"]
        value = lambda w: np.median(np.repeat(A, w * there)) / ((w * there * B).sum() / (w * there).sum())  # noqa: B023, E731
        drawn = replicates(value, column("answer_id"), count=1000)
        assert reading.se == pytest.approx(drawn.std(ddof=1), rel=NOISE)
        assert reading.interval.level == 0.8
        assert reading.interval.low == pytest.approx(np.percentile(drawn, 10), abs=0.45 * drawn.std())


def test_what_reads_the_period_reads_that_of_its_rows(workbench):
    days = "avg(date_diff('day', at, period_end()))"
    (found,) = judged(workbench, kpi(days.replace(" at,", " a,"), "{a: answers.at}"), answers())
    left = np.array([31 - int(d[-2:]) for d in column("at")]) + 1
    drawn = replicates(lambda w: (w * left).sum() / w.sum(), column("answer_id"))
    assert found.value == pytest.approx(left.mean())
    agrees(found, drawn)


# units that are summed up first


def of_units(w, keys, value):
    """A value over one mean a key."""
    means = [np.average(A[keys == k], weights=w[keys == k]) for k in np.unique(keys) if w[keys == k].sum()]
    return value(np.array(means))


def test_units_of_a_key_are_drawn_after_they_are_summed_up(workbench):
    inputs = "{a: {dataset: answers, expr: avg(a), per: who}}"
    (found,) = judged(workbench, kpi("median(a)", inputs), answers())
    means = np.array([A[p == WHO].mean() for p in np.unique(WHO)])
    agrees(found, replicates(lambda w: np.median(np.repeat(means, w)), np.arange(len(means))))


def test_rows_are_drawn_before_they_are_summed_up_by_another_key(workbench):
    inputs = "{a: {dataset: answers, expr: avg(a), per: item}}"
    (found,) = judged(workbench, kpi("stddev_pop(a)", inputs, "sample_unit: who"), answers())
    items = column("item")
    agrees(found, replicates(lambda w: of_units(w, items, np.std), WHO))
    assert found.n == 6


# data sets beside each other


def base(who):
    return [{"who": w, "at": f"2026-03-{1 + i % 28:02}", "ch": "xy"[i % 2], "x": 5 + i % 7} for i, w in enumerate(who)]


RATIO = kpi("sum(a) / sum(x)", "{a: answers.a, x: base.x}", "sample_unit: who")


def test_a_unit_counts_alike_in_all_data_sets(workbench):
    """What one data set is divided by another that is a copy of it does not vary, whoever is drawn."""
    rows = [{"who": r["who"], "at": r["at"], "ch": r["ch"], "x": r["a"]} for r in ROWS]
    tables = {**answers(), "base": csv(rows, "who", "at", "ch", "x")}
    (found,) = judged(workbench, RATIO, tables)
    assert (found.value, found.interval, found.without.code) == (1, None, "replicates-alike")


def test_units_of_different_names_are_drawn_apart(workbench):
    there = base(sorted({r["who"] for r in ROWS}))
    body = RATIO.replace("sample_unit: who\n", "")
    tables = {**answers(), "base": csv(there, "who", "at", "ch", "x")}
    (found,) = judged(workbench, body, tables)
    x = column("x", there)
    first = replicates(lambda w: (w * A).sum(), column("answer_id"))
    second = replicates(lambda w: (w * x).sum(), column("who", there), seed=2)
    agrees(found, first / second)


def test_what_is_not_cut_by_a_dimension_is_drawn_as_a_whole(workbench):
    there = base([f"q{i}" for i in range(80)])
    body = kpi("sum(a) / sum(x)", "{a: answers.a, x: {dataset: base, expr: x, whole: true}}")
    tables = {**answers(), "base": csv(there, "who", "at", "ch", "x")}
    _, found, _ = judged(workbench, body, tables, by=["ch"])
    x, cut = column("x", there), column("ch") == "x"
    first = replicates(lambda w: (w * A * cut).sum(), column("answer_id"))
    second = replicates(lambda w: (w * x).sum(), column("who", there), seed=2)
    agrees(found, first / second)


def test_the_whole_population_beside_a_sample_stays_as_it_is(workbench):
    there = base([f"q{i}" for i in range(80)])
    body = """kpi: all_there
population: complete
inputs: {x: base.x}
formula: sum(x)
direction: higher_is_better
---
kpi: it
inputs: {a: {kpi: spent}, x: {kpi: all_there}}
formula: a / x
direction: higher_is_better
confidence: bootstrap
---
kpi: spent
inputs: {a: answers.a}
formula: median(a)
direction: higher_is_better
"""
    (found,) = judged(workbench, body, {**answers(), "base": csv(there, "who", "at", "ch", "x")})
    whole = column("x", there).sum()
    agrees(found, replicates(lambda w: np.median(np.repeat(A, w)) / whole, column("answer_id")))


def test_a_kpi_that_is_only_read_is_not_drawn(workbench):
    other = kpi("median(a)", "{a: answers.a}").replace("kpi: it", "kpi: usual")
    body = f"{other}---\n" + kpi("2 * usual", "{usual: {kpi: usual}}")
    project = workbench(COLUMNS + body, answers())
    found = project.run("it", at="2026-03", as_of="2026-05-01", compare=())
    assert [name for name, _ in found.outcome.script.draws] == ["it"]
    assert found.readings[0].method == "bootstrap"


def test_a_test_of_a_spec_may_expect_an_interval(workbench):
    given = ", ".join(f"{{answer_id: r{i}, a: {i % 5}}}" for i in range(60))
    expect = "{value: 2, low: 1.65, high: 2.35, tolerance: 0.1}"
    tests = f"tests: [{{name: of sixty, given: {{answers: [{given}]}}, expect: {expect}}}]"
    folder = workbench.write(COLUMNS + kpi("avg(a)", "{a: answers.a}", tests), answers())
    found = CliRunner().invoke(app, ["test", str(folder)])
    assert found.exit_code == 0, found.output


# why there is none


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (kpi("avg(x)", "{x: keyless.x}"), "no-unit"),
        (kpi("avg(a)", "{a: answers.a}", "population: complete"), "complete"),
        (kpi("max(a) - max(a)", "{a: answers.a}"), "replicates-alike"),
        (kpi("avg(a) filter (where b > 14.98)", "{a: answers.a, b: answers.b}"), "few-replicates"),
        (kpi("count(distinct who) / count(distinct item)", "{who: answers.who, item: answers.item}"), "several-units"),
        (
            "kpi: spent\ninputs: {a: answers.a}\nformula: avg(a)\ndirection: higher_is_better\n---\n"
            + kpi("now - before", "{now: {kpi: spent}, before: {kpi: spent, offset: -1 month}}"),
            "draws-earlier",
        ),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_why_there_is_none(workbench, body, code):
    february = [{**r, "at": "2026-02-05"} for r in made(8, 20)]
    keyless = base(["q1", "q2", "q3"])
    tables = {**answers([*ROWS, *february]), "keyless": csv(keyless, "at", "ch", "x")}
    (found,) = judged(workbench, body, tables)
    assert (found.interval, found.method) == (None, "none")
    assert found.value is not None
    assert found.without.code == code


def test_too_many_units_are_counted_and_not_drawn(workbench):
    rows = "".join(f"r{i},2026-03-{1 + i % 28:02},p{i},i1,x,{i % 97},1\n" for i in range(200_001))
    tables = {"answers": "answer_id,at,who,item,ch,a,b\n" + rows}
    began = monotonic()
    (found,) = judged(workbench, kpi("median(a)", "{a: answers.a}"), tables)
    assert monotonic() - began < 10  # drawn, it takes a minute
    assert (found.interval, found.without.code) == (None, "too-many-units")
    assert dict(found.without.values) == {"units": 200_001, "most": 200_000}


# the same each time


def printed(workbench, rows, threads):
    """The readings as they are printed, of a project that is written anew."""
    body = kpi("median(a) + avg(b) * corr(a, b)", "{a: answers.a, b: answers.b}", "sample_unit: who")
    folder = workbench.write(COLUMNS + body, answers(rows))
    call = ["run", "it", "--project", str(folder), "--period", "month", "--as-of", "2026-05-01", "--by", "ch"]
    found = CliRunner().invoke(app, [*call, "--format", "json", "--threads", str(threads)])
    assert found.exit_code == 0, found.stderr
    return json.dumps(json.loads(found.stdout)["results"])


def test_threads_and_the_order_of_rows_change_no_digit(workbench):
    shuffled = list(ROWS)
    Random(3).shuffle(shuffled)
    first = printed(workbench, ROWS, 1)
    assert "bootstrap" in first
    assert printed(workbench, ROWS, 4) == first
    assert printed(workbench, shuffled, 4) == first
