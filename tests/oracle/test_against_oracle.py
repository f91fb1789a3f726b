"""Generated exports through kpispec, and every reading against plain Python over the same rows."""

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from expected import Asked, readings
from figures import DOCUMENTS, INDICATORS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from survey import HEADER, ZONE, read

import kpispec

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
    [datetime(2026, 4, 1), datetime(2026, 3, 29, 3, 30), datetime(2026, 1, 31, 23, 30), datetime(2027, 1, 1), datetime(2025, 10, 26, 12)]
)
checked = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)


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
        lines = ("project: oracle", "timezone: Europe/Paris", "specs: [../specs]", f"data: {{contacts: {{from: {source}}}}}")
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
