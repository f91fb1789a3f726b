"""A project proposed for files that nobody described: its documents as text, every guess said beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpispec.formula.tree import Type
from kpispec.project.naming import counted, in_words, one_line, scalar
from kpispec.project.offers import Draft, drafts
from kpispec.project.profile import Column, Profile
from kpispec.project.roles import Scale, clock_of, cuts_of, key_of, outside, roles_of, scale_of
from kpispec.project.schemas import modeline

_CUTS = 8  # dimensions of a data set; more would cut every figure to pieces
_SHOWN_CUTS = 2  # on the scorecard
_REFERENCE_ROWS = 30  # a table of fewer is rather looked up in than counted
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

    @property
    def shown(self) -> bool:
        """Whether it stands on the scorecard: what has no clock belongs to no period."""
        return self.clock is not None and len(self.kpis) > 0

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
        key=None if profile.cut else key_of(profile.columns, profile.rows),
        kpis=(),
    )


def with_kpis(datasets: Sequence[DatasetDraft]) -> tuple[DatasetDraft, ...]:
    """The data sets with KPIs over them, ids distinct. A small table of no known role gets none, unless all are so."""
    told = [d for d in datasets if d.roles or d.profile.rows >= _REFERENCE_ROWS] or datasets
    taken: set[str] = set()
    found = []
    for dataset in datasets:
        own = [_apart(k, taken) for k in drafts(dataset.id, dataset.roles)] if dataset in told else []
        taken.update(k.id for k in own)
        found.append(replace(dataset, kpis=tuple(own)))
    return tuple(found)


def _apart(kpi: Draft, taken: set[str]) -> Draft:
    """A KPI whose id is taken, named after its data set too."""
    if kpi.id not in taken:
        return kpi
    return replace(kpi, id=f"{kpi.id}_{kpi.dataset}", label=f"{kpi.label} ({in_words(kpi.dataset).lower()})")


def project_files(name: str, datasets: Sequence[DatasetDraft]) -> dict[str, str]:
    """Every file of the project by its path."""
    files = {"kpispec.yml": _text(_project(name, datasets))}
    files |= {f"specs/datasets/{d.id}.yml": _text(_dataset(d)) for d in datasets}
    files |= {f"specs/kpis/{k.id}.yml": _text(_kpi(k)) for d in datasets for k in d.kpis}
    if any(d.shown for d in datasets):
        files["specs/scorecard.yml"] = _text(_scorecard(name, [d for d in datasets if d.shown]))
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
    if scale and odd:
        yield from _scored(column, scale, odd)
    elif scale:
        yield f"{column.name}: {{type: {kind}, range: [{scale[0]}, {scale[1]}]}}"
    elif column in dataset.cuts:
        values = one_line(", ".join(v for v, _ in column.values), 70)
        yield f"{column.name}: {{type: {kind}, dimension: true}}  # {values}"
    elif column.filled == 0:
        yield f"{column.name}: {{type: {kind}}}  # always empty"
    else:
        yield f"{column.name}: {{type: {kind}}}" + _unread(column)


def _scored(column: Column, scale: Scale, odd: Sequence[tuple[str, int]]) -> Iterator[str]:
    yield f"{column.name}:"
    yield f"  type: {column.type.value}"
    yield f"  range: [{scale[0]}, {scale[1]}]"
    yield f"  # outside of it: {_listed(odd)}"
    yield "  # where that says why there is no answer:"
    code = odd[0][0]
    yield f"  # missing: {{{code if code.isdigit() else scalar(code)}: blank}}"


def _unread(column: Column) -> str:
    return f"  # {counted(column.unread, 'cell')} will be rejected: no {column.type.value}" if column.unread else ""


def _listed(values: Sequence[tuple[str, int]]) -> str:
    shown = ", ".join(f"{one_line(v, 20)} ({n})" for v, n in values[:6])
    return shown + (", ..." if len(values) > 6 else "")


def _kpi(kpi: Draft) -> Iterator[str]:
    yield modeline("kpi", f"specs/kpis/{kpi.id}.yml")
    yield f"kpi: {kpi.id}"
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


def _scorecard(name: str, datasets: Sequence[DatasetDraft]) -> Iterator[str]:
    cuts = list(dict.fromkeys(c.name for d in datasets for c in d.cuts))[:_SHOWN_CUTS]
    yield modeline("scorecard", "specs/scorecard.yml")
    yield f"scorecard: {SCORECARD}"
    yield f"label: {scalar(in_words(name))}"
    yield "period: month"
    yield "history: 24"
    if cuts:
        yield f"segments: [{', '.join(cuts)}]"
    yield "sections:"
    for dataset in datasets:
        yield f"  - label: {scalar(in_words(dataset.id))}"
        yield f"    kpis: [{', '.join(k.id for k in dataset.kpis)}]"
