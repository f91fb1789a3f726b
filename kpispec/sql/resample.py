"""Resampling as SQL: cells kept with their unit, drawn from once a replicate, and each replicate's value.

A row stands in a replicate as often as its unit is drawn, so that every aggregate is what it always is. The number of
the replicate is folded into the key of the period, and goes wherever that goes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import exp, factorial

from kpispec.formula.tree import Name, walk
from kpispec.plan.draws import Draw, Resampled
from kpispec.plan.layout import PERIOD, SET, covered_table, drawn_table, scan_table, set_mask
from kpispec.plan.model import TERM, Measure, Member, NamedTerm, Plan, Scan
from kpispec.plan.resample import COUNTED, MOST_UNITS, PARTS, REPLICATES
from kpispec.sql.combine import beside_spine
from kpispec.sql.lower import lower, number_literal, quoted, text_literal
from kpispec.sql.relations import Source
from kpispec.sql.rows import RowWriter, Steps
from kpispec.sql.scan import ScanWriter
from kpispec.sql.setting import Clockwork
from kpispec.sql.text import Column, create_table, select, with_clauses
from kpispec.sql.units import UnitWriter, key_column

SEED = 20120812
UNIT, REPLICATE, CHANCE, UNITS = "unit__", "replicate__", "chance__", "units__"
_FOLD = 512  # replicates of one period have keys of their own: a power of two, for keys of periods before 1970 too
_UNFOLDED = f"({quoted(PERIOD)} >> {_FOLD.bit_length() - 1})"
_MOST_DRAWN = 10  # of Poisson(1): one unit in a hundred million is drawn more often


def times_drawn() -> str:
    """A macro: how often a unit is drawn by its chance, 64 random bits; one without a unit is always there, once."""
    bits, below, whens = 2**64, 0.0, ["when chance is null then 1"]
    for times in range(_MOST_DRAWN):
        below += exp(-1) / factorial(times)
        whens.append(f"when chance < {int(below * bits)} then {times}")
    listed = "\n  ".join(whens)
    return f"create or replace temporary macro times_drawn(chance) as\ncase\n  {listed}\n  else {_MOST_DRAWN}\nend"


def resampling(plan: Plan, sources: Mapping[str, Source]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The statements of each measure whose interval is by resampling; they end in a table of what combine reads."""
    return tuple(
        (m.id, Resampling(plan, m, m.resampled, sources).statements()) for m in plan.measures if m.resampled is not None
    )


