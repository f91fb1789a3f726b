"""What a column is likely to be: told by words in its name and by what stands in it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from kpispec.formula.tree import Type
from kpispec.project.profile import Column, whole_number

Scale = tuple[int, int]

_SCALES: tuple[Scale, ...] = ((1, 5), (1, 7), (0, 10))
_WITHIN = 0.6  # of the answers; the rest are codes for no answer
_VERDICTS = frozenset({"good", "bad"})
_KNOWN_CUTS = r"channel|canal|region|segment|plan|offre|country|pays|product|produit|topic|motif|status|priority|type"


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a column plays in KPIs. `words` is looked for in its name, `fits` judges its cells."""

    name: str
    words: str
    fits: Callable[[Column], bool]
    noun: str  # what is missing where no column plays it


def scale_of(column: Column) -> Scale | None:
    """The scale of answers that most cells of a column stand on: all its steps but one or two are there."""
    answers = {answer: n for v, n in column.values if (answer := whole_number(v)) is not None}
    if column.type is not Type.INTEGER or not answers:
        return None
    total = sum(answers.values())
    fitting = [s for s in _SCALES if sum(n for v, n in answers.items() if s[0] <= v <= s[1]) >= _WITHIN * total]
    full = (s for s in fitting if sum(s[0] <= v <= s[1] for v in answers) >= s[1] - s[0] - 1 and s[1] in answers)
    return _widest(list(full), answers, total)


def _widest(scales: list[Scale], answers: dict[int, int], total: int) -> Scale | None:
    """The narrowest scale, unless much stands beyond it on a wider one: a few 6 on a scale to 5 are a code."""
    for narrow in scales:
        wider = [s for s in scales if s[1] > narrow[1]]
        beyond = sum(n for v, n in answers.items() if narrow[1] < v <= max((w[1] for w in wider), default=0))
        if beyond < 0.05 * total:
            return narrow
    return scales[-1] if scales else None


def outside(column: Column, scale: Scale) -> tuple[tuple[str, int], ...]:
    """The cells that are no answers on the scale, most frequent first."""
    low, high = scale
    return tuple((v, n) for v, n in column.values if (a := whole_number(v)) is None or not low <= a <= high)


def _zero_to_ten(column: Column) -> bool:
    return scale_of(column) == (0, 10)


def _scored(column: Column) -> bool:
    return scale_of(column) is not None


def _verdict(column: Column) -> bool:
    """Good or bad in words, as help desks write it; words such as `offered` may stand beside them."""
    return {v.lower() for v, _ in column.values} >= _VERDICTS


def _dated(column: Column) -> bool:
    return column.dated


def _measured(column: Column) -> bool:
    return column.numeric and column.distinct > 12


def _named(column: Column) -> bool:
    return not column.dated and column.type in (Type.STRING, Type.INTEGER) and column.distinct > 1


_CUSTOMER = r"customer|client|user|requester|subscriber|account|member|buyer|cust"

# A column plays the first role that it fits; a role is played by the first column that fits it.
ROLES: tuple[Role, ...] = (
    Role(
        "score", r"nps|net_?pro|recom+[ea]nd|likel|추천", _zero_to_ten, "an answer from 0 to 10: would you recommend us"
    ),
    Role("satisfaction", r"c_?sat|satisf|overall|rating|zufried|만족|q\d+_?all$", _scored, "a satisfaction score"),
    Role("verdict", r"satisf|rating|verdict", _verdict, "a verdict, `good` or `bad`"),
    Role(
        "first_reply",
        r"(first|1st|1re|premiere?)_(repl|respon|repon|answer)|replied|responded",
        _dated,
        "a time of first reply",
    ),
    Role("resolved", r"resol[vu]|solved|closed|completed|clos_|ferme", _dated, "a time of resolution"),
    Role(
        "opened",
        r"created?|opened|ouvert|submitted|received|recue?|ordered|purchased|answered_(at|on)",
        _dated,
        "a time of opening",
    ),
    Role("cost", r"cost|cout|kosten|refund|rembours", _measured, "a cost"),
    Role("amount", r"amount|revenue|sales|total|price|dollar|montant|prix|umsatz|turnover", _measured, "an amount"),
    Role("customer", rf"^(n_)?({_CUSTOMER})(_?(id|no|num|number))?$", _named, "a customer's number"),
)


def roles_of(columns: tuple[Column, ...]) -> dict[str, Column]:
    """Which column plays which role."""
    found: dict[str, Column] = {}
    for role in ROLES:
        free = [c for c in fitting(role.name, columns) if c not in found.values()]
        if free:
            found[role.name] = free[0]
    return found


def fitting(name: str, columns: tuple[Column, ...]) -> list[Column]:
    """The columns that could play a role, by their names and their cells."""
    role = next(r for r in ROLES if r.name == name)
    return [c for c in columns if re.search(role.words, words_of(c.raw)) and role.fits(c)]


def called(role: str, columns: tuple[Column, ...]) -> Column | None:
    """The first column whose name speaks for a role, whatever stands in it."""
    words = next(r.words for r in ROLES if r.name == role)
    return next((c for c in columns if re.search(words, words_of(c.raw))), None)


def clock_of(columns: tuple[Column, ...], roles: dict[str, Column]) -> Column | None:
    """The column that places a row in a period: the opening, else the first date that is nearly always there."""
    if "opened" in roles:
        return roles["opened"]
    rows = max((c.filled for c in columns), default=0)
    later = {c.name for role, c in roles.items() if role in ("first_reply", "resolved")}
    dates = [c for c in columns if c.dated and c.name not in later and c.filled >= 0.9 * rows and c.distinct > 1]
    return min(dates, key=lambda c: c.raw.startswith("_"), default=None)


def cuts_of(columns: tuple[Column, ...], roles: dict[str, Column], most: int) -> tuple[Column, ...]:
    """Columns to cut by: text of a few values, at most so many, those with telling names first."""
    played = {c.name for c in roles.values()}
    fitting = [c for c in columns if c.type is Type.STRING and 2 <= c.distinct <= 12 and c.name not in played]
    repeated = [c for c in fitting if c.filled >= 3 * c.distinct]
    return tuple(sorted(repeated, key=lambda c: not re.search(_KNOWN_CUTS, words_of(c.raw)))[:most])


def key_of(columns: tuple[Column, ...], rows: int) -> Column | None:
    """A column that names rows: all different, never empty, and called so."""
    named = (c for c in columns if re.search(r"(^|_)(id|no|num|number|key|nr|ref|n)(_|$)|num$|id$", words_of(c.raw)))
    fitting = (c for c in named if c.distinct == c.filled == rows and c.type in (Type.STRING, Type.INTEGER))
    return next(fitting, None)


def words_of(raw: str) -> str:
    """A raw name in small letters without accents, `#` in words; what else is no letter or digit is an underscore."""
    spelled = unicodedata.normalize("NFKD", raw.replace("#", " number "))
    bare = unicodedata.normalize("NFC", "".join(c for c in spelled if not unicodedata.combining(c)))
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", bare)
    return re.sub(r"\W+", "_", spaced.lower()).strip("_")
