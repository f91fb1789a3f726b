"""How a CSV file is written, from its first lines."""

import pytest

from kpispec.engine.base import EngineError
from kpispec.engine.dialect import Dialect, dialect


def of(text, **options):
    return dialect(text.splitlines(keepends=True), options.pop("shown", "a.csv"), **options)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("Note, sur 10;Date\n8;2026-01-01\n", ";"),
        ("a\tb\n1,2\t3;4\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ('"a;b","c;d"\n"1;2","3"\n', ","),
        ("only\n1\n2\n", ","),
        ("a,b\n", ","),
        ('id,text\n1,"x; y; z"\n2,"p; q"\n', ","),
    ],
)
def test_the_delimiter_is_the_one_that_rows_agree_on(text, delimiter):
    assert of(text).delimiter == delimiter


def test_what_is_said_wins():
    assert of("a,b;c\n", delimiter=";") == Dialect(";", ("a,b", "c"))
    assert of("a b\tc\n", delimiter="tab").names == ("a b", "c")
    assert of("a,b;c,d\n1,5;2,5\n", decimal=",").delimiter == ";"
    assert of("a,b\n", shown="x.tsv.gz").names == ("a,b",)


def test_names_are_trimmed_and_made_distinct():
    assert of('\ufeff id ,"Call  Id",,id,ID,\n').names == ("id", "Call Id", "column3", "id_1", "ID_2", "column6")


def test_lines_before_the_header_are_counted():
    assert of("note\n\n\na,b\n1,2\n", skip=1) == Dialect(",", ("a", "b"), 3)
    assert of("\n\na,b\n").skip == 2


@pytest.mark.parametrize(("text", "skip"), [("", 0), ("\n\n", 0), ("a,b\n", 1)])
def test_a_file_without_a_header_is_refused(text, skip):
    with pytest.raises(EngineError, match="has no header"):
        of(text, skip=skip)
