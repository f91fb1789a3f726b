"""The functions of dates, periods and windows."""

from kpispec.formula.scalars import scalar
from kpispec.formula.signature import ANY, ANYTHING, MOMENTS, OF_X, TEXTS, D, Function, Param, Result, T
from kpispec.formula.tree import Type

_TRUNCS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


def _part(name: str, summary: str, of: frozenset[Type] = MOMENTS) -> Function:
    return scalar(name, (Param("d", of),), Type.INTEGER, f"{summary}, in the project's time zone", f"{name}(opened_at)")


TIME = (
    _part("year", "the year"),
    _part("quarter", "the quarter, 1 to 4"),
    _part("month", "the month, 1 to 12"),
    _part("day", "the day of the month"),
    _part("hour", "the hour, 0 to 23", frozenset({Type.TIMESTAMP})),
    _part("minute", "the minute, 0 to 59", frozenset({Type.TIMESTAMP})),
    _part("second", "the second, 0 to 59", frozenset({Type.TIMESTAMP})),
    _part("isodow", "the day of the week, 1 for Monday to 7 for Sunday"),
    _part("week", "the ISO week, 1 to 53"),
    _part("isoyear", "the year that the ISO week belongs to"),
    _part("dayofyear", "the day of the year, 1 to 366"),
    Function(
        "date_trunc",
        "scalar",
        (Param("unit", TEXTS, constant=True, words=_TRUNCS), D),
        "same",
        "the beginning of the year, month, ... that holds `d`, in the project's time zone",
        "date_trunc('month', opened_at)",
        unit="none",
    ),
    scalar(
        "date_diff",
        (Param("unit", TEXTS, constant=True, words=_TRUNCS), Param("a", MOMENTS), Param("b", MOMENTS)),
        Type.INTEGER,
        "how many boundaries of the unit lie between `a` and `b`; time elapsed is `b - a`",
        "date_diff('month', first_on, ordered_on)",
    ),
    Function(
        "days_in_force",
        "scalar",
        (),
        Type.NUMBER,
        "the days of the period for which a row with an `interval` is in force, with parts of days; up to as-of",
        "days_in_force()",
        nulls="",
        in_period=True,
    ),
    Function(
        "business_seconds",
        "scalar",
        (
            Param("a", frozenset({Type.TIMESTAMP})),
            Param("b", frozenset({Type.TIMESTAMP})),
            Param("calendar", TEXTS, constant=True),
        ),
        Type.DURATION,
        "the working time from `a` to `b` by a calendar, the project's own where none is named; below zero where `b`"
        " comes before `a`",
        "business_seconds(opened_at, first_reply_at)",
        nulls="null in, null out; null where an end is not in the years 1970 to 2100",
        unit="a duration",
        optional=1,
    ),
    scalar(
        "try_strptime",
        (T, Param("format", TEXTS, constant=True)),
        Type.TIMESTAMP,
        "the text read as a local date and time by a format; null where it does not fit",
        "try_strptime(replied, '%d/%m/%Y %H:%M')",
        unit="none",
    ),
    Function(
        "period_start",
        "scalar",
        (),
        Type.TIMESTAMP,
        "the first instant of the period; null where the period is `all`",
        "bool_or(ordered_at < period_start())",
        nulls="",
        unit="none",
        in_period=True,
    ),
    Function(
        "period_end",
        "scalar",
        (),
        Type.TIMESTAMP,
        "the first instant after the period; `as_of()` where the period is `all`",
        "count_if(closed_at >= period_end())",
        nulls="",
        unit="none",
        in_period=True,
    ),
    Function(
        "as_of",
        "scalar",
        (),
        Type.TIMESTAMP,
        "the instant for which the run is made",
        "as_of() - opened_at",
        nulls="",
        unit="none",
    ),
    Function(
        "observed_until",
        "scalar",
        (),
        Type.TIMESTAMP,
        "the earlier of `period_end()` and `as_of()`",
        "least(resolved_at, observed_until()) - opened_at",
        nulls="",
        unit="none",
        in_period=True,
    ),
)


def _window(name: str, params: tuple[Param, ...], result: Result, summary: str, optional: int = 0) -> Function:
    args = ", ".join(p.name for p in params[: len(params) - optional])
    example = f"{name}({args}) over (partition by customer_id order by opened_at)"
    nulls = "null outside the partition; `ignore nulls` passes over them" if params else ""
    unit = OF_X if params else "a plain number"
    return Function(
        name, "window", params, result, summary, example, nulls=nulls, unit=unit, optional=optional, ordered=True
    )


_STEP = Param("offset", frozenset({Type.INTEGER}), constant=True)

WINDOWS = (
    _window(
        "lead",
        (ANY, _STEP, Param("default", ANYTHING)),
        "same",
        "`x` of the next row, or of the row `offset` further",
        2,
    ),
    _window(
        "lag",
        (ANY, _STEP, Param("default", ANYTHING)),
        "same",
        "`x` of the row before, or of the row `offset` earlier",
        2,
    ),
    _window("first_value", (ANY,), "same", "`x` of the first row of the frame"),
    _window(
        "last_value", (ANY,), "same", "`x` of the last row of the frame, which ends at the current row if none is given"
    ),
    _window("row_number", (), Type.INTEGER, "the place of the row in its partition, from 1"),
    _window("rank", (), Type.INTEGER, "the place, ties sharing one, with gaps after them"),
    _window("dense_rank", (), Type.INTEGER, "the place, ties sharing one, without gaps"),
)
