"""Mutants share one query with others: each must come out as it does alone, and a KPI beside itself as itself."""

from pathlib import Path

import pytest

import kpispec
from kpispec.project.binding import open_engine
from kpispec.project.mutation import breed, named_apart
from kpispec.project.trials import verdicts

EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
CATALOG = kpispec.load(EXAMPLE).catalog


@pytest.fixture(scope="module")
def engine():
    opened = open_engine(kpispec.load(EXAMPLE).loaded, threads=1, memory_limit=None)
    yield opened
    opened.close()


def judged(kpis, test, engine):
    return [bool(failures) for failures in verdicts(CATALOG, kpis, test, engine, "Europe/Paris")]


def test_a_kpi_under_another_id_passes_its_own_tests(engine):
    failing = [
        (kpi.id, test.name)
        for kpi in CATALOG.kpis.values()
        if kpi.spec.library is None
        for test in kpi.spec.tests[:2]
        if any(judged([named_apart(kpi, n) for n in range(3)], test, engine))
    ]
    assert failing == []


@pytest.mark.parametrize("id", ["complaints_per_1000", "recontact_7d", "escalation_rate"])
def test_mutants_together_are_judged_as_alone(id, engine):
    bred, _ = breed(CATALOG, CATALOG.kpis[id])
    kpis = [b.kpi for b in bred]
    test = CATALOG.kpis[id].spec.tests[0]
    together = judged(kpis, test, engine)
    assert together == [judged([kpi], test, engine)[0] for kpi in kpis]
    assert True in together


def test_mutants_have_different_ids_and_are_not_the_kpi():
    kpi = CATALOG.kpis["recontact_7d"]
    bred, same = breed(CATALOG, kpi)
    assert len({b.kpi.id for b in bred}) == len(bred)
    assert kpi.id not in {b.kpi.id for b in bred}
    assert same > 0
