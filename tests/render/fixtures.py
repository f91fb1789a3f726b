"""A report as a run would give it: an invented operator, 24 months, two dimensions, every state a page must show."""

import math
import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from kpispec.bounds import Bounds
from kpispec.evaluate.report import (
    BandText,
    BenchmarkReading,
    Change,
    Dimension,
    Freshness,
    Interval,
    KpiReport,
    Reading,
    Reason,
    Report,
    Reproduction,
    Segment,
    SourceFact,
    Status,
    TargetReading,
)
from kpispec.evaluate.scores import CardScore, Score
from kpispec.evaluate.signals import process_of
from kpispec.periods import Period, key_of, period_of
from kpispec.render.format import unit_of
from kpispec.source import SourceFile, Span, Text
from kpispec.spec import (
    BenchmarkFigure,
    DatasetSpec,
    KpiSpec,
    Lifecycle,
    Localized,
    RowInput,
    ScorecardEntry,
    ScorecardSpec,
    Section,
    Waiver,
)

AS_OF = datetime(2026, 9, 3, tzinfo=ZoneInfo("Europe/Paris"))
LAST = key_of(date(2026, 8, 1), "month")
MONTHS = tuple(period_of("month", LAST - 23 + i, AS_OF.date()) for i in range(24))
SPAN = Span(SourceFile("specs/demo.yml", "demo"), 0, 4)

CHANNELS: tuple[tuple[str | None, str, str], ...] = (
    ("phone", "Phone", "Téléphone"), ("email", "Email", "E-mail"), ("chat", "Chat", "Messagerie"),
    ("social", "Social media", "Réseaux sociaux"),
)  # fmt: skip
REGIONS: tuple[tuple[str | None, str, str], ...] = (
    ("nord", "North", "Nord"), ("ouest", "West", "Ouest"), ("est", "East", "Est"), ("sud", "South", "Sud"),
    ("outre_mer", "Overseas", "Outre-mer"), (None, "", ""),
)  # fmt: skip
SHARES = (0.42, 0.3, 0.22, 0.06, 0.27, 0.24, 0.21, 0.23, 0.03, 0.02)
OFFSETS = (0.2, -1.1, 0.8, -0.4, 0.3, -0.6, 0.5, 0.2, -0.8, -0.2)


@dataclass(frozen=True)
class Sketch:
    """What is invented of a KPI: a level, a spread, and the bands in its unit."""

    id: str
    en: str
    fr: str
    ask_en: str
    ask_fr: str
    unit: str
    level: float
    spread: float
    n: int | None
    half: float | None  # half width of the interval at n
    good: str | None = None
    bad: str | None = None
    direction: str = "higher_is_better"
    target: float | None = None
    benchmark: tuple[float, str] | None = None
    bump: float = 0.0  # added to the last month, in spreads
    method: str = "wilson"
    state: str = ""
    formula: str = ""
    caveats: tuple[Localized, ...] = ()
    holes: tuple[int, ...] = field(default=())


def both(en: str, fr: str) -> Localized:
    return Localized((("en", en), ("fr", fr)))


def text(value: str) -> Text:
    return Text.of(value, "specs/demo.yml")


