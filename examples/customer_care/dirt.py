"""What is wrong in the exports, on purpose: the bad cells that real exports hold, each a known number of times."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

Row = dict[str, str]

# What real exports hold: (column, what stands there instead). Each is put into one row of its own; README counts them.
DIRT: dict[str, tuple[tuple[str, str], ...]] = {
    "tickets": (
        *(("Ouvert le", text) for text in ("31/02/2026 10:00:00", "", "hier", "2026-13-01 08:00:00")),
        *(("Ouvert le", text) for text in ("14/06/2062 09:12:00", "02/01/2062 16:40:00")),
        ("Ouvert le", "30/03/2025 02:30:00"),  # an hour that the clock change skips
        *(("1re réponse le", text) for text in ("00/00/0000 00:00:00", "n/c", "32/05/2025 09:00:00")),
        *(("1re réponse le", "BEFORE OPENING") for _ in range(9)),
        *(("Canal", text) for text in ("Fax", "Fax", "Pigeon", "???", "E-mail ", "")),
        *(("Région", text) for text in ("Étranger", "Inconnue", "", "")),
        *(("Traitement (s)", text) for text in ("-1", "-1", "n/d", "n/d", "env. 400", "412,5", "", "")),
        *(("Réponses agent", text) for text in ("-2", "deux", "")),
        *(("Escalade", text) for text in ("peut-être", "")),
    ),
    "survey": (
        *(("Recommandation", text) for text in ("12", "-1", "99", "99", "dix", "8,5", "10 - très probable", "", "")),
        *(("Satisfaction", text) for text in ("7", "9", "-1", "4,5", "bof", "", "")),
        *(("Enquête", text) for text in ("tiède", "")),
        *(("Canal", text) for text in ("Minitel", "Minitel", "")),
        *(("Date", text) for text in ("31/11/2025", "le 3 mai", "")),
    ),
    "complaints": (
        *(("Coût (€)", text) for text in ("-35,00", "-12,50", "n.c.", "n.c.", "gratuit", "1 250,00", "12.50")),
        *(("Répondue le", text) for text in ("en cours", "en cours", "en cours", "30/02/2026")),
        *(("Reçue le", text) for text in ("29/02/2025", "")),
        *(("Gravité", text) for text in ("grave", "")),
        *(("Région", text) for text in ("DOM-TOM", "")),
    ),
}


def spoil(below: Callable[[int], int], rows: list[Row], dirt: Sequence[tuple[str, str]]) -> None:
    """Put every bit of dirt into a row of its own, where a cell stood before. `below(n)` draws from 0 to n - 1."""
    spoilt: set[int] = set()
    for column, text in dirt:
        index = _same_day(rows, column, text)
        while index is None or index in spoilt or not rows[index][column]:
            index = below(len(rows))
        spoilt.add(index)
        rows[index][column] = _before_opening(rows[index]) if text == "BEFORE OPENING" else text


def _same_day(rows: list[Row], column: str, text: str) -> int | None:
    """The first row later on the day that `text` names, so that the row stays plausible."""
    days = (
        i for i, row in enumerate(rows) if row[column][:10] == text[:10] and row[column] > text and text[10:11] == " "
    )
    return next(days, None)


def _before_opening(ticket: Row) -> str:
    form = "%d/%m/%Y %H:%M:%S"
    return (datetime.strptime(ticket["Ouvert le"], form) - timedelta(minutes=17)).strftime(form)


def blank_lines(rows: list[Row], number: int) -> None:
    """Lines of separators only, as spreadsheets leave them below a table."""
    rows += [dict.fromkeys(rows[0], "") for _ in range(number)]
