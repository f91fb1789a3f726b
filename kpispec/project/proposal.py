"""A project proposed for files that nobody described: its documents as text, every guess said beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpispec.formula.tree import Type
from kpispec.project.naming import in_words, one_line, scalar
from kpispec.project.offers import Draft, drafts
from kpispec.project.profile import Column, Profile
from kpispec.project.roles import Scale, clock_of, cuts_of, key_of, outside, roles_of, scale_of
from kpispec.project.schemas import modeline

_CUTS = 8  # dimensions of a data set; more would cut every figure to pieces
_SHOWN_CUTS = 2  # on the scorecard
SCORECARD = "overview"


@dataclass(frozen=True, slots=True)
class DatasetDraft:
    """A data set to be written: what its columns are taken for, and the KPIs over them."""

    id: str
    profile: Profile
    bound_to: str  # as `from` names it, relative to the project
    roles: dict[str, Column]
    clock: Column | None
    cuts: tuple[Column, ...]
    key: Column | None
    kpis: tuple[Draft, ...]

    def scale(self, column: Column) -> Scale | None:
        """The scale that the column's document promises: of a score, or where every cell keeps it already."""
        found = scale_of(column)
        scored = any(self.roles.get(role) == column for role in ("score", "satisfaction"))
        return found if found is not None and (scored or not outside(column, found)) else None


def drafted(id: str, profile: Profile, bound_to: str) -> DatasetDraft:
    """What a profile is taken for."""
    roles = roles_of(profile.columns)
    return DatasetDraft(
        id=id,
        profile=profile,
        bound_to=bound_to,
        roles=roles,
        clock=clock_of(profile.columns, roles),
        cuts=cuts_of(profile.columns, roles, _CUTS),
        key=key_of(profile.columns, profile.rows),
        kpis=drafts(id, roles),
    )


def distinct_kpis(datasets: Sequence[DatasetDraft]) -> dict[str, Draft]:
    """The KPIs of all data sets by id: of two of one id the later is named after its data set too."""
    found: dict[str, Draft] = {}
    for dataset in datasets:
        for kpi in dataset.kpis:
            id = kpi.id if kpi.id not in found else f"{kpi.id}_{dataset.id}"
            found[id] = kpi
    return found


def project_files(name: str, datasets: Sequence[DatasetDraft]) -> dict[str, str]:
    """Every file of the project by its path."""
    kpis = distinct_kpis(datasets)
    files = {"kpispec.yml": _text(_project(name, datasets))}
    files |= {f"specs/datasets/{d.id}.yml": _text(_dataset(d)) for d in datasets}
    files |= {f"specs/kpis/{id}.yml": _text(_kpi(id, kpi)) for id, kpi in kpis.items()}
    if any(d.clock for d in datasets):
        files["specs/scorecard.yml"] = _text(_scorecard(name, datasets, kpis))
    return files


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _project(name: str, datasets: Sequence[DatasetDraft]) -> Iterator[str]:
    yield modeline("project", "kpispec.yml")
    yield f"project: {scalar(name)}"
    yield "specs: [specs]"
    yield "language: en"
    yield "timezone: UTC  # where days begin, and the clock of times without an offset: a name such as Europe/Paris"
    yield "data:"
    for dataset in datasets:
        yield f"  {dataset.id}:"
        yield from (f"    {line}" for line in _binding(dataset))


def _binding(dataset: DatasetDraft) -> Iterator[str]:
    profile = dataset.profile
    yield f"from: {scalar(dataset.bound_to)}"
    if profile.encoding:
        yield f"encoding: {profile.encoding.name}  # a guess: it reads `{one_line(profile.encoding.word)}`"
    if profile.decimal:
        yield f"decimal: {scalar(profile.decimal)}"
    if profile.date_format:
        doubt = "  # or month and day the other way round: the data cannot tell" if profile.either_order else ""
        yield f"date_format: {scalar(profile.date_format)}{doubt}"
    renamed = [c for c in profile.columns if c.raw.lower() != c.name]
    if renamed:
        yield "columns:"
        yield from (f"  {c.name}: {scalar(c.raw)}" for c in renamed)


