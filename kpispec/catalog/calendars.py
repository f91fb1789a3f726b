"""Calendars bound: the project's own, those that `business_seconds` names, and the periods that they add."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta

from kpispec.calendar_spec import CalendarSpec, Days
from kpispec.catalog.names import closest, unknown
from kpispec.diagnostics import Findings
from kpispec.formula.tree import Call, Expr, String, walk
from kpispec.periods import EVERY_CALENDAR, FISCAL_GRAINS, Grains, parse_period
from kpispec.source import Text
from kpispec.spec import KpiSpec

BUSINESS = "business_seconds"


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of a project, and which of them is its own.

    `open`: some calendar could not be read, so that a name which none has says nothing new.
    """

    all: tuple[CalendarSpec, ...] = ()
    own: str | None = None
    open: bool = False

    def get(self, id: str | None) -> CalendarSpec | None:
        """The calendar of an id, the project's own where none is given."""
        return next((c for c in self.all if c.id == (id or self.own)), None)

    @property
    def grains(self) -> Grains:
        """The periods that the project's own calendar adds."""
        own = self.get(None)
        return own.grains if own is not None else EVERY_CALENDAR


_YEARS = range(2000, 2041)  # in which a day of every year is looked for

NO_CALENDARS = Calendars()


def bind_calendars(
    specs: Iterable[CalendarSpec], named: Text | None, written: Set[str], findings: Findings
) -> Calendars:
    """The calendars. The project's own is the one that `kpispec.yml` names; where it names none, the only one.

    A library's stands in only where the project has no calendar at all.
    """
    found = {spec.id: spec for spec in specs}
    lost = written - found.keys() | {id for id, spec in found.items() if not spec.sound}
    for spec in found.values():
        if spec.sound:
            _check_country(spec, findings)
    if named is not None and named.value not in written:
        message = f"no document defines calendar `{named.value}`"
        cure = f"add a `calendar: {named.value}` document"
        unknown("unknown-calendar", message, named, written, "project.calendar", findings, cure)
        return Calendars(tuple(found.values()), None, open=True)
    eligible = [id for id, spec in found.items() if spec.library is None] or list(found)
    own = named.value if named is not None else eligible[0] if len(eligible) == 1 else None
    return Calendars(tuple(found.values()), own, open=bool(lost))


def _check_country(spec: CalendarSpec, findings: Findings) -> None:
    country, part = spec.holidays.country, spec.holidays.subdivision
    if country is None:
        return
    from kpispec.catalog.public_holidays import unknown_country, unknown_subdivision

    cure, wrong = unknown_country(country.value), country
    message = f"no holidays are known of a country `{country.value}`"
    if cure is None and part is not None:
        cure, wrong = unknown_subdivision(country.value, part.value), part
        message = f"`{country.value}` has no part `{part.value}` with holidays of its own"
    if cure is not None:
        subject = f"calendar.{spec.id}.holidays"
        findings.add("bad-value", message, subject=subject, span=wrong.span, help=cure)
        return
    _check_kept(spec, country.value, part.value if part is not None else None, findings)


def _check_kept(spec: CalendarSpec, country: str, part: str | None, findings: Findings) -> None:
    """A day under `not` that is no public holiday takes nothing away; one of every year may be one in some of them."""
    from kpispec.catalog.public_holidays import public_holidays

    holidays, whose = spec.holidays, f"`{country}`" if part is None else f"`{part}`, a part of `{country}`"
    days: list[tuple[str, set[date]]] = [(_shown(*stretch), set(_dated((stretch,)))) for stretch in holidays.kept]
    days += [(f"`{m:02}-{d:02}`", set(_every_year(((m, d),), _YEARS))) for m, d in holidays.kept_yearly]
    for (shown, meant), span in zip(days, holidays.kept_at, strict=True):
        first, last = min(meant), max(meant)
        public = public_holidays(country, part, first.year, last.year)
        if not meant & public:
            message = f"{shown} is no public holiday of {whose}, so `not` takes nothing away"
            near = min(public, key=lambda day: abs(day - first), default=None)
            known = f"; the one that is nearest is `{near}`" if near is not None and first.year == last.year else ""
            subject = f"calendar.{spec.id}.holidays.not"
            findings.add("not-a-holiday", message, subject=subject, span=span, help=f"remove it{known}")


def _shown(first: date, last: date) -> str:
    return f"`{first}`" if first == last else f"what lies from `{first}` to `{last}`"


def closed_days(spec: CalendarSpec, first_year: int, last_year: int) -> frozenset[date]:
    """The holidays of a calendar between two years, both included; those written with their year whatever it is."""
    holidays, years = spec.holidays, range(first_year, last_year + 1)
    public: Set[date] = frozenset()
    if holidays.country is not None:
        from kpispec.catalog.public_holidays import public_holidays

        part = holidays.subdivision.value if holidays.subdivision is not None else None
        public = public_holidays(holidays.country.value, part, first_year, last_year)
    kept = {*_dated(holidays.kept), *_every_year(holidays.kept_yearly, years)}
    return frozenset({*(public - kept), *_dated(holidays.days), *_every_year(holidays.yearly, years)})


