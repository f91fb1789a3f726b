"""The application: its commands, and the options that stand before them."""

from typing import Annotated

import typer

from kpispec import __version__
from kpispec.cli import cataloguing, checking, formatting, inspecting, rendering, running, starting, testing
from kpispec.cli.shell import Screen, command, show_on

app = typer.Typer(
    name="kpispec",
    help="KPIs as YAML specs: compiled to DuckDB SQL, judged, and rendered as scorecards.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for group in (starting, inspecting, cataloguing, checking, formatting, running, rendering, testing):
    for function in group.COMMANDS:
        app.command(function.__name__.rstrip("_"))(command(function))


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"kpispec {__version__}")
        raise typer.Exit


@app.callback()
def settings(
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", help="Print the version and leave.", callback=_version, is_eager=True)
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print answers and errors only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print what is being done.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours, as with NO_COLOR set.")] = False,
) -> None:
    show_on(Screen.of(quiet=quiet, verbose=verbose, no_color=no_color))
