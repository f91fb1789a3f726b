"""What holds of every aggregate of the language whatever the rows are: the order, the files and the columns beside do
not matter, rows given twice double what counts and leave what is a share or a mean, and parts make the whole.

A new aggregate gets a row of `KPIS`; a test fails until it has one.
"""

import csv
import io
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import kpispec
from kpispec.diagnostics import Findings
from kpispec.formula.check import aggregates
from kpispec.formula.functions import FUNCTIONS
from kpispec.formula.parse import parse
from kpispec.source import Text


@dataclass(frozen=True)
class Kind:
    """A formula, and what becomes of its value: `twice` or `same` where all rows are there twice, `None` where that
    depends on the rows. `adds`: the values of parts of the rows add up to that of all; nothing counts as 0.
    """

    formula: str
    doubled: str | None = "same"
    adds: bool = False
    near: float = 1e-9


KPIS = {
    "counted": Kind("count(x)", "twice", adds=True),
    "half_closed": Kind("km_quantile(y, ok, 0.5)"),
    "closed_by": Kind("km_share(x, ok, 3)"),
    "row_count": Kind("count(*)", "twice", adds=True),
    "different": Kind("count(distinct who)"),
    "roughly": Kind("approx_count_distinct(who)"),
    "matching": Kind("count_if(x >= 3)", "twice", adds=True),
    "total": Kind("sum(x)", "twice", adds=True),
    "part_total": Kind("sum_if(x, ok)", "twice", adds=True),
    "filtered": Kind("sum(x) filter (where ok)", "twice", adds=True),
    "share": Kind("100 * count_if(ok) / count(ok)"),
    "mean": Kind("avg(x)"),
    "least_of": Kind("min(x)"),
    "most_of": Kind("max(x)"),
    "middle": Kind("median(x)"),
    "ninth": Kind("quantile_cont(x, 0.9)", None),
    "ninth_seen": Kind("quantile_disc(x, 0.9)"),
    "spread": Kind("stddev_pop(x)", near=1e-6),
    "spread_of_sample": Kind("stddev_samp(x)", None, near=1e-6),
    "square": Kind("var_pop(x)", near=1e-6),
    "square_of_sample": Kind("var_samp(x)", None, near=1e-6),
    "first_x": Kind("arg_min(x, y)"),
    "last_x": Kind("arg_max(x, y)"),
    "all_ok": Kind("if(bool_and(ok), 1, 0)"),
    "any_ok": Kind("if(bool_or(ok), 1, 0)"),
    "together": Kind("corr(x, y)", near=1e-6),
    "per_head": Kind("sum(x) / count(distinct who)", "twice"),
    "of_two": Kind("100 * (count_if(x >= 3) - count_if(x <= 1)) / count(x)"),
}
INPUTS = {"x": "answers.x", "y": "answers.y", "ok": "answers.ok", "who": "answers.who"}
OVER_KPIS = "kpi: over\ndirection: higher_is_better\ninputs: {a: {kpi: total}, b: {kpi: counted}}\nformula: a / b\n"
DATASET = """dataset: answers
time: day
columns:
  day: {type: date}
  part: {type: string, dimension: true}
  x: {type: integer, range: [0, 9]}
  y: {type: number}
  ok: {type: boolean}
  who: {type: string}
"""
HEADER = ("day", "part", "x", "y", "ok", "who")

rows = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.sampled_from(["2026-01-05", "2026-01-31", "2026-02-01", "2026-03-15"]),
            "part": st.sampled_from(["a", "b", ""]),
            "x": st.sampled_from(["", *map(str, range(11))]),
            "y": st.sampled_from(["", "0.5", "1", "2.25", "-3"]),
            "ok": st.sampled_from(["true", "false", ""]),
            "who": st.sampled_from(["p", "q", "r", ""]),
        }
    ),
    min_size=1,
    max_size=15,
)
few = settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


def document(id, kind):
    used = [f"{n}: {c}" for n, c in INPUTS.items() if f"({n}" in kind.formula or f" {n}" in kind.formula]
    inputs = ", ".join(used or ["x: answers.x"])
    return f"kpi: {id}\ndirection: higher_is_better\nconfidence: none\ninputs: {{{inputs}}}\nformula: {kind.formula}\n"


