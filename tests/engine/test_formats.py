"""One set of dirty rows through every format: the same values, and the same rejects."""

import gzip
import json
import sqlite3
from collections import Counter
from datetime import date, datetime

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpispec.diagnostics import Findings
from kpispec.engine.duckdb import DuckDB
from kpispec.engine.files import resolve
from kpispec.project_spec import Attachment, Binding
from kpispec.source import Text
from kpispec.spec import Checks, ColumnSpec, DatasetSpec, Range
from kpispec.sql.sources import source
from kpispec.sql.zones import macros

SPAN = Text.of("x").span
NAMES = ("id", "Score", "paid", "amount", "day", "opened_at")
ROWS = [
    ("a", "5", "yes", "1.5", "2026-01-05", "2026-01-05 10:00:00"),
    ("b", "-99", "N", "1e3", "2026-01-06", "2026-07-05T10:00:00+02:00"),
    ("c", "8.5", "maybe", "nan", "2026-02-30", "2026-02-30 10:00"),
    ("d", "11", "", "1_000", "", ""),
    ('dé, "q"\nb', "", "1", "", "2026-1-5", "2026-01-05"),
    ("", "7.0", "0", "-3", "2026-01-07 10:00", "soon"),
]
VALUES = [
    ("a", 5, True, 1.5, date(2026, 1, 5), datetime(2026, 1, 5, 9)),
    ("b", None, False, 1000.0, date(2026, 1, 6), datetime(2026, 7, 5, 8)),
    ("c", None, None, None, None, None),
    ("d", None, None, None, None, None),
    ('dé, "q"\nb', None, True, None, None, datetime(2026, 1, 4, 23)),
    (None, 7, False, None, None, None),
]
REJECTS = Counter(
    {
        ("id", "missing_value"): 1,
        ("score", "refused"): 1,
        ("score", "wrong_type"): 1,
        ("score", "out_of_range"): 1,
        ("paid", "wrong_type"): 1,
        ("amount", "wrong_type"): 1,
        ("amount", "not_finite"): 1,
        ("amount", "out_of_range"): 1,
        ("day", "wrong_type"): 3,
        ("opened_at", "wrong_type"): 2,
    }
)


def bounds(low, high):
    return Range(Text.of(low), Text.of(high) if high else None, SPAN)


DATASET = DatasetSpec(
    "rows",
    SPAN,
    (
        ColumnSpec("id", SPAN, Checks("string", not_null=True)),
        ColumnSpec("score", SPAN, Checks("integer", bounds("0", "10"), missing=(("-99", "refused"),))),
        ColumnSpec("paid", SPAN, Checks("boolean")),
        ColumnSpec("amount", SPAN, Checks("number", bounds("0", None))),
        ColumnSpec("day", SPAN, Checks("date")),
        ColumnSpec("opened_at", SPAN, Checks("timestamp")),
    ),
)


def csv_text(names=NAMES, rows=ROWS, delimiter=","):
    quoted = ['"' + cell.replace('"', '""') + '"' if cell else "" for row in rows for cell in row]
    width = len(names)
    lines = [delimiter.join(quoted[at : at + width]) for at in range(0, len(quoted), width)]
    return "\n".join([delimiter.join(names), *lines]) + "\n"


def read(root, sources, attach=(), **options):
    """The values of all rows by their id, and how many cells were rejected for which reason.

    DuckDB promises no order, and now and then gives the last line of a JSON file first.
    """
    binding = Binding("rows", sources=sources, **options)
    findings = Findings()
    with DuckDB(root) as engine:
        for attachment in attach:
            engine.attach(attachment, root)
        raw = engine.describe(binding, resolve(sources, root, attached=[a.name for a in attach]))
        engine.lock()
        found = source(
            binding,
            DATASET,
            raw,
            zone="Europe/Paris",
            first=date(2020, 1, 1),
            last=date(2027, 1, 1),
            lower=lambda _: None,
            findings=findings,
        )
        assert list(findings) == []
        engine.run(*macros("Europe/Paris", date(2020, 1, 1), date(2027, 1, 1)))
        listed = ", ".join(c.sql for c in found.columns)
        values = engine.run(f"select {listed} from {found.relation}").rows
        rejects = Counter()
        for column in found.columns:
            for reason, sql in column.rejects:
                rejects[column.name, reason] = engine.run(f"select count_if({sql}) from {found.relation}").rows[0][0]
    return sorted(values, key=lambda row: (row[0] is None, row[0])), Counter(
        {key: n for key, n in rejects.items() if n}
    )


