"""Lineage: from columns to scorecards and back, in every format, whatever things are called."""

import json
import re

import pytest
from typer.testing import CliRunner

import kpispec
from kpispec.catalog.lineage import ASIDE
from kpispec.catalog.uses import lineage
from kpispec.cli.app import app

SPECS = """
dataset: tickets
label: Tickets
key: [ticket_id]
time: opened_at
where: kind <> 'test'
columns:
  ticket_id: {type: string, not_null: true}
  customer_id: {type: string}
  kind: {type: string, not_null: true}
  channel: {type: string, dimension: true}
  opened_at: {type: timestamp}
  replied_at: {type: timestamp}
  topic: {type: string}
  next_at: {type: timestamp, expr: "lead(opened_at) over (partition by customer_id order by opened_at)"}
---
function: late
args: [wait, limit]
formula: 100 * count_if(is_late(wait, limit)) / count(wait)
---
function: is_late
args: [wait, limit]
formula: wait > limit
---
kpi: slow
label: {en: Slow replies, fr: Réponses lentes}
unit: percent
inputs: {wait: {dataset: tickets, expr: replied_at - opened_at, where: channel = 'phone'}}
formula: late(wait, 4 h)
thresholds: {good: "< 5", bad: "> 20"}
benchmarks: [{set: trade, entry: phone}]
drivers: [again]
---
kpi: very_slow
extends: slow
label: Very slow
formula: late(wait, 8 h)
read_with: [again]
benchmarks: null
---
kpi: slowest
extends: very_slow
formula: late(wait, 48 h)
---
kpi: again
unit: count
inputs: {next: tickets.next_at}
formula: count(next)
direction: lower_is_better
---
kpi: ratio
inputs: {slow: {kpi: slow, where: kind = 'vip'}, again: {kpi: again}}
formula: slow / again
direction: lower_is_better
---
benchmark: trade
entries: {phone: {value: 4, year: 2025, source: Panel, unit: percent}}
---
scorecard: care
segments: [channel]
sections: [{label: All, kpis: [slow, ratio]}]
"""


@pytest.fixture
def graph(workbench):
    return lineage(workbench(SPECS).catalog)


def edges(graph, *ends):
    return {(e.start, e.use.value, e.end) for e in graph.edges if not ends or e.end in ends}


def ids(graph):
    return {node.id for node in graph.nodes}


def test_an_input_reads_its_columns_its_filters_and_the_rows_of_its_data_set(graph):
    assert edges(graph, "kpi.slow.inputs.wait", "dataset.tickets") == {
        ("dataset.tickets", "rows", "kpi.slow.inputs.wait"),
        ("tickets.replied_at", "computes", "kpi.slow.inputs.wait"),
        ("tickets.opened_at", "computes", "kpi.slow.inputs.wait"),
        ("tickets.channel", "filters", "kpi.slow.inputs.wait"),
        ("tickets.kind", "filters", "dataset.tickets"),
        ("tickets.opened_at", "places", "dataset.tickets"),
        ("tickets.ticket_id", "identifies", "dataset.tickets"),
    }


def test_computed_columns_functions_benchmarks_and_asides_have_their_edges(graph):
    assert edges(graph, "tickets.next_at", "kpi.slow", "function.late") == {
        ("tickets.opened_at", "computes", "tickets.next_at"),
        ("tickets.customer_id", "computes", "tickets.next_at"),
        ("kpi.slow.inputs.wait", "computes", "kpi.slow"),
        ("function.late", "calls", "kpi.slow"),
        ("benchmark.trade", "compares", "kpi.slow"),
        ("kpi.again", "drives", "kpi.slow"),
        ("function.is_late", "calls", "function.late"),
    }


def test_a_kpi_input_reads_the_kpi_and_the_columns_of_its_filter(graph):
    assert edges(graph, "kpi.ratio.inputs.slow", "kpi.ratio", "scorecard.care") == {
        ("kpi.slow", "computes", "kpi.ratio.inputs.slow"),
        ("tickets.kind", "filters", "kpi.ratio.inputs.slow"),
        ("kpi.ratio.inputs.slow", "computes", "kpi.ratio"),
        ("kpi.ratio.inputs.again", "computes", "kpi.ratio"),
        ("kpi.slow", "shows", "scorecard.care"),
        ("kpi.ratio", "shows", "scorecard.care"),
        ("tickets.channel", "cuts", "scorecard.care"),
    }


def test_a_document_that_extends_another_reads_for_itself(graph):
    assert ("kpi.slow", "extends", "kpi.very_slow") in edges(graph)
    assert ("kpi.very_slow", "extends", "kpi.slowest") in edges(graph)
    assert ("tickets.replied_at", "computes", "kpi.slowest.inputs.wait") in edges(graph)


