"""`demo`, `init` and `new` as people call them: what they write works at once, and nothing of theirs is lost."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

BESIDE = [folder / "shared" / "data" for folder in Path(__file__).parents[3:5]]  # of a checkout, or of a work tree
SHARED = next((folder for folder in BESIDE if folder.is_dir()), BESIDE[0])


def kpispec(*words, cwd, code=0):
    """The answer of a command that ends with `code`; what it says beside it is `.stderr`."""
    with chdir(cwd):
        done = CliRunner().invoke(app, [*map(str, words)], env={"NO_COLOR": "1", "COLUMNS": "160"})
    assert done.exit_code == code, f"{words}: {done.exit_code}\n{done.stdout}\n{done.stderr}"
    return done


def values(project, *options, of="--all"):
    """The last value of each KPI, whole, of a project."""
    printed = kpispec("run", of, "--format", "json", *options, cwd=project).stdout
    return {r["kpi"]: r["value"] for r in json.loads(printed)["results"] if r["segment"] == {}}


def works(project, *options):
    """A project that validates, against its data too, and runs; its values."""
    assert "no findings" in kpispec("validate", "--data", cwd=project).stdout
    return values(project, *options)


def write(path, text, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def shared(*names):
    paths = [SHARED / name for name in names]
    if not all(p.exists() for p in paths):
        pytest.skip("the shared survey files are not beside this checkout")
    return paths


def snapshot(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


TICKETS = """\
Ticket #,Client ID,Channel,Created at,First reply,Closed on,CSAT
1,a,email,2026-01-05 09:00:00,2026-01-05 10:00:00,2026-01-06 09:00:00,5
2,b,phone,2026-01-05 10:00:00,2026-01-05 10:30:00,2026-01-05 12:00:00,4
3,a,email,2026-01-07 09:00:00,2026-01-07 12:00:00,,3
4,c,chat,2026-01-09 09:00:00,,,
5,c,chat,2026-01-12 09:00:00,2026-01-12 09:05:00,2026-01-12 10:00:00,1
6,d,email,2026-01-13 09:00:00,2026-01-13 11:00:00,2026-01-13 18:00:00,2
7,e,phone,2026-01-14 09:00:00,2026-01-14 09:10:00,2026-01-15 09:00:00,5
8,f,chat,2026-01-15 09:00:00,2026-01-15 09:20:00,2026-01-15 10:00:00,4
9,g,phone,2026-01-16 09:00:00,2026-01-16 09:30:00,2026-01-16 10:00:00,9
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The example as `kpispec demo` writes it, and what was printed."""
    here = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "kpispec", "demo"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    return here / "kpispec-demo", done.stdout


class TestDemo:
    def test_writes_a_page_in_each_language(self, demo):
        _, printed = demo
        pages = re.findall(r"scorecard: (\S+)", printed)
        assert [Path(p).name for p in pages] == ["scorecard.html", "scorecard.fr.html"]
        english, french = (Path(p).read_text(encoding="utf-8") for p in pages)
        assert '<html lang="en"' in english
        assert "scorecard.fr.html" in english
        assert '<html lang="fr"' in french
        assert "Qualité du service client" in french

    def test_leaves_the_generator_out(self, demo):
        folder, _ = demo
        assert not list(folder.rglob("*.py"))
        assert "generate.py" not in (folder / "README.md").read_text(encoding="utf-8")
        assert "## What to look for" in (folder / "README.md").read_text(encoding="utf-8")

    def test_what_it_says_to_try_next_works(self, demo):
        folder, printed = demo
        commands = re.findall(r"^  kpispec (.+)$", printed, re.MULTILINE)
        assert len(commands) == 3
        for command in commands:
            assert kpispec(*command.split(), cwd=folder).stdout

    def test_a_changed_file_is_put_back_only_when_forced(self, demo):
        folder, _ = demo
        spec = folder / "specs" / "scorecard.yml"
        original = spec.read_bytes()
        spec.write_bytes(original + b"# mine\n")
        said = kpispec("demo", folder, cwd=folder.parent, code=2).stderr
        assert "specs/scorecard.yml` is not as the example has it" in said
        assert spec.read_bytes().endswith(b"# mine\n")
        kpispec("demo", folder, "--force", "--language", "fr", cwd=folder.parent)
        assert spec.read_bytes() == original
        assert '<html lang="fr"' in (folder / "scorecard.html").read_text(encoding="utf-8")

    def test_a_folder_of_somebody_else_is_left_alone(self, tmp_path):
        write(tmp_path / "mine" / "notes.txt", "mine")
        said = kpispec("demo", "mine", "--force", cwd=tmp_path, code=2).stderr
        assert "`mine` is not empty" in said
        assert snapshot(tmp_path / "mine") == {"notes.txt": b"mine"}


class TestInit:
    def test_the_starter_runs_renders_and_passes_its_tests(self, tmp_path):
        kpispec("init", "care", cwd=tmp_path)
        care = tmp_path / "care"
        found = works(care)
        assert set(found) == {"nps", "csat_pct"}
        assert all(isinstance(v, float) for v in found.values())
        assert "0 failed" in kpispec("test", cwd=care).stdout
        kpispec("render", "customers", cwd=care)
        assert "2 judged" in kpispec("check", "customers", cwd=care).stdout

    def test_never_overwrites(self, tmp_path):
        kpispec("init", cwd=tmp_path)
        before = snapshot(tmp_path)
        said = kpispec("init", cwd=tmp_path, code=2).stderr
        assert "`kpispec.yml` is there already" in said
        data = write(tmp_path / "t.csv", TICKETS)
        kpispec("init", "--from", data, cwd=tmp_path, code=2)
        data.unlink()
        assert snapshot(tmp_path) == before

    def test_a_file_in_the_way_stops_it_before_anything_is_written(self, tmp_path):
        write(tmp_path / "specs" / "scorecard.yml", "mine")
        kpispec("init", cwd=tmp_path, code=2)
        assert snapshot(tmp_path) == {"specs/scorecard.yml": b"mine"}

    def test_a_file_in_place_of_the_folder_is_taken_for_a_slip(self, tmp_path):
        write(tmp_path / "t.csv", TICKETS)
        assert "--from t.csv" in kpispec("init", "t.csv", cwd=tmp_path, code=2).stderr


class TestInitFrom:
    def test_tickets_get_their_kpis(self, tmp_path):
        """Medians, shares and counts by hand: replies after 60, 30, 180, 5, 120, 10, 20 and 30 minutes."""
        write(tmp_path / "data" / "tickets.csv", TICKETS)
        printed = kpispec("init", "p", "--from", "data/tickets.csv", cwd=tmp_path).stdout
        found = works(tmp_path / "p")
        assert found["first_reply_median"] == pytest.approx(0.5)
        assert found["resolved_share"] == pytest.approx(100 * 7 / 9)
        assert found["csat_pct"] == pytest.approx(100 * 4 / 7)
        assert found["csat_mean"] == pytest.approx(24 / 7)
        assert found["customer_count"] == 7
        assert found["tickets_count"] == 9
        assert "nps: no column with an answer from 0 to 10" in printed
        assert "what `9` means in `CSAT` (1 cell)" in printed
        assert "`Created at` places a row in a period" in printed

    def test_names_that_are_not_legal_are_mapped(self, tmp_path):
        write(tmp_path / "tickets.csv", TICKETS)
        kpispec("init", "--from", "tickets.csv", cwd=tmp_path)
        assert '      ticket: "Ticket #"\n' in (tmp_path / "kpispec.yml").read_text(encoding="utf-8")
        dataset = (tmp_path / "specs" / "datasets" / "tickets.yml").read_text(encoding="utf-8")
        assert "key: [ticket]\ntime: created_at\n" in dataset
        assert "    range: [1, 5]\n    # outside of it: 9 (1)\n" in dataset
        assert "\n    missing:" not in dataset

    def test_scores_written_as_decimals_are_scores(self, tmp_path):
        """As a data frame with empty cells writes them."""
        rows = "\n".join(f"{i},{float(i % 11)},{'' if i % 3 else float(1 + i % 5)}" for i in range(66))
        write(tmp_path / "answers.csv", f"id,NPS,satisfaction\n{rows}\n")
        kpispec("init", "--from", "answers.csv", cwd=tmp_path)
        found = works(tmp_path)
        assert found["nps"] == pytest.approx(100 * (2 - 7) / 11)
        assert found["csat_mean"] == pytest.approx(sum(1 + i % 5 for i in range(0, 66, 3)) / 22)

    def test_amounts_that_happen_to_be_whole_stay_numbers(self, tmp_path):
        rows = "\n".join(f"{i}.00" for i in range(60))
        write(tmp_path / "sales.csv", f"amount\n{rows}\n")
        kpispec("init", "--from", "sales.csv", cwd=tmp_path)
        assert "amount: {type: number}" in (tmp_path / "specs" / "datasets" / "sales.yml").read_text(encoding="utf-8")

    def test_hostile_headers_make_a_valid_project(self, tmp_path):
        names = [
            "a: b",
            "# c",
            '"" d',
            "date",
            "date ",
            "",
            "'x",
            "é[1]",
            "{y}",
            "nul\u200bl",
            "7",
            "order",
            "日本",
            "x" * 300,
        ]
        header = ",".join(f'"{name}"' for name in names)
        rows = "\n".join(",".join(str(i + j) for j in range(len(names))) for i in range(40))
        write(tmp_path / "odd file [1].csv", f"{header}\n{rows}\n")
        kpispec("init", "--from", "odd file [1].csv", cwd=tmp_path)
        assert list(works(tmp_path).values()) == [40]

    def test_values_cannot_break_out_of_a_comment(self, tmp_path):
        rows = '"red",1\n"blue\nkpi: evil #",2\n' * 15
        write(tmp_path / "colours.csv", f"colour,n\n{rows}")
        kpispec("init", "--from", "colours.csv", cwd=tmp_path)
        assert works(tmp_path) == {"colours_count": 30}

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("cp949", "만족도,지역\n5,서울\n4,부산\n"),
            ("cp932", "満足度,ちいき\n5,とうきょう\n4,おおさか\n"),
            ("gb18030", "满意度,地区\n5,北京\n4,上海\n"),
            ("cp1251", "Оценка,Город\n5,Москва\n4,Казань\n"),
            ("cp1252", "Satisfaction,Région\n5,Île-de-France\n4,Bohême – “ici”\n"),
            ("utf-16", "Satisfaction,Région\n5,Nord\n4,Sud\n"),
        ],
    )
    def test_another_encoding_is_tried_and_told_as_a_guess(self, tmp_path, encoding, text):
        write(tmp_path / "answers.csv", text + text.split("\n", 1)[1] * 20, encoding)
        printed = kpispec("init", "--from", "answers.csv", cwd=tmp_path).stdout
        assert f"read as {encoding}" in printed
        assert f"    encoding: {encoding}  # a guess" in (tmp_path / "kpispec.yml").read_text(encoding="utf-8")
        assert works(tmp_path)["answers_count"] == 42

    def test_dates_that_fit_both_orders_are_asked_about(self, tmp_path):
        rows = "\n".join(f"0{1 + i % 3}/0{1 + i % 4}/2026,{i}" for i in range(60))
        write(tmp_path / "orders.csv", f"ordered on,amount\n{rows}\n")
        printed = kpispec("init", "--from", "orders.csv", cwd=tmp_path).stdout
        assert "are day first, as read, or month first" in printed
        works(tmp_path)

    def test_day_first_and_decimal_commas_are_seen(self, tmp_path):
        rows = "\n".join(f"{13 + i % 15}/02/2026;{i},50" for i in range(60))
        write(tmp_path / "orders.csv", f"ordered on;amount\n{rows}\n")
        printed = kpispec("init", "--from", "orders.csv", cwd=tmp_path).stdout
        assert "month first" not in printed
        found = works(tmp_path, "--period", "all")
        assert found["amount_total"] == pytest.approx(sum(i + 0.5 for i in range(60)))

    def test_files_of_other_formats(self, tmp_path):
        lines = [{"customer_id": f"c{i}", "created_at": "2026-01-05T10:00:00Z", "amount": i} for i in range(40)]
        write(tmp_path / "events.jsonl", "\n".join(map(json.dumps, lines)))
        duckdb.sql(
            f"copy (select range as id, timestamp '2026-01-01' + interval 1 hour * range as created_at, "
            f"range / 2 as cost, [range] as parts from range(40)) to '{tmp_path / 'calls.parquet'}'"
        )
        with sqlite3.connect(tmp_path / "shop.sqlite") as shop:
            shop.execute("create table sales as select 'x' as plan, 3 as amount")
        book = openpyxl.Workbook()
        for row in (("Answer", "Rating"), *((f"a{i}", 1 + i % 5) for i in range(40))):
            book.active.append(row)
        book.save(tmp_path / "ratings.xlsx")
        sources = ("events.jsonl", "calls.parquet", "shop.sqlite#sales", "ratings.xlsx")
        printed = kpispec("init", *(w for s in sources for w in ("--from", s)), cwd=tmp_path).stdout
        assert "left out, being lists or the like: `parts`" in printed
        found = works(tmp_path, "--period", "all")
        assert found["amount_total"] == sum(range(40))
        assert found["cost_total"] == pytest.approx(sum(range(40)) / 2)
        assert found["csat_mean"] == 3

    def test_a_glob_is_one_data_set(self, tmp_path):
        for month in ("01", "02"):
            write(tmp_path / "exports" / f"tickets_{month}.csv", TICKETS.replace("2026-01", f"2026-{month}"))
        kpispec("init", "--from", "exports/tickets_*.csv", cwd=tmp_path)
        assert works(tmp_path, "--period", "all")["tickets_count"] == 18

    def test_a_file_without_a_header_is_refused_in_words(self, tmp_path):
        write(tmp_path / "bare.csv", "00001,19970101,1,11.77\n00002,19970112,1,12.00\n")
        said = kpispec("init", "p", "--from", "bare.csv", cwd=tmp_path, code=3).stderr
        assert "`bare.csv` has no header: its first line is `00001, 19970101, 1, 11.77`" in said
        assert not (tmp_path / "p").exists()

    def test_what_cannot_be_read_does_not_stop_the_rest(self, tmp_path):
        write(tmp_path / "bare.csv", "1,2\n3,4\n")
        write(tmp_path / "tickets.csv", TICKETS)
        printed = kpispec(
            "init", "--from", "bare.csv", "--from", "tickets.csv", "--from", "no.csv", cwd=tmp_path
        ).stdout
        assert "could not be read:\n  `bare.csv` has no header" in printed
        assert "there is no file `no.csv`" in printed
        assert works(tmp_path)["tickets_count"] == 9

    @pytest.mark.parametrize("text", ["", "a,b\n"])
    def test_a_file_without_rows(self, tmp_path, text):
        write(tmp_path / "none.csv", text)
        if not text:
            assert "it is empty" in kpispec("init", "--from", "none.csv", cwd=tmp_path, code=3).stderr
            return
        kpispec("init", "--from", "none.csv", cwd=tmp_path)
        assert works(tmp_path) == {"none_count": None}


class TestInitFromRealExports:
    def test_an_airport_survey(self, tmp_path):
        """The published NPS and CSAT of 2017, from a file that nobody described."""
        (survey,) = shared("sfo_survey/2017.csv")
        printed = kpispec("init", "--from", survey, cwd=tmp_path).stdout
        found = works(tmp_path)
        assert round(found["nps"], 2) == 39.84
        assert round(found["csat_pct"], 2) == 82.07
        assert "what `11` means in `NETPRO` (84 cells)" in printed
        assert "what `Blank` means in `Q7ALL` (143 cells)" in printed
        assert "no column holds a date" in printed

    def test_a_korean_survey(self, tmp_path):
        (kiosk,) = shared("kiosk_servqual/kiosk.csv")
        printed = kpispec("init", "--from", kiosk, cwd=tmp_path).stdout
        assert "it is not UTF-8, and read as cp949, which gives `귀하의`" in printed
        assert works(tmp_path)["kiosk_count"] == 211

    def test_columns_apart_by_blanks(self, tmp_path):
        (master,) = shared("cdnow/CDNOW_master.txt")
        said = kpispec("init", "p", "--from", master, cwd=tmp_path, code=3).stderr
        assert "are separated by blanks" in said
        assert "with commas or tabs between the columns" in said
        assert not (tmp_path / "p").exists()

    def test_a_help_desk_export_of_nine_files(self, tmp_path):
        files = sorted(shared("zendesk_fixture/ticket_data.csv")[0].parent.glob("*.csv"))
        kpispec("init", *(w for f in files for w in ("--from", f)), cwd=tmp_path)
        assert works(tmp_path, "--period", "all")["ticket_data_count"] == 82


class TestInitFromAHelpDesk:
    """That the files are read right is tested in tests/project/test_help_desks.py."""

    @pytest.mark.parametrize("desk", ["zendesk", "intercom", "freshdesk"])
    def test_it_is_valid_before_the_files_are_there_and_says_which_are_missing(self, tmp_path, desk):
        printed = kpispec("init", "care", "--from", desk, cwd=tmp_path).stdout
        assert "7 documents, no findings" in kpispec("validate", "--strict", cwd=tmp_path / "care").stdout
        wanted = {"zendesk": "ticket.csv", "intercom": "conversations.json", "freshdesk": "tickets.json"}
        assert f"missing exports/{wanted[desk]}  " in printed
        assert "put the missing files there" in printed
        assert "found" not in printed

    def test_the_files_put_there_later_are_read(self, tmp_path):
        (data,) = shared("zendesk_fixture")
        kpispec("init", "care", "--from", "zendesk", cwd=tmp_path)
        for part in ("ticket", "ticket_comment", "ticket_field_history", "user"):
            text = (data / f"{part}_data.csv").read_text(encoding="utf-8")
            write(tmp_path / "care" / "exports" / f"{part}.csv", text)
        found = works(tmp_path / "care", "--period", "all", "--as-of", "2026-11-01")
        assert found["tickets_opened"] == 81
        assert found["tickets_solved"] == 70
        shown = values(tmp_path / "care", "--period", "all", "--as-of", "2026-11-01", of="help_desk")
        assert shown["reopen_rate"] == pytest.approx(100 * 9 / 70)
        assert shown["csat_tickets"] == pytest.approx(100 * 27 / 33)
        assert shown["unanswered_tickets"] == pytest.approx(100 * 2 / 80)
        assert 3600 < found["wait_for_answer"] < 86400

    def test_what_it_says_to_try_next_works(self, tmp_path):
        (data,) = shared("zendesk_fixture")
        printed = kpispec("init", "care", "--from", "zendesk", "--exports", data, cwd=tmp_path).stdout
        assert "missing" not in printed
        commands = re.findall(r"^  kpispec (.+)$", printed, re.MULTILINE)
        assert commands == ["validate --data", "run help_desk", "render help_desk"]
        for command in commands:
            kpispec(*command.split(), cwd=tmp_path / "care")
        page = (tmp_path / "care" / "help_desk.html").read_text(encoding="utf-8")
        assert "First reply time, median" in page

    @pytest.mark.parametrize("ending", ["csv.gz", "parquet"])
    def test_files_may_be_packed_or_typed(self, tmp_path, ending):
        (data,) = shared("zendesk_fixture")
        folder = tmp_path / "it's here"
        folder.mkdir()
        kind = "(format parquet)" if ending == "parquet" else "(header, compression gzip)"
        for part in ("ticket", "ticket_comment", "ticket_field_history", "user"):
            target = str(folder / f"{part}.{ending}").replace("'", "''")
            duckdb.sql(f"copy (from read_csv('{data}/{part}_data.csv')) to '{target}' {kind}")
        kpispec("init", "care", "--from", "zendesk", "--exports", folder, cwd=tmp_path)
        found = works(tmp_path / "care", "--period", "all", "--as-of", "2026-11-01")
        assert (found["tickets_solved"], found["customer_contacts"]) == (70, 138)

    def test_a_file_of_that_name_is_a_file(self, tmp_path):
        write(tmp_path / "zendesk", TICKETS)
        said = kpispec("init", "p", "--from", "zendesk", cwd=tmp_path, code=3).stderr
        assert "zendesk" in said
        assert not (tmp_path / "p").exists()

    def test_what_cannot_be_together_is_said_before_anything_is_written(self, tmp_path):
        data = write(tmp_path / "t.csv", TICKETS)
        said = kpispec("init", "p", "--from", "zendesk", "--from", data, cwd=tmp_path, code=2).stderr
        assert "`--from zendesk` stands alone" in said
        said = kpispec("init", "p", "--exports", ".", cwd=tmp_path, code=2).stderr
        assert "add `--from` with one of zendesk, intercom, freshdesk" in said
        said = kpispec("init", "p", "--from", "zendesk", "--exports", "nowhere", cwd=tmp_path, code=2).stderr
        assert "there is no folder `nowhere`" in said
        assert not (tmp_path / "p").exists()


class TestNew:
    @pytest.mark.parametrize("kind", ["kpi", "dataset", "scorecard", "benchmark", "function"])
    def test_a_new_document_is_valid(self, tmp_path, kind):
        kpispec("init", cwd=tmp_path)
        kpispec("new", kind, "fresh_one", cwd=tmp_path)
        assert "5 documents, no findings" in kpispec("validate", cwd=tmp_path).stdout
        assert "0 failed" in kpispec("test", cwd=tmp_path).stdout
        text = (tmp_path / "specs" / "fresh_one.yml").read_text(encoding="utf-8")
        schema = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text).group(1)
        titled = json.loads((tmp_path / "specs" / schema).read_text(encoding="utf-8"))
        assert kind in titled["properties"]

    def test_a_new_kpi_is_over_a_data_set_with_data(self, tmp_path):
        kpispec("init", cwd=tmp_path)
        kpispec("new", "dataset", "aaa_first", cwd=tmp_path)
        kpispec("new", "kpi", "fresh_one", cwd=tmp_path)
        assert isinstance(values(tmp_path)["fresh_one"], float)

    def test_a_kpi_without_any_data_set_brings_one(self, tmp_path):
        write(tmp_path / "kpispec.yml", "project: bare\n")
        (tmp_path / "specs").mkdir()
        kpispec("new", "kpi", "first_one", cwd=tmp_path)
        assert {p.name for p in (tmp_path / "specs").iterdir()} == {"answers.yml", "first_one.yml"}
        assert "2 documents, no findings" in kpispec("validate", cwd=tmp_path).stdout
        assert "1 passed" in kpispec("test", cwd=tmp_path).stdout

    def test_a_scorecard_needs_kpis(self, tmp_path):
        write(tmp_path / "kpispec.yml", "project: bare\n")
        (tmp_path / "specs").mkdir()
        assert "kpispec new kpi" in kpispec("new", "scorecard", "page", cwd=tmp_path, code=2).stderr

    @pytest.mark.parametrize("id", ["Big", "a", "two__lines", "1st", "é", "../up", "ends_"])
    def test_a_bad_id_is_refused(self, tmp_path, id):
        kpispec("init", cwd=tmp_path)
        before = snapshot(tmp_path)
        assert f"`{id}` is no id" in kpispec("new", "kpi", id, cwd=tmp_path, code=2).stderr
        assert snapshot(tmp_path) == before

    def test_what_is_there_is_kept(self, tmp_path):
        kpispec("init", cwd=tmp_path)
        write(tmp_path / "specs" / "mine.yml", "# mine\n")
        before = snapshot(tmp_path)
        assert "at specs/kpis/nps.yml:2" in kpispec("new", "kpi", "nps", cwd=tmp_path, code=2).stderr
        assert "is there already" in kpispec("new", "kpi", "mine", cwd=tmp_path, code=2).stderr
        assert snapshot(tmp_path) == before

    def test_a_function_cannot_take_a_built_in_name(self, tmp_path):
        kpispec("init", cwd=tmp_path)
        kpispec("new", "function", "median", cwd=tmp_path, code=2)
        assert not (tmp_path / "specs" / "median.yml").exists()

    def test_stdout_needs_no_project_and_writes_nothing(self, tmp_path):
        printed = kpispec("new", "kpi", "first_one", "--stdout", cwd=tmp_path).stdout
        assert not list(tmp_path.iterdir())
        write(tmp_path / "both.yml", printed)
        assert "2 documents, no findings" in kpispec("validate", "both.yml", cwd=tmp_path).stdout
        schema = re.match(r"# yaml-language-server: \$schema=file://(\S+)\n", printed).group(1)
        assert Path(schema).is_file()
