"""Bands of single segments checked: their dimensions and values are those that the data sets declare."""

from collections.abc import Iterable, Mapping

from kpispec.catalog.model import Dataset, Kpi, SegmentBands
from kpispec.catalog.names import unknown
from kpispec.diagnostics import Findings
from kpispec.source import Span, Text
from kpispec.spec import ColumnSpec


def check_segments(kpi: Kpi, datasets: Mapping[str, Dataset], reads: Iterable[str], findings: Findings) -> None:
    """Findings for entries of `by` that no segment could ever match. `reads` are the data sets behind the KPI."""
    read = [datasets[id].spec for id in reads]
    if not all(spec.declared for spec in read):
        return
    columns = {c.name: c for spec in read for c in spec.columns if c.dimension}
    for bands in kpi.by:
        for name, value in bands.segment:
            if name in columns:
                _check_value(kpi, bands, columns[name], value, findings)
            else:
                _no_dimension(kpi, bands, name, columns, findings)


def _no_dimension(kpi: Kpi, bands: SegmentBands, name: str, known: Iterable[str], findings: Findings) -> None:
    message = f"no data set of the KPI declares `{name}` as a dimension"
    cure, subject = f"set `dimension: true` on column `{name}`", f"kpi.{kpi.id}.thresholds.by"
    unknown("unknown-dimension", message, _written(name, name, bands), known, subject, findings, cure)


def _check_value(kpi: Kpi, bands: SegmentBands, column: ColumnSpec, value: str, findings: Findings) -> None:
    if not column.checks.values or value in column.checks.values:
        return
    message = f"`{value}` is not a value of `{column.name}`"
    cure = f"it is one of {', '.join(f'`{v}`' for v in column.checks.values)}"
    subject, written = f"kpi.{kpi.id}.thresholds.by", _written(value, column.name, bands)
    unknown("wrong-enum", message, written, column.checks.values, subject, findings, cure)


def _written(word: str, dimension: str, bands: SegmentBands) -> Text:
    """A word of a segment, where it stands: at or after the name of its dimension."""
    whole = bands.written.span
    if whole is None:
        return Text.of(word)
    text = whole.file.text
    name = text.find(dimension, text.find("segment", whole.start))
    start = text.find(word, name if word == dimension else name + len(dimension))
    inside = whole.start <= start and start + len(word) <= whole.end
    return Text(word, Span(whole.file, start, start + len(word)) if inside else whole)
