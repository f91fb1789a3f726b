"""Writes `exports/`: two years of customer care at a fictional French telecom operator, as its tools would export them.

Nothing here is real. Durations and scores come from tables of quantiles and weights, by plain arithmetic on a seeded
stream, so that every machine writes the same rows (a `.gz` holds the same text; its bytes are zlib's affair).
The clock of Paris is computed from the rule of the European Union, so that no time zone database is needed.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import sqrt
from pathlib import Path

from dice import Dice
from dirt import DIRT, Row, blank_lines, spoil

FIRST, LAST = date(2024, 9, 1), date(2026, 8, 31)
EXPORTED = datetime(2026, 9, 2, 22, 0)  # UTC: the first instant of 2026-09-03 in Paris; nothing later is known
OUTAGE = (date(2026, 3, 9), date(2026, 3, 15))
OUTAGE_REGION = "Ouest"
PILOT_REGION, PILOT_START = "Île-de-France", date(2026, 5, 4)

REGIONS = {"Île-de-France": 0.32, "Nord": 0.17, "Ouest": 0.18, "Sud-Est": 0.19, "Sud-Ouest": 0.14}
TOPICS = {"facturation": 0.31, "réseau": 0.27, "installation": 0.16, "contrat": 0.17, "autre": 0.09}
WEEKDAYS = (1.25, 1.1, 1.05, 1.05, 1.1, 0.65, 0.35)
SEASON = {12: 1.35, 1: 1.15, 7: 0.88, 8: 0.82}

# Quantiles at the shares of dice.py, in seconds unless the name says otherwise.
FIRST_REPLY = {
    "Téléphone": (5, 20, 45, 100, 240, 540, 1200, 2700),
    "E-mail": (600, 3000, 9000, 22000, 50000, 90000, 150000, 260000),
    "Chat": (5, 10, 18, 35, 80, 200, 600, 1800),
    "Réseaux sociaux": (120, 600, 1800, 5400, 14400, 32000, 64000, 120000),
    "Visio": (10, 30, 60, 120, 240, 500, 900, 1500),
}
HANDLING = {
    "Téléphone": (90, 180, 270, 430, 640, 900, 1300, 2400),
    "E-mail": (60, 150, 240, 400, 600, 900, 1500, 3000),
    "Chat": (100, 200, 320, 480, 700, 950, 1400, 2200),
    "Réseaux sociaux": (40, 90, 150, 240, 380, 600, 900, 1500),
    "Visio": (240, 400, 560, 760, 980, 1300, 1700, 2600),
}
AFTER_REPLY = (60, 300, 900, 5400, 24000, 66000, 150000, 320000)
COMPLAINT_COST_EUR = (0, 5, 10, 20, 42, 90, 190, 650)
COMPLAINT_ANSWER_DAYS = (0, 1, 1, 2, 4, 8, 15, 30)
OPENING_HOURS = (0.5, 8, 9, 11.5, 15.5, 18.5, 20.5, 22.9)  # of day, winter time


def last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def paris(instant: datetime) -> datetime:
    """The wall clock of Paris at a UTC instant: summer lasts from March to October, the last Sundays, 01:00."""
    edges = (datetime.combine(last_sunday(instant.year, m), datetime.min.time()) for m in (3, 10))
    start, end = (edge + timedelta(hours=1) for edge in edges)
    return instant + timedelta(hours=2 if start <= instant < end else 1)


def written(instant: datetime, form: str) -> str:
    return paris(instant).strftime(form) if instant < EXPORTED else ""


def days() -> Iterator[date]:
    for offset in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=offset)


def elapsed(day: date) -> float:
    """0 on the first day, 1 on the last: the axis of the slow trends."""
    return (day - FIRST).days / (LAST - FIRST).days


def outage(day: date, region: str) -> bool:
    return region == OUTAGE_REGION and OUTAGE[0] <= day <= OUTAGE[1]


def strain(day: date, region: str) -> float:
    """How much the outage weighs on a region: 1 during it, gone 60 days later; a sixth elsewhere (the same agents)."""
    since = (day - OUTAGE[1]).days
    weight = 0.0 if day < OUTAGE[0] or since > 60 else 1 - max(0, since) / 60
    return weight if region == OUTAGE_REGION else weight / 6


def busy(day: date) -> float:
    return WEEKDAYS[day.weekday()] * SEASON.get(day.month, 1.0)


def channel_mix(day: date) -> dict[str, float]:
    moved = 0.1 * elapsed(day)
    return {"Téléphone": 0.40 - moved, "E-mail": 0.30, "Chat": 0.20 + moved, "Réseaux sociaux": 0.10}


def customer(dice: Dice, region: str) -> str:
    return f"C{list(REGIONS).index(region) + 1}{dice.below(14000):05d}"


def tickets(dice: Dice) -> list[Row]:
    calls = sorted(_calls(dice), key=lambda call: (call[0], call[1]))
    return [_ticket(dice, number, *call) for number, call in enumerate(calls, start=100_001)]


def _calls(dice: Dice) -> Iterator[tuple[datetime, str, str, str]]:
    """Who writes when, from where, how: (instant, customer, region, channel). Some come back within the week."""
    for day in days():
        for region, share in REGIONS.items():
            load = 6.0 if outage(day, region) else 1 + 0.5 * strain(day, region)
            for _ in range(dice.count(24.5 * share * busy(day) * load * (1 + 0.1 * elapsed(day)))):
                call = (_moment(dice, day), customer(dice, region), region, dice.pick(channel_mix(day)))
                yield call
                if dice.chance(0.145 + 0.1 * strain(day, region)):
                    yield from _again(dice, day, call)
        if day >= PILOT_START and dice.chance(0.32):
            yield _moment(dice, day), customer(dice, PILOT_REGION), PILOT_REGION, "Visio"


def _moment(dice: Dice, day: date) -> datetime:
    hours = dice.quantile(OPENING_HOURS)
    return datetime.combine(day, datetime.min.time()) + timedelta(seconds=int(hours * 3600)) - timedelta(hours=1)


def _again(dice: Dice, day: date, call: tuple[datetime, str, str, str]) -> Iterator[tuple[datetime, str, str, str]]:
    instant, who, region, _ = call
    later = instant + timedelta(seconds=20_000 + dice.below(570_000))
    if paris(later).date() <= LAST:
        yield later, who, region, dice.pick(channel_mix(day))


def _ticket(dice: Dice, number: int, opened: datetime, who: str, region: str, channel: str) -> Row:
    day = paris(opened).date()
    slower = 1 + 2.5 * strain(day, region) + (1.2 * elapsed(day) if channel == "E-mail" else 0)
    replied = opened + timedelta(seconds=int(dice.quantile(FIRST_REPLY[channel]) * slower))
    answered = not dice.chance(0.02 + 0.06 * strain(day, region))
    replies = 1 if dice.chance(0.66 - 0.25 * strain(day, region)) else 2 + dice.below(4)
    resolved = replied + timedelta(seconds=int(dice.quantile(AFTER_REPLY) * (replies if replies > 1 else 0.5)))
    solved = answered and dice.chance(0.95)
    topics = {**TOPICS, "réseau": 0.27 + 2.5 * strain(day, region)}
    form = "%d/%m/%Y %H:%M:%S"
    return {
        "N° ticket": f"T{number}",
        "N° client": "" if dice.chance(0.012) else who,
        "Canal": channel,
        "Région": region,
        "Motif": dice.pick(topics),
        "Ouvert le": written(opened, form),
        "1re réponse le": written(replied, form) if answered else "",
        "Résolu le": written(resolved, form) if solved else "",
        "Réponses agent": str(replies if answered else 0),
        "Escalade": "oui" if dice.chance(0.055 + 0.02 * (replies > 2) + 0.08 * strain(day, region)) else "non",
        "Traitement (s)": str(int(dice.quantile(HANDLING[channel]) * (1 + 0.3 * strain(day, region)))),
    }


def survey(dice: Dice, handled: list[Row]) -> list[Row]:
    """Answers given right after a ticket (`à chaud`) and to a monthly letter about the brand (`à froid`)."""
    answers = [*_hot_answers(dice, handled), *_cold_answers(dice)]
    answers.sort(key=lambda answer: (answer[0], answer[1]["Client"]))
    return [{"Réponse": f"R{n}", **row} for n, (_, row) in enumerate(answers, start=500_001)]


def _hot_answers(dice: Dice, handled: list[Row]) -> Iterator[tuple[datetime, Row]]:
    for ticket in handled:
        if not ticket["Résolu le"] or not dice.chance(0.235):
            continue
        resolved = datetime.strptime(ticket["Résolu le"], "%d/%m/%Y %H:%M:%S")
        answered = resolved + timedelta(seconds=900 + dice.below(180_000))
        if answered.date() > LAST:
            continue
        opened = datetime.strptime(ticket["Ouvert le"], "%d/%m/%Y %H:%M:%S").date()
        weight = strain(opened, ticket["Région"])
        replies = int(ticket["Réponses agent"])
        pleased = 0.815 + 0.05 * elapsed(opened) - 0.35 * weight - 0.06 * (replies > 2)
        who, channel, region = ticket["N° client"], ticket["Canal"], ticket["Région"]
        yield answered, _answer(dice, "à chaud", who, channel, region, pleased, answered.date())


def _cold_answers(dice: Dice) -> Iterator[tuple[datetime, Row]]:
    for day in days():
        for region, share in REGIONS.items():
            for _ in range(dice.count(6.4 * share / sqrt(SEASON.get(day.month, 1.0)))):
                answered = datetime.combine(day, datetime.min.time()) + timedelta(minutes=420 + dice.below(900))
                pleased = 0.70 + 0.08 * elapsed(day) - 0.45 * strain(day, region)
                channel = dice.pick(channel_mix(day))
                yield answered, _answer(dice, "à froid", customer(dice, region), channel, region, pleased, day)


def _answer(dice: Dice, kind: str, who: str, channel: str, region: str, pleased: float, day: date) -> Row:
    happy = dice.chance(pleased)
    warmth = 0.09 if kind == "à chaud" else 0.0
    promoter, detractor = (0.60 + warmth, 0.08) if happy else (0.08, 0.66 - warmth)
    mood = dice.pick({"up": promoter, "down": detractor, "level": 1 - promoter - detractor})
    solved = dice.chance(0.76 if happy else 0.34)
    return {
        "Client": who,
        "Date": f"{day:%d/%m/%Y}",
        "Enquête": kind,
        "Canal": channel,
        "Région": region,
        "Recommandation": "11" if dice.chance(0.025) else _recommendation(dice, mood),
        "Satisfaction": _satisfaction(dice, happy),
        "Problème résolu": ("oui" if solved else "non") if kind == "à chaud" and not dice.chance(0.08) else "",
    }


def _recommendation(dice: Dice, mood: str) -> str:
    weights = {
        "up": {"9": 0.55, "10": 0.45},
        "level": {"7": 0.45, "8": 0.55},
        "down": {"6": 0.3, "5": 0.25, "4": 0.12, "3": 0.12, "2": 0.08, "1": 0.05, "0": 0.08},
    }
    return dice.pick(weights[mood])


def _satisfaction(dice: Dice, happy: bool) -> str:
    if dice.chance(0.05):
        return "0" if dice.chance(0.6) else "6"
    return dice.pick({"5": 0.52, "4": 0.48} if happy else {"3": 0.5, "2": 0.3, "1": 0.2})


def complaints(dice: Dice) -> list[Row]:
    rows: list[Row] = []
    for day in days():
        for region, share in REGIONS.items():
            load = 1 + (14.0 if outage(day, region) else 7 * strain(day, region))
            mean = 3.15 * share * (0.6 + 0.4 * busy(day)) * load * (1 + 0.12 * elapsed(day))
            rows += [_complaint(dice, day, region) for _ in range(dice.count(mean))]
    return [{"N° réclamation": f"RC{n}", **row} for n, row in enumerate(rows, start=20_001)]


def _complaint(dice: Dice, day: date, region: str) -> Row:
    since_outage = max(0, (day - OUTAGE[1]).days) / 170
    unanswered = 0.06 + 0.13 * min(1.0, since_outage)
    answered = day + timedelta(days=int(dice.quantile(COMPLAINT_ANSWER_DAYS)))
    pending = dice.chance(unanswered) or answered > EXPORTED.date()
    cost = dice.quantile(COMPLAINT_COST_EUR) * (1 + 0.45 * elapsed(day) + 0.5 * strain(day, region))
    topics = {
        "facturation": 0.36,
        "réseau": 0.22 + 2 * strain(day, region),
        "contrat": 0.2,
        "accueil": 0.12,
        "livraison": 0.1,
    }
    severity = {"sans suite": 0.5, "action immédiate": 0.38, "plusieurs clients": 0.12 + strain(day, region)}
    return {
        "Reçue le": f"{day:%d/%m/%Y}",
        "Écrite": "O" if dice.chance(0.74) else "N",
        "Canal": dice.pick({"E-mail": 0.5, "Téléphone": 0.26, "Réseaux sociaux": 0.16, "Chat": 0.08}),
        "Région": region,
        "Catégorie": dice.pick(topics),
        "Gravité": dice.pick(severity),
        "Répondue le": "" if pending else f"{answered:%d/%m/%Y}",
        "Coût (€)": "" if dice.chance(0.04) else french(cost),
    }


def french(amount: float) -> str:
    """`1 234,50`: a space between thousands and a decimal comma."""
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",")


def subscribers(dice: Dice) -> list[Row]:
    plans = {"Mobile": 0.52, "Fibre": 0.36, "Pro": 0.12}
    counts = {(r, p): int(60_000 * REGIONS[r] * plans[p]) for r in REGIONS for p in plans}
    rows: list[Row] = []
    for day in (d for d in days() if d.day == 1):
        for (region, plan), opening in counts.items():
            after = 1.4 * strain(day + timedelta(days=16), region) if day.month in (3, 4, 5) else 0
            leaving = 0.0142 - 0.0018 * elapsed(day) + 0.004 * (day.month in (1, 9)) + 0.012 * after
            lost = dice.count(opening * leaving)
            acquired = dice.count(opening * (0.0152 + 0.005 * (day.month in (9, 11, 12))))
            closing = opening + acquired - lost
            cells = (f"{day:%d/%m/%Y}", region, plan, str(opening), str(acquired), str(lost), str(closing))
            names = ("Mois", "Région", "Offre", "Abonnés début", "Nouveaux", "Partis", "Abonnés fin")
            rows.append(dict(zip(names, cells, strict=True)))
            counts[region, plan] = closing
    return rows


def shop_votes(dice: Dice) -> list[Row]:
    """The smiley terminals of the shops. Their export stopped with June 2026, and nobody has asked why yet."""
    rows: list[Row] = []
    for day in (d for d in days() if d.weekday() < 6 and d < date(2026, 7, 1)):
        for region, share in REGIONS.items():
            votes = dice.count(160 * share * SEASON.get(day.month, 1.0))
            pleased = sum(dice.chance(0.84 - 0.3 * strain(day, region)) for _ in range(votes))
            rows.append({"Jour": f"{day}", "Région": region, "Votes": str(votes), "Positifs": str(pleased)})
    return rows


def as_csv(rows: list[Row], encoding: str, delimiter: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def compressed(content: bytes) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def exports() -> dict[str, bytes]:
    """Every file of `exports/` by name, before compression."""
    dirt = Dice(6)
    handled = tickets(Dice(1))
    answers, letters = survey(Dice(2), handled), complaints(Dice(3))
    for name, rows, lines in (("tickets", handled, 3), ("survey", answers, 0), ("complaints", letters, 2)):
        spoil(dirt.below, rows, DIRT[name])
        blank_lines(rows, lines)
    return {
        "tickets.csv.gz": as_csv(handled, "utf-8", ";"),
        "survey.csv": as_csv(answers, "latin-1", ";"),
        "complaints.csv": as_csv(letters, "cp1252", ";"),
        "subscribers.csv": as_csv(subscribers(Dice(4)), "utf-8-sig", ";"),
        "shop_votes.csv": as_csv(shop_votes(Dice(5)), "utf-8", ","),
    }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in exports().items():
        (folder / name).write_bytes(compressed(content) if name.endswith(".gz") else content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "exports")
