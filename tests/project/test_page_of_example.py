"""The bundled example rendered by the whole of kpispec: the same bytes at any thread count, nothing of the machine."""

import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

import kpispec
from kpispec.project.asked import Asked
from kpispec.render.html import render_html

EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
AS_OF = datetime(2026, 9, 3, tzinfo=ZoneInfo("Europe/Paris"))


def page(threads):
    result = kpispec.load(EXAMPLE).run_asked(["customer_care"], Asked(as_of=AS_OF, threads=threads), page=True)
    return render_html(result.report, language="en")


@pytest.fixture(scope="module")
def pages():
    return {threads: page(threads) for threads in (1, 2)}


def test_the_page_is_the_same_at_any_number_of_threads(pages):
    assert pages[1] == pages[2]


def test_the_page_names_no_temporary_file(pages):
    assert tempfile.gettempdir() + "/kpispec-" not in pages[1]
    assert "exports/complaints.csv" in pages[1]


def test_every_kpi_of_the_scorecard_has_its_row_and_its_sql(pages):
    assert pages[1].count('<tbody role="rowgroup" class="kpi"') == 20
    assert pages[1].count("SQL as executed</h3>") == 20


def kpispec_(*words, folder):
    command = [sys.executable, "-m", "kpispec", *words, "--project", str(EXAMPLE), "--as-of", "2026-09-03"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_workbook_holds_the_headlines_and_all_results(tmp_path):
    found = kpispec_("render", "customer_care", "--format", "xlsx", "-o", "care.xlsx", folder=tmp_path)
    assert found.returncode == 0, found.stderr
    book = openpyxl.load_workbook(tmp_path / "care.xlsx")
    headlines, results = book.worksheets
    assert [c.value for c in headlines[2]][:4] == ["Net Promoter Score, cold survey", "2026-08", "Watch", 34.4537815126]
    assert headlines.max_row == 21
    assert results.max_row > 20 * 24
    assert [p.name for p in tmp_path.iterdir()] == ["care.xlsx"]


@pytest.mark.parametrize("name", ["/dev/null", "folder", "link.csv"])
def test_only_a_regular_file_is_ever_written_over(tmp_path, name):
    """A rename over `/dev/null` would leave a plain file in its place, for everyone on the machine."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "other.csv")
    before = Path(tmp_path / name).lstat().st_mode
    found = kpispec_("run", "nps", "--at", "2026-08", "--format", "csv", "-o", name, folder=tmp_path)
    assert found.returncode == 2
    assert "without `-o` the answer goes to stdout" in found.stderr
    assert Path(tmp_path / name).lstat().st_mode == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "link.csv"]


def test_python_gives_what_the_command_line_gives():
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    result = kpispec.load(EXAMPLE).run("nps", as_of=AS_OF, by=["channel"], at="2026-08")
    table = result.to_arrow()
    assert table.num_rows == len(result.rows) == 7
    assert table["value"][0].as_py() == result.rows[0]["value"] == 34.4537815126
    assert "Net Promoter Score, cold survey" in result._repr_html_()
