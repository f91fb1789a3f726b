"""Rows that may be in several periods: those of windows, and those in force over a time, one for each of them."""

from dataclasses import dataclass

from kpispec.formula.tree import Type
from kpispec.plan.layout import PERIOD
from kpispec.plan.model import Scan
from kpispec.sql.lower import quoted
from kpispec.sql.setting import Clockwork, instant
from kpispec.sql.text import Column, select
from kpispec.windows import MONTHS, Length

# How long what a window to date begins with can last; a fiscal year of whole weeks has up to 53.
_TO_DATE = {"month_to_date": 31, "quarter_to_date": 92, "year_to_date": 371}
_MONTHLY = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Placing:
    """The step that gives each row its periods, and the conditions that a row and its period must meet."""

    scan: Scan
    clock: Clockwork

    def step(self, source: str) -> str:
        """Each row once for each period that may read it; `conditions` decide."""
        low, high = self._series()
        return select(
            [Column("*", "*"), Column(f"unnest(generate_series({low}, {high}))", PERIOD)], source, self._kept()
        )

    def conditions(self) -> list[str]:
        """What must hold of a row and its period, where the series alone does not decide."""
        placement, reach = self.scan.placement, self.scan.placement.reach
        if self.clock.request.grain == "all":
            return self._of_all()
        if reach is None or placement.mode == "at_end" or (placement.mode == "at" and self._exact(reach)):
            return []
        start = self._window_start(reach)
        if start is None:
            return []
        if placement.mode == "at":
            return [f"{self._from} >= {start}"]
        ongoing = f"({self._until} is null or {self._until} >= {start})"
        return [f"{self._from} < {start}", ongoing] if placement.mode == "at_start" else [ongoing]

    def _of_all(self) -> list[str]:
        """The one period over all rows ends at as-of and has no beginning, unless a window gives it one."""
        placement, reach = self.scan.placement, self.scan.placement.reach
        first = self.clock.first_moment(reach) if reach is not None else None
        start = None if first is None else self._as_clock(instant(first))
        if placement.mode == "at_start":
            return ["false"] if start is None else [f"{self._from} < {start}", self._lasting(start)]
        if placement.mode == "at_end":
            return [f"{self._until} is null"]
        if start is None:
            return []
        return [f"{self._from} >= {start}" if placement.mode == "at" else self._lasting(start)]

    def _lasting(self, start: str) -> str:
        return f"({self._until} is null or {self._until} >= {start})"

    def _as_clock(self, instant: str) -> str:
        return f"cast({self.clock.local(instant)} as date)" if self.scan.clock_type is Type.DATE else instant

    # parts

    @property
    def _from(self) -> str:
        return quoted(self.scan.clock or "")

    @property
    def _until(self) -> str:
        return quoted(self.scan.placement.until or "")

    def _local(self, moment: str) -> str:
        return moment if self.scan.clock_type is Type.DATE else self.clock.local(moment)

    def _key(self, local: str) -> str:
        return self.clock.period_key(local)

    def _window_start(self, reach: Length) -> str | None:
        day = self.clock.window_start(reach, quoted(PERIOD))
        if day is None or self.scan.clock_type is Type.DATE:
            return day
        return self.clock.utc(f"cast({day} as timestamp)")

    def _kept(self) -> list[str]:
        """Rows that no period asked for can read need no copies. The one period over all reads undated rows too."""
        if self.clock.request.grain == "all" and self.scan.placement.until is None and not self._of_all():
            return []
        found = [f"{self._from} is not null"]
        interval = self.scan.dataset.spec.interval
        if self.scan.placement.until is not None and interval is not None:
            found.append(f"({self._until} is null or {self._until} >= {quoted(interval.start.value)})")
        if self.scan.last_day is not None:
            found.append(f"{self._from} < {self._day(self.scan.last_day.isoformat())}")
        if self.scan.first_day is not None:
            bound = self._day(self.scan.first_day.isoformat())
            at = self.scan.placement.mode == "at"
            found.append(f"{self._from} >= {bound}" if at else f"({self._until} is null or {self._until} >= {bound})")
        return found

    def _day(self, day: str) -> str:
        if self.scan.clock_type is Type.DATE:
            return f"date '{day}'"
        return self.clock.utc(f"timestamp '{day} 00:00:00'")

    def _series(self) -> tuple[str, str]:
        """The first and the last period that may read a row."""
        request = self.clock.request
        if request.grain == "all":
            return "0", "0"
        last = request.last if request.last is not None else request.key_of(request.as_of_day)
        placement = self.scan.placement
        low = self._key(self._local(self._from))
        match placement.mode:
            case "at_start" if placement.reach is None:
                low, high = f"{low} + 1", self._open(self._key(self._local(self._until)), last)
            case "in_force" if placement.reach is None:
                high = self._open(self._key(self._local(self._until)), last)
            case "at_end":
                high = self._open(f"{self._key(self._local(self._until))} - 1", last)
            case "at":
                high = self._last(self._from, last)
            case _:
                high = self._open(self._last(self._until, last), last)
        first = self.scan.first_period
        return (low if first is None else f"greatest({low}, {first})"), f"least({high}, {last})"

    def _open(self, key: str, last: int) -> str:
        """What has no end is in force for as long as anything is asked for."""
        return f"coalesce({key}, {last})"

    def _exact(self, reach: Length) -> bool:
        """Whether the last period of `_last` is the last one indeed."""
        if reach.unit in ("period", "day", "week", "all"):
            return True
        return reach.unit in MONTHS and self.clock.request.grain in _MONTHLY

    def _last(self, moment: str, last: int) -> str:
        """The last period whose window reaches back to a moment, or one after it."""
        reach, grain = self.scan.placement.reach, self.clock.request.grain
        local = self._local(moment)
        if reach is None:
            return self._key(local)
        match reach.unit:
            case "all":
                return str(last)
            case "period":
                return f"{self._key(local)} + {reach.count - 1}"
            case "day" | "week":
                days = reach.count * (7 if reach.unit == "week" else 1)
                return f"{self._key(f'({local} + interval {days} day)')} - 1"
            case "month" if grain == "month":
                return f"{self._key(local)} + {reach.count - 1}"
            case "month_to_date" | "quarter_to_date" | "year_to_date":
                return self._key(f"({local} + interval {_TO_DATE[reach.unit]} day)")
            case unit:
                months = reach.count * MONTHS[unit]
                if grain in _MONTHLY:
                    return f"{self._key(f'({local} + interval {months} month)')} - 1"
                return self._key(f"({local} + interval {months} month + interval 4 day)")
