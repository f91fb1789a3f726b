"""kpispec's generated SQL against the best written by hand: same figures, CPU ratios of interleaved runs.

Machines are shared and clocks vary, so only ratios of neighbours in time are compared: each round runs the reference,
the generated statements and the reference again, in alternating order. The last of the three says how far the machine
alone moves a ratio.
"""

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isclose
from pathlib import Path

import duckdb

import intervals
import kpispec
from generate import write_tickets
from kpispec.evaluate.table import Cell
from kpispec.project.load import Loaded, load_project
from kpispec.project.run import Outcome
from kpispec.statistics import deviation
from timing import Spread, generated, spread

HERE = Path(__file__).resolve().parent
GOAL = 1.10
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Work:
    """KPIs by month and by month and channel, and the file with the SQL that gives the same by hand."""

    title: str
    kpis: tuple[str, ...]
    reference: str


WORKS = (
    Work("ten KPIs", intervals.TEN, "ten_kpis.sql"),
    Work("ten KPIs, against plain SQL", intervals.TEN, "ten_kpis_plain.sql"),
    Work("p90 with its order statistics", ("reply_p90",), "reply_p90.sql"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds are medians; ratios are medians of pairs. `figures` were compared and agreed."""

    work: str
    pairs: int
    kpispec_cpu: float
    reference_cpu: float
    ratio: Spread
    reference_against_itself: Spread
    figures: int


@dataclass(frozen=True, slots=True)
class Around:
    """What a run costs beside its queries, in wall-clock seconds."""

    start_up: float
    hashing: float


# running


def _deviation(cell: Cell) -> float | None:
    """The standard deviation behind a mean's interval; `None` for KPIs of another shape."""
    total, squares, n = (cell.parts.get(part) for part in ("sum", "squares", "n"))
    if total is None or squares is None or n is None:
        return None
    return deviation(total, squares, n)


def by_hand(sql: str, tickets: Path, threads: int) -> tuple[float, tuple[Row, ...]]:
    """CPU seconds of the reference and its rows, in a session of its own."""
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create view tickets as from read_parquet('{tickets}')")
        before = time.process_time()
        result = connection.execute(sql)
        rows = result.fetchall()
        cpu = time.process_time() - before
        names = [column[0] for column in result.description]
    return cpu, tuple(dict(zip(names, row, strict=True)) for row in rows)


def measure(work: Work, loaded: Loaded, tickets: Path, pairs: int, threads: int) -> Measured:
    sql = (HERE / "reference" / work.reference).read_text(encoding="utf-8")
    figures = compare(generated(loaded, work.kpis, threads)[1], by_hand(sql, tickets, threads)[1], work.kpis)
    ours: list[float] = []
    theirs: list[float] = []
    again: list[float] = []
    for round_ in range(pairs):
        runs: list[tuple[list[float], Callable[[], float]]] = [
            (theirs, lambda: by_hand(sql, tickets, threads)[0]),
            (ours, lambda: generated(loaded, work.kpis, threads)[0]),
            (again, lambda: by_hand(sql, tickets, threads)[0]),
        ]
        for into, run in runs if round_ % 2 == 0 else reversed(runs):
            into.append(run())
    return Measured(
        work=work.title,
        pairs=pairs,
        kpispec_cpu=statistics.median(ours),
        reference_cpu=statistics.median(theirs),
        ratio=spread([a / b for a, b in zip(ours, theirs, strict=True)]),
        reference_against_itself=spread([a / b for a, b in zip(again, theirs, strict=True)]),
        figures=figures,
    )


# the same figures


def compare(outcome: Outcome, rows: Sequence[Row], kpis: Sequence[str]) -> int:
    """How many figures agree. Leaves with a message at the first that does not."""
    seen = 0
    for row in rows:
        segment = () if row["channel"] is None else (("channel", str(row["channel"])),)
        for kpi in kpis:
            cell = outcome.cells.get(kpi, int(str(row["period"])), segment)
            if cell is None:
                sys.exit(f"{kpi}: kpispec has no cell for {row['period']} {segment}")
            for name, ours in figures_of(cell, kpi, row).items():
                if not same(ours, row[name]):
                    sys.exit(f"{name} in {row['period']} {segment}: kpispec {ours}, by hand {row[name]}")
                seen += 1
    if len(outcome.cells.table) != len(rows) * len(kpis):
        sys.exit(f"kpispec has {len(outcome.cells.table)} cells, the reference {len(rows) * len(kpis)}")
    return seen


def figures_of(cell: Cell, kpi: str, row: Row) -> dict[str, object]:
    """A cell's figures by the reference's names, those it has: value, n, rejects, deviation, order statistics."""
    found: dict[str, object] = {
        kpi: cell.value,
        f"{kpi}__n": cell.n,
        f"{kpi}__rejected": sum(count for _, count in cell.rejected),
        f"{kpi}__sd": _deviation(cell),
    }
    for end in ("low", "high"):
        rank = row.get(f"{kpi}__{end}_rank")
        if isinstance(rank, int) and cell.ranks is not None and rank in cell.ranks.values:
            found[f"{kpi}__{end}"] = cell.ranks.values[rank]
    return {name: figure for name, figure in found.items() if name in row}


def same(ours: object, theirs: object) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return isclose(float(str(ours)), float(str(theirs)), rel_tol=1e-9, abs_tol=1e-9)


# beside the queries


def around(tickets: Path) -> Around:
    return Around(statistics.median(start_up() for _ in range(5)), hashing(tickets))


def start_up() -> float:
    before = time.perf_counter()
    subprocess.run([sys.executable, "-m", "kpispec", "--version"], check=True, capture_output=True)
    return time.perf_counter() - before


def hashing(tickets: Path) -> float:
    """The digest by which a result names the rows it was computed from."""
    before = time.perf_counter()
    with tickets.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return time.perf_counter() - before


# telling


def markdown(machine: Mapping[str, object], results: Sequence[Measured], beside: Around) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in machine.items())
    lines = [
        f"{facts}.",
        "",
        "| by month; by month and channel | kpispec, CPU s | by hand, CPU s | ratio, 95 % | by hand twice | figures |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for r in results:
        cells = (
            r.work,
            f"{r.kpispec_cpu:.2f}",
            f"{r.reference_cpu:.2f}",
            r.ratio,
            r.reference_against_itself,
            r.figures,
        )
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", f"Beside the queries: start-up {beside.start_up:.2f} s, hashing the input {beside.hashing:.2f} s."]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", help="works whose title contains this")
    parser.add_argument("--strict", action="store_true", help=f"fail where a median is past {GOAL}")
    parser.add_argument(
        "-o", "--output", type=Path, default=HERE.parent / "build/bench", help="folder for rows and results"
    )
    asked = parser.parse_args()
    tickets = asked.output.resolve() / f"tickets_{asked.rows}.parquet"
    if not tickets.exists():
        write_tickets(tickets, asked.rows)
    loaded = load_project(HERE / "kpispec.yml", [("tickets", str(tickets))])
    works = [work for work in WORKS if (asked.only or "") in work.title]
    results = [measure(work, loaded, tickets, asked.pairs, asked.threads) for work in works]
    machine = {
        "rows": asked.rows,
        "threads": asked.threads,
        "processor": platform.machine(),
        "Python": platform.python_version(),
        "DuckDB": duckdb.__version__,
        "kpispec": kpispec.__version__,
    }
    beside = around(tickets)
    print(markdown(machine, results, beside))
    costs = intervals.costs(loaded, asked.pairs, asked.threads) if (asked.only or "intervals") in "intervals" else ()
    print("\n" + intervals.markdown(costs) if costs else "")
    told = {
        "machine": machine,
        "works": [asdict(r) for r in results],
        "intervals": [asdict(c) for c in costs],
        "beside": asdict(beside),
    }
    (asked.output / "results.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if asked.strict and any(r.ratio.median > GOAL for r in results):
        sys.exit(1)


if __name__ == "__main__":
    main()
