"""One scan as SQL: the typed rows, the cells that KPIs read, the finest groups, rolled up to each segmentation."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from kpispec.formula.check import names
from kpispec.formula.constants import constant
from kpispec.formula.tree import Binary, Expr, Name, Type
from kpispec.plan.conditions import parts_of
from kpispec.plan.layout import NEWEST, OLDEST, PERIOD, ROWS, SET, scan_table, set_mask
from kpispec.plan.model import NamedTerm, Plan, Request, Scan, Term
from kpispec.plan.rewrite import transform
from kpispec.sql import ranks
from kpispec.sql.codes import codes_of, cut_late
from kpispec.sql.curves import CURVES, Groups, Walk, curve, walks
from kpispec.sql.lower import Setting, at_least, lower, quoted
from kpispec.sql.relations import Source, SourceColumn
from kpispec.sql.rows import RowWriter, Steps
from kpispec.sql.setting import Clockwork
from kpispec.sql.terms import Part, holistic, multiplied, rolled, weighted
from kpispec.sql.text import Column, create_table, indented, select, with_clauses
from kpispec.sql.units import UnitWriter

CLOCK = "clock__"
UNIT = "unit__"
UNIT_PRODUCTS = "unit_products"
RANKS = "ranks_around"


def scan_statements(scan: Scan, sources: Mapping[str, Source], plan: Plan) -> tuple[str, ...]:
    """The statements that leave a scan's partials in a temporary table, and the periods its data covers in another.

    Rows that are taken to cover every period are not asked which they cover.
    """
    if scan.members:
        return UnitWriter(scan, sources, plan.request, Clockwork(plan.request)).statements()
    writer = ScanWriter(scan, sources, plan.request, Clockwork(plan.request))
    return (writer.partials(),) if plan.request.covered else (writer.partials(), writer.row_writer.covered())


@dataclass(slots=True)
class ScanWriter:
    """The SQL of one scan of rows. `sources` are those of data sets, by id.

    With `named`, all that is read of a row has a column in the cells, so that nothing is computed from them later but
    aggregates: they may then be drawn from.
    """

    scan: Scan
    sources: Mapping[str, Source]
    request: Request
    clock: Clockwork
    named: bool = False
    codes: tuple[SourceColumn, ...] = ()
    late: tuple[SourceColumn, ...] = ()  # codes and dimensions that are checked group by group
    flags: dict[tuple[str, str], str] = field(default_factory=dict)  # reject -> column, or `given - kept`
    conditions: dict[Expr, str] = field(default_factory=dict)
    arguments: dict[Expr, str] = field(default_factory=dict)
    parts: dict[Part, str] = field(default_factory=dict)
    row_writer: RowWriter = field(init=False)
    setting: Setting = field(init=False)
    source: Source = field(init=False)

    def __post_init__(self) -> None:
        self.row_writer = RowWriter(self.scan, self.sources, self.request, self.clock)
        self.source, self.setting = self.row_writer.source, self.row_writer.setting
        self.codes = codes_of(self.scan, self.source) if not self.named else ()
        late = self.scan.terms and not self.named
        self.late = (*self.codes, *cut_late(self.scan, self.source)) if late else ()
        uses = Counter(c for t in self.scan.terms for c in self._row_conditions(t))
        for named in self.scan.terms:
            if named.term.reject is not None:
                self.flags.setdefault(named.term.reject, self._flag(*named.term.reject))
            for condition in self._row_conditions(named):
                if (uses[condition] > 1 or self.named) and not isinstance(condition, Name):
                    self.conditions.setdefault(condition, f"is__{len(self.conditions) + 1}")
            for arg in named.term.args:
                if not isinstance(arg, Name) and constant(arg) is None and not self._of_group(arg):
                    self.arguments.setdefault(arg, f"value__{len(self.arguments) + 1}")

    @property
    def keys(self) -> frozenset[str]:
        """What is the same on all rows of a finest group."""
        return frozenset((*self.scan.dimensions, *(c.name for c in self.codes)))

    def _of_group(self, expr: Expr) -> bool:
        return not self.named and bool(names(expr)) and names(expr) <= self.keys

    def _row_conditions(self, named: NamedTerm) -> list[Expr]:
        """The conditions of a term that must be asked of each row."""
        return [w for w in named.term.where if not (named.term.additive and self._of_group(w))]

    def _group_conditions(self, named: NamedTerm) -> list[Expr]:
        return [w for w in named.term.where if named.term.additive and self._of_group(w)]

    def _column(self, name: str) -> SourceColumn:
        return next(c for c in self.source.columns if c.name == name)

    def _flag(self, column: str, reason: str) -> str:
        """The name of a reject flag; the last reason of a column is what is gone and has no other."""
        source = self._column(column)
        others = [self._flag_name(column, r) for r, _ in source.rejects if r != reason]
        if source.given is not None and column not in self._late_names and source.rejects[-1][0] == reason:
            return " - ".join([quoted(f"{column}__given"), quoted(column), *map(quoted, others)])
        return quoted(self._flag_name(column, reason))

    def _flag_name(self, column: str, reason: str) -> str:
        number = 1 + [r for r, _ in self._column(column).rejects].index(reason)
        return f"{column}__rejected_{number}"

    @property
    def _late_names(self) -> frozenset[str]:
        return frozenset(c.name for c in self.late)

    # statements

    def partials(self) -> str:
        """Each term by period and segmentation, and where the clock begins and ends in each."""
        return self.over(self.cells())

    def over(self, cells: Steps) -> str:
        """The same over steps that end in the cells."""
        additive = [t for t in self.scan.terms if t.term.additive]
        others = [t for t in self.scan.terms if not t.term.additive]
        over_groups = self._rolled(additive)
        steps = [*cells, ("finest", self._finest())]
        if self.late:
            steps.append(("checked", self._checked()))
        if not others:
            return create_table(scan_table(self.scan.id), with_clauses(steps, over_groups))
        steps.append(("rolled", over_groups))
        apart = (*CURVES, UNIT_PRODUCTS, RANKS)
        plain = [t for t in others if t.term.function not in apart and self._ranks_beside(t) is None]
        steps += [("whole_rows", self._holistic(plain))] if plain else []
        steps += [(walk.table, curve(walk, self._groups)) for walk in self._walks]
        for named in (t for t in others if t.term.function == RANKS):
            steps += ranks.steps(self._quantile(named), self._rank_keys, quoted("cells"))
        for number, unit in enumerate(self._sample_units, 1):
            steps += self._by_unit(number, unit)
        return create_table(scan_table(self.scan.id), with_clauses(steps, self._joined(others)))

    @property
    def _walks(self) -> tuple[Walk, ...]:
        curved = [t for t in self.scan.terms if t.term.function in CURVES]
        return walks((t.name, t.term.function, [*map(self._argument, t.term.args)], self._row_where(t)) for t in curved)

    @property
    def _groups(self) -> Groups:
        number, _ = self.grouping()
        keys = (Column(quoted(PERIOD), PERIOD), number, *self.segment_columns())
        sets = tuple(", ".join([quoted(PERIOD), *(quoted(d) for d in s)]) for s in self.scan.sets)
        return Groups(quoted("cells"), keys, sets)

    # rows of one sample unit, summed up before they are squared

    @property
    def _sample_units(self) -> tuple[Expr, ...]:
        return tuple(dict.fromkeys(t.term.args[0] for t in self.scan.terms if t.term.function == UNIT_PRODUCTS))

    def _by_unit(self, number: int, unit: Expr) -> Steps:
        """The sums of each unit in each group, then the sums of their products over the units of a group."""
        own = [t for t in self.scan.terms if t.term.function == UNIT_PRODUCTS and t.term.args[0] == unit]
        sums = {a: f"of_unit__{i}" for i, a in enumerate(dict.fromkeys(a for t in own for a in t.term.args[1:]), 1)}
        grouping, sets = self.grouping(UNIT)
        keys = [Column(quoted(PERIOD), PERIOD), grouping, *self.segment_columns()]
        columns = [*keys, Column(quoted(UNIT), UNIT)]
        columns += [Column(_of_unit(a, self._argument(a)), alias) for a, alias in sums.items()]
        known = select([Column("*", "*"), Column(self._argument(unit), UNIT)], quoted("cells"))
        first = select(columns, f"(\n{indented(known)}\n)", [f"{quoted(UNIT)} is not null"], sets)
        names = [quoted(c.alias) for c in keys]
        moments = [Column(n, c.alias) for n, c in zip(names, keys, strict=True)]
        for named in own:
            factors = [quoted(sums[a]) for a in named.term.args[1:]]
            moments.append(Column(f"sum({multiplied(factors)})", named.name))
        second = select(moments, quoted(f"units_{number}"), group=", ".join(names))
        return [(f"units_{number}", first), (_unit_table(number), second)]

    # rows and cells

    def cells(self, more: Sequence[Column] = (), read: Set[str] = frozenset()) -> Steps:
        """The steps from the rows to the cells. `more` are columns beside what terms read, over the names `read`."""
        rows = self._rows(read)
        return [*rows, ("cells", self._cells(rows[-1][0], more))]

    def _rows(self, read: Set[str]) -> Steps:
        given = {c.name: c.code.given for c in self.late if c.code is not None}
        flagged = [column for key, flag in self.flags.items() for column in self._flagged(key, flag)]
        needed = {n for t in self.scan.terms for e in (*t.term.args, *t.term.where) for n in names(e)}
        return self.row_writer.rows(given, flagged, needed | read)

    def _flagged(self, reject: tuple[str, str], flag: str) -> list[Column]:
        """What the rows carry so that a reject can be counted; of a code nothing, it is asked of the group."""
        name, reason = reject
        column = self._column(name)
        if name in self._late_names:
            return []
        if " - " in flag and column.given is not None:
            return [Column(column.given, f"{name}__given")]
        return [Column(dict(column.rejects)[reason], self._flag_name(name, reason))]

    def _cells(self, source: str, more: Sequence[Column]) -> str:
        """What the terms read, once a row: the period, the segments, conditions and arguments."""
        columns = [Column(self.row_writer.period(), PERIOD), *(Column(quoted(d), d) for d in self.scan.dimensions)]
        if self.scan.clock is not None:
            columns.append(Column(quoted(self.scan.clock), CLOCK))
        columns += [Column(quoted(c.name), c.name) for c in self.codes]
        taken = self.keys | {CLOCK} | {c.alias for c in more}
        columns += [Column(quoted(n), n) for n in sorted(self._inline() - taken - set(self.arguments.values()))]
        columns += [Column(lower(e, self.setting), alias) for e, alias in self.arguments.items()]
        columns += [Column(lower(e, self.setting), alias) for e, alias in self.conditions.items()]
        return select([*columns, *more], quoted(source), self.row_writer.bounds())

    def _inline(self) -> set[str]:
        """The columns that terms and flags read from the cells as they are."""
        trees = [a for t in self.scan.terms for a in t.term.args if a not in self.arguments]
        trees += [self._short(w) for t in self.scan.terms for w in self._row_conditions(t) if w not in self.conditions]
        found = {n for tree in trees for n in names(tree)}
        for (column, _), flag in self.flags.items():
            if column not in self._late_names:
                found |= {name.strip('"') for name in flag.split(" - ")}
        return found

    # terms

    def _condition(self, expr: Expr) -> str:
        return quoted(self.conditions[expr]) if expr in self.conditions else self._plain(self._short(expr))

    def _short(self, expr: Expr) -> Expr:
        """The expression with what the cells hold already named and not computed again."""

        def named(part: Expr) -> Expr | None:
            alias = self.arguments.get(part)
            return None if alias is None else Name(alias, place=part.place, type=part.type)

        return transform(expr, named)

    def _plain(self, expr: Expr) -> str:
        sql = lower(expr, self.setting)
        return f"({sql})" if isinstance(expr, Binary) and expr.op == "or" else sql

    def _row_where(self, named: NamedTerm) -> str:
        asked = frozenset(self._row_conditions(named))
        whole = next(
            (alias for arg, alias in self.arguments.items() if asked and frozenset(parts_of(arg)) == asked), None
        )
        if whole is not None:
            return quoted(whole)
        return " and ".join(self._condition(w) for w in self._row_conditions(named))

    def _group_where(self, named: NamedTerm) -> str:
        return " and ".join(self._plain(w) for w in self._group_conditions(named))

    def _argument(self, expr: Expr) -> str:
        return quoted(self.arguments[expr]) if expr in self.arguments else lower(expr, self.setting)

    def _part(self, part: Part, name: str) -> str:
        """The column of the finest groups for a part, shared by the terms that need it."""
        if part == Part("count", "", ""):
            return ROWS
        return self.parts.setdefault(part, name)

    def _additive(self, named: NamedTerm) -> Column:
        """A term over the finest groups, its parts noted."""
        term, row_where, where = named.term, self._row_where(named), self._group_where(named)
        if term.reject is not None:
            return Column(self._rejects(named, row_where, where), named.name)
        function = "sum" if term.function == "products" else term.function
        if term.args and all(self._of_group(a) for a in term.args):
            rows = quoted(self._part(Part("count", "", row_where), f"{named.name}__rows"))
            value = " * ".join(at_least(a, self.setting) for a in term.args)
            return Column(weighted(function, value, rows, where), named.name)
        arguments = [self._argument(a) for a in term.args]
        argument = multiplied(arguments) if term.function == "products" else "".join(arguments)
        part = self._part(Part(function, argument, row_where), named.name)
        return Column(rolled(function, part, where), named.name)

    def _rejects(self, named: NamedTerm, row_where: str, where: str) -> str:
        assert named.term.reject is not None
        flag = self.flags[named.term.reject]
        if named.term.reject[0] in self._late_names:
            part = self._part(Part("count", "", row_where), f"{named.name}__rows")
            return rolled("count", part, f"{where} and {flag}" if where else flag)
        return rolled("count", self._part(Part("rejects", flag, row_where), named.name), where)

    def _finest(self) -> str:
        clock = quoted(CLOCK) if self.scan.clock is not None else "null::timestamp"
        keys = [PERIOD, *self.scan.dimensions, *(c.name for c in self.codes)]
        columns = [*(Column(quoted(k), k) for k in keys), Column("count(*)", ROWS)]
        columns += [Column(f"min({clock})", OLDEST), Column(f"max({clock})", NEWEST)]
        for part, alias in self.parts.items():
            columns += part.columns(alias)
        return select(columns, quoted("cells"), group="all")

    def _checked(self) -> str:
        """The finest groups with their codes checked: a rejected code is null, its flag true."""
        flagged, replaced = [], []
        for column in self.late:
            if column.code is None:
                continue
            if column.code.sql != quoted(column.name):
                replaced.append(f"{column.code.sql} as {quoted(column.name)}")
            for reason, condition in column.code.rejects:
                if (column.name, reason) in self.flags:
                    flagged.append(Column(condition, self._flag_name(column.name, reason)))
        changed = "* replace (\n    " + ",\n    ".join(replaced) + "\n  )" if replaced else "*"
        return select([Column(changed, "*"), *flagged], quoted("finest"))

    def grouping(self, *keys: str) -> tuple[Column, str]:
        """The number of the segmentation of a group, and the grouping sets that make the groups."""
        dimensions = self.request.dimensions
        absent = set_mask(dimensions, self.scan.dimensions)
        here = [d for d in dimensions if d in self.scan.dimensions]
        bits = [f"{2 ** (len(dimensions) - 1 - dimensions.index(d))} * grouping({quoted(d)})" for d in here]
        number = " + ".join(([str(absent)] if absent or not bits else []) + bits)
        sets = [", ".join([quoted(PERIOD), *(quoted(d) for d in s), *keys]) for s in self.scan.sets]
        return Column(number, SET), "grouping sets (" + ", ".join(f"({s})" for s in sets) + ")"

    def _rolled(self, additive: list[NamedTerm]) -> str:
        number, sets = self.grouping()
        columns = [Column(quoted(PERIOD), PERIOD), number, *self.segment_columns()]
        columns += [Column(f"sum({quoted(ROWS)})", ROWS)]
        columns += [Column(f"{f}({quoted(c)})", c) for f, c in (("min", OLDEST), ("max", NEWEST))]
        columns += [self._additive(t) for t in additive]
        return select(columns, quoted("checked" if self.late else "finest"), group=sets)

    def segment_columns(self) -> list[Column]:
        found = []
        for dimension in self.request.dimensions:
            here = dimension in self.scan.dimensions
            found.append(Column(f"cast({quoted(dimension) if here else 'null'} as varchar)", dimension))
        return found

    def _holistic(self, others: list[NamedTerm]) -> str:
        number, sets = self.grouping()
        columns = [Column(quoted(PERIOD), PERIOD), number, *self.segment_columns()]
        for named in others:
            arguments = [self._argument(a) for a in named.term.args]
            columns.append(Column(holistic(named.term.function, arguments, self._row_where(named)), named.name))
        return select(columns, quoted("cells"), group=sets)

    def _joined(self, others: list[NamedTerm]) -> str:
        """The rolled-up terms beside those that needed all rows together."""
        columns, tables = [Column("rolled.*", "*")], {}
        for named in others:
            table = self._table_of(named)
            tables[table] = "join" if table == "whole_rows" else "left join"
            columns.append(Column(f"{table}.{quoted(named.name)}", named.name))
        joined = [f"{word} {table}\n  on {self._matched(table)}" for table, word in tables.items()]
        return select(columns, " ".join(["rolled", *joined]))

    # quantiles with the order statistics around them

    def _ranks_beside(self, named: NamedTerm) -> NamedTerm | None:
        """The order statistics around a quantile, which is found with them."""
        return next((t for t in self.scan.terms if _around_it(t.term, named.term)), None)

    def _quantile(self, named: NamedTerm) -> ranks.Quantile:
        value, p, z = named.term.args
        found = next((t.name for t in self.scan.terms if _around_it(named.term, t.term)), None)
        known = (constant(p) or 0.0, constant(z) or 0.0)
        return ranks.Quantile(self._argument(value), self._row_where(named), *known, named.name, found)

    @property
    def _rank_keys(self) -> ranks.Keys:
        number, _ = self.grouping()
        groups = (Column(quoted(PERIOD), PERIOD), number, *self.segment_columns())
        sets = tuple(", ".join([quoted(PERIOD), *(quoted(d) for d in s)]) for s in self.scan.sets)
        return ranks.Keys((PERIOD, *self.scan.dimensions), groups, sets)

    def _table_of(self, named: NamedTerm) -> str:
        beside = named if named.term.function == RANKS else self._ranks_beside(named)
        if beside is not None:
            return quoted(self._quantile(beside).table)
        if named.term.function in CURVES:
            return quoted(next(w.table for w in self._walks if named.name in w.names))
        if named.term.function == UNIT_PRODUCTS:
            return quoted(_unit_table(1 + self._sample_units.index(named.term.args[0])))
        return "whole_rows"

    def _matched(self, table: str) -> str:
        keys = [PERIOD, SET, *self.request.dimensions]
        return "\n  and ".join(f"rolled.{quoted(k)} is not distinct from {table}.{quoted(k)}" for k in keys)


def _around_it(around: Term, term: Term) -> bool:
    same = (around.args[:2], around.where, around.whole) == (term.args, term.where, term.whole)
    return around.function == RANKS and term.function == "quantile_cont" and same


def _unit_table(number: int) -> str:
    return f"over_units_{number}"


def _of_unit(argument: Expr, sql: str) -> str:
    """What a unit's rows add up to; a condition counts the unit once."""
    if argument.type is Type.BOOLEAN:
        return f"case when count_if({sql}) > 0 then 1 else 0 end"
    return f"coalesce(sum({sql}), 0)"
