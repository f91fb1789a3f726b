"""Contracts that last, and contacts that happen, with plain Python for what a period reads of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from expected import following, start_of
from survey import ZONE

CONTRACTS = """dataset: {id}
interval: {{from: begun, to: ended}}
columns:
  customer: {{type: string}}
  begun: {{type: {kind}}}
  ended: {{type: {kind}, optional: true}}
  part: {{type: string, dimension: true}}
"""
CONTACTS = """dataset: contacts
time: at
columns:
  at: {type: timestamp}
  answered: {type: timestamp, optional: true}
  customer: {type: string}
  part: {type: string, dimension: true}
  score: {type: number}
  weight: {type: number, optional: true}
joins:
  plan: {dataset: plans, on: customer}
  home: {dataset: homes, on: customer}
"""
HOMES = "dataset: homes\ncolumns:\n  customer: {type: string}\n  town: {type: string}\n"
WORDS = ("at_start", "entered", "left", "at_end", "in_force")
WINDOWS = (
    *("1 period", "2 periods", "3 days", "40 days", "2 weeks", "1 month", "2 months", "1 quarter", "1 year"),
    *("month_to_date", "quarter_to_date", "year_to_date", "all"),
)
OFFSETS = ("-1 period", "-2 periods", "-1 day", "-2 weeks", "-1 month", "-2 quarters", "-1 year", "-2 years")


def slug(words):
    return words.replace("-", "minus_").replace(" ", "_")


def kpi(id, inputs, formula, more=""):
    return f"kpi: {id}\ndirection: higher_is_better\nconfidence: none\n{more}inputs:\n{inputs}\nformula: {formula}\n"


def contracts(name, word, more=""):
    return f"  x: {{dataset: {name}, expr: customer, when: {word}{more}}}"


DOCUMENTS = "---\n".join(
    [
        CONTRACTS.format(id="plans", kind="date"),
        CONTRACTS.format(id="seats", kind="timestamp"),
        CONTACTS,
        HOMES,
        *(kpi(f"{name}_{word}", contracts(name, word), "count(*)") for name in ("plans", "seats") for word in WORDS),
        kpi("plans_days", "  x: {dataset: plans, expr: days_in_force(), when: in_force}", "sum(x)"),
        kpi("seats_days", "  x: {dataset: seats, expr: days_in_force(), when: in_force}", "sum(x)"),
        kpi("contact_count", "  x: contacts.at", "count(*)"),
        *(
            kpi(f"rows_{slug(w)}", f"  x: {{dataset: contacts, expr: at, window: {w}}}", "count(*)")
            for w in WINDOWS
        ),
        *(kpi(f"kpi_{slug(w)}", f"  x: {{kpi: contact_count, window: {w}}}", "x") for w in WINDOWS),
        *(kpi(f"back_{slug(w)}", f"  x: {{kpi: contact_count, offset: {w}}}", "x") for w in OFFSETS),
        kpi("back_window", "  x: {kpi: contact_count, offset: -1 period, window: 2 months}", "x"),
        kpi("chained", "  x: {kpi: back_minus_1_period, offset: -1 period}", "x"),
        kpi("answered", "  x: {dataset: contacts, expr: at, when: answered}", "count(*)"),
        kpi("settled", "  x: {dataset: contacts, expr: at, settles_after: 10 days}", "count(*)"),
        kpi("voices", "  x: {dataset: contacts, expr: avg(score), per: customer}", "avg(x)"),
        kpi(
            "served",
            "  a: {dataset: contacts, expr: count(score), per: customer}\n"
            "  b: {dataset: plans, expr: count(*), per: customer, when: in_force}",
            "100 * count_if(b > 0 and a > 0) / count_if(b > 0)",
        ),
        kpi("recent", "  x: {dataset: contacts, expr: max(score), per: customer, window: 2 periods}", "sum(x)"),
        kpi(
            "share",
            "  x: contacts.at\n  all: {dataset: contacts, expr: at, whole: true}",
            "100 * count(x) / count(all)",
        ),
        kpi(
            "unit_share",
            "  x: {dataset: contacts, expr: sum(score), per: customer}\n"
            "  all: {dataset: contacts, expr: sum(score), per: customer, whole: true}",
            "sum(x) / sum(all)",
        ),
        kpi("weighted", "  x: contacts.score", "avg(x)", "weight: weight\nsample_unit: customer\n"),
        kpi("weighted_median", "  x: contacts.score", "quantile_cont(x, 0.3)", "weight: weight\n"),
        kpi("weighted_count", "  x: contacts.score", "count_if(x > 3)", "weight: weight\n"),
        kpi("planned", "  x: {dataset: contacts, expr: plan.part = 'a'}", "count_if(x)"),
        kpi("homely", "  x: {dataset: contacts, expr: home.town = 'x'}", "count_if(x)"),
        kpi(
            "lasting",
            "  closed: {dataset: contacts, expr: answered is not null and answered < observed_until()}\n"
            '  lasted: {dataset: contacts, expr: "least(answered, observed_until()) - at"}',
            "km_quantile(lasted, closed, 0.5)",
        ),
        kpi(
            "soon",
            "  closed: {dataset: contacts, expr: answered is not null and answered < observed_until()}\n"
            '  lasted: {dataset: contacts, expr: "least(answered, observed_until()) - at"}',
            "km_share(lasted, closed, 3 days)",
        ),
    ]
)  # fmt: skip


# periods and windows ------------------------------------------------------------------------------------------------


def months_after(day, months):
    """The day clipped to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def before(start, grain, count):
    for _ in range(count):
        start = start_of(start - timedelta(days=1), grain)
    return start