@dataclass(frozen=True, slots=True)
class Resampling:
    """The SQL of one measure's replicates."""

    plan: Plan
    measure: Measure
    resampled: Resampled
    sources: Mapping[str, Source]

    def statements(self) -> tuple[str, ...]:
        drawn = [s for draw in self.resampled.draws for s in self._drawn(draw)]
        return (*drawn, create_table(drawn_table(self.measure.id), self._values()))

    # what is drawn

    def _id(self, scan: str) -> str:
        """The name of what is drawn from a scan."""
        number = 1 + [d.scan for d in self.resampled.draws].index(scan)
        return f"{self.measure.id}__drawn_{number}"

    def _members(self, draw: Draw, scan: Scan) -> tuple[Member, ...]:
        """The members of a scan of units, under names of their own where their rows are drawn."""
        if draw.summed:
            return scan.members
        numbered = enumerate(scan.members, 1)
        return tuple(replace(m, scan=replace(m.scan, id=f"{scan.id}_{i}"), tallies=()) for i, m in numbered)

    def _scan(self, id: str, *, drawn: bool = True) -> Scan:
        """A scan with the terms that the value reads of it: those that are drawn, or those that are not."""
        scan = self.plan.scan(id)
        assert scan is not None
        read = {e.name for e in walk(self.resampled.value) if isinstance(e, Name) and e.path == TERM}
        wanted = read - self.resampled.settled if drawn else read & self.resampled.settled
        terms = tuple(t for t in scan.terms if t.name in wanted)
        return replace(scan, id=self._id(id) if drawn else id, terms=terms)

    def _drawn(self, draw: Draw) -> Iterator[str]:
        scan, clock = self._scan(draw.scan), Clockwork(self.plan.request)
        if not scan.members:
            yield from self._rows(draw, scan, clock)
            return
        own = replace(scan, members=self._members(draw, scan))
        writer = UnitWriter(own, self.sources, self.plan.request, replace(clock, key=_UNFOLDED))
        if draw.summed:
            yield from self._summed(draw, writer)
            return
        for member in own.members:
            yield from self._members_rows(draw, member, writer, clock)
        yield writer.over(writer.units())

    def _rows(self, draw: Draw, scan: Scan, clock: Clockwork) -> Iterator[str]:
        id, counted = scan.id, {n: _counted_as(n, draw) for n in _counted_names(scan)}
        scan = replace(scan, terms=tuple(_of_copies(t, counted) for t in scan.terms))
        writer = ScanWriter(scan, self.sources, self.plan.request, clock, named=True)
        unit = Column(_bits(draw, [quoted(c) for c in draw.unit]), UNIT)
        others = [Column(quoted(n), alias) for n, alias in counted.items() if alias != UNIT]
        steps = writer.cells((unit, *others), {*draw.unit, *counted})
        yield create_table(_cells(id), with_clauses(steps[:-1], steps[-1][1]))
        number, sets = writer.grouping()
        yield self._counted(id, [number, *writer.segment_columns()], sets, f"count(distinct {quoted(UNIT)})")
        yield writer.over(self._times_drawn(id, "cells", [o.alias for o in others]))

    def _summed(self, draw: Draw, writer: UnitWriter) -> Iterator[str]:
        """Units that are summed up already, by the tables that the scan itself has left."""
        id, keys = writer.scan.id, writer.scan.members[0].keys
        unit = _bits(draw, [quoted(key_column(keys.index(c))) for c in draw.unit])
        columns = [Column("*", "*"), Column(unit, UNIT)]
        yield create_table(_cells(id), with_clauses(writer.units(), select(columns, quoted("units"))))
        segments = [Column(quoted(k), k) for k in (SET, *self.plan.request.dimensions)]
        yield self._counted(id, segments, ", ".join(quoted(k) for k in self._keys), "count(*)")
        yield writer.over(self._times_drawn(id, "units"))

    def _members_rows(self, draw: Draw, member: Member, writer: UnitWriter, clock: Clockwork) -> Iterator[str]:
        """Rows that are drawn before they are summed up by another key."""
        id = member.scan.id
        rows = RowWriter(member.scan, self.sources, self.plan.request, clock)
        unit = Column(_bits(draw, [quoted(c) for c in draw.unit]), UNIT)
        steps = writer.cells(member, rows, (unit,), set(draw.unit))
        yield create_table(_cells(id), with_clauses(steps[:-1], steps[-1][1]))
        number, sets = writer.grouping(member.scan)
        yield self._counted(id, [number, *writer.segments(member.scan)], sets, f"count(distinct {quoted(UNIT)})")
        later = RowWriter(member.scan, self.sources, self.plan.request, writer.clock)
        yield writer.summed(member, later, self._times_drawn(id, "cells"))

    @property
    def _keys(self) -> list[str]:
        return [PERIOD, SET, *self.plan.request.dimensions]

    def _counted(self, id: str, segments: list[Column], group: str, units: str) -> str:
        """How many units there are to draw, by period and segment."""
        columns = [Column(quoted(PERIOD), PERIOD), *segments, Column(units, UNITS)]
        return create_table(_counts(id), select(columns, quoted(_cells(id)), [f"{quoted(PERIOD)} is not null"], group))

    def _times_drawn(self, id: str, last: str, counted: Iterable[str] = ()) -> Steps:
        """Each cell in each replicate as often as its unit is drawn. Where units are too many, none.

        What is `counted` as different is another in each copy of its unit.
        """
        few = f"(select coalesce(sum({quoted(UNITS)}), 0) from {quoted(_counts(id))}) <= {MOST_UNITS}"
        kept = select([Column("*", "*")], quoted(_cells(id)), [f"{quoted(PERIOD)} is not null", few])
        chance = Column(f"hash(hash({quoted(UNIT)}, {quoted(REPLICATE)}, {SEED}))", CHANCE)
        chance = replace(chance, sql=f"case when {quoted(UNIT)} is not null then {chance.sql} end")
        replicates = select([Column("*", "*"), chance], f"few_enough\ncross join {_REPLICATES}")
        times = Column(f"times_drawn({quoted(CHANCE)})", "times__")
        drawn = select([Column("*", "*"), times], "replicates")
        folded = f"{quoted(PERIOD)} * {_FOLD} + {quoted(REPLICATE)}"
        copy = f"case when {quoted(UNIT)} is not null then hash({quoted(UNIT)}, copy__) end"
        changed = [f"{folded} as {quoted(PERIOD)}", f"{copy} as {quoted(UNIT)}"]
        changed += [f"{_copied(quoted(c), _cells(id))} as {quoted(c)}" for c in counted]
        columns = [Column("drawn.* replace (\n    " + ",\n    ".join(changed) + "\n  )", "*")]
        found = select(columns, "drawn\njoin copies on drawn.times__ = copies.times__")
        return [
            *(("few_enough", kept), ("replicates", replicates), ("drawn", drawn)),
            ("copies", _COPIES),
            (last, found),
        ]

    # what comes of it

    def _values(self) -> str:
        keys = [Column(quoted(k), k) for k in self._keys]
        setting = Clockwork(self.plan.request).setting(lambda name: quoted(name.name), self.measure.frame)
        value = Column(f"cast({lower(self.resampled.value, setting)} as double)", "value__")
        finite = Column(f"case when isfinite({quoted('value__')}) then {quoted('value__')} end", "value__")
        steps: Steps = [
            ("counted", self._totals()),
            ("groups", self._groups()),
            ("spine", self._spine()),
            ("terms", self._terms()),
            ("computed", select([*keys, Column(quoted(REPLICATE), REPLICATE), value], "terms")),
            ("replicates", select([*keys, Column(quoted(REPLICATE), REPLICATE), finite], "computed")),
            ("intervals", self._intervals(keys)),
        ]
        columns = [Column(f'"groups".{quoted(k)}', k) for k in self._keys]
        columns += [Column(f"intervals.{quoted(p)}", p) for p in PARTS if p != "units"]
        columns.append(Column(f"(select max({quoted(UNITS)}) from counted)", "units"))
        matched = self._matched('"groups"', "intervals")
        return with_clauses(steps, select(columns, f'"groups"\nleft join intervals on {matched}'))

    def _count_tables(self) -> Iterator[str]:
        for draw in self.resampled.draws:
            scan = self._scan(draw.scan)
            members = () if draw.summed else self._members(draw, scan)
            yield from (_counts(id) for id in ([m.scan.id for m in members] or [scan.id]))

    def _totals(self) -> str:
        tables = (f"select sum({quoted(UNITS)}) as {quoted(UNITS)} from {quoted(t)}" for t in self._count_tables())
        return "\nunion all\n".join(tables)

    def _groups(self) -> str:
        """The periods and segments in which there is anything to draw."""
        request = self.plan.request
        keys = ", ".join(quoted(k) for k in self._keys)
        asked = ", ".join(str(set_mask(request.dimensions, s)) for s in request.sets)
        tables = (f"select {keys} from {quoted(t)} where {quoted(SET)} in ({asked})" for t in self._count_tables())
        return "\nunion\n".join(tables)

    def _spine(self) -> str:
        few = f"(select max({quoted(UNITS)}) from counted) <= {MOST_UNITS}"
        kept = f'(select * from "groups" where {few})'
        columns = [Column(quoted(k), k) for k in (*self._keys, REPLICATE)]
        tables: dict[str, None] = {}
        for id, _, _ in self._read():
            table, there = quoted(covered_table(id)), "true"
            if not self.plan.request.covered:
                tables[f"cross join {table}"] = None
                there = f"{quoted(PERIOD)} between {table}.first_period and {table}.last_period"
            columns.append(Column(there, _in(id)))
        return select(list(dict.fromkeys(columns)), "\n".join([kept, f"cross join {_REPLICATES}", *tables]))

    def _read(self) -> Iterator[tuple[str, Scan, bool]]:
        """The scans that the value reads: those drawn from, then those of terms that stay as they are."""
        for draw in self.resampled.draws:
            yield draw.scan, self._scan(draw.scan), True
        for scan in self.plan.scans:
            settled = self._scan(scan.id, drawn=False)
            if settled.terms:
                yield scan.id, settled, False

    def _terms(self) -> str:
        columns = [Column(f"spine.{quoted(k)}", k) for k in (*self._keys, REPLICATE)]
        joins = []
        for id, scan, drawn in self._read():
            period = f"spine.{quoted(PERIOD)}" + (f" * {_FOLD} + spine.{quoted(REPLICATE)}" if drawn else "")
            for whole in scan.wholes:
                table = quoted("__without_".join((scan.id, *whole)))
                on = beside_spine(self.plan.request, table, period, whole)
                joins.append(f"left join {quoted(scan_table(scan.id))} as {table} on {on}")
                columns += [_term(t, table, id) for t in scan.terms if t.term.whole == whole]
        return select(columns, "\n".join(["spine", *joins]))

    def _intervals(self, keys: list[Column]) -> str:
        tail = round((1 - self.measure.kpi.spec.level) / 2, 12)
        value, named = quoted("value__"), ", ".join(c.alias if c.sql == c.alias else c.sql for c in keys)
        columns = [
            *keys,
            Column(f"quantile_cont({value}, {number_literal(tail)})", "low"),
            Column(f"quantile_cont({value}, {number_literal(round(1 - tail, 12))})", "high"),
            # In one order: the last digits must not depend on the threads.
            Column(f"stddev_samp({value} order by {quoted(REPLICATE)})", "se"),
            Column(f"count({value})", "replicates"),
        ]
        return select(columns, "replicates", group=named)

    def _matched(self, left: str, right: str) -> str:
        return "\n  and ".join(f"{left}.{quoted(k)} is not distinct from {right}.{quoted(k)}" for k in self._keys)


