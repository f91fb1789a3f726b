"""The catalogue as a site: pages by their path, made of the definitions alone."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from kpispec import __version__
from kpispec.bundled import bundled
from kpispec.catalog.model import Catalog
from kpispec.catalog.resolve import resolve
from kpispec.catalog.uses import lineage
from kpispec.diagnostics import Findings
from kpispec.project.contract import Contract
from kpispec.project.load import Loaded, library_documents
from kpispec.project.shown import document_yaml, resolved
from kpispec.render.contents import Contents, DatasetPage, contents, dataset_page
from kpispec.render.definition import DefinitionPage, Query, Sources, definition_page, sources_of
from kpispec.render.html import render_pages
from kpispec.render.shelf import Shelf
from kpispec.render.wording import words
from kpispec.syntax.nodes import Document

Page = tuple[str, object]  # a template and what fills it
MARK = '<meta name="generator" content="kpispec '


def site(loaded: Loaded, language: str, *, library: bool = False, templates: Path | None = None) -> Mapping[str, str]:
    """Pages of the project's KPIs and data sets, and of what they rest on; with `library` of all built-in packs."""
    catalog = _with_library(loaded) if library else loaded.catalog
    default = loaded.project.language
    graph = lineage(catalog, library=library)
    shelf = Shelf(catalog, graph, words(language), default, loaded.project.name, f"kpispec {__version__}")
    shown = {node.id for node in graph.nodes}
    kpis = [id for id in catalog.specs if f"kpi.{id}" in shown]
    datasets = [id for id in catalog.datasets if f"dataset.{id}" in shown]
    maker = _Maker(loaded, shelf)
    pages: dict[str, Page] = {"index.html": ("index", maker.contents(kpis, datasets))}
    pages |= {f"kpi/{id}.html": ("definition", maker.kpi(id)) for id in kpis}
    pages |= {f"dataset/{id}.html": ("dataset", maker.dataset(id)) for id in datasets}
    return render_pages(pages, language=language, templates=templates)


def _with_library(loaded: Loaded) -> Catalog:
    """The catalogue with all that ships with kpispec; its findings are not the project's."""
    findings = Findings()
    packs = sorted(p.name for p in bundled("specs").iterdir() if p.is_dir())
    own = [d for d in loaded.catalog.documents if d.library is None]
    bound = {b.dataset: b.span for b in loaded.project.bindings}
    return resolve([*library_documents(packs, findings), *own], bound, findings)


class _Maker:
    """The pages of one catalogue."""

    def __init__(self, loaded: Loaded, shelf: Shelf) -> None:
        self.root = loaded.root
        self.shelf = shelf
        self.documents = {(d.kind, d.id): d for d in shelf.catalog.documents}
        self.contract = Contract(shelf.catalog, loaded.project.timezone)

    def contents(self, kpis: Iterable[str], datasets: Iterable[str]) -> Contents:
        catalog = self.shelf.catalog
        defined = ((catalog.specs[id], self.documents["kpi", id]) for id in kpis)
        return contents(defined, (catalog.datasets[id] for id in datasets), self.shelf)

    def kpi(self, id: str) -> DefinitionPage:
        catalog, document = self.shelf.catalog, self.documents["kpi", id]
        query = self.contract.sql(id) if id in catalog.kpis else Query()
        return definition_page(
            catalog.specs[id],
            document,
            self.shelf,
            query,
            self._sources(document),
            self._place(document),
        )

    def dataset(self, id: str) -> DatasetPage:
        document = self.documents.get(("dataset", id))
        sources = self._sources(document) if document is not None else None
        place = self._place(document) if document is not None else ""
        return dataset_page(self.shelf.catalog.datasets[id], document, self.shelf, sources, place)

    def _sources(self, document: Document) -> Sources:
        if document.parent is None:
            return sources_of(document)
        return sources_of(document, document_yaml(resolved(self.shelf.catalog, document)))

    def _place(self, document: Document) -> str:
        """File and line, the file as seen from the project, so that no page tells where it was made."""
        path = document.span.file.path
        if document.library is None:
            path = Path(os.path.relpath(path, self.root)).as_posix()
        return f"{path}:{document.span.line}"
