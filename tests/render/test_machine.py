"""Results for programs: the contract of the command line."""

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest

from kpispec.evaluate.report import Reason, Status
from kpispec.render.machine import flat_rows, rows, to_csv, to_json, to_jsonl, to_markdown

from .fixtures import SKETCHES, hostile, report, with_course

KEYS = [
    "kpi", "period", "segment", "value", "unit", "n", "low", "high", "level", "method", "no_interval", "effective_n",
    "status", "uncertain",
    "reasons", "reason", "threshold", "target", "score", "benchmarks", "compare", "explained_change",
    "rejected", "signal", "limits",
]  # fmt: skip


@pytest.fixture(scope="module")
def whole():
    return report()


def find(results, kpi, segment=None, start="2026-08-01"):
    return next(
        r for r in results if r["kpi"] == kpi and r["segment"] == (segment or {}) and r["period"]["start"] == start
    )


def test_a_result_says_everything_of_one_reading(whole):
    none = dict.fromkeys(("low", "high", "p", "p_adjusted", "method"))
    untested = {**none, "significant": False, "elapsed": None}
    result = find(rows(whole), "csat")
    assert list(result) == KEYS
    assert result == {
        "kpi": "csat",
        "period": {"grain": "month", "start": "2026-08-01", "end": "2026-09-01", "complete": True},
        "segment": {},
        "value": 79.0,
        "unit": "%",
        "n": 2150,
        "low": 77.3,
        "high": 80.7,
        "level": 0.95,
        "method": "wilson",
        "no_interval": None,
        "effective_n": None,
        "status": "watch",
        "uncertain": True,
        "reasons": [],
        "reason": None,
        "threshold": {"good": ">= 80", "watch": None, "bad": "< 50"},
        "target": {"value": 82.0, "from": "2026-01-01", "to": None, "source": "quality committee (fictional)",
                   "segment": {}, "improve": None},
        "score": None,
        "benchmarks": [
            {"label": "Telecoms sector", "value": 77.0, "low": None, "high": None, "source": "Invented sector study",
             "year": 2025, "expired": False},
        ],
        "compare": {
            "previous_period": {"value": 79.3778020065, "delta": -0.377802006497, **untested},
            "same_period_last_year": {"value": 79.4278866373, "delta": -0.427886637253, **untested},
        },
        "explained_change": None,
        "rejected": {"out_of_range": 3, "refused": 12},
        "signal": None,
        "limits": result["limits"],
    }  # fmt: skip


def test_the_headline_carries_the_limits_of_its_course_and_what_it_is_a_signal_of(whole):
    results = rows(whole)
    late = find(results, "first_reply_p90")
    assert late["signal"] == {"rules": [1], "direction": "above", "better": False}
    limits = late["limits"]
    assert list(limits) == ["mean", "low", "high", "moving_range", "baseline", "lacking", "warnings"]
    assert limits["low"] < limits["mean"] < limits["high"] < late["value"]
    assert (limits["baseline"], limits["lacking"], limits["warnings"]) == (18, None, [])
    earlier = find(results, "first_reply_p90", start="2026-07-01")
    cut = find(results, "first_reply_p90", {"channel": "phone"})
    assert [earlier["signal"], earlier["limits"], cut["signal"], cut["limits"]] == [None] * 4


def test_a_short_history_lacks_limits_and_says_why(whole):
    kpi = next(k for k in whole.kpis if k.spec.id == "first_reply_p90")
    short = with_course(replace(kpi, history=kpi.history[-6:]))
    result = find(rows(replace(whole, kpis=(short,))), "first_reply_p90")
    assert result["signal"] is None
    assert result["limits"] == {**dict.fromkeys(result["limits"]), "lacking": "too_short", "warnings": []}


def test_flat_rows_hold_a_signal_in_cells(whole):
    flat = next(r for r in flat_rows(whole) if r["kpi"] == "first_reply_p90" and r["signal.rules"])
    assert (flat["signal.rules"], flat["signal.direction"], flat["signal.better"]) == ("1", "above", False)
    assert flat["limits.baseline"] == 18
    assert flat["limits.warnings"] is None


def test_no_key_is_ever_absent(whole):
    assert {tuple(r) for r in rows(whole)} == {tuple(KEYS)}


def test_a_status_that_is_not_judged_says_why(whole):
    results = rows(whole)
    few = find(results, "video_csat")
    assert (few["status"], few["value"], few["reasons"]) == ("too_few", 78.3, ["too_few"])
    assert few["reason"] == "n = 23, fewer than the minimum of 30: status withheld."
    empty = find(results, "certified")
    assert (empty["status"], empty["value"], empty["n"]) == ("no_data", None, None)