SKETCHES = (
    Sketch("nps", "Net Promoter Score", "Net Promoter Score", "Would our customers recommend us?",
           "Nos clients nous recommanderaient-ils ?", "points", 36.2, 1.4, 1480, 3.8, ">= 40", "< 0", target=40,
           benchmark=(31, "Telecoms"), bump=2.2, method="delta",
           formula="100 * (count_if(score >= 9) - count_if(score <= 6)) / count(score)",
           caveats=(both("Asked after a contact only: silent customers are not heard.",
                         "Posée après un contact seulement : les clients silencieux ne sont pas entendus."),)),
    Sketch("csat", "Customer satisfaction", "Satisfaction client", "Was the customer satisfied with the contact?",
           "Le client est-il satisfait de l'échange ?", "percent", 78.2, 0.8, 2150, 1.7, ">= 80", "< 50", target=82,
           benchmark=(77, "Telecoms"), bump=1.0, formula="100 * count_if(csat >= 4) / count(csat)"),
    Sketch("ces", "Customer effort score", "Score d'effort client", "Was it easy to get a solution?",
           "A-t-il été facile d'obtenir une solution ?", "score 1..7", 5.57, 0.04, 1720, 0.06, ">= 5.5", "< 4.5",
           target=5.6, method="t", formula="avg(effort)"),
    Sketch("retention", "Monthly retention rate", "Taux de rétention mensuel", "How many customers stayed?",
           "Combien de clients sont restés ?", "percent", 98.21, 0.03, 413580, None, ">= 98", "< 97", target=98.3,
           method="none", formula="100 * (at_end - acquired) / at_start"),
    Sketch("first_contact_resolution", "First contact resolution", "Résolution au premier contact",
           "Is the problem solved the first time?", "Le problème est-il réglé du premier coup ?", "percent", 73.8, 0.7,
           6400, 1.1, ">= 75", "< 60", target=75, benchmark=(70, "Contact centres"), bump=3.9,
           formula="100 * count_if(solved_at_once) / count(solved_at_once)"),
    Sketch("first_reply_p90", "First reply time, 90th percentile", "Délai de première réponse, 90e centile",
           "How long do nine customers in ten wait for a first human answer?",
           "En combien de temps neuf clients sur dix ont-ils une réponse ?", "s", 13600, 700, 6100, 900, "<= 4 h",
           "> 6 h", "lower_is_better", target=14400, bump=8, method="order_statistics",
           formula="quantile_cont(wait, 0.9)"),
    Sketch("handle_time", "Time spent with the customer", "Temps passé avec le client", "Is the time given right?",
           "Le temps accordé est-il le bon ?", "s", 405, 6, 8900, 5, "[360, 450]", "outside [300, 540]",
           "closer_to_target", target=405, method="t", formula="avg(handle_s)"),
    Sketch("complaint_rate", "Complaints per 1,000 subscribers", "Réclamations pour 1 000 abonnés",
           "Do complaints grow faster than the base?", "Les réclamations croissent-elles plus vite que le parc ?",
           "per 1000 subscribers", 5.9, 0.25, 413580, 0.25, "<= 5", "> 6.5", "lower_is_better", target=5, bump=4,
           formula="1000 * complaints / subscribers", holes=(6, 7)),
    Sketch("complaint_cost", "Cost per complaint", "Coût par réclamation", "How much does a complaint cost?",
           "Combien coûte une réclamation ?", "EUR", 63.4, 2.2, 2850, 2.6, "<= 60", "> 80", "lower_is_better",
           method="t", formula="avg(cost)", state="waived", bump=9),
    Sketch("reopened", "Reopened tickets", "Demandes rouvertes", "Do solved cases come back?",
           "Les dossiers clos reviennent-ils ?", "percent", 6.1, 0.4, 6400, 0.6, direction="lower_is_better",
           state="not_judged", formula="100 * count_if(reopened) / count(reopened)"),
    Sketch("engagement", "Adviser engagement", "Engagement des conseillers", "Are the teams engaged?",
           "Les équipes sont-elles engagées ?", "percent", 70.5, 0.9, 607, 3.6, ">= 72", "< 60", target=72,
           state="stale", formula="100 * count_if(engaged) / count(engaged)"),
    Sketch("video_csat", "Satisfaction, video pilot", "Satisfaction, visio-conseil (pilote)",
           "Do customers like the new channel?", "Le nouveau canal plaît-il ?", "percent", 78.3, 4, 23, 16, ">= 80",
           "< 50", target=82, state="too_few", formula="100 * count_if(csat >= 4) / count(csat)"),
    Sketch("mediation_cost", "Cost per mediation", "Coût par médiation", "How much does a mediation cost?",
           "Combien coûte une médiation ?", "EUR", 0, 0, 0, None, "<= 250", "> 400", "lower_is_better", target=250,
           state="undefined", formula="sum(cost) / count_if(closed)"),
    Sketch("certified", "Certified advisers", "Conseillers certifiés", "Are the teams trained?",
           "Les équipes sont-elles formées ?", "percent", 0, 0, None, None, ">= 90", "< 75", state="no_data",
           formula="100 * count_if(certified) / count(*)"),
    Sketch("queue_wait", "Wait before an adviser", "Attente avant un conseiller", "Do calls get answered quickly?",
           "Décroche-t-on vite ?", "s", 0, 0, None, None, "<= 60", "> 180", "lower_is_better", state="error",
           formula="avg(wait)"),
    Sketch("chat_deflection", "Answered without an adviser", "Résolu sans conseiller", "Does self-service work?",
           "Le libre-service fonctionne-t-il ?", "percent", 41.0, 1.2, 980, 3.1, ">= 40", "< 30", state="partial",
           formula="100 * count_if(self_served) / count(*)"),
)  # fmt: skip

