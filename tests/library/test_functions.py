"""The functions that ship with kpispec, by the tests in their own documents."""

import pytest

from kpispec.catalog.resolve import resolve
from kpispec.diagnostics import Findings
from kpispec.engine.duckdb import DuckDB
from kpispec.project.load import library_documents
from kpispec.project.mutation import mutate_function
from kpispec.project.trials import function_trials

FINDINGS = Findings()
CATALOG = resolve(library_documents((), FINDINGS), {}, FINDINGS)


def test_the_library_has_no_finding():
    assert [f.message for f in FINDINGS] == []


@pytest.mark.parametrize("name", sorted(CATALOG.functions))
def test_a_function_passes_its_own_tests(name, tmp_path):
    spec = CATALOG.functions[name]
    with DuckDB(tmp_path, threads=1) as engine:
        found = list(function_trials(CATALOG, spec, engine, "UTC"))
    assert len(found) >= 3
    assert {t.test.name: t.failures for t in found if not t.passed} == {}


@pytest.mark.parametrize("name", sorted(CATALOG.functions))
def test_the_tests_of_a_function_notice_every_change_of_it(name, tmp_path):
    with DuckDB(tmp_path, threads=1) as engine:
        found, _ = mutate_function(CATALOG, CATALOG.functions[name], engine, "UTC")
    assert (found.trouble, [m.change for m in found.survivors]) == ("", [])
    assert found.killed > 0
