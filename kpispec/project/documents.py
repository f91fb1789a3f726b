"""New documents: commented ones of each kind that are valid in the project they are written for."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from kpispec.catalog.model import Catalog
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings, Severity
from kpispec.project.load import CallError, Loaded, library_documents
from kpispec.project.naming import in_words, legal_id
from kpispec.project.schemas import modeline, shipped_modeline
from kpispec.source import SourceFile
from kpispec.spec import ColumnSpec, DatasetSpec
from kpispec.syntax.build import documents
from kpispec.syntax.shapes import ID

_TEXTS = Path(__file__).parent / "starters" / "new"
_SPARE_DATASET = "answers"  # for a KPI where there is no data set yet


def new_documents(kind: str, id: str, loaded: Loaded | None, *, shown: bool = False) -> dict[str, str]:
    """The files of a new document by path: a KPI may need a data set too. `shown` ones have no place yet.

    Raises CallError for a bad id, one that is taken, and where the document would not be valid.
    """
    _must_be_id(kind, id)
    catalog = loaded.catalog if loaded is not None else _empty_catalog()
    bound = [b.dataset for b in loaded.project.bindings] if loaded is not None else []
    _must_be_new(kind, id, catalog)
    folder = loaded.project.specs[0] if loaded is not None else "specs"
    dataset = _dataset(catalog, bound)
    made = {(kind, id): _filled(kind, id, _own_words(kind, catalog, dataset))}
    if kind == "kpi" and dataset is None:
        made[("dataset", _SPARE_DATASET)] = _filled("dataset", _SPARE_DATASET, {})
    files = {f"{folder}/{of}.yml": text for (_, of), text in made.items()}
    _must_be_valid(files, loaded, catalog)
    lines = [shipped_modeline(k) if shown else modeline(k, path) for (k, _), path in zip(made, files, strict=True)]
    return {path: f"{line}\n{text}" for line, (path, text) in zip(lines, files.items(), strict=True)}


def _must_be_id(kind: str, id: str) -> None:
    if not re.match(ID, id):
        near = legal_id(id, f"my_{kind}")
        raise CallError(
            f"`{id}` is no id", f"write small letters, digits and single underscores, two at least: `{near}`"
        )


def _must_be_new(kind: str, id: str, catalog: Catalog) -> None:
    old = next((d for d in catalog.documents if (d.kind, d.id) == (kind, id) and d.library is None), None)
    if old is not None:
        place = f"{old.span.file.path}:{old.span.line}"
        raise CallError(f"there is a {kind} `{id}` already, at {place}", "choose another id, or change that one")


def _must_be_valid(files: Mapping[str, str], loaded: Loaded | None, catalog: Catalog) -> None:
    """Raise CallError with the first error that the new documents would have among the others."""
    findings = Findings()
    new = [d for path, text in files.items() for d in documents(SourceFile(path, text), findings)]
    bound = {b.dataset: b.span for b in loaded.project.bindings} if loaded is not None else {}
    resolve([*catalog.documents, *new], bound, findings)
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.span is not None and finding.span.file.path in files:
            raise CallError(finding.message, finding.help)


def _empty_catalog() -> Catalog:
    findings = Findings()
    return resolve(library_documents((), findings), {}, findings)


def _filled(kind: str, id: str, own: Mapping[str, str]) -> str:
    text = (_TEXTS / f"{kind}.yml").read_text(encoding="utf-8")
    for name, value in {"id": id, "label": in_words(id), **own}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _own_words(kind: str, catalog: Catalog, dataset: DatasetSpec | None) -> dict[str, str]:
    match kind:
        case "kpi":
            return _subject(dataset)
        case "scorecard":
            return _page(catalog)
        case _:
            return {}


def _dataset(catalog: Catalog, bound: Collection[str]) -> DatasetSpec | None:
    """The first data set that the project declares, one with data before one without."""
    own = [d.spec for d in catalog.datasets.values() if d.spec.declared and d.spec.library is None and d.spec.columns]
    return min(own, key=lambda spec: spec.id not in bound, default=None)


def _subject(dataset: DatasetSpec | None) -> dict[str, str]:
    """What a new KPI is about: a data set, and how one of its columns becomes a number."""
    if dataset is None:
        return _mean(_SPARE_DATASET, "score")
    figures = [c for c in dataset.columns if c.checks.type in ("integer", "number")]
    column = next((c for c in figures if c.checks.range is not None), None) or next(iter(figures), None)
    if column is not None:
        return _mean(dataset.id, column.name)
    counted = f"value: {dataset.id}.{_countable(dataset).name}"
    return {"dataset": dataset.id, "input": counted, "formula": "count(value)", "unit": "count", "empty": "0"}


def _mean(dataset: str, column: str) -> dict[str, str]:
    read = f"value: {dataset}.{column}"
    return {"dataset": dataset, "input": read, "formula": "avg(value)", "unit": "number", "empty": "null"}


def _countable(dataset: DatasetSpec) -> ColumnSpec:
    keys = {k.value for k in dataset.key}
    return next((c for c in dataset.columns if c.name in keys), dataset.columns[0])


def _page(catalog: Catalog) -> dict[str, str]:
    own = [id for id, spec in catalog.specs.items() if spec.library is None]
    if not own:
        raise CallError("the project has no KPI that a scorecard could show", "write one first: `kpispec new kpi ID`")
    cuts = dict.fromkeys(c.name for d in catalog.datasets.values() for c in d.spec.columns if c.dimension)
    shown = list(cuts)[:2]
    segments = f"segments: [{', '.join(shown)}]" if shown else "# segments: [channel]            what to cut by"
    return {"segments": segments, "kpis": "\n".join(f"      - {id}" for id in own)}
