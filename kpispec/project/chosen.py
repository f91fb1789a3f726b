"""Which documents a command over many of them works on."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kpispec.catalog.model import Catalog
from kpispec.project.load import CallError
from kpispec.source import Span


@dataclass(frozen=True, slots=True)
class Chosen:
    """The ids of what was chosen, by kind."""

    kpis: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    datasets: frozenset[str] = frozenset()


def own(catalog: Catalog) -> Chosen:
    """All that the project itself defines."""
    return _picked([key for key, (_, library) in _documents(catalog).items() if library is None])


def everything(catalog: Catalog) -> Chosen:
    """All that is defined, the library's included."""
    return _picked(list(_documents(catalog)))


def chosen(catalog: Catalog, names: Sequence[str], within: Sequence[Path], start: Chosen) -> Chosen:
    """What stands in files or folders, and what is named by its id or, where kinds share one, as `kpi.nps`.

    Without either it is `start`. Raises CallError for an id that nothing has.
    """
    if not names and not within:
        return start
    documents = _documents(catalog)
    places = [path.resolve() for path in within]
    found = [key for key, (span, _) in documents.items() if _stands_in(span, places)]
    for name in names:
        kind, _, id = name.rpartition(".")
        named = [key for key in documents if key[1] == id and kind in ("", key[0])]
        if not named:
            _unknown(name, [key[1] for key in documents])
        found += named
    return _picked(found)


def _stands_in(span: Span, places: Sequence[Path]) -> bool:
    path = Path(span.file.path).resolve()
    return any(path.is_relative_to(place) for place in places)


def _documents(catalog: Catalog) -> dict[tuple[str, str], tuple[Span, str | None]]:
    """Place and pack of the documents that hold tests, or are seen through those of others."""
    found = {("kpi", s.id): (s.span, s.library) for s in catalog.specs.values()}
    found |= {("function", s.id): (s.span, s.library) for s in catalog.functions.values()}
    return found | {("dataset", d.id): (d.spec.span, d.spec.library) for d in catalog.datasets.values()}


def _picked(keys: Sequence[tuple[str, str]]) -> Chosen:
    def of(kind: str) -> frozenset[str]:
        return frozenset(id for key, id in keys if key == kind)

    return Chosen(of("kpi"), of("function"), of("dataset"))


def _unknown(name: str, known: Sequence[str]) -> None:
    close = get_close_matches(name, known, 1)
    help = f"did you mean `{close[0]}`?" if close else "`kpispec list` shows what there is"
    raise CallError(f"there is no file, KPI, function or data set `{name}`", help)
