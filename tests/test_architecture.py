"""The house rules that a reader would otherwise have to police."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kpispec.bundled import bundled

PACKAGE = Path(__file__).parents[1] / "kpispec"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts)
OWNERS = {
    "duckdb": r"engine/duckdb\.py",
    "sqlglot": r"sql/.*\.py",
    "yaml": r"syntax/.*\.py",
    "jsonschema": r"syntax/.*\.py",
    "jinja2": r"render/html\.py",
    "typer": r"cli/.*\.py",
    "holidays": r"catalog/public_holidays\.py",
}
LONGEST_FUNCTION = 40
LONGEST_MODULE = 400
HEAVY = {"holidays", "duckdb", "sqlglot", "jinja2", "scipy", "pyarrow"}

every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def parse(path):
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imported(path):
    """The top-level packages that a module imports, wherever in it."""
    for node in parse(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


@every_source
def test_a_library_is_imported_by_its_owner_only(path):
    place = path.relative_to(PACKAGE).as_posix()
    strangers = {name for name in imported(path) if name in OWNERS and not re.fullmatch(OWNERS[name], place)}
    assert not strangers


@every_source
def test_functions_and_modules_stay_short(path):
    functions = (node for node in parse(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@every_source
def test_any_stays_in_syntax(path):
    """Past the YAML everything has a type."""
    if path.relative_to(PACKAGE).parts[0] == "syntax":
        return
    assert not [node.lineno for node in parse(path) if isinstance(node, ast.Name) and node.id == "Any"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["list", "library"], ["validate", str(bundled("specs"))]], ids=" ".join
)
def test_light_commands_load_no_heavy_library(arguments):
    """Start-up is most of what such a command costs: neither engine, nor SQL builder, nor templates are imported."""
    command = [sys.executable, "-X", "importtime", "-m", "kpispec", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    loaded = {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert done.returncode == 0, done.stdout
    assert not loaded & HEAVY
