"""A survey of contacts: its spec, rows as an export writes them, and what each cell means, read in plain Python."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
HEADER = ("id", "at", "ch", "score", "wait", "cost", "solved", "customer")

SPEC = """
dataset: contacts
time: at
columns:
  id: {type: string}
  at: {type: timestamp}
  ch: {type: string, dimension: true, values: [phone, email, chat]}
  score: {type: integer, range: [0, 10], missing: {11: blank, 99: refused}}
  wait: {type: number, range: [0, null]}
  cost: {type: number}
  solved: {type: boolean, dimension: true}
  customer: {type: string}
"""


@dataclass(frozen=True)
class Row:
    """A row after binding: what its cells say, and why a cell says nothing."""

    at: datetime | None  # an instant, in UTC
    ch: str | None
    score: int | None
    wait: float | None
    cost: float | None
    solved: bool | None
    customer: str | None
    rejects: dict[str, str]

    @property
    def day(self) -> date | None:
        return None if self.at is None else self.at.astimezone(ZONE).date()


def read(raw: dict[str, str]) -> Row:
    """A row of texts as the language says that it reads."""
    rejects: dict[str, str] = {}
    return Row(
        at=_instant(raw["at"], rejects),
        ch=_channel(raw["ch"], rejects),
        score=_score(raw["score"].strip(), rejects),
        wait=_number("wait", raw["wait"].strip(), rejects, least=0),
        cost=_number("cost", raw["cost"].strip(), rejects),
        solved=_flag(raw["solved"].strip().lower(), rejects),
        customer=raw["customer"] or None,
        rejects=rejects,
    )


def _instant(text: str, rejects: dict[str, str]) -> datetime | None:
    """A clock reading without offset is Paris's: a skipped one moves forward, one that occurs twice is the later."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        rejects["at"] = "wrong_type"
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    return max(found.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))


def _channel(text: str, rejects: dict[str, str]) -> str | None:
    if text in ("phone", "email", "chat"):
        return text
    if text:
        rejects["ch"] = "not_in_values"
    return None


def _score(text: str, rejects: dict[str, str]) -> int | None:
    number = _number("score", text, rejects)
    if number is None:
        return None
    if number in (11, 99):
        rejects["score"] = {11: "blank", 99: "refused"}[int(number)]
    elif number != int(number):
        rejects["score"] = "wrong_type"
    elif not 0 <= number <= 10:
        rejects["score"] = "out_of_range"
    else:
        return int(number)
    return None


def _number(name: str, text: str, rejects: dict[str, str], least: float | None = None) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        rejects[name] = "wrong_type"
        return None
    if least is not None and number < least:
        rejects[name] = "out_of_range"
        return None
    return number


def _flag(text: str, rejects: dict[str, str]) -> bool | None:
    if text in ("true", "t", "yes", "y", "1"):
        return True
    if text in ("false", "f", "no", "n", "0"):
        return False
    if text:
        rejects["solved"] = "wrong_type"
    return None
