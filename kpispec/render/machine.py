"""The report for other programs: one flat object per KPI, period and segment; the same as lines, cells, Markdown."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from kpispec.evaluate.report import BandText, BenchmarkReading, KpiReport, Reading, Reason, Report, Status
from kpispec.evaluate.scores import Score
from kpispec.periods import Period
from kpispec.render.lines import HEADINGS, RIGHT, lines, readings
from kpispec.render.wording import sentence, words

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Cell: TypeAlias = "bool | int | float | str | None"

SCHEMA = "kpispec-result/1"
NOT_GIVEN = "not given"
_UNITS = {"percent": "%"}
_ROW_KEYS = (
    "kpi", "period.grain", "period.start", "period.end", "period.complete", "segment", "value", "unit", "n", "low",
    "high", "level", "method", "no_interval", "effective_n", "status", "uncertain", "reasons", "reason",
    "threshold.good", "threshold.watch", "threshold.bad", "target.value", "target.from", "target.to",
    "target.source", "target.segment", "target.improve.by",
    "target.improve.of", "target.improve.baseline", "score", "benchmarks", "compare", "rejected",
)  # fmt: skip
_OPEN_KEYS = ("segment", "target.segment", "benchmarks", "compare", "rejected")  # with columns that depend on the rows


def rows(report: Report) -> list[dict[str, Json]]:
    """One object per KPI, period and segment; keys with nothing to say are None. A failed KPI has one row."""
    results = [_row(reading, report.language) for _, reading in readings(report)]
    seen = {row["kpi"] for row in results}
    failed = [_failed(kpi) for kpi in report.kpis if kpi.spec.id not in seen]
    rank = {kpi.spec.id: i for i, kpi in enumerate(report.kpis)}
    return sorted(results + failed, key=lambda row: rank[str(row["kpi"])])


def to_json(report: Report) -> str:
    """The document of `--format json`, one result a line."""
    head: dict[str, Json] = {
        "schema": SCHEMA,
        "project": report.project,
        "as_of": instant(report).isoformat(),
        "engine": {"name": report.reproduction.engine, "version": report.reproduction.engine_version},
        "spec_hash": report.reproduction.spec_hash,
        "scorecard": _card(report),
    }
    opening = _line(head)[:-1]
    kpis = ",\n".join(_line(_about(kpi, report.language)) for kpi in report.kpis)
    results = ",\n".join(_line(row) for row in rows(report))
    errors = _line([_error(reason) for reason in report.errors])
    return f'{opening}, "kpis": [\n{kpis}\n], "results": [\n{results}\n], "errors": {errors}}}\n'


def _card(report: Report) -> Json:
    """The scorecard with its scores, sections in their order."""
    card, score = report.scorecard, report.score
    if card is None or score is None:
        return None
    sections: list[Json] = [
        {
            "label": section.label.get(report.language),
            "level": section.level,
            "perspective": section.perspective,
            "weight": section.weight,
            **_score(own),
        }
        for section, own in zip(card.sections, score.sections, strict=True)
    ]
    return {"id": card.id, **_score(score.whole), "sections": sections}


def _score(score: Score) -> dict[str, Json]:
    return {"score": _figure(score.value), "rests_on": score.rests_on, "of": score.of}


def _about(kpi: KpiReport, language: str) -> dict[str, Json]:
    """What a KPI is, apart from its values."""
    spec = kpi.spec
    return {
        "kpi": spec.id,
        "label": spec.label.get(language),
        "unit": _UNITS.get(kpi.unit, kpi.unit),
        "direction": kpi.direction,
        "level": spec.reading_level,
        "perspective": spec.perspective,
        "variant": spec.variant,
        "drivers": [t.value for t in spec.drivers],
        "read_with": [t.value for t in spec.read_with],
        "caveats": [c.get(language) for c in spec.caveats],
        "references": list(spec.references),
        "suppress_below": spec.suppress_below,
    }


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def to_jsonl(report: Report) -> str:
    return "".join(_line(row) + "\n" for row in rows(report))


def flat_rows(report: Report) -> list[dict[str, Cell]]:
    """The rows with dotted column names, the same columns in each: what CSV and Parquet hold.

    A segment that is not given is the text `not given` here: an empty cell means that the row is not cut by it.
    """
    flat = [dict(_flatten(row)) for row in rows(report)]
    columns = _columns(flat)
    return [{column: row.get(column) for column in columns} for row in flat]


def to_csv(report: Report) -> str:
    """Cells of text that a spreadsheet would run as a formula begin with an apostrophe."""
    flat = flat_rows(report)
    columns = list(flat[0]) if flat else _columns([])
    table: list[list[Cell]] = [[*columns], *([row[column] for column in columns] for row in flat)]
    return "".join(",".join(_quoted(_inert(cell)) for cell in line) + "\n" for line in table)


def to_markdown(report: Report) -> str:
    """A table of values, statuses and changes, in the report's language."""
    say = words(report.language).say
    table = lines(report, report.language)
    used = [i for i in range(len(HEADINGS)) if i != 2 or any(line.segment for line in table)]
    heads = [say(HEADINGS[i]) for i in used]
    marks = ["---:" if HEADINGS[i] in RIGHT else "---" for i in used]
    body = [[_literal(line.cells[i]) for i in used] for line in table]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [heads, marks, *body])


def instant(report: Report) -> datetime:
    """As of when, with the offset of the project's zone."""
    as_of = report.as_of
    return as_of if as_of.tzinfo else as_of.replace(tzinfo=ZoneInfo(report.timezone))


