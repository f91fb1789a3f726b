"""An outcome judged and put together: every KPI asked for has its place, whatever became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from kpispec import __version__
from kpispec.catalog.model import Kpi
from kpispec.evaluate.changes import COMPARISONS, against_others, compared, corrected
from kpispec.evaluate.explain import explained
from kpispec.evaluate.judge import Judge, local_as_of
from kpispec.evaluate.report import (
    Dimension,
    Freshness,
    KpiReport,
    Reading,
    Reason,
    Report,
    Reproduction,
    Segment,
    Status,
)
from kpispec.evaluate.scores import card_score
from kpispec.evaluate.signals import with_process
from kpispec.periods import Period
from kpispec.plan.model import Measure, Plan, Request
from kpispec.plan.plan import plan
from kpispec.project.fingerprint import data_hash, git_state, source_facts, spec_hash
from kpispec.project.load import Loaded
from kpispec.project.run import Outcome
from kpispec.project.sides import Sides, judge_of
from kpispec.render.wording import sentence
from kpispec.source import Span, Text
from kpispec.spec import ColumnSpec, DatasetSpec, KpiSpec, Localized, ScorecardSpec
from kpispec.sql.script import printed, script
from kpispec.units import duration_seconds


def report_of(
    loaded: Loaded,
    outcome: Outcome,
    ids: Sequence[str],
    card: ScorecardSpec | None,
    *,
    language: str,
    command: str,
    engine: tuple[str, str],
    compare: Sequence[str] | None = None,
    page: bool = False,
    sides: Sides | None = None,
    explain: bool = False,
) -> Report:
    """The report of a run, KPIs in the order asked for.

    For a `page` segments stand for the headline's period alone, and each KPI carries its SQL. To `explain` is to split
    the headlines' changes, which a page does too.
    """
    shown = compared_with(compare, card)
    split = _split_against(compare, shown, page=page) if explain or page else ()
    maker = _Maker(loaded, outcome, shown, page, sides or Sides(), split)
    kpis = tuple(maker.kpi(id) for id in ids)
    freshness = tuple(maker.freshness(s) for s in outcome.opened.files)
    return Report(
        project=loaded.project.name,
        language=language,
        timezone=loaded.project.timezone,
        as_of=outcome.plan.request.as_of,
        grain=outcome.plan.request.grain,
        period=maker.headline_period,
        scorecard=card,
        kpis=kpis,
        dimensions=tuple(maker.dimension(d) for d in outcome.plan.request.dimensions),
        freshness=freshness,
        reproduction=_reproduction(loaded, freshness, command, engine),
        errors=tuple(_failures(outcome)),
        shared_sql=outcome.opened.shown(printed((*outcome.opened.setup, *outcome.script.setup))) if page else "",
        score=card_score(card, _scores(kpis)) if card is not None else None,
    )


def compared_with(compare: Sequence[str] | None, card: ScorecardSpec | None) -> tuple[str, ...]:
    """The comparisons shown: those asked for, else the scorecard's, else all there are."""
    return tuple(compare if compare is not None else (card.compare if card else COMPARISONS))


def _split_against(compare: Sequence[str] | None, shown: Sequence[str], *, page: bool) -> tuple[str, ...]:
    """The comparisons whose changes are split: those asked for, else the first; on a page the first that it shows."""
    if page:
        return tuple(shown[:1])
    return tuple(compare or (shown or COMPARISONS)[:1])


def _scores(kpis: Iterable[KpiReport]) -> dict[str, float | None]:
    return {k.spec.id: k.headline.score for k in kpis if k.headline is not None}


def _reproduction(
    loaded: Loaded, freshness: Iterable[Freshness], command: str, engine: tuple[str, str]
) -> Reproduction:
    commit, dirty = git_state(loaded.root)
    return Reproduction(
        command=command,
        spec_hash=spec_hash(loaded.files),
        data_hash=data_hash(f for fresh in freshness for f in fresh.files),
        git_commit=commit,
        git_dirty=dirty,
        kpispec_version=__version__,
        engine=engine[0],
        engine_version=engine[1],
    )


def _failures(outcome: Outcome) -> Iterable[Reason]:
    for dataset, error in outcome.opened.failures.items():
        yield Reason(Status.ERROR, "engine-failed", (("message", f"data set `{dataset}`: {error.message}"),))


