"""What `test --mutate` found: the mutants of each document, and those that no test notices with a test that would."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from kpispec.catalog.datasets import rebind_dataset
from kpispec.catalog.model import Catalog, Dataset, Kpi
from kpispec.engine.base import Engine
from kpispec.formula.tree import Expr
from kpispec.project.chosen import Chosen
from kpispec.project.function_trials import function_case
from kpispec.project.mutants import Mutant
from kpispec.project.mutation import Body, Mutation, mutate_dataset, mutate_function, mutate_kpi, named_apart
from kpispec.project.telling import Example, Search
from kpispec.spec import DatasetSpec, FunctionSpec, GivenRows, GivenValue, TestSpec
from kpispec.syntax.equivalent import Equivalent, equivalents

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test notices. `silenced` is the comment that calls it equivalent.

    `reader` is the KPI that the example is a test of, where the mutant is of a data set.
    """

    mutant: Mutant
    silenced: Equivalent | None = None
    example: Example | None = None
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The mutants of one document; `survivors` are all, silenced ones too."""

    mutation: Mutation
    survivors: tuple[Survivor, ...]

    @property
    def silenced(self) -> int:
        return sum(1 for s in self.survivors if s.silenced is not None)

    @property
    def open(self) -> int:
        """Survivors that nobody has called equivalent."""
        return len(self.survivors) - self.silenced

    @property
    def mutants(self) -> int:
        return self.mutation.killed + len(self.survivors)


@dataclass(frozen=True, slots=True)
class Survey:
    """All documents that have mutants, and the comments that silence none or give no reason."""

    tallies: tuple[Tally, ...]
    unused: tuple[Equivalent, ...]

    @property
    def open(self) -> int:
        return sum(t.open for t in self.tallies)


def survey(catalog: Catalog, chosen: Chosen, engine: Engine, zone: str, notify: Notify) -> Survey:
    """The mutants of what was chosen, document by document."""
    surveyor = _Surveyor(catalog, engine, zone)
    tallies = []
    for tally in surveyor.tallies(chosen, notify):
        if tally.mutants or tally.mutation.same:
            tallies.append(tally)
    used = [s.silenced for t in tallies for s in t.survivors if s.silenced is not None]
    files = dict.fromkeys(t.mutation.spec.span.file.path for t in tallies)
    by_path = {t.mutation.spec.span.file.path: t.mutation.spec.span.file for t in tallies}
    unused = [e for path in files for e in equivalents(by_path[path]) if e not in used and _of_one(e, tallies)]
    return Survey(tuple(tallies), tuple(unused))


def _of_one(comment: Equivalent, tallies: Sequence[Tally]) -> bool:
    """Whether a comment stands in a document whose mutants were tried."""
    return any(comment.same_document(t.mutation.spec.span) for t in tallies if not t.mutation.trouble)


@dataclass(slots=True)
class _Surveyor:
    catalog: Catalog
    engine: Engine
    zone: str

    def tallies(self, chosen: Chosen, notify: Notify) -> Iterator[Tally]:
        for kpi in self.catalog.kpis.values():
            if kpi.id in chosen.kpis:
                notify(f"mutants of {kpi.id}")
                yield self._of_kpi(kpi)
        for function in self.catalog.functions.values():
            if function.id in chosen.functions and function.id in self.catalog.macros:
                notify(f"mutants of {function.id}")
                yield self._of_function(function)
        for dataset in self.catalog.datasets.values():
            if dataset.id in chosen.datasets:
                notify(f"mutants of {dataset.id}")
                yield self._of_dataset(dataset)

    def _of_kpi(self, kpi: Kpi) -> Tally:
        mutation, alive = mutate_kpi(self.catalog, kpi, self.engine, self.zone)
        loud = [b for b in alive if _silencing(b.mutant) is None]
        if mutation.trouble or not loud:
            return _tally(mutation, {})
        found = Search(self.catalog, kpi, self.engine, self.zone).examples([b.kpi for b in loud])
        return _tally(mutation, {id(b.mutant): found[b.kpi.id] for b in loud if b.kpi.id in found})

    def _of_dataset(self, dataset: Dataset) -> Tally:
        mutation = mutate_dataset(self.catalog, dataset, self.catalog.kpis, self.engine, self.zone)
        reader = next((k for k in self.catalog.kpis.values() if {r.dataset for r in k.rows} == {dataset.id}), None)
        loud = [m for m in mutation.survivors if _silencing(m) is None]
        if reader is None or not loud:
            return _tally(mutation, {})
        found = self._dataset_examples(dataset, reader, loud)
        tally = _tally(mutation, found)
        survivors = (replace(s, reader=reader.id) if s.example is not None else s for s in tally.survivors)
        return replace(tally, survivors=tuple(survivors))

    def _dataset_examples(self, dataset: Dataset, reader: Kpi, alive: Sequence[Mutant]) -> dict[int, Example]:
        """Tests of a KPI that reads the data set: its filters are looked at as if they were the KPI's own."""
        changed = {id(m): rebind_dataset(m.spec, self.catalog) for m in alive if isinstance(m.spec, DatasetSpec)}
        bare = replace(self.catalog, datasets={**self.catalog.datasets, dataset.id: replace(dataset, where=())})
        kpis = {
            at: named_apart(_narrowed(reader, d.where), number)
            for number, (at, d) in enumerate(changed.items())
            if d is not None
        }
        search = Search(bare, _narrowed(reader, dataset.where), self.engine, self.zone)
        found = search.examples(list(kpis.values()))
        return {at: found[kpi.id] for at, kpi in kpis.items() if kpi.id in found}

    def _of_function(self, spec: FunctionSpec) -> Tally:
        mutation, alive = mutate_function(self.catalog, spec, self.engine, self.zone)
        loud = [(m, c) for m, c in alive if _silencing(m) is None]
        test = next((t for t in spec.tests if any(isinstance(g, GivenRows) for g in t.given)), None)
        if mutation.trouble or not loud or test is None:
            return _tally(mutation, {})
        return _tally(mutation, self._function_examples(spec, test, loud))

    def _function_examples(self, spec: FunctionSpec, test: TestSpec, alive: Sequence[Body]) -> dict[int, Example]:
        """The function called on a column of rows, with the single values that one of its tests gives."""
        itself = function_case(self.catalog, spec, test)
        if itself.kpi is None:
            return {}
        kpis = {}
        for number, (mutant, catalog) in enumerate(alive):
            case = function_case(catalog, spec, test)
            if case.kpi is not None and [r.expr.type for r in case.kpi.rows] == [r.expr.type for r in itself.kpi.rows]:
                kpis[f"{spec.id}__{number}"] = (mutant, named_apart(case.kpi, number))
        found = Search(itself.catalog, itself.kpi, self.engine, self.zone).examples([k for _, k in kpis.values()])
        values = tuple((g.name.value, _written(g)) for g in test.given if isinstance(g, GivenValue))
        return {id(kpis[name][0]): replace(example, values=values) for name, example in found.items()}


def _written(given: GivenValue) -> str | None:
    return given.value.value if given.value is not None else None


def _narrowed(kpi: Kpi, where: tuple[Expr, ...]) -> Kpi:
    return replace(kpi, rows=tuple(replace(r, where=(*r.where, *where)) for r in kpi.rows))


def _tally(mutation: Mutation, examples: dict[int, Example]) -> Tally:
    survivors = (Survivor(m, _silencing(m), examples.get(id(m))) for m in mutation.survivors)
    return Tally(mutation, tuple(survivors))


def _silencing(mutant: Mutant) -> Equivalent | None:
    """The comment in a mutant's document that calls it equivalent, and says why."""
    found = equivalents(mutant.span.file)
    return next((e for e in found if e.reason and e.silences(mutant.change, mutant.span)), None)