REASONS = {
    "stale": Reason(Status.STALE, "stale", (("newest", date(2026, 6, 30)), ("age_days", 62), ("max_age_days", 45.0))),
    "too_few": Reason(Status.TOO_FEW, "too-few", (("n", 23), ("min_n", 30))),
    "undefined": Reason(Status.UNDEFINED, "denominator-zero"),
    "no_data": Reason(Status.NO_DATA, "no-rows"),
    "error": Reason(Status.ERROR, "engine-failed", (("message", "Conversion Error: `wait` is text"),)),
    "partial": Reason(Status.PARTIAL, "running", (("elapsed", 12), ("days", 31))),
    "not_judged": Reason(Status.NOT_JUDGED, "no-bands"),
    "waived": Reason(Status.WAIVED, "waived", (("until", date(2026, 12, 31)), ("reason", "new carrier, CARE-812"))),
}
EMPTY = ("undefined", "no_data", "error")


def amount(word: str) -> float:
    number, _, unit = word.partition(" ")
    return float(number) * {"h": 3600.0}.get(unit, 1.0)


def bounds(band: str) -> tuple[Bounds, ...]:
    if band.startswith("outside"):
        low, high = band.removeprefix("outside [").rstrip("]").split(", ")
        return (Bounds(None, float(low), high_closed=False), Bounds(float(high), None, low_closed=False))
    if band.startswith("["):
        low, high = band.strip("[]").split(", ")
        return (Bounds(float(low), float(high)),)
    operator, _, limit = band.partition(" ")
    value, closed = amount(limit), "=" in operator
    return (Bounds(value, None, closed) if ">" in operator else Bounds(None, value, high_closed=closed),)


def holds(ranges: tuple[Bounds, ...], value: float) -> bool:
    return any(
        (b.low is None or value > b.low or (b.low_closed and value == b.low))
        and (b.high is None or value < b.high or (b.high_closed and value == b.high))
        for b in ranges
    )


def rest(good: tuple[Bounds, ...], bad: tuple[Bounds, ...]) -> tuple[Bounds, ...]:
    ends = sorted({e for b in (*good, *bad) for e in (b.low, b.high) if e is not None})
    between = [(a, b) for a, b in pairwise(ends) if not holds((*good, *bad), (a + b) / 2)]
    return tuple(Bounds(a, b) for a, b in between)


def bands_of(sketch: Sketch) -> BandText | None:
    if sketch.good is None or sketch.bad is None:
        return None
    good, bad = bounds(sketch.good), bounds(sketch.bad)
    return BandText(sketch.good, None, sketch.bad, good, rest(good, bad), bad)


def judge(bands: BandText | None, value: float) -> Status:
    if bands is None:
        return Status.NOT_JUDGED
    if holds(bands.good_ranges, value):
        return Status.GOOD
    return Status.BAD if holds(bands.bad_ranges, value) else Status.WATCH


