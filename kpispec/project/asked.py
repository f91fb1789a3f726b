"""What a run is asked for, with every default settled: grain, periods, as-of, segments, filters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kpispec.catalog.model import BoundRows, Catalog
from kpispec.catalog.names import closest
from kpispec.periods import DeclaredPeriods, Grains, Period, key_of, parse_period
from kpispec.plan.model import Request
from kpispec.project.load import CallError, Loaded
from kpispec.spec import ScorecardSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of `run`, `render`, `compile` and `check`. `first` and `last` are days, the last one excluded."""

    as_of: datetime
    period: str | None = None
    at: str | None = None
    first: date | None = None
    last: date | None = None
    by: tuple[str, ...] = ()
    where: str | None = None
    compare: tuple[str, ...] | None = None
    threads: int | None = None
    memory_limit: str | None = None
    explain_change: bool = False


def selected(
    loaded: Loaded, names: Sequence[str], *, everything: bool = False
) -> tuple[tuple[str, ...], ScorecardSpec | None]:
    """The KPIs that ids of KPIs and scorecards stand for, and the scorecard where a single one is named."""
    catalog = loaded.catalog
    if everything:
        return tuple(i for i, s in catalog.specs.items() if s.library is None), None
    if not names:
        raise CallError("nothing is asked for", "name a KPI or a scorecard, or pass `--all`")
    ids: dict[str, None] = {}
    card: ScorecardSpec | None = None
    for name in names:
        if name in catalog.scorecards:
            card = catalog.scorecards[name]
            ids.update(dict.fromkeys(listed(card)))
        elif name in catalog.specs or any(d.kind == "kpi" and d.id == name for d in catalog.documents):
            ids[name] = None
        else:
            raise CallError(
                f"there is no KPI or scorecard `{name}`", nearest(name, [*catalog.specs, *catalog.scorecards])
            )
    return tuple(ids), card if len(names) == 1 else None


def listed(card: ScorecardSpec) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.kpi.value for section in card.sections for entry in section.kpis))


def nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    return closest(word, known) or (
        f"there are {', '.join(f'`{k}`' for k in known[:12])}" if known else "none is defined"
    )


def request_of(
    loaded: Loaded, asked: Asked, ids: Sequence[str], card: ScorecardSpec | None, *, page: bool = False
) -> Request:
    """The request of a run over a project. A `page` counts rejects by data set, and splits changes."""
    zone = loaded.project.timezone
    as_of = asked.as_of if asked.as_of.tzinfo is not None else asked.as_of.replace(tzinfo=ZoneInfo(zone))
    day = as_of.astimezone(ZoneInfo(zone)).date()
    grains = loaded.catalog.calendars.grains
    at = _at(asked, grains)
    grain = _grain(asked, at, card, loaded.catalog, ids)
    first, last = _reach(asked, at, grain, grains, card, day)
    sets = _sets(asked.by, card, loaded.catalog)
    if asked.explain_change:
        _check_split(asked, grain, sets)
    return Request(
        grain=grain,
        as_of=as_of,
        as_of_day=day,
        timezone=zone,
        first=first,
        last=last,
        sets=sets,
        history=asked.compare != () or looks_back(loaded.catalog, ids),
        reject_totals=page,
        calendars=loaded.catalog.calendars,
        split=asked.explain_change or page,
    )


def _check_split(asked: Asked, grain: str, sets: tuple[tuple[str, ...], ...]) -> None:
    """A change is split by segments, and is one between two periods."""
    if grain == "all":
        raise CallError("`--explain-change` needs two periods", "`--period all` is one: write `--period month`")
    if asked.compare == ():
        raise CallError("`--explain-change` needs a comparison", "write `--compare previous_period`, or leave it out")
    if sets == ((),):
        raise CallError("`--explain-change` needs segments", "write `--by DIMENSION`")


def _at(asked: Asked, grains: Grains) -> Period | None:
    if asked.at is None:
        return None
    found = parse_period(asked.at, grains)
    if found is None:
        raise CallError(f"`{asked.at}` is no period", f"write {grains.examples}")
    if asked.period is not None and asked.period != found.grain:
        raise CallError(
            f"`--at {asked.at}` is a {found.grain}, and `--period` says {asked.period}", "leave one of the two out"
        )
    return found


