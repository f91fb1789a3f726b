"""The pack `customer_service`, alone."""

from functools import cache
from pathlib import Path

from kpispec.bundled import bundled
from kpispec.catalog.model import Catalog
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.project.load import library_documents

ROOT = Path(__file__).resolve().parents[2]
PACK = "customer_service"
FOLDER = bundled("specs") / PACK
LANGUAGES = ("en", "fr")


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(FOLDER.rglob("*.yml")))


@cache
def pack() -> tuple[Catalog, Findings]:
    """The catalogue of the pack, with every finding about it."""
    findings = Findings()
    return resolve(library_documents((PACK,), findings), {}, findings), findings
