"""The SQL of definitions without data: plans over the columns that data sets declare, as if each were one table."""

from collections.abc import Mapping
from datetime import UTC, datetime

from kpispec.catalog.model import Catalog, Dataset
from kpispec.diagnostics import Findings
from kpispec.evaluate.report import Reason, Status
from kpispec.formula.tree import Type
from kpispec.periods import GRAINS
from kpispec.plan.model import Bound, ColumnFacts, Plan, Request
from kpispec.plan.plan import plan
from kpispec.project_spec import Binding
from kpispec.render.definition import Query
from kpispec.sql.lower import quoted
from kpispec.sql.relations import Raw, RawColumn, Source
from kpispec.sql.script import script
from kpispec.sql.setting import Clockwork
from kpispec.sql.sources import source

# No clock: all rows before this day count, whenever the SQL is printed.
AS_OF = datetime(2030, 1, 1, tzinfo=UTC)

_TYPES = {
    Type.STRING: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.BOOLEAN: "BOOLEAN",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
}


class Contract:
    """Every data set of a catalogue as one table of its own name, its columns typed as declared."""

    def __init__(self, catalog: Catalog, zone: str) -> None:
        self.catalog = catalog
        self.zone = zone
        found = ((id, self._source(d)) for id, d in catalog.datasets.items())
        self.sources: Mapping[str, Source] = {id: s for id, s in found if s is not None}

    def sql(self, id: str) -> Query:
        """One period over all rows; where a KPI compares periods, those of its own grain."""
        grains = dict.fromkeys(("all", self.catalog.kpis[id].spec.period or "month"))
        lacks: list[Reason] = []
        for grain in (g for g in grains if g in GRAINS):
            planned = plan(self.catalog, [id], self._bound(), self._request(grain))
            measure = planned.measure(id)
            if measure is not None:
                return Query(self._text(planned), grain, spread=measure.spread)
            lacks += [Reason(Status(u.status), u.code, u.values) for u in planned.unavailable if u.kpi == id]
        return Query(lack=lacks[0] if lacks else Reason(Status.NOT_AVAILABLE, ""))

    def _request(self, grain: str) -> Request:
        return Request(grain, AS_OF, AS_OF.date(), self.zone, history=False)

    def _bound(self) -> Mapping[str, Bound]:
        return {
            id: Bound({c.name: ColumnFacts(c.type, tuple(r for r, _ in c.rejects)) for c in s.columns})
            for id, s in self.sources.items()
        }

    def _text(self, planned: Plan) -> str:
        read = planned.columns_read()
        return script(planned, {id: self.sources[id] for id in read}).text()

    def _source(self, dataset: Dataset) -> Source | None:
        columns = (c for c in dataset.spec.columns if c.expr is None)
        raw = Raw(
            dataset.id,
            quoted(dataset.id),
            tuple(RawColumn(c.name, _TYPES[Type(c.checks.type)] if c.checks.type else "VARCHAR") for c in columns),
        )
        first, last = Clockwork(self._request("all")).reach()
        return source(
            Binding(dataset.id),
            dataset.spec,
            raw,
            zone=self.zone,
            first=first,
            last=last,
            lower=lambda _text: None,
            findings=Findings(),
        )