@pytest.mark.parametrize("name", ["rows.csv", "rows.tsv", "rows.txt", "rows.csv.gz", "rows.csv.zst"])
def test_csv(tmp_path, name):
    delimiter = {"rows.tsv": "\t", "rows.txt": ";"}.get(name, ",")
    content = csv_text(delimiter=delimiter).encode()
    if name.endswith("gz"):
        content = gzip.compress(content)
    if name.endswith("zst"):
        (tmp_path / "plain.csv").write_bytes(content)
        options = "header = true, auto_detect = false, quote = '\"', escape = '\"', columns = {}"
        columns = "{" + ", ".join(f"'{n}': 'VARCHAR'" for n in NAMES) + "}"
        plain = f"read_csv('{tmp_path}/plain.csv', {options.format(columns)})"
        duckdb.sql(f"copy (from {plain}) to '{tmp_path / name}' (format csv, compression zstd, force_quote *)")
    else:
        (tmp_path / name).write_bytes(content)
    assert read(tmp_path, (name,)) == (VALUES, REJECTS)


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        (None, "utf-8-sig"),
        ("utf-8", "utf-8"),
        ("latin-1", "latin-1"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16-be"),
        ("ISO-8859-15", "iso8859-15"),
    ],
)
def test_encodings(tmp_path, encoding, codec):
    (tmp_path / "rows.csv").write_bytes(csv_text().encode(codec))
    assert read(tmp_path, ("rows.csv",), encoding=encoding) == (VALUES, REJECTS)


def test_korean(tmp_path):
    text = csv_text().replace("é", "한국")
    (tmp_path / "rows.csv").write_bytes(text.encode("cp949"))
    values, _ = read(tmp_path, ("rows.csv",), encoding="cp949")
    assert values[4][0] == 'd한국, "q"\nb'


def test_lines_before_the_header_are_skipped_empty_ones_too(tmp_path):
    (tmp_path / "rows.csv").write_text(f"exported 2026\nby me, and you\n\n{csv_text()}")
    assert read(tmp_path, ("rows.csv",), skip=2) == (VALUES, REJECTS)


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.ndjson.gz", "pretty.json"])
def test_json_as_text(tmp_path, name):
    objects = [{k: v for k, v in zip(NAMES, row, strict=True) if v} for row in ROWS]
    if "l" in name.split(".")[1] or "nd" in name:
        text = "\n".join(json.dumps(o) for o in objects)
    else:
        text = json.dumps(objects, indent=2 if name.startswith("pretty") else None)
    content = gzip.compress(text.encode()) if name.endswith("gz") else text.encode()
    (tmp_path / name).write_bytes(content)
    assert read(tmp_path, (name,)) == (VALUES, REJECTS)


def test_json_types_are_those_of_the_contract_cell_by_cell(tmp_path):
    objects = [
        {"id": "a", "Score": 5, "paid": True, "amount": 1.5, "day": "2026-01-05", "opened_at": "2026-01-05 10:00:00"},
        {
            "id": "b",
            "Score": -99,
            "paid": "N",
            "amount": 1000,
            "day": "2026-01-06",
            "opened_at": "2026-07-05T08:00:00Z",
        },
        {"id": "c", "Score": 8.5, "paid": 3, "amount": "NaN", "day": 5, "opened_at": {"at": 1}},
        {"id": "d", "Score": 11, "amount": [1]},
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(o) for o in objects))
    values, rejects = read(tmp_path, ("rows.jsonl",))
    assert values == VALUES[:4]
    assert rejects["amount", "not_finite"] == rejects["amount", "wrong_type"] == rejects["paid", "wrong_type"] == 1


def test_parquet_of_texts(tmp_path):
    table = pa.table({n: pa.array([row[i] or None for row in ROWS], pa.string()) for i, n in enumerate(NAMES)})
    pq.write_table(table, tmp_path / "rows.parquet")
    assert read(tmp_path, ("rows.parquet",)) == (VALUES, REJECTS)


def test_parquet_of_types_is_read_as_it_is(tmp_path):
    table = pa.table(
        {
            "id": ["a", "b", "", None],
            "Score": pa.array([5, -99, 11, None], pa.int8()),
            "paid": [True, False, None, None],
            "amount": [1.5, float("nan"), -3.0, float("inf")],
            "day": pa.array([date(2026, 1, 5), None, None, None]),
            "opened_at": pa.array([datetime(2026, 1, 5, 10), None, None, None], pa.timestamp("us")),
        }
    )
    pq.write_table(table, tmp_path / "rows.parquet")
    values, rejects = read(tmp_path, ("rows.parquet",))
    assert values[0] == VALUES[0]
    assert values[1:] == [
        ("b", None, False, None, None, None),
        (None, None, None, None, None, None),
        (None, None, None, None, None, None),
    ]
    assert rejects == Counter(
        {
            ("id", "missing_value"): 2,
            ("score", "refused"): 1,
            ("score", "out_of_range"): 1,
            ("amount", "not_finite"): 2,
            ("amount", "out_of_range"): 1,
        }
    )


