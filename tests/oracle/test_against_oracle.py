"""Generated exports through kpispec, and every reading against plain Python over the same rows."""

import csv
import io
from datetime import datetime, timedelta

import duckdb
import pytest
from expected import Asked, readings
from figures import DOCUMENTS, INDICATORS
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from survey import HEADER, ZONE, read

import kpispec
from kpispec.project.asked import Asked as AskedOptions

# Around clock changes (the last Sundays of March and October), ends of months, quarters and years, and ISO week 53.
EDGES = (
    "2025-12-28 23:59:59", "2025-12-29 00:00:00", "2025-12-31 23:59:59.999", "2026-01-01 00:00:00",
    "2026-01-31 23:30:00", "2026-02-01 00:00:00", "2026-02-28 12:00:00", "2026-03-01 00:30:00",
    "2026-03-29 01:59:59", "2026-03-29 02:30:00", "2026-03-29 03:00:00", "2026-03-31 23:59:59", "2026-04-01 00:00:00",
    "2026-03-31T22:30:00Z", "2026-03-31T21:59:59+00:00", "2026-01-31 23:30:00-05:00",
    "2025-10-26 02:30:00", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-31 23:00:00",
    "2025-09-30", "2024-02-29 10:00", "2021-01-03 23:59:59", "2021-01-04 00:00:00",
)  # fmt: skip

cells = {
    "at": st.one_of(st.sampled_from(EDGES), st.sampled_from(["", "soon", "2026-02-30"])),
    "ch": st.sampled_from(["phone", "email", "chat", "fax", "", "Phone"]),
    "score": st.one_of(st.integers(-1, 13).map(str), st.sampled_from(["", "8.5", "99", "n/a", " 7 ", "9.0", "1e1"])),
    "wait": st.sampled_from(["0", "12.5", "60", "60.0", "61", "300", "300.5", "1e3", "-1", "", "x"]),
    "cost": st.one_of(st.decimals(-50, 500, places=2).map(str), st.sampled_from(["", "free", "0"])),
    "solved": st.sampled_from(["yes", "no", "TRUE", "f", "1", "0", "", "maybe"]),
    "customer": st.sampled_from(["a", "A", "b", "c c", ""]),
}
exports = st.lists(st.fixed_dictionaries(cells), max_size=25)
moments = st.sampled_from(
    [
        datetime(2026, 4, 1),
        datetime(2026, 3, 29, 3, 30),
        datetime(2026, 1, 31, 23, 30),
        datetime(2027, 1, 1),
        datetime(2025, 10, 26, 12),
    ]
)
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
checked = settings(
    max_examples=15,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)


@st.composite
def requests(draw):
    grain = draw(st.sampled_from(["month", "month", "week", "quarter", "year", "all", "day"]))
    as_of = draw(moments).replace(tzinfo=ZONE)
    by = draw(st.sampled_from([None, "ch", "ch", "solved"]))
    if grain == "all":
        return Asked(grain, as_of, by)
    if grain == "day" or draw(st.booleans()):
        first = (as_of - timedelta(days=draw(st.integers(1, 40 if grain == "day" else 300)))).date()
        last = draw(st.sampled_from([None, first + timedelta(days=20)]))
        return Asked(grain, as_of, by, first, last)
    return Asked(grain, as_of, by)


def written(rows, header=HEADER):
    text = io.StringIO()
    lines = csv.DictWriter(text, header, lineterminator="\n")
    lines.writeheader()
    for number, row in enumerate(rows):
        lines.writerow({"id": f"c{number}", **{k: v for k, v in row.items() if k in header}})
    return text.getvalue()


