"""A small project in a folder of its own, written from texts."""

import os
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import settings

import kpispec

# Continuous integration tries the same examples each time; everywhere else hypothesis looks for new ones.
# No example has a deadline: tests assert no times.
settings.register_profile("kpispec", derandomize=bool(os.environ.get("CI")), deadline=None)
settings.load_profile("kpispec")


class Workbench:
    """Spec documents and CSV texts to a loaded project. `settings` are lines of its kpispec.yml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, specs: str, data: dict[str, str] | None = None, settings: str = "") -> Path:
        (self.folder / "specs").mkdir(exist_ok=True)
        (self.folder / "specs" / "all.yml").write_text(dedent(specs), encoding="utf-8")
        lines = ["project: bench", "specs: [specs]", *dedent(settings).strip().splitlines()]
        if data is not None:
            lines.append("data:")
        for name, text in (data or {}).items():
            (self.folder / f"{name}.csv").write_text(dedent(text).lstrip(), encoding="utf-8")
            lines.append(f"  {name}: {{from: {name}.csv}}")
        (self.folder / "kpispec.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self.folder

    def __call__(self, specs: str, data: dict[str, str] | None = None, settings: str = ""):
        project = kpispec.load(self.write(specs, data, settings))
        errors = [f"{f.rule}: {f.message}" for f in project.findings if f.severity == "error"]
        assert not errors, errors
        return project


@pytest.fixture
def workbench(tmp_path):
    return Workbench(tmp_path)
