"""The project as a Python object: what the command line does, for notebooks and other programs."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kpispec.catalog.model import Catalog
from kpispec.diagnostics import Findings
from kpispec.project.asked import Asked, now, parse_instant, request_of, selected
from kpispec.project.load import CallError, Loaded, find_project, load_project, load_specs

if TYPE_CHECKING:
    from kpispec.plan.model import Request
    from kpispec.project.result import Result
    from kpispec.project.run import Compiled, Outcome
    from kpispec.project.sides import Sides
    from kpispec.spec import ScorecardSpec


@dataclass(frozen=True, slots=True)
class Project:
    """A project with everything read and checked. Findings do not raise: `findings` holds them."""

    loaded: Loaded

    @property
    def catalog(self) -> Catalog:
        return self.loaded.catalog

    @property
    def findings(self) -> Findings:
        return self.loaded.findings

    def validate(self) -> Findings:
        """Every finding in every document."""
        return self.loaded.findings

    def run(
        self,
        *names: str,
        everything: bool = False,
        period: str | None = None,
        at: str | None = None,
        first: date | None = None,
        last: date | None = None,
        as_of: datetime | date | str | None = None,
        by: Sequence[str] = (),
        where: str | None = None,
        compare: Sequence[str] | None = None,
        language: str | None = None,
        threads: int | None = None,
        memory_limit: str | None = None,
        command: str = "",
        explain_change: bool = False,
    ) -> "Result":
        """Values of KPIs or of a scorecard's KPIs, judged. Periods run to the one that holds `as_of` (default: now).

        With `explain_change` the change of each headline is split by the segments of `by`. Raises CallError for a name
        that does not exist or an option that cannot be read.
        """
        asked = Asked(
            as_of=self._instant(as_of),
            period=period,
            at=at,
            first=first,
            last=last,
            by=tuple(by),
            where=where,
            compare=None if compare is None else tuple(compare),
            threads=threads,
            memory_limit=memory_limit,
            explain_change=explain_change,
        )
        return self.run_asked(names, asked, everything=everything, language=language, command=command)

    def run_asked(
        self,
        names: Sequence[str],
        asked: Asked,
        *,
        everything: bool = False,
        language: str | None = None,
        command: str = "",
        page: bool = False,
        notify: Callable[[str], None] | None = None,
    ) -> "Result":
        """As `run`, from settled options. `page` counts rejects by data set, and cuts the headline only."""
        from kpispec.project.binding import open_engine
        from kpispec.project.report import report_of
        from kpispec.project.result import Result
        from kpispec.project.run import execute

        ids, card = selected(self.loaded, names, everything=everything)
        request = request_of(self.loaded, asked, ids, card, page=page)
        engine = open_engine(self.loaded, threads=asked.threads, memory_limit=asked.memory_limit)
        try:
            outcome = execute(self.loaded, ids, request, engine, asked.where, notify or (lambda _words: None))
        finally:
            engine.close()
        sides = self._sides(outcome, ids, asked, card)
        hashing = _hashed(outcome)
        report = report_of(
            outcome.loaded or self.loaded,
            outcome,
            ids,
            card,
            language=language or self.loaded.project.language,
            command=command,
            engine=(engine.name, engine.version),
            compare=asked.compare,
            page=page,
            sides=sides,
            explain=asked.explain_change,
        )
        return Result(report, outcome, hashing)

    def _sides(self, outcome: "Outcome", ids: Sequence[str], asked: Asked, card: "ScorecardSpec | None") -> "Sides":
        """The runs beside: baselines of targets and, for a scorecard, the same part of earlier periods."""
        from kpispec.project.binding import open_engine
        from kpispec.project.report import compared_with
        from kpispec.project.run import execute
        from kpispec.project.sides import side_runs

        loaded = outcome.loaded or self.loaded

        def run(those: Sequence[str], then: "Request") -> "Outcome":
            engine = open_engine(loaded, threads=asked.threads, memory_limit=asked.memory_limit)
            try:
                return execute(loaded, those, then, engine, asked.where)
            finally:
                engine.close()

        names = compared_with(asked.compare, card) if card is not None else ()
        return side_runs(loaded.catalog, ids, outcome, names, run)

    def compile(self, *names: str, asked: Asked | None = None, everything: bool = False) -> "Compiled":
        """The plan of KPIs and its SQL as it would run: `text` is what a DuckDB shell can execute as it stands."""
        from kpispec.project.binding import open_engine
        from kpispec.project.run import compiled

        asked = asked or Asked(as_of=now())
        ids, card = selected(self.loaded, names, everything=everything)
        request = request_of(self.loaded, asked, ids, card)
        engine = open_engine(self.loaded, threads=asked.threads, memory_limit=asked.memory_limit)
        try:
            return compiled(self.loaded, ids, request, engine, asked.where)
        finally:
            engine.close()

    def render(self, scorecard: str, *, language: str | None = None, as_of: datetime | date | str | None = None) -> str:
        """The scorecard as one self-contained HTML page."""
        from kpispec.render.html import render_html

        asked = Asked(as_of=self._instant(as_of))
        result = self.run_asked([scorecard], asked, language=language, page=True)
        return render_html(result.report, language=result.report.language)

    def _instant(self, given: datetime | date | str | None) -> datetime:
        zone = self.loaded.project.timezone
        match given:
            case None:
                return now()
            case datetime():
                return given
            case date():
                return parse_instant(given.isoformat(), zone)
            case str():
                return parse_instant(given, zone)


def _hashed(outcome: "Outcome") -> float:
    """Hash what a run read; the CPU seconds that it took."""
    from kpispec.project.fingerprint import hash_inputs

    before = time.process_time()
    hash_inputs(outcome.opened.files)
    return time.process_time() - before


def load(path: str | Path = ".", *, data: Mapping[str, str | Path] | None = None) -> Project:
    """A project by its folder, its project file, or a spec file or folder without a project around it.

    `data` binds data sets to files, over what the project file says. Raises CallError where there is nothing to read.
    """
    place = Path(path)
    overrides = [(name, str(file)) for name, file in (data or {}).items()]
    if place.name in ("kpispec.yml", "kpispec.yaml") and place.is_file():
        return Project(load_project(place, overrides))
    file = find_project(place) if place.is_dir() else None
    if file is not None:
        return Project(load_project(file, overrides))
    if not place.exists():
        raise CallError(f"there is no file or folder `{place}`", "check the path")
    return Project(load_specs([place], overrides))
