"""Values written in a formula: numbers, texts, dates, durations."""

import re
from datetime import date, datetime
from math import isfinite

from kpispec.formula.cursor import Cursor
from kpispec.formula.scan import Token, Unreadable
from kpispec.formula.tree import Boolean, CalendarInterval, Duration, Expr, Moment, Null, Number, String, Type
from kpispec.units import CALENDAR_WORDS, DURATION_WORDS, DURATIONS

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_STEP = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]*)\s*")


def literal(cursor: Cursor) -> Expr | None:
    """The value that comes next, `None` where something else does."""
    token = cursor.next
    if token.kind == "number":
        return _number(cursor)
    if token.kind == "string":
        cursor.take()
        return String(value=token.text, type=Type.STRING, place=cursor.place(token.start))
    if cursor.sees("true", "false"):
        cursor.take()
        return Boolean(value=token.text == "true", type=Type.BOOLEAN, place=cursor.place(token.start))
    if cursor.accept("null"):
        return Null(type=Type.NULL, place=cursor.place(token.start))
    if cursor.sees("date", "timestamp"):
        return _moment(cursor)
    return _interval(cursor) if cursor.sees("interval") else None


def _number(cursor: Cursor) -> Expr:
    token = cursor.take()
    if not isfinite(float(token.text)):
        raise Unreadable(f"`{token.text}` is too large a number", token.start, token.end, "write a smaller one")
    unit = cursor.next
    if unit.kind != "name" or (cursor.after.kind, cursor.after.text) == ("operator", "("):
        return Number(text=token.text, type=number_type(token.text), place=cursor.place(token.start))
    if unit.text in DURATION_WORDS:
        cursor.take()
        seconds = float(token.text) * DURATIONS[DURATION_WORDS[unit.text]]
        return Duration(seconds=seconds, type=Type.DURATION, place=cursor.place(token.start))
    if unit.text in CALENDAR_WORDS:
        message = f"a {unit.text.removesuffix('s')} has no fixed length"
        help = f"to add it to a date write `interval {token.text} {unit.text}`; a fixed length is written in `days`"
        raise Unreadable(message, token.start, unit.end, help)
    return Number(text=token.text, type=number_type(token.text), place=cursor.place(token.start))


def number_type(text: str) -> Type:
    """A whole number that the engine's integers hold, else a number."""
    return Type.INTEGER if text.isdecimal() and float(text) < 2**63 else Type.NUMBER


def _moment(cursor: Cursor) -> Expr:
    word = cursor.next
    if cursor.after.kind != "string":
        if (cursor.after.kind, cursor.after.text) != ("operator", "("):
            return _not_a_name(cursor, word)
        help = f"write `cast(x as {word.text})`"
        raise Unreadable(f"`{word.text}` is not a function", word.start, word.end, help)
    cursor.take()
    written = cursor.take()
    value = _iso_date(written.text) if word.text == "date" else _iso_timestamp(written.text)
    if value is None:
        shape = "'2026-01-31'" if word.text == "date" else "'2026-01-31 08:00'"
        message = f"`{cursor.text(written)}` is no {word.text}"
        raise Unreadable(message, written.start, written.end, f"write `{word.text} {shape}`")
    return Moment(value=value, type=Type(word.text), place=cursor.place(word.start))


def _not_a_name(cursor: Cursor, word: Token) -> Expr:
    help = f"for a constant write `{word.text} '2026-01-31'`; a column needs another name"
    help = f'write `"{cursor.text(word)}"` for the raw column' if cursor.quoted_names else help
    raise Unreadable(f"`{cursor.text(word)}` is a word of the language, not a name", word.start, word.end, help)


def _iso_date(text: str) -> str | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _iso_timestamp(text: str) -> str | None:
    if not _TIMESTAMP.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).isoformat(sep=" ")
    except ValueError:
        return None


def _interval(cursor: Cursor) -> Expr:
    """`interval 1 day`, `interval '90' minute`, `interval '1 day'`."""
    word = cursor.take()
    written = cursor.next
    if written.kind not in ("number", "string"):
        raise Unreadable("`interval` needs a number and a unit", word.start, word.end, "write `interval 1 day`")
    cursor.take()
    found = _STEP.fullmatch(written.text)
    if found is None or not isfinite(float(found[1])):
        raise Unreadable("the interval cannot be read", word.start, written.end, "write `interval 1 day`")
    unit = found[2].lower() or (cursor.take().text if cursor.next.kind == "name" else "")
    place = cursor.place(word.start)
    if unit in DURATION_WORDS:
        seconds = float(found[1]) * DURATIONS[DURATION_WORDS[unit]]
        return Duration(seconds=seconds, type=Type.DURATION, place=place)
    if unit in CALENDAR_WORDS and found[1].isdecimal() and len(found[1]) < 6:
        return CalendarInterval(months=int(found[1]) * CALENDAR_WORDS[unit], place=place)
    help = "write `interval 1 day`, with `second`, `minute`, `hour`, `day`, `week`, `month`, `quarter` or `year`"
    raise Unreadable("the interval cannot be read", place.start, place.end, help)