def label(benchmark: BenchmarkReading, language: str) -> str:
    """What to call an outside figure: its label, else its key in a document with what it is of, else by whom it is."""
    figure = benchmark.figure
    named = figure.label.get(language) if figure.label else ""
    entry, of = (figure.entry or "").replace("_", " "), figure.industry or figure.region
    if not named and entry:
        return f"{entry} ({of})" if of else entry
    return named or of or figure.source or ""


def _row(reading: Reading, language: str) -> dict[str, Json]:
    interval, reason = reading.interval, reading.reason
    return {
        "kpi": reading.kpi,
        "period": _period(reading.period),
        "segment": dict(reading.segment),
        "value": _figure(reading.value),
        "unit": _UNITS.get(reading.unit, reading.unit),
        "n": reading.n,
        "low": _figure(interval.low) if interval else None,
        "high": _figure(interval.high) if interval else None,
        "level": interval.level if interval else None,
        "method": None if reading.method == "none" else reading.method,
        "no_interval": words("en").without(reading.without) if reading.without is not None else None,
        "effective_n": _figure(reading.effective_n),
        "status": reading.status.value,
        "uncertain": reading.uncertain,
        "reasons": _statuses(reading),
        "reason": sentence(reason) if reason else None,
        "threshold": _threshold(reading.bands),
        "target": _target(reading),
        "score": _figure(reading.score),
        "benchmarks": [_benchmark(b, language) for b in reading.benchmarks],
        "compare": {
            name: {
                "value": _figure(c.value),
                "delta": _figure(c.delta),
                "low": _figure(c.interval.low) if c.interval is not None else None,
                "high": _figure(c.interval.high) if c.interval is not None else None,
                "p": _figure(c.p),
                "p_adjusted": _figure(c.p_adjusted),
                "method": c.method,
                "significant": c.significant,
                "elapsed": c.elapsed,
            }
            for name, c in reading.compare
        },
        "rejected": dict(reading.rejected),
    }


def _statuses(reading: Reading) -> list[Json]:
    """Every status that applies, once, in the order in which they are looked at."""
    order = list(Status)
    applying = {r.status for r in reading.reasons}
    return [status.value for status in order if status in applying]


def _failed(kpi: KpiReport) -> dict[str, Json]:
    """A KPI without a single reading still has its row: what went wrong, or that there is nothing."""
    status = Status.ERROR if kpi.message is not None else Status.NO_DATA
    reason = f"{kpi.message} ({kpi.place})" if kpi.message is not None else "No row gave a value for this period."
    return {
        "kpi": kpi.spec.id, "period": None, "segment": {}, "value": None, "unit": _UNITS.get(kpi.unit, kpi.unit),
        "n": None, "low": None, "high": None, "level": None, "method": None, "no_interval": None, "effective_n": None,
        "status": status.value, "uncertain": False, "reasons": [status.value], "reason": reason, "threshold": None,
        "target": None, "score": None, "benchmarks": [], "compare": {}, "rejected": {},
    }  # fmt: skip


def _period(period: Period) -> dict[str, Json]:
    return {
        "grain": period.grain,
        "start": period.start.isoformat() if period.start else None,
        "end": period.end.isoformat() if period.end else None,
        "complete": period.complete,
    }


def _threshold(bands: BandText | None) -> Json:
    if bands is None:
        return None
    return {"good": bands.good, "watch": bands.watch, "bad": bands.bad}


def _target(reading: Reading) -> Json:
    target = reading.target
    if target is None:
        return None
    last = target.last.isoformat() if target.last else None
    improve = target.improve
    return {
        "value": _figure(target.value),
        "from": target.first.isoformat(),
        "to": last,
        "source": target.source,
        "segment": dict(target.segment),
        "improve": {"by": improve.by, "of": improve.of, "baseline": _figure(improve.baseline)} if improve else None,
    }


def _benchmark(benchmark: BenchmarkReading, language: str) -> Json:
    return {
        "label": label(benchmark, language),
        "value": _figure(benchmark.value),
        "low": _figure(benchmark.low),
        "high": _figure(benchmark.high),
        "source": benchmark.figure.source,
        "year": benchmark.figure.year,
        "expired": benchmark.expired,
    }


def _error(reason: Reason) -> Json:
    return {"status": reason.status.value, "code": reason.code, "message": sentence(reason)}


def _figure(value: float | None) -> float | None:
    """At the 12 significant digits that values are judged at."""
    return None if value is None else float(f"{value:.12g}") + 0.0


def _flatten(value: Json, name: str = "") -> Iterator[tuple[str, Cell]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _flatten(inner, f"{name}.{key}" if name else key)
        case list() if all(isinstance(item, str) for item in value) and name == "reasons":
            yield name, ";".join(str(item) for item in value) or None
        case list():
            for i, item in enumerate(value):
                yield from _flatten(item, f"{name}.{i}")
        case None if name.startswith("segment."):
            yield name, NOT_GIVEN
        case _:
            yield name, value


def _columns(flat: Iterable[dict[str, Cell]]) -> list[str]:
    """The fixed columns in their order, those that depend on the data at the place of their key."""
    seen = dict.fromkeys(column for row in flat for column in row)
    columns: list[str] = []
    for key in _ROW_KEYS:
        if key in _OPEN_KEYS:
            columns += [column for column in seen if column.startswith(key + ".")]
        else:
            columns.append(key)
    return columns


def _inert(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
            return "'" + cell
        case _:
            return str(cell)


def _quoted(text: str) -> str:
    """A cell by RFC 4180. The csv module leaves a lone carriage return bare when lines end in LF."""
    if any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _literal(text: str) -> str:
    """A cell of a Markdown table that means its characters."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, "\\" + character)
    return " ".join(text.split("\n"))
