"""The exports of `examples/customer_care`, read and bound in plain Python: no kpispec, no DuckDB."""

import csv
import gzip
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
PARIS = ZoneInfo("Europe/Paris")
AS_OF = datetime(2026, 9, 3, tzinfo=PARIS).astimezone(UTC)

Cell = float | str | bool | date | datetime | None

REGIONS = {name: name for name in ("Île-de-France", "Nord", "Ouest", "Sud-Est", "Sud-Ouest")}
ORAL_AND_WRITTEN = {"Téléphone": "phone", "E-mail": "email", "Chat": "chat", "Réseaux sociaux": "social"}
CHANNELS = {**ORAL_AND_WRITTEN, "Visio": "video"}
SEVERITIES = {"action immédiate": "immediate", "plusieurs clients": "several_customers", "sans suite": "none"}
DECLARED: dict[str, dict[str, tuple[str, ...]]] = {
    "tickets": {"channel": tuple(CHANNELS.values()), "region": tuple(REGIONS)},
    "survey_answers": {"channel": tuple(CHANNELS.values()), "region": tuple(REGIONS)},
    "complaints": {"channel": tuple(ORAL_AND_WRITTEN.values()), "region": tuple(REGIONS)},
    "period_counts": {"region": tuple(REGIONS)},
    "shop_votes": {"region": tuple(REGIONS)},
}


@dataclass(slots=True)
class Row:
    """A row after binding. `month` is `None` where the clock is missing; `rejects` holds a reason by column."""

    month: str | None = None
    cells: dict[str, Cell] = field(default_factory=dict)
    rejects: dict[str, str] = field(default_factory=dict)

    def put(self, column: str, cell: tuple[Cell, str | None]) -> None:
        self.cells[column], reason = cell
        if reason:
            self.rejects[column] = reason


def text(raw: str) -> tuple[Cell, str | None]:
    return raw or None, None


def choice(raw: str, names: dict[str, str]) -> tuple[Cell, str | None]:
    return (names[raw], None) if raw in names else (None, "not_in_values" if raw else None)


def yes_no(raw: str, yes: str, no: str) -> tuple[Cell, str | None]:
    return (raw == yes, None) if raw in (yes, no) else (None, "wrong_type" if raw else None)


def integer(
    raw: str, low: float = 0, high: float = math.inf, missing: dict[str, str] | None = None
) -> tuple[Cell, str | None]:
    if not raw or raw in (missing or {}):
        return None, (missing or {}).get(raw)
    if not raw.removeprefix("-").isdecimal():
        return None, "wrong_type"
    return (int(raw), None) if low <= int(raw) <= high else (None, "out_of_range")


def euros(raw: str) -> tuple[Cell, str | None]:
    """`1 234,50`: a point is no decimal sign here."""
    if not raw:
        return None, None
    plain = raw.replace(" ", "")
    if not plain.removeprefix("-").replace(",", "", 1).isdecimal():
        return None, "wrong_type"
    amount = float(plain.replace(",", "."))
    return (amount, None) if amount >= 0 else (None, "out_of_range")


def day(raw: str, form: str = "%d/%m/%Y") -> tuple[Cell, str | None]:
    try:
        return datetime.strptime(raw, form).date(), None
    except ValueError:
        return None, "wrong_type" if raw else None


