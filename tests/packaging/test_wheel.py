"""kpispec as people install it: a wheel in an environment that holds nothing else, far from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import kpispec
from kpispec.bundled import bundled

ROOT = Path(__file__).parents[2]
FOLDERS = ("specs", "templates", "examples/customer_care", "docs/rules")
CLEAN = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    done = subprocess.run(command, cwd=cwd, env=CLEAN | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path, target: str, into: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", into, cwd=source)
    [built] = into.iterdir()
    return built


def files_below(folder: Path) -> set[str]:
    """What stands in a folder, the caches of tools left out."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)}


@pytest.fixture(params=["checkout", "sdist"])
def wheel(request, tmp_path):
    """A wheel built from the checkout, and one built from nothing but the sdist."""
    if request.param == "checkout":
        return build(ROOT, "wheel", tmp_path / "dist")
    with tarfile.open(build(ROOT, "sdist", tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    [source] = (tmp_path / "unpacked").iterdir()
    return build(source, "wheel", tmp_path / "dist")


@pytest.fixture
def installed(wheel, tmp_path):
    """The folder of programs of an environment with the wheel and its locked dependencies, from uv's cache."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert uv, "uv is part of the dev group: `make setup`"
    environment = tmp_path / "environment"
    sync = (uv, "sync", "--frozen", "--no-dev", "--no-install-project", "--python", sys.executable)
    run(*sync, cwd=ROOT, UV_PROJECT_ENVIRONMENT=str(environment))
    [python] = [p for p in (environment / "bin/python", environment / "Scripts/python.exe") if p.exists()]
    run(uv, "pip", "install", "--no-deps", "--offline", "--python", python, wheel, cwd=tmp_path)
    return python.parent


def score_of_the_librarys_own_kpi(kpispec_: Path, shop: Path) -> float:
    """The score that a project without any document of its own has from the pack."""
    (shop / "specs").mkdir(parents=True)
    (shop / "answers.csv").write_text("answered_at,recommend\n2026-03-02,10\n2026-03-03,8\n2026-03-04,3\n")
    text = "project: shop\nlibrary: [customer_service]\ndata: {survey_answers: answers.csv}\n"
    (shop / "kpispec.yml").write_text(text)
    asked = ("run", "nps", "--period", "all", "--as-of", "2026-04-01", "--format", "jsonl")
    [line] = run(kpispec_, *asked, cwd=shop).splitlines()
    return json.loads(line)["value"]


@pytest.mark.slow
def test_an_installed_wheel_works_alone(installed, tmp_path):
    """Version, schema, library and demo come from the wheel: nothing of the checkout is on the path."""
    away = tmp_path / "away"
    away.mkdir()
    kpispec_ = installed / "kpispec"
    where = (
        "import json, kpispec, kpispec.bundled as b, sys; print(json.dumps([str(b.bundled(n)) for n in sys.argv[1:]]))"
    )
    folders = [Path(folder) for folder in json.loads(run(installed / "python", "-c", where, *FOLDERS, cwd=away))]
    for name, folder in zip(FOLDERS, folders, strict=True):
        assert folder.is_relative_to(installed.parent)
        assert files_below(folder) == files_below(ROOT / name)

    assert kpispec.__version__ in run(kpispec_, "--version", cwd=away)
    assert kpispec.__version__ in run(installed / "python", "-m", "kpispec", "--version", cwd=away)
    assert json.loads(run(kpispec_, "schema", "kpi", cwd=away))["$schema"].startswith("https://json-schema.org/")
    assert "nps" in run(kpispec_, "list", "library", cwd=away)
    assert score_of_the_librarys_own_kpi(kpispec_, away / "shop") == 0
    run(kpispec_, "demo", "shown", cwd=away)
    assert (away / "shown" / "kpispec.yml").is_file()
    assert [page for page in (away / "shown").rglob("*.html") if page.stat().st_size > 10_000]


@pytest.mark.parametrize("name", FOLDERS)
def test_a_checkout_serves_its_own_files(name):
    """In an editable install an edit of a spec or a template is seen at once: no copy stands between."""
    assert bundled(name) == ROOT / name
    assert files_below(bundled(name))
