"""A run: bindings opened, the plan made and executed, cells judged. The report is made of what comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kpispec.catalog.calendars import lacking_calendar
from kpispec.catalog.datasets import checked_filters, row_scope
from kpispec.catalog.joins import with_joined
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.engine.base import Engine, EngineError, Failure, Timing
from kpispec.evaluate.table import Cells, DatasetFacts, read
from kpispec.plan.layout import NEWEST, OLDEST, ROWS
from kpispec.plan.model import Plan, Request, Unavailable
from kpispec.plan.plan import Narrowing, plan
from kpispec.project.asked import rows_of
from kpispec.project.binding import Opened, open_bindings
from kpispec.project.load import CallError, Loaded
from kpispec.source import Text
from kpispec.sql.script import Script


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found, before it is judged."""

    plan: Plan
    script: Script
    opened: Opened
    cells: Cells
    facts: Mapping[str, DatasetFacts]
    failed: Mapping[str, EngineError] = field(default_factory=dict)  # KPI -> why its query failed
    timings: tuple[Timing, ...] = ()
    where: Narrowing = ()
    loaded: Loaded | None = None  # with the columns of undeclared data sets, where it reads one


Notify = Callable[[str], None]


def _silent(_words: str) -> None:
    pass


def execute(
    loaded: Loaded,
    ids: Sequence[str],
    request: Request,
    engine: Engine,
    where: str | None = None,
    notify: Notify = _silent,
) -> Outcome:
    """Run KPIs. What fails is in the outcome, and the rest is computed; only a wrong call raises (CallError).

    `notify` is told what is being done, a few words at a time.
    """
    notify("opening the data")
    loaded, opened = _opened(loaded, ids, request, engine)
    sound = [i for i in ids if i in loaded.catalog.kpis]
    narrowing = _narrowing(loaded, sound, where)
    planned = plan(loaded.catalog, sound, opened.bound, request, narrowing)
    planned = replace(planned, unavailable=_explained(planned, loaded, opened))
    if not planned.scans:
        statements = opened.script(planned)
        return Outcome(planned, statements, opened, Cells({}, (), ()), {}, where=narrowing, loaded=loaded)
    try:
        outcome = _run(planned, opened, engine, notify)
    except EngineError as error:
        outcome = _apart(loaded, [i for i in sound if planned.measure(i)], planned, opened, engine, narrowing, error)
    return replace(outcome, where=narrowing, loaded=loaded)


def _opened(loaded: Loaded, ids: Sequence[str], request: Request, engine: Engine) -> tuple[Loaded, Opened]:
    """The data behind KPIs opened. Formulas over undeclared data sets are checked again, now that types are known."""
    sound = [i for i in ids if i in loaded.catalog.kpis]
    opened = open_bindings(loaded, _read_by(loaded, sound), request, engine)
    told = opened.described(loaded.catalog)
    if not told:
        return loaded, opened
    findings = Findings()
    bound = {b.dataset: b.span for b in loaded.project.bindings}
    catalog = resolve(loaded.catalog.documents, bound, findings, described=told, calendar=loaded.project.calendar)
    known = {(f.rule, f.subject, f.message) for f in loaded.findings}
    for finding in findings:
        if (finding.rule, finding.subject, finding.message) not in known:
            opened.findings.keep(finding)
    return replace(loaded, catalog=catalog), opened


def _run(planned: Plan, opened: Opened, engine: Engine, notify: Notify = _silent) -> Outcome:
    statements = opened.script(planned)
    engine.run(*statements.setup)
    check_joins(statements, engine)
    for id, group in statements.scans:
        notify(f"reading {id}")
        engine.run(*group)
    for id, group in statements.draws:
        notify(f"resampling {id}")
        engine.run(*group)
    notify("combining")
    table = engine.run(statements.combine)
    facts = {}
    for id, sql in statements.facts:
        found = engine.run(sql)
        facts[id] = _facts(found.columns, found.rows[0], planned)
    cells = read(planned, table.columns, table.rows)
    return Outcome(planned, statements, opened, cells, facts, timings=engine.timings)


def check_joins(statements: Script, engine: Engine) -> None:
    """Raises EngineError where a joined data set has two rows for one of ours, and would count it twice."""
    for check in statements.checks:
        found = engine.run(check.sql).rows
        if found:
            keys = " and ".join(f"`{k}`" for k in check.keys)
            named = "; ".join(", ".join(str(v) for v in row[:-1]) for row in found)
            message = (
                f"join `{check.join}`: data set `{check.dataset}` has more than one row for the same {keys}: {named}"
            )
            raise EngineError(Failure.OTHER, message)


def _apart(
    loaded: Loaded,
    ids: Sequence[str],
    planned: Plan,
    opened: Opened,
    engine: Engine,
    where: Narrowing,
    error: EngineError,
) -> Outcome:
    """A query failed: find the KPIs that fail on their own, and run the others once more."""
    failed = {ids[0]: error} if len(ids) == 1 else {}
    for id in ids if len(ids) > 1 else ():
        try:
            _run(plan(loaded.catalog, [id], opened.bound, planned.request, where), opened, engine)
        except EngineError as own:
            failed[id] = own
    rest = [i for i in ids if i not in failed]
    if not failed:
        raise error
    if not rest:
        statements = opened.script(planned)
        return Outcome(planned, statements, opened, Cells({}, (), ()), {}, failed, engine.timings)
    left = replace(plan(loaded.catalog, rest, opened.bound, planned.request, where), unavailable=planned.unavailable)
    return replace(_run(left, opened, engine), failed=failed)


