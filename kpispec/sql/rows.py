"""The rows of a scan as SQL: typed, joined, filtered to those seen, with computed columns and their periods."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from kpispec.formula.check import names
from kpispec.formula.tree import Binary, Expr, Type
from kpispec.plan.columns import closure, columns_behind, joined_by
from kpispec.plan.layout import NEWEST, OLDEST, PERIOD, ROWS, covered_table, scan_table
from kpispec.plan.model import Request, Scan, Tally
from kpispec.sql.besides import Joining
from kpispec.sql.ends import LOST, known_end, lost_end
from kpispec.sql.lower import Setting, lower, quoted, text_literal
from kpispec.sql.placing import Placing
from kpispec.sql.relations import Source
from kpispec.sql.setting import Clockwork, column_name
from kpispec.sql.text import Column, create_table, select, with_clauses

Steps = list[tuple[str, str]]


@dataclass(slots=True)
class RowWriter:
    """The SQL of the rows of one scan. `sources` are those of data sets, by id."""

    scan: Scan
    sources: Mapping[str, Source]
    request: Request
    clock: Clockwork
    setting: Setting = field(init=False)
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.sources[self.scan.dataset.id]
        self.setting = self.clock.setting(column_name, self.scan.placement.frame)

    # rows

    def rows(self, given: Mapping[str, str], flagged: Iterable[Column], needed: set[str]) -> Steps:
        """The typed rows, then those of them that count as seen, with the computed columns that look at them all.

        Rows that may be in several periods come last, once for each. `given` are columns that are checked later, by
        what stands in their cells; `flagged` are carried along; `needed` are the names that something reads.
        """
        steps = self._unplaced(given, flagged, needed)
        if not self.scan.placement.plain:
            steps.append(("placed", self._placing.step(quoted(steps[-1][0]))))
        return steps

    def _unplaced(self, given: Mapping[str, str], flagged: Iterable[Column], needed: set[str]) -> Steps:
        read = [c for c in self.source.columns if c.name in self.scan.columns]
        columns = [*(Column(given.get(c.name, c.sql), c.name) for c in read), *flagged, *self._lost]
        steps = [("rows", select(columns or [Column("1", "one")], self.source.relation))]
        steps, done = self._joined([*steps, *self._ended(self.scan.columns)])
        filters = [*self._seen(keep_undated=True), *(self.condition(w) for w in self.scan.dataset.where)]
        if filters:
            steps.append(("seen", select([Column("*", "*")], quoted(steps[-1][0]), filters)))
        rest = self._behind(needed | set(self.scan.dimensions) | self._moments)
        return [*steps, *self._with([c for c in rest if c not in done], steps[-1][0])]

    def lapsed(self) -> str:
        """How many of the rows that are no interval the filters of each count keep; they are in no period."""
        needed = {n for t in self.scan.lapsed for w in t.where for n in names(w)}
        steps = self._unplaced({}, (), needed)
        steps.append(("lapsed", select([Column("*", "*"), Column("null::bigint", PERIOD)], quoted(steps[-1][0]))))
        columns = []
        for tally in self.scan.lapsed:
            where = " and ".join([self._lapsed(tally), *(self.condition(w) for w in tally.where)])
            columns.append(Column(f"coalesce(count_if({where}), 0)", f"lapsed {tally.name}"))
        return with_clauses(steps, select(columns, "lapsed"))

    def _lapsed(self, tally: Tally) -> str:
        """The condition that a row is no interval, or that a rejected cell hides when it ends."""
        interval, until = self.scan.dataset.spec.interval, self.scan.placement.until
        assert interval is not None
        assert until is not None
        start = quoted(interval.start.value)
        if tally.reject is None:
            return f"({start} is null or {quoted(until)} < {start})"
        if not self._lost:
            return "false"
        return f"{start} is not null and {quoted(until)} is null and {quoted(LOST)} = {text_literal(tally.reject[1])}"

    @property
    def _lost(self) -> list[Column]:
        """The column that tells which ends a rejected cell hides, where rows are placed by their ends."""
        found = lost_end(self.scan.dataset, self.source) if self.scan.placement.until is not None else None
        return [found] if found is not None else []

    def _joined(self, steps: Steps) -> tuple[Steps, list[tuple[str, Expr]]]:
        """The joined columns beside the rows, and the computed columns that filters and keys of joins read."""
        filtered = self._behind({self.known or "", *(n for w in self.scan.dataset.where for n in names(w))})
        if not self.scan.besides:
            return [*steps, *self._with(filtered, steps[-1][0])], filtered
        keys = {ours for b in self.scan.besides for ours, _ in b.join.on}
        early = [c for c in self._behind({*keys, *(n for n, _ in filtered)}) if not self._needs_join(c[0])]
        steps = [*steps, *self._with(early, steps[-1][0])]
        steps += Joining(self.sources, self.clock).steps(self.scan.besides, quoted(steps[-1][0]))
        late = [c for c in filtered if c not in early]
        return [*steps, *self._with(late, steps[-1][0])], [*early, *late]

    def _with(self, computed: list[tuple[str, Expr]], source: str) -> Steps:
        """A step for each computed column, each over the one before."""
        steps = []
        for name, expr in computed:
            value = lower(expr, self.setting)
            value = self.clock.known_end(f"({value})", self.scan.end_type) if name == self._end else value
            steps.append((f"with_{name}", select([Column("*", "*"), Column(value, name)], quoted(source))))
            source = f"with_{name}"
        return steps

    def _behind(self, wanted: set[str]) -> list[tuple[str, Expr]]:
        """The computed columns that names come from, in the order they build on each other."""
        needed = set(wanted)
        for name, expr in reversed(self.scan.dataset.computed):
            if name in needed:
                needed |= names(expr)
        return [(name, expr) for name, expr in self.scan.dataset.computed if name in needed]

    def _needs_join(self, name: str) -> bool:
        return any(joined_by(self.scan.dataset, n) is not None for n in closure(self.scan.dataset, [name]))

    def condition(self, expr: Expr) -> str:
        sql = lower(expr, self.setting)
        return f"({sql})" if isinstance(expr, Binary) and expr.op == "or" else sql

    # clocks

    @property
    def known(self) -> str | None:
        """The data set's own clock, by which its rows are seen or not."""
        clock = self.scan.dataset.spec.clock
        return self.scan.clock if clock is None or self.scan.clock is None else clock.value

    @property
    def by_own_clock(self) -> bool:
        return self.scan.clock is None or self.known == self.scan.clock

    @property
    def _placing(self) -> Placing:
        return Placing(self.scan, self.clock)

    def _seen(self, *, keep_undated: bool) -> list[str]:
        """Rows from as-of on are not seen."""
        if self.known is None:
            return []
        seen = f"{quoted(self.known)} < {self.clock.unseen(self.scan.known_type)}"
        return [f"coalesce({seen}, true)" if keep_undated else seen]

    @property
    def _moments(self) -> set[str]:
        """The columns that place a row."""
        interval, until = self.scan.dataset.spec.interval, self.scan.placement.until
        start = interval.start.value if interval is not None and until is not None else None
        return {c for c in (self.scan.clock, until, start) if c is not None}

    @property
    def _end(self) -> str | None:
        interval = self.scan.dataset.spec.interval
        return interval.end.value if interval is not None else None

    def _ended(self, read: Iterable[str]) -> Steps:
        """The step that keeps ends to come from all that reads them."""
        end = self._end
        if end is None or end not in read:
            return []
        return [("ended", self.clock.with_known_end("rows", end, self.scan.end_type))]

    def local(self, moment: str) -> str:
        return moment if self.scan.clock_type is Type.DATE else self.clock.local(moment)

    def period(self) -> str:
        if not self.scan.placement.plain:
            return quoted(PERIOD)
        if self.request.grain == "all" or self.scan.clock is None:
            return "0"
        return self.clock.period_key(self.local(quoted(self.scan.clock)))

    def bounds(self) -> list[str]:
        """What a row must fulfil to be read: its days, and an end that is known where it is placed by it."""
        until = self.scan.placement.until
        return [*self._days(), *([known_end(until)] if until is not None and self._lost else [])]

    def _days(self) -> list[str]:
        """The days that the periods asked for can reach; rows without a clock stay, to be counted.

        A clock that is not the data set's own places the rows that have it, and those alone.
        """
        if not self.scan.placement.plain:
            return self._placing.conditions()
        if self.scan.clock is None:
            return []
        clock, found = quoted(self.scan.clock), []
        if self.request.grain == "all" and self.by_own_clock:
            return [f"{clock} is not null", *self._begun()] if self.scan.placement.until is not None else []
        if self.scan.first_day is not None:
            found.append(f"{clock} >= {self._day(self.scan.first_day)}")
        if self.scan.last_day is not None:
            found.append(f"{clock} < {self._day(self.scan.last_day)}")
        if not self.by_own_clock:
            return [" and ".join([*found, f"{clock} < {self.clock.unseen(self.scan.clock_type)}", *self._begun()])]
        return [*([f"coalesce({' and '.join(found)}, true)"] if found else []), *self._begun()]

    def _begun(self) -> list[str]:
        """What ends before it begins is no interval; what has no beginning did not end either."""
        until, interval = self.scan.placement.until, self.scan.dataset.spec.interval
        if until is None or interval is None:
            return []
        lasted = f"{quoted(until)} >= {quoted(interval.start.value)}"
        return [lasted if self.scan.clock == until else f"coalesce({lasted}, true)"]

    def _day(self, day: date) -> str:
        return f"date '{day.isoformat()}'" if self.scan.clock_type is Type.DATE else self.clock.midnight(day)

    # what the data covers

    def covered(self, *, alone: bool = False) -> str:
        """The first and last period that the data covers, over all its rows, whatever filters and bounds say.

        `alone`: no table of the scan's own holds its rows by period.
        """
        name = covered_table(self.scan.id)
        pruned = self.scan.first_day is not None or self.scan.last_day is not None or self.scan.dataset.where
        ends = self._ends()
        if not (pruned or alone or ends) and self.by_own_clock and self.scan.placement.plain:
            edges = self._edges((quoted(PERIOD),), quoted(OLDEST), quoted(NEWEST))
            return create_table(name, select(edges, quoted(scan_table(self.scan.id))))
        if self.scan.clock is None:
            edges = [*self._edges(("0",), "null::timestamp", "null::timestamp"), Column("count(*)", ROWS)]
            return create_table(name, select(edges, self.source.relation))
        clocks = tuple(dict.fromkeys((self.known or self.scan.clock, self.scan.clock)))
        edges = self._edges_of(clocks, ends)
        columns = {c.name: c.sql for c in self.source.columns}
        wanted = [c for c in columns_behind(self.scan.dataset, (*clocks, *ends)) if c in columns]
        steps = [("rows", select([Column(columns[c], c) for c in wanted], self.source.relation))]
        steps += self._ended(wanted)
        steps += self._with([c for c in self._behind({*clocks, *ends}) if not self._needs_join(c[0])], steps[-1][0])
        # The one period over all rows holds those without a clock too; what has no beginning is no interval.
        dated = self.request.grain != "all" or self.scan.placement.until is not None
        last = select(edges, quoted(steps[-1][0]), self._seen(keep_undated=not dated))
        return create_table(name, with_clauses(steps, last))

    def _ends(self) -> tuple[str, ...]:
        """Where what lasts is over, if that is at hand: an end is a sign of life as a beginning is."""
        spec = self.scan.dataset.spec
        if spec.interval is None or spec.time is not None:
            return ()
        end, known = spec.interval.end.value, {c.name for c in self.source.columns}
        there = known.issuperset(columns_behind(self.scan.dataset, [end])) and not self._needs_join(end)
        return (end,) if there else ()

    def _edges_of(self, clocks: tuple[str, ...], ends: tuple[str, ...]) -> list[Column]:
        """From the first period of any clock to the last of any: a ticket is opened before it is solved."""
        keys = tuple(self._key_of(c) for c in clocks)
        moments = [quoted(c) for c in (clocks[0], *ends)]
        newest = f"greatest({', '.join(moments)})" if ends else moments[0]
        edges = self._edges(keys, quoted(clocks[0]), newest)
        return [*edges, Column("count(*)", ROWS)]

    def _key_of(self, clock: str) -> str:
        """The period of a clock; one that is not the data set's own may show a day to come, which covers nothing."""
        own = clock == self.known
        kind = self.scan.known_type if own else self.scan.clock_type
        key = self.clock.period_key(quoted(clock) if kind is Type.DATE else self.clock.local(quoted(clock)))
        if own:
            return key
        return f"case when {quoted(clock)} < {self.clock.unseen(self.scan.clock_type)} then {key} end"

    def _edges(self, periods: tuple[str, ...], oldest: str, newest: str) -> list[Column]:
        first, last = self.scan.covers
        least, most = periods[0], periods[0]
        if len(periods) > 1:
            least, most = (f"{word}({', '.join(periods)})" for word in ("least", "greatest"))
        return [
            Column(f"min({least})" if first is None else str(first), "first_period"),
            Column(f"max({most})" if last is None else str(last), "last_period"),
            Column(f"min({oldest})", OLDEST),
            Column(f"max({newest})", NEWEST),
        ]