def _dataset(dataset: DatasetDraft) -> Iterator[str]:
    profile = dataset.profile
    yield modeline("dataset", f"specs/datasets/{dataset.id}.yml")
    yield f"# Proposed from {one_line(dataset.bound_to, 90)}. Every line is a guess until you have read it."
    yield f"dataset: {dataset.id}"
    yield f"label: {scalar(in_words(dataset.id))}"
    if dataset.key:
        yield f"key: [{dataset.key.name}]"
    if dataset.clock:
        yield f"time: {dataset.clock.name}"
    yield "columns:"
    for column in profile.columns:
        yield from (f"  {line}" for line in _column(column, dataset))


def _column(column: Column, dataset: DatasetDraft) -> Iterator[str]:
    scale = dataset.scale(column)
    odd = outside(column, scale) if scale else ()
    kind = column.type.value
    if odd:
        code, _ = odd[0]
        yield f"{column.name}:"
        yield f"  type: {kind}"
        yield f"  range: [{scale[0]}, {scale[1]}]" if scale else ""
        yield f"  # outside of it: {_listed(odd)}. If that says why there is no answer: missing: {{{scalar(code)}: blank}}"
    elif scale:
        yield f"{column.name}: {{type: {kind}, range: [{scale[0]}, {scale[1]}]}}"
    elif column in dataset.cuts:
        values = one_line(", ".join(v for v, _ in column.values), 70)
        yield f"{column.name}: {{type: {kind}, dimension: true}}  # {values}"
    elif column.filled == 0:
        yield f"{column.name}: {{type: {kind}}}  # always empty"
    else:
        yield f"{column.name}: {{type: {kind}}}" + _unread(column)


def _unread(column: Column) -> str:
    return f"  # {_cells(column.unread)} rejected: no {column.type.value}" if column.unread else ""


def _cells(count: int) -> str:
    return "1 cell will be" if count == 1 else f"{count} cells will be"


def _listed(values: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{one_line(v, 20)} ({n})" for v, n in values[:6])
    return shown + (", ..." if len(values) > 6 else "")


def _kpi(id: str, kpi: Draft) -> Iterator[str]:
    yield modeline("kpi", f"specs/kpis/{id}.yml")
    yield f"kpi: {id}"
    yield f"label: {scalar(kpi.label)}"
    yield f"unit: {kpi.unit}"
    yield "inputs:"
    for name, expr in kpi.inputs:
        yield from (f"  {line}" for line in _input(name, expr, kpi))
    yield f"formula: {kpi.formula}"
    yield "# Say when it is good, and it is judged:"
    yield "# thresholds:"
    yield f'#   good: "{kpi.hint}"'


def _input(name: str, expr: str, kpi: Draft) -> Iterator[str]:
    if expr in {c.name for c in kpi.columns} and kpi.where is None:
        yield f"{name}: {kpi.dataset}.{expr}"
        return
    yield f"{name}:"
    yield f"  dataset: {kpi.dataset}"
    yield f"  expr: {expr if expr.isdigit() else scalar(expr)}"
    if kpi.where:
        yield f"  where: {scalar(kpi.where)}"
    if kpi.nonnegative:
        yield f"  range: [0 {'d' if kpi.columns[0].type is Type.DATE else 's'}, null]"


def _scorecard(name: str, datasets: Sequence[DatasetDraft], kpis: dict[str, Draft]) -> Iterator[str]:
    """The KPIs that have a clock; those without one belong to no period."""
    dated = [d for d in datasets if d.clock]
    cuts = list(dict.fromkeys(c.name for d in dated for c in d.cuts))[:_SHOWN_CUTS]
    yield modeline("scorecard", "specs/scorecard.yml")
    yield f"scorecard: {SCORECARD}"
    yield f"label: {scalar(in_words(name))}"
    yield "period: month"
    yield "history: 24"
    if cuts:
        yield f"segments: [{', '.join(cuts)}]"
    yield "sections:"
    for dataset in dated:
        yield f"  - label: {scalar(in_words(dataset.id))}"
        yield f"    kpis: [{', '.join(id for id, k in kpis.items() if k.dataset == dataset.id)}]"
