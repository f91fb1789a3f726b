"""The pack `customer_service`: every document is whole, in two languages, and does what its own tests say."""

import re
from pathlib import PurePath

import pytest
from pack import LANGUAGES, PACK, ROOT, files, pack
from tables import FOLDERS, page_with_tables
from test_operations import FOLDERS as OPERATIONS

import kpispec
from kpispec.engine.duckdb import DuckDB
from kpispec.project.chosen import Chosen
from kpispec.project.mutation import mutate_kpi
from kpispec.project.trials import trials
from kpispec.spec import GivenRows

CATALOG, FINDINGS = pack()
KPIS = sorted(id for id, spec in CATALOG.specs.items() if spec.library == PACK)
OWN = [id for id in KPIS if PurePath(CATALOG.specs[id].span.file.path).parts[1] in FOLDERS]
DATASETS = sorted(d.spec.id for d in CATALOG.datasets.values() if d.spec.declared and d.spec.library == PACK)
BENCHMARKS = sorted(id for id, found in CATALOG.benchmarks.items() if found.library == PACK)


def node(kind, id):
    (found,) = [d for d in CATALOG.documents if (d.kind, d.id) == (kind, id)]
    return found.node


def texts(spec):
    named = {"label": spec.label, "question": spec.question, "description": spec.description}
    return {**named, **{f"caveat {n}": c for n, c in enumerate(spec.caveats)}}


def lacking(text):
    """The languages in which a text of people is not written, a plain string being in none."""
    return [tag for tag in LANGUAGES if tag not in dict(text.texts if text is not None else ())]


def test_the_pack_has_no_finding():
    """Those of the operational half have a test of their own."""
    found = [f for f in FINDINGS if f.span is None or PurePath(f.span.file.path).parts[1] not in OPERATIONS]
    assert [f"{f.rule}: {f.subject}: {f.message}" for f in found] == []


def test_every_kpi_is_tried_here_or_there():
    assert {folder_of(id) for id in KPIS} == {*FOLDERS, *OPERATIONS}


def folder_of(id):
    return PurePath(CATALOG.specs[id].span.file.path).parts[1]


def test_a_file_holds_one_document_and_is_named_like_it():
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert "\n---" not in text, path
        assert re.match(rf"(?:#.*\n)*(kpi|dataset|benchmark|scorecard|calendar): {path.stem}\n", text), path


@pytest.mark.parametrize("id", KPIS)
def test_a_kpi_says_everything_in_both_languages(id):
    spec = CATALOG.specs[id]
    assert {name: missing for name, text in texts(spec).items() if (missing := lacking(text))} == {}


@pytest.mark.parametrize("id", KPIS)
def test_a_kpi_says_what_it_is(id):
    spec, written = CATALOG.specs[id], {e.name for e in node("kpi", id).entries}
    assert written >= {"unit", "direction", "lifecycle", "tags", "level", "perspective"}
    assert (spec.lifecycle.state, spec.lifecycle.version) == ("certified", "1.0.0")


@pytest.mark.parametrize("id", OWN)
def test_a_kpi_says_whose_definition_it_is(id):
    """A source, or a stand taken, and which of the usual definitions it is."""
    assert CATALOG.specs[id].references
    assert CATALOG.specs[id].variant


@pytest.mark.parametrize("id", KPIS)
def test_a_kpi_has_three_tests_and_one_of_nothing(id):
    tests = CATALOG.specs[id].tests
    assert len(tests) >= 3
    assert len({t.name for t in tests}) == len(tests)
    assert any(is_of_nothing(test) for test in tests)


def is_of_nothing(test):
    """Whether a test gives no rows, or rows of which nothing is left."""
    return any(e.null_value for e in test.expect) or any(not given.rows for given in rows_of(test))


def rows_of(test):
    return [given for given in test.given if isinstance(given, GivenRows)]


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """The tests of all KPIs, run once."""
    with DuckDB(tmp_path_factory.mktemp("engine"), threads=1) as engine:
        found = list(trials(CATALOG, engine, "UTC", Chosen(kpis=frozenset(OWN))))
    return {id: [t for t in found if t.kpi.id == id] for id in OWN}


@pytest.mark.parametrize("id", OWN)
def test_a_kpi_passes_its_own_tests(id, tried):
    assert len(tried[id]) == len(CATALOG.specs[id].tests)
    assert {t.test.name: t.failures for t in tried[id] if not t.passed} == {}


@pytest.mark.slow
def test_the_tests_notice_nearly_every_change(tmp_path):
    """Of the mutants of these KPIs 95 of 100, and of none fewer than four of five."""
    with DuckDB(tmp_path, threads=1) as engine:
        found = [mutate_kpi(CATALOG, CATALOG.kpis[id], engine, "UTC")[0] for id in OWN]
    assert {m.id: m.trouble for m in found if m.trouble} == {}
    alive = {m.id: [f"{s.part}: {s.change}" for s in m.survivors] for m in found if m.survivors}
    tried = {m.id: m.killed + len(m.survivors) for m in found}
    assert {id: changes for id, changes in alive.items() if len(changes) > tried[id] / 5} == {}
    assert sum(map(len, alive.values())) <= 0.05 * sum(tried.values()), alive


