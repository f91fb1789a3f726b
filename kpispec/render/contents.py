"""The index of the catalogue, and the page of a data set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kpispec.catalog.model import Dataset
from kpispec.catalog.uses import column_id
from kpispec.render.definition import LEVEL_WORDS, LEVELS, Sources, direction_of, level_of
from kpispec.render.phrases import LONGEST_TEXT, Phrase
from kpispec.render.shelf import Line, Shelf, Uses, lines
from kpispec.spec import ColumnSpec, KpiSpec
from kpispec.syntax.nodes import Document, Map

_PLACED = frozenset({"dataset", "label", "description", "columns", "extends"})
_COLUMN_PLACED = frozenset({"type", "expr", "label", "description"})


def _(message: str) -> str:
    return message


@dataclass(frozen=True, slots=True)
class Entry:
    """A KPI or data set on the index."""

    id: str
    href: str
    name: Phrase
    question: Phrase
    unit: str
    tags: tuple[str, ...]
    state: str
    library: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    language: str
    direction: str
    title: Phrase
    eyebrow: str
    generator: str
    groups: tuple[Group, ...]
    datasets: tuple[Entry, ...]
    total: int
    tags: tuple[tuple[str, int], ...]
    packs: tuple[str, ...]
    period: str = ""
    alternates: tuple[str, ...] = ()
    home: str = ""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    name: str
    type: str
    label: Phrase
    description: Phrase
    expr: str
    promises: tuple[Line, ...]
    used: tuple[Uses, ...]


@dataclass(frozen=True, slots=True)
class DatasetPage:
    language: str
    direction: str
    title: Phrase
    eyebrow: str
    generator: str
    id: str
    description: Phrase
    settings: tuple[Line, ...]
    columns: tuple[ColumnRow, ...]
    library: str
    place: str
    readers: tuple[Uses, ...]
    sources: Sources | None
    period: str = ""
    alternates: tuple[str, ...] = ()
    home: str = "../index.html"


def contents(kpis: Iterable[tuple[KpiSpec, Document]], datasets: Iterable[Dataset], shelf: Shelf) -> Contents:
    """The index of the KPIs and data sets that have a page; KPIs by level, then by name."""
    found = [(level_of(spec, document, shelf), _entry(spec, shelf)) for spec, document in kpis]
    entries = [entry for _level, entry in found]
    tags = sorted({tag for entry in entries for tag in entry.tags})
    tables = tuple(_table(d, shelf) for d in datasets)
    packs = sorted({e.library for e in (*entries, *tables) if e.library})
    return Contents(
        language=shelf.words.language,
        direction=direction_of(shelf.words.language),
        title=Phrase(shelf.words.say(_("Catalogue of indicators"))),
        eyebrow=shelf.project,
        generator=shelf.generator,
        groups=tuple(_groups(found, shelf)),
        datasets=tuple(sorted(tables, key=_by_name)),
        total=len(entries),
        tags=tuple((tag, sum(tag in e.tags for e in entries)) for tag in tags),
        packs=tuple(packs),
    )


def _groups(found: list[tuple[str, Entry]], shelf: Shelf) -> Iterator[Group]:
    """Levels in the order of who acts, those without one last, untitled where no other group is."""
    some = any(level for level, _entry in found)
    for level in (*LEVELS, ""):
        inside = tuple(sorted((e for own, e in found if own == level), key=_by_name))
        words = LEVEL_WORDS[level] if level else _("without a level") if some else ""
        title = shelf.words.say(words)
        if inside:
            yield Group(title[:1].upper() + title[1:], inside)


def _by_name(entry: Entry) -> tuple[str, str]:
    return entry.name.text.casefold(), entry.id


def _entry(spec: KpiSpec, shelf: Shelf) -> Entry:
    kpi = shelf.catalog.kpis.get(spec.id)
    return Entry(
        id=spec.id,
        href=f"kpi/{spec.id}.html",
        name=shelf.phrase(spec.label, spec.id),
        question=shelf.phrase(spec.question),
        unit=kpi.unit.name if kpi is not None else "",
        tags=spec.tags,
        state=shelf.words.lifecycle(spec.lifecycle.state or ""),
        library=spec.library or "",
    )


def _table(dataset: Dataset, shelf: Shelf) -> Entry:
    spec = dataset.spec
    grain = Phrase(spec.grain or "")
    return Entry(
        spec.id, f"dataset/{spec.id}.html", shelf.phrase(spec.label, spec.id), grain, "", (), "", spec.library or ""
    )


def dataset_page(
    dataset: Dataset, document: Document | None, shelf: Shelf, sources: Sources | None, place: str
) -> DatasetPage:
    """The page of a data set; one that is known by its binding only has no document."""
    spec = dataset.spec
    node = document.node if document is not None else None
    columns = node.get("columns") if node is not None else None
    keys = {e.name.lower(): e.value for e in columns.entries} if isinstance(columns, Map) else {}
    return DatasetPage(
        language=shelf.words.language,
        direction=direction_of(shelf.words.language),
        title=shelf.phrase(spec.label, spec.id),
        eyebrow=shelf.project,
        generator=shelf.generator,
        id=spec.id,
        description=shelf.phrase(spec.description, most=LONGEST_TEXT),
        settings=tuple(lines(node, _PLACED)) if node is not None else (),
        columns=tuple(_column(spec.id, c, keys.get(c.name), shelf) for c in spec.columns),
        library=spec.library or "",
        place=place,
        readers=shelf.uses(f"dataset.{spec.id}", back=False),
        sources=sources,
    )


def _column(dataset: str, column: ColumnSpec, written: object, shelf: Shelf) -> ColumnRow:
    promises = tuple(lines(written, _COLUMN_PLACED)) if isinstance(written, Map) else ()
    return ColumnRow(
        name=column.name,
        type=column.checks.type or "",
        label=shelf.phrase(column.label),
        description=shelf.phrase(column.description, most=LONGEST_TEXT),
        expr=column.expr.value if column.expr is not None else "",
        promises=promises,
        used=shelf.uses(column_id(dataset, column.name), back=False),
    )
