"""Which files a binding means, and what is refused."""

import gzip
import hashlib
import os
import sqlite3

import pytest

from kpispec.engine.base import EngineError, Failure, Format, InputFile
from kpispec.engine.files import changed, check_pinned, digest, resolve


@pytest.fixture
def root(tmp_path):
    for name in ("b.csv", "a.csv", "in/2024/c.csv", "in/d.csv", "t.parquet", "x.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id\n1\n")
    return tmp_path


def refused(*sources, root, **options):
    with pytest.raises(EngineError) as caught:
        resolve(sources, root, **options)
    return caught.value


def test_globs_are_sorted_and_no_file_is_read_twice(root):
    assert [f.shown for f in resolve(["*.csv", "a.csv"], root)] == ["a.csv", "b.csv"]
    assert [f.shown for f in resolve(["in/**/*.csv"], root)] == ["in/2024/c.csv", "in/d.csv"]
    assert [f.shown for f in resolve(["b.csv", "a.csv"], root)] == ["b.csv", "a.csv"]


def test_a_file_inside_the_project_is_shown_relative_and_one_outside_absolute(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "o.csv"
    other.write_text("id\n")
    assert [f.shown for f in resolve(["a.csv", str(other)], root)] == ["a.csv", str(other)]


def test_a_file_of_the_current_folder_never_stands_in_for_the_projects(root, tmp_path_factory, monkeypatch):
    here = tmp_path_factory.mktemp("here")
    (here / "a.csv").write_text("id\n99\n")
    monkeypatch.chdir(here)
    [file] = resolve(["a.csv"], root)
    assert file.shown == str(root / "a.csv")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("t.CSV", Format.CSV),
        ("t.tsv.gz", Format.CSV),
        ("t.txt.zst", Format.CSV),
        ("t.parquet", Format.PARQUET),
        ("t.jsonl.gz", Format.JSON),
        ("t.ndjson", Format.JSON),
        ("t.xlsx", Format.SHEET),
        ("t.ods", Format.SHEET),
        ("my.data.2024.csv", Format.CSV),
    ],
)
def test_the_ending_tells_the_format(tmp_path, name, found):
    (tmp_path / name).write_text("x")
    assert resolve([name], tmp_path)[0].format is found


def test_a_db_file_is_told_by_its_first_bytes(tmp_path):
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table t (a)")
    (tmp_path / "b.db").write_bytes(b"\0" * 8 + b"DUCK")
    assert resolve(["a.db#t"], tmp_path)[0].format is Format.SQLITE
    assert resolve(["b.db#s.t"], tmp_path)[0] == resolve(["b.db#s.t"], tmp_path)[0]
    assert (resolve(["b.db#s.t"], tmp_path)[0].format, resolve(["b.db#s.t"], tmp_path)[0].table) == (
        Format.DUCKDB,
        "s.t",
    )


def test_a_table_of_an_attached_database_is_no_file(root):
    [found] = resolve(["wh.public.tickets"], root, attached=["WH"])
    assert (found.format, str(found.path), found.table) == (Format.ATTACHED, "wh", "public.tickets")


def test_what_is_no_regular_file_is_refused_at_once(root):
    os.mkfifo(root / "pipe.csv")
    (root / "gone.csv").symlink_to(root / "nowhere.csv")
    assert refused("pipe.csv", root=root).message == "`pipe.csv` is a pipe"
    assert refused("in", root=root).message == "`in` is a folder"
    assert refused("gone.csv", root=root).message == "`gone.csv` is a symbolic link to nothing"
    assert refused("/dev/null", root=root).message == "`/dev/null` is a device"


def test_a_name_that_is_not_there_suggests_one_that_is(root):
    error = refused("aa.csv", root=root)
    assert (error.kind, error.message, error.help) == (
        Failure.UNREADABLE,
        "there is no file `aa.csv`",
        "did you mean `a.csv`?",
    )
    assert refused("in/*.json", root=root).message == "no file matches `in/*.json`"


def test_a_link_out_of_the_project_is_refused_where_the_project_names_it(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("id\n")
    (root / "link.csv").symlink_to(outside)
    assert refused("link.csv", root=root, confined=True).message == "`link.csv` lies outside of the project"
    assert refused("../outside0/secret.csv", root=root, confined=True).kind is Failure.UNREADABLE
    assert resolve(["link.csv"], root)[0].path == outside


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (["a.csv", "t.parquet"], "one data set is bound to files of several formats: csv and parquet"),
        (["s3://bucket/a.csv"], "`s3://bucket/a.csv` is not on this machine"),
        (["plain"], "`plain` has no ending that tells its format"),
        (["a.parquet.gz"], "`a.parquet.gz` has no ending that tells its format"),
        (["w.duckdb"], "`w.duckdb` is a database, and the binding names no table"),
    ],
)
def test_what_cannot_be_bound_is_said(root, sources, message):
    for name in ("plain", "a.parquet.gz", "w.duckdb"):
        (root / name).write_text("x")
    error = refused(*sources, root=root)
    assert error.message == message
    assert error.help


def test_a_digest_is_that_of_the_bytes_and_follows_a_change(root):
    [file] = resolve(["a.csv"], root)
    assert digest(file) == hashlib.sha256(b"id\n1\n").hexdigest()
    assert changed([file]) is None
    (root / "a.csv").write_text("id\n22\n")
    assert changed([file]) == file
    assert digest(resolve(["a.csv"], root)[0]) == hashlib.sha256(b"id\n22\n").hexdigest()
    (root / "a.csv").unlink()
    assert changed([file]) == file


def test_of_parquet_the_footer_is_hashed_unless_all_is_asked_for(tmp_path):
    body, footer = b"PAR1" + b"r" * 100, b"f" * 20
    content = body + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    (tmp_path / "t.parquet").write_bytes(content)
    [file] = resolve(["t.parquet"], tmp_path)
    assert digest(file) == hashlib.sha256(content[len(body) :]).hexdigest()
    assert digest(file, full=True) == hashlib.sha256(content).hexdigest()


def test_a_pinned_file_must_be_the_one(root):
    files = resolve(["a.csv"], root)
    check_pinned(files, "sha256:" + hashlib.sha256(b"id\n1\n").hexdigest().upper())
    with pytest.raises(EngineError, match="is not the file that the binding pins") as caught:
        check_pinned(files, "0" * 64)
    assert caught.value.kind is Failure.CHANGED
    both = resolve(["a.csv", "b.csv"], root)
    one = hashlib.sha256(b"id\n1\n").hexdigest()
    check_pinned(both, hashlib.sha256(f"{one}\n{one}".encode()).hexdigest())


def test_a_table_has_no_digest():
    assert digest(InputFile(os.path, "wh.t", Format.ATTACHED, "t")) is None


def test_a_compressed_file_is_hashed_as_it_lies_there(tmp_path):
    content = gzip.compress(b"id\n1\n")
    (tmp_path / "a.csv.gz").write_bytes(content)
    assert digest(resolve(["a.csv.gz"], tmp_path)[0]) == hashlib.sha256(content).hexdigest()
