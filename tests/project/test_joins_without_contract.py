"""Joins to a data set that is bound and that no document declares; a join that names none."""

from datetime import UTC, datetime

import kpispec

SPECS = """\
dataset: visits
joins:
  customer: {dataset: people, on: customer_id}
columns:
  customer_id: {type: string}
  region: {type: string, dimension: true, expr: customer.region}
---
kpi: visits_north
unit: count
direction: higher_is_better
inputs: {who: {dataset: visits, expr: customer_id, where: customer.region = 'north'}}
formula: count(who)
tests:
  - name: what the join would bring may be given
    given: {visits: [{customer_id: a, customer.region: north}, {customer_id: b, customer.region: south}]}
    expect: 1
"""


def project(folder, specs=SPECS):
    (folder / "specs.yml").write_text(specs, encoding="utf-8")
    (folder / "visits.csv").write_text("customer_id\na\nb\n", encoding="utf-8")
    (folder / "people.csv").write_text("customer_id,region\na,north\nb,south\n", encoding="utf-8")
    data = "data: {visits: visits.csv, people: people.csv}\n"
    (folder / "kpispec.yml").write_text(f"project: t\nspecs: [specs.yml]\n{data}", encoding="utf-8")
    return kpispec.load(str(folder))


def test_its_columns_are_those_that_the_data_has(tmp_path):
    found = project(tmp_path).run("visits_north", period="all", by=["region"], as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert {r["segment"].get("region"): r["value"] for r in found.rows} == {None: 1, "north": 1, "south": 0}


def test_a_test_may_give_them(tmp_path):
    from typer.testing import CliRunner

    from kpispec.cli.app import app

    project(tmp_path)
    ran = CliRunner().invoke(app, ["test", "--project", str(tmp_path)])
    assert (ran.exit_code, ran.stdout) == (0, "1 passed, 0 failed\n")


def test_a_misspelt_data_set_is_named_whatever_the_order(tmp_path):
    specs = SPECS.replace("dataset: people", "dataset: peple") + "---\ndataset: people\ncolumns: {customer_id: {}}\n"
    (finding,) = [f for f in project(tmp_path, specs).validate() if f.rule == "unknown-dataset"]
    assert finding.help == "did you mean `people`?"
