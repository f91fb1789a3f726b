"""The last statement of a run: periods and segments, the terms beside each other, and every KPI's value over them."""

from collections.abc import Callable, Iterable

from kpispec.formula.tree import Expr, Name, walk
from kpispec.plan.layout import (
    PERIOD,
    SET,
    covered_table,
    drawn_table,
    fatal_column,
    has_column,
    n_column,
    part_column,
    reject_column,
    scan_table,
    seen_column,
    set_mask,
    zero_column,
)
from kpispec.plan.model import MEASURE, MEASURE_N, TERM, Measure, NamedTerm, Plan, Request, Scan
from kpispec.plan.resample import PARTS
from kpispec.plan.split import split_terms
from kpispec.sql.lower import Setting, lower, number_literal, quoted, text_literal
from kpispec.sql.setting import Clockwork
from kpispec.sql.text import Column, indented, select, with_clauses
from kpispec.windows import parse_offset


def combine(plan: Plan) -> str:
    """The select of one row a period and segment, and for each measure its value and what is needed to judge it."""
    steps = [
        ("periods", _periods(plan)),
        ("segments", _segments(plan)),
        ("spine", _spine(plan)),
        ("terms", _terms(plan)),
    ]
    last = "terms"
    for number, level in enumerate(_levels(plan.measures), 1):
        last_step = f"values_{number}"
        steps.append((last_step, _values(plan, level, last)))
        last = last_step
    if _looks_back(plan):
        steps.append(("intervals", _interval_parts(plan, last)))
        last = "intervals"
    keys = [quoted(c) for c in (PERIOD, SET, *plan.request.dimensions)]
    return with_clauses(steps, select(_result(plan), quoted(last), order=", ".join(keys)))


# the spine ----------------------------------------------------------------------------------------------------------


def _periods(plan: Plan) -> str:
    """Every period from the first to the last that is covered, or asked for."""
    if plan.request.grain == "all":
        return f"select 0 as {quoted(PERIOD)}"
    known = "\nunion all\n".join(
        f"select first_period, last_period from {quoted(covered_table(s.id))}" for s in plan.scans
    )
    earliest, latest = plan.reach
    first = "min(first_period)" if earliest is None else str(earliest)
    last = "max(last_period)" if latest is None else str(latest)
    if earliest is not None and latest is not None:
        return f"select unnest(generate_series({first}, {last})) as {quoted(PERIOD)}"
    return f"select unnest(generate_series({first}, {last})) as {quoted(PERIOD)}\nfrom (\n{indented(known)}\n)"


def _segments(plan: Plan) -> str:
    """Every segment that a data set declares or that its scan saw, and which data sets have it."""
    keys = [quoted(c) for c in (SET, *plan.request.dimensions)]
    named, dated = ", ".join(keys), f"where {quoted(PERIOD)} is not null"
    asked = ", ".join(str(set_mask(plan.request.dimensions, s)) for s in plan.request.sets)
    found = []
    for scan in plan.scans:
        kept = f"{dated} and {quoted(SET)} in ({asked})" if any(scan.wholes) else dated
        found.append(f"select {named}, {text_literal(scan.id)} as dataset__ from {quoted(scan_table(scan.id))} {kept}")
    rows = ",\n  ".join(f"({row})" for scan in plan.scans for row in _declared(plan, scan))
    known = "\nunion all\n".join([*found, f"select * from (values\n  {rows}\n)"])
    columns = [Column(k, k.strip('"')) for k in keys]
    columns += [Column(f"bool_or(dataset__ = {text_literal(s.id)})", has_column(s.id)) for s in plan.scans]
    return select(columns, f"(\n{indented(known)}\n)", group="all")


def _declared(plan: Plan, scan: Scan) -> list[str]:
    """The whole, and the segments that a data set declares, as rows."""
    dimensions, dataset = plan.request.dimensions, text_literal(scan.id)
    found = [[str(set_mask(dimensions, ())), *("null" for _ in dimensions), dataset]]
    for cut in (s for s in scan.sets if s in plan.request.sets):
        column = scan.dataset.spec.column(cut[0]) if len(cut) == 1 else None
        for value in column.checks.values if column is not None else ():
            cells = [text_literal(value) if d == cut[0] else "null" for d in dimensions]
            found.append([str(set_mask(dimensions, cut)), *cells, dataset])
    return [", ".join(cells) for cells in found]


# terms --------------------------------------------------------------------------------------------------------------