def _grain(asked: Asked, at: Period | None, card: ScorecardSpec | None, catalog: Catalog, ids: Sequence[str]) -> str:
    known = catalog.calendars.grains.names
    if asked.period is not None and asked.period not in known:
        raise CallError(f"`{asked.period}` is no period", f"`--period` is one of {', '.join(known)}")
    if at is not None:
        return at.grain
    if asked.period is not None:
        return asked.period
    if card is not None:
        return card.period
    return "month" if _have_clocks(catalog, ids) else "all"


def _have_clocks(catalog: Catalog, ids: Sequence[str]) -> bool:
    """Whether a bare run can be cut by period: some input of it is placed, by a clock or by `when`."""
    read = [r for i in ids if i in catalog.kpis for r in rows_of(catalog, i)]
    return any(r.when is not None or catalog.datasets[r.dataset].spec.time is not None for r in read)


def rows_of(catalog: Catalog, id: str) -> Iterator[BoundRows]:
    kpi = catalog.kpis[id]
    yield from kpi.rows
    for upstream in kpi.kpis:
        yield from rows_of(catalog, upstream.kpi)


def _reach(
    asked: Asked, at: Period | None, grain: str, grains: Grains, card: ScorecardSpec | None, day: date
) -> tuple[int | None, int | None]:
    if grain == "all":
        return None, None
    if at is not None:
        return at.key, at.key
    running = key_of(day, grain, grains)
    first = None if asked.first is None else key_of(asked.first, grain, grains)
    last = running if asked.last is None else min(running, key_of(asked.last - timedelta(days=1), grain, grains))
    if first is None and card is not None:
        first = last - card.history + (0 if last == running else 1)
    spelled = grains.spelled(grain)
    if spelled is not None:
        return _spelled_reach(first, last, spelled)
    if first is not None and last < first:
        raise CallError("the periods asked for end before they begin", "check `--from`, `--to` and `--as-of`")
    return first, (last if first is not None or asked.last is not None else None)


def _spelled_reach(first: int | None, last: int, spelled: DeclaredPeriods) -> tuple[int, int]:
    """The periods asked for, as far as the calendar spells them out."""
    ends = max(spelled.first, spelled.first if first is None else first), min(last, spelled.last)
    if ends[1] < ends[0]:
        days = f"{spelled.starts[0]} to {spelled.end - timedelta(days=1)}"
        message = f"the calendar has no {spelled.grain} in the time asked for: it names those from {days}"
        raise CallError(message, "add later ones to the calendar, or check `--from`, `--to` and `--as-of`")
    return ends


def _sets(by: Iterable[str], card: ScorecardSpec | None, catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    wanted = list(by) or ([s.value for s in card.segments] if card is not None else [])
    sets: dict[tuple[str, ...], None] = {(): None}
    known = {c.name for d in catalog.datasets.values() for c in d.spec.columns if c.dimension}
    open_ended = any(not d.spec.declared for d in catalog.datasets.values())
    for item in wanted:
        cut = tuple(name.strip().lower() for name in item.split(",") if name.strip())
        for name in cut:
            if name not in known and not open_ended:
                raise CallError(f"no data set declares `{name}` as a dimension", nearest(name, sorted(known)))
        sets[cut] = None
    return tuple(sets)


def looks_back(catalog: Catalog, ids: Sequence[str]) -> bool:
    """Whether some KPI is held against an earlier period of its own, whatever comparisons are shown."""
    return any(catalog.kpis[i].looks_back for i in ids if i in catalog.kpis)


def parse_instant(text: str, zone: str) -> datetime:
    """`2026-09-03` or an ISO timestamp; without an offset it is on the project's clock. Raises CallError."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(zone))
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CallError(f"`{text}` is no instant", "write `2026-09-03` or `2026-09-03T08:00:00+02:00`") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=ZoneInfo(zone))


def now() -> datetime:
    """The clock, read by the command line only."""
    return datetime.now(UTC)
