"""Optional columns that the data lacks: null in the filters of their data set, lacking to the KPIs that read them."""

from datetime import UTC, datetime

import kpispec

SPECS = """\
dataset: tickets
where: kind is distinct from 'spam'
columns:
  ticket: {type: string}
  kind: {type: string, optional: true}
---
kpi: tickets_all
unit: count
inputs: {ticket: tickets.ticket}
formula: count(ticket)
---
kpi: kinds
unit: count
inputs: {kind: tickets.kind}
formula: count(distinct kind)
"""


def run(folder, rows):
    (folder / "specs.yml").write_text(SPECS, encoding="utf-8")
    (folder / "tickets.csv").write_text(rows, encoding="utf-8")
    (folder / "kpispec.yml").write_text("project: t\nspecs: [specs.yml]\ndata: {tickets: tickets.csv}\n")
    found = kpispec.load(str(folder)).run("tickets_all", "kinds", period="all", as_of=datetime(2026, 1, 1, tzinfo=UTC))
    return {row["kpi"]: (row["value"], row["status"]) for row in found.rows}


def test_a_filter_of_the_data_set_takes_an_absent_column_for_null(tmp_path):
    found = run(tmp_path, "ticket\na\nb\n")
    assert found == {"tickets_all": (2, "not_judged"), "kinds": (None, "not_available")}


def test_where_it_is_there_it_filters(tmp_path):
    found = run(tmp_path, "ticket,kind\na,spam\nb,question\nc,\n")
    assert found == {"tickets_all": (2, "not_judged"), "kinds": (1, "not_judged")}