def reading(sketch: Sketch, period: Period, segment: Segment, value: float | None, n: int | None) -> Reading:
    """A reading with the interval, the status and the reasons that follow from its value and n."""
    bands = bands_of(sketch)
    interval, uncertain, reasons = None, False, []
    if value is None:
        reasons.append(REASONS[sketch.state] if sketch.state in EMPTY else REASONS["no_data"])
    else:
        if sketch.half is not None and n:
            half = sketch.half * math.sqrt((sketch.n or n) / n)
            low, high = value - half, value + half
            reach = {"percent": (0.0, 100.0), "points": (-100.0, 100.0)}.get(sketch.unit, (0.0, math.inf))
            interval = Interval(max(low, reach[0]), min(high, reach[1]), 0.95)
            uncertain = bands is not None and judge(bands, interval.low) is not judge(bands, interval.high)
        if n is not None and n < 30:
            reasons.append(Reason(Status.TOO_FEW, "too-few", (("n", n), ("min_n", 30))))
        reasons += [REASONS[s] for s in ("stale", "partial", "not_judged") if s == sketch.state]
    status = reasons[0].status if reasons else judge(bands, value or 0.0)
    if sketch.state == "waived" and status is Status.BAD:
        status, reasons = Status.WAIVED, [REASONS["waived"]]
    target = None
    if sketch.target is not None:
        target = TargetReading(sketch.target, date(2026, 1, 1), None, "quality committee (fictional)")
    return Reading(
        kpi=sketch.id, period=period, segment=segment, value=value, unit=sketch.unit, n=n, interval=interval,
        method=sketch.method if interval else "none", status=status, uncertain=uncertain and status.rated,
        reasons=tuple(reasons), bands=bands, target=target, benchmarks=benchmarks_of(sketch),
        rejected=(("out_of_range", 3), ("refused", 12)) if sketch.id in ("nps", "csat") else (),
    )  # fmt: skip


def benchmarks_of(sketch: Sketch) -> tuple[BenchmarkReading, ...]:
    if sketch.benchmark is None:
        return ()
    value, industry = sketch.benchmark
    figure = BenchmarkFigure(SPAN, both(f"{industry} sector", f"Secteur {industry}"), text(str(value)),
                             source="Invented sector study", year=2025, url="https://example.org/study")  # fmt: skip
    ranged = BenchmarkFigure(SPAN, None, None, text("60"), text("72"), source="Older study", year=2019, region="Europe")
    extra = (BenchmarkReading(ranged, None, 60, 72, expired=True),) if sketch.id == "first_contact_resolution" else ()
    return (BenchmarkReading(figure, value, None, None, expired=False), *extra)


def change(sketch: Sketch, now: Reading, before: Reading) -> Change:
    if now.value is None or before.value is None:
        return Change(before.period, before.value, None, None, None)
    delta = now.value - before.value
    half = sketch.half or sketch.spread * 2.5
    significant = abs(delta) > half * math.sqrt(2)
    sign = {"lower_is_better": -1, "higher_is_better": 1}.get(sketch.direction)
    better = None if sign is None or delta == 0 else delta * sign > 0
    return Change(before.period, before.value, delta, significant, better, delta / half * 1.96)


def history_of(sketch: Sketch) -> tuple[Reading, ...]:
    """24 months around the level. A partial KPI's last month is the running one."""
    luck = random.Random(sketch.id)
    readings = []
    for i, period in enumerate(MONTHS):
        value: float | None = sketch.level + luck.gauss(0, sketch.spread) + sketch.spread * i / 40
        if i == 23:
            value = sketch.level + sketch.spread * sketch.bump
        if sketch.state in EMPTY or i in sketch.holes or (sketch.state == "stale" and i > 21):
            value = None
        n = sketch.n if sketch.n is None or sketch.state in EMPTY else max(0, round(sketch.n * luck.uniform(0.9, 1.1)))
        if i == 23:
            n = sketch.n
        calm = replace(sketch, state="") if i < 23 and sketch.state in ("partial", "too_few") else sketch
        moment = replace(period, complete=False) if sketch.state == "partial" and i == 23 else period
        readings.append(reading(calm, moment, (), value, n if value is not None else None))
    return tuple(readings)


