"""Periods in SQL: the key of the one that holds a local day, and the first day of the one of a key.

See `kpispec.periods` for the keys. What a calendar spells out stands in lists held by variables of the session, the
key of each day and the first day of each key: looking one up costs the same however many periods there are.
"""

from datetime import date

from kpispec.periods import FISCAL_GRAINS, DeclaredPeriods, Grains

_KEYS = {
    "day": "cast({0} as date) - date '1970-01-01'",
    "week": "cast(floor((cast({0} as date) - date '1970-01-05') / 7) as bigint)",
    "month": "year({0}) * 12 + month({0}) - 1",
    "quarter": "year({0}) * 4 + quarter({0}) - 1",
    "year": "year({0})",
}

# The first day of the period of a key.
_FIRST_DAYS = {
    "day": "date '1970-01-01' + cast({0} as integer)",
    "week": "date '1970-01-05' + 7 * cast({0} as integer)",
    "month": "make_date({0} // 12, {0} % 12 + 1, 1)",
    "quarter": "make_date({0} // 4, {0} % 4 * 3 + 1, 1)",
    "year": "make_date({0}, 1, 1)",
}

_MONTHS = dict(zip(FISCAL_GRAINS, (1, 3, 12), strict=True))


def period_key(local: str, grain: str, grains: Grains) -> str:
    """The integer key of the period that holds a local timestamp or day; null where a calendar has none for it."""
    if grain == "all":
        return "0"
    if grains.spelled(grain) is not None:
        return f"{_key_macro(grain)}(cast({local} as date))"
    if grain in _MONTHS:
        return _fiscal_key(local, _MONTHS[grain], grains)
    if grain == "calendar_week":
        return f"cast(floor((cast({local} as date) - {_day(grains.first_week)}) / 7) as bigint)"
    return _KEYS[grain].format(local)


def first_day(key: str, grain: str, grains: Grains) -> str:
    """The first day of the period of a key; that of the key after the last is the day after all."""
    if grains.spelled(grain) is not None:
        return f"{_day_macro(grain)}({key})"
    if grain in _MONTHS:
        month = _plus(f"{_MONTHS[grain]} * {key}", -grains.fiscal_shift)
        return f"make_date(({month}) // 12, ({month}) % 12 + 1, {grains.fiscal_day})"
    if grain == "calendar_week":
        return f"{_day(grains.first_week)} + 7 * cast({key} as integer)"
    return _FIRST_DAYS[grain].format(key)


def fiscal_year_start(local: str, grains: Grains) -> str:
    """The first day of the fiscal year that holds a local timestamp or day; 1 January where none is declared."""
    if grains.spelled("fiscal_year") is None and (grains.fiscal_shift, grains.fiscal_day) == (0, 1):
        return f"cast(date_trunc('year', {local}) as date)"
    return first_day(f"({period_key(local, 'fiscal_year', grains)})", "fiscal_year", grains)


def period_macros(grains: Grains) -> tuple[tuple[str, ...], ...]:
    """For each grain that is spelled out the statements that the two functions above rely on."""
    return tuple(_spelled(d) for d in grains.declared)


def _fiscal_key(local: str, months: int, grains: Grains) -> str:
    begun = "" if grains.fiscal_day == 1 else f" - case when day({local}) < {grains.fiscal_day} then 1 else 0 end"
    key = _plus(f"year({local}) * 12 + month({local}) - 1{begun}", grains.fiscal_shift)
    return key if months == 1 else f"({key}) // {months}"


def _plus(sql: str, number: int) -> str:
    return sql if number == 0 else f"{sql} {'-' if number < 0 else '+'} {abs(number)}"


def _key_macro(grain: str) -> str:
    return f"key_of__{grain}"


def _day_macro(grain: str) -> str:
    return f"first_day__{grain}"


def _spelled(declared: DeclaredPeriods) -> tuple[str, ...]:
    grain, first, edge = declared.grain, declared.first, _day(declared.starts[0])
    days, keys = f"first_days__{grain}", f"keys__{grain}"
    starts = ",\n  ".join(_day(day) for day in (*declared.starts, declared.end))
    return (
        f"set variable {days} = [\n  {starts}\n]",
        (
            f"set variable {keys} = (\n"
            "  select list(key order by day)\n"
            "  from (\n"
            f"    select {first} + number as key, unnest(range(getvariable('{days}')[number + 1],"
            f" getvariable('{days}')[number + 2], interval 1 day)) as day\n"
            f"    from (select unnest(range({len(declared.starts)})) as number)\n"
            "  )\n"
            ")"
        ),
        _macro(_key_macro(grain), "local_day", edge, keys),
        _macro(_day_macro(grain), "key", str(first), days),
    )


def _macro(name: str, argument: str, first: str, variable: str) -> str:
    """A place before the first is guarded: the engine counts it from the end of the list."""
    found = f"case when {argument} >= {first} then getvariable('{variable}')[{argument} - {first} + 1] end"
    return f"create or replace temporary macro {name}({argument}) as\n{found}"


def _day(day: date) -> str:
    return f"date '{day.isoformat()}'"
