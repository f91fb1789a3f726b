"""`init`, `demo`, `new`: where one starts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kpispec.cli.options import Language, asked_of, shell_words
from kpispec.cli.shell import screen, write_text

if TYPE_CHECKING:
    from kpispec.project.project import Project
    from kpispec.project.result import Result

PAGE = "scorecard.html"


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
    typer.echo(f"\nnext, in {target}:")
    for line in demo_commands():
        typer.echo(f"  {line}")
    if open_:
        typer.launch(pages[0].resolve().as_uri())


def _demo_pages(project: "Project", folder: Path, as_of: str, language: str | None) -> list[Path]:
    """The scorecard in every language of the example, or in one, each page linked to the others."""
    from kpispec.render.html import render_html

    result = _demo_result(project, as_of, language)
    spec = project.loaded.project
    tags = (language,) if language else tuple(dict.fromkeys((spec.language, *spec.languages)))
    names = {tag: PAGE if i == 0 else PAGE.replace(".", f".{tag}.") for i, tag in enumerate(tags)}
    for tag, name in names.items():
        others = {other: at for other, at in names.items() if other != tag}
        write_text(render_html(result.report, language=tag, alternates=others), folder / name)
    return [folder / name for name in names.values()]


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


COMMANDS = (demo,)
