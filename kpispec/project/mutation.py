"""`test --mutate`: every mutant of a KPI, function or data set run through its tests, and those that none notices."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kpispec.catalog.datasets import rebind_dataset
from kpispec.catalog.kpis import rebind, rows_below
from kpispec.catalog.model import Catalog, Dataset, Kpi
from kpispec.diagnostics import Findings
from kpispec.engine.base import Engine
from kpispec.formula.macros import Macro
from kpispec.formula.parse import parse
from kpispec.project.function_trials import FunctionCase, function_case
from kpispec.project.mutants import Mutant, Spec, of_dataset, of_function, of_kpi
from kpispec.project.same import form_of_body, form_of_kpi
from kpispec.project.trials import function_trials, verdicts
from kpispec.spec import DatasetSpec, FunctionSpec, KpiSpec, TestSpec

BATCH = 40  # mutants in one query: past that, planning it costs more than a second one
JUDGED = ("good", "watch", "bad")


@dataclass(frozen=True, slots=True)
class Bred:
    """A mutant that can be computed: the KPI that it makes."""

    mutant: Mutant
    kpi: Kpi


@dataclass(frozen=True, slots=True)
class Mutation:
    """What became of the mutants of one document. `same` give the same on every row, as far as columns can tell.

    `trouble` says why none was tried.
    """

    kind: str  # "kpi" | "function" | "dataset"
    spec: Spec
    killed: int = 0
    same: int = 0
    survivors: tuple[Mutant, ...] = ()
    trouble: str = ""

    @property
    def id(self) -> str:
        return self.spec.id


def mutate_kpi(catalog: Catalog, kpi: Kpi, engine: Engine, zone: str) -> tuple[Mutation, tuple[Bred, ...]]:
    """The mutants of a KPI tried on its tests, and those that survive, as KPIs."""
    bred, same = breed(catalog, kpi)
    trouble, alive = _trouble(kpi.spec.tests), bred
    for test in kpi.spec.tests:
        noticed, sound = _noticed_by(catalog, kpi, alive, test, engine, zone)
        if not sound:
            trouble, alive = f"its test `{test.name}` fails", bred
            break
        alive = tuple(b for b in alive if b.kpi.id not in noticed)
    survivors = tuple(b.mutant for b in alive)
    return Mutation("kpi", kpi.spec, len(bred) - len(alive), same, survivors, trouble), alive


def _trouble(tests: Sequence[TestSpec]) -> str:
    return "" if tests else "it has no test"


def _noticed_by(
    catalog: Catalog, kpi: Kpi, bred: Sequence[Bred], test: TestSpec, engine: Engine, zone: str
) -> tuple[set[str], bool]:
    """The mutants that a test notices, and whether it passes for the KPI itself: else it tells nothing about them."""
    noticed: set[str] = set()
    for group in _alike(bred):
        others = [b.kpi for b in group]
        if _reads(others[0]) == _reads(kpi):
            itself, *found = verdicts(catalog, (kpi, *others), test, engine, zone)
        else:
            (itself,) = verdicts(catalog, (kpi,), test, engine, zone)
            found = list(verdicts(catalog, others, test, engine, zone))
        if itself:
            return set(), False
        noticed |= {b.kpi.id for b, failures in zip(group, found, strict=True) if failures}
    return noticed, True


def breed(catalog: Catalog, kpi: Kpi) -> tuple[tuple[Bred, ...], int]:
    """The mutants that can be computed and are told apart by their form; how many are of the KPI's own form."""
    bands = any(e.status in JUDGED for t in kpi.spec.tests for e in t.expect)
    itself = form_of_kpi(kpi, catalog)
    forms = {itself}
    found: list[Bred] = []
    own = 0
    for mutant in of_kpi(kpi.spec, bands):
        assert isinstance(mutant.spec, KpiSpec)
        changed = rebind(mutant.spec, catalog)
        if changed is None:
            continue
        form = form_of_kpi(changed, catalog)
        if form in forms:
            own += form == itself
            continue
        forms.add(form)
        found.append(Bred(mutant, named_apart(changed, len(found))))
    return tuple(found), own


def named_apart(kpi: Kpi, number: int) -> Kpi:
    """A mutant beside its KPI in one query: ids of documents hold no `__`."""
    return replace(kpi, spec=replace(kpi.spec, id=f"{kpi.id}__{number}"))


def _reads(kpi: Kpi) -> tuple[object, ...]:
    return tuple((r.spec.name, r.dataset, r.expr.type) for r in kpi.rows)


