"""Databases under `attach` and limits of the engine that cannot be as they are written: said once, where it matters."""

import duckdb
import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

SPECS = """
dataset: calls
columns: {length: {type: number}}
---
kpi: total
direction: higher_is_better
inputs: {x: calls.length}
formula: sum(x)
---
dataset: others
columns: {length: {type: number}}
---
kpi: other
direction: higher_is_better
inputs: {x: others.length}
formula: sum(x)
"""


@pytest.fixture
def ran(tmp_path):
    def run(settings: str, source: str = "{from: calls.csv}"):
        (tmp_path / "calls.csv").write_text("length\n3\n")
        (tmp_path / "specs.yml").write_text(SPECS)
        data = f"data: {{calls: {source}, others: {{from: calls.csv}}}}"
        (tmp_path / "kpispec.yml").write_text(f"project: bench\nspecs: [specs.yml]\n{data}\n{settings}\n")
        found = CliRunner().invoke(app, ["run", "total", "other", "--format", "csv", "--project", str(tmp_path)])
        lines = [line for line in found.stderr.splitlines() if line.startswith("error")]
        columns, *rows = (line.split(",") for line in found.stdout.splitlines())
        return lines, [row[columns.index("value")] for row in rows]

    return run


@pytest.mark.parametrize(
    "engine",
    [
        "memory_limit: 4 gigs",
        "memory_limit: lots",
        "memory_limit: 0GB",
        "threads: 0",
        "threads: many",
        "threads: 100000",
    ],
)
def test_a_limit_that_cannot_be_read_is_said_once_and_not_given_to_the_engine(ran, engine):
    lines, values = ran(f"engine: {{{engine}}}")
    assert (len(lines), values) == (1, ["3.0", "3.0"])
    assert "DuckDB" not in lines[0]


@pytest.mark.parametrize(
    ("attach", "cause"),
    [
        ("{type: mysql, path: calls.csv}", "its entry under `attach` has a mistake"),
        ("{type: duckdb}", "its entry under `attach` has a mistake"),
        ("{type: postgres}", "its entry under `attach` has a mistake"),
        ("{type: postgres, dsn_env: KPISPEC_NO_SUCH}", "the environment has no `KPISPEC_NO_SUCH`"),
        ("{type: duckdb, path: gone.db}", "`gone.db`, which `attach` names for `kept`, is not there"),
        ("{type: sqlite, path: gone.db}", "`gone.db`, which `attach` names for `kept`, is not there"),
        ("{type: duckdb, path: .}", "`.`, which `attach` names for `kept`, is no file"),
        ("{type: duckdb, path: calls.csv}", "`calls.csv`, which `attach` names for `kept`, cannot be opened"),
        ("{type: sqlite, path: calls.csv}", "`calls.csv` cannot be read as a SQLite database"),
    ],
)
@pytest.mark.parametrize("source", ["{from: kept.calls}", '{sql: "select * from kept.calls"}'])
def test_a_database_that_is_not_there_fails_what_is_read_of_it_and_nothing_else(ran, attach, cause, source):
    if "sqlite" in attach and "sql:" in source:
        pytest.skip("tables of SQLite are read by name only")
    lines, values = ran(f"attach: {{kept: {attach}}}", source)
    said = [line for line in lines if line.startswith("error: ")]
    assert len(said) == 1
    assert cause in said[0]
    assert "DuckDB gave up" not in said[0]
    assert values == ["", "3.0"]


@pytest.mark.parametrize("attach", ["{type: duckdb, path: gone.db}", "{type: postgres, dsn_env: KPISPEC_NO_SUCH}"])
def test_a_database_that_nothing_reads_is_not_opened(ran, attach):
    assert ran(f"attach: {{kept: {attach}}}") == ([], ["3.0", "3.0"])


@pytest.mark.parametrize("source", ["{from: Kept.calls}", '{sql: "select * from KEPT.calls"}'])
def test_one_that_is_there_is_read_whatever_the_case(ran, tmp_path, source):
    duckdb.connect(str(tmp_path / "kept.db")).execute("create table calls as select 7.0 as length").close()
    assert ran("attach: {kept: {type: duckdb, path: kept.db}}", source) == ([], ["7.0", "3.0"])