class Bench:
    """A project over one file, and one over the parts of it."""

    def __init__(self, folder):
        self.folder = folder
        specs = "---\n".join([DATASET, OVER_KPIS, *(document(id, kind) for id, kind in KPIS.items())])
        (folder / "all.yml").write_text(specs, encoding="utf-8")
        self.project = kpispec.load(folder / "all.yml", data={"answers": folder / "*.csv"})
        assert not [f.message for f in self.project.findings if f.severity == "error"]

    def values(self, *files, header=HEADER, **asked):
        """Values by KPI, day the period begins and segment, over files of rows."""
        for old in self.folder.glob("*.csv"):
            old.unlink()
        for number, found in enumerate(files):
            (self.folder / f"{number}.csv").write_text(written(found, header), encoding="utf-8")
        asked = {"period": "month", "as_of": "2026-04-01", "compare": (), "threads": 1, **asked}
        result = self.project.run(*KPIS, "over", **asked)
        assert not result.outcome.failed
        return {(r.kpi, r.period.start, r.segment[0][1] if r.segment else "*"): r.value for r in result.readings}


def written(found, header):
    text = io.StringIO()
    lines = csv.DictWriter(text, header, lineterminator="\n")
    lines.writeheader()
    lines.writerows(found)
    return text.getvalue()


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("invariants"))


def same(kpi, found, value):
    near = KPIS[kpi].near if kpi in KPIS else 1e-9
    return found == pytest.approx(value, rel=near, abs=near) if value is not None else found is None


def agree(found, wanted):
    assert found.keys() == wanted.keys()
    assert [key for key in wanted if not same(key[0], found[key], wanted[key])] == []


def test_every_aggregate_has_a_row():
    trees = [parse(Text.of(kind.formula), "", Findings()) for kind in KPIS.values()]
    named = {call.name for tree in trees for call in aggregates(tree)}
    assert {name for name, f in FUNCTIONS.items() if f.kind == "aggregate"} - named == set()


@few
@given(found=rows, chance=st.randoms(use_true_random=False))
def test_neither_order_nor_files_nor_a_column_beside_matter(bench, found, chance):
    whole = bench.values(found, by=["part"])
    shuffled = chance.sample(found, len(found))
    cut = chance.randint(0, len(found))
    agree(bench.values(shuffled[:cut], shuffled[cut:], by=["part"]), whole)
    beside = [{**row, "more": str(n)} for n, row in enumerate(shuffled)]
    agree(bench.values(beside, header=("more", *HEADER), by=["part"]), whole)


@few
@given(found=rows)
def test_rows_twice(bench, found):
    once, twice = bench.values(found, by=["part"]), bench.values(found, found, by=["part"])
    assert once.keys() == twice.keys()
    for (kpi, start, segment), value in once.items():
        doubled = KPIS[kpi].doubled if kpi in KPIS else "same"
        if doubled is not None:
            wanted = 2 * value if doubled == "twice" and value is not None else value
            assert same(kpi, twice[kpi, start, segment], wanted), (kpi, start, segment)


def added(parts):
    """The values of parts together; a part without a value adds nothing."""
    known = [v for v in parts if v is not None]
    return sum(known) if known else None


@few
@given(found=rows, where=st.sampled_from(["ok", "x > 3", "who = 'p' or y < 1", "part is distinct from 'a'"]))
def test_true_false_and_unknown_make_the_whole(bench, found, where):
    whole = bench.values(found)
    parts = [bench.values(found, where=w) for w in (where, f"not ({where})", f"({where}) is null")]
    for key, value in whole.items():
        if key[0] in KPIS and KPIS[key[0]].adds:
            assert same(key[0], added(part.get(key) for part in parts), value), key


@few
@given(found=rows)
def test_segments_and_months_make_the_whole(bench, found):
    by_part, by_month = bench.values(found, by=["part"], period="all"), bench.values(found)
    for kpi in (id for id, kind in KPIS.items() if kind.adds):
        whole = by_part[kpi, None, "*"]
        cut = added(v for (id, _, segment), v in by_part.items() if id == kpi and segment != "*")
        months = added(v for (id, _, _), v in by_month.items() if id == kpi)
        assert same(kpi, cut, whole)
        assert same(kpi, months, whole)