def window_start(words, start, end, grain):
    count, _, unit = words.partition(" ")
    if words == "all":
        return None
    if words.endswith("to_date"):
        return start_of(end - timedelta(days=1), words.removesuffix("_to_date"))
    match unit.removesuffix("s"):
        case "period":
            return before(start, grain, int(count) - 1)
        case "day":
            return end - timedelta(days=int(count))
        case "week":
            return end - timedelta(weeks=int(count))
        case unit:
            return months_after(end, -int(count) * {"month": 1, "quarter": 3, "year": 12}[unit])


def offset(words, start, grain):
    """The start of the period an offset leads to; `False` where it does not lead from period to period."""
    count, unit = int(words.split()[0][1:]), words.split()[1].removesuffix("s")
    order = ["day", "week", "month", "quarter", "year"]
    if unit == "period":
        return before(start, grain, count)
    if (grain == "week" and unit not in ("week", "year")) or order.index(unit) < order.index(grain):
        return False
    if grain == "week" and unit == "year":
        iso = start.isocalendar()
        try:
            return date.fromisocalendar(iso.year - count, iso.week, 1)
        except ValueError:
            return None
    if unit in ("day", "week"):
        return start - timedelta(days=count * (7 if unit == "week" else 1))
    return months_after(start, -count * {"month": 1, "quarter": 3, "year": 12}[unit])


# rows ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lasting:
    customer: str | None
    begun: date | datetime | None
    ended: date | datetime | None
    part: str | None


@dataclass(frozen=True)
class Contact:
    at: datetime | None
    answered: datetime | None
    customer: str | None
    part: str | None
    score: float | None
    weight: float | None


def moment(text, kind):
    if not text:
        return None
    if kind is date:
        return date.fromisoformat(text)
    found = datetime.fromisoformat(text)
    return max(found.replace(tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))


def midnight(day):
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


