"""The operational half of the pack `customer_service`: how its indicators are to be read, and what its page says."""

import pytest
from pack import FOLDER, LANGUAGES, ROOT, pack

FOLDERS = ("complaints", "phone", "resolution", "retention", "revenue", "speed")
DATASETS = ("complaints", "customers", "orders", "period_counts", "subscribers")
SCORECARDS = ("complaints", "customer_care")
SPEED = {"responsiveness", "effort"}  # what is quick may still be bad

CATALOG, _ = pack()
KPIS = sorted(path.stem for folder in FOLDERS for path in (FOLDER / folder).glob("*.yml"))
FAST = [id for id in KPIS if SPEED & set(CATALOG.specs[id].tags)]
PAGE = (ROOT / "docs" / "reference" / "library-operations.md").read_text(encoding="utf-8")


def test_there_are_enough_of_them():
    assert len(KPIS) >= 60
    assert set(KPIS) <= CATALOG.kpis.keys()


@pytest.mark.parametrize("id", KPIS)
def test_an_indicator_says_who_reads_it(id):
    spec = CATALOG.specs[id]
    assert spec.reading_level in ("strategic", "tactical", "operational")
    assert spec.perspective in ("customer", "process", "finance")
    for language in LANGUAGES:
        assert spec.question.get(language).endswith("?")


@pytest.mark.parametrize("id", FAST)
def test_speed_is_never_shown_without_quality(id):
    beside = [CATALOG.specs[named.value] for named in CATALOG.specs[id].read_with]
    assert any(not SPEED & set(spec.tags) for spec in beside)


@pytest.mark.parametrize("id", SCORECARDS)
def test_a_scorecard_goes_from_strategy_to_the_day(id):
    assert [section.level for section in CATALOG.scorecards[id].sections] == ["strategic", "tactical", "operational"]


@pytest.mark.parametrize("id", DATASETS)
def test_the_page_says_which_columns_a_data_set_has(id):
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{id}` |")]
    bound = {c.name for c in CATALOG.datasets[id].spec.columns if c.expr is None}
    assert {name for name in bound if f"`{name}`" not in line} == set()