def test_the_order_is_kpi_then_segment_then_period(whole):
    results = rows(whole)
    assert list(dict.fromkeys(r["kpi"] for r in results)) == [k.spec.id for k in whole.kpis]
    nps = [r for r in results if r["kpi"] == "nps"]
    assert [r["segment"] for r in nps[:24]] == [{}] * 24
    assert [r["period"]["start"] for r in nps[:24]] == sorted(r["period"]["start"] for r in nps[:24])
    segments = [r["segment"] for r in nps[24:]]
    assert segments[0] == {"channel": "phone"}
    assert segments[4] == {"region": "nord"}
    assert segments[-1] == {"region": None}


def test_the_document_names_its_schema_and_carries_an_offset(whole):
    document = json.loads(to_json(whole))
    assert document["schema"] == "kpispec-result/1"
    assert document["as_of"] == "2026-09-03T00:00:00+02:00"
    assert document["engine"] == {"name": "duckdb", "version": "1.4.2"}
    assert document["errors"] == []
    assert len(document["results"]) == len(to_jsonl(whole).splitlines())


def test_a_failed_kpi_without_a_reading_keeps_its_row(whole):
    broken = next(k for k in whole.kpis if k.spec.id == "queue_wait")
    alone = replace(whole, kpis=(replace(broken, headline=None, history=(), segments=()),))
    (row,) = rows(alone)
    assert list(row) == KEYS
    assert (row["kpi"], row["status"], row["period"]) == ("queue_wait", "error", None)
    assert row["reason"] == "Conversion Error: `wait` is text (specs/queue_wait.yml:1)"
    assert flat_rows(alone)[0]["status"] == "error"


def test_flat_rows_have_the_same_dotted_columns(whole):
    flat = flat_rows(whole)
    assert {tuple(r) for r in flat} == {tuple(flat[0])}
    assert {"period.start", "segment.channel", "compare.previous_period.delta", "rejected.refused"} <= set(flat[0])
    assert not any(isinstance(v, dict | list) for r in flat for v in r.values())


def test_a_cell_of_csv_tells_what_is_not_given_from_what_is_not_cut(whole):
    nps = [line for line in csv.DictReader(StringIO(to_csv(whole))) if line["kpi"] == "nps"]
    assert (nps[0]["segment.region"], nps[-1]["segment.region"]) == ("", "not given")
    assert find(rows(whole), "nps", {"region": None})["segment"] == {"region": None}


def test_statuses_that_apply_stand_once_and_in_order(whole):
    kpi = next(k for k in whole.kpis if k.spec.id == "video_csat")
    both = (Reason(Status.STALE, "stale"), kpi.headline.reason, Reason(Status.STALE, "stale"))
    alone = replace(kpi, headline=replace(kpi.headline, reasons=both), history=(), segments=())
    assert rows(replace(whole, kpis=(alone,)))[0]["reasons"] == ["too_few", "stale"]


def test_csv_reads_back_and_nothing_stands_where_nothing_is_said(whole):
    lines = list(csv.DictReader(StringIO(to_csv(whole))))
    assert len(lines) == len(rows(whole))
    first = lines[0]
    assert (first["kpi"], first["segment.channel"], first["period.complete"]) == ("nps", "", "true")
    assert float(first["value"]) == rows(whole)[0]["value"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_disarmed_and_numbers_are_not(whole, start):
    kpi = next(k for k in whole.kpis if k.spec.id == "nps")
    segment = replace(kpi.segments[0], segment=(("channel", start + "1+1"),), value=-5.0)
    cells = list(csv.DictReader(StringIO(to_csv(replace(whole, kpis=(replace(kpi, segments=(segment,)),))))))
    assert cells[-1]["segment.channel"] == "'" + start + "1+1"
    assert cells[-1]["value"] == "-5.0"


def test_an_empty_report_has_a_header_and_no_rows(whole):
    empty = replace(whole, kpis=())
    assert to_csv(empty).startswith("kpi,period.grain,")
    assert to_jsonl(empty) == ""
    assert json.loads(to_json(empty))["results"] == []


def test_markdown_is_a_table_whose_cells_mean_their_characters():
    shown = to_markdown(hostile()).splitlines()
    assert shown[0] == "| KPI | Period | Segment | Value | Interval | n | Status | Change |"
    assert "\\<img src=x onerror=alert(1)\\>" in shown[2]
    assert all(line.replace("\\|", "").count("|") == 9 for line in shown)


def test_markdown_speaks_the_project_s_language_and_leaves_out_segments_it_does_not_have():
    french = replace(report("fr", SKETCHES[:1]), scorecard=None)
    plain = replace(french, kpis=tuple(replace(k, segments=()) for k in french.kpis))
    assert to_markdown(plain).startswith("| Indicateur | Période | Valeur |")
