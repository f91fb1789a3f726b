"""The report for other programs: one flat object per KPI, period and segment; the same as lines, cells, Markdown."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from kpispec.evaluate.report import BandText, BenchmarkReading, Change, KpiReport, Reading, Reason, Report, Status
from kpispec.evaluate.scores import Score
from kpispec.evaluate.signals import said
from kpispec.periods import Period
from kpispec.render.lines import HEADINGS, RIGHT, figures_of, lines, readings
from kpispec.render.splitrows import Json, explained_cells, explained_change, figure
from kpispec.render.splits import SPLIT_HEADINGS, split_table, split_title
from kpispec.render.wording import sentence, words

Cell: TypeAlias = "bool | int | float | str | None"

SCHEMA = "kpispec-result/1"
NOT_GIVEN = "not given"
_UNITS = {"percent": "%"}
_ROW_KEYS = (
    "kpi", "period.grain", "period.start", "period.end", "period.complete", "segment", "value", "unit", "n", "low",
    "high", "level", "method", "no_interval", "effective_n", "design_effect", "status", "uncertain", "reasons",
    "reason",
    "threshold.good", "threshold.watch", "threshold.bad", "target.value", "target.from", "target.to",
    "target.source", "target.segment", "target.improve.by",
    "target.improve.of", "target.improve.baseline", "score", "benchmarks", "compare", "explained_change",
    "rejected", "signal.rules",
    "signal.direction", "signal.better", "limits.mean", "limits.low", "limits.high", "limits.moving_range",
    "limits.baseline", "limits.lacking", "limits.warnings",
)  # fmt: skip
_JOINED = ("reasons", "signal.rules", "limits.warnings")  # lists that are one cell
_OPEN_KEYS = (
    "segment",
    "target.segment",
    "benchmarks",
    "compare",
    "explained_change",
    "rejected",
)  # with columns that depend on the rows


def rows(report: Report) -> list[dict[str, Json]]:
    """One object per KPI, period and segment; keys with nothing to say are None. A failed KPI has one row."""
    return [row for row, _ in _rows(report)]


def _rows(report: Report) -> list[tuple[dict[str, Json], dict[str, Json]]]:
    """Each row, with what a flat one says of the split of a change in the place of the nested words."""
    results = [
        (
            {**_row(reading, report.language, explained_change(kpi, reading)), **_process(kpi, reading)},
            explained_cells(kpi, reading),
        )
        for kpi, reading in readings(report)
    ]
    seen = {row["kpi"] for row, _ in results}
    failed: list[tuple[dict[str, Json], dict[str, Json]]] = [
        (_failed(kpi), {}) for kpi in report.kpis if kpi.spec.id not in seen
    ]
    rank = {kpi.spec.id: i for i, kpi in enumerate(report.kpis)}
    return sorted(results + failed, key=lambda pair: rank[str(pair[0]["kpi"])])


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
    return {"score": figure(score.value), "rests_on": score.rests_on, "of": score.of}


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
    flat = [dict(_flatten({**row, "explained_change": cells})) for row, cells in _rows(report)]
    columns = _columns(flat)
    return [{column: row.get(column) for column in columns} for row in flat]


def to_csv(report: Report) -> str:
    """Cells of text that a spreadsheet would run as a formula begin with an apostrophe."""
    flat = flat_rows(report)
    columns = list(flat[0]) if flat else _columns([])
    table: list[list[Cell]] = [[*columns], *([row[column] for column in columns] for row in flat)]
    return "".join(",".join(_quoted(_inert(cell)) for cell in line) + "\n" for line in table)


def to_markdown(report: Report) -> str:
    """A table of values, statuses and changes, in the report's language, and one for each change that is split."""
    say = words(report.language).say
    table = lines(report, report.language)
    used = [i for i in range(len(HEADINGS)) if i != 2 or any(line.segment for line in table)]
    heads = [say(HEADINGS[i]) for i in used]
    marks = ["---:" if HEADINGS[i] in RIGHT else "---" for i in used]
    body = [[_literal(line.cells[i]) for i in used] for line in table]
    return _table([heads, marks, *body]) + "".join(_split(report, kpi) for kpi in report.kpis)