def test_around_a_column_is_what_is_computed_of_it_only(graph):
    around = graph.around(["tickets.next_at"])
    assert ids(around) == {
        "tickets.next_at", "tickets.opened_at", "tickets.customer_id", "kpi.again.inputs.next", "kpi.again",
        "kpi.ratio.inputs.again", "kpi.ratio", "scorecard.care",
    }  # fmt: skip
    assert not [edge for edge in around.edges if edge.use in ASIDE]


def test_around_a_kpi_are_its_parents_but_not_what_they_read(graph):
    around = graph.around(["kpi.slowest"])
    assert {"kpi.very_slow", "kpi.slow", "kpi.slowest.inputs.wait"} <= ids(around)
    assert not {"kpi.slow.inputs.wait", "benchmark.trade", "scorecard.care"} & ids(around)
    assert "kpi.again" in ids(around)  # named under `drivers`
    assert "kpi.again.inputs.next" not in ids(around)


def test_around_a_function_and_a_benchmark_is_all_that_uses_them(graph):
    assert {"kpi.slow", "kpi.slowest", "kpi.ratio", "scorecard.care"} <= ids(graph.around(["function.is_late"]))
    assert ids(graph.around(["benchmark.trade"])) == {
        "benchmark.trade", "kpi.slow", "kpi.ratio.inputs.slow", "kpi.ratio", "scorecard.care",
    }  # fmt: skip


JOINED = """
dataset: tickets
time: opened_at
columns: {opened_at: {type: timestamp}, customer_id: {type: string}, minutes: {type: number}}
joins: {customer: {dataset: customers, on: {customer_id: id}}}
---
dataset: customers
columns: {id: {type: string}, area_id: {type: string}}
joins: {area: {dataset: areas, on: area_id}}
---
dataset: areas
columns: {area_id: {type: string}, region: {type: string}, weight: {type: number}}
---
kpi: north
inputs: {x: {dataset: tickets, expr: minutes * cut, where: customer.area.region = 'north', per: customer.id}}
weight: customer.area.weight
params: {cut: 4}
formula: avg(x)
"""


def test_names_are_followed_through_joins(workbench):
    found = edges(lineage(kpispec.load(workbench.write(JOINED)).catalog), "kpi.north.inputs.x")
    assert found == {
        ("tickets.minutes", "computes", "kpi.north.inputs.x"),
        ("areas.region", "filters", "kpi.north.inputs.x"),
        ("areas.weight", "weights", "kpi.north.inputs.x"),
        ("customers.id", "identifies", "kpi.north.inputs.x"),
        ("tickets.customer_id", "joins", "kpi.north.inputs.x"),
        ("customers.id", "joins", "kpi.north.inputs.x"),
        ("customers.area_id", "joins", "kpi.north.inputs.x"),
        ("areas.area_id", "joins", "kpi.north.inputs.x"),
        *((f"dataset.{id}", "rows", "kpi.north.inputs.x") for id in ("tickets", "customers", "areas")),
    }


def test_a_kpi_with_a_finding_and_an_undeclared_data_set_have_their_place(workbench):
    broken = "kpi: lost\ninputs: {x: bought.price, y: nowhere.z}\nformula: sum(x) +\n"
    folder = workbench.write(broken, {"bought": "price\n1\n"})
    assert edges(lineage(kpispec.load(folder).catalog)) == {
        ("dataset.bought", "rows", "kpi.lost.inputs.x"),
        ("bought.price", "computes", "kpi.lost.inputs.x"),
        ("kpi.lost.inputs.x", "computes", "kpi.lost"),
        ("kpi.lost.inputs.y", "computes", "kpi.lost"),
    }


def told(folder, *words):
    ran = CliRunner().invoke(app, ["lineage", *words, "--project", str(folder)])
    return ran.exit_code, ran.stdout, ran.stderr


def test_the_text_is_a_tree_both_ways(workbench):
    assert (
        told(workbench.write(SPECS), "slow")[1]
        == """\
KPI slow: Slow replies

What it is made of
  calls function late
    calls function is_late
  compared with benchmark trade
  computed from input slow.wait
    rows of data set tickets
      identified by column tickets.ticket_id
      filtered by column tickets.kind
      placed in time by column tickets.opened_at
    filtered by column tickets.channel
    computed from column tickets.opened_at
    computed from column tickets.replied_at
  driven by KPI again

What uses it
  computes input ratio.slow
    computes KPI ratio
      shown on scorecard care
  extended by KPI very_slow
    extended by KPI slowest
  shown on scorecard care
"""
    )


