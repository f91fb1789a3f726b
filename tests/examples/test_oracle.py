"""The bundled example: its generator, its README, and its figures against an oracle that is plain Python."""

import gzip
import json
import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import oracle
import pytest
from oracle_rows import EXAMPLE, READERS

Result = dict[str, Any]


def plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def kpispec(*words: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "kpispec", words[0], "--project", str(EXAMPLE), *words[1:]]
    return subprocess.run(call, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def results() -> list[Result]:
    run = kpispec("run", "--all", "--by", "channel", "--by", "region", "--format", "json", "--as-of", "2026-09-03")
    assert run.returncode == 0, run.stderr
    found: list[Result] = json.loads(run.stdout)["results"]
    return found


def segment(result: Result) -> oracle.Segment:
    return tuple(result["segment"].items())


def month(result: Result) -> str:
    return str(result["period"]["start"])[:7]


def test_the_generator_writes_the_exports_that_are_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(EXAMPLE / "generate.py"), str(tmp_path)], check=True)
    committed = {path.name: plain(path) for path in (EXAMPLE / "exports").iterdir()}
    assert {path.name: plain(path) for path in tmp_path.iterdir()} == committed


def test_the_example_stays_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*") if path.is_file()) < 2_000_000


def test_the_readme_counts_every_rejected_cell() -> None:
    text = (EXAMPLE / "README.md").read_text("utf-8")
    table = re.findall(r"^\| (\w+) \| (\w+) \| ([\w ]+) \| (\d+) \|$", text, re.MULTILINE)
    written = {(dataset, column, reason): int(cells) for dataset, column, reason, cells in table}
    found = Counter(
        (dataset, column, reason)
        for dataset in READERS
        for row in oracle.rows_of(dataset)
        for column, reason in row.rejects.items()
    )
    assert written == dict(found)


def test_the_readme_counts_every_row() -> None:
    text = (EXAMPLE / "README.md").read_text("utf-8")
    written = {
        name: int(rows.replace(" ", ""))
        for name, rows in re.findall(r"^\| `([\w.]+)` \| ([\d ]+) \|", text, re.MULTILINE)
    }
    found = {p.name: len(plain(p).split(b"\r\n")) - 2 for p in (EXAMPLE / "exports").iterdir()}
    assert written == found


def test_the_outage_shows_in_its_region_and_is_over_by_summer() -> None:
    waits, west = oracle.readings("first_reply_p90"), (("region", "Ouest"),)
    complaints = oracle.readings("complaints_per_1000")
    before, during, after = (waits[m, west][0] or 0 for m in ("2026-02", "2026-03", "2026-07"))
    assert during > 1.5 * before
    assert during > 1.5 * after
    assert (complaints["2026-03", west][0] or 0) > 4 * (complaints["2026-02", west][0] or 0)
    assert waits["2026-03", west][1] > 2 * waits["2026-02", west][1]


def test_the_specs_have_no_error() -> None:
    found = kpispec("validate", "--format", "json")
    assert found.returncode == 0, found.stdout + found.stderr


def test_every_test_in_the_specs_passes() -> None:
    found = kpispec("test")
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("kpi", oracle.KPIS)
def test_values_and_n_are_those_of_the_oracle(kpi: str, results: list[Result]) -> None:
    expected = oracle.readings(kpi)
    found = {(month(r), segment(r)): (r["value"], r["n"] or 0) for r in results if r["kpi"] == kpi and _cut(r)}
    wrong = {
        key: (reading, expected.get(key)) for key, reading in found.items() if not _same(reading, expected.get(key))
    }
    assert wrong == {}
    assert {key for key, (_, n) in expected.items() if n} <= found.keys()


@pytest.mark.parametrize("kpi", oracle.KPIS)
def test_a_dimension_that_a_data_set_lacks_is_not_available(kpi: str, results: list[Result]) -> None:
    uncut = [r for r in results if r["kpi"] == kpi and not _cut(r)]
    assert {(r["status"], r["value"]) for r in uncut} <= {("not_available", None)}
    assert bool(uncut) == (len(oracle.cut_by(kpi)) < 2)


@pytest.mark.parametrize("kpi", [kpi for kpi in oracle.KPIS if kpi not in oracle.OVER_KPIS])
def test_rejects_are_those_of_the_oracle(kpi: str, results: list[Result]) -> None:
    expected = oracle.rejects(kpi)
    for result in results:
        if result["kpi"] == kpi and not result["segment"]:
            found = {reason: cells for reason, cells in (result["rejected"] or {}).items() if reason != "undated"}
            assert found == dict(expected.get(month(result), {})), month(result)


@pytest.mark.parametrize("kpi", ["first_reply_p90", "csat_pct", "nps", "complaint_count"])
def test_rows_without_a_clock_are_counted_once(kpi: str, results: list[Result]) -> None:
    whole = [r for r in results if r["kpi"] == kpi and not r["segment"]]
    assert {(r["rejected"] or {}).get("undated", 0) for r in whole} == {oracle.undated(kpi)}


def test_the_last_month_tells_its_story(results: list[Result]) -> None:
    last = {r["kpi"]: r["status"] for r in results if month(r) == "2026-08" and not r["segment"]}
    assert last == {
        "recommendation": "not_judged",
        "nps": "watch",
        "nps_hot_cold_gap": "watch",
        "retention_rate": "good",
        "churn_rate": "good",
        "csat_pct": "good",
        "csat_mean": "good",
        "net_satisfaction": "not_judged",
        "fcr_survey": "watch",
        "shop_smile_rate": "no_data",
        "first_reply_p90": "bad",
        "first_reply_median": "good",
        "video_first_reply": "too_few",
        "resolution_time_mean": "watch",
        "handle_time_mean": "good",
        "one_touch_rate": "good",
        "recontact_7d": "watch",
        "escalation_rate": "good",
        "complaint_count": "not_judged",
        "complaints_per_1000": "watch",
        "complaint_answer_rate": "bad",
        "complaint_cost": "watch",
        "complaint_cost_per_complaint": "bad",
    }


def _cut(result: Result) -> bool:
    return set(result["segment"]) <= set(oracle.cut_by(result["kpi"]))


def _same(found: oracle.Reading, expected: oracle.Reading | None) -> bool:
    if expected is None or found[1] != expected[1]:
        return False
    if found[0] is None or expected[0] is None:
        return found[0] is expected[0]
    return math.isclose(found[0], expected[0], rel_tol=1e-9, abs_tol=1e-12)