class _Maker:
    """Reports of one outcome's KPIs and data sets."""

    def __init__(
        self,
        loaded: Loaded,
        outcome: Outcome,
        compare: tuple[str, ...],
        page: bool,
        sides: Sides,
        split: tuple[str, ...],
    ) -> None:
        self.page = page
        self.split = split
        self.loaded = loaded
        self.outcome = outcome
        self.plan: Plan = outcome.plan
        self.compare = compare
        baselines = {at: judge_of(side) for at, side in sides.baselines.items()}
        self.judge = Judge(outcome.plan, outcome.cells, outcome.facts, baselines)
        self.elapsed = {name: judge_of(side) for name, side in sides.elapsed.items()}
        self.headline_period = self._headline()

    def _headline(self) -> Period | None:
        """The last complete period asked for, else the last one."""
        request = self.plan.request
        keys = [k for k in self.outcome.cells.periods if _shown(k, request)]
        periods = [request.period_of(k) for k in keys]
        complete = [p for p in periods if p.complete]
        return next(reversed(complete or periods), None)

    # KPIs

    def kpi(self, id: str) -> KpiReport:
        kpi = self.loaded.catalog.kpis.get(id)
        if kpi is None:
            return self._broken(id)
        measure = self.plan.measure(id)
        error = self.outcome.failed.get(id)
        if measure is None or error is not None:
            message = error.message if error is not None else self._lack(id)
            return self._without_values(kpi, message, error is not None)
        readings = [self._compared(measure, k, ()) for k in self._keys()]
        headline = self._last_decided(readings)
        made = replace(
            self._base(kpi.spec, kpi),
            headline=headline,
            history=tuple(readings),
            segments=tuple(self._segments(measure, headline)),
            splits=explained(self.judge, measure, headline, self.split) if headline is not None else (),
        )
        return with_process(made, kpi)

    def _last_decided(self, readings: Sequence[Reading]) -> Reading | None:
        """The reading of the headline's period, or of the one before it whose rows are all decided."""
        last = self.headline_period
        known = [r for r in readings if last is not None and r.period.key <= last.key]
        settled = [r for r in known if all(reason.code != "settling" for reason in r.reasons)]
        if known and known[-1] not in settled and settled:
            return settled[-1]
        return known[-1] if known and last is not None and known[-1].period.key == last.key else None

    def _segments(self, measure: Measure, headline: Reading | None) -> Iterable[Reading]:
        shown = headline.period if headline is not None else self.headline_period
        keys = self._keys() if not self.page else [shown.key] if shown is not None else []
        for cut, segments in self.outcome.cells.segments:
            own = [s for s in segments if cut and self._has(measure, s)]
            for key in keys:
                whole = self.judge.reading(measure, key, ())
                found = [against_others(measure, self._compared(measure, key, s), whole) for s in own]
                yield from corrected(found, measure.kpi.spec.level)

    def _compared(self, measure: Measure, key: int, segment: tuple[tuple[str, str | None], ...]) -> Reading:
        return compared(self.judge, measure, self.judge.reading(measure, key, segment), self.compare, self.elapsed)

    def _has(self, measure: Measure, segment: Segment) -> bool:
        """Whether a segment is one of a KPI's: its data has it, or cannot be cut so and says that."""
        if not self.plan.covers_set(measure, tuple(d for d, _ in segment)):
            return True
        return bool(self.outcome.cells.owners.get(segment, frozenset()) & {id for id, _ in measure.scans})

    def _keys(self) -> list[int]:
        """The periods shown: those asked for, else from the first to the last that some data set covers."""
        return [k for k in self.outcome.cells.periods if _shown(k, self.plan.request)]

    def _base(self, spec: KpiSpec, kpi: Kpi | None) -> KpiReport:
        measure = self.plan.measure(spec.id)
        return KpiReport(
            spec=spec,
            place=_place(spec.span),
            unit=kpi.unit.name if kpi is not None else "number",
            direction=kpi.direction if kpi is not None else spec.direction,
            sql=self._sql(spec.id) if measure is not None and self.page else "",
            formula=spec.formula.value,
            datasets=measure.datasets if measure is not None else (),
            headline=None,
            history=(),
            segments=(),
        )

    def _sql(self, id: str) -> str:
        """The statements of one KPI alone, for the same request: they give the same figures."""
        opened = self.outcome.opened
        alone = plan(
            self.loaded.catalog,
            [id],
            opened.bound,
            replace(self.plan.request, reject_totals=False, split=False),
            self.outcome.where,
        )
        return opened.shown(printed(script(alone, opened.narrowed(self.plan), opened.zones).queries))

    def _without_values(self, kpi: Kpi, message: str, failed: bool) -> KpiReport:
        reason = self._reason(kpi.id, failed, message)
        reading = Reading(
            kpi=kpi.id,
            period=self.headline_period or self._nominal(),
            segment=(),
            value=None,
            unit=kpi.unit.name,
            n=None,
            interval=None,
            method="none",
            status=reason.status,
            reasons=(reason,),
        )
        return replace(self._base(kpi.spec, kpi), headline=reading, history=(reading,), message=message)

    def _nominal(self) -> Period:
        request = self.plan.request
        return request.period_of(request.last or request.key_of(request.as_of_day) - 1)

    def _reason(self, id: str, failed: bool, message: str) -> Reason:
        lack = next((u for u in self.plan.unavailable if u.kpi == id), None)
        if failed or lack is None:
            return Reason(Status.ERROR, "engine-failed", (("message", message),))
        return Reason(Status(lack.status), lack.code, lack.values)

    def _lack(self, id: str) -> str:
        return sentence(self._reason(id, False, "it could not be computed"))

    def _broken(self, id: str) -> KpiReport:
        """A KPI whose definition has findings, or one of the library that the project's own do not fit."""
        spec = self.loaded.catalog.specs.get(id) or _unreadable(id)
        own = [f for f in self.loaded.findings if f.severity == "error" and f.subject.split(".")[:2] == ["kpi", id]]
        message = own[0].message if own else "what it is computed from has findings"
        place = _place(own[0].span) if own and own[0].span is not None else _place(spec.span)
        if spec.library is not None:
            message = "documents of the project, in the place of library ones, do not fit it"
        status = Status.ERROR if spec.library is None else Status.NOT_AVAILABLE
        reason = Reason(status, "not-computed", (("message", message),))
        reading = Reading(
            id,
            self.headline_period or self._nominal(),
            (),
            None,
            "number",
            None,
            None,
            "none",
            status,
            False,
            (reason,),
        )
        return replace(self._base(spec, None), place=place, headline=reading, history=(reading,), message=message)

    # what surrounds them

    def freshness(self, id: str) -> Freshness:
        spec = self.loaded.catalog.datasets[id].spec
        files = source_facts(self.outcome.opened.files.get(id, ()))
        error = self.outcome.opened.failures.get(id)
        facts = next((self.outcome.facts[s.id] for s in self.plan.scans_of(id) if s.id in self.outcome.facts), None)
        if facts is None:
            return Freshness(spec, None, None, None, None, None, False, files, (), error.message if error else None)
        longest = duration_seconds(spec.max_age.value) if spec.max_age is not None else None
        age = _age(facts.newest, self.plan)
        return Freshness(
            dataset=spec,
            rows=facts.rows,
            first=facts.oldest,
            last=facts.newest,
            age_days=age,
            max_age_days=None if longest is None else longest / 86400,
            stale=age is not None and longest is not None and age > longest / 86400,
            files=files,
            rejected=facts.rejected,
        )

    def dimension(self, name: str) -> Dimension:
        columns = [c for s in self.plan.scans for c in _columns(s.dataset.spec, name)]
        labels = dict(pair for c in columns for pair in c.value_labels)
        seen: dict[str | None, None] = {v: None for c in columns for v in c.checks.values}
        for cut, segments in self.outcome.cells.segments:
            if cut == (name,):
                seen.update(dict.fromkeys(segment[0][1] for segment in segments))
        values = sorted(seen, key=lambda v: v is None)
        label = next((c.label for c in columns if c.label is not None), None)
        return Dimension(name, label, tuple((v, labels.get(v or "")) for v in values))


def _columns(spec: DatasetSpec, name: str) -> list[ColumnSpec]:
    column = spec.column(name)
    return [column] if column is not None else []


def _shown(key: int, request: Request) -> bool:
    return (request.first is None or key >= request.first) and (request.last is None or key <= request.last)


def _place(span: Span) -> str:
    return f"{span.file.path}:{span.line}"


def _age(newest: datetime | None, plan: Plan) -> float | None:
    return None if newest is None else max(0.0, (local_as_of(plan) - newest).total_seconds() / 86400)


def _unreadable(id: str) -> KpiSpec:
    text = Text.of("", id)
    return KpiSpec(id, text.span, (), text, Localized((("", id),)))
