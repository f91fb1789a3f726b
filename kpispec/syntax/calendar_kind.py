"""The keys of `calendar:` documents, as JSON Schemas."""

from kpispec.syntax.shapes import ID, Shape, choice, day, either, human, items, keys, named, one_or_more, text, whole

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = {"weekdays": (0, 1, 2, 3, 4), "weekend": (5, 6), "every_day": (0, 1, 2, 3, 4, 5, 6)}
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
PATTERNS = ("4-4-5", "4-5-4", "5-4-4")

HOURS = r"^(\d{1,2}:\d{2} ?- ?\d{1,2}:\d{2}|closed)$"
COUNTRY = r"^[A-Z]{2}$"
DAY = r"^(\d{4}-)?\d{2}-\d{2}$"
YEAR_START = rf"^({'|'.join(MONTHS)}|\d{{2}}-\d{{2}})$"

_OF_A_DAY = text("From when to when: `09:00-17:30`, `22:00-06:00` past midnight, or `closed`.", HOURS)
_HOURS: Shape = {
    **keys(
        "When work is done: `09:00-17:30` for Monday to Friday, or a map of weekdays. A day not named is closed.",
        {
            **{
                group: one_or_more(f"{words}, where a day has no hours of its own.", _OF_A_DAY)
                for group, words in (
                    ("weekdays", "Monday to Friday"),
                    ("weekend", "Saturday and Sunday"),
                    ("every_day", "All seven days"),
                )
            },
            **{name: one_or_more(f"The hours of {name.capitalize()}.", _OF_A_DAY) for name in WEEKDAYS},
        },
    ),
    "type": ["string", "array", "object"],
    "pattern": HOURS,
    "items": _OF_A_DAY,
    "minItems": 1,
    "minProperties": 1,
}

_A_DAY: Shape = {
    **either(
        keys(
            "A day such as 2026-12-24, one of every year such as 12-24, or a map.",
            {
                "on": text("The day: 2026-12-24, or 12-24 of every year.", DAY),
                "from": day("The first day."),
                "to": day("The last day."),
                "name": human("What it is called.", 200),
            },
        ),
        "on",
        ("on", "name"),
        ("from", "to"),
    ),
    "type": ["string", "object"],
    "pattern": DAY,
}
_HOLIDAYS: Shape = {
    **keys(
        "Days without business: a list of days, or a map with a country.",
        {
            "country": text("Whose public holidays: the ISO 3166 code of a country, `FR`.", COUNTRY),
            "subdivision": {
                **text("A part of it with holidays of its own: `BY`."),
                "type": ["string", "integer"],
            },
            "dates": items("Further days.", _A_DAY),
            "not": items("Public holidays on which work is done.", _A_DAY),
        },
    ),
    "type": ["array", "object"],
    "items": _A_DAY,
    "minProperties": 1,
}

_PERIOD = keys(
    "A period: it runs until the next one begins.",
    {
        "name": human("What people call it.", 100),
        "from": day("The first day."),
        "to": day("The last day; needed of the last period only."),
    },
    ("name", "from"),
)

CALENDAR: dict[str, Shape] = {
    "timezone": text("The zone of its hours: `Europe/Paris`. The project's, where it says none."),
    "week_start": choice("The first day of a `calendar_week`. A `week` is ISO 8601's, from Monday.", *WEEKDAYS),
    "fiscal_year_start": text("The first day of the fiscal year: a month, `april`, or a day, `04-06`.", YEAR_START),
    "fiscal_year_named": choice("The calendar year that gives a fiscal year its number.", "end", "start"),
    "fiscal_years": keys(
        "Fiscal years of whole weeks, quarters of 13 weeks.",
        {
            "pattern": choice("The weeks of the three periods of a quarter.", *PATTERNS),
            "first": whole("The number of the first year listed: 2026.", 1000),
            "starts": items("The first day of each year, 52 or 53 weeks apart.", day("A first day."), 1),
        },
        ("pattern", "first", "starts"),
    ),
    "periods": named(
        "Periods of the calendar's own, by what one is called: `season`.", items("In order.", _PERIOD, 1), ID
    ),
    "hours": _HOURS,
    "holidays": _HOLIDAYS,
}
