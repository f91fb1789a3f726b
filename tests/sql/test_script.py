"""The SQL of small projects, as people read it: `tests/cases/sql/NAME.yaml` gives `NAME.sql`, and that runs.

`KPISPEC_REGENERATE=1 pytest tests/sql/test_script.py` writes the texts anew; read them in the diff.
"""

import json
import os
import shlex
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

CASES = Path(__file__).resolve().parents[1] / "cases" / "sql"
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))
TICKETS = """ticket_id,opened_at,channel,region,customer_id,wait,score
t1,2026-01-05 10:00:00,phone,north,c1,30,9
t2,2026-01-31 23:30:00,email,south,c1,120,11
t3,2026-02-03 05:00:00,phone,north,c2,-1,3
t4,2026-02-05 06:00:00,fax,,c2,90,10
t5,,phone,north,,60,7
t6,2026-03-29 03:30:00,email,south,c3,,12
"""
SUBSCRIBERS = "month,region,subscribers\n2026-01-01,north,1000\n2026-01-01,south,500\n2026-03-01,north,1100\n"
REQUESTS = """request_id,opened_at,solved_at
r1,2026-01-05 10:00:00,2026-01-06 10:00:00
r2,2026-01-31 23:30:00,2026-02-02 09:00:00
r3,2026-02-03 05:00:00,
r4,2026-02-05 06:00:00,2026-02-28 12:00:00
r5,2026-03-29 03:30:00,2026-04-03 08:00:00
"""
CUSTOMERS = "customer_id,country,size\nc1,fr,20\nc2,jp,300\n"
COUNTRIES = "country,continent\nfr,europe\njp,asia\n"
CONTRACTS = """customer_id,started_on,ended_on,region
c1,2025-11-01,2026-01-20,north
c1,2026-01-20,,south
c2,2026-01-01,2026-02-28,north
c3,2026-02-10,2026-03-01,
"""
FILES = {
    "tickets": TICKETS,
    "subscribers": SUBSCRIBERS,
    "requests": REQUESTS,
    "customers": CUSTOMERS,
    "countries": COUNTRIES,
    "contracts": CONTRACTS,
}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def called(place, command, name, *more):
    """A call over the documents of a case, with the options that its second line asks for."""
    text = (CASES / f"{name}.yaml").read_text()
    options = shlex.split(text.splitlines()[1].removeprefix("# ask:"))
    zone = options.pop(options.index("--zone") + 1) if "--zone" in options else "UTC"
    options = [o for o in options if o != "--zone"]
    (place / "case.yaml").write_text(text)
    files = [n for n in FILES if f"dataset: {n}\n" in text]
    bound = "".join(f"  {n}: {{from: {n}.csv}}\n" for n in files)
    (place / "kpispec.yml").write_text(f"project: case\nspecs: [case.yaml]\ntimezone: {zone}\ndata:\n{bound}")
    found = CliRunner().invoke(app, [command, "--all", *options, *more])
    assert (found.exit_code, found.stderr) == (0, "")
    return found.stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_the_sql(place, name):
    text = called(place, "compile", name)
    expected = CASES / f"{name}.sql"
    if os.environ.get("KPISPEC_REGENERATE"):
        expected.write_text(text)
    assert text == expected.read_text()


@pytest.mark.parametrize("name", NAMES)
def test_the_text_runs_and_gives_the_figures_of_a_run(place, name):
    results = json.loads(called(place, "run", name, "--format", "json"))["results"]
    with duckdb.connect() as connection:
        for statement in (CASES / f"{name}.sql").read_text().split(";\n"):
            if statement.strip():
                rows = connection.execute(statement)
        names = [column[0] for column in rows.description]
        cells = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    assert results
    for kpi in {r["kpi"] for r in results}:
        shown = sorted(r["value"] for r in results if r["kpi"] == kpi and r["value"] is not None)
        assert shown
        found = [float(f"{cell[kpi]:.12g}") for cell in cells if cell[kpi] is not None]
        assert all(value in found for value in shown)


def test_no_line_of_a_scan_or_of_the_values_is_too_long_to_read():
    statements = [s for n in NAMES for s in (CASES / f"{n}.sql").read_text().split(";\n\n")]
    read = [
        s
        for s in statements
        if not s.startswith(("create or replace temporary view", "create or replace temporary macro"))
    ]
    assert len(read) >= 3 * len(NAMES)
    assert max(len(line) for s in read for line in s.splitlines()) <= 220
