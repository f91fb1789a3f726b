"""The smallest rows found that tell a KPI from a mutant of it, as a test to paste.

Many small tables are tried in one query, each under a value of a dimension of its own; what differs there is made as
small as it goes, and then tried once more as the test that it would be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import isclose
from random import Random

from kpispec.catalog.kpis import rows_below
from kpispec.catalog.model import Catalog, Kpi
from kpispec.engine.base import Engine, EngineError
from kpispec.evaluate.report import Reading, Segment
from kpispec.project.expectations import TOLERANCE
from kpispec.project.pools import cells, columns_of, constants, values
from kpispec.project.trials import Stage, verdicts
from kpispec.source import Text
from kpispec.spec import Expectation, GivenRows, GivenValue, TestSpec

CASE = "case__"  # the dimension that holds the tables of one query apart
# How many tables of one, two and three rows: a few at first, more for what they do not tell apart.
TABLES = ((60, 40, 20), (250, 200, 120))
ROUNDS = 4
SEED = 20

Row = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """Given rows by data set, given values by input, and what the KPI then is."""

    rows: tuple[tuple[str, tuple[Row, ...]], ...]
    values: tuple[tuple[str, str | None], ...] = ()
    expect: str = "null"
    status: str | None = None

    @property
    def size(self) -> tuple[int, int, int]:
        """How much there is to read: rows, cells that are not empty, characters."""
        rows = [row for _, found in self.rows for row in found]
        filled = [cell for row in rows for _, cell in row if cell is not None]
        return len(rows), len(filled), sum(len(c) for c in filled)


@dataclass(slots=True)
class Search:
    """The search for a KPI's examples. `mutants` are KPIs that read the same inputs as the KPI itself."""

    catalog: Catalog
    kpi: Kpi
    engine: Engine
    zone: str

    def examples(self, mutants: Sequence[Kpi]) -> dict[str, Example]:
        """An example for each mutant that one was found for, by its id."""
        found: dict[str, Example] = {}
        for given, counts in product(self._given(), TABLES):
            left = [m for m in mutants if m.id not in found]
            tables = list(dict.fromkeys(self._tables(given, counts))) if left else []
            for id, example in self._telling(left, tables).items():
                mutant = next(m for m in left if m.id == id)
                smallest = self._shrunk(mutant, example)
                if self._holds(mutant, smallest):
                    found[id] = smallest
        return found

    # candidates

    def _given(self) -> Iterator[tuple[tuple[str, str | None], ...]]:
        """Values for the inputs that are KPIs, and at the end none: their rows are given then."""
        inputs = [k.spec.name for k in self.kpi.kpis]
        if inputs:
            pool = values(constants((self.kpi,), ()))
            chosen = list(product(pool, repeat=len(inputs)))
            _lot().shuffle(chosen)
            for combination in chosen[: 3 if self.kpi.rows else 40]:
                yield tuple(zip(inputs, combination, strict=True))
        yield ()

    def _tables(self, given: tuple[tuple[str, str | None], ...], counts: tuple[int, ...]) -> Iterator[Example]:
        kpis = (self.kpi,) if given else tuple(self._behind(self.kpi))
        ids = tuple(dict.fromkeys(r.dataset for k in kpis for r in k.rows)) if given else self._datasets()
        datasets = [self.catalog.datasets[id] for id in ids]
        found = constants(kpis, datasets)
        pools = {d.id: {n: cells(n, t, d, found) for n, t in columns_of(d, kpis).items()} for d in datasets}
        if not datasets:
            yield Example((), given)
        for rows in _row_sets(pools, counts) if datasets else ():
            yield Example(rows, given)

    def _datasets(self) -> tuple[str, ...]:
        return rows_below(self.kpi.id, {**self.catalog.kpis, self.kpi.id: self.kpi})

    def _behind(self, kpi: Kpi) -> Iterator[Kpi]:
        yield kpi
        for upstream in kpi.kpis:
            yield from self._behind(self.catalog.kpis[upstream.kpi])

    # trying them

    def _telling(self, mutants: Sequence[Kpi], tables: Sequence[Example]) -> dict[str, Example]:
        """For each mutant the smallest of the tables in which it differs from the KPI."""
        if not mutants or not tables:
            return {}
        found: dict[str, Example] = {}
        itself, *others = self._readings((self.kpi, *mutants), tables)
        for at in sorted(range(len(tables)), key=lambda i: tables[i].size):
            for mutant, readings in zip(mutants, others, strict=True):
                if mutant.id not in found and _differ(itself[at], readings[at]):
                    found[mutant.id] = _expecting(tables[at], itself[at], readings[at])
        return found

    def _readings(self, kpis: Sequence[Kpi], tables: Sequence[Example]) -> list[list[Reading | None]]:
        """The reading of each KPI over each table; none where nothing can be computed."""
        first = tables[0]
        if not first.rows:
            return [[r.get(())] * len(tables) for r in self._staged(kpis, as_test(first))]
        given = [_numbered(id, tables) for id, _ in first.rows]
        fixed = [GivenValue(Text.of(n), _cell(v)) for n, v in first.values]
        test = replace(as_test(first), given=(*given, *fixed), by=(CASE,))
        staged = self._staged(kpis, test)
        return [[r.get(((CASE, str(i)),)) for i in range(len(tables))] for r in staged]

    def _staged(self, kpis: Sequence[Kpi], test: TestSpec) -> Sequence[Mapping[Segment, Reading]]:
        try:
            return Stage(self.catalog, kpis, test, self.zone).readings(self.engine)
        except EngineError:
            return [{} for _ in kpis]

    def _shrunk(self, mutant: Kpi, example: Example) -> Example:
        """The example with every row and cell left out that is not needed."""
        for _ in range(ROUNDS):
            smaller = self._telling((mutant,), list(_smaller(example))).get(mutant.id)
            if smaller is None or smaller.size >= example.size:
                break
            example = smaller
        return example

    def _holds(self, mutant: Kpi, example: Example) -> bool:
        """Whether the example, as a test, passes for the KPI and fails for the mutant."""
        itself, other = verdicts(self.catalog, (self.kpi, mutant), as_test(example), self.engine, self.zone)
        return not itself and bool(other)