def _split(report: Report, kpi: KpiReport) -> str:
    """The splits of a KPI's changes, each under its title."""
    say, made = words(report.language), ""
    marks = ["---" if heading == "Segment" else "---:" for heading in SPLIT_HEADINGS]
    for split in kpi.splits:
        title = f"{kpi.spec.label.get(report.language) or kpi.spec.id}, "
        title += f"{', '.join(split.by)}. {split_title(split, figures_of(kpi, report.language), say)}"
        table = split_table(split, kpi, report, say)
        made += f"\n{_literal(title)}\n\n"
        if table.total is None:
            made += _literal(table.sentence) + "\n"
            continue
        body = [[_literal(cell) for cell in line.cells] for line in (*table.lines, table.total)]
        made += _table([[say.say(h) for h in SPLIT_HEADINGS], marks, *body])
    return made


def _table(rows: Iterable[Iterable[str]]) -> str:
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


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


def _row(reading: Reading, language: str, explained: Json) -> dict[str, Json]:
    interval, reason = reading.interval, reading.reason
    return {
        "kpi": reading.kpi,
        "period": _period(reading.period),
        "segment": dict(reading.segment),
        "value": figure(reading.value),
        "unit": _UNITS.get(reading.unit, reading.unit),
        "n": reading.n,
        "low": figure(interval.low) if interval else None,
        "high": figure(interval.high) if interval else None,
        "level": interval.level if interval else None,
        "method": None if reading.method == "none" else reading.method,
        "no_interval": words("en").without(reading.without) if reading.without is not None else None,
        "effective_n": figure(reading.effective_n),
        "design_effect": figure(reading.design_effect),
        "status": reading.status.value,
        "uncertain": reading.uncertain,
        "reasons": _statuses(reading),
        "reason": sentence(reason) if reason else None,
        "threshold": _threshold(reading.bands),
        "target": _target(reading),
        "score": figure(reading.score),
        "benchmarks": [_benchmark(b, language) for b in reading.benchmarks],
        "compare": {name: _change(c) for name, c in reading.compare},
        "explained_change": explained,
        "rejected": dict(reading.rejected),
    }


def _process(kpi: KpiReport, reading: Reading) -> dict[str, Json]:
    """What the course says of its headline: the limits that judge it, and what it is a signal of."""
    known, signal = kpi.process, kpi.signal
    if reading is not kpi.headline or known is None:
        return {"signal": None, "limits": None}
    limits = known.limits
    return {
        "signal": {"rules": list(signal.strong), "direction": said(signal), "better": kpi.signal_better}
        if signal is not None
        else None,
        "limits": {
            "mean": limits.mean if limits is not None else None,
            "low": limits.low if limits is not None else None,
            "high": limits.high if limits is not None else None,
            "moving_range": limits.moving_range if limits is not None else None,
            "baseline": limits.baseline if limits is not None else None,
            "lacking": known.lacking,
            "warnings": list(known.warnings),
        },
    }


def _change(change: Change) -> dict[str, Json]:
    return {
        "value": figure(change.value),
        "delta": figure(change.delta),
        "low": figure(change.interval.low) if change.interval is not None else None,
        "high": figure(change.interval.high) if change.interval is not None else None,
        "p": figure(change.p),
        "p_adjusted": figure(change.p_adjusted),
        "method": change.method,
        "significant": change.significant,
        "elapsed": change.elapsed,
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
        "design_effect": None, "status": status.value, "uncertain": False, "reasons": [status.value], "reason": reason,
        "threshold": None, "target": None, "score": None, "benchmarks": [], "compare": {}, "explained_change": None,
        "rejected": {}, "signal": None, "limits": None,
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
        "value": figure(target.value),
        "from": target.first.isoformat(),
        "to": last,
        "source": target.source,
        "segment": dict(target.segment),
        "improve": {"by": improve.by, "of": improve.of, "baseline": figure(improve.baseline)} if improve else None,
    }


def _benchmark(benchmark: BenchmarkReading, language: str) -> Json:
    return {
        "label": label(benchmark, language),
        "value": figure(benchmark.value),
        "low": figure(benchmark.low),
        "high": figure(benchmark.high),
        "source": benchmark.figure.source,
        "year": benchmark.figure.year,
        "expired": benchmark.expired,
    }


def _error(reason: Reason) -> Json:
    return {"status": reason.status.value, "code": reason.code, "message": sentence(reason)}


def _flatten(value: Json, name: str = "") -> Iterator[tuple[str, Cell]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _flatten(inner, f"{name}.{key}" if name else key)
        case list() if name in _JOINED:
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
