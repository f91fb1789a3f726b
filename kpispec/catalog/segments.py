"""Bands and targets of single segments checked: what they name is declared, and no two leave open which counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from kpispec.catalog.model import Dataset, Kpi
from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings, Related
from kpispec.source import Span, Text
from kpispec.spec import ColumnSpec, TargetSpec


@dataclass(frozen=True, slots=True)
class _Place:
    """A segment as written: of bands under `thresholds.by`, or of a target."""

    segment: tuple[tuple[str, str], ...]
    span: Span | None
    key: str
    target: TargetSpec | None = None


def check_segments(kpi: Kpi, datasets: Mapping[str, Dataset], reads: Iterable[str], findings: Findings) -> None:
    """Findings for segments that no row could ever be in, and for two that meet without saying which counts there.

    `reads` are the data sets behind the KPI.
    """
    bands = [_Place(b.segment, b.written.span, "thresholds.by") for b in kpi.by]
    targets = [_Place(t.spec.segment, t.spec.span, "targets", t.spec) for t in kpi.targets if t.spec.segment]
    _doubtful(kpi, bands, findings)
    _doubtful(kpi, targets, findings)
    _check_wholes(kpi, datasets, findings)
    read = [datasets[id].spec for id in reads]
    if not all(spec.declared for spec in read):
        return
    columns = {c.name: c for spec in read for c in spec.columns if c.dimension}
    for place in (*bands, *targets):
        for name, value in place.segment:
            if name in columns:
                _check_value(kpi, place, columns[name], value, findings)
            else:
                _no_dimension(kpi, place, name, columns, findings)


def _check_wholes(kpi: Kpi, datasets: Mapping[str, Dataset], findings: Findings) -> None:
    """`whole` may name a dimension that only other data sets have: it says not to ask for it here."""
    if not all(d.spec.declared for d in datasets.values()):
        return
    known = {c.name for d in datasets.values() for c in d.spec.columns if c.dimension}
    for rows in kpi.rows:
        for named in rows.spec.whole_of:
            if named.value not in known:
                message = f"no data set declares `{named.value}` as a dimension"
                cure, subject = (
                    f"set `dimension: true` on column `{named.value}`",
                    f"kpi.{kpi.id}.inputs.{rows.spec.name}.whole",
                )
                unknown("unknown-dimension", message, named, known, subject, findings, cure)


def _doubtful(kpi: Kpi, places: list[_Place], findings: Findings) -> None:
    """Two of one size that can meet need a third for their meeting."""
    known = {frozenset(place.segment) for place in places}
    for first, second in combinations(places, 2):
        both = {**dict(first.segment), **dict(second.segment)}
        apart = any(both[name] != value for name, value in first.segment)
        if len(first.segment) != len(second.segment) or apart or not _together(first, second):
            continue
        if first.key == "targets" and set(first.segment) == set(second.segment):
            continue  # one follows the other
        if frozenset(both.items()) in known - {frozenset(first.segment)}:
            continue
        _doubt(kpi, first, second, both, findings)


def _together(first: _Place, second: _Place) -> bool:
    """Whether both can be in force on one day."""
    one, two = first.target, second.target
    if one is None or two is None:
        return True
    return not (one.last is not None and one.last < two.first) and not (two.last is not None and two.last < one.first)


def _doubt(kpi: Kpi, first: _Place, second: _Place, both: Mapping[str, str], findings: Findings) -> None:
    shown = ", ".join(f"{name}: {value}" for name, value in both.items())
    same = set(first.segment) == set(second.segment)
    findings.add(
        "ambiguous-segment",
        f"two entries match `{{{shown}}}`, and each names {_dimensions(len(first.segment))}",
        subject=f"kpi.{kpi.id}.{second.key}",
        span=second.span,
        help="keep one of them" if same else f"add an entry for `segment: {{{shown}}}`",
        related=(Related("the other one is here", first.span),) if first.span is not None else (),
    )


def _dimensions(n: int) -> str:
    return "one dimension" if n == 1 else f"{n} dimensions"


def _no_dimension(kpi: Kpi, place: _Place, name: str, known: Iterable[str], findings: Findings) -> None:
    message = f"no data set of the KPI declares `{name}` as a dimension"
    cure, subject = f"set `dimension: true` on column `{name}`", f"kpi.{kpi.id}.{place.key}"
    unknown("unknown-dimension", message, _written(name, name, place.span), known, subject, findings, cure)


def _check_value(kpi: Kpi, place: _Place, column: ColumnSpec, value: str, findings: Findings) -> None:
    if not column.checks.values or value in column.checks.values:
        return
    message = f"`{value}` is not a value of `{column.name}`"
    cure = f"it is one of {', '.join(f'`{v}`' for v in column.checks.values)}"
    subject, written = f"kpi.{kpi.id}.{place.key}", _written(value, column.name, place.span)
    unknown("wrong-enum", message, written, column.checks.values, subject, findings, cure)


def _written(word: str, dimension: str, whole: Span | None) -> Text:
    """A word of a segment, where it stands: at or after the name of its dimension."""
    if whole is None:
        return Text.of(word)
    text = whole.file.text
    name = text.find(dimension, text.find("segment", whole.start))
    start = text.find(word, name if word == dimension else name + len(dimension))
    inside = whole.start <= start and start + len(word) <= whole.end
    return Text(word, Span(whole.file, start, start + len(word)) if inside else whole)
