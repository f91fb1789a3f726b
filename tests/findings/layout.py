"""Several files written as one text: the cases, and the YAML blocks of pages.

`# file: NAME` on a line of its own begins a file; what stands before the first one is `specs.yml`. `, saved as latin-1`
after the name writes it so. `\\u{200b}` stands for the character, which could not be seen. A text with a data file is
validated with `--data`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kpispec.diagnostics import Findings
from kpispec.project.load import Loaded, load_project, load_specs

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


def write(text: str, folder: Path) -> None:
    for file in files_of(text):
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.text.encode(file.encoding))


def load(text: str, folder: Path) -> Loaded:
    """The project or the specs that a text describes, written to an empty folder and read from there."""
    write(text, folder)
    project = folder / "kpispec.yml"
    return load_project(project, cwd=folder) if project.exists() else load_specs([folder], cwd=folder)


def yaml_blocks(page: str) -> tuple[str, ...]:
    return tuple(_BLOCK.findall(page))


def rules(findings: Findings) -> set[str]:
    return {finding.rule for finding in findings}
