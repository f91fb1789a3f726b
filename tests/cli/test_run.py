"""`run`, `compile`, `validate` and `check` as people call them: answers, exit codes, and what they say of mistakes."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

SPECS = """
dataset: answers
time: answered_at
columns:
  answered_at: {type: timestamp}
  region: {type: string, dimension: true}
  score: {type: integer, range: [0, 10]}
---
kpi: satisfied
label: Satisfied
unit: percent
inputs: {x: answers.score}
formula: 100 * count_if(x >= 7) / count(x)
thresholds: {good: ">= 60", bad: "< 40"}
targets: [{from: 2026-01-01, value: 65}]
---
kpi: unhappy
label: "=Unhappy"
unit: count
inputs: {x: answers.score}
formula: count_if(x <= 3)
thresholds: {good: "< 1", bad: ">= 2"}
---
scorecard: care
label: Care
sections: [{label: All, kpis: [satisfied, unhappy]}]
"""
ROWS = (
    "answered_at,region,score\n2026-01-05 10:00:00,north,9\n2026-01-06 10:00:00,south,3\n2026-02-02 10:00:00,north,1\n"
    "2026-02-03 10:00:00,south,12\n2026-02-04 10:00:00,,2\n"
)
SETTINGS = "project: care\nspecs: [specs]\ndata:\n  answers: {from: answers.csv}\n"
AS_OF = ("--as-of", "2026-03-01")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("care"))


def written(place, specs=SPECS, rows=ROWS, settings=SETTINGS):
    (place / "specs").mkdir(exist_ok=True)
    (place / "specs" / "care.yml").write_text(specs, encoding="utf-8")
    (place / "answers.csv").write_text(rows, encoding="utf-8")
    (place / "kpispec.yml").write_text(settings, encoding="utf-8")
    return place


def kpispec(folder, *words):
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONWARNINGS": "error::ResourceWarning"}
    environment.pop("KPISPEC_DEBUG", None)
    found = subprocess.run(
        [sys.executable, "-m", "kpispec", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert "Traceback" not in found.stderr
    assert "mistake of its own" not in found.stderr
    return found


@dataclass(frozen=True)
class Called:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def called(monkeypatch):
    """A call in this process, which says the same as one of its own and takes a fraction of the time."""

    def call(folder, *words):
        monkeypatch.chdir(folder)
        monkeypatch.delenv("KPISPEC_DEBUG", raising=False)
        monkeypatch.setenv("COLUMNS", "200")
        found = CliRunner().invoke(app, words, prog_name="kpispec")
        assert "mistake of its own" not in found.stderr
        return Called(found.exit_code, found.stdout, found.stderr)

    return call


# answers ------------------------------------------------------------------------------------------------------------


def test_every_format_says_the_same(called, folder):
    def answer(*words):
        found = called(folder, "run", "--all", "--by", "region", *AS_OF, *words)
        assert (found.returncode, found.stderr) == (0, "")
        return found.stdout

    document = json.loads(answer("--format", "json"))
    assert document["schema"] == "kpispec-result/1"
    assert document["errors"] == []
    results = document["results"]
    assert [json.loads(line) for line in answer("--format", "jsonl").splitlines()] == results
    lines = list(csv.DictReader(io.StringIO(answer("--format", "csv"))))
    assert [line["kpi"] for line in lines] == [r["kpi"] for r in results]
    for line, result in zip(lines, results, strict=True):
        assert (float(line["value"]) if line["value"] else None) == result["value"]
        assert line["status"] == result["status"]
        assert line["period.start"] == result["period"]["start"]
        region = result["segment"].get("region", "")
        assert line["segment.region"] == ("not given" if region is None else region)
    table = answer("--format", "markdown").splitlines()
    assert len({line.replace("\\|", "").count("|") for line in table}) == 1
    assert len(table) == 2 + len(results)
    assert "Satisfied" in answer()


def test_the_results_are_right(folder):
    found = json.loads(kpispec(folder, "run", "satisfied", "--format", "json", *AS_OF).stdout)["results"]
    assert [(r["period"]["start"], r["value"], r["n"], r["status"]) for r in found] == [
        ("2026-01-01", 50.0, 2, "watch"),
        ("2026-02-01", 0.0, 2, "bad"),
    ]
    assert found[1]["rejected"] == {"out_of_range": 1}
    assert found[1]["compare"]["previous_period"]["delta"] == -50.0
    assert found[0]["target"]["value"] == 65.0
    assert found[0]["unit"] == "%"


def test_parquet_holds_the_rows_of_the_csv(called, folder, tmp_path):
    target = tmp_path / "out.parquet"
    found = called(folder, "run", "--all", *AS_OF, "--format", "parquet", "-o", str(target))
    assert (found.returncode, found.stdout) == (0, "")
    lines = called(folder, "run", "--all", *AS_OF, "--format", "csv").stdout
    columns = next(csv.reader(io.StringIO(lines)))
    stored = duckdb.sql(f"from '{target}'")
    assert stored.columns == columns
    values = [float(v) if v else None for v in (line["value"] for line in csv.DictReader(io.StringIO(lines)))]
    assert [row[0] for row in duckdb.sql(f"select value from '{target}'").fetchall()] == values


def test_the_answer_goes_to_a_file_and_the_news_to_stderr(folder, tmp_path):
    target = tmp_path / "out.json"
    found = kpispec(folder, "run", "--all", *AS_OF, "--format", "json", "-o", str(target))
    assert (found.returncode, found.stdout) == (0, "")
    assert "wrote" in found.stderr
    assert json.loads(target.read_text())["project"] == "care"
    assert kpispec(folder, "--quiet", "run", "--all", *AS_OF, "--format", "json", "-o", str(target)).stderr == ""


def test_the_same_call_gives_the_same_bytes(called, folder):
    words = ("run", "--all", "--by", "region", "--format", "json", *AS_OF)
    assert kpispec(folder, *words).stdout == called(folder, *words, "--threads", "1").stdout


def test_a_bare_spec_file_needs_no_project(tmp_path):
    (tmp_path / "nps.yml").write_text(
        "kpi: mean_score\ninputs: {x: rows.score}\nformula: avg(x)\ndirection: higher_is_better\n"
    )
    (tmp_path / "rows.csv").write_text("score\n1\n2\n6\n")
    words = ("run", "--specs", "nps.yml", "--all", "--data", "rows=rows.csv", "--period", "all", "--format", "json")
    found = kpispec(tmp_path, *words)
    assert found.returncode == 0
    assert json.loads(found.stdout)["results"][0]["value"] == 3.0


def test_compiled_sql_is_the_answer_and_nothing_else(folder):
    found = kpispec(folder, "compile", "satisfied", *AS_OF)
    assert (found.returncode, found.stderr) == (0, "")
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{folder}'")
        for statement in found.stdout.split(";\n"):
            if statement.strip():
                rows = connection.execute(statement)
        at = [column[0] for column in rows.description].index("satisfied")
        assert [row[at] for row in rows.fetchall() if row[at] is not None] == [50.0, 0.0]
    for stage in ("catalog", "plan"):
        json.loads(kpispec(folder, "compile", "satisfied", "--stage", stage, *AS_OF).stdout)


# the gate -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--as-of", "2026-03-01"), 1),
        (("--as-of", "2026-02-02"), 0),
        (("--as-of", "2026-02-02", "--fail-on", "watch"), 1),
        (("--as-of", "2026-03-01", "--fail-on", "never"), 0),
        (("--as-of", "2026-06-01", "--fail-on", "not_rated"), 1),
    ],
)
def test_the_gate_fails_by_status(called, folder, words, code):
    for format in ("text", "junit", "github", "json"):
        found = called(folder, "check", "care", *words, "--format", format)
        assert found.returncode == code
        assert found.stdout or format == "github"


# mistakes -----------------------------------------------------------------------------------------------------------

WRONG_CALLS = {
    "an unknown option": (("run", "satisfied", "--perod", "month"), "--perod"),
    "an unknown KPI": (("run", "satisfid"), "did you mean `satisfied`?"),
    "nothing asked for": (("run",), "--all"),
    "an unknown scorecard": (("check", "car"), "did you mean `care`?"),
    "a dimension that is none": (("run", "satisfied", "--by", "regio"), "did you mean `region`?"),
    "a period that is none": (("run", "satisfied", "--period", "fortnight"), "day, week, month, quarter, year, all"),
    "a moment that is none": (("run", "satisfied", "--at", "2026-13"), "2026-Q3"),
    "a day that is none": (("run", "satisfied", "--from", "yesterday"), "2026-01-31"),
    "an end before the beginning": (("run", "satisfied", "--from", "2026-02-01", "--to", "2026-01-01"), "--from"),
    "an instant that is none": (("run", "satisfied", "--as-of", "noon"), "2026-09-03"),
    "a filter with an unknown column": (("run", "satisfied", "--where", "regio = 'north'"), "did you mean `region`?"),
    "a filter that cannot be read": (("run", "satisfied", "--where", "region = "), "--where"),
    "a filter that is no condition": (("run", "satisfied", "--where", "score + 1"), "score + 1 > 0"),
    "a binding without a path": (("run", "satisfied", "--data", "answers"), "NAME=PATH"),
    "a comparison that is none": (("run", "satisfied", "--compare", "last_week"), "previous_period"),
    "an engine that is none": (("run", "satisfied", "--engine", "oracle"), "duckdb"),
    "a dialect that is none": (("compile", "satisfied", "--dialect", "cobol"), "duckdb"),
    "Parquet on the screen": (("run", "satisfied", "--format", "parquet"), "-o"),
    "no project": (("run", "satisfied", "--project", "/"), "--specs"),
    "specs that are not there": (("run", "--all", "--specs", "nowhere.yml"), "nowhere.yml"),
    "a command that is none": (("rum", "satisfied"), "rum"),
    "memory that is none": (("run", "satisfied", "--memory-limit", "much"), "4GB"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_is_told_its_cure(called, folder, name):
    words, cure = WRONG_CALLS[name]
    found = called(folder, *words)
    assert (found.returncode, found.stdout) == (2, "")
    assert cure in found.stderr


@pytest.mark.parametrize("name", ["an unknown option", "an unknown KPI", "a filter with an unknown column"])
def test_a_wrong_call_ends_its_own_process_so(folder, name):
    words, cure = WRONG_CALLS[name]
    found = kpispec(folder, *words)
    assert (found.returncode, found.stdout) == (2, "")
    assert cure in found.stderr


def test_a_wrong_spec_is_a_finding_and_the_rest_is_computed(tmp_path):
    written(tmp_path, specs=SPECS.replace("count_if(x <= 3)", "count_if(y <= 3)"))
    found = kpispec(tmp_path, "validate")
    assert found.returncode == 1
    assert "unknown-input" in found.stdout
    assert "care.yml:" in found.stdout
    found = kpispec(tmp_path, "run", "--all", "--format", "json", *AS_OF)
    assert found.returncode == 1
    assert "unknown-input" in found.stderr
    statuses = {r["kpi"]: r["status"] for r in json.loads(found.stdout)["results"]}
    assert statuses == {"satisfied": "bad", "unhappy": "error"}


def test_a_sound_project_validates(folder):
    found = kpispec(folder, "validate")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(kpispec(folder, "validate", "--format", "json").stdout)["errors"] == 0


def rows_of(text):
    return lambda folder: (folder / "answers.csv").write_text(text, encoding="utf-8")


def removed(folder):
    (folder / "answers.csv").unlink()


def latin(folder):
    (folder / "answers.csv").write_bytes(ROWS.replace("north", "nörth").encode("latin-1"))


def replaced_by_folder(folder):
    removed(folder)
    (folder / "answers.csv").mkdir()


WRONG_DATA = {
    "a missing file": (removed, "answers.csv"),
    "a folder for a file": (replaced_by_folder, "answers.csv"),
    "a missing column": (rows_of(ROWS.replace("score", "scores")), "did you mean `scores`?"),
    "another encoding": (latin, "encoding"),
    "a row too long": (rows_of(ROWS + "2026-02-05 10:00:00,north,3,4,5\n"), "answers.csv"),
    "an empty file": (rows_of(""), "answers.csv"),
}


@pytest.mark.parametrize("name", WRONG_DATA)
def test_wrong_data_is_said_where_it_is(called, tmp_path, name):
    spoil, words = WRONG_DATA[name]
    spoil(written(tmp_path))
    found = called(tmp_path, "run", "--all", "--format", "json", *AS_OF)
    assert found.returncode == 3
    assert words in found.stderr
    statuses = {r["kpi"]: r["status"] for r in json.loads(found.stdout)["results"]}
    assert statuses == {"satisfied": "error", "unhappy": "error"}
    assert called(tmp_path, "check", "care", *AS_OF).returncode == 3


def test_data_that_nothing_binds_is_asked_for(tmp_path):
    written(tmp_path, settings="project: care\nspecs: [specs]\n")
    found = kpispec(tmp_path, "run", "satisfied", *AS_OF)
    assert found.returncode == 3
    assert "--data answers=FILE" in found.stderr
    assert kpispec(tmp_path, "run", "satisfied", *AS_OF, "--data", f"answers={Path('answers.csv')}").returncode == 0


def test_one_broken_data_set_leaves_the_others(tmp_path):
    written(
        tmp_path,
        specs=SPECS + "---\nkpi: lost\ninputs: {x: other.score}\nformula: count(x)\ndirection: lower_is_better\n",
        settings=SETTINGS + "  other: {from: nowhere.csv}\n",
    )
    found = kpispec(tmp_path, "run", "--all", "--format", "json", *AS_OF)
    assert found.returncode == 3
    statuses = {r["kpi"]: r["status"] for r in json.loads(found.stdout)["results"]}
    assert statuses == {"satisfied": "bad", "unhappy": "bad", "lost": "error"}
    assert "nowhere.csv" in found.stderr


def test_a_heading_that_the_file_lacks_is_missing_and_not_a_formula(tmp_path):
    columns = "{answered_at: answered_at, region: Région du client, score: score}"
    settings = SETTINGS.replace("{from: answers.csv}", f"{{from: answers.csv, columns: {columns}}}")
    place = written(tmp_path, settings=settings)
    found = kpispec(place, "run", "satisfied", *AS_OF)
    assert found.returncode == 3
    assert "`answers.csv` has no column `Région du client`, which `region` is bound to" in found.stderr
    assert "bound to no data" not in found.stderr
    assert "formula-syntax" not in found.stderr


def test_a_file_that_cannot_be_read_is_said_once(tmp_path):
    place = written(tmp_path)
    (place / "broken.parquet").write_bytes(b"PAR1")
    found = kpispec(place, "run", "satisfied", "unhappy", "--data", "answers=broken.parquet", *AS_OF)
    assert found.returncode == 3
    assert found.stderr.count("cannot be read as Parquet") == 1


# why it changed -----------------------------------------------------------------------------------------------------

WHY = ("run", "satisfied", "--at", "2026-02", *AS_OF, "--explain-change")


def test_why_a_value_changed(folder):
    """From 1 of 2 to 0 of 2, since 12 is rejected: north falls, south goes, and one without a region comes."""
    found = kpispec(folder, *WHY, "--by", "region")
    assert found.returncode == 0
    table = found.stdout[found.stdout.index("Satisfied, region.") :]
    assert [" ".join(line.replace("\u00a0", " ").split()) for line in table.splitlines()] == [
        "Satisfied, region. Jan 2026 → Feb 2026: 50.0% → 0.0%",
        "Segment Weight before Weight after Value before Value after Mix effect Rate effect Total",
        "north 50.0% 50.0% 100.0% 0.0% 0.0 pp −50.0 pp −50.0 pp",
        "south 50.0% 0.0% 0.0% – +12.5 pp 0.0 pp +12.5 pp",
        "not given 0.0% 50.0% – 0.0% −12.5 pp 0.0 pp −12.5 pp",
        "All 100.0% 100.0% 50.0% 0.0% 0.0 pp −50.0 pp −50.0 pp",
    ]


def test_why_a_value_changed_for_programs(folder, tmp_path):
    results = json.loads(kpispec(folder, *WHY, "--by", "region", "--format", "json").stdout)["results"]
    (split,) = results[0]["explained_change"]
    assert (split["delta"], split["by"], [p["total"] for p in split["segments"]]) == (
        -50.0,
        ["region"],
        [-50.0, 12.5, -12.5],
    )
    assert split["segments"][2]["segment"] == {"region": None}
    assert all(r["explained_change"] is None for r in results[1:])
    plain = json.loads(kpispec(folder, "run", "satisfied", *AS_OF, "--format", "json").stdout)["results"]
    assert all(r["explained_change"] is None for r in plain)
    cells = list(csv.DictReader(io.StringIO(kpispec(folder, *WHY, "--by", "region", "--format", "csv").stdout)))
    key = "explained_change.previous_period."
    assert {c["segment.region"]: c[key + "total"] for c in cells} == {
        "": "-50.0", "north": "-50.0", "south": "12.5", "not given": "-12.5",
    }  # fmt: skip
    file = tmp_path / "why.parquet"
    kpispec(folder, *WHY, "--by", "region", "--format", "parquet", "-o", str(file))
    assert duckdb.sql(f"""select sum("{key}mix_effect") from '{file}'""").fetchall() == [(0.0,)]


@pytest.mark.parametrize(
    ("words", "lacking"),
    [((), "segments"), (("--by", "region", "--compare", "none"), "a comparison")],
)
def test_why_needs_segments_and_two_periods(folder, words, lacking):
    found = kpispec(folder, *WHY, *words)
    assert (found.returncode, found.stdout) == (2, "")
    assert f"`--explain-change` needs {lacking}" in found.stderr
    all_ = kpispec(folder, "run", "satisfied", "--period", "all", "--by", "region", "--explain-change", *AS_OF)
    assert (all_.returncode, "needs two periods" in all_.stderr) == (2, True)