def instant(raw: str) -> tuple[Cell, str | None]:
    """A wall clock of Paris as an instant: an hour that occurs twice is the later, a skipped one moves forward."""
    try:
        wall = datetime.strptime(raw, "%d/%m/%Y %H:%M:%S")
    except ValueError:
        return None, "wrong_type" if raw else None
    early, late = (wall.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(early, late), None


def lines(name: str, encoding: str, delimiter: str = ";") -> Iterator[dict[str, str]]:
    content = (EXAMPLE / "exports" / name).read_bytes()
    plain = gzip.decompress(content) if name.endswith(".gz") else content
    return csv.DictReader(io.StringIO(plain.decode(encoding), newline=""), delimiter=delimiter)


def tickets() -> list[Row]:
    rows = [row for row in map(_ticket, lines("tickets.csv.gz", "utf-8")) if _seen(row)]
    later: dict[Cell, datetime] = {}
    dated = [row for row in rows if isinstance(row.cells["opened_at"], datetime)]
    for row in sorted(dated, key=lambda row: str(row.cells["opened_at"]), reverse=True):
        opened, who = row.cells["opened_at"], row.cells["customer_id"]
        assert isinstance(opened, datetime)
        following = later.get(who)
        row.cells["again"] = following is not None and following - opened <= timedelta(days=7)
        if who is not None:
            later[who] = opened
    return rows


def _seen(row: Row) -> bool:
    opened = row.cells["opened_at"]
    return not isinstance(opened, datetime) or opened < AS_OF


def _ticket(line: dict[str, str]) -> Row:
    row = Row()
    row.put("customer_id", text(line["N° client"]))
    row.put("channel", choice(line["Canal"], CHANNELS))
    row.put("region", choice(line["Région"], REGIONS))
    row.put("opened_at", instant(line["Ouvert le"]))
    row.put("first_reply_at", instant(line["1re réponse le"]))
    row.put("resolved_at", instant(line["Résolu le"]))
    row.put("agent_replies", integer(line["Réponses agent"]))
    row.put("escalated", yes_no(line["Escalade"], "oui", "non"))
    row.put("handling_s", integer(line["Traitement (s)"]))
    row.put("wait", _hours(row, "first_reply_at"))
    row.put("spent", _hours(row, "resolved_at"))
    replies = row.cells["agent_replies"]
    row.cells["once"] = None if replies is None else replies == 1
    opened = row.cells["opened_at"]
    row.month = f"{opened.astimezone(PARIS):%Y-%m}" if isinstance(opened, datetime) else None
    return row


def _hours(row: Row, column: str) -> tuple[Cell, str | None]:
    end, start = row.cells[column], row.cells["opened_at"]
    if not isinstance(end, datetime) or not isinstance(start, datetime):
        return None, None
    hours = (end - start).total_seconds() / 3600
    return (hours, None) if hours >= 0 or column == "resolved_at" else (None, "out_of_range")


def survey_answers() -> list[Row]:
    rows = []
    for line in lines("survey.csv", "latin-1"):
        row = Row()
        row.put("survey_kind", choice(line["Enquête"], {"à chaud": "hot", "à froid": "cold"}))
        row.put("channel", choice(line["Canal"], CHANNELS))
        row.put("region", choice(line["Région"], REGIONS))
        row.put("recommend", integer(line["Recommandation"], 0, 10, {"11": "blank"}))
        row.put("satisfaction", integer(line["Satisfaction"], 1, 5, {"0": "blank", "6": "not applicable"}))
        row.put("solved", yes_no(line["Problème résolu"], "oui", "non"))
        rows.append(_dated(row, "answered_at", line["Date"]))
    return rows


def complaints() -> list[Row]:
    rows = []
    for line in lines("complaints.csv", "cp1252"):
        row = Row()
        row.put("complaint_id", text(line["N° réclamation"]))
        row.put("written", yes_no(line["Écrite"], "O", "N"))
        row.put("channel", choice(line["Canal"], ORAL_AND_WRITTEN))
        row.put("region", choice(line["Région"], REGIONS))
        row.put("severity", choice(line["Gravité"], SEVERITIES))
        row.put("answered_at", day(line["Répondue le"]))
        row.put("cost", euros(line["Coût (€)"]))
        row.cells["answered"] = row.cells["answered_at"] is not None
        rows.append(_dated(row, "received_at", line["Reçue le"]))
    return rows


def period_counts() -> list[Row]:
    columns = {"opening": "Abonnés début", "acquired": "Nouveaux", "lost": "Partis", "closing": "Abonnés fin"}
    rows = []
    for line in lines("subscribers.csv", "utf-8-sig"):
        row = Row()
        row.put("region", choice(line["Région"], REGIONS))
        for column, raw in columns.items():
            row.put(column, integer(line[raw]))
        rows.append(_dated(row, "month_on", line["Mois"]))
    return rows


def shop_votes() -> list[Row]:
    rows = []
    for line in lines("shop_votes.csv", "utf-8", ","):
        row = Row()
        row.put("region", choice(line["Région"], REGIONS))
        row.put("votes", integer(line["Votes"]))
        row.put("pleased", integer(line["Positifs"]))
        rows.append(_dated(row, "day_open", line["Jour"], "%Y-%m-%d"))
    return rows


def _dated(row: Row, clock: str, raw: str, form: str = "%d/%m/%Y") -> Row:
    row.put(clock, day(raw, form))
    on = row.cells[clock]
    row.month = f"{on:%Y-%m}" if isinstance(on, date) else None
    return row


READERS: dict[str, Callable[[], list[Row]]] = {
    "tickets": tickets,
    "survey_answers": survey_answers,
    "complaints": complaints,
    "period_counts": period_counts,
    "shop_votes": shop_votes,
}
