"""Standard errors of any formula against the infinitesimal jackknife: how the value moves as one row counts more."""

from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

import pytest

Z = NormalDist().inv_cdf(0.975)
COLUMNS = """
dataset: answers
time: at
key: [id]
columns:
  id: {type: string}
  at: {type: date}
  who: {type: string}
  a: {type: number}
  b: {type: number}
  s: {type: integer, range: [0, 10]}
  w: {type: number}
---
dataset: base
time: at
columns:
  at: {type: date}
  x: {type: number}
---
"""
INPUTS = "inputs: {a: answers.a, b: answers.b, s: answers.s}\n"


def made(seed, count, month="2026-03"):
    """Rows of which some cells are missing, several by one person."""
    dice = Random(seed)
    gone = lambda value: None if dice.random() < 0.1 else value  # noqa: E731
    return [
        {
            "id": f"{month}-{seed}-{i}",
            "at": f"{month}-{dice.randint(1, 28):02}",
            "who": f"p{dice.randint(1, count // 3)}",
            "a": gone(round(dice.gammavariate(2, 2), 3)),
            "b": gone(round(dice.uniform(5, 15), 3)),
            "s": gone(min(10, int(dice.betavariate(4, 1.5) * 11))),
            "w": round(dice.uniform(0.5, 3), 2),
            "x": round(dice.uniform(1, 9), 2),
        }
        for i in range(count)
    ]


def csv(rows, *columns):
    lines = [",".join("" if row[c] is None else str(row[c]) for c in columns) for row in rows]
    return "\n".join([",".join(columns), *lines]) + "\n"


def always(_row):
    return True


class Sums:
    """Sums over rows that each count `weights` times."""

    def __init__(self, rows, weights):
        self.rows, self.weights = rows, weights

    def sum(self, value, where=always):
        pairs = zip(self.rows, self.weights, strict=True)
        return sum(w * value(r) for r, w in pairs if value(r) is not None and where(r))

    def count(self, where):
        return self.sum(always, where)


def of(column):
    return lambda row: row[column]


def known(column):
    return lambda row: row[column] is not None


def at_least(bound):
    return lambda row: row["s"] is not None and row["s"] >= bound


def at_most(bound):
    return lambda row: row["s"] is not None and row["s"] <= bound


def mean(t, column):
    return t.sum(of(column)) / t.count(known(column))


def variance(t, column, below=0):
    n = t.count(known(column))
    squares = t.sum(lambda r: None if r[column] is None else r[column] ** 2)
    return (squares - t.sum(of(column)) ** 2 / n) / (n - below)


FORMULAS = {
    "100 * (count_if(s >= 9) - count_if(s <= 6)) / count(s)": lambda t: (
        100 * (t.count(at_least(9)) - t.count(at_most(6))) / t.count(known("s"))
    ),
    "(count_if(s >= 6) - count_if(s <= 6)) / count(*)": lambda t: (
        (t.count(at_least(6)) - t.count(at_most(6))) / t.count(always)
    ),
    "sum(case when s >= 9 then 100 when s <= 6 then -100 else 0 end) / count(s)": lambda t: (
        100 * (t.count(at_least(9)) - t.count(at_most(6))) / t.count(known("s"))
    ),
    "sum(a) / sum(b)": lambda t: t.sum(of("a")) / t.sum(of("b")),
    "avg(a) - avg(b)": lambda t: mean(t, "a") - mean(t, "b"),
    "100 * sum_if(a, s >= 9) / sum(a)": lambda t: 100 * t.sum(of("a"), at_least(9)) / t.sum(of("a")),
    "sum(a) filter (where s <= 6) / count(*)": lambda t: t.sum(of("a"), at_most(6)) / t.count(always),
    "sqrt(sum(a) / count(b))": lambda t: sqrt(t.sum(of("a")) / t.count(known("b"))),
    "ln(avg(a)) + exp(avg(b) / 10)": lambda t: log(mean(t, "a")) + exp(mean(t, "b") / 10),
    "power(avg(a), 2) / log10(sum(b))": lambda t: mean(t, "a") ** 2 / (log(t.sum(of("b"))) / log(10)),
    "var_samp(a)": lambda t: variance(t, "a", 1),
    "stddev_pop(a) / avg(a)": lambda t: sqrt(variance(t, "a")) / mean(t, "a"),
    "case when avg(a) > 1 then avg(a) * avg(b) else avg(b) end": lambda t: mean(t, "a") * mean(t, "b"),
    "greatest(avg(a), avg(b), 3) - coalesce(avg(a), 0)": lambda t: mean(t, "b") - mean(t, "a"),
    "abs(avg(a) - avg(b)) / (1 + count_if(s >= 9))": lambda t: (
        abs(mean(t, "a") - mean(t, "b")) / (1 + t.count(at_least(9)))
    ),
    "sum(a)": lambda t: t.sum(of("a")),
}


