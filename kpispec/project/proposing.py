"""Files named on the command line to a proposed project: profiled, drafted, written as documents."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kpispec.engine.base import EngineError
from kpispec.project.naming import legal_id
from kpispec.project.profile import profiled
from kpispec.project.proposal import DatasetDraft, drafted, project_files, with_kpis


@dataclass(frozen=True, slots=True)
class Proposed:
    """The data sets that were drafted, and why the other sources were not."""

    datasets: tuple[DatasetDraft, ...]
    unread: tuple[EngineError, ...]

    def files(self, name: str) -> dict[str, str]:
        """The documents of the project, by path."""
        return project_files(name, self.datasets)

    @property
    def dated(self) -> bool:
        return any(d.clock for d in self.datasets)

    @property
    def data_ends(self) -> date | None:
        """The last day that a clock reads; `None` without any, and where not all rows were looked at."""
        last = [d.clock.last[:10] for d in self.datasets if d.clock is not None and d.clock.last]
        return date.fromisoformat(max(last)) if last and not any(d.profile.cut for d in self.datasets) else None


def proposed(sources: Sequence[str], folder: Path, here: Path, today: date) -> Proposed:
    """What files and globs, relative to `here`, could be in a project at `folder`.

    What cannot be read is in `unread`; raises its EngineError where nothing can.
    """
    from kpispec.engine.duckdb import DuckDB

    drafts: list[DatasetDraft] = []
    unread: list[EngineError] = []
    with DuckDB(here) as engine:
        for source in dict.fromkeys(sources):
            try:
                profile = profiled(source, here, engine, today)
            except EngineError as error:
                unread.append(error)
                continue
            drafts.append(drafted(_id(source, [d.id for d in drafts]), profile, seen_from(folder, here / source)))
    if not drafts:
        raise unread[0]
    return Proposed(with_kpis(drafts), tuple(unread))


def next_month(day: date) -> date:
    """The first day of the month after a day's: seen from there, the day's month is complete."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _id(source: str, taken: Sequence[str]) -> str:
    """An id from a file's name, its folder before it where that begins with no letter: `2017.csv` in `survey`."""
    path, _, table = source.partition("#")
    stem = table or Path(path).name.split(".")[0].replace("*", "")
    parent = Path(path).parent.name
    id = legal_id(stem if stem[:1].isalpha() else f"{parent} {stem}", "rows")
    number, free = 1, id
    while free in taken:
        number += 1
        free = f"{id}_{number}"
    return free


def seen_from(folder: Path, path: Path) -> str:
    """A path as the project file names it: relative to the project's folder, where there is a way."""
    try:
        relative = os.path.relpath(os.path.abspath(path), folder.resolve())  # noqa: PTH100  `resolve` follows links
    except ValueError:  # another drive
        return str(path)
    return Path(relative).as_posix()