def kpi(sketch: Sketch) -> KpiReport:
    history = history_of(sketch)
    headline = history[21] if sketch.state == "stale" else history[23]
    at = history.index(headline)
    if headline.value is not None and sketch.state not in ("stale", "too_few"):
        earlier = (("previous_period", history[at - 1]), ("same_period_last_year", history[at - 12]))
        headline = replace(headline, compare=tuple((name, change(sketch, headline, r)) for name, r in earlier))
    segments: tuple[Reading, ...] = ()
    if headline.value is not None and sketch.id != "retention":
        names = [("channel", c[0]) for c in CHANNELS] + [("region", r[0]) for r in REGIONS]
        segments = tuple(
            reading(sketch, headline.period, ((name, value),), headline.value + sketch.spread * 4 * offset,
                    round((sketch.n or 0) * share))
            for (name, value), offset, share in zip(names, OFFSETS, SHARES, strict=True)
        )  # fmt: skip
    return with_course(KpiReport(
        spec=spec_of(sketch), place=f"specs/{sketch.id}.yml:1", unit=sketch.unit,
        direction=sketch.direction, sql=SQL.format(id=sketch.id), formula=sketch.formula, datasets=("survey_answers",),
        headline=headline, history=history, segments=segments,
        message="Conversion Error: `wait` is text" if sketch.state == "error" else None,
    ))  # fmt: skip


def with_course(made: KpiReport) -> KpiReport:
    """The report with its process, as a run would find it; with what its headline is a signal of."""
    found = process_of(made.history, made.spec.process_changes, unit_of(made.unit))
    held = found is not None and made.headline is not None and made.headline.period.key == found.judged
    signal = found.signal if found is not None and held else None
    sign = {"lower_is_better": False, "higher_is_better": True}.get(made.direction or "")
    better = None if signal is None or sign is None else signal.above is sign
    return replace(made, process=found, signal=signal, signal_better=better)


def spec_of(sketch: Sketch) -> KpiSpec:
    return KpiSpec(
        id=sketch.id, span=SPAN, inputs=(RowInput("score", SPAN, text("survey_answers"), text("nps")),),
        formula=text(sketch.formula), label=both(sketch.en, sketch.fr), question=both(sketch.ask_en, sketch.ask_fr),
        description=both("What it tells, and **what it does not**. See [the note](https://example.org/note).",
                         "Ce que cela dit, et **ce que cela ne dit pas**. Voir [la note](https://example.org/note)."),
        business_owner="care@example.org", technical_owner="data@example.org",
        lifecycle=Lifecycle("certified", "1.2.0", date(2026, 1, 1), date(2027, 1, 31)), tags=("voice", "monthly"),
        min_n=30, caveats=sketch.caveats, references=("Reichheld, 2003", "https://example.org/method"),
        population="complete" if sketch.method == "none" else "sample",
        accept=Waiver(date(2026, 12, 31), "new carrier", "CARE-812", "C. Vasseur", SPAN)
        if sketch.state == "waived" else None,
        read_with=(text("csat"),) if sketch.id == "handle_time" else (),
    )  # fmt: skip


SQL = """with "rows" as (
  select date_trunc('month', "answered_at") as "period", "channel", "score" as "x"
  from read_csv(['exports/survey.csv'], delim = ';')
  where "kind" is distinct from 'test'
)
select "period", "channel", 100.0 * count(*) filter (where "x" >= 9) / nullif(count("x"), 0) as "{id}",
       count("x") as "n"
from "rows"
group by all
order by all;"""

SECTIONS = (
    ("Satisfaction and loyalty", "Satisfaction et fidélité", ("nps", "csat", "ces", "retention")),
    ("Handling", "Efficacité du traitement",
     ("first_contact_resolution", "first_reply_p90", "handle_time", "reopened", "queue_wait")),
    ("Complaints", "Réclamations", ("complaint_rate", "complaint_cost", "mediation_cost")),
    ("Teams and new channels", "Équipes et nouveaux canaux",
     ("engagement", "video_csat", "chat_deflection", "certified")),
)  # fmt: skip
MARKS = (("strategic", "customer"), ("operational", None), (None, "finance"), (None, None))
SCORES = ((8.25, 4), (6.5, 3), (4.04, 2), (None, 0))


def dimension(name: str, en: str, fr: str, values: tuple[tuple[str | None, str, str], ...]) -> Dimension:
    labels = tuple((value, both(a, b) if value is not None else None) for value, a, b in values)
    return Dimension(name, both(en, fr), labels)