def _read_by(loaded: Loaded, ids: Sequence[str]) -> tuple[str, ...]:
    """The data sets behind KPIs, in the order they are first read."""
    found: dict[str, None] = {}
    for id in ids:
        kpi = loaded.catalog.kpis[id]
        for rows in kpi.rows:
            found.update(dict.fromkeys(with_joined(rows.dataset, loaded.catalog.datasets)))
        found.update(dict.fromkeys(_read_by(loaded, [k.kpi for k in kpi.kpis])))
    return tuple(found)


def _narrowing(loaded: Loaded, ids: Sequence[str], where: str | None) -> Narrowing:
    """`--where`, checked against each data set that is read. A mistake in it is a wrong call."""
    if where is None:
        return ()
    found = []
    rows = {r.dataset for i in ids for r in rows_of(loaded.catalog, i)}
    for id in (d for d in _read_by(loaded, ids) if d in rows):
        dataset = loaded.catalog.datasets[id]
        findings = Findings()
        scope = row_scope(dataset, loaded.catalog.macros)
        conditions = checked_filters([Text.of(where, "--where")], scope, "--where", findings)
        wrong = next((f for f in findings if f.severity == "error"), None)
        if wrong is not None:
            raise CallError(f"`--where {where}`: {wrong.message}", wrong.help)
        lack = lacking_calendar(conditions, loaded.catalog.calendars)
        if lack is not None:
            raise CallError(f"`--where {where}`: {lack[0]}", lack[1])
        found.append((id, conditions))
    return tuple(found)


def _explained(planned: Plan, loaded: Loaded, opened: Opened) -> tuple[Unavailable, ...]:
    """KPIs whose data set could not be opened, or does not fit its binding, say so, not that it is unbound."""
    found = [_told(lack, loaded, opened) for lack in planned.unavailable]
    by_kpi = {lack.kpi: lack for lack in found}
    return tuple(_inherited(lack, by_kpi) for lack in found)


def _told(lack: Unavailable, loaded: Loaded, opened: Opened) -> Unavailable:
    dataset = str(dict(lack.values).get("dataset", ""))
    if dataset in opened.failures:
        message = opened.failures[dataset].message
    elif lack.code == "not-bound" and loaded.project.binding(dataset) is not None:
        message = f"data set `{dataset}` does not fit what `data.{dataset}` binds it to"
    else:
        return lack
    return Unavailable(lack.kpi, "error", "engine-failed", (("message", message),))


def _inherited(lack: Unavailable, by_kpi: Mapping[str, Unavailable]) -> Unavailable:
    if lack.code != "upstream":
        return lack
    above = by_kpi.get(str(dict(lack.values)["kpi"]))
    return (
        lack
        if above is None
        else Unavailable(lack.kpi, above.status, "upstream", (*lack.values, ("status", above.status)))
    )


def _facts(columns: Sequence[str], row: Sequence[object], planned: Plan) -> DatasetFacts:
    at = dict(zip(columns, row, strict=True))

    def whole(name: str) -> int | None:
        value = at.get(name)
        return value if isinstance(value, int) else None

    undated = {c.removeprefix("undated "): whole(c) or 0 for c in columns if c.startswith("undated ")}
    lapsed = {c.removeprefix("lapsed "): whole(c) or 0 for c in columns if c.startswith("lapsed ")}
    rejected = [(c.removeprefix("rejected "), whole(c) or 0) for c in columns if c.startswith("rejected ")]
    return DatasetFacts(
        rows=whole(ROWS) or 0,
        oldest=_wall_clock(at.get(OLDEST), planned.request),
        newest=_wall_clock(at.get(NEWEST), planned.request),
        first=whole("first_period"),
        last=whole("last_period"),
        undated=undated,
        lapsed=lapsed,
        rejected=tuple((name, count) for name, count in rejected if count),
    )


def _wall_clock(value: object, request: Request) -> datetime | None:
    """A clock value on the project's wall clock: instants come back in UTC, days as they are."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).astimezone(ZoneInfo(request.timezone)).replace(tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan with its SQL, nothing run but what describing the data took."""

    plan: Plan
    script: Script
    opened: Opened

    @property
    def text(self) -> str:
        return self.opened.shown(self.script.text(tuple(self.opened.setup)))


def compiled(
    loaded: Loaded, ids: Sequence[str], request: Request, engine: Engine, where: str | None = None
) -> Compiled:
    """The plan and SQL of KPIs. Data sets that cannot be opened raise their EngineError."""
    loaded, opened = _opened(loaded, ids, request, engine)
    sound = [i for i in ids if i in loaded.catalog.kpis]
    for error in opened.failures.values():
        raise error
    planned = plan(loaded.catalog, sound, opened.bound, request, _narrowing(loaded, sound, where))
    return Compiled(planned, opened.script(planned), opened)
