"""The cases under tests/cases/syntax: what is said of a file. `python tests/syntax/cases.py` rewrites the
expected texts; read the diff."""

from pathlib import Path

from kpispec.diagnostics import Findings
from kpispec.render import findings as render
from kpispec.source import SourceFile
from kpispec.syntax.build import build, build_project, documents
from kpispec.syntax.suppress import apply_ignores

FOLDER = Path(__file__).parents[1] / "cases" / "syntax"


def said(path: Path) -> str:
    """Every finding of a file, drawn, and how many of its documents could be read."""
    file, findings = SourceFile(path.name, path.read_text(encoding="utf-8")), Findings()
    if path.name.startswith("project."):
        return render.text(apply_ignores([file], findings), 0 if build_project(file, ".", findings) is None else 1)
    found = documents(file, findings)
    for document in found:
        build(document, findings)
    return render.text(apply_ignores([file], findings), len(found))


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.yaml")):
        path.with_suffix(".txt").write_text(said(path), encoding="utf-8")
