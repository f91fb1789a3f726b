"""Business time in SQL: how much was worked up to an instant, looked up by week and day.

The seconds worked between two instants are those up to the one less those up to the other. What was worked up to an
instant is the sum of three figures: up to its week, from there up to its day, and from there on. They stand in lists
held by variables of the session, which the engine reads as constants: a row costs some look-ups, however long the
calendar is. Long lists cost more, so the weeks in which most rows lie have their own.
"""

from collections.abc import Iterable

from kpispec.sql.worktime import DAY, WEEK, Worktime

# Figures that share an integer: what is worked before a week << 12 | its shape; what is worked in the week before a
# day << 34 | when a piece of the day begins << 17 | how long it is.
_SHAPE = 12
_PART = 17
_LINE = 110


def business_macro(calendar: str) -> str:
    return f"business_seconds__{calendar}"


def business_seconds(calendar: str, start: str, end: str) -> str:
    """The seconds worked between two instants, through the macro that `business_statements` defines."""
    return f"{business_macro(calendar)}({start}, {end})"


def business_statements(calendar: str, time: Worktime) -> tuple[str, ...]:
    """The statements that define a calendar's business time."""
    first, last = time.near
    near, far, weeks = f"near_worked__{calendar}", f"far_worked__{calendar}", f"weeks__{calendar}"
    days = [f"days_{number + 1}__{calendar}" for number in range(time.most_pieces)]
    near_days = [f"near_{name}" for name in days]
    seen = 7 * time.near_shapes
    # Place 0 of a list is null, and a place below is counted from its end.
    near_week = f"getvariable('near_{weeks}')[greatest(us // {_us(WEEK)} - {first - 1}, 0)]"
    origin = f" - {_us(time.origin)}" if time.origin >= 0 else f" + {_us(-time.origin)}"
    after = f"least(epoch_us(start_at), epoch_us(end_at)){origin} >= 0"
    return (
        f"set variable {weeks} = {_weeks(time)}",
        f"set variable near_{weeks} = getvariable('{weeks}')[{first + 1}:{last}]",
        *(f"set variable {name} = {_days(time, number)}" for number, name in enumerate(days)),
        *(f"set variable near_{name} = getvariable('{name}')[1:{seen}]" for name in days),
        _worked(near, near_week, near_days),
        _worked(far, f"getvariable('{weeks}')[us // {_us(WEEK)} + 1]", days),
        (
            f"create or replace temporary macro {business_macro(calendar)}(start_at, end_at) as\n"
            f"coalesce({_between(near, origin)}, case when {after} then {_between(far, origin)} end) / 1000000"
        ),
    )


def _between(worked: str, origin: str) -> str:
    return f"{worked}(epoch_us(end_at){origin}) - {worked}(epoch_us(start_at){origin})"


def _worked(name: str, week: str, days: list[str]) -> str:
    """A macro: the microseconds worked up to `us` microseconds after the origin; null outside of the weeks listed."""
    place = f"({week} & {_mask(_SHAPE)}) * 7 + us // {_us(DAY)} % 7 + 1"
    before = f"(({week} >> {_SHAPE}) + (getvariable('{days[0]}')[{place}] >> {2 * _PART})) * 1000000"
    pieces = (_piece(f"getvariable('{day}')[{place}]") for day in days)
    return f"create or replace temporary macro {name}(us) as\n" + "\n  + ".join([before, *pieces])


def _piece(day: str) -> str:
    """What is worked of one piece of a day up to `us`."""
    start = f"({day} >> {_PART} & {_mask(_PART)}) * 1000000"
    return f"least(greatest(us % {_us(DAY)} - {start}, 0), ({day} & {_mask(_PART)}) * 1000000)"


def _weeks(time: Worktime) -> str:
    """Of each week what is worked before it, and its shape."""
    assert len(time.shapes) <= 1 << _SHAPE  # 2 ** 7 ways to be closed, for each of a zone's few offsets
    totals = [time.of_week(shape) for shape in range(len(time.shapes))]
    return (
        "(\n"
        f"  select list(cast(before as bigint) << {_SHAPE} | shape order by week)\n"
        "  from (\n"
        "    select week, shape, coalesce(sum(worked) over (\n"
        "      order by week rows between unbounded preceding and 1 preceding\n"
        "    ), 0) as before\n"
        "    from (\n"
        f"      select week, shape, {_list(totals)}[shape + 1] as worked\n"
        f"      from (select unnest(range({len(time.weeks)})) as week, unnest({_list(time.weeks)}) as shape)\n"
        "    )\n"
        "  )\n"
        ")"
    )


def _days(time: Worktime, number: int) -> str:
    """Of each day of each shape of week what is worked in the week before it, and its piece of a number.

    A day with fewer pieces has one of no length.
    """
    figures = []
    for shape in time.shapes:
        before = 0
        for day in shape:
            pieces = time.days[day]
            start, end = pieces[number] if number < len(pieces) else (0, 0)
            figures.append(before << 2 * _PART | start << _PART | end - start)
            before += time.of_day(day)
    return _list(figures)


def _list(figures: Iterable[int]) -> str:
    """Numbers as a list, in lines that a page holds: as a text, which the engine reads faster than so many terms."""
    lines, line = [], ""
    for figure in figures:
        if len(line) + len(str(figure)) > _LINE:
            lines.append(line.rstrip())
            line = ""
        line += f"{figure}, "
    return "cast('[" + "\n  ".join([*lines, line]).removesuffix(", ") + "]' as bigint[])"


def _mask(bits: int) -> int:
    return (1 << bits) - 1


def _us(seconds: int) -> str:
    return str(seconds * 1_000_000)
