"""The result of a run for programs: rows, data frames, and a table in notebooks."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from kpispec.evaluate.report import Reading, Report
from kpispec.project.run import Outcome
from kpispec.render.machine import Cell, flat_rows, rows, to_json
from kpispec.render.splitrows import Json
from kpispec.render.text import render_table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found: `report` is the whole of it, `rows` the flat results."""

    report: Report
    outcome: Outcome
    hashing: float = 0.0  # CPU seconds spent on hashing inputs

    @property
    def readings(self) -> tuple[Reading, ...]:
        return tuple(r for k in self.report.kpis for r in (*k.history, *k.segments))

    @property
    def rows(self) -> list[dict[str, Json]]:
        """One mapping per KPI, period and segment, nested as in the JSON output."""
        return rows(self.report)

    def to_json(self) -> str:
        return to_json(self.report)

    def to_arrow(self) -> "pyarrow.Table":
        """The flat rows, dotted column names. Needs pyarrow."""
        import pyarrow

        return pyarrow.Table.from_pylist(self._flat())

    def to_pandas(self) -> "pandas.DataFrame":
        """The flat rows, dotted column names. Needs pandas."""
        import pandas

        return pandas.DataFrame(self._flat())

    def to_polars(self) -> "polars.DataFrame":
        """The flat rows, dotted column names. Needs polars."""
        import polars

        return polars.DataFrame(self._flat(), infer_schema_length=None)

    def _flat(self) -> list[dict[str, Cell]]:
        return flat_rows(self.report)

    def _repr_html_(self) -> str:
        table = render_table(self.report, language=self.report.language, width=160)
        return f"<pre>{escape(table)}</pre>"
