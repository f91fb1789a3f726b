"""The split of a change against plain Python over the same rows, in exact fractions."""

import csv
import io
from fractions import Fraction
from math import fsum
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpispec

HEADER = ("day", "part", "x", "w", "ok")
SPECS = """dataset: answers
time: day
columns:
  day: {type: date}
  part: {type: string, dimension: true}
  x: {type: integer}
  w: {type: integer}
  ok: {type: boolean}
"""
INPUTS = "direction: higher_is_better\ninputs: {x: answers.x, w: answers.w, ok: answers.ok}\n"


def given_(rows, name):
    return [r[name] for r in rows if r[name] is not None]


def weighted(rows):
    return [(r["w"], r["x"]) for r in rows if r["w"] is not None and r["x"] is not None]


# What each formula has above and below the line, over rows of one segment and month.
RATIOS = {
    "share": ("100 * count_if(ok) / count(ok)", lambda r: 100 * sum(given_(r, "ok")), lambda r: len(given_(r, "ok"))),
    "mean": ("avg(x)", lambda r: sum(given_(r, "x")), lambda r: len(given_(r, "x"))),
    "per_weight": ("sum(x) / sum(w)", lambda r: sum(given_(r, "x")), lambda r: sum(given_(r, "w"))),
    "balance": (
        "100 * (count_if(x >= 3) - count_if(x < 0)) / count(x)",
        lambda r: 100 * sum((x >= 3) - (x < 0) for x in given_(r, "x")),
        lambda r: len(given_(r, "x")),
    ),
    "missing": ("5 - avg(x) / 3", lambda r: sum(5 - Fraction(x) / 3 for x in given_(r, "x")),
                lambda r: len(given_(r, "x"))),
    "part": ("sum_if(w, ok) / count(*)", lambda r: sum(q["w"] or 0 for q in r if q["ok"]), len),
    "heavy": ("avg(x)", lambda r: sum(w * x for w, x in weighted(r)), lambda r: sum(w for w, _ in weighted(r))),
}  # fmt: skip

row = st.fixed_dictionaries(
    {
        "day": st.sampled_from(["2026-01-10", "2026-02-10"]),
        "part": st.sampled_from([None, "a", "b", "c"]),
        "x": st.none() | st.integers(-5, 9),
        "w": st.none() | st.integers(0, 7),
        "ok": st.none() | st.booleans(),
    }
)


def specs():
    kpis = [f"kpi: {name}\n{INPUTS}formula: {formula}\n" for name, (formula, *_) in RATIOS.items()]
    return "---\n".join([SPECS, *kpis]) + "weight: w\n"


def computed(rows):
    """The splits by KPI, as kpispec finds them."""
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    with TemporaryDirectory() as folder:
        (Path(folder) / "specs.yml").write_text(specs(), encoding="utf-8")
        (Path(folder) / "rows.csv").write_text(text.getvalue(), encoding="utf-8")
        project = kpispec.load(Path(folder) / "specs.yml", data={"answers": Path(folder) / "rows.csv"})
        report = project.run(*RATIOS, at="2026-02", as_of="2026-04-01", by=["part"], explain_change=True).report
    return {k.spec.id: k.splits[0] for k in report.kpis}


def expected(rows, above, below):
    """Parts by segment as mix and rate; None where one of the two months has no value."""
    months = [[r for r in rows if r["day"].startswith(m)] for m in ("2026-01", "2026-02")]
    segments = {r["part"] for r in rows}
    tops = [{s: Fraction(above([r for r in m if r["part"] == s])) for s in segments} for m in months]
    bottoms = [{s: Fraction(below([r for r in m if r["part"] == s])) for s in segments} for m in months]
    all_ = [sum(b.values()) for b in bottoms]
    if not all(all_):
        return None
    mean = sum(sum(t.values()) / b for t, b in zip(tops, all_, strict=True)) / 2
    found = {}
    for s in segments:
        (w0, w1), (a0, a1) = ([side[i][s] / all_[i] for i in (0, 1)] for side in (bottoms, tops))
        both = bottoms[0][s] and bottoms[1][s]
        rate = (w0 + w1) / 2 * (tops[1][s] / bottoms[1][s] - tops[0][s] / bottoms[0][s]) if both else Fraction(0)
        found[s] = (a1 - a0 - (w1 - w0) * mean - rate, rate)
    return found


@settings(max_examples=40)
@given(st.lists(row, min_size=4, max_size=24))
def test_a_split_is_what_plain_python_finds(rows):
    splits = computed(rows)
    for name, (_, above, below) in RATIOS.items():
        split, wanted = splits[name], expected(rows, above, below)
        if wanted is None:
            assert split.reason is not None
            continue
        if split.reason is not None:  # a sum over nothing is no value, where plain Python has 0
            assert (split.reason.code, name) == ("split-no-value", "per_weight")
            continue
        parts = {p.segment[0][1]: (p.mix_effect, p.rate_effect) for p in split.parts}
        for segment, effects in wanted.items():
            assert parts.get(segment, (0, 0)) == pytest.approx([float(e) for e in effects], rel=1e-9, abs=1e-9)
        assert fsum(x for pair in parts.values() for x in pair) == split.delta
        assert split.delta == pytest.approx(float(sum(a + b for a, b in wanted.values())), rel=1e-9, abs=1e-9)


@settings(max_examples=10)
@given(st.lists(row, min_size=4, max_size=16), st.randoms(use_true_random=False))
def test_rows_given_twice_and_in_another_order_are_split_alike(rows, random):
    again = [*rows, *rows]
    random.shuffle(again)
    assert computed(again) == computed(rows)