class Bench:
    """The projects over a CSV, a Parquet file and a split CSV, all of one folder. Its own class for a short `repr`."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "specs").mkdir()
        (folder / "specs" / "all.yml").write_text(DOCUMENTS, encoding="utf-8")
        self.projects = {name: self.project(name, source) for name, source in SOURCES.items()}

    def project(self, name, source):
        place = self.folder / name
        place.mkdir()
        lines = (
            "project: oracle",
            "timezone: Europe/Paris",
            "specs: [../specs]",
            f"data: {{contacts: {{from: {source}}}}}",
        )
        (place / "kpispec.yml").write_text("\n".join(lines), encoding="utf-8")
        found = kpispec.load(place)
        assert not [f for f in found.findings if f.severity == "error"]
        return found

    def run(self, name, asked, ids=None, **more):
        found = self.projects[name].run(
            *(ids or [i.id for i in INDICATORS]),
            as_of=asked.as_of, period=asked.grain, first=asked.first, last=asked.last, compare=(),
            by=[asked.by] if asked.by else (), **more,
        )  # fmt: skip
        failed = [(id, error.message, error.detail) for id, error in found.outcome.failed.items()]
        assert not failed, failed[:2]
        return found

    def write(self, rows, name="csv", file="contacts.csv"):
        (self.folder / name / file).write_text(written(rows), encoding="utf-8")


SOURCES = {"csv": "contacts.csv", "parquet": "contacts.parquet", "parts": "part_*.csv"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("oracle"))


def table(result):
    """Readings by KPI, period and segment, `"*"` for the whole."""
    return {
        (r.kpi, r.period.start, r.segment[0][1] if r.segment else "*"): (r.value, r.n, r.status.value, dict(r.rejected))
        for r in result.readings
    }


def same(found, value):
    return found == pytest.approx(value, rel=1e-9, abs=1e-9) if value is not None else found is None


@checked
@given(raw=exports, asked=requests())
def test_every_reading_of_a_csv_is_the_oracles(bench, raw, asked):
    bench.write(raw)
    found = table(bench.run("csv", asked))
    compare(found, [read({"id": "", **row}) for row in raw], asked)


def compare(found, rows, asked, *, rejects=True):
    wanted = {
        (i.id, start, segment): reading
        for i in INDICATORS
        for (start, segment), reading in readings(i, rows, asked).items()
    }
    for key, reading in wanted.items():
        # A segment that no period computed has seen has no row.
        if key not in found and key[2] not in ("*", "phone", "email", "chat"):
            continue
        value, n, status, rejected = found.pop(key)
        assert same(value, reading.value), (key, value, reading)
        assert (n or 0) == reading.n, (key, n, reading)
        assert status == reading.status, (key, status, reading)
        assert not rejects or rejected == reading.rejected, (key, rejected, reading)
    assert not found, list(found)[:3]


@settings(checked, max_examples=6)
@given(raw=exports, asked=requests())
def test_a_parquet_file_of_texts_reads_as_the_csv_does(bench, raw, asked):
    bench.write(raw, "parquet", "contacts.csv")
    stored(bench, "varchar")
    compare(table(bench.run("parquet", asked)), [read({"id": "", **row}) for row in raw], asked)


NAIVE = tuple(edge for edge in EDGES if len(edge) in (19, 23))
TYPED = (
    'id, try_cast("at" as timestamp) as "at", ch, try_cast(score as decimal(9, 1)) as score, try_cast(wait as float) '
    "as wait, try_cast(cost as decimal(18, 2)) as cost, try_cast(customer as varchar) as customer, "
    "case when lower(solved) in ('yes', 'true', '1') then true when lower(solved) in ('no', 'f', '0') then false end "
    "as solved"
)


@settings(checked, max_examples=8)
@given(raw=st.lists(st.fixed_dictionaries({**cells, "at": st.sampled_from(NAIVE)}), max_size=25), asked=requests())
def test_a_parquet_file_with_types_gives_the_same_figures(bench, raw, asked):
    """What does not fit a type is null in the file already, so nothing is left to reject there."""
    bench.write(raw, "parquet", "contacts.csv")
    stored(bench, "typed")
    rows = [read({"id": "", **row}) for row in raw]
    compare(table(bench.run("parquet", asked)), rows, asked, rejects=False)


def stored(bench, kind):
    place = bench.folder / "parquet"
    columns = "*" if kind == "varchar" else TYPED
    source = f"read_csv('{place}/contacts.csv', all_varchar = true, header = true, delim = ',')"
    duckdb.sql(f"copy (select {columns} from {source}) to '{place}/contacts.parquet' (format parquet)")


MONTHS = Asked("month", datetime(2026, 4, 1, tzinfo=ZONE), "ch")


def figures(found, *, n=True):
    return {key: (value, size if n else None) for key, (value, size, _, _) in found.items()}


@settings(checked, max_examples=5)
@given(raw=st.lists(st.fixed_dictionaries(cells), min_size=2, max_size=20), seed=st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_of_files_nor_a_column_more_matters(bench, raw, seed):
    bench.write(raw)
    whole = figures(table(bench.run("csv", MONTHS)))
    shuffled = seed.sample(raw, len(raw))
    cut = seed.randint(0, len(raw))
    bench.write(shuffled[:cut], "parts", "part_1.csv")
    bench.write(shuffled[cut:], "parts", "part_2.csv")
    parts = figures(table(bench.run("parts", MONTHS)))
    (bench.folder / "csv" / "contacts.csv").write_text(
        written([{**r, "more": "x"} for r in shuffled], (*HEADER, "more"))
    )
    more = figures(table(bench.run("csv", MONTHS)))
    for other in (parts, more):
        assert whole.keys() == other.keys()
        for key, (value, n) in whole.items():
            assert same(other[key][0], value), key
            assert other[key][1] == n


@settings(checked, max_examples=5)
@given(raw=st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=15))
def test_rows_twice_double_counts_and_sums_and_leave_shares(bench, raw):
    bench.write(raw)
    once = figures(table(bench.run("csv", MONTHS)))
    bench.write(raw + raw)
    twice = figures(table(bench.run("csv", MONTHS)))
    for (kpi, start, segment), (value, n) in once.items():
        again, size = twice[kpi, start, segment]
        assert size == (None if n is None else 2 * n)
        if kpi in (
            "answers",
            "contact_count",
            "cost_total",
            "refund_total",
            "quick_count",
            "other_count",
            "phone_count",
        ):
            assert same(again, None if value is None else 2 * value)
        if kpi in ("net_score", "solved_share", "score_mean", "cost_least", "wait_most", "score_var", "customer_count"):
            assert same(again, value)


@settings(checked, max_examples=5)
@given(
    raw=st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=15),
    where=st.sampled_from(["solved", "score > 6", "wait <= 60 and cost > 0", "ch = 'email'"]),
)
def test_where_true_false_and_null_make_the_whole(bench, raw, where):
    bench.write(raw)
    added = ["answers", "contact_count", "cost_total", "refund_total"]
    whole = figures(table(bench.run("csv", MONTHS, added)))
    parts = [
        figures(table(bench.run("csv", MONTHS, added, where=condition)))
        for condition in (where, f"not ({where})", f"({where}) is null")
    ]
    for key, (value, n) in whole.items():
        found = [part[key] for part in parts if key in part]
        assert same(sum(v for v, _ in found if v is not None) if value is not None else None, value), key
        assert sum(size or 0 for _, size in found) == n


@settings(checked, max_examples=6)
@given(raw=exports, asked=requests())
def test_the_compiled_text_run_by_hand_gives_the_same_figures(bench, raw, asked):
    bench.write(raw)
    ids = ["net_score", "wait_p90", "customer_count", "refund_total"]
    found = bench.run("csv", asked, ids)
    given_ = AskedOptions(
        as_of=asked.as_of,
        period=asked.grain,
        first=asked.first,
        last=asked.last,
        compare=(),
        by=(asked.by,) if asked.by else (),
    )
    text = bench.projects["csv"].compile(*ids, asked=given_).text
    names, rows = by_hand(text, bench.folder / "csv")
    at = {name: i for i, name in enumerate(names)}
    by_key = {}
    for row in rows:
        segment = "*" if asked.by is None or row[at["set__"]] else row[at[asked.by]]
        by_key[row[at["period__"]], segment] = row
    for reading in found.readings:
        row = by_key[reading.period.key, reading.segment[0][1] if reading.segment else "*"]
        assert same(row[at[reading.kpi]], reading.value)
        assert row[at[f"{reading.kpi}__n"]] == reading.n


def by_hand(text, folder):
    """The names and rows of the last of several statements, each executed as it is printed."""
    with duckdb.connect() as connection:
        connection.execute(f"set file_search_path = '{folder}'")
        for statement in text.split(";\n"):
            if statement.strip():
                found = connection.execute(statement)
        return [column[0] for column in found.description], found.fetchall()
