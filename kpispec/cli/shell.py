"""What surrounds every command: the screen, exit codes, and errors in words."""

import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

if TYPE_CHECKING:
    from kpispec.diagnostics import Findings

ISSUES = "https://github.com/kpispec/kpispec/issues"


class Exit(IntEnum):
    """The exit codes of every command."""

    FINE = 0
    FINDING = 1
    CALL = 2
    DATA = 3
    FAULT = 4


@dataclass(frozen=True, slots=True)
class Screen:
    """How much is said, and whether in colour."""

    quiet: bool = False
    verbose: bool = False
    colour: bool = False

    @classmethod
    def of(cls, *, quiet: bool, verbose: bool, no_color: bool) -> "Screen":
        colour = sys.stdout.isatty() and not no_color and "NO_COLOR" not in os.environ
        return cls(quiet, verbose, colour)

    def say(self, words: str) -> None:
        """News about the work, never part of the answer."""
        if not self.quiet:
            typer.echo(words, err=True)

    def working(self, words: str) -> None:
        """What is being done, on one line of a terminal that the next one takes; empty words clear it."""
        if not self.quiet and sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{words}")
            sys.stderr.flush()

    def detail(self, words: str) -> None:
        if self.verbose:
            typer.echo(words, err=True)


_SCREEN: ContextVar[Screen] = ContextVar("screen")


def show_on(screen: Screen) -> None:
    """Set the screen of the command that runs."""
    _SCREEN.set(screen)


def screen() -> Screen:
    """The screen of the command that runs."""
    return _SCREEN.get(Screen())


def width() -> int:
    return shutil.get_terminal_size((120, 40)).columns


P = ParamSpec("P")


def command(function: Callable[P, None]) -> Callable[P, None]:
    """A command whose failures are words and an exit code, never a traceback."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            raise typer.Exit(0) from None
        except Exception as error:  # noqa: BLE001 - every failure becomes words
            raise typer.Exit(_explain(error)) from None

    return guarded


def _explain(error: Exception) -> Exit:
    """Say what went wrong in words, and which exit code that is."""
    from kpispec.project.load import CallError

    if isinstance(error, CallError):
        fail(error.message, error.help)
        return Exit.CALL
    if type(error).__name__ == "EngineError":
        from kpispec.engine.base import EngineError

        assert isinstance(error, EngineError)
        place = f"{error.path}:{error.line}: " if error.path and error.line else ""
        fail(place + error.message, error.help, error.detail)
        return Exit.DATA
    if isinstance(error, OSError):
        fail(
            f"{error.filename or 'a file'}: {error.strerror or error}", "check the path, its rights and the space left"
        )
        return Exit.DATA
    return _fault(error)


def _fault(error: Exception) -> Exit:
    import traceback

    if os.environ.get("KPISPEC_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    fail(
        f"kpispec made a mistake of its own: {type(error).__name__} at {where}",
        f"please report it at {ISSUES}, with the command; KPISPEC_DEBUG=1 prints more",
    )
    return Exit.FAULT


def fail(message: str, help: str | None = None, detail: str = "") -> None:
    """An error in words on stderr: what, the cure, and beneath it what the engine said."""
    typer.echo(f"error: {message}", err=True)
    if help:
        typer.echo(f"  help: {help}", err=True)
    for line in detail.strip().splitlines()[:12]:
        typer.echo(f"  | {line}", err=True)


def write_text(text: str, target: Path) -> None:
    """Write a text file whole or not at all."""

    def write(made: Path) -> None:
        made.write_text(text, encoding="utf-8", newline="\n")

    write_whole(target, write)


def write_whole(target: Path, write: Callable[[Path], None], mode: int = 0o644) -> None:
    """A file written whole or not at all: a temporary file beside it takes its place.

    Only ever in the place of a regular file: never through a symbolic link, nor over a device such as `/dev/null`.
    """
    if target.is_symlink() or (target.exists() and not target.is_file()):
        from kpispec.project.load import CallError

        kind = "a symbolic link" if target.is_symlink() else "a folder" if target.is_dir() else "no regular file"
        raise CallError(f"`{target}` is {kind}", "name a file to write; without `-o` the answer goes to stdout")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    made = Path(name)
    try:
        write(made)
        with made.open("rb") as stream:
            os.fsync(stream.fileno())
        made.chmod(mode)
        made.replace(target)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def answer(text: str, target: Path | None) -> None:
    """The answer of a command: to a file, else to stdout."""
    if target is None:
        typer.echo(text, nl=not text.endswith("\n"))
    else:
        write_text(text if text.endswith("\n") else text + "\n", target)
        screen().say(f"wrote {target}")


def show_errors(findings: "Findings") -> None:
    """Findings that keep KPIs from being computed, on stderr; the rest of the work goes on."""
    from kpispec.render.findings import finding_text

    for finding in findings:
        if finding.severity == "error":
            typer.echo(finding_text(finding) + "\n", err=True)
