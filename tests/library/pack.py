"""The pack `customer_service` as its own project would be read: nothing silenced because it is a library."""

from functools import cache
from pathlib import Path

from kpispec.bundled import bundled
from kpispec.catalog.languages import missing_languages
from kpispec.catalog.model import Catalog
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.project.load import library_documents
from kpispec.source import SourceFile
from kpispec.syntax.build import documents
from kpispec.syntax.nodes import Document

ROOT = Path(__file__).resolve().parents[2]
FOLDER = bundled("specs") / "customer_service"
LANGUAGES = ("en", "fr")


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(FOLDER.rglob("*.yml")))


@cache
def pack() -> tuple[Catalog, Findings]:
    """The catalogue of the pack alone, with every finding that a strict validation would print."""
    findings = Findings()
    read: list[Document] = list(library_documents((), findings))
    for path in files():
        shown = path.relative_to(FOLDER).as_posix()
        text = path.read_text(encoding="utf-8").replace("extends: customer_service.", "extends: ")
        read += documents(SourceFile(shown, text), findings)
    catalog = resolve(read, {}, findings)
    missing_languages(catalog, LANGUAGES, LANGUAGES[0], findings)
    return catalog, findings
