"""Cells of text and typed columns, checked by SQL, against what plain Python makes of the same cells."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.formula.tree import Type
from kpispec.project_spec import Binding
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, DatasetSpec, Range
from kpispec.sql.sources import Raw, RawColumn, RawFile, inference_sql, inferred, source
from kpispec.sql.zones import macros

FIRST, LAST = date(2015, 1, 1), date(2030, 1, 1)
SPAN = Text.of("x").span
WORDS = {**dict.fromkeys(("true", "t", "yes", "y", "1"), True), **dict.fromkeys(("false", "f", "no", "n", "0"), False)}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        found.execute("set timezone = 'UTC'")
        for zone in ("Europe/Paris", "America/St_Johns", "Asia/Kolkata", "America/New_York"):
            for statement in macros(zone, FIRST, LAST):
                found.execute(statement)
        yield found


def column(name="x", *, unit=None, **checks):
    low, high = checks.pop("range", (None, None))
    ends = [None if end is None else Text.of(end) for end in (low, high)]
    made = Range(*ends, SPAN) if any(ends) else None
    keep, optional = checks.pop("keep_empty", False), checks.pop("optional", False)
    return ColumnSpec(
        name,
        SPAN,
        Checks(range=made, **checks),
        keep_empty=keep,
        optional=optional,
        unit=Text.of(unit) if unit else None,
    )


def bound(raw, *columns, binding=None, zone="UTC", lower=lambda _: None, declared=True):
    findings = Findings()
    dataset = DatasetSpec("rows", SPAN, columns, declared=declared)
    found = source(
        binding or Binding("rows"),
        dataset,
        raw,
        zone=zone,
        first=FIRST,
        last=LAST,
        lower=lower,
        findings=findings,
    )
    return found, list(findings)


def texts(connection, cells, *names):
    """A raw relation of text with one column, or several of the same cells."""
    connection.execute("create or replace temp table cells as select unnest(?::varchar[]) as x", [list(cells)])
    listed = ", ".join(f'x as "{name}"' for name in names or ("x",))
    return Raw(
        "cells.csv", f"(select {listed} from cells)", tuple(RawColumn(n, "VARCHAR") for n in names or ("x",)), True
    )


def read(connection, found):
    """For each row, the value and the reasons that apply."""
    [one] = found.columns
    flags = ", ".join(f"coalesce({sql}, false)" for _, sql in one.rejects) or "false"
    rows = connection.execute(f"select {one.sql}, [{flags}] from {found.relation}").fetchall()
    reasons = [reason for reason, _ in one.rejects]
    return [(value, [r for r, hit in zip(reasons, hits, strict=False) if hit]) for value, hits in rows]


def check_text(connection, cells, spec, **options):
    found, findings = bound(texts(connection, cells), spec, **options)
    assert findings == []
    return read(connection, found)


# the oracle: what a cell of text means, None where it does not say what it must


def as_integer(text):
    if not re.fullmatch(r"[+-]?[0-9]+(\.0*)?([eE]\+?[0-9]+)?", text):
        return None
    value = Decimal(text)
    return int(value) if -(2**63) <= value < 2**63 else None


def as_number(text):
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        return None
    return float(text)


def as_boolean(text):
    return WORDS.get(text.lower())


def as_date(text):
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([ T]00:00(:00(\.0+)?)?)?", text)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def as_instant(text, zone="UTC"):
    clock = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
    offset = r" ?(Z|UTC|[+-][0-9]{2}(:?[0-9]{2})?)"
    if not re.fullmatch(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T]{clock}({offset})?)?", text):
        return None
    plain = re.sub(r" ?(Z|UTC)$", "+00:00", text)
    try:
        found = datetime.fromisoformat(re.sub(r" (?=[+-])", "", plain))
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC).replace(tzinfo=None)


ORACLES = {
    "integer": as_integer,
    "number": as_number,
    "boolean": as_boolean,
    "date": as_date,
    "timestamp": as_instant,
}
DIRTY = [
    *("8", " 8 ", "8.0", "8.", "8.5", "-8", "+8", "--8", "008", "1_000", "0x10", "0b1", "1e3", "1.5e3", "1e-3", ".5"),
    *("1e400", "1e30", "9007199254740993", "9223372036854775807", "9223372036854775808", "1,5", "1 000", "٣", "8 8"),
    *("0.99999999999999999999", "1.00000000000000000001", "-0", "-", ".", "e", "true", "TRUE", "t", "Yes", "n", "0"),
    *("1", "2", "on", "oui", "2026-01-05", "2026-1-5", "2026/01/05", "26-01-05", "2026-02-29", "2024-02-29"),
    *("2026-02-30", "2026-13-01", "20260105", "05/01/2026", "2026-01-05 00:00", "2026-01-05T00:00:00.000"),
    *("2026-01-05 10:00", "2026-01-05T10:00:00", "2026-01-05 10:00:00.123456", "2026-01-05 10:60", "2026-01-05T10"),
    *("2026-01-05T10:00:00Z", "2026-01-05T10:00:00+02:00", "2026-01-05 10:00:00 +0200", "2026-01-05 10:00 UTC"),
    *("2026-01-05 10:00:00-05", "2026-01-05 10:00 AM", "2026-01-05 10:00 Europe/Paris", "2026-01-05 (BC)", "epoch"),
    *("infinity", "today", "now", "12026-01-05", "0001-01-01", "9999-12-31", "é", "'", '"', ";--", "n/a"),
]


@pytest.mark.parametrize("kind", ORACLES)
def test_each_type_reads_what_python_reads_and_rejects_the_rest(connection, kind):
    cells = [*DIRTY, "", "   ", None]
    for cell, (value, reasons) in zip(cells, check_text(connection, cells, column(type=kind)), strict=True):
        text = (cell or "").strip()
        expected = ORACLES[kind](text) if text else None
        if expected is not None and expected in (float("inf"), float("-inf")):
            assert (value, reasons) == (None, ["not_finite"]), cell
        elif kind == "number" and text == "infinity":
            assert (value, reasons) == (None, ["not_finite"])
        else:
            assert (value, reasons) == (expected, [] if expected is not None or not text else ["wrong_type"]), cell


@example(cells=["+-0", "+-5", "1_000", "--5", ".5", "5.", "1e5"])
@given(cells=st.lists(st.text(alphabet="0123456789+-.eE_ ", max_size=12), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_text_of_digits_is_rounded_or_guessed(connection, cells):
    for kind, oracle in (("integer", as_integer), ("number", as_number)):
        for cell, (value, _) in zip(cells, check_text(connection, cells, column(type=kind)), strict=True):
            expected = oracle(cell.strip())
            finite = expected if expected is None or abs(expected) != float("inf") else None
            assert value == finite, (kind, cell)


@given(
    cells=st.lists(
        st.datetimes(datetime(2014, 6, 1), datetime(2031, 1, 1)).map(lambda t: t.replace(microsecond=0)), max_size=20
    ),
    zone=st.sampled_from(["Europe/Paris", "America/St_Johns", "Asia/Kolkata"]),
)
@settings(max_examples=25, deadline=None)
def test_a_local_text_is_the_instant_that_people_of_its_zone_mean(connection, cells, zone):
    given_texts = [t.isoformat(sep=" ") for t in cells] or ["2026-01-05 10:00"]
    rows = check_text(connection, given_texts, column(type="timestamp"), zone=zone)
    for text, (value, _) in zip(given_texts, rows, strict=True):
        local = datetime.fromisoformat(text)
        both = {local.replace(tzinfo=ZoneInfo(zone), fold=f).astimezone(UTC).replace(tzinfo=None) for f in (0, 1)}
        assert value == max(both)


def test_a_local_time_that_is_skipped_moves_forward_and_one_that_occurs_twice_is_the_later(connection):
    cells = ["2026-03-29 02:30", "2026-10-25 02:30", "2026-10-25 02:30+02:00"]
    rows = check_text(connection, cells, column(type="timestamp"), zone="Europe/Paris")
    assert [value for value, _ in rows] == [
        datetime(2026, 3, 29, 1, 30),
        datetime(2026, 10, 25, 1, 30),
        datetime(2026, 10, 25, 0, 30),
    ]


def test_the_zone_of_the_binding_wins_over_the_projects(connection):
    binding = Binding("rows", timezone="America/New_York")
    rows = check_text(connection, ["2026-01-05 10:00"], column(type="timestamp"), zone="Europe/Paris", binding=binding)
    assert rows == [(datetime(2026, 1, 5, 15), [])]


@pytest.mark.parametrize(
    ("decimal", "thousands", "cells"),
    [
        (",", None, {"1,5": 1.5, "-1,5e2": -150.0, "1.5": None, "1,5,0": None, "15": 15.0, ",5": 0.5, "1.000": None}),
        (",", ".", {"1.234,5": 1234.5, "1.234.567": 1234567.0, "1.5": None, "12.34,5": None, "1234,5": 1234.5}),
        (".", ",", {"1,234.5": 1234.5, "1,5": None, "1234.5": 1234.5, "1,234,56": None}),
        (",", " ", {"1 234,5": 1234.5, "1\u00a0234": 1234.0, "1\u202f234,5": 1234.5, "1 5": None}),
        (".", "'", {"1'234.5": 1234.5, "1'5": None}),
    ],
)
def test_decimal_and_thousands_are_those_of_the_binding(connection, decimal, thousands, cells):
    binding = Binding("rows", decimal=decimal, thousands=thousands)
    rows = check_text(connection, cells, column(type="number"), binding=binding)
    assert [value for value, _ in rows] == list(cells.values())
    whole = check_text(connection, cells, column(type="integer"), binding=binding)
    assert [value for value, _ in whole] == [
        int(v) if v is not None and v.is_integer() and "e" not in t else None for t, v in cells.items()
    ]


def test_a_date_format_reads_days_with_or_without_its_time_of_day(connection):
    binding = Binding("rows", date_format="%d/%m/%Y %H:%M")
    cells = ["05/01/2026", "05/01/2026 00:00", "05/01/2026 10:00", "2026-01-05", "05/01/26", "31/02/2026", "5/1/2026"]
    day = date(2026, 1, 5)
    rows = check_text(connection, cells, column(type="date"), binding=binding)
    assert [value for value, _ in rows] == [day, day, None, day, None, None, day]
    rows = check_text(connection, cells, column(type="timestamp"), binding=binding, zone="Europe/Paris")
    midnight, ten = datetime(2026, 1, 4, 23), datetime(2026, 1, 5, 9)
    assert [value for value, _ in rows] == [midnight, midnight, ten, midnight, None, None, midnight]


def test_a_date_format_that_iso_could_be_taken_for_is_the_only_one(connection):
    binding = Binding("rows", date_format="%Y-%d-%m")
    rows = check_text(connection, ["2026-01-05", "2026-13-01"], column(type="date"), binding=binding)
    assert rows == [(date(2026, 5, 1), []), (date(2026, 1, 13), [])]


def test_a_date_format_with_an_offset_gives_instants(connection):
    binding = Binding("rows", date_format="%d/%m/%Y %H:%M %z")
    cells = ["05/01/2026 10:00 +0200", "05/01/2026 10:00"]
    rows = check_text(connection, cells, column(type="timestamp"), binding=binding, zone="Europe/Paris")
    assert rows == [(datetime(2026, 1, 5, 8), []), (None, ["wrong_type"])]


def test_a_cell_is_rejected_for_one_reason_the_first_that_applies(connection):
    spec = column(
        type="integer",
        range=("1", "5"),
        missing=(("-99", "refused"), ("n/a", "not asked"), ("9", "refused")),
        not_null=True,
    )
    cells = ["3", "-99", "-99.0", "n/a", "9", "7", "0", "x", "", None, "5"]
    assert check_text(connection, cells, spec) == [
        (3, []),
        (None, ["refused"]),
        (None, ["refused"]),
        (None, ["not asked"]),
        (None, ["refused"]),
        (None, ["out_of_range"]),
        (None, ["out_of_range"]),
        (None, ["wrong_type"]),
        (None, ["missing_value"]),
        (None, ["missing_value"]),
        (5, []),
    ]


def test_a_missing_code_may_be_the_empty_cell(connection):
    spec = column(type="integer", missing=(("", "blank"), ("11", "blank")), not_null=True)
    assert check_text(connection, ["3", "", " ", None, "11"], spec) == [(3, []), *[(None, ["blank"])] * 4]


def test_codes_inside_the_range_are_missing_all_the_same(connection):
    spec = column(type="number", range=("0", None), missing=(("999", "unknown"),))
    assert check_text(connection, ["999", "998.5", "-1", "inf", "nan"], spec) == [
        (None, ["unknown"]),
        (998.5, []),
        (None, ["out_of_range"]),
        (None, ["not_finite"]),
        (None, ["not_finite"]),
    ]


def test_codes_of_dates_and_booleans_are_their_words(connection):
    spec = column(type="date", missing=(("9999-12-31", "open"), ("tbd", "open")), range=("2020-01-01", None))
    assert check_text(connection, ["9999-12-31", "tbd", "2026-01-05", "2019-12-31"], spec) == [
        (None, ["open"]),
        (None, ["open"]),
        (date(2026, 1, 5), []),
        (None, ["out_of_range"]),
    ]
    spec = column(type="boolean", missing=(("n", "no answer"), ("9", "no answer")))
    assert check_text(connection, ["n", "9", "no", "Y"], spec) == [
        (None, ["no answer"]),
        (None, ["no answer"]),
        (False, []),
        (True, []),
    ]


def test_bounds_of_a_timestamp_are_local(connection):
    spec = column(type="timestamp", range=("2026-01-01", None))
    rows = check_text(connection, ["2025-12-31 23:59", "2026-01-01 00:00"], spec, zone="Europe/Paris")
    assert rows == [(None, ["out_of_range"]), (datetime(2025, 12, 31, 23), [])]


def test_a_bound_with_a_unit_is_in_the_columns_unit(connection):
    rows = check_text(connection, ["90", "130"], column(type="number", unit="min", range=("0 s", "2 h")))
    assert rows == [(90.0, []), (None, ["out_of_range"])]


def test_a_bound_that_is_none_is_a_finding(connection):
    _, findings = bound(texts(connection, ["1"]), column(type="integer", range=("low", "5")))
    assert [(f.rule, f.message) for f in findings] == [("bad-value", "`low` is no bound of `x`, which is a number")]


def test_strings_keep_their_blanks_and_only_allowed_values(connection):
    spec = column(type="string", values=("phone", "email"), missing=(("-", "unknown"),))
    assert check_text(connection, ["phone", " phone", "-", "", None, "Phone"], spec) == [
        ("phone", []),
        (None, ["not_in_values"]),
        (None, ["unknown"]),
        (None, []),
        (None, []),
        (None, ["not_in_values"]),
    ]
    assert check_text(connection, [" a ", "", None], column(type="string", not_null=True)) == [
        (" a ", []),
        (None, ["missing_value"]),
        (None, ["missing_value"]),
    ]
    assert check_text(connection, ["a", ""], column(type="string", keep_empty=True)) == [("a", []), ("", [])]


def test_an_empty_text_is_nothing_beside_a_missing_code_too(connection):
    rows = check_text(connection, ["a", "-", "", None], column(type="string", missing=(("-", "unknown"),)))
    assert rows == [("a", []), (None, ["unknown"]), (None, []), (None, [])]


def test_a_kept_empty_text_is_a_value_like_any_other(connection):
    rows = check_text(connection, ["a", "", None, "b"], column(type="string", keep_empty=True, values=("a", "")))
    assert rows == [("a", []), ("", []), (None, []), (None, ["not_in_values"])]


def test_values_of_numbers_are_compared_as_numbers(connection):
    rows = check_text(connection, ["1", "1.0", "2", "4"], column(type="integer", values=("1", "2", "3")))
    assert rows == [(1, []), (1, []), (2, []), (None, ["not_in_values"])]


# typed columns


def typed(sql, engine_type, name="x"):
    return Raw("rows.parquet", f"({sql})", (RawColumn(name, engine_type),))


def test_a_column_whose_type_fits_is_read_as_it_is():
    for engine_type, kind in (("BIGINT", "integer"), ("BIGINT", "number"), ("DATE", "date"), ("BOOLEAN", "boolean")):
        raw = Raw("rows.parquet", "read_parquet(['rows.parquet'])", (RawColumn("x", engine_type),))
        found, findings = bound(raw, column(type=kind))
        assert findings == []
        assert found.relation == raw.relation
        assert (found.columns[0].sql, found.columns[0].rejects) == ('"x"', ())


@pytest.mark.parametrize(
    ("sql", "engine_type", "kind", "expected"),
    [
        ("select unnest(['1.0', '8.5', null]::double[]) as x", "DOUBLE", "integer", [1, "wrong_type", None]),
        ("select unnest([1.00, 8.50]::decimal(9,2)[]) as x", "DECIMAL(9,2)", "integer", [1, "wrong_type"]),
        ("select unnest([1e300::double, 'inf'::double]) as x", "DOUBLE", "integer", ["wrong_type", "wrong_type"]),
        ("select unnest(['1.5', 'nan', '-inf']::double[]) as x", "DOUBLE", "number", [1.5, "not_finite", "not_finite"]),
        ("select unnest([1.5]::decimal(9,2)[]) as x", "DECIMAL(9,2)", "number", [1.5]),
        ("select unnest([0, 1, 2]) as x", "INTEGER", "boolean", [False, True, "wrong_type"]),
        ("select unnest(['8', '8.5', 'x', '']) as x", "VARCHAR", "integer", [8, "wrong_type", "wrong_type", None]),
        ("select unnest(['a', '']) as x", "VARCHAR", "string", ["a", None]),
        ("select unnest([7, null]) as x", "INTEGER", "string", ["7", None]),
        (
            "select unnest(['2026-01-05', '2026-01-05 10:00']::timestamp[]) as x",
            "TIMESTAMP",
            "date",
            [date(2026, 1, 5), "wrong_type"],
        ),
        (
            "select unnest(['2026-01-05 10:00+00']::timestamptz[]) as x",
            "TIMESTAMP WITH TIME ZONE",
            "timestamp",
            [datetime(2026, 1, 5, 10)],
        ),
        ("select unnest(['2026-07-05']::date[]) as x", "DATE", "timestamp", [datetime(2026, 7, 4, 22)]),
        ("select unnest(['2026-07-05']::timestamp_ms[]) as x", "TIMESTAMP_MS", "timestamp", [datetime(2026, 7, 4, 22)]),
        (
            "select unnest(['2026-07-04 22:00+00']::timestamptz[]) as x",
            "TIMESTAMP WITH TIME ZONE",
            "date",
            [date(2026, 7, 5)],
        ),
    ],
)
def test_another_type_is_cast_and_what_does_not_fit_is_rejected(connection, sql, engine_type, kind, expected):
    found, findings = bound(typed(sql, engine_type), column(type=kind), zone="Europe/Paris")
    assert findings == []
    rows = read(connection, found)
    reasons = ("wrong_type", "not_finite")
    assert rows == [(None, [e]) if e in reasons else (e, []) for e in expected]
    assert [type(v) for v, _ in rows] == [type(None) if e in reasons else type(e) for e in expected]


def test_a_type_that_cannot_become_the_declared_one_is_a_finding():
    for engine_type, kind in (("BIGINT", "date"), ("STRUCT(a INTEGER)", "string"), ("BOOLEAN", "timestamp")):
        found, findings = bound(typed("select 1", engine_type), column(type=kind))
        assert found is None
        assert [f.rule for f in findings] == ["bad-binding"]


# binding


def test_names_match_whatever_their_case_and_blanks(connection):
    raw = texts(connection, ["1"], "Ticket #", "ID ")
    binding = Binding("rows", columns=(("ticket", Text.of("ticket #")),))
    found, findings = bound(raw, column("ticket", type="integer"), column("id", type="integer"), binding=binding)
    assert findings == []
    assert connection.execute(f"select ticket, id from {found.relation}").fetchall() == [(1, 1)]


def test_an_expression_is_lowered_and_checked_like_a_cell(connection):
    binding = Binding("rows", columns=(("ok", Text.of("x = 'Y'")), ("n", Text.of("x || '5'"))))
    answers = {"x = 'Y'": ("\"x\" = 'Y'", Type.BOOLEAN), "x || '5'": ("\"x\" || '5'", Type.STRING)}
    raw = texts(connection, ["Y", "1", None])
    found, findings = bound(
        raw,
        column("ok", type="boolean"),
        column("n", type="integer"),
        binding=binding,
        lower=lambda text: answers[text.value],
    )
    assert findings == []
    listed = ", ".join(c.sql for c in found.columns)
    assert connection.execute(f"select {listed} from {found.relation}").fetchall() == [
        (True, None),
        (False, 15),
        (None, None),
    ]


@pytest.mark.parametrize(("heading", "wanted"), [("x", True), ("TRUE", False)])
def test_true_and_false_are_columns_where_there_are_some_and_else_the_same_for_every_row(connection, heading, wanted):
    binding = Binding("rows", columns=(("ok", Text.of("true")),))
    raw = texts(connection, ["no", "no"], heading)
    found, findings = bound(raw, column("ok", type="boolean"), binding=binding, lower=lambda _: ("true", Type.BOOLEAN))
    assert findings == []
    assert connection.execute(f"select {found.columns[0].sql} from {found.relation}").fetchall() == [(wanted,)] * 2


def test_a_missing_column_names_the_file_and_the_nearest_name():
    raw = Raw("tickets.csv", "t", (RawColumn("Scores", "VARCHAR"),), text=True)
    found, findings = bound(raw, column("score", type="integer"), column("extra", optional=True))
    assert found is None
    assert [(f.rule, f.message) for f in findings] == [("missing-column", "`tickets.csv` has no column `score`")]
    assert findings[0].help == "did you mean `Scores`?"


def test_an_optional_column_may_be_absent():
    raw = Raw("tickets.csv", "t", (RawColumn("id", "VARCHAR"),), text=True)
    found, findings = bound(raw, column("id"), column("extra", optional=True))
    assert (found.absent, findings) == (("extra",), [])


def test_the_first_file_that_differs_is_named():
    a, b = RawColumn("id", "BIGINT"), RawColumn("n", "BIGINT")
    files = (RawFile("a.parquet", (a, b)), RawFile("b.parquet", (a,)), RawFile("c.parquet", (a,)))
    _, findings = bound(Raw("a.parquet and 2 more", "t", (a, b), files=files), column("n", type="integer"))
    assert findings[0].message == "`b.parquet` has no column `n`, which other files of the binding have"
    retyped = (RawFile("a.parquet", (b,)), RawFile("b.parquet", (RawColumn("N", "VARCHAR"),)))
    _, findings = bound(Raw("a.parquet and 1 more", "t", (b,), files=retyped), column("n", type="integer"))
    assert findings[0].message == "`n` is varchar in `b.parquet` and bigint in `a.parquet`"


def test_without_a_contract_the_data_says_the_types(connection):
    cells = {
        "whole": ["1", " 2 ", None],
        "part": ["1", "2.5", ""],
        "flag": ["true", "FALSE", None],
        "bits": ["1", "0", "1"],
        "day": ["2026-01-05", None, "2026-01-06"],
        "at": ["2026-01-05 10:00", None, "2026-01-06T10:00:00Z"],
        "phone": ["0612", "0613", "0614"],
        "word": ["1", "x", ""],
        "nothing": [None, "", " "],
        "odd": ["1", "nan", "2"],
    }
    connection.execute(
        "create or replace temp table wide as select " + ", ".join(f"unnest(?::varchar[]) as {name}" for name in cells),
        list(cells.values()),
    )
    raw = Raw("wide.csv", "wide", tuple(RawColumn(name, "VARCHAR") for name in cells), text=True)
    raw = inferred(raw, connection.execute(inference_sql(raw, Binding("wide"))).fetchone())
    found, findings = bound(raw, declared=False)
    assert findings == []
    assert {c.name: c.type.value for c in found.columns} == {
        "whole": "integer",
        "part": "number",
        "flag": "boolean",
        "bits": "integer",
        "day": "date",
        "at": "timestamp",
        "phone": "string",
        "word": "string",
        "nothing": "string",
        "odd": "string",
    }


def test_a_source_without_rows_or_names_has_every_column_asked_for(connection):
    raw = Raw("empty.json", "nowhere", (), text=True, empty=True)
    found, findings = bound(raw, column("id", type="string"), column("n", type="integer"))
    assert findings == []
    assert connection.execute(f"select id, n from {found.relation}").fetchall() == []


def test_the_oracle_agrees_with_decimal_on_what_a_number_is():
    """A check of the oracle itself: what it takes for a number, Decimal does too."""
    for cell in DIRTY:
        if as_number(cell) is not None:
            try:
                Decimal(cell)
            except InvalidOperation:
                pytest.fail(cell)
    assert as_instant("2026-01-05T10:00:00+02:00") == datetime(2026, 1, 5, 10) - timedelta(hours=2)