def freshness(id: str, rows: int, last: datetime, age: float, stale: bool) -> Freshness:
    return Freshness(
        DatasetSpec(id, SPAN, label=both(id.replace("_", " ").capitalize(), id.replace("_", " ").capitalize())),
        rows, datetime(2024, 9, 1), last, age, 45.0, stale, (SourceFact(f"exports/{id}.csv", 120_000, "ab" * 32),),
        (("undated", 4), ("wrong_type", 7)) if id == "tickets" else (),
    )  # fmt: skip


def report(language: str = "en", sketches: tuple[Sketch, ...] = SKETCHES) -> Report:
    """The whole scorecard, as of 3 September 2026."""
    entries = {s.id for s in sketches}
    sections = tuple(
        Section(both(en, fr), tuple(ScorecardEntry(text(i)) for i in ids if i in entries), SPAN, level, perspective)
        for (en, fr, ids), (level, perspective) in zip(SECTIONS, MARKS, strict=True)
    )
    scores = tuple(Score(v, n, len(s.kpis)) for (v, n), s in zip(SCORES, sections, strict=True))
    card = ScorecardSpec(
        "customer_care", SPAN, both("Customer care", "Qualité du service client"), sections,
        segments=(text("channel"), text("region")),
        description=both("Subscribers in France.", "Relation abonnés, France."),
    )  # fmt: skip
    order = [e.kpi.value for s in sections for e in s.kpis]
    by_id = {s.id: s for s in sketches}
    return Report(
        project="acme_care", language=language, timezone="Europe/Paris", as_of=AS_OF, grain="month", period=MONTHS[-1],
        scorecard=card, kpis=tuple(kpi(by_id[i]) for i in order),
        dimensions=(
            dimension("channel", "Channel", "Canal", CHANNELS), dimension("region", "Region", "Région", REGIONS),
        ),
        freshness=(
            freshness("survey_answers", 33921, datetime(2026, 8, 31, 22, 4), 2.1, False),
            freshness("tickets", 1482006, datetime(2026, 8, 31, 23, 50), 2.0, False),
            freshness("hr_barometer", 15360, datetime(2026, 6, 30, 12), 64.5, True),
        ),
        reproduction=Reproduction(
            "kpispec render customer_care --as-of 2026-09-03", "sha256:" + "4f" * 32, "sha256:" + "9c" * 32,
            "9f2c41ef0a", True, "0.1.0", "duckdb", "1.4.2",
        ),
        score=CardScore(Score(7.36, 9, 16), scores),
    )  # fmt: skip


HOSTILE = "</script><img src=x onerror=alert(1)>"


NASTY_MARKDOWN = (
    HOSTILE + " [x](javascript:alert(1)) ![i](http://evil.example/i.png) <b onclick=alert(1)>b</b>\n\n# not a title"
)


def hostile() -> Report:
    """The same page where everything that a spec or a file may say tries to break out of it."""
    plain = report()
    nasty = Localized((("", HOSTILE + "\"'`{{7*7}}{% raw %}"),))
    kpis = tuple(
        replace(
            k,
            spec=replace(k.spec, label=nasty, question=nasty, description=Localized((("", NASTY_MARKDOWN),)),
                business_owner=HOSTILE, references=("javascript:alert(1)", "https://ok.example/" + HOSTILE),
                caveats=(nasty,), tags=(HOSTILE,)),
            sql="select '" + HOSTILE + "' -- </style>", formula=HOSTILE, place=HOSTILE,
            segments=tuple(replace(r, segment=(("channel", HOSTILE),)) for r in k.segments[:1]),
            message=HOSTILE if k.message else None,
        )
        for k in plain.kpis
    )  # fmt: skip
    dims = (Dimension("channel", nasty, ((HOSTILE, nasty),)),)
    fresh = tuple(replace(f, dataset=replace(f.dataset, id="x", label=nasty), error=HOSTILE) for f in plain.freshness)
    return replace(
        plain, kpis=kpis, dimensions=dims, freshness=fresh, project=HOSTILE,
        scorecard=replace(plain.scorecard, label=nasty, description=nasty,
                          sections=tuple(replace(s, label=nasty) for s in plain.scorecard.sections)),
        reproduction=replace(plain.reproduction, command=HOSTILE, git_commit=HOSTILE),
    )  # fmt: skip
