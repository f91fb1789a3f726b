"""The operational half of the pack `customer_service`: complete, in two languages, and right by its own tests."""

from pathlib import PurePath

import pytest

from kpispec.bundled import bundled
from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.engine.duckdb import DuckDB
from kpispec.project.chosen import Chosen
from kpispec.project.load import library_documents
from kpispec.project.trials import trials

FOLDERS = ("complaints", "phone", "resolution", "retention", "revenue", "speed")
DATASETS = ("complaints", "customers", "orders", "period_counts", "subscribers")
SCORECARDS = ("complaints", "customer_care")
LANGUAGES = ("en", "fr")
SPEED = ("responsiveness", "effort")  # what is quick may still be bad

FINDINGS = Findings()
CATALOG = resolve(library_documents(("customer_service",), FINDINGS), {}, FINDINGS)
PAGE = bundled("specs").parent / "docs" / "reference" / "library-operations.md"


def folder(path):
    return PurePath(path).parts[1]


KPIS = sorted(id for id, s in CATALOG.specs.items() if s.library and folder(s.span.file.path) in FOLDERS)


def test_the_pack_has_no_finding():
    own = (*FOLDERS, "datasets", "scorecards")
    found = [f for f in FINDINGS if f.span is not None and folder(f.span.file.path) in own]
    assert [(f.span.file.path, f.span.line, f.message) for f in found] == []


def test_there_are_enough_of_them():
    assert len(KPIS) >= 45
    assert set(KPIS) <= CATALOG.kpis.keys()


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with DuckDB(tmp_path_factory.mktemp("duckdb"), threads=1) as engine:
        yield engine


@pytest.mark.parametrize("id", KPIS)
def test_an_indicator_passes_its_own_tests(id, engine):
    found = list(trials(CATALOG, engine, "UTC", Chosen(kpis=frozenset([id]))))
    assert len(found) >= 3
    assert {t.test.name: t.failures for t in found if not t.passed} == {}


@pytest.mark.parametrize("id", KPIS)
def test_an_indicator_says_in_two_languages_what_it_is(id):
    spec = CATALOG.specs[id]
    texts = (spec.label, spec.question, spec.description, *spec.caveats)
    for text in texts:
        assert text is not None
        assert all(text.speaks(language) for language in LANGUAGES)
    for language in LANGUAGES:
        assert spec.question.get(language).endswith("?")
        assert len({text.get(language) for text in texts}) == len(texts)


@pytest.mark.parametrize("id", KPIS)
def test_an_indicator_says_how_it_is_read(id):
    spec = CATALOG.specs[id]
    assert (spec.lifecycle.state, spec.lifecycle.version) == ("certified", "1.0.0")
    assert spec.unit is not None
    assert spec.direction is not None
    assert spec.tags
    assert spec.reading_level in ("strategic", "tactical", "operational")
    assert spec.perspective in ("customer", "process", "finance")
    assert id not in {named.value for named in (*spec.read_with, *spec.drivers)}


@pytest.mark.parametrize("id", [k for k in KPIS if set(SPEED) & set(CATALOG.specs[k].tags)])
def test_speed_is_never_shown_without_quality(id):
    beside = [CATALOG.specs[named.value] for named in CATALOG.specs[id].read_with]
    assert any(not set(SPEED) & set(spec.tags) for spec in beside)


@pytest.mark.parametrize("id", DATASETS)
def test_a_data_set_says_in_two_languages_what_it_holds(id):
    spec = CATALOG.datasets[id].spec
    assert spec.library == "customer_service"
    for text in (spec.label, spec.description, *(c.label for c in spec.columns)):
        assert text is not None
        assert all(text.speaks(language) for language in LANGUAGES)


@pytest.mark.parametrize("id", SCORECARDS)
def test_a_scorecard_goes_from_strategy_to_the_day(id):
    card = CATALOG.scorecards[id]
    assert [section.level for section in card.sections] == ["strategic", "tactical", "operational"]
    assert all(section.label.speaks(language) for section in card.sections for language in LANGUAGES)


@pytest.mark.parametrize("id", [*KPIS, *DATASETS])
def test_the_reference_names_it(id):
    assert f"| `{id}` |" in PAGE.read_text(encoding="utf-8")
