"""The connection: what fails and how it is said, what is locked, what is measured."""

import gzip
import stat

import duckdb
import pytest

from kpispec.engine.base import EngineError, Failure
from kpispec.engine.duckdb import DuckDB
from kpispec.engine.files import resolve
from kpispec.project_spec import Attachment, Binding
from kpispec.source import Text


def describe(root, name, **options):
    """Describe a binding and read all of it; what it holds, and how many rows were left out."""
    binding = Binding("rows", sources=(name,), **options)
    with DuckDB(root) as engine:
        raw = engine.describe(binding, resolve(binding.sources, root))
        engine.lock()
        return engine.run(f"select * from {raw.relation}").rows, raw.skipped


def failure(root, name, content, **options):
    (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(EngineError) as caught:
        describe(root, name, **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("a,b\n1,2\n3\n", 3, "`r.csv`, line 3, has 1 cells where the header has 2"),
        ("a,b\n1,2\n3,4,5\n", 3, "`r.csv`, line 3, has 3 cells where the header has 2"),
        ('a,b\n1,2\n3,"x\n4,5\n', 3, "`r.csv`, line 3, opens a quotation that is not closed as it should be"),
    ],
)
def test_a_ragged_row_is_an_error_with_its_file_and_line(tmp_path, content, line, words):
    error = failure(tmp_path, "r.csv", content)
    assert (error.kind, error.path, error.line, error.message) == (Failure.RAGGED, "r.csv", line, words)
    assert error.detail


def test_lines_are_counted_from_the_top_of_the_file(tmp_path):
    assert failure(tmp_path, "r.csv", "note\n\na,b\n1,2\n3\n", skip=1).line == 5


