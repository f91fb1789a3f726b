"""The cases under tests/cases/findings, one or more for each rule, and what `kpispec validate` says of them.
`python tests/findings/cases.py` rewrites the expected texts; read the diff.

A case, like a YAML block of a page, may hold several files: `# file: NAME` on a line of its own begins one, and what
stands before the first is `specs.yml`. `, saved as latin-1` behind the name writes it so. `\\u{200b}` stands for the
character, which could not be seen. A text that brings a data file is validated with `--data`.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from kpispec.cli.app import app

FOLDER = Path(__file__).parents[1] / "cases" / "findings"
CASES = tuple(sorted(FOLDER.glob("*.yaml")))
PAGES = Path(__file__).parents[2] / "docs" / "rules"

_FILE = re.compile(r"^# file: (\S+?)(?:, saved as (\S+))?\n", re.MULTILINE)
_SPELT = re.compile(r"\\u\{([0-9a-f]+)\}")
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class File:
    name: str
    text: str
    encoding: str = "utf-8"


def files_of(text: str) -> tuple[File, ...]:
    spelt = _SPELT.sub(lambda found: chr(int(found[1], 16)), text)
    first, *rest = _FILE.split(spelt)
    found = [File("specs.yml", first)] if first.strip() else []
    for name, encoding, content in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        found.append(File(name, content, encoding or "utf-8"))
    return tuple(found)


def yaml_blocks(page: Path) -> tuple[str, ...]:
    return tuple(_BLOCK.findall(page.read_text(encoding="utf-8")))


def validated(text: str, folder: Path, *options: str) -> str:
    """What `kpispec validate --strict` prints of a text, written into an empty folder and read there."""
    files = files_of(text)
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode(file.encoding))
    with_project = any(file.name == "kpispec.yml" for file in files)
    with_data = any(not file.name.endswith(".yml") for file in files)
    paths = [] if with_project else list(dict.fromkeys(file.name.split("/")[0] for file in files))
    words = ["validate", *paths, "--strict", *(["--data"] if with_data else []), *options]
    with _inside(folder):
        result = CliRunner().invoke(app, words)
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def rules(text: str, folder: Path) -> list[str]:
    """The rules of a text's findings, in the order they are printed."""
    return [finding["rule"] for finding in json.loads(validated(text, folder, "--format", "json"))["findings"]]


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def rule_of_case(path: Path) -> str:
    """`unknown-key.nested.yaml` is a case of `unknown-key`."""
    return path.name.partition(".")[0]


if __name__ == "__main__":
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            said = validated(case.read_text(encoding="utf-8"), Path(folder))
        case.with_suffix(".txt").write_text(said, encoding="utf-8")