def jackknife(value, rows, unit=None, each=None):
    """The root of the sum of squares of what each row, or all rows of a unit together, move the value by."""
    weights = [1.0 if each is None else r[each] for r in rows]
    step, moved = 1e-5, {}
    for i, row in enumerate(rows):
        ends = []
        for sign in (1, -1):
            weights[i] *= 1 + sign * step
            ends.append(value(Sums(rows, weights)))
            weights[i] /= 1 + sign * step
        z = (ends[0] - ends[1]) / (2 * step)
        key = i if unit is None else row[unit]
        moved[key] = moved.get(key, 0.0) + z
    total = sum(z * z for z in moved.values())
    return sqrt(total if unit is None else total * len(moved) / (len(moved) - 1))


def judged(workbench, body, tables, **options):
    project = workbench(COLUMNS + body, tables)
    (found,) = project.run("it", **{"at": "2026-03", "as_of": "2026-05-01", "compare": (), **options}).readings
    return found


def error(found):
    return (found.interval.high - found.interval.low) / (2 * Z)


def answers(rows):
    return {"answers": csv(rows, "id", "at", "who", "a", "b", "s", "w")}


ROWS = made(1, 90)


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_a_smooth_formula(workbench, formula):
    body = f"kpi: it\n{INPUTS}formula: {formula}\ndirection: higher_is_better\n"
    found = judged(workbench, body, answers(ROWS))
    plain = Sums(ROWS, [1.0] * len(ROWS))
    assert found.method == "delta"
    assert found.value == pytest.approx(FORMULAS[formula](plain), rel=1e-9)
    assert error(found) == pytest.approx(jackknife(FORMULAS[formula], ROWS), rel=1e-5)


@pytest.mark.parametrize("formula", list(FORMULAS)[:7], ids=str)
def test_rows_of_one_person_are_summed_up_before_they_are_squared(workbench, formula):
    body = f"kpi: it\nsample_unit: who\n{INPUTS}formula: {formula}\ndirection: higher_is_better\n"
    found = judged(workbench, body, answers(ROWS))
    assert found.method == "delta"
    assert error(found) == pytest.approx(jackknife(FORMULAS[formula], ROWS, unit="who"), rel=1e-5)


@pytest.mark.parametrize("formula", list(FORMULAS)[:5], ids=str)
def test_weighted_rows(workbench, formula):
    body = f"kpi: it\nweight: w\n{INPUTS}formula: {formula}\ndirection: higher_is_better\n"
    found = judged(workbench, body, answers(ROWS))
    assert error(found) == pytest.approx(jackknife(FORMULAS[formula], ROWS, each="w"), rel=1e-5)


def test_the_effective_n_of_weighted_answers_is_that_of_kish(workbench):
    formula = "100 * count_if(s >= 9) / count(s)"
    body = f"kpi: it\nweight: w\ninputs: {{s: answers.s}}\nformula: {formula}\ndirection: higher_is_better\n"
    found = judged(workbench, body, answers(ROWS))
    weights = [r["w"] for r in ROWS if r["s"] is not None]
    assert found.n == len(weights)
    assert found.effective_n == pytest.approx(sum(weights) ** 2 / sum(w * w for w in weights), rel=1e-9)


def test_a_count_of_different_persons_makes_the_person_the_unit(workbench):
    inputs, formula = "{who: answers.who, a: answers.a}", "sum(a) / count(distinct who)"
    body = f"kpi: it\ninputs: {inputs}\nformula: {formula}\ndirection: higher_is_better\n"
    found = judged(workbench, body, answers(ROWS))
    persons = {}
    for row in ROWS:
        persons.setdefault(row["who"], []).append(row["a"] or 0.0)
    sums = [sum(v) for v in persons.values()]
    value, count = sum(sums) / len(sums), len(sums)
    squares = sum(((s - value) / count) ** 2 for s in sums) * count / (count - 1)
    assert found.value == pytest.approx(value)
    assert error(found) == pytest.approx(sqrt(squares), rel=1e-9)


def test_rows_of_two_data_sets_add_their_variances(workbench):
    body = "kpi: it\ninputs: {a: answers.a, x: base.x}\nformula: 1000 * sum(a) / sum(x)\ndirection: higher_is_better\n"
    base = made(2, 40)
    found = judged(workbench, body, {**answers(ROWS), "base": csv(base, "at", "x")})
    below = sum(r["x"] for r in base)
    above = sum(r["a"] or 0 for r in ROWS)
    ours = sum((1000 * (r["a"] or 0) / below) ** 2 for r in ROWS)
    theirs = sum((1000 * above / below**2 * r["x"]) ** 2 for r in base)
    assert error(found) == pytest.approx(sqrt(ours + theirs), rel=1e-9)