def _dated(days: Days) -> Iterator[date]:
    for first, last in days:
        yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _every_year(days: Iterable[tuple[int, int]], years: range) -> Iterator[date]:
    """Days of every year; 29 February in the years that have it."""
    for month, day in days:
        for year in years:
            if (month, day) != (2, 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
                yield date(year, month, day)


# what is asked of a calendar ----------------------------------------------------------------------------------------


def business_calls(trees: Iterable[Expr]) -> Iterator[Call]:
    for tree in trees:
        yield from (node for node in walk(tree) if isinstance(node, Call) and node.name == BUSINESS)


def named_in(call: Call) -> str | None:
    """The calendar that a call names; `None` where it means the project's own."""
    last = call.args[2] if len(call.args) == 3 else None
    return last.value if isinstance(last, String) else None


def _has_hours(spec: CalendarSpec | None) -> bool:
    return spec is not None and spec.hours is not None


def lacking_calendar(trees: Iterable[Expr], calendars: Calendars) -> tuple[str, str] | None:
    """What is wrong with the first call of business time that no calendar answers, and the cure."""
    for call in business_calls(trees):
        if not _has_hours(calendars.get(named_in(call))):
            return _wrong(named_in(call), calendars) or ("its calendar cannot be read", "see `kpispec validate`")
    return None


def _wrong(id: str | None, calendars: Calendars) -> tuple[str, str] | None:
    """What is wrong with asking a calendar for business time, and the cure."""
    found, known = calendars.get(id), [c.id for c in calendars.all]
    if found is not None:
        if found.hours is not None or not found.sound:
            return None
        return f"calendar `{found.id}` has no working hours", "give it `hours: 09:00-17:30`, or hours by weekday"
    if calendars.open:
        return None
    if id is not None:
        close = closest(id, known)
        return f"no document defines calendar `{id}`", close or f"add a `calendar: {id}` document"
    if known:
        example = f"{BUSINESS}(a, b, '{known[0]}')"
        cure = f"add `calendar: {known[0]}` to kpispec.yml, or write `{example}`"
        return "the project names none of its calendars as its own", cure
    return f"`{BUSINESS}` needs a calendar, and the project has none", "add a `calendar:` document with `hours`"


def check_periods(spec: KpiSpec, calendars: Calendars, findings: Findings) -> bool:
    """Whether there are the periods that a KPI and its tests name; one that there is not is a finding."""
    before = findings.errors
    if spec.period is not None and spec.period != "all":
        check_period(Text(spec.period, spec.at("period")), calendars, f"kpi.{spec.id}.period", findings)
    for number, test in enumerate(spec.tests if not calendars.open else ()):
        if test.period is not None and parse_period(test.period.value, calendars.grains) is None:
            findings.add(
                "unreadable-test",
                f"`{test.period.value}` is not a period",
                subject=f"kpi.{spec.id}.tests.{number}",
                span=test.period.span,
                help=f"write {calendars.grains.examples}",
            )
    return findings.errors == before


def check_period(at: Text | None, calendars: Calendars, subject: str, findings: Findings) -> bool:
    """Whether a word is a period of the language or of the project's calendar; a finding where it is not."""
    known = [g for g in calendars.grains.names if g != "all"]
    if at is None or at.value in known or calendars.open:
        return True
    message = f"`{at.value}` is no period"
    if at.value in FISCAL_GRAINS:
        message = f"`{at.value}` needs a fiscal year, and the project's calendar has none"
        cure = "add `fiscal_year_start: april` to the project's calendar"
        findings.add("unknown-period", message, subject=subject, span=at.span, help=cure)
        return False
    cure = f"it is one of {', '.join(f'`{k}`' for k in known)}"
    unknown("unknown-period", message, at, known, subject, findings, cure)
    return False


def without_calendar(
    trees: Mapping[tuple[str, str], Iterable[Expr]], calendars: Calendars, findings: Findings
) -> frozenset[tuple[str, str]]:
    """Of documents with their trees those that ask a calendar for business time, and there is none to answer."""
    said: set[tuple[str, int]] = set()
    return frozenset(key for key, found in trees.items() if not _answered(key, found, calendars, said, findings))


def _answered(
    document: tuple[str, str],
    trees: Iterable[Expr],
    calendars: Calendars,
    said: set[tuple[str, int]],
    findings: Findings,
) -> bool:
    """Whether each call has its answer. A call that several documents share, that of a function, is said once."""
    lacking = [call for call in business_calls(trees) if not _has_hours(calendars.get(named_in(call)))]
    for call in lacking:
        wrong, id = _wrong(named_in(call), calendars), named_in(call)
        at = call.args[2].place.span if id is not None else call.place.span
        if wrong is not None and (at.file.path, at.start) not in said:
            said.add((at.file.path, at.start))
            findings.add("unknown-calendar", wrong[0], subject=".".join(document), span=at, help=wrong[1])
    return not lacking
