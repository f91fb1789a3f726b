"""What is withheld, and that nothing tells of it: neither an output nor a sum less the rest."""

import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpispec.evaluate.report import Status
from kpispec.evaluate.withheld import _protected
from kpispec.render.html import render_html
from kpispec.render.machine import to_csv, to_json, to_jsonl, to_markdown
from kpispec.render.text import render_table
from kpispec.render.xlsx import write_xlsx

SPECS = """
dataset: answers
time: answered_at
columns:
  answered_at: {type: timestamp}
  region: {type: string, dimension: true}
  channel: {type: string, dimension: true}
  score: {type: integer, range: [0, 1000]}
---
kpi: mean
inputs: {x: answers.score}
formula: avg(x)
suppress_below: 5
min_n: 20
thresholds: {good: ">= 100", bad: "< 50"}
---
kpi: twice
inputs: {m: {kpi: mean}}
formula: 2 * m
direction: higher_is_better
---
kpi: open
inputs: {x: answers.score}
formula: count(x)
unit: count
---
scorecard: card
segments: [region]
history: 3
sections:
  - {label: All, kpis: [mean, twice]}
"""
# region: values of the current month; the first of each group is told apart by its digits
CURRENT = {"north": [731] * 3, "south": [111] * 7, "east": [222] * 9, "west": [333] * 10}


def data(current=None, channel="chat"):
    lines = ["answered_at,region,channel,score"]
    for region, scores in (current or CURRENT).items():
        lines += [f"2026-03-10 08:00:00,{region},{channel},{score}" for score in scores]
        lines += [f"2026-02-10 08:00:00,{region},{channel},400"] * 6
    return "\n".join(lines) + "\n"


def run(workbench, *names, rows=None, **options):
    project = workbench(SPECS, {"answers": rows or data()})
    return project.run(*names, as_of="2026-04-01", at="2026-03", **options)


def statuses(result, kpi="mean"):
    report = result.report.kpi(kpi)
    found = {r.segment[0][1] if r.segment else None: r.status for r in (*report.history, *report.segments)}
    return {name: status is Status.SUPPRESSED for name, status in found.items()}


def test_few_are_withheld_and_the_next_smallest_with_them(workbench):
    found = run(workbench, "mean", by=["region"])
    assert statuses(found) == {None: False, "north": True, "south": True, "east": False, "west": False}
    north = next(r for r in found.readings if r.segment == (("region", "north"),))
    assert (north.value, north.n, north.interval, north.rejected, north.compare) == (
        None,
        None,
        None,
        (),
        north.compare,
    )
    assert all(change.delta is None for _, change in north.compare)
    assert (north.method, north.uncertain, north.score) == ("none", False, None)
    assert [r.status for r in north.reasons] == [Status.SUPPRESSED]


def test_two_that_are_few_together_take_a_third_along(workbench):
    found = run(workbench, "mean", by=["region"], rows=data({**CURRENT, "south": [111]}))
    assert statuses(found) == {None: False, "north": True, "south": True, "east": True, "west": False}


def test_a_whole_of_few_withholds_everything(workbench):
    found = run(workbench, "mean", by=["region"], rows=data({"north": [1, 2], "south": [3, 4]}))
    assert set(statuses(found).values()) == {True}


def test_nothing_is_withheld_where_all_are_enough(workbench):
    assert set(statuses(run(workbench, "mean", by=["region"], rows=data({"a": [1] * 5, "b": [2] * 6}))).values()) == {
        False
    }


def test_what_is_computed_from_it_is_withheld_and_few_answers_are_not_passed_on(workbench):
    found = run(workbench, "twice", by=["region"])
    assert statuses(found, "twice") == {None: False, "north": True, "south": True, "east": False, "west": False}
    readings = {r.segment: r for r in found.readings}
    north, east = readings[(("region", "north"),)], readings[(("region", "east"),)]
    assert (north.value, north.n, north.reason.code, north.reason.get("kpi")) == (None, None, "upstream", "mean")
    assert (east.value, east.status) == (444, Status.NOT_JUDGED)


def test_a_crossed_cut_is_withheld_so_that_no_margin_tells(workbench):
    rows = data({"north": [731] * 3, "south": [111] * 7}) + data({"north": [222] * 8, "south": [333] * 9}, "phone")
    rows = rows.replace("answered_at,region,channel,score\n", "", 2)
    rows = "answered_at,region,channel,score\n" + rows
    found = run(workbench, "mean", by=["region", "channel", "region,channel"], rows=rows)
    hidden = {r.segment for r in found.readings if r.status is Status.SUPPRESSED}
    assert hidden == {
        (("region", region), ("channel", channel)) for region in ("north", "south") for channel in ("chat", "phone")
    }


def _cells(report, folder):
    from python_calamine import CalamineWorkbook

    write_xlsx(report, folder / "book.xlsx", "en")
    book = CalamineWorkbook.from_path(str(folder / "book.xlsx"))
    out = StringIO()
    for name in book.sheet_names:
        out.write(json.dumps(book.get_sheet_by_name(name).to_python(), default=str))
    return out.getvalue()


OUTPUTS = {
    "json": lambda report, _folder: to_json(report),
    "jsonl": lambda report, _folder: to_jsonl(report),
    "csv": lambda report, _folder: to_csv(report),
    "markdown": lambda report, _folder: to_markdown(report),
    "text": lambda report, _folder: render_table(report, language="en", width=200),
    "html": lambda report, _folder: render_html(report, language="en"),
    "xlsx": _cells,
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_no_output_holds_a_withheld_value(workbench, tmp_path, output):
    """731 is the mean of the few, 331 its change, 1462 what is computed from it."""
    project = workbench(SPECS, {"answers": data()})
    report = project.run("card", as_of="2026-04-01").report
    text = OUTPUTS[output](report, tmp_path)
    assert "222" in text
    for told in ("731", "1462", "1,462", "331", "1\u202f462"):
        assert told not in text.replace(str(tmp_path), "")


@given(
    counts=st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), st.integers(1, 12), min_size=1),
    least=st.integers(2, 8),
)
def test_no_sum_leaves_a_withheld_value_to_be_worked_out(counts, least):
    table = {(): sum(counts.values())}
    for (first, second), n in counts.items():
        table[("d", first), ("e", second)] = n
        for part in ((("d", first),), (("e", second),)):
            table[part] = table.get(part, 0) + n
    hidden = _protected(table, frozenset(s for s, n in table.items() if n < least), least)
    sums = [((), [s for s in table if len(s) == 1 and s[0][0] == d]) for d in "de"]
    sums += [(s, [c for c in table if len(c) == 2 and s[0] in c]) for s in table if len(s) == 1]
    for whole, parts in sums:
        kept = [s for s in parts if s in hidden]
        if whole in hidden:
            assert kept
        elif kept:
            assert len(kept) > 1
            assert sum(table[s] for s in kept) >= least