GROWTH = """kpi: spent
inputs: {a: answers.a}
formula: sum(a) / count(*)
direction: higher_is_better
---
kpi: it
inputs: {now: {kpi: spent}, before: {kpi: spent, offset: OFFSET}}
formula: 100 * (now - before) / before
direction: higher_is_better
"""


def test_a_change_against_an_earlier_period_adds_the_variances_of_both(workbench):
    earlier = made(3, 70, "2026-01")
    found = judged(workbench, GROWTH.replace("OFFSET", "-2 periods"), answers([*earlier, *ROWS]))

    def per_row(t):
        return t.sum(of("a")) / t.count(always)

    now, before = (per_row(Sums(rows, [1.0] * len(rows))) for rows in (ROWS, earlier))
    errors = jackknife(per_row, ROWS) / before, jackknife(per_row, earlier) * now / before**2
    assert error(found) == pytest.approx(100 * sqrt(errors[0] ** 2 + errors[1] ** 2), rel=1e-5)


def test_the_same_quarter_by_two_offsets_is_one(workbench):
    body = GROWTH.replace("OFFSET", "-1 quarter").replace("now: {kpi: spent}", "now: {kpi: spent, offset: -3 months}")
    found = judged(workbench, body, answers([*made(3, 70, "2025-12"), *ROWS]))
    assert (found.value, found.interval, found.without.code) == (0.0, None, "alike")


def test_kpis_over_the_same_rows_are_taken_together(workbench):
    """The errors of a share and of the share of the rest hang together: their sum has none."""
    body = """kpi: up
inputs: {s: answers.s}
formula: 100 * count_if(s >= 9) / count(s)
unit: percent
direction: higher_is_better
---
kpi: rest
inputs: {s: answers.s}
formula: 100 * count_if(s < 9) / count(s)
unit: percent
direction: higher_is_better
---
kpi: it
inputs: {up: {kpi: up}, rest: {kpi: rest}}
formula: up + 2 * rest
direction: higher_is_better
"""
    found = judged(workbench, body, answers(ROWS))

    def both(t):
        return 100 * (t.count(at_least(9)) + 2 * t.count(at_most(8))) / t.count(known("s"))

    assert error(found) == pytest.approx(jackknife(both, ROWS), rel=1e-5)
    whole = judged(workbench, body.replace("2 * rest", "rest"), answers(ROWS))
    assert (whole.value, whole.interval, whole.without.code) == (100.0, None, "alike")


def test_units_of_an_inner_grouping_are_what_is_sampled(workbench):
    body = """kpi: it
inputs:
  a: {dataset: answers, expr: avg(a), per: who}
  b: {dataset: answers, expr: avg(b), per: who}
formula: sum(a) / sum(b)
direction: higher_is_better
"""
    found = judged(workbench, body, answers(ROWS))
    persons = {}
    for row in ROWS:
        for column in "ab":
            if row[column] is not None:
                persons.setdefault(row["who"], {}).setdefault(column, []).append(row[column])
    means = [{c: sum(v) / len(v) for c, v in p.items()} for p in persons.values()]
    units = [{"a": m.get("a"), "b": m.get("b")} for m in means]
    assert error(found) == pytest.approx(jackknife(FORMULAS["sum(a) / sum(b)"], units), rel=1e-5)


def test_a_share_of_the_whole_is_cut_on_one_side_only(workbench):
    body = """kpi: it
inputs: {a: answers.a, all: {dataset: answers, expr: a, whole: true}}
formula: 100 * sum(a) / sum(all)
direction: higher_is_better
"""
    cut = COLUMNS.replace("who: {type: string}", "who: {type: string, dimension: true}")
    project = workbench(cut + body, answers(ROWS))
    found = {r.segment: r for r in project.run("it", at="2026-03", as_of="2026-05-01", compare=(), by=["who"]).readings}
    reading = found[(("who", "p1"),)]

    def share(t):
        return 100 * t.sum(of("a"), lambda r: r["who"] == "p1") / t.sum(of("a"))

    assert reading.value == pytest.approx(share(Sums(ROWS, [1.0] * len(ROWS))))
    assert error(reading) == pytest.approx(jackknife(share, ROWS), rel=1e-5)


def test_a_formula_that_names_its_period_is_not_written_out_for_another(workbench):
    body = """kpi: daily
inputs: {a: answers.a}
formula: sum(a) / date_diff('day', period_start(), period_end())
direction: higher_is_better
---
kpi: it
inputs: {now: {kpi: daily}, before: {kpi: daily, offset: -1 month}}
formula: now - before
direction: higher_is_better
"""
    project = workbench(COLUMNS + body, answers([*made(3, 70, "2026-02"), *ROWS]))
    found = {r.kpi: r for r in project.run("daily", "it", at="2026-03", as_of="2026-05-01", compare=()).readings}
    assert found["daily"].method == "delta"
    assert (found["it"].interval, found["it"].without.code) == (None, "no-method")