_COPIES = f"""select times as times__, copy as copy__
from range(1, {_MOST_DRAWN + 1}) as numbers(times), range(times) as copies(copy)"""
_REPLICATES = f"range({REPLICATES}) as numbers({quoted(REPLICATE)})"


def _counted_names(scan: Scan) -> Iterator[str]:
    """The columns whose different values are counted."""
    return (a.name for t in scan.terms if t.term.function in COUNTED for a in t.term.args if isinstance(a, Name))


def _counted_as(name: str, draw: Draw) -> str:
    return UNIT if draw.unit == (name,) else f"different__{name}"


def _of_copies(named: NamedTerm, counted: Mapping[str, str]) -> NamedTerm:
    """Where units are counted, one that is drawn twice is two: else no sample would have as many as there are."""
    match named.term.args:
        case (Name() as arg,) if named.term.function in COUNTED:
            return replace(named, term=replace(named.term, args=(replace(arg, name=counted[arg.name]),)))
        case _:
            return named


def _copied(value: str, cells: str) -> str:
    """A value that is one unit's alone, as the orders of a customer are, is another in each copy of the unit."""
    within = f"(select count(distinct {value}) = count(distinct hash({value}, {quoted(UNIT)})) from {quoted(cells)}"
    within += f" where {value} is not null)"
    return f"case when {value} is not null then hash({value}, case when {within} then copy__ end) end"


def _bits(draw: Draw, columns: Iterable[str]) -> str:
    """64 bits for each unit, the same wherever its name and its value are; null where a part of it is."""
    found = list(columns)
    texts = ", ".join(f"cast({c} as varchar)" for c in found)
    known = " and ".join(f"{c} is not null" for c in found)
    return f"case when {known} then hash({text_literal(draw.name)}, {texts}) end"


def _cells(id: str) -> str:
    return f"cells__{id}"


def _counts(id: str) -> str:
    return f"counts__{id}"


def _term(named: NamedTerm, table: str, scan: str) -> Column:
    """A term of a replicate. Where the scan covers the period and nothing is drawn, counts are 0."""
    column = f"{table}.{quoted(named.name)}"
    known = f"coalesce({column}, 0)" if named.term.zero else column
    return Column(f"case when {quoted(_in(scan))} then {known} end", named.name)


def _in(scan: str) -> str:
    return f"in__{scan}"
