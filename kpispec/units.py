"""Units of indicators: what they are called, what can be converted into what, and which values they can take."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite

Ends = tuple[float | None, float | None]
OPEN: Ends = (None, None)


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor` is how much of the family's base one of this unit is; only units of one family convert.

    `reach` holds the ends that no value can pass (a score's, a count's zero); `usual` those within which values lie
    unless the figure is odd (a percentage of growth may be negative, a share may not). `None` is an open end.
    """

    name: str
    family: str
    factor: float = 1.0
    reach: Ends = OPEN
    usual: Ends = OPEN


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as written. `unit` is `None` where none is written: it is then in the unit of where it stands."""

    number: float
    unit: Unit | None = None


NUMBER = Unit("number", "number")
PERCENT = Unit("percent", "percent", usual=(0.0, 100.0))
POINTS = Unit("points", "points", reach=(-100.0, 100.0), usual=(-100.0, 100.0))
COUNT = Unit("count", "count", reach=(0.0, None), usual=(0.0, None))

DURATIONS: dict[str, float] = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "week": 604800.0}
DURATION_WORDS: dict[str, str] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("week", "weeks"), "week"),
}
CALENDAR_WORDS: dict[str, int] = {"month": 1, "months": 1, "quarter": 3, "quarters": 3, "year": 12, "years": 12}

# Active codes of ISO 4217 (2024), without funds, metals and test codes.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND
VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: frozenset[str] = frozenset(_CODES.split())

_NAMED: dict[str, Unit] = {
    "percent": PERCENT,
    "%": PERCENT,
    **dict.fromkeys(("points", "point", "pt", "pts"), POINTS),
    "count": COUNT,
    "number": NUMBER,
}

# What people write for a unit, and the unit they mean.
_MEANT: dict[str, str] = {
    **dict.fromkeys(("pct", "percentage", "percents", "per cent", "ratio", "rate", "share", "fraction"), "percent"),
    **dict.fromkeys(("pp", "p.p.", "ppt", "percentage points", "nps"), "points"),
    **dict.fromkeys(("integer", "int", "n", "#", "tickets", "items", "units"), "count"),
    **dict.fromkeys(("float", "decimal", "numeric", "double", "none", "index"), "number"),
    **dict.fromkeys(("duration", "time", "hms"), "s"),
    **dict.fromkeys(("m", "mn"), "min"),
    **dict.fromkeys(("hr", "hrs"), "h"),
    **dict.fromkeys(("j", "jour", "jours"), "d"),
    **dict.fromkeys(("score", "rating", "stars"), "score 1..5"),
    **dict.fromkeys(("€", "euro", "euros"), "EUR"),
    **dict.fromkeys(("$", "dollar", "dollars", "us$"), "USD"),
    **dict.fromkeys(("£", "pound", "pounds"), "GBP"),
    **dict.fromkeys(("¥", "yen"), "JPY"),
    **dict.fromkeys(("money", "currency", "amount"), "EUR"),
}

_FIGURE = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_AMOUNT = re.compile(rf"({_FIGURE}(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)
_SCORE = re.compile(rf"score ({_FIGURE}) ?\.\. ?({_FIGURE})")
_SCORE_MEANT = re.compile(rf"(?:score|rating|scale) ?({_FIGURE}) ?(?:-|–|to|\.\.\.|/|:) ?({_FIGURE})")
_RATE = re.compile(r"per (?:([1-9][0-9]*) )?([a-z][a-z_-]*(?: [a-z][a-z_-]*){0,3})")


def parse_unit(text: str) -> Unit | None:
    """The unit that a text names (`percent`, `"%"`, `min`, `score 1..5`, `EUR`, `per 1000 subscribers`)."""
    words = " ".join(text.split())
    if words in _NAMED:
        return _NAMED[words]
    if words in DURATION_WORDS and DURATION_WORDS[words] != "week":
        return _duration(DURATION_WORDS[words])
    if words in CURRENCIES:
        return Unit(words, f"currency {words}", usual=(0.0, None))
    return _score(words) or _rate(words)


def _duration(name: str) -> Unit:
    return Unit(name, "duration", DURATIONS[name], usual=(0.0, None))


def _score(words: str) -> Unit | None:
    found = _SCORE.fullmatch(words)
    if found is None:
        return None
    low, high = float(found[1]), float(found[2])
    if low >= high or not isfinite(high - low):
        return None
    name = f"score {found[1]}..{found[2]}"
    return Unit(name, name, reach=(low, high), usual=(low, high))


def _rate(words: str) -> Unit | None:
    found = _RATE.fullmatch(words)
    if found is None or len(found[1] or "1") > 12:
        return None
    things = found[2]
    return Unit(words, f"per {things.removesuffix('s')}", 1.0 / int(found[1] or 1), usual=(0.0, None))


def parse_amount(text: str) -> Amount | None:
    """A figure with or without its unit (`80`, `-3.5`, `4 h`, `5 %`, `1e3`, `2 weeks`); `None` for anything else."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or not isfinite(float(found[1])):
        return None
    words = " ".join(found[2].split())
    if not words:
        return Amount(float(found[1]))
    unit = _duration("week") if DURATION_WORDS.get(words) == "week" else parse_unit(words)
    return None if unit is None else Amount(float(found[1]), unit)


def convert(amount: Amount, to: Unit) -> float | None:
    """The figure in another unit; `None` where the families differ. Without a unit it is taken to be in `to`."""
    if amount.unit is None or amount.unit == to:
        return amount.number
    if amount.unit.family != to.family:
        return None
    return amount.number * amount.unit.factor / to.factor


def suggest_unit(text: str) -> str | None:
    """The unit that someone who wrote this unknown one most likely means."""
    words = " ".join(text.split())
    low = words.lower()
    if parse_unit(low) is not None:
        return low
    if words.upper() in CURRENCIES:
        return words.upper()
    if low in _MEANT:
        return _MEANT[low]
    score = _SCORE_MEANT.fullmatch(low)
    if score is not None:
        return f"score {score[1]}..{score[2]}"
    close = get_close_matches(low, [*_NAMED, *DURATION_WORDS], 1, 0.75)
    return close[0] if close else None


UNITS_IN_WORDS = (
    "`percent`, `points`, `s` `min` `h` `d`, `count`, `number`, `score 1..5`, `EUR`, `per 1000 subscribers`"
)


def duration_seconds(text: str) -> float | None:
    """The seconds of a duration as written (`2 days`, `36 h`); `None` for anything else, a bare number included."""
    amount = parse_amount(text)
    if amount is None or amount.unit is None or amount.unit.family != "duration":
        return None
    return amount.number * amount.unit.factor
