"""The tables of docs/reference/library.md, made from the documents: `python tests/library/tables.py` writes them."""

import re
import sys
from collections.abc import Iterable, Iterator

from pack import FOLDER, ROOT, files, pack

from kpispec.spec import BenchmarkFigure, KpiInput, KpiSpec

PAGE = ROOT / "docs" / "reference" / "library.md"
# What answers to surveys say; the other folders are about operations.
FOLDERS = ("loyalty", "satisfaction", "effort", "servqual", "employees", "transport")
TITLES = {"servqual": "SERVQUAL"}
DIRECTIONS = {"higher_is_better": "higher", "lower_is_better": "lower", "closer_to_target": "neither by itself"}


def page_with_tables(text: str) -> str:
    """The page with the tables between its marks as the documents say today."""
    made = {"kpis": kpis, "datasets": datasets, "benchmarks": benchmarks, "scorecards": scorecards}
    for name, table in made.items():
        pattern = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        assert pattern.search(text), name
        body = "\n".join(table())
        text = pattern.sub(lambda m, body=body: f"{m[1]}\n{body}\n\n{m[2]}", text)
    return text


def kpis() -> Iterator[str]:
    catalog, _ = pack()
    for folder in sorted(
        {p.parent for p in files() if p.parent.name not in ("datasets", "benchmarks", "scorecards", "calendars")}
    ):
        yield from ("", f"### {TITLES.get(folder.name, folder.name.capitalize())}", "") if folder != FOLDER else ()
        yield from _head("id", "what it is", "unit", "better", "definition", "reads")
        for path in sorted(folder.glob("*.yml")):
            yield _kpi(catalog.specs[path.stem])


def _kpi(spec: KpiSpec) -> str:
    unit = spec.unit.value if spec.unit is not None else "number"
    cells = (spec.label.get("en"), unit, DIRECTIONS[spec.direction or ""], f"`{spec.variant or ''}`", _reads(spec))
    return _row(f"`{spec.id}`", *cells)


def _reads(spec: KpiSpec) -> str:
    names = [i.kpi.value if isinstance(i, KpiInput) else i.dataset.value for i in spec.inputs]
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def datasets() -> Iterator[str]:
    catalog, _ = pack()
    yield from _head("id", "grain", "places a row in time", "columns")
    for path in sorted((FOLDER / "datasets").glob("*.yml")):
        spec = catalog.datasets[path.stem].spec
        clock = f"`{spec.time.value}`" if spec.time is not None else ""
        if spec.interval is not None:
            clock = ", ".join(c for c in (clock, f"`{spec.interval.start.value}` to `{spec.interval.end.value}`") if c)
        columns = " ".join(f"`{c.name}`" for c in spec.columns)
        yield _row(f"`{spec.id}`", spec.grain or "", clock, columns)


def benchmarks() -> Iterator[str]:
    catalog, _ = pack()
    yield from _head("set", "entry", "figure", "unit", "year", "definition", "source")
    for path in sorted((FOLDER / "benchmarks").glob("*.yml")):
        for name, figure in catalog.benchmarks[path.stem].entries:
            yield _row(f"`{path.stem}`", f"`{name}`", *_figure(figure))


def _figure(figure: BenchmarkFigure) -> tuple[str, ...]:
    ends = [end.value for end in (figure.value, figure.low, figure.high) if end is not None]
    definition = f"`{figure.variant}`" if figure.variant else ""
    return (
        " to ".join(ends),
        figure.unit.value if figure.unit else "",
        str(figure.year),
        definition,
        (f"[{figure.source}]({figure.url})"),
    )


def scorecards() -> Iterator[str]:
    catalog, _ = pack()
    yield from _head("id", "what it is", "period", "cut by", "KPIs")
    for path in sorted((FOLDER / "scorecards").glob("*.yml")):
        card = catalog.scorecards[path.stem]
        shown = " ".join(f"`{e.kpi.value}`" for section in card.sections for e in section.kpis)
        cuts = " ".join(f"`{s.value}`" for s in card.segments)
        yield _row(f"`{card.id}`", card.label.get("en"), card.period, cuts, shown)


def _head(*titles: str) -> Iterable[str]:
    return (_row(*titles), _row(*("---" for _ in titles)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
