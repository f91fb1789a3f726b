"""All statements of a run, in order, as they are executed and printed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kpispec.plan.layout import NEWEST, OLDEST, PERIOD, ROWS, SET, covered_table, scan_table, set_mask
from kpispec.plan.model import Plan, Scan
from kpispec.sql.besides import Uniqueness, besides_of, joining
from kpispec.sql.combine import combine
from kpispec.sql.lower import quoted
from kpispec.sql.relations import Source
from kpispec.sql.resample import resampling, times_drawn
from kpispec.sql.rows import RowWriter
from kpispec.sql.scan import scan_statements
from kpispec.sql.setting import Clockwork
from kpispec.sql.text import Column, defines, indented, select
from kpispec.sql.zones import macros

EDGES = ("first_period", "last_period", OLDEST, NEWEST)


@dataclass(frozen=True, slots=True)
class Script:
    """The statements: `setup` defines what the others name, `scans` fill temporary tables, `combine` reads them.

    `draws` fill one for each measure whose interval is by resampling. `facts` tell of each scan.
    """

    setup: tuple[str, ...]
    scans: tuple[tuple[str, tuple[str, ...]], ...]
    combine: str
    facts: tuple[tuple[str, str], ...]
    draws: tuple[tuple[str, tuple[str, ...]], ...] = ()
    checks: tuple[Uniqueness, ...] = ()  # what must hold of joined data sets before anything is read

    def text(self, setup: tuple[str, ...] = ()) -> str:
        """The whole as a text that runs as it stands and ends in the values."""
        return printed((*setup, *self.setup, *self.queries))

    @property
    def queries(self) -> tuple[str, ...]:
        """The statements that read data, in order."""
        return (*(s for _, group in (*self.scans, *self.draws) for s in group), self.combine)


def printed(statements: Iterable[str]) -> str:
    """Statements as one text."""
    return "".join(f"{statement};\n\n" for statement in statements).rstrip("\n") + "\n"


def script(plan: Plan, sources: Mapping[str, Source], zones: Iterable[str] = (), *, views: bool = True) -> Script:
    """The statements of a plan over its sources. `zones` are those of bindings, beside the project's own.

    Without `views` a source is written out where it is read: harder on the eyes, and for few rows half the work.
    """
    named_views = {id: _view(id, found) for id, found in sources.items() if views and "\n" in found.relation}
    named = {
        id: replace(found, relation=quoted(_view_name(id))) if id in named_views else found
        for id, found in sources.items()
    }
    scans = tuple((s.id, scan_statements(s, named, plan)) for s in plan.scans)
    draws, last = resampling(plan, named), combine(plan)
    text = "".join([*named_views.values(), *(s for _, group in (*scans, *draws) for s in group), last])
    return Script(
        setup=(*_macros(plan, zones, text), *named_views.values()),
        scans=scans,
        combine=last,
        facts=tuple((s.id, _facts(plan, s, named)) for s in plan.scans),
        draws=draws,
        checks=_checks(plan, named),
    )


def _checks(plan: Plan, sources: Mapping[str, Source]) -> tuple[Uniqueness, ...]:
    found = (check for s in plan.scans for b in besides_of(s) for check in joining(plan.request, sources).checks((b,)))
    return tuple({check.sql: check for check in found}.values())


def _view_name(dataset: str) -> str:
    return f"source__{dataset}"


def _view(dataset: str, source: Source) -> str:
    """The typed rows of a data set under a name, where typing them takes more than naming a file."""
    return f"create or replace temporary view {quoted(_view_name(dataset))} as\nselect * from {source.relation}"


def _macros(plan: Plan, zones: Iterable[str], text: str) -> tuple[str, ...]:
    """The conversions between clocks and the periods that the statements name."""
    clock = Clockwork(plan.request)
    first, last = clock.reach()
    every = dict.fromkeys((plan.request.timezone, *zones))
    conversions = (m for zone in every for m in macros(zone, first, last) if defines(m, text))
    chances = (m for m in (times_drawn(),) if defines(m, text))
    return (*conversions, *clock.statements(text), *chances)


def _facts(plan: Plan, scan: Scan, sources: Mapping[str, Source]) -> str:
    """One row: how many rows there were, where the clock begins and ends, what was left out."""
    counted = [s for s in (scan, *(m.scan for m in scan.members)) if s.lapsed]
    lapsed = (RowWriter(s, sources, plan.request, Clockwork(plan.request)).lapsed() for s in counted)
    parts = [f"(\n{indented(sql)}\n)" for sql in (_seen(plan, scan), *lapsed)]
    return select([Column("*", "*")], "\ncross join ".join(parts)) if counted else _seen(plan, scan)


def _seen(plan: Plan, scan: Scan) -> str:
    """Of a scan's own table: rows and the clock's ends, what had no clock, what was rejected."""
    table, covered = quoted(scan_table(scan.id)), quoted(covered_table(scan.id))
    counts = _counts(plan, scan) if scan.placement.plain else []
    if scan.members:  # a row may be in several of its groups, or in none
        rows = Column(f"(select {quoted(ROWS)} from {covered})", ROWS)
    else:
        rows = Column(f"cast(sum({quoted(ROWS)}) as bigint)", ROWS)
    if not scan.placement.plain or (scan.members and not counts):
        return select([Column(quoted(c), c) for c in (ROWS, *EDGES)], covered)
    edges = (Column(f"(select {quoted(edge)} from {covered})", edge) for edge in EDGES)
    whole = set_mask(plan.request.dimensions, ())
    return select([rows, *edges, *counts], table, [f"{quoted(SET)} = {whole}"])


def _counts(plan: Plan, scan: Scan) -> list[Column]:
    """How many rows had no clock, and how many cells were rejected whichever KPI reads them."""
    found, undated = [], {term for m in plan.measures for id, term in m.undated if id == scan.id}
    for named in scan.terms:
        if named.name in undated:
            missing = f"sum(case when {quoted(PERIOD)} is null then {quoted(named.name)} end)"
            found.append(Column(f"cast(coalesce({missing}, 0) as bigint)", f"undated {named.name}"))
    for id, column, reason, term in plan.reject_totals:
        if id == scan.id:
            found.append(Column(f"cast(coalesce(sum({quoted(term)}), 0) as bigint)", f"rejected {column}: {reason}"))
    return found