def test_a_data_set_is_told_with_its_columns(workbench):
    text = told(workbench.write(SPECS), "tickets")[1]
    assert "column tickets.topic\n  used by nothing\n" in text
    assert "column tickets.next_at\n  computes input again.next\n    computes KPI again\n" in text


def test_the_whole_project_is_told_thing_by_thing(workbench):
    text = told(workbench.write(SPECS), "--language", "fr")[1]
    assert (
        """
KPI slow: Réponses lentes
  calls function late
  compared with benchmark trade
  rows of data set tickets
  filtered by column tickets.channel
  computed from column tickets.opened_at, column tickets.replied_at
  driven by KPI again
  computes KPI ratio
  extended by KPI very_slow
  shown on scorecard care
"""
        in text
    )


def test_json_has_a_schema_and_edges_between_its_nodes(workbench):
    found = json.loads(told(workbench.write(SPECS), "tickets.opened_at", "--format", "json")[1])
    assert (found["schema"], found["asked"]) == ("kpispec-lineage/1", ["tickets.opened_at"])
    assert list(found["nodes"][0]) == ["id", "kind", "name", "label", "path", "line", "library"]
    known = {node["id"] for node in found["nodes"]}
    assert all(edge["from"] in known and edge["to"] in known for edge in found["edges"])
    assert {"from": "tickets.opened_at", "to": "tickets.next_at", "use": "computes"} in found["edges"]


def test_the_order_is_the_same_each_time_and_that_of_the_documents(workbench):
    folder = workbench.write(SPECS)
    once, again = (told(folder, "--format", "json")[1] for _ in range(2))
    assert once == again
    kpis = [node["name"] for node in json.loads(once)["nodes"] if node["kind"] == "kpi"]
    assert kpis == ["slow", "very_slow", "slowest", "again", "ratio"]


def test_of_a_library_document_that_the_project_builds_on_both_are_shown(workbench):
    specs = "function: share\nextends: functions.share\ndescription: Ours\n"
    found = edges(lineage(kpispec.load(workbench.write(specs)).catalog))
    assert found == {("function.functions.share", "extends", "function.share")}


def test_a_name_of_two_things_or_of_none_is_a_wrong_call(workbench):
    folder = workbench.write(SPECS.replace("scorecard: care", "scorecard: slow"))
    assert told(folder, "slow") == (
        2,
        "",
        "error: `slow` is the id of several documents\n  help: name one of `kpi.slow`, `scorecard.slow`\n",
    )
    assert told(folder, "kpi.slow")[0] == 0
    assert "did you mean `tickets.topic`?" in told(folder, "tickets.topics")[2]


HOSTILE = r"""
dataset: kpi
label: "a\"]; x --> y\nclick n0 \"javascript:alert(1)\" %% `**b**` <img src=x onerror=alert(1)> #quot; & \\"
columns: {slow: {type: number}}
---
kpi: end
label: 'b"}}; </script><script>alert(1)</script> \N \" & &lt;'
inputs: {x: kpi.slow}
formula: avg(x)
"""
MERMAID = re.compile(
    r"flowchart LR|  n\d+(\[\(\"@\"\)\]|\(\[\"@\"\]\)|\[\"@\"\]|\{\{\"@\"\}\}|\[\[\"@\"\]\]|\[/\"@\"/\]|>\"@\"\])"
    r"|  n\d+ (-->|==>|-\.->)(\|[a-z]+\|)? n\d+".replace("@", r"(?:[\w .-]|#\d+;)*")
)
DOT = re.compile(
    r"digraph lineage \{|  rankdir=LR;|\}|  @ \[label=@, shape=[a-z]+\];"
    r"|  @ -> @ \[label=[a-z]+(, style=[a-z]+)?\];".replace("@", r'"(?:[^"\\\n]|\\["\\])*"')
)


@pytest.mark.parametrize(("format", "line"), [("mermaid", MERMAID), ("dot", DOT)])
@pytest.mark.parametrize("specs", [SPECS, HOSTILE], ids=["plain", "hostile"])
def test_diagrams_hold_nothing_but_their_own_syntax(workbench, specs, format, line):
    code, text, _ = told(workbench.write(specs), "--format", format)
    assert code == 0
    assert [found for found in text.splitlines() if not line.fullmatch(found)] == []


def test_columns_of_a_data_set_called_like_a_kind_are_no_documents(workbench):
    assert {"kpi.end", "dataset.kpi.columns.slow"} <= ids(lineage(kpispec.load(workbench.write(HOSTILE)).catalog))
