"""`init`, `demo`, `new`: where one starts."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import Language, ProjectDir, asked_of, open_project, shell_words
from kpispec.cli.shell import Exit, screen, write_text

if TYPE_CHECKING:
    from kpispec.project.helpdesks import HelpDesk
    from kpispec.project.load import Loaded
    from kpispec.project.project import Project
    from kpispec.project.proposing import Proposed
    from kpispec.project.result import Result

PAGE = "scorecard.html"


class Kind(StrEnum):
    KPI = "kpi"
    DATASET = "dataset"
    SCORECARD = "scorecard"
    BENCHMARK = "benchmark"
    FUNCTION = "function"


def init(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help="The project's folder; default: this one.", show_default=False),
    ] = None,
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE|DESK",
            help="A file or glob of your own data, repeatable; or zendesk, intercom, freshdesk.",
            show_default=False,
        ),
    ] = None,
    exports: Annotated[
        Path | None,
        typer.Option("--exports", metavar="FOLDER", help="Where the help desk's files are.", show_default=False),
    ] = None,
) -> None:
    """Write a small working project: over made-up answers, your own files, or the export of a help desk."""
    from kpispec.project.asked import now
    from kpispec.project.load import CallError

    target = folder or Path()
    if target.is_file():
        raise CallError(
            f"`{target}` is a file", f"name a folder; for a project over it: `kpispec init --from {target}`"
        )
    today = now().date()
    desk = _desk_of(sources or [], exports)
    if desk is not None:
        _init_help_desk(desk, target, exports)
    elif sources:
        _init_from(sources, target, today)
    else:
        _init_starter(target, today)


def _init_starter(folder: Path, today: date) -> None:
    from kpispec.project.scaffold import starter_files

    _lay_project(folder, starter_files(today))
    _tell_next(folder, ["kpispec run --all", "kpispec render customers", "kpispec new kpi ID"])


def _init_from(sources: Sequence[str], folder: Path, today: date) -> None:
    """A project proposed for files, with all that was guessed and could not be bound on stdout."""
    from kpispec.project.load import PROJECT_FILES
    from kpispec.project.naming import project_name
    from kpispec.project.proposing import proposed
    from kpispec.project.scaffold import must_be_free
    from kpispec.project.told import told

    must_be_free(folder, PROJECT_FILES)
    found = proposed(sources, folder, Path.cwd(), today)
    files = found.files(project_name(folder.resolve().name))
    _lay_project(folder, {name: text.encode() for name, text in files.items()})
    typer.echo(told(found.datasets, found.unread))
    _tell_next(folder, _next_of(found, today))
    _must_be_valid(folder)


def _desk_of(sources: Sequence[str], exports: Path | None) -> "HelpDesk | None":
    """The help desk that is asked for. A file of that name is a file. Raises CallError where both are named.

    A folder of that name is no file: exports are often kept in one.
    """
    from kpispec.project.helpdesks import HELP_DESKS, help_desk
    from kpispec.project.load import CallError

    named = [d for s in sources if not Path(s).is_file() and (d := help_desk(s)) is not None]
    if named and len(sources) > 1:
        raise CallError(f"`--from {named[0].id}` stands alone", "take the other files in later, under `data:`")
    if not named and exports is not None:
        names = ", ".join(d.id for d in HELP_DESKS)
        raise CallError("`--exports` is for the files of a help desk", f"add `--from` with one of {names}")
    return named[0] if named else None


def _init_help_desk(desk: "HelpDesk", folder: Path, exports: Path | None) -> None:
    """A project over the export of a help desk, whether its files are there already or not."""
    from kpispec.project.helpdesks import help_desk_files, help_desk_told, looked_for
    from kpispec.project.load import CallError
    from kpispec.project.naming import project_name
    from kpispec.project.proposing import seen_from

    if exports is not None and not exports.is_dir():
        raise CallError(f"there is no folder `{exports}`", "name the one that holds the files of the export")
    place = exports or folder / "exports"
    found = looked_for(desk, place, seen_from(folder, place))
    files = help_desk_files(found, project_name(folder.resolve().name))
    _lay_project(folder, {name: text.encode() for name, text in files.items()})
    typer.echo(help_desk_told(found))
    _tell_next(folder, ["kpispec validate --data", "kpispec run help_desk", "kpispec render help_desk"])
    _must_be_valid(folder)


def _next_of(found: "Proposed", today: date) -> list[str]:
    """What to try on a proposal. Of data that ended long ago the last month is seen from its end."""
    from kpispec.project.proposal import SCORECARD
    from kpispec.project.proposing import next_month

    if not found.dated:
        return ["kpispec run --all", "kpispec validate --data"]
    end = found.data_ends
    seen = f" --as-of {next_month(end)}" if end is not None and next_month(next_month(end)) <= today else ""
    return [f"kpispec run --all{seen}", f"kpispec render {SCORECARD}{seen}", "kpispec validate --data"]


def _lay_project(folder: Path, files: "dict[str, bytes]") -> None:
    from kpispec.project.load import PROJECT_FILES
    from kpispec.project.scaffold import lay, must_be_free
    from kpispec.project.schemas import schema_files

    must_be_free(folder, (*PROJECT_FILES, *files))
    lay(folder, {**files, **{name: text.encode() for name, text in schema_files().items()}})
    for name in sorted(files):
        screen().say(f"wrote {folder / name}")


def _tell_next(folder: Path, commands: Sequence[str]) -> None:
    here = folder.resolve() == Path.cwd()
    typer.echo("\nnext:" if here else f"\nnext, in {folder}:")
    for line in commands:
        typer.echo(f"  {line}")


def _must_be_valid(folder: Path) -> None:
    """Leave with findings where what was proposed has an error: it is then shown, not hidden."""
    from kpispec.project.load import load_project
    from kpispec.render.findings import finding_text

    wrong = [f for f in load_project(folder / "kpispec.yml").findings if f.severity == "error"]
    for finding in wrong:
        typer.echo(finding_text(finding) + "\n", err=True)
    if wrong:
        raise typer.Exit(Exit.FINDING)


def new(
    kind: Annotated[Kind, typer.Argument(help="The kind of document.")],
    id: Annotated[str, typer.Argument(metavar="ID", help="Its id: small letters, digits, single underscores.")],
    project: ProjectDir = None,
    stdout: Annotated[bool, typer.Option("--stdout", help="Print it, and write nothing.")] = False,
) -> None:
    """Write a commented starting document into the project."""
    from kpispec.project.documents import new_documents
    from kpispec.project.load import shown_path
    from kpispec.project.scaffold import lay, must_be_free
    from kpispec.project.schemas import schema_files

    if stdout:
        typer.echo("---\n".join(new_documents(kind.value, id, _nearest(project), shown=True).values()), nl=False)
        return
    opened = open_project(project, None, None).loaded
    files = new_documents(kind.value, id, opened)
    must_be_free(opened.root, files)
    lay(opened.root, {name: text.encode() for name, text in schema_files().items()})
    for name, text in files.items():
        write_text(text, opened.root / name)
        screen().say(f"wrote {shown_path(opened.root / name, Path.cwd())}")


def _nearest(project: Path | None) -> "Loaded | None":
    """The project that a document is for; to be printed it needs none."""
    from kpispec.project.load import find_project

    if project is None and find_project(Path.cwd()) is None:
        return None
    return open_project(project, None, None).loaded


def demo(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A new folder; default: kpispec-demo.", show_default=False)
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="The instant the data is seen from; default: when it was exported.", show_default=False
        ),
    ] = None,
    language: Language = None,
    force: Annotated[bool, typer.Option("--force", help="Put changed files of the example back.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open the scorecard in the browser.")] = False,
) -> None:
    """Write the bundled example project with its data, compute it, and render its scorecard."""
    from kpispec.project.load import load_project
    from kpispec.project.project import Project
    from kpispec.project.scaffold import DEMO_AS_OF, demo_commands, lay_demo

    target = folder or Path("kpispec-demo")
    lay_demo(target, force=force)
    screen().say(f"wrote the example project into {target}")
    project = Project(load_project(target / "kpispec.yml"))
    pages = _demo_pages(project, target, as_of or DEMO_AS_OF, language)
    for page in pages:
        typer.echo(f"scorecard: {page.resolve()}")
    _tell_next(target, demo_commands())
    if open_:
        typer.launch(pages[0].resolve().as_uri())


def _demo_pages(project: "Project", folder: Path, as_of: str, language: str | None) -> list[Path]:
    """The scorecard in every language of the example, or in one, each page linked to the others."""
    from kpispec.cli.rendering import write_pages

    return write_pages(project, _demo_result(project, as_of, language), language, folder / PAGE)


def _demo_result(project: "Project", as_of: str, language: str | None) -> "Result":
    """The example computed. Data that cannot be read raises its EngineError."""
    from kpispec.project.scaffold import DEMO_SCORECARD

    asked = asked_of(
        project, period=None, at=None, first=None, last=None, as_of=as_of, by=None, where=None, compare=None
    )
    command = shell_words(["kpispec", "render", DEMO_SCORECARD, "--as-of", as_of, "-o", PAGE])
    result = project.run_asked([DEMO_SCORECARD], asked, language=language, command=command, page=True)
    for error in result.outcome.opened.failures.values():
        raise error
    return result


COMMANDS = (init, demo, new)