def _row_sets(
    pools: Mapping[str, Mapping[str, Sequence[str | None]]], counts: tuple[int, ...]
) -> Iterator[tuple[tuple[str, tuple[Row, ...]], ...]]:
    """Tables of one, two and three rows, the first ones in order where there are few, the others by lot."""
    chance = _lot()
    if len(pools) == 1:
        ((id, columns),) = pools.items()
        whole = 1
        for pool in columns.values():
            whole *= len(pool)
        if whole <= counts[0]:
            for combination in product(*columns.values()):
                yield ((id, (tuple(zip(columns, combination, strict=True)),)),)
    for count, most in enumerate(counts, 1):
        for _ in range(most):
            yield tuple((id, tuple(_rows(columns, count, chance))) for id, columns in pools.items())


def _lot() -> Random:
    """Chance that falls the same way each time."""
    return Random(SEED)  # noqa: S311 - nothing is kept secret by it


def _rows(columns: Mapping[str, Sequence[str | None]], count: int, chance: Random) -> Iterator[Row]:
    """Rows by lot; one in three repeats the row before it, for what counts different values."""
    row: Row | None = None
    for _ in range(count):
        if row is None or chance.random() > 1 / 3:
            row = tuple((name, chance.choice(pool)) for name, pool in columns.items())
        yield row


def _smaller(example: Example) -> Iterator[Example]:
    """The example with one row or one cell less."""
    for at, (id, rows) in enumerate(example.rows):
        for number, row in enumerate(rows):
            less = rows[:number] + rows[number + 1 :]
            if less or len(example.rows) > 1:
                yield _with(example, at, id, less)
            for place, (name, cell) in enumerate(row):
                if cell is not None:
                    emptier = (*row[:place], (name, None), *row[place + 1 :])
                    yield _with(example, at, id, (*rows[:number], emptier, *rows[number + 1 :]))


def _with(example: Example, at: int, id: str, rows: tuple[Row, ...]) -> Example:
    return replace(example, rows=(*example.rows[:at], (id, rows), *example.rows[at + 1 :]))


def _differ(one: Reading | None, other: Reading | None) -> bool:
    a, b = _value(one), _value(other)
    if a is None or b is None:
        return a is not b
    if not isclose(a, b, rel_tol=TOLERANCE * 1000, abs_tol=1e-9):
        return True
    return one is not None and other is not None and one.status is not other.status


def _value(reading: Reading | None) -> float | None:
    return None if reading is None else reading.value


def _expecting(example: Example, itself: Reading | None, other: Reading | None) -> Example:
    value = _value(itself)
    same = value == _value(other)
    status = itself.status.value if same and itself is not None else None
    return replace(example, expect="null" if value is None else f"{value:.12g}", status=status)


# as a test ----------------------------------------------------------------------------------------------------------


def _cell(value: str | None) -> Text | None:
    return None if value is None else Text.of(value)


def _given_rows(id: str, rows: Iterable[Row]) -> GivenRows:
    cells = tuple(tuple((name, _cell(cell), False) for name, cell in row) for row in rows)
    return GivenRows(Text.of(id), cells, Text.of(id).span)


def _numbered(id: str, tables: Sequence[Example]) -> GivenRows:
    """The rows of all tables, each with the number of its own."""
    numbered = [((CASE, str(i)), *row) for i, table in enumerate(tables) for row in dict(table.rows)[id]]
    return _given_rows(id, numbered or [((CASE, "none"),)])


def as_test(example: Example) -> TestSpec:
    span = Text.of("example").span
    rows = [_given_rows(id, found) for id, found in example.rows]
    fixed = [GivenValue(Text.of(n), _cell(v)) for n, v in example.values]
    null = example.expect == "null"
    value = None if null else Text.of(example.expect)
    expected = Expectation(span, value=value, null_value=null, status=example.status)
    return TestSpec("example", span, (*rows, *fixed), (expected,))