def test_a_sheet_by_name_by_number_and_the_first(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Réponses")
    sheet.append(["exported"])
    for row in (NAMES, *ROWS):
        sheet.append([cell or None for cell in row])
    book.save(tmp_path / "rows.xlsx")
    for chosen in ("Réponses", "2"):
        assert read(tmp_path, ("rows.xlsx",), sheet=chosen, skip=1) == (VALUES, REJECTS)


def test_typed_cells_of_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(NAMES)
    book.active.append(["a", 5, True, 1.5, date(2026, 1, 5), datetime(2026, 1, 5, 10)])
    book.active.append([None] * 6)
    book.active.append(["b", 8.5, None, 1000, datetime(2026, 1, 6, 10), date(2026, 1, 5)])
    book.save(tmp_path / "rows.xlsx")
    for decimal, date_format in ((".", None), (",", "%d/%m/%Y")):
        values, rejects = read(tmp_path, ("rows.xlsx",), decimal=decimal, date_format=date_format)
        assert values == [VALUES[0], ("b", None, None, 1000.0, None, datetime(2026, 1, 4, 23))]
        assert rejects == Counter({("score", "wrong_type"): 1, ("day", "wrong_type"): 1})


@pytest.mark.parametrize("how", ["rows.sqlite#rows", "rows.db#Rows", "lite.rows"])
def test_sqlite(tmp_path, how):
    path = tmp_path / ("rows.db" if ".db" in how else "rows.sqlite")
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table rows ({', '.join(NAMES)})")
        holes = ", ".join("?" * len(NAMES))
        connection.executemany(f"insert into rows values ({holes})", [[c or None for c in row] for row in ROWS])
    connection.close()
    attach = (Attachment("lite", "sqlite", "rows.sqlite"),) if how.startswith("lite") else ()
    assert read(tmp_path, (how,), attach) == (VALUES, REJECTS)


@pytest.mark.parametrize("how", ["rows.duckdb#rows", "rows.duckdb#care.rows", "wh.rows", "WH.care.rows"])
def test_a_duckdb_file_is_attached_read_only(tmp_path, how):
    with duckdb.connect(tmp_path / "rows.duckdb") as connection:
        listed = ", ".join(f'"{n}" varchar' for n in NAMES)
        connection.execute("create schema care")
        for table in ("rows", "care.rows"):
            connection.execute(f"create table {table} ({listed})")
            connection.executemany(
                f"insert into {table} values (?, ?, ?, ?, ?, ?)", [[c or None for c in r] for r in ROWS]
            )
    attach = (Attachment("wh", "duckdb", "rows.duckdb"),) if how.lower().startswith("wh") else ()
    assert read(tmp_path, (how,), attach) == (VALUES, REJECTS)


def test_a_select_of_the_binding_is_a_relation(tmp_path):
    (tmp_path / "wide.csv").write_text("id,q1,q2\na,5,7\n")
    sql = Text.of("select id, unnest([q1, q2]) as score from read_csv('wide.csv') order by score;")
    binding = Binding("rows", sql=sql)
    with DuckDB(tmp_path) as engine:
        raw = engine.describe(binding, ())
        engine.lock()
        assert [c.name for c in raw.columns] == ["id", "score"]
        assert engine.run(f"select * from {raw.relation}").rows == (("a", 5), ("a", 7))


def test_several_files_are_one_table_whatever_the_order_of_their_columns(tmp_path):
    (tmp_path / "r1.csv").write_text(csv_text(rows=ROWS[:3]))
    turned = [tuple(reversed(row)) for row in ROWS[3:]]
    (tmp_path / "r2.csv").write_text(csv_text([n.upper() for n in reversed(NAMES)], turned, ";"))
    assert read(tmp_path, ("r?.csv",)) == (VALUES, REJECTS)


def test_parquet_files_of_two_types_are_not_cast_to_the_first(tmp_path):
    pq.write_table(pa.table({"x": pa.array([1, 2], pa.int32())}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"x": pa.array([8.5], pa.float64())}), tmp_path / "b.parquet")
    with DuckDB(tmp_path) as engine:
        binding = Binding("rows", sources=("*.parquet",))
        raw = engine.describe(binding, resolve(binding.sources, tmp_path))
        assert engine.run(f"select sum(x) from {raw.relation}").rows == ((11.5,),)


@pytest.mark.parametrize(
    ("name", "content"),
    [("rows.csv", ",".join(NAMES)), ("rows.json", "[]"), ("rows.jsonl", ""), ("rows.tsv", "\t".join(NAMES) + "\n")],
)
def test_a_file_without_rows_is_a_table_without_rows(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert read(tmp_path, (name,)) == ([], Counter())


def test_names_that_duckdb_would_take_for_globs_are_read_as_they_are(tmp_path):
    (tmp_path / "rows [1].csv").write_text(csv_text())
    (tmp_path / "rows 1.csv").write_text("id\nwrong\n")
    assert read(tmp_path, ("rows [1].csv",)) == (VALUES, REJECTS)


def test_quotes_in_names_of_files_and_columns_are_quoted(tmp_path):
    (tmp_path / "o'clock.csv").write_text(csv_text(("id", "Score", "paid", "amount", "day", "op\"ened'")))
    columns = (("opened_at", Text.of("op\"ened'")),)
    assert read(tmp_path, ("o'clock.csv",), columns=columns) == (VALUES, REJECTS)