@dataclass(frozen=True)
class World:
    """All rows as they are seen as of a moment, and the periods asked for: `start` is none where all is one."""

    plans: list
    seats: list
    contacts: list
    homes: dict
    as_of: datetime  # UTC
    grain: str

    @property
    def today(self):
        return self.as_of.astimezone(ZONE).date()

    def edge(self, day, kind):
        return day if kind is date else midnight(day)

    def now(self, kind):
        """The first moment, or day, that is not seen."""
        if kind is datetime:
            return self.as_of
        return self.today if midnight(self.today) == self.as_of else self.today + timedelta(days=1)

    def lasting(self, kind):
        """Contracts that are seen and do not end before they begin; what ends from as-of on has no end yet."""
        found, now = [], self.now(kind)
        for row in self.plans if kind is date else self.seats:
            if row.begun is None or row.begun >= now:
                continue
            ended = row.ended if row.ended is not None and row.ended < now else None
            if ended is None or ended >= row.begun:
                found.append(Lasting(row.customer, row.begun, ended, row.part))
        return found

    def placed(self, word, kind, start):
        """The contracts that a period reads."""
        rows = self.lasting(kind)
        if self.grain == "all":
            return {
                "at_start": [],
                "entered": rows,
                "left": [r for r in rows if r.ended is not None],
                "at_end": [r for r in rows if r.ended is None],
                "in_force": rows,
            }[word]
        first, end = self.edge(start, kind), self.edge(following(start, self.grain), kind)
        kept = {
            "at_start": lambda r: r.begun < first and (r.ended is None or r.ended >= first),
            "entered": lambda r: first <= r.begun < end,
            "left": lambda r: r.ended is not None and first <= r.ended < end,
            "at_end": lambda r: r.begun < end and (r.ended is None or r.ended >= end),
            "in_force": lambda r: r.begun < end and (r.ended is None or r.ended >= first),
        }[word]
        return [r for r in rows if kept(r)]

    def days(self, kind, start):
        """Days in force inside a period, up to as-of."""
        total = 0.0
        found = self.placed("in_force", kind, start)
        until = self.as_of if self.grain == "all" else min(self.as_of, midnight(following(start, self.grain)))
        for row in found:
            begun, ended = (midnight(m) if type(m) is date else m for m in (row.begun, row.ended))
            last = until if ended is None else min(ended, until)
            since = begun if self.grain == "all" else max(begun, midnight(start))
            total += (last - since).total_seconds() / 86400
        return total if found else None

    # contacts

    def seen(self):
        return [c for c in self.contacts if c.at is None or c.at < self.as_of]

    def between(self, first, end, clock="at"):
        """Contacts from a day on, before another; `None` leaves the end open."""
        low = midnight(first) if first is not None else None
        high = min(self.as_of, midnight(end)) if end is not None else self.as_of
        found = [(getattr(c, clock), c) for c in self.seen()]
        return [c for m, c in found if m is not None and (low is None or m >= low) and m < high]

    def inside(self, start, clock="at"):
        if self.grain == "all":
            return self.seen() if clock == "at" else self.between(None, None, clock)
        return self.between(start, following(start, self.grain), clock)

    def covered(self, start):
        """Whether the contacts cover a period."""
        if start is None:
            return self.grain == "all" and bool(self.seen())
        days = [c.at.astimezone(ZONE).date() for c in self.seen() if c.at is not None]
        return bool(days) and start_of(min(days), self.grain) <= start <= start_of(max(days), self.grain)

    def plan_of(self, contact):
        """The plan in force when a contact happened."""
        if contact.at is None or contact.customer is None:
            return None
        day = contact.at.astimezone(ZONE).date()
        found = (p for p in self.plans if p.customer == contact.customer and p.begun is not None and p.begun <= day)
        return next((p for p in found if p.ended is None or day < p.ended), None)


def by_customer(rows):
    found = defaultdict(list)
    for row in rows:
        if row.customer is not None:
            found[row.customer].append(row)
    return found


def mean(found):
    return sum(found) / len(found) if found else None


def weighted_quantile(pairs, p):
    pairs = sorted((x, w) for x, w in pairs if w > 0)
    total, below = sum(w for _, w in pairs), 0.0
    for x, w in pairs:
        below += w
        if below >= p * total * (1 - 1e-12):
            return x
    return None


def survival(pairs):
    """The Kaplan-Meier curve of (duration, closed): after each duration, the share that is still open."""
    share, curve = 1.0, []
    closed, every = Counter(d for d, c in pairs if c), Counter(d for d, _ in pairs)
    for at in sorted(every):
        share *= 1 - closed[at] / sum(n for d, n in every.items() if d >= at)
        curve.append((at, share))
    return curve
