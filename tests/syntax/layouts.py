"""The cases under tests/cases/fmt: what a file looks like laid out. `python -m tests.syntax.layouts` rewrites the
expected texts; read the diff."""

from pathlib import Path

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.layout import lay_out

FOLDER = Path(__file__).parents[1] / "cases" / "fmt"
CASES = tuple(path for path in sorted(FOLDER.glob("*.yaml")) if not path.name.endswith(".out.yaml"))


def laid_out(text, path="a.yml"):
    """The text in canonical layout, `None` where it cannot be read."""
    return lay_out(SourceFile(path, text), Findings())


if __name__ == "__main__":
    for path in CASES:
        path.with_suffix(".out.yaml").write_text(laid_out(path.read_text(encoding="utf-8")), encoding="utf-8")
