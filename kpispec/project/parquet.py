"""Results as Parquet: the flat rows of the CSV, typed."""

import json
import tempfile
from pathlib import Path

from kpispec.evaluate.report import Report
from kpispec.render.machine import flat_rows
from kpispec.sql.lower import quoted, text_literal


def write_parquet(report: Report, target: Path) -> None:
    """Write the flat rows to a Parquet file: figures as doubles, counts as integers, the rest as text."""
    from kpispec.engine.duckdb import DuckDB

    rows = flat_rows(report)
    columns = list(rows[0]) if rows else ["kpi"]
    with tempfile.TemporaryDirectory(prefix="kpispec-") as folder:
        lines = Path(folder) / "rows.json"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        types = ", ".join(f"{text_literal(c)}: {text_literal(_type(rows, c))}" for c in columns)
        picked = ", ".join(quoted(c) for c in columns)
        with DuckDB(Path(folder)) as engine:
            engine.run(
                f"copy (select {picked} from read_json({text_literal(str(lines))}, format = 'newline_delimited', "
                f"columns = {{{types}}})) to {text_literal(str(target.resolve()))} (format parquet)"
            )


def _type(rows: list[dict[str, str | int | float | bool | None]], column: str) -> str:
    values = [row[column] for row in rows if row[column] is not None]
    if values and all(isinstance(v, bool) for v in values):
        return "BOOLEAN"
    if values and all(isinstance(v, int) and not isinstance(v, bool) for v in values):
        return "BIGINT"
    if values and all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return "DOUBLE"
    return "VARCHAR"
