"""Joins as SQL: the rows of another data set, at most one beside each row, and the check that it is one at most."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpispec.formula.tree import Expr, Type
from kpispec.plan.columns import UNMATCHED, closure, names_beside
from kpispec.plan.model import Beside, Request, Scan
from kpispec.sql.ends import known_end, lost_end
from kpispec.sql.lower import lower, quoted
from kpispec.sql.relations import Source
from kpispec.sql.setting import Clockwork, column_name
from kpispec.sql.text import Column, select, with_clauses

Steps = list[tuple[str, str]]
MATCHED = "matched__"


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """A query that lists keys of a joined data set that more than one row has; none is how it must be."""

    dataset: str
    join: str
    keys: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class Joining:
    """The rows of joins, as steps of one statement. `sources` are those of data sets, by id."""

    sources: Mapping[str, Source]
    clock: Clockwork

    def steps(self, besides: tuple[Beside, ...], source: str, prefix: str = "") -> Steps:
        """The steps that put the joined columns beside the rows of `source`; the last one is called `joined`."""
        if not besides:
            return []
        steps: Steps = []
        for beside in besides:
            steps += self._rows(beside, prefix)
        columns, joins = [Column(f"{source}.*", "*")], [source]
        for beside in besides:
            columns += self._brought(beside, source, prefix)
            joins.append(self._join(beside, source, prefix))
        return [*steps, (f"{prefix}joined", select(columns, "\n".join(joins)))]

    def _alias(self, beside: Beside, prefix: str) -> str:
        return f"{prefix}{beside.join.name}"

    def _rows(self, beside: Beside, prefix: str) -> Steps:
        """The rows of a joined data set: typed, with their own joins and computed columns, those that are seen."""
        alias = self._alias(beside, prefix)
        inner = f"{alias}_"
        source = self.sources[beside.dataset.id]
        typed = [Column(c.sql, c.name) for c in source.columns if c.name in beside.columns]
        lost = lost_end(beside.dataset, source)
        typed += [lost] if lost is not None else []
        steps: Steps = [(f"{inner}rows", select(typed or [Column("1", "one")], source.relation))]
        interval = beside.dataset.spec.interval
        end = interval.end.value if interval is not None else None
        if end is not None and end in beside.columns:
            steps.append((f"{inner}ended", self.clock.with_known_end(f"{inner}rows", end, beside.ends[1])))
        steps += self.steps(beside.besides, quoted(steps[-1][0]), inner)
        for name, expr in self._computed(beside):
            value = self._lower(expr)
            value = self.clock.known_end(f"({value})", beside.ends[1]) if name == end else value
            columns = [Column("*", "*"), Column(value, name)]
            steps.append((f"{inner}with_{name}", select(columns, quoted(steps[-1][0]))))
        filters = [*self._seen(beside), *(f"({self._lower(w)})" for w in beside.dataset.where)]
        filters += [known_end(end)] if lost is not None and end is not None else []
        return [*steps, (alias, select([Column("*", "*"), Column("true", MATCHED)], quoted(steps[-1][0]), filters))]

    def _lower(self, expr: Expr) -> str:
        return lower(expr, self.clock.setting(column_name))

    def _computed(self, beside: Beside) -> Iterator[tuple[str, Expr]]:
        needed = set(closure(beside.dataset, names_beside(beside.join, beside.names, beside.dataset)))
        return ((name, expr) for name, expr in beside.dataset.computed if name in needed)

    def _seen(self, beside: Beside) -> list[str]:
        """Rows from as-of on are not seen; those without a clock are."""
        clock = beside.dataset.spec.clock
        if clock is None:
            return []
        return [f"coalesce({quoted(clock.value)} < {self.clock.unseen(beside.clock_type)}, true)"]

    def _brought(self, beside: Beside, source: str, prefix: str) -> list[Column]:
        alias, name = quoted(self._alias(beside, prefix)), beside.join.name
        found = [Column(f"{alias}.{quoted(column)}", f"{name}.{column}") for column in beside.names]
        there = " and ".join(f"{source}.{quoted(ours)} is not null" for ours, _ in beside.join.on)
        return [*found, Column(f"{there} and {alias}.{quoted(MATCHED)} is null", f"{name}.{UNMATCHED}")]

    def _join(self, beside: Beside, source: str, prefix: str) -> str:
        alias = quoted(self._alias(beside, prefix))
        on = [f"{source}.{quoted(ours)} = {alias}.{quoted(theirs)}" for ours, theirs in beside.join.on]
        on += self._in_force(beside, source, alias)
        return f"left join {alias} on " + "\n  and ".join(on)

    def _in_force(self, beside: Beside, source: str, alias: str) -> list[str]:
        """Of a data set of intervals the row that is in force at our moment."""
        interval = beside.dataset.spec.interval
        if interval is None or beside.at is None:
            return []
        named, ours = beside.at
        moment = f"{source}.{quoted(named)}"
        theirs = beside.ends[0]
        if ours is Type.DATE and theirs is not Type.DATE:
            moment = self.clock.utc(f"cast({moment} as timestamp)")
        elif ours is not Type.DATE and theirs is Type.DATE:
            moment = f"cast({self.clock.local(moment)} as date)"
        start, end = (f"{alias}.{quoted(e.value)}" for e in (interval.start, interval.end))
        return [f"{start} <= {moment}", f"({end} is null or {moment} < {end})"]

    # one at most

    def checks(self, besides: tuple[Beside, ...], prefix: str = "") -> Iterator[Uniqueness]:
        """The queries that find what would make two rows of one, for all joins and their own."""
        for beside in besides:
            rows = self._rows(beside, prefix)
            keys = tuple(theirs for _, theirs in beside.join.on)
            last = self._doubles(beside, keys, quoted(rows[-1][0]))
            yield Uniqueness(beside.dataset.id, beside.join.name, keys, with_clauses(rows, last))
            yield from self.checks(beside.besides, f"{self._alias(beside, prefix)}_")

    def _doubles(self, beside: Beside, keys: tuple[str, ...], table: str) -> str:
        named = [Column(f"cast({quoted(k)} as varchar)", k) for k in keys]
        known = [f"{quoted(k)} is not null" for k in keys]
        listed = ", ".join(quoted(k) for k in keys)
        interval = beside.dataset.spec.interval
        if interval is None:
            grouped = select([*named, Column("count(*)", "rows__")], table, known, listed)
            return f"{grouped}\nhaving count(*) > 1\norder by all\nlimit 3"
        start, end = quoted(interval.start.value), quoted(interval.end.value)
        known.append(f"({end} is null or {start} < {end})")  # what lasts for no time is in nobody's way
        following = f"lead({start}) over (partition by {listed} order by {start})"
        overlap = f"qualify {following} < coalesce({end}, 'infinity')"
        return f"{select([*named, Column('2', 'rows__')], table, known)}\n{overlap}\norder by all\nlimit 3"


def besides_of(scan: Scan) -> Iterator[Beside]:
    """The joins of a scan, or of its members."""
    yield from scan.besides
    for member in scan.members:
        yield from member.scan.besides


def joining(request: Request, sources: Mapping[str, Source]) -> Joining:
    return Joining(sources, Clockwork(request))