def _spine(plan: Plan) -> str:
    """Every period with every segment, and which data sets cover the period."""
    columns = [Column(quoted(PERIOD), PERIOD), Column("segments.*", "*")]
    tables = []
    for scan in plan.scans if not plan.request.covered else ():
        covered = quoted(covered_table(scan.id))
        columns.append(Column(f"{quoted(PERIOD)} between {covered}.first_period and {covered}.last_period", _in(scan)))
        tables.append(f"cross join {covered}")
    return select(columns, "\n".join(["periods cross join segments", *tables]))


def _in(scan: Scan) -> str:
    return f"in__{scan.id}"


def _terms(plan: Plan) -> str:
    """The terms of all scans beside each other. Where a scan covers a period but has no row, its counts are 0."""
    keys = [PERIOD, SET, *plan.request.dimensions]
    columns = [Column(f"spine.{quoted(k)}", k) for k in (*keys, *(has_column(s.id) for s in plan.scans))]
    joins = ["spine"]
    for scan in plan.scans:
        for whole in scan.wholes or ((),):
            joins.append(_beside_spine(plan, scan, whole))
            columns += [_term(plan, scan, named) for named in scan.terms if named.term.whole == whole]
    for measure in (m for m in plan.measures if m.resampled is not None):
        table = quoted(drawn_table(measure.id))
        matched = [f"{table}.{quoted(k)} is not distinct from spine.{quoted(k)}" for k in keys]
        joins.append(f"left join {table} on " + "\n  and ".join(matched))
        columns += [Column(f"{table}.{quoted(p)}", part_column(measure.id, p)) for p in PARTS]
    return select(columns, "\n".join(joins))


def _beside_spine(plan: Plan, scan: Scan, whole: tuple[str, ...]) -> str:
    """A scan's partials for each segment; those of `whole` dimensions are the same for all values of these."""
    table = quoted(_partials_of(scan, whole))
    named = quoted(scan_table(scan.id)) + (f" as {table}" if whole else "")
    return f"left join {named} on {beside_spine(plan.request, table, f'spine.{quoted(PERIOD)}', whole)}"


def beside_spine(request: Request, table: str, period: str, whole: tuple[str, ...]) -> str:
    """The rows of partials that belong to a period and segment of the spine, not cut by the dimensions of `whole`."""
    dimensions = request.dimensions
    bits = sum(2 ** (len(dimensions) - 1 - dimensions.index(d)) for d in whole)
    mask = f"(spine.{quoted(SET)} | {bits})" if bits else f"spine.{quoted(SET)}"
    on = [f"{table}.{quoted(PERIOD)} = {period}", f"{table}.{quoted(SET)} = {mask}"]
    on += [f"{table}.{quoted(d)} is not distinct from spine.{quoted(d)}" for d in dimensions if d not in whole]
    return "\n  and ".join(on)


def _partials_of(scan: Scan, whole: tuple[str, ...]) -> str:
    return scan_table(scan.id) + "".join(f"__without_{d}" for d in whole)


def _term(plan: Plan, scan: Scan, named: NamedTerm) -> Column:
    column = f"{quoted(_partials_of(scan, named.term.whole))}.{quoted(named.name)}"
    if plan.request.covered:
        return Column(f"coalesce({column}, 0)" if named.term.zero else column, named.name)
    if not named.term.zero:
        bounded = scan.covers != (None, None)  # else there is no row outside of what is covered
        bounded = bounded or not scan.placement.plain or bool(scan.members)
        return Column(f"case when {quoted(_in(scan))} then {column} end" if bounded else column, named.name)
    return Column(f"case when {quoted(_in(scan))} then coalesce({column}, 0) end", named.name)


# values -------------------------------------------------------------------------------------------------------------


def _levels(measures: tuple[Measure, ...]) -> list[list[Measure]]:
    """Measures in steps, each step over those before it."""
    depth: dict[str, int] = {}
    for measure in measures:
        depth[measure.id] = 1 + max((depth[id] for _, id, _ in measure.upstream), default=0)
    return [[m for m in measures if depth[m.id] == level] for level in range(1, max(depth.values(), default=0) + 1)]


def _name(name: Name) -> str:
    kind, *earlier = name.path
    column = quoted(n_column(name.name) if (kind,) == MEASURE_N else name.name)
    assert (kind,) in (TERM, MEASURE, MEASURE_N)
    return f"{quoted(_earlier(tuple(earlier)))}.{column}" if earlier else column


Chain = tuple[str, ...]


def _earlier(chain: Chain) -> str:
    """The rows of the periods that offsets, one after the other, lead to."""
    return "_then_".join(offset.replace("-", "minus_").replace(" ", "_") for offset in chain)