def _alike(bred: Iterable[Bred]) -> Iterator[tuple[Bred, ...]]:
    """Those that can share the given rows: their inputs read the same data sets and are of the same types."""
    groups: dict[object, list[Bred]] = {}
    for each in bred:
        groups.setdefault(_reads(each.kpi), []).append(each)
    for group in groups.values():
        for start in range(0, len(group), BATCH):
            yield tuple(group[start : start + BATCH])


# functions ----------------------------------------------------------------------------------------------------------


Body = tuple[Mutant, Catalog]  # a changed function, and a catalogue in which it is the function


def mutate_function(
    catalog: Catalog, spec: FunctionSpec, engine: Engine, zone: str
) -> tuple[Mutation, tuple[Body, ...]]:
    """The mutants of a function's body tried on the function's own tests, and those that survive."""
    alive, same = _bodies(catalog, spec)
    trouble = _trouble(spec.tests)
    failing = next((t for t in function_trials(catalog, spec, engine, zone) if not t.passed), None)
    if failing is not None:
        trouble = f"its test `{failing.test.name}` fails"
    if trouble:
        return Mutation("function", spec, 0, same, tuple(m for m, _ in alive), trouble), tuple(alive)
    tried = len(alive)
    for test in spec.tests:
        cases = [(m, c, function_case(c, spec, test)) for m, c in alive]
        known = [(m, c, case) for m, c, case in cases if case.kpi is not None]
        tried -= len(cases) - len(known)
        noticed = {id(m) for group in _together(known) for m in _noticed(group, engine, zone)}
        alive = [(m, c) for m, c, _ in known if id(m) not in noticed]
    return Mutation("function", spec, tried - len(alive), same, tuple(m for m, _ in alive)), tuple(alive)


def _bodies(catalog: Catalog, spec: FunctionSpec) -> tuple[list[Body], int]:
    """The mutants that differ in form, and how many are of the function's own."""
    body = catalog.macros[spec.id].body
    assert body is not None
    own = form_of_body(body)
    forms, found, same = {own}, [], 0
    for mutant in of_function(spec):
        assert isinstance(mutant.spec, FunctionSpec)
        changed = parse(mutant.spec.formula, "", Findings())
        if changed is None:
            continue
        form = form_of_body(changed)
        if form in forms:
            same += form == own
            continue
        forms.add(form)
        macro = Macro(spec.id, spec.args, changed)
        found.append((mutant, replace(catalog, macros={**catalog.macros, spec.id: macro})))
    return found, same


Case = tuple[Mutant, Catalog, FunctionCase]


def _together(cases: list[Case]) -> Iterator[list[Case]]:
    groups: dict[object, list[Case]] = {}
    for case in cases:
        kpi = case[2].kpi
        assert kpi is not None
        groups.setdefault(tuple((r.spec.name, r.expr.type) for r in kpi.rows), []).append(case)
    for group in groups.values():
        for start in range(0, len(group), BATCH):
            yield group[start : start + BATCH]


def _noticed(group: list[Case], engine: Engine, zone: str) -> Iterator[Mutant]:
    first = group[0][2]
    kpis = [named_apart(case.kpi, at) for at, (_, _, case) in enumerate(group) if case.kpi is not None]
    found = verdicts(first.catalog, kpis, first.test, engine, zone)
    return (mutant for (mutant, _, _), failures in zip(group, found, strict=True) if failures)


# data sets ----------------------------------------------------------------------------------------------------------


def mutate_dataset(catalog: Catalog, dataset: Dataset, kpis: Mapping[str, Kpi], engine: Engine, zone: str) -> Mutation:
    """The mutants of a data set's filters, tried on the tests of the KPIs that read it."""
    trials = list(_trials_of(catalog, dataset, kpis))
    killed, same, survivors = 0, 0, []
    for mutant in of_dataset(dataset.spec):
        assert isinstance(mutant.spec, DatasetSpec)
        changed = rebind_dataset(mutant.spec, catalog)
        if changed is None or changed.where == dataset.where:
            same += changed is not None
            continue
        known = replace(catalog, datasets={**catalog.datasets, dataset.id: changed})
        if any(verdicts(known, (kpi,), test, engine, zone)[0] for kpi, test in trials):
            killed += 1
        else:
            survivors.append(mutant)
    return Mutation("dataset", dataset.spec, killed, same, tuple(survivors), "" if trials else "no KPI tests it")


def _trials_of(catalog: Catalog, dataset: Dataset, kpis: Mapping[str, Kpi]) -> Iterator[tuple[Kpi, TestSpec]]:
    """The tests that give rows of a data set by its name, as only such rows are filtered."""
    for kpi in kpis.values():
        if dataset.id in rows_below(kpi.id, catalog.kpis):
            for test in kpi.spec.tests:
                if any(g.name.value == dataset.id for g in test.given):
                    yield kpi, test
