"""Rows in force, windows, offsets, units, weights and censored durations, against plain Python over the same rows."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from expected import following, start_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from spans import (
    DOCUMENTS,
    OFFSETS,
    WINDOWS,
    WORDS,
    Contact,
    Lasting,
    World,
    by_customer,
    kpi,
    mean,
    midnight,
    moment,
    offset,
    slug,
    survival,
    weighted_quantile,
    window_start,
)  # fmt: skip
from survey import ZONE

import kpispec

# Ends of months, a leap day, ISO week 53, and both clock changes of Paris.
DAYS = (
    "2024-02-29", "2024-12-31", "2025-01-31", "2025-03-30", "2025-10-26", "2025-12-28", "2025-12-29", "2025-12-31",
    "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-29", "2026-03-30", "2026-03-31",
    "2026-04-01", "2026-12-31", "2027-01-03", "2027-01-04",
)  # fmt: skip
TIMES = ("00:00:00", "02:30:00", "23:59:59", "12:00:00")
days = st.sampled_from(DAYS)
clocks = st.builds("{} {}".format, days, st.sampled_from(TIMES))
customers, parts = st.sampled_from(["p", "q", "r", ""]), st.sampled_from(["a", "b", ""])


def lasting(moments):
    found = {"customer": customers, "begun": moments | st.just(""), "ended": moments | st.just(""), "part": parts}
    return st.lists(st.fixed_dictionaries(found), max_size=8)


contacts = st.lists(
    st.fixed_dictionaries(
        {
            "at": clocks | st.just(""), "answered": clocks | st.just(""), "customer": customers, "part": parts,
            "score": st.sampled_from(["1", "2", "4.5", "5", ""]), "weight": st.sampled_from(["0", "1", "2.5", ""]),
        }
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip
moments = st.sampled_from(
    [datetime(2026, 4, 1), datetime(2026, 3, 29, 12), datetime(2026, 2, 28), datetime(2027, 1, 4, 6)]
)
asked = st.sampled_from(
    [
        ("month", "2026-01-01", "2026-04-01"), ("month", "2025-12-01", "2026-02-01"),
        ("week", "2025-12-22", "2026-01-12"),
        ("week", "2026-12-28", "2027-01-11"), ("day", "2026-02-27", "2026-03-03"), ("day", "2026-03-28", "2026-04-01"),
        ("quarter", "2025-10-01", "2026-04-01"), ("year", "2024-01-01", "2027-01-01"), ("all", None, None),
    ]
)  # fmt: skip
few = settings(
    max_examples=8,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
HEADERS = {
    "plans": ("customer", "begun", "ended", "part"),
    "seats": ("customer", "begun", "ended", "part"),
    "contacts": ("at", "answered", "customer", "part", "score", "weight"),
    "homes": ("customer", "town"),
}
JOINED = ("planned", "homely")


class Bench:
    def __init__(self, folder, documents=DOCUMENTS):
        self.folder = folder
        (folder / "all.yml").write_text(documents, encoding="utf-8")
        bound = "".join(f"  {name}: {{from: {name}.csv}}\n" for name in HEADERS)
        settings = f"project: spans\ntimezone: Europe/Paris\nspecs: [all.yml]\ndata:\n{bound}"
        (folder / "kpispec.yml").write_text(settings, encoding="utf-8")
        self.project = kpispec.load(folder)
        assert not [f.message for f in self.project.findings if f.severity == "error"]
        self.ids = [i for i in self.project.catalog.kpis if i not in JOINED]

    def write(self, **tables):
        for name, header in HEADERS.items():
            text = io.StringIO()
            lines = csv.DictWriter(text, header, lineterminator="\n")
            lines.writeheader()
            lines.writerows(tables.get(name, ()))
            (self.folder / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")

    def run(self, *ids, fails=(), **asked):
        found = self.project.run(*(ids or self.ids), **{"compare": (), "threads": 1, **asked})
        failed = {id: (error.message, error.detail) for id, error in found.outcome.failed.items() if id not in fails}
        assert not failed, failed
        return found


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("spans"))


def table(found):
    return {
        (r.kpi, r.period.start, r.segment[0][1] if r.segment else "*"): r
        for r in found.readings
    }  # fmt: skip


def read_lasting(rows, kind):
    return [
        Lasting(r["customer"] or None, moment(r["begun"], kind), moment(r["ended"], kind), r["part"] or None)
        for r in rows
    ]


def read_contacts(rows):
    return [
        Contact(
            moment(r["at"], datetime), moment(r["answered"], datetime), r["customer"] or None, r["part"] or None,
            float(r["score"]) if r["score"] else None, float(r["weight"]) if r["weight"] else None,
        )
        for r in rows
    ]  # fmt: skip


def world_of(plans, seats, contacts, as_of, grain, homes=None):
    return World(
        read_lasting(plans, date), read_lasting(seats, datetime), read_contacts(contacts), homes or {},
        as_of.replace(tzinfo=ZONE).astimezone(UTC), grain,
    )  # fmt: skip


def cut(world, part):
    """The rows of one segment; `"*"` is the whole."""
    if part == "*":
        return world
    kept = {name: [r for r in getattr(world, name) if r.part == part] for name in ("plans", "seats", "contacts")}
    return replace(world, **kept)


# what is expected ---------------------------------------------------------------------------------------------------


def begun_by(world, kind, start):
    """Whether a period is covered by contracts: from the first that began to as-of."""
    known = [r.begun for r in (world.plans if kind is date else world.seats) if r.begun and r.begun < world.now(kind)]
    if not known or start is None:
        return bool(known)
    first = min(known) if kind is date else min(known).astimezone(ZONE).date()
    return start_of(first, world.grain) <= start <= start_of(world.today, world.grain)


def of_contracts(whole, world, start):
    for name, kind in (("plans", date), ("seats", datetime)):
        covered = begun_by(whole, kind, start)
        for word in WORDS:
            if covered or word != "left":  # an end before the first beginning is a clock value too
                yield f"{name}_{word}", len(world.placed(word, kind, start)) if covered else None
        yield f"{name}_days", world.days(kind, start) if covered else None


def of_windows(whole, world, start):
    covered, grain = whole.covered(start), world.grain
    for words in WINDOWS:
        if grain == "all":
            continue
        end = following(start, grain)
        found = len(world.between(window_start(words, start, end, grain), end)) if covered else None
        yield f"rows_{slug(words)}", found
        yield f"kpi_{slug(words)}", found
    if grain != "all":
        back = offset("-1 period", start, grain)
        end = following(back, grain)
        there = len(world.between(window_start("2 months", back, end, grain), end))
        yield "back_window", there if whole.covered(back) else None
        yield "chained", counted(whole, world, offset("-2 periods", start, grain))
        for words in OFFSETS:
            led = offset(words, start, grain)
            yield f"back_{slug(words)}", counted(whole, world, led) if led else None


def counted(whole, world, start):
    return len(world.inside(start)) if whole.covered(start) else None


def of_rows(whole, world, start):
    covered = whole.covered(start)
    inside = world.inside(start)
    yield "contact_count", len(inside) if covered else None
    old = [c for c in inside if c.at is not None and world.as_of - c.at >= timedelta(days=10)]
    yield "settled", len(old) if covered else None
    dated, every = (sum(c.at is not None for c in w.inside(start)) for w in (world, whole))
    yield "share", 100 * dated / every if covered and every else None
    known = [c for c in inside if c.score is not None and c.weight is not None]
    total = sum(c.weight for c in known)
    yield "weighted", sum(c.score * c.weight for c in known) / total if covered and total else None
    yield "weighted_median", weighted_quantile([(c.score, c.weight) for c in known], 0.3) if covered else None
    yield "weighted_count", sum(c.weight for c in known if c.score > 3) if covered else None
    until = world.as_of if start is None else min(world.as_of, midnight(following(start, world.grain)))
    pairs = [
        ((min(c.answered or until, until) - c.at).total_seconds(), c.answered is not None and c.answered < until)
        for c in inside
        if c.at is not None
    ]
    curve = survival(pairs) if covered else []
    yield "lasting", next((at for at, share in curve if share <= 0.5 + 1e-12), None)
    yield "soon", 1 - next((s for at, s in reversed(curve) if at <= 3 * 86400), 1) if curve else None


def of_answers(whole, world, start):
    dated = [c for c in whole.seen() if c.at is not None]
    known = [m for c in dated for m in (c.at, c.answered) if m is not None and m < world.as_of]
    if start is not None:
        at = [start_of(m.astimezone(ZONE).date(), world.grain) for m in known]
        yield "answered", len(world.inside(start, "answered")) if at and min(at) <= start <= max(at) else None
    elif dated:
        yield "answered", len(world.inside(None, "answered"))


def of_units(whole, world, start):
    covered, grain = whole.covered(start), world.grain
    units = by_customer(world.inside(start))
    means = [mean([c.score for c in rows if c.score is not None]) for rows in units.values()]
    yield "voices", mean([m for m in means if m is not None]) if covered else None
    both = covered and begun_by(whole, date, start)
    held = {p.customer for p in world.placed("in_force", date, start) if p.customer is not None}
    served = [c for c in held if any(r.score is not None for r in units.get(c, ()))]
    yield "served", 100 * len(served) / len(held) if both and held else None
    sums = [sum(known) for rows in units.values() if (known := [c.score for c in rows if c.score is not None])]
    every = [c.score for rows in by_customer(whole.inside(start)).values() for c in rows if c.score is not None]
    yield "unit_share", sum(sums) / sum(every) if covered and sums and every else None
    if grain != "all":
        near = by_customer(world.between(offset("-1 period", start, grain), following(start, grain)))
        most = [max(known) for rows in near.values() if (known := [c.score for c in rows if c.score is not None])]
        yield "recent", sum(most) if covered and most else None


EXPECTED = (of_contracts, of_windows, of_rows, of_answers, of_units)


def starts(grain, first, last):
    if grain == "all":
        return [None]
    found = [start_of(date.fromisoformat(first), grain)]
    while following(found[-1], grain) < date.fromisoformat(last):
        found.append(following(found[-1], grain))
    return found


def agrees(found, value):
    return found == pytest.approx(value, rel=1e-9, abs=1e-9) if value is not None else found is None


GROUPS = {
    "contracts": tuple(f"{name}_{word}" for name in ("plans", "seats") for word in (*WORDS, "days")),
    "offsets": (*(f"back_{slug(words)}" for words in OFFSETS), "back_window", "chained"),
    "rows": ("contact_count", "settled", "answered", "share", "weighted", "weighted_median", "weighted_count"),
    "curves": ("lasting", "soon"),
    "units": ("voices", "served", "unit_share", "recent"),
}
windows = st.lists(st.sampled_from(WINDOWS), min_size=3, max_size=3, unique=True)


@pytest.mark.parametrize("group", GROUPS)
@few
@given(plans=lasting(days), seats=lasting(clocks), rows=contacts, as_of=moments, asked=asked, by=st.booleans())
def test_every_value_is_the_oracles(bench, group, plans, seats, rows, as_of, asked, by):
    compare(bench, GROUPS[group], plans, seats, rows, as_of, asked, by)


@few
@given(words=windows, rows=contacts, as_of=moments, asked=asked, by=st.booleans())
def test_windows_of_rows_and_of_kpis_read_the_same(bench, words, rows, as_of, asked, by):
    ids = [f"{kind}_{slug(w)}" for kind in ("rows", "kpi") for w in words]
    compare(bench, ids, [], [], rows, as_of, asked, by)


def compare(bench, ids, plans, seats, rows, as_of, asked, by):
    grain, first, last = asked
    as_of = as_of if grain == "all" or as_of.date().isoformat() > first else datetime(2027, 1, 4, 6)
    bench.write(plans=plans, seats=seats, contacts=rows)
    span = {} if grain == "all" else {"first": date.fromisoformat(first), "last": date.fromisoformat(last)}
    dimensions = ["part"] if by else []
    found = table(bench.run(*ids, as_of=as_of.replace(tzinfo=ZONE), period=grain, by=dimensions, **span))
    whole = world_of(plans, seats, rows, as_of, grain)
    wrong = []
    for start in starts(grain, first, last):
        for part in ("*", "a", "b", None) if by else ("*",):
            world = cut(whole, part)
            values = (pair for kind in EXPECTED for pair in kind(whole, world, start) if pair[0] in ids)
            for id, value in values:
                reading = found.get((id, start, part))
                if reading is None:  # a segment that no row is in, a period to come, or one that no offset leads from
                    assert part != "*" or id.startswith("back_") or start > whole.today, (id, start)
                elif not agrees(reading.value, value):
                    wrong.append((id, start, part, reading.value, value, reading.status.value))
    assert not wrong, "\n".join(map(str, wrong[:12]))


# what holds whatever the rows are -----------------------------------------------------------------------------------


@few
@given(plans=lasting(days), seats=lasting(clocks), as_of=moments, grain=st.sampled_from(["month", "week", "year"]))
def test_what_was_there_with_what_came_and_went_is_what_is_there(bench, plans, seats, as_of, grain):
    bench.write(plans=plans, seats=seats)
    found = table(bench.run(*GROUPS["contracts"], as_of=as_of.replace(tzinfo=ZONE), period=grain, by=["part"]))
    for name in ("plans", "seats"):
        for start, part in {(start, part) for id, start, part in found if id == f"{name}_at_end"}:
            # A segment that no row of a kind is ever in has no reading of that kind.
            read = {w: found.get((f"{name}_{w}", start, part)) for w in WORDS}
            value = {w: 0 if r is None else r.value for w, r in read.items()}
            if None in value.values():
                continue
            assert value["at_start"] + value["entered"] - value["left"] == value["at_end"]
            assert value["at_start"] + value["entered"] == value["in_force"]
            after = found.get((f"{name}_at_start", following(start, grain), part))
            assert after is None or after.value == value["at_end"]


@few
@given(rows=contacts, as_of=moments)
def test_what_is_left_out_is_counted(bench, rows, as_of):
    bench.write(contacts=rows, homes=[{"customer": "p", "town": "x"}])
    asked = {"as_of": as_of.replace(tzinfo=ZONE), "period": "year"}
    found = table(bench.run("settled", "voices", "homely", "weighted", **asked))
    world = world_of([], [], rows, as_of, "year")
    for start in {start for _, start, _ in found}:
        inside = world.inside(start)
        rejected = {id: dict(found[id, start, "*"].rejected) for id in ("settled", "voices", "homely")}
        young = [c for c in inside if world.as_of - c.at < timedelta(days=10)]
        assert rejected["settled"].get("unsettled", 0) == len(young)
        assert rejected["voices"].get("no_key", 0) == sum(c.customer is None for c in inside)
        assert rejected["homely"].get("unmatched", 0) == sum(c.customer in ("q", "r") for c in inside)
        assert (found["homely", start, "*"].value or 0) == sum(c.customer == "p" for c in inside)
        weighed = {c.customer for c in inside if None not in (c.score, c.weight, c.customer)}
        assert (found["weighted", start, "*"].n or 0) == len(weighed)


apart = st.lists(
    st.tuples(customers, st.lists(days, min_size=2, max_size=4, unique=True), parts),
    max_size=3,
    unique_by=lambda c: c[0],
)


@few
@given(spans=apart, rows=contacts, as_of=moments, by=st.booleans())
def test_a_join_takes_the_row_that_was_in_force(bench, spans, rows, as_of, by):
    plans = [
        {"customer": customer, "begun": begun, "ended": ended, "part": part if n % 2 else "a"}
        for customer, edges, part in spans
        for n, (begun, ended) in enumerate(zip(sorted(edges), [*sorted(edges)[1:], ""], strict=True))
    ]
    # What ends before it begins is in force at no moment, and stands in nobody's way.
    plans += [{"customer": "p", "begun": "2026-03-01", "ended": "2025-12-31", "part": "b"}]
    plans += [{"customer": "q", "begun": "2026-02-01", "ended": "2026-02-01", "part": "b"}]
    bench.write(plans=plans, contacts=rows)
    dimensions = ["part"] if by else []
    found = table(bench.run("planned", as_of=as_of.replace(tzinfo=ZONE), period="month", by=dimensions))
    world = world_of(plans, [], rows, as_of, "month")
    for (_, start, part), reading in found.items():
        inside = [c for c in cut(world, part).inside(start) if part in ("*", c.part)]
        there = [world.plan_of(c) for c in inside]
        assert (reading.value or 0) == sum(p is not None and p.part == "a" for p in there)
        lost = sum(p is None and c.customer is not None for c, p in zip(inside, there, strict=True))
        assert dict(reading.rejected).get("unmatched", 0) == lost


def test_two_rows_for_one_are_an_error_that_names_them(bench):
    bench.write(
        contacts=[{"at": "2026-01-05 10:00:00", "customer": "p"}],
        homes=[{"customer": "p", "town": "x"}, {"customer": "p", "town": "y"}, {"customer": "q", "town": "y"}],
        plans=[{"customer": "r", "begun": "2026-01-01"}, {"customer": "r", "begun": "2026-02-01"}],
    )
    asked = {"as_of": datetime(2026, 4, 1, tzinfo=ZONE), "period": "month"}
    failed = bench.project.run("homely", "planned", "contact_count", compare=(), **asked).outcome.failed
    assert {id: error.message for id, error in failed.items()} == {
        "homely": "join `home`: data set `homes` has more than one row for the same `customer`: p",
        "planned": "join `plan`: data set `plans` has more than one row for the same `customer`: r",
    }


@settings(few, max_examples=3)
@given(plans=lasting(days), rows=contacts, as_of=moments)
def test_a_filter_its_negation_and_the_unknown_make_the_whole(bench, plans, rows, as_of):
    bench.write(plans=plans, contacts=rows)
    ids = ["plans_at_end", "plans_days", "rows_2_months", "kpi_40_days", "back_window", "recent"]
    asked = {"as_of": as_of.replace(tzinfo=ZONE), "period": "quarter", "first": date(2025, 10, 1), "threads": 1}
    whole = table(bench.run(*ids, **asked))
    # Units are whole on one side: each customer is.
    wheres = ("customer = 'p'", "not (customer = 'p')", "customer is null")
    split = [table(bench.run(*ids, where=where, **asked)) for where in wheres]
    for key, reading in whole.items():
        found = [part[key].value for part in split if part[key].value is not None]
        assert agrees(sum(found) if found else None, reading.value), (key, found, reading.value)


def test_segments_crossed_are_the_filters_crossed(bench):
    rows = [
        {"at": f"2026-01-0{n % 3 + 1} 10:00:00", "customer": "pqr"[n % 3], "part": "ab"[n % 2], "score": str(n)}
        for n in range(1, 8)
    ]
    bench.write(contacts=rows)
    asked = {"as_of": datetime(2026, 2, 1, tzinfo=ZONE), "period": "all"}
    for id in ("voices", "rows_2_months", "kpi_1_year", "contact_count"):
        by = table(bench.run(id, by=["part"], **asked))
        for part in ("a", "b"):
            alone = table(bench.run(id, where=f"part = '{part}'", **asked))
            assert by[id, None, part].value == pytest.approx(alone[id, None, "*"].value)


# Freireich and others 1963: weeks in remission under 6-MP, and whether it ended. Values as in R's `survival`.
REMISSIONS = (
    *((6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0)),
    *((20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)),
)
STILL = {6: 0.857143, 7: 0.806723, 10: 0.752941, 13: 0.690196, 16: 0.627451, 22: 0.537815, 23: 0.448179}


def test_remissions_under_6_mp(workbench):
    columns = "dataset: patients\ncolumns:\n  weeks: {type: number}\n  ended: {type: boolean}\n"
    inputs = "  x: patients.weeks\n  ended: patients.ended"
    shares = [kpi(f"by_{week}", inputs, f"km_share(x, ended, {week})") for week in STILL]
    documents = [columns, kpi("median_weeks", inputs, "km_quantile(x, ended, 0.5)"), *shares]
    documents.append(kpi("never", inputs, "km_quantile(x, ended, 0.9)"))
    ids = ("median_weeks", "never", *(f"by_{week}" for week in STILL))
    text = "weeks,ended\n" + "".join(f"{weeks},{ended}\n" for weeks, ended in REMISSIONS)
    found = table(workbench("---\n".join(documents), {"patients": text}).run(*ids, period="all"))
    assert found["median_weeks", None, "*"].value == 23
    assert found["median_weeks", None, "*"].n == 21
    assert found["never", None, "*"].value is None
    for week, share in STILL.items():
        assert found[f"by_{week}", None, "*"].value == pytest.approx(1 - share, abs=5e-7)