def _chains(trees: Iterable[Expr]) -> tuple[Chain, ...]:
    found = (e.path[1:] for t in trees for e in walk(t) if isinstance(e, Name) and len(e.path) > 1)
    return tuple(dict.fromkeys(found))


# intervals ----------------------------------------------------------------------------------------------------------


def _looks_back(plan: Plan) -> bool:
    """Whether an interval reads terms of earlier periods."""
    return bool(_chains(tree for m in plan.measures for _, tree in m.parts))


def _interval_parts(plan: Plan, source: str) -> str:
    columns = [Column(f"{quoted(source)}.*", "*")]
    for measure in plan.measures:
        setting = Clockwork(plan.request).setting(_name_beside(source), measure.frame)
        columns += _parts(measure, setting)
    chains = _chains(tree for m in plan.measures for _, tree in m.parts)
    return select(columns, "\n".join([quoted(source), *(_at(plan, source, c) for c in chains)]))


def _parts(measure: Measure, setting: Setting) -> list[Column]:
    return [Column(lower(tree, setting), part_column(measure.id, part)) for part, tree in measure.parts]


def _values(plan: Plan, measures: list[Measure], source: str) -> str:
    clock = Clockwork(plan.request)
    trees = [t for m in measures for t in (m.value, m.n, m.seen, *m.zero) if t is not None]
    offsets = _chains(trees)
    columns = [Column(f"{quoted(source)}.*" if offsets else "*", "*")]
    for measure in measures:
        setting = clock.setting(_name_beside(source) if offsets else _name, measure.frame)
        columns.append(Column(f"cast({lower(measure.value, setting)} as double)", measure.id))
        columns += _beside(measure, setting)
    joins = [_at(plan, source, offset) for offset in offsets]
    return select(columns, "\n".join([quoted(source), *joins]))


def _name_beside(source: str) -> Callable[[Name], str]:
    """Names where rows of earlier periods stand beside: those of the period itself say so."""
    return lambda name: _name(name) if len(name.path) > 1 else f"{quoted(source)}.{_name(name)}"


def _at(plan: Plan, source: str, chain: Chain) -> str:
    """The same segment in the period that offsets lead to."""
    table, own, clock = quoted(_earlier(chain)), quoted(source), Clockwork(plan.request)
    key = f"{own}.{quoted(PERIOD)}"
    for number, offset in enumerate(chain):
        length = parse_offset(offset)
        assert length is not None
        key = clock.shifted(f"({key})" if number else key, length)
    keys = [f"{table}.{quoted(PERIOD)} = {key}"]
    keys += [f"{table}.{quoted(k)} is not distinct from {own}.{quoted(k)}" for k in (SET, *plan.request.dimensions)]
    return f"left join {own} as {table} on " + "\n  and ".join(keys)


def _beside(measure: Measure, setting: Setting) -> list[Column]:
    def tree(expr: Expr | None, missing: str) -> str:
        return lower(expr, setting) if expr is not None else missing

    zero = " or ".join(f"coalesce({lower(z, setting)} = 0, false)" for z in measure.zero)
    return [
        Column(tree(measure.n, "null"), n_column(measure.id)),
        Column(tree(measure.seen, "null"), seen_column(measure.id)),
        Column(zero or "false", zero_column(measure.id)),
    ]


def _result(plan: Plan) -> list[Column]:
    ready = _looks_back(plan)
    has = (has_column(s.id) for s in plan.scans)
    columns = [Column(quoted(k), k) for k in (PERIOD, SET, *plan.request.dimensions, *has)]
    for measure in plan.measures:
        columns.append(Column(_finite(measure), measure.id))
        columns += [
            Column(quoted(c), c) for c in (n_column(measure.id), seen_column(measure.id), zero_column(measure.id))
        ]
        if ready:
            columns += [Column(quoted(c), c) for c in (part_column(measure.id, p) for p, _ in measure.parts)]
        else:
            columns += _parts(measure, Clockwork(plan.request).setting(_name, measure.frame))
        for reason, terms in measure.rejects:
            total = " + ".join(f"coalesce({quoted(t)}, 0)" for t in terms)
            columns.append(Column(total, reject_column(measure, reason)))
        if measure.fatal:
            total = " + ".join(f"coalesce({quoted(term)}, 0)" for _, term in measure.fatal)
            columns.append(Column(total, fatal_column(measure.id)))
    return columns + [Column(f"cast({quoted(term)} as double)", term) for term in split_terms(plan)]


def _finite(measure: Measure) -> str:
    """The value in its unit. What is no number is null: it must not be judged."""
    own = quoted(measure.id)
    value = own if measure.factor == 1 else f"{own} / {number_literal(measure.factor)}"
    return f"case when isfinite({own}) then {value} end"
