"""Every reading that a run must give, computed row by row."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from figures import Figure, Indicator
from survey import ZONE, Row

CHANNELS = ("phone", "email", "chat")


@dataclass(frozen=True)
class Asked:
    grain: str
    as_of: datetime  # aware
    by: str | None = None
    first: date | None = None
    last: date | None = None  # excluded

    @property
    def today(self) -> date:
        return self.as_of.astimezone(ZONE).date()


@dataclass(frozen=True)
class Expected:
    value: float | None
    n: int | None
    status: str
    rejected: dict[str, int]


def start_of(day: date, grain: str) -> date:
    match grain:
        case "week":
            return day - timedelta(days=day.isoweekday() - 1)
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
    return day


def following(start: date, grain: str) -> date:
    step = {"day": 1, "week": 7, "month": 32, "quarter": 93, "year": 367}[grain]
    return start_of(start + timedelta(days=step), grain)


def periods(rows: list[Row], asked: Asked) -> list[date | None]:
    """The first days of the periods shown, and of none where the data says nothing."""
    if asked.grain == "all":
        return [None]
    days = [r.day for r in rows if r.day is not None]
    first = asked.first or min(days, default=None)
    running = start_of(asked.today, asked.grain)
    last = max(days, default=None)
    if asked.last is not None:
        last = asked.last - timedelta(days=1)
    elif asked.first is not None:
        last = asked.today
    if first is None or last is None:
        return []
    found = [start_of(first, asked.grain)]
    while following(found[-1], asked.grain) <= min(start_of(last, asked.grain), running):
        found.append(following(found[-1], asked.grain))
    return list(found)


def seen(rows: list[Row], as_of: datetime) -> list[Row]:
    return [r for r in rows if r.at is None or r.at < as_of.astimezone(UTC)]


def readings(indicator: Indicator, raw: list[Row], asked: Asked) -> dict[tuple[date | None, str | None], Expected]:
    """By period and segment; the whole has no segment and stands under `"*"`."""
    rows = seen(raw, asked.as_of)
    found = {}
    for start in periods(rows, asked):
        inside = [r for r in rows if asked.grain == "all" or (r.day and start_of(r.day, asked.grain) == start)]
        for segment in ["*", *segments(rows, asked)]:
            cut = [r for r in inside if segment == "*" or value_of(r, asked.by) == segment]
            found[start, segment] = _reading(indicator, cut, rows, start, segment, asked)
    return found


def segments(rows: list[Row], asked: Asked) -> list[str | None]:
    """Values of the dimension: those declared, and those seen in a period that is computed."""
    if asked.by is None:
        return []
    declared = dict.fromkeys(CHANNELS if asked.by == "ch" else ())
    return list({**declared, **dict.fromkeys(value_of(r, asked.by) for r in rows)})


def value_of(row: Row, dimension: str | None) -> str | None:
    value = getattr(row, dimension or "ch")
    return None if value is None else str(value).lower()


def _reading(
    indicator: Indicator, cut: list[Row], rows: list[Row], start: date | None, segment: str | None, asked: Asked
) -> Expected:
    kept = [r for r in cut if indicator.kept(r)]
    figure = indicator.figure(kept)
    if not _covered(start, rows, asked):
        figure = Figure(None, 0, 0)
    rejected = Counter(r.rejects[c] for r in kept for c in indicator.reads if c in r.rejects)
    rejected.update(reason for r in kept if (reason := indicator.own(r)) is not None)
    undated = sum(1 for r in rows if r.at is None and indicator.kept(r))
    if asked.grain != "all" and segment == "*" and undated:
        rejected["undated"] = undated
    return Expected(figure.value, figure.n, _status(indicator, figure, start, asked), dict(rejected))


def _covered(start: date | None, rows: list[Row], asked: Asked) -> bool:
    if start is None:
        return bool(rows)
    days = [start_of(r.day, asked.grain) for r in rows if r.day is not None]
    return bool(days) and min(days) <= start <= max(days)


def _status(indicator: Indicator, figure: Figure, start: date | None, asked: Asked) -> str:
    if figure.value is None:
        return "undefined" if figure.seen else "no_data"
    if figure.n < indicator.min_n:
        return "too_few"
    if start is not None and following(start, asked.grain) > asked.today:
        return "partial"
    return indicator.bands(figure.value) if indicator.bands else "not_judged"
