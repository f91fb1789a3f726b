"""`fmt` as people call it: which files it takes, what it writes, prints, and leaves alone."""

import pytest
from typer.testing import CliRunner

from kpispec.cli.app import app

MESSY = "kpi: nps\nformula: avg(score)\ninputs: {score: answers.score}\n"
NEAT = "kpi: nps\ninputs: {score: answers.score}\nformula: avg(score)\n"


DIFF = """\
--- specs/nps.yml
+++ specs/nps.yml
@@ -1,3 +1,3 @@
 kpi: nps
+inputs: {score: answers.score}
 formula: avg(score)
-inputs: {score: answers.score}
\\ No newline at end of file
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "specs").mkdir()
    (tmp_path / "kpispec.yml").write_text("project: care\ntimezone: UTC\nspecs: [specs]\n")
    (tmp_path / "specs" / "nps.yml").write_text(MESSY)
    (tmp_path / "specs" / "csat.yaml").write_text(NEAT.replace("nps", "csat"))
    (tmp_path / "other.yml").write_text("services: {}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fmt(*arguments):
    return CliRunner().invoke(app, ["fmt", *arguments])


def test_it_formats_the_files_of_the_project_and_no_others(project):
    done = fmt()
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "formatted kpispec.yml\nformatted specs/nps.yml\n2 files formatted, 1 file left as they are\n"
    assert (project / "specs" / "nps.yml").read_text() == NEAT
    assert (project / "kpispec.yml").read_text() == "project: care\nspecs: [specs]\ntimezone: UTC\n"
    assert fmt("--check").exit_code == 0


def test_check_lists_what_would_change_and_writes_nothing(project):
    done = fmt("--check", ".")
    assert (done.exit_code, done.stdout) == (1, "kpispec.yml\nspecs/nps.yml\n")
    assert (project / "specs" / "nps.yml").read_text() == MESSY


def test_diff_prints_what_would_change_and_writes_nothing(project):
    (project / "specs" / "nps.yml").write_text(MESSY.removesuffix("\n"))
    done = fmt("--diff", "specs/nps.yml")
    assert (done.exit_code, done.stdout) == (0, DIFF)
    assert fmt("--diff", "--check", "specs/nps.yml").exit_code == 1
    assert (project / "specs" / "nps.yml").read_text() == MESSY.removesuffix("\n")


def test_a_file_that_cannot_be_read_is_told_and_left_and_the_others_are_formatted(project):
    (project / "specs" / "bad.yml").write_text("kpi: bad\nformula: [\n")
    (project / "specs" / "latin.yml").write_bytes("kpi: bad\nlabel: é\n".encode("latin-1"))
    done = fmt()
    assert done.exit_code == 1
    assert "error[yaml-syntax]" in done.stderr
    assert "error[unreadable-file]" in done.stderr
    assert (project / "specs" / "bad.yml").read_text() == "kpi: bad\nformula: [\n"
    assert (project / "specs" / "nps.yml").read_text() == NEAT


def test_what_is_no_document_is_told(project):
    done = fmt("other.yml")
    assert done.exit_code == 1
    assert "error[unknown-kind]" in done.stderr
    assert (project / "other.yml").read_text() == "services: {}\n"


@pytest.mark.usefixtures("project")
def test_a_path_that_is_not_there_is_a_wrong_call():
    assert fmt("nowhere.yml").exit_code == 2


def test_mode_line_ends_and_the_mark_of_the_encoding_are_kept(project):
    path = project / "specs" / "nps.yml"
    path.write_bytes(b"\xef\xbb\xbf" + MESSY.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert fmt(str(path)).exit_code == 0
    assert path.read_bytes() == b"\xef\xbb\xbf" + NEAT.replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in path.parent.iterdir()) == ["csat.yaml", "nps.yml"]


def test_a_link_stays_one(project):
    link = project / "link.yml"
    link.symlink_to(project / "specs" / "nps.yml")
    assert fmt("link.yml").exit_code == 0
    assert link.is_symlink()
    assert (project / "specs" / "nps.yml").read_text() == NEAT


def test_a_layout_of_another_meaning_is_never_written(project, monkeypatch):
    monkeypatch.setattr("kpispec.syntax.layout.written", lambda *_: ["kpi: another"])
    done = fmt("specs/nps.yml")
    assert done.exit_code == 4
    assert done.stderr.startswith("error: specs/nps.yml: nothing was written, as the new layout would not say the same")
    assert (project / "specs" / "nps.yml").read_text() == MESSY


def test_what_kpispec_writes_itself_is_laid_out(tmp_path, monkeypatch):
    def call(*arguments):
        assert CliRunner().invoke(app, arguments).exit_code == 0

    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_text("answered_on,channel,score\n2026-01-02,phone,9\n2026-01-03,email,4\n")
    call("init", "proposed", "--from", "export.csv")
    call("init", "made_up")
    for kind in ("kpi", "dataset", "benchmark", "function", "scorecard"):
        call("new", kind, f"some_{kind}", "--project", "made_up")
    assert fmt("--diff", "proposed", "made_up").stdout == ""