def test_a_ragged_row_is_found_whichever_columns_are_read(tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,2\n3\n")
    binding = Binding("rows", sources=("r.csv",))
    with DuckDB(tmp_path) as engine:
        raw = engine.describe(binding, resolve(binding.sources, tmp_path))
        for columns in ("a", "b", "count(*)"):
            with pytest.raises(EngineError, match="line 3"):
                engine.run(f"select {columns} from {raw.relation}")


def test_bad_rows_are_left_out_as_far_as_the_binding_allows(tmp_path):
    (tmp_path / "r.csv").write_text("a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert describe(tmp_path, "r.csv", bad_rows=2) == ((("1", "2"), ("7", "8")), 2)
    with pytest.raises(EngineError) as caught:
        describe(tmp_path, "r.csv", bad_rows=1)
    assert caught.value.message == "`r.csv` has 2 bad lines, the first is line 3: `on_bad_rows` allows 1"


def test_the_rows_that_an_open_quotation_swallows_are_counted(tmp_path):
    rows = "".join(f"{n},x\n" for n in range(50))
    error = failure(tmp_path, "r.csv", f'a,b\n1,"x\n{rows}', bad_rows=10)
    assert error.kind is Failure.RAGGED
    assert "51 bad lines" in error.message


@pytest.mark.parametrize(
    ("encoding", "content", "message"),
    [
        (None, "a,b\n1,é\n".encode("latin-1"), "`e.csv` is not utf-8: byte 0xe9 at offset 6"),
        (None, "é,b\n1,2\n".encode("latin-1"), "`e.csv` is not utf-8: byte 0xe9 at offset 0"),
        (None, "a,b\n1,2\n".encode("utf-16"), "`e.csv` is not utf-8: byte 0xff at offset 0"),
        (None, b"a,b\n" + b"1,2\n" * 800_000 + b"1,\xe9\n", "`e.csv` is not utf-8: byte 0xe9 at offset 3200006"),
        ("ascii", "a,b\n1,é\n".encode("latin-1"), "`e.csv` is not utf-8: byte 0xe9 at offset 6"),
        ("cp949", b"a,b\n1,\xff\n", "`e.csv` is not cp949: byte 0xff at offset 6"),
        ("cp99", b"a,b\n", "`cp99` is no encoding"),
    ],
)
def test_a_wrong_encoding_is_an_error_with_its_byte_and_the_cure(tmp_path, encoding, content, message):
    error = failure(tmp_path, "e.csv", content, encoding=encoding)
    assert (error.kind, error.message) == (Failure.ENCODING, message)
    assert "encoding" in error.help or "utf-16" in error.help


def test_utf_16_is_told_by_its_mark(tmp_path):
    error = failure(tmp_path, "e.csv", "a,b\n1,2\n".encode("utf-16"))
    assert error.help == "write `encoding: utf-16` beside `from`"


def test_latin_1_with_the_bytes_of_windows_is_said_to_be_cp1252(tmp_path):
    content = "prix,b\n5 €,2\n".encode("cp1252")
    error = failure(tmp_path, "e.csv", content, encoding="latin-1")
    assert error.kind is Failure.ENCODING
    assert "cp1252" in error.help
    assert describe(tmp_path, "e.csv", encoding="cp1252")[0] == (("5 €", "2"),)


def zstd(root, rows):
    path = root / "z.csv.zst"
    duckdb.sql(f"copy (select range as a, md5(range::varchar) as b from range({rows})) to '{path}' (format csv)")
    return path.read_bytes()


def test_a_file_that_is_cut_short_is_an_error_never_fewer_rows(tmp_path):
    text = b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50_000))
    packed = gzip.compress(text)
    squeezed = zstd(tmp_path, 50_000)
    listed = b"[" + b",".join(b'{"a": %d, "b": [1]}' % n for n in range(1000)) + b"]"
    cuts = {
        "t.csv.gz": [packed[: len(packed) // 2], packed[:-4]],
        "t.csv.zst": [squeezed[: len(squeezed) // 2], squeezed[:-1], squeezed[:-6], squeezed[:3], squeezed + b"junk"],
        "t.json": [listed[:-1], listed[:-2], listed[:-3], listed[:-5], listed[: listed.rindex(b",{")]],
        "t.json.gz": [gzip.compress(listed)[:-10]],
        "t.jsonl": [b'{"a": 1}\n{"a": 2}\n{"a": '],
    }
    for name, contents in cuts.items():
        for content in contents:
            assert failure(tmp_path, name, content).kind is Failure.UNREADABLE, (name, len(content))


@pytest.mark.parametrize("rows", [0, 1, 50_000])
def test_a_whole_zstandard_file_is_read(tmp_path, rows):
    zstd(tmp_path, rows)
    found, _ = describe(tmp_path, "z.csv.zst")
    assert len(found) == rows


def test_zstandard_frames_after_each_other_are_one_file(tmp_path):
    frame = zstd(tmp_path, 10)
    skippable = (0x184D2A50).to_bytes(4, "little") + (4).to_bytes(4, "little") + b"note"
    (tmp_path / "z.csv.zst").write_bytes(frame + skippable)
    assert len(describe(tmp_path, "z.csv.zst")[0]) == 10


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("empty.csv", "", Failure.UNREADABLE),
        ("no.parquet", "not parquet at all", Failure.UNREADABLE),
        ("no.xlsx", "not a sheet", Failure.UNREADABLE),
        ("no.json", "{broken", Failure.UNREADABLE),
        ("no.csv.gz", "not gzip", Failure.UNREADABLE),
        ("no.sqlite#t", "", Failure.UNREADABLE),
        ("mixed.csv", "a,b\r\n1,2\n3,4\r\n", Failure.RAGGED),
    ],
)
def test_what_is_not_of_its_format_is_said(tmp_path, name, content, kind):
    (tmp_path / name.split("#")[0]).write_text(content, newline="")
    with pytest.raises(EngineError) as caught:
        describe(tmp_path, name)
    assert caught.value.path or caught.value.kind is Failure.MISSING
    assert caught.value.kind in (kind, Failure.MISSING)
    assert name.split("#")[0] in caught.value.message


def test_a_table_that_is_not_there_is_said(tmp_path):
    with duckdb.connect(tmp_path / "w.duckdb") as connection:
        connection.execute("create table t (a int)")
    with pytest.raises(EngineError, match="there is no table"):
        describe(tmp_path, "w.duckdb#tt")


def test_a_database_that_cannot_be_attached_is_said_without_its_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_DSN", "host=nowhere password=hunter2")
    with DuckDB(tmp_path) as engine:
        with pytest.raises(EngineError) as caught:
            engine.attach(Attachment("wh", "postgres", dsn_env="WAREHOUSE_DSN"), tmp_path)
        assert "hunter2" not in f"{caught.value.message} {caught.value.help} {caught.value.detail}"
        with pytest.raises(EngineError, match="the environment has no `ABSENT`"):
            engine.attach(Attachment("wh", "postgres", dsn_env="ABSENT"), tmp_path)
        with pytest.raises(EngineError) as caught:
            engine.attach(Attachment("wh", "duckdb", "nowhere.duckdb"), tmp_path)
        assert caught.value.kind is Failure.UNREADABLE


def test_after_the_lock_only_the_bound_files_can_be_read_and_nothing_written(tmp_path):
    for name in ("a.csv", "other.csv"):
        (tmp_path / name).write_text("a,b\n1,2\n")
    binding = Binding("rows", sources=("a.csv",))
    with DuckDB(tmp_path) as engine:
        raw = engine.describe(binding, resolve(binding.sources, tmp_path))
        engine.lock()
        assert engine.run(f"select * from {raw.relation}").rows == (("1", "2"),)
        for sql in (
            f"select * from read_csv('{tmp_path}/other.csv')",
            "select * from read_csv('other.csv')",
            f"copy (select 1) to '{tmp_path}/out.csv'",
            f"attach '{tmp_path}/new.duckdb' as n",
            "set threads = 1",
            "set enable_external_access = true",
            "load postgres",
            "install httpfs",
        ):
            with pytest.raises(EngineError):
                engine.run(sql)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "other.csv"]


def test_the_temporary_folder_is_private_and_goes_with_the_connection(tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (tmp_path / "a.csv").write_bytes("a,b\n1,é\n".encode("utf-16"))
    engine = DuckDB(tmp_path, temp_dir=scratch)
    engine.describe(Binding("rows", sources=("a.csv",), encoding="utf-16"), resolve(["a.csv"], tmp_path))
    [folder] = scratch.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(folder.iterdir())
    engine.close()
    assert list(scratch.iterdir()) == []


def test_statements_run_in_order_and_their_cost_is_kept(tmp_path):
    with DuckDB(tmp_path, memory_limit="1GB", threads=1) as engine:
        table = engine.run(
            "create temp table t as select range as a from range(5)", "select a, 'x' as b from t where a > 2"
        )
        assert (table.columns, table.rows) == (("a", "b"), ((3, "x"), (4, "x")))
        assert [timing.rows for timing in engine.timings] == [5, 2]
        assert all(timing.cpu >= 0 for timing in engine.timings)


def test_an_unknown_failure_keeps_the_engines_words(tmp_path):
    with DuckDB(tmp_path) as engine:
        with pytest.raises(EngineError) as caught:
            engine.run("select nothing_of_the_kind")
        assert caught.value.kind is Failure.OTHER
        assert "nothing_of_the_kind" in caught.value.detail


def test_text_of_a_query_is_in_utc_whatever_the_machine(tmp_path):
    with DuckDB(tmp_path) as engine:
        sql = "select cast(timestamptz '2026-01-05 10:00+02' as varchar), current_setting('timezone')"
        assert engine.run(sql).rows == (("2026-01-05 08:00:00+00", "UTC"),)


def test_python_variables_are_no_tables(tmp_path):
    rows = [1]
    with DuckDB(tmp_path) as engine, pytest.raises(EngineError):
        engine.run("select * from rows")
    assert rows == [1]


def test_a_binding_of_nothing_is_refused(tmp_path):
    with DuckDB(tmp_path) as engine, pytest.raises(EngineError, match="bound to no file"):
        engine.describe(Binding("rows"), ())


def test_a_select_is_told_what_it_asks_for_in_vain(tmp_path):
    (tmp_path / "t.csv").write_text("a,on\n1,monday\n")
    asked = {
        "select b from read_csv('t.csv')": "its `sql:` reads a column `b` that is not there",
        "select t.b from (values (1)) t(a)": "its `sql:` reads a column `b` that is not there",
        "select * from read_csv('u.csv')": "there is no file `u.csv`",
    }
    for sql, message in asked.items():
        with DuckDB(tmp_path) as engine, pytest.raises(EngineError) as caught:
            engine.describe(Binding("rows", sql=Text.of(sql)), ())
        assert caught.value.message == message
        assert "in the SELECT" in caught.value.help or "change the SELECT" in caught.value.help


@pytest.mark.parametrize("rest", ["", " union all select null"])
def test_a_cell_that_a_select_cannot_take_is_named(tmp_path, rest):
    (tmp_path / "t.csv").write_text("met\nmonday\n")
    with DuckDB(tmp_path) as engine:
        sql = f"select met::timestamp as at from (select * from read_csv('t.csv', all_varchar = true){rest})"
        raw = engine.describe(Binding("rows", sql=Text.of(sql)), ())
        with pytest.raises(EngineError, match=r"a cell of `met` is not what the `sql:` .*: `monday`"):
            engine.run(f"select * from {raw.relation}")


def test_a_select_that_fails_is_said_in_the_engines_words(tmp_path):
    with DuckDB(tmp_path) as engine, pytest.raises(EngineError) as caught:
        engine.describe(Binding("rows", sql=Text.of("select x from nowhere")), ())
    assert caught.value.kind is Failure.MISSING


def test_a_definition_that_stands_is_not_run_again_unless_one_before_it_changed(tmp_path):
    double = "create or replace temporary macro double(x) as x * getvariable('factor')"
    with DuckDB(tmp_path) as engine:
        engine.define("set variable factor = 2", double)
        engine.define("set variable factor = 2", double)
        assert len(engine.timings) == 2
        engine.define("set variable factor = 3", double)
        assert len(engine.timings) == 4
        assert engine.run("select double(5)").rows == ((15,),)
        engine.define("set variable factor = 2")
        assert engine.run("select double(5)").rows == ((10,),)
