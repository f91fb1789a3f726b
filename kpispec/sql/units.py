"""Scans of units: the rows of each member summed up unit by unit, units matched by their keys, terms over units."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from kpispec.formula.check import aggregates, names
from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Call, Expr, Name, Star
from kpispec.plan.layout import NEWEST, OLDEST, PERIOD, ROWS, SET, covered_table, scan_table, set_mask
from kpispec.plan.model import TALLY, Member, NamedTerm, Request, Scan, Tally, UnitValue
from kpispec.plan.rewrite import transform
from kpispec.sql.curves import CURVES, Groups, Walk, curve, walks
from kpispec.sql.inner import inner
from kpispec.sql.lower import lower, quoted
from kpispec.sql.relations import Source
from kpispec.sql.rows import RowWriter, Steps
from kpispec.sql.setting import Clockwork, column_name
from kpispec.sql.terms import Part, around, holistic, multiplied
from kpispec.sql.text import Column, create_table, indented, select, with_clauses

_AGGREGATE = ("aggregate",)  # the path of a name that stands for the SQL of an aggregate


@dataclass(frozen=True, slots=True)
class UnitWriter:
    """The SQL of one scan of units. `sources` are those of data sets, by id."""

    scan: Scan
    sources: Mapping[str, Source]
    request: Request
    clock: Clockwork

    def statements(self) -> tuple[str, ...]:
        """The units of each member, then the terms by period and segmentation; with each the periods it covers."""
        found, covered = [], not self.request.covered
        for member in self.scan.members:
            writer = RowWriter(member.scan, self.sources, self.request, self.clock)
            found += [self._member(member, writer), *([writer.covered(alone=True)] if covered else [])]
        return (*found, self.over(self.units()), *([self._covered()] if covered else []))

    def over(self, units: Steps) -> str:
        """The terms over steps that end in the units."""
        steps = [*units, ("groups", self._groups())]
        steps += [(walk.table, curve(walk, self._curve_groups)) for walk in self._walks]
        steps += [("tallied", self._tallied())] if self._tallies else []
        return create_table(scan_table(self.scan.id), with_clauses(steps, self._result()))

    # members

    def _member(self, member: Member, writer: RowWriter) -> str:
        return self.summed(member, writer, self.cells(member, writer))

    def cells(
        self, member: Member, writer: RowWriter, more: Sequence[Column] = (), read: Set[str] = frozenset()
    ) -> Steps:
        """The steps to the rows of a member. `more` are columns beside theirs, over the names `read`."""
        trees = [e for v in member.values for e in (v.expr, *v.where)] + [w for t in member.tallies for w in t.where]
        needed = {n for e in trees for n in names(e)} | set(member.keys) | read
        flagged = {t.reject: self._flagged(*t.reject, writer) for t in member.tallies if t.reject is not None}
        steps = writer.rows({}, flagged.values(), needed)
        columns = [Column("*", "*")]
        if member.scan.placement.plain:
            columns.append(Column(writer.period(), PERIOD))
        # A key under a name of its own: a segmentation may be by the key's column, and is told by what it groups by.
        columns += [Column(quoted(key), key_column(i)) for i, key in enumerate(member.keys)]
        return [*steps, ("cells", select([*columns, *more], quoted(steps[-1][0]), writer.bounds()))]

    def summed(self, member: Member, writer: RowWriter, cells: Steps) -> str:
        """One row for each unit, period and segment, over steps that end in a member's cells."""
        return create_table(_units_table(member), with_clauses(cells, self._grouped(member, writer)))

    def _flagged(self, column: str, reason: str, writer: RowWriter) -> Column:
        """Whether the cell of a column is rejected for a reason."""
        found = writer.source.column(column)
        assert found is not None
        return Column(dict(found.rejects)[reason], _flag(column, reason))

    def _grouped(self, member: Member, writer: RowWriter) -> str:
        keys = [quoted(key_column(i)) for i, _ in enumerate(member.keys)]
        number, sets = self.grouping(member.scan, *keys)
        columns = [Column(quoted(PERIOD), PERIOD), number, *self.segments(member.scan)]
        columns += [Column(key, key_column(i)) for i, key in enumerate(keys)]
        columns += [Column(self._value(v, writer), v.name) for v in member.values]
        columns += [Column(self._tally(t, writer), t.name) for t in member.tallies]
        columns.append(Column("count(*)", ROWS))
        return select(columns, quoted("cells"), group=sets)

    def grouping(self, scan: Scan, *keys: str) -> tuple[Column, str]:
        """The number of the segmentation of a group of a member's rows, and the grouping sets that make the groups."""
        dimensions = self.request.dimensions
        absent = set_mask(dimensions, scan.dimensions)
        bits = [f"{2 ** (len(dimensions) - 1 - dimensions.index(d))} * grouping({quoted(d)})" for d in scan.dimensions]
        sets = [", ".join([quoted(PERIOD), *(quoted(d) for d in s), *keys]) for s in self.scan.sets]
        number = Column(" + ".join(([str(absent)] if absent or not bits else []) + bits), SET)
        return number, "grouping sets (" + ", ".join(f"({s})" for s in sets) + ")"

    def segments(self, scan: Scan) -> list[Column]:
        here = scan.dimensions
        return [Column(f"cast({quoted(d) if d in here else 'null'} as varchar)", d) for d in self.request.dimensions]

    def _value(self, value: UnitValue, writer: RowWriter) -> str:
        """The value of a unit: null where none of its rows counts for it."""
        where = " and ".join(writer.condition(w) for w in value.where)
        calls = {call: str(number) for number, call in enumerate(dict.fromkeys(aggregates(value.expr)))}
        spelled = {number: inner(call, where, writer.setting) for call, number in calls.items()}

        def replaced(expr: Expr) -> Expr | None:
            number = calls.get(expr) if isinstance(expr, Call) else None
            return None if number is None else Name(number, _AGGREGATE, place=expr.place, type=expr.type)

        def named(name: Name) -> str:
            return spelled[name.name] if name.path == _AGGREGATE else column_name(name)

        setting = self.clock.setting(named, writer.scan.placement.frame)
        sql = lower(transform(value.expr, replaced), setting)
        return f"case when count_if({where}) > 0 then {sql} end" if where else sql

    def _tally(self, tally: Tally, writer: RowWriter) -> str:
        kept = [quoted(_flag(*tally.reject))] if tally.reject is not None else []
        kept += [writer.condition(w) for w in tally.where]
        return f"count_if({' and '.join(kept)})" if kept else "count(*)"

    # units

    def units(self) -> Steps:
        """All units: matched by their keys, each value beside the others, absent ones null."""
        members = self.scan.members
        if len(members) == 1:
            every = select([Column("*", "*")], quoted(_units_table(members[0])))
        else:
            tables = (f"select * from {quoted(_units_table(m))}" for m in members)
            columns = [Column(quoted(c), c) for c in (*self._group_keys, *self._keys)]
            named = [n for m in members for n in (*(v.name for v in m.values), *(t.name for t in m.tallies))]
            columns += [Column(f"any_value({quoted(name)})", name) for name in named]
            columns.append(Column(f"sum({quoted(ROWS)})", ROWS))
            together = indented("\nunion all by name\n".join(tables))
            every = select(columns, f"(\n{together}\n)", group="all")
        return [("every_unit", every), ("units", select([Column("*", "*")], "every_unit", self._keyed()))]

    @property
    def _keys(self) -> list[str]:
        return [key_column(i) for i in range(len(self.scan.members[0].keys))]

    def _keyed(self) -> list[str]:
        return [f"{quoted(k)} is not null" for k in self._keys]

    # terms

    @property
    def _group_keys(self) -> list[str]:
        return [PERIOD, SET, *self.request.dimensions]

    def _groups(self) -> str:
        columns = [Column(quoted(k), k) for k in self._group_keys]
        columns.append(Column(f"sum({quoted(ROWS)})", ROWS))
        for named in self.scan.terms:
            if named.term.function not in (*CURVES, TALLY):
                columns.append(Column(self._term(named), named.name))
        return select(columns, quoted("units"), group=", ".join(quoted(k) for k in self._group_keys))

    @property
    def _tallies(self) -> list[NamedTerm]:
        return [t for t in self.scan.terms if t.term.function == TALLY]

    def _term(self, named: NamedTerm) -> str:
        term, where = named.term, self._where(named)
        arguments = [lower(a, self.clock.setting(column_name)) for a in term.args if not isinstance(a, Star)]
        if term.function == "products":
            return Part("sum", multiplied(arguments), where).columns(named.name)[0].sql
        if term.additive:
            return Part(term.function, arguments[0] if arguments else "", where).columns(named.name)[0].sql
        return holistic(term.function, arguments, where)

    def _where(self, named: NamedTerm) -> str:
        setting = self.clock.setting(column_name)
        alone = len(named.term.where) == 1
        return " and ".join(
            lower(w, setting) if alone or not _is_or(w) else f"({lower(w, setting)})" for w in named.term.where
        )

    @property
    def _walks(self) -> tuple[Walk, ...]:
        setting = self.clock.setting(column_name)
        curved = [t for t in self.scan.terms if t.term.function in CURVES]
        return walks(
            (t.name, t.term.function, [lower(a, setting) for a in t.term.args], self._where(t)) for t in curved
        )

    @property
    def _curve_groups(self) -> Groups:
        return Groups(quoted("units"), tuple(Column(quoted(k), k) for k in self._group_keys))

    def _tallied(self) -> str:
        """What is counted of all rows, those without a key included."""
        columns = [Column(quoted(k), k) for k in self._group_keys]
        columns += [
            Column(f"sum({lower(t.term.args[0], self.clock.setting(column_name))})", t.name) for t in self._tallies
        ]
        return select(columns, "every_unit", group=", ".join(quoted(k) for k in self._group_keys))

    def _result(self) -> str:
        columns, joins = [Column("groups.*", "*")], ["groups"]
        columns += [Column("null::timestamp", c) for c in (OLDEST, NEWEST)]
        for named in self.scan.terms:
            if named.term.function == TALLY:
                columns.append(Column(f"tallied.{quoted(named.name)}", named.name))
        for walk in self._walks:
            table = quoted(walk.table)
            joins.append(f"left join {table} on {self._matched('groups', table)}")
            columns += [Column(f"{table}.{quoted(name)}", name) for name in walk.names]
        if self._tallies:
            joins.append(f"right join tallied on {self._matched('groups', 'tallied')}")
            columns[0] = Column(self._both(), "*")
        found = select(columns, "\n".join(joins))
        return self._with_ranks(found)

    def _both(self) -> str:
        """The columns of groups, those that hold nothing but rows without a key included."""
        keys = [f"tallied.{quoted(k)}" for k in self._group_keys]
        listed = ", ".join(quoted(k) for k in self._group_keys)
        return ",\n  ".join([*keys, f"groups.* exclude ({listed})"])

    def _with_ranks(self, found: str) -> str:
        """Order statistics are picked from the sorted values of a group."""
        replaced = []
        for named in self.scan.terms:
            if named.term.function == "ranks_around":
                column = quoted(named.name)
                picked = around(column, *(constant(a) or 0.0 for a in named.term.args[1:]))
                replaced.append(f"{picked} as {column}")
        if not replaced:
            return found
        return select(
            [Column("* replace (\n    " + ",\n    ".join(replaced) + "\n  )", "*")], f"(\n{indented(found)}\n)"
        )

    def _matched(self, left: str, right: str) -> str:
        return "\n  and ".join(f"{left}.{quoted(k)} is not distinct from {right}.{quoted(k)}" for k in self._group_keys)

    def _covered(self) -> str:
        """A period is covered where all members cover it; one without any row covers none."""
        edges = (("max", "first_period"), ("min", "last_period"), ("min", OLDEST), ("max", NEWEST), ("max", ROWS))
        tables = (f"select * from {quoted(covered_table(m.scan.id))}" for m in self.scan.members)
        columns = [Column(f"{word}({quoted(c)})", c) for word, c in edges]
        if len(self.scan.members) > 1:
            all_known = "count(first_period) = count(*)"
            columns[0] = Column(f"case when {all_known} then max(first_period) end", "first_period")
        every = indented("\nunion all by name\n".join(tables))
        return create_table(covered_table(self.scan.id), select(columns, f"(\n{every}\n)"))


def _is_or(expr: Expr) -> bool:
    return isinstance(expr, Binary) and expr.op == "or"


def _units_table(member: Member) -> str:
    return f"units__{member.scan.id}"


def _flag(column: str, reason: str) -> str:
    return f"{column}__{reason}"


def key_column(number: int) -> str:
    return f"key__{number + 1}"