@pytest.mark.parametrize("id", KPIS)
def test_what_a_kpi_refers_to_is_there(id):
    spec = CATALOG.specs[id]
    named = [t.value for t in (*spec.read_with, *spec.drivers)]
    assert [n for n in named if n not in KPIS] == []
    assert id not in named


@pytest.mark.parametrize("id", DATASETS)
def test_a_data_set_says_everything_in_both_languages(id):
    spec = CATALOG.datasets[id].spec
    assert spec.grain
    columns = {c.name: lacking(c.label) for c in spec.columns}
    assert {name: missing for name, missing in columns.items() if missing} == {}
    values = {(c.name, v): lacking(label) for c in spec.columns for v, label in c.value_labels}
    assert {at: missing for at, missing in values.items() if missing} == {}
    assert lacking(spec.label) == lacking(spec.description) == []


@pytest.mark.parametrize("id", BENCHMARKS)
def test_an_outside_figure_says_whose_it_is_and_where_it_can_be_read(id):
    for name, figure in CATALOG.benchmarks[id].entries:
        assert figure.source, name
        assert figure.year, name
        assert figure.url, name
        assert lacking(figure.label) == [], name


def test_scorecards_say_everything_in_both_languages():
    for card in CATALOG.scorecards.values():
        assert lacking(card.label) == lacking(card.description) == []
        assert [s.label.texts for s in card.sections if lacking(s.label)] == []


def test_no_text_is_the_same_in_both_languages_by_oversight():
    """Labels may be (`Net Promoter Score`); questions and descriptions are translated."""
    for id in KPIS:
        spec = CATALOG.specs[id]
        for text in (spec.question, spec.description, *spec.caveats):
            assert text.get("en") != text.get("fr"), id


def test_a_project_takes_the_pack_in_and_what_it_cannot_feed_is_not_available(tmp_path):
    (tmp_path / "answers.csv").write_text(
        "answer_id,answered_at,recommend\n1,2026-03-02,10\n2,2026-03-03,8\n3,2026-03-04,3\n"
    )
    (tmp_path / "specs").mkdir()
    (tmp_path / "kpispec.yml").write_text(
        "project: shop\nlibrary: [customer_service]\ndata:\n  survey_answers: answers.csv\n", encoding="utf-8"
    )
    project = kpispec.load(tmp_path)
    assert [f.message for f in project.findings] == []
    found = {r.kpi: r for r in project.run("nps", "csat_pct", period="all", as_of="2026-04-01").readings}
    assert found["nps"].value == 0
    assert found["nps"].n == 3
    assert found["csat_pct"].status.value == "not_available"
    assert found["csat_pct"].value is None


# Of each a figure of another measure that is built on it.
BOUNDED = {
    "first_reply_p90": ("h", "first_reply_median"),
    "first_reply_censored": ("min", "resolution_censored"),
    "resolution_final_median": ("h", "resolution_business"),
    "nps": ("pt", "nps_detractors"),
    "ces_2": ("%", "ces_2_mean"),
    "ces_1": ("", "high_effort_share"),
    "servqual_gap": ("", "servperf"),
    "churn_rate": ("%", "churn_rate_voluntary"),
    "fcr_one_touch_received": ("%", "fcr_one_touch_solved"),
    "phone_wait_queue": ("s", "phone_wait_total"),
    "service_level_offered": ("%", "service_level_answered"),
}


@pytest.mark.parametrize("id", BOUNDED)
def test_bounds_of_a_project_stay_with_the_indicator_they_are_for(tmp_path, id):
    unit, other = BOUNDED[id]
    lower = CATALOG.specs[id].direction == "lower_is_better"
    good, bad = ("<= 1", "> 2") if lower else (">= 2", "< 1")
    (tmp_path / "own.yml").write_text(
        f"kpi: {id}\nextends: {PACK}.{id}\nlabel: Own\nthresholds: {{good: '{good} {unit}', bad: '{bad} {unit}'}}\n"
        f"targets: [{{from: 2026-01-01, value: 2 {unit}}}]\n",
        encoding="utf-8",
    )
    (tmp_path / "kpispec.yml").write_text(f"project: own\nspecs: [own.yml]\nlibrary: [{PACK}]\n", encoding="utf-8")
    project = kpispec.load(tmp_path)
    assert [f.message for f in project.findings] == []
    specs = project.loaded.catalog.specs
    assert specs[id].targets
    assert (specs[other].thresholds, specs[other].targets) == (CATALOG.specs[other].thresholds, ())


def test_the_page_about_the_library_has_its_tables_as_the_documents_are():
    """`python tests/library/tables.py` writes them."""
    page = ROOT / "docs" / "reference" / "library.md"
    assert page.read_text(encoding="utf-8") == page_with_tables(page.read_text(encoding="utf-8"))


def test_every_document_stands_on_a_page():
    pages = ("library", "library-operations", "help-desks")
    text = "".join((ROOT / "docs" / "reference" / f"{page}.md").read_text(encoding="utf-8") for page in pages)
    assert [path.stem for path in files() if f"`{path.stem}`" not in text] == []
