"""`docs`: the definitions of a project as a site of static pages."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import Language, OpenPage, ProjectDir, Specs, Templates, open_project
from kpispec.cli.shell import screen, write_text

if TYPE_CHECKING:
    from kpispec.project.project import Project

FOLDER = Path("catalogue")


def docs(
    project: ProjectDir = None,
    specs: Specs = None,
    library: Annotated[bool, typer.Option("--library", help="With everything of the built-in library.")] = False,
    language: Language = None,
    templates: Templates = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to write to.", file_okay=False)] = FOLDER,
    open_: OpenPage = False,
) -> None:
    """Write the catalogue of KPIs as static pages, made of the definitions without any data."""
    from kpispec.project.site import site

    opened = _opened(project, specs, library=library)
    pages = site(opened.loaded, language or opened.loaded.project.language, library=library, templates=templates)
    write_site(pages, output)
    screen().say(f"wrote {len(pages)} pages, from {output / 'index.html'} on")
    if open_:
        typer.launch((output / "index.html").resolve().as_uri())


def _opened(project: Path | None, specs: list[Path] | None, *, library: bool) -> "Project":
    """The project of the call. The library needs none: where there is no project, it stands alone."""
    from kpispec.project.load import find_project, load_specs
    from kpispec.project.project import Project

    if library and project is None and not specs and find_project(Path.cwd()) is None:
        return Project(load_specs([]))
    return open_project(project, specs, None)


def write_site(pages: Mapping[str, str], folder: Path) -> None:
    """Write pages into a folder. Pages of an earlier catalogue that are no more are removed, other files are kept."""
    from kpispec.project.site import MARK

    for path, text in pages.items():
        write_text(text, folder / path)
    for old in sorted([*folder.glob("kpi/*.html"), *folder.glob("dataset/*.html")]):
        if old.relative_to(folder).as_posix() not in pages and MARK in old.read_text(
            encoding="utf-8", errors="replace"
        ):
            old.unlink()


COMMANDS = (docs,)
