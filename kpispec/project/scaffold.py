"""Files laid down where one starts: the bundled example, a first project, new documents. Nothing is ever overwritten
unless it was asked for.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from kpispec.bundled import bundled
from kpispec.project.load import PROJECT_FILES, CallError

DEMO_SCORECARD = "customer_care"
DEMO_AS_OF = "2026-09-03"  # the first instant after the example's exports were made
_STARTERS = Path(__file__).parent / "starters"
_DEMO = "examples/customer_care"
_DEMO_PARTS = ("kpispec.yml", "specs", "exports")
_TOLD_FROM = "## What to look for"


def lay_demo(folder: Path, *, force: bool = False) -> None:
    """Copy the bundled example into a folder that is new, empty, or holds an example already.

    Raises CallError for a folder of somebody else's, and, unless `force`, where a file of the example was changed.
    """
    example = demo_files()
    _must_take_demo(folder, example)
    changed = [name for name, content in example.items() if _differs(folder / name, content)]
    if changed and not force:
        raise CallError(
            f"`{folder / changed[0]}` is not as the example has it" + _more(len(changed) - 1),
            "pass `--force` to put the example's own files back, or name another folder",
        )
    lay(folder, example)


def demo_files() -> dict[str, bytes]:
    """The example's files by their paths, generator scripts left out, its README cut to what a reader needs."""
    root = bundled(_DEMO)
    found = [p for part in _DEMO_PARTS for p in _files(root / part)]
    files = {p.relative_to(root).as_posix(): p.read_bytes() for p in found}
    return {**files, "README.md": _demo_readme(root / "README.md").encode()}


def lay(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, whatever stands there. Raises CallError for a symbolic link in the way."""
    targets = {folder / name: content for name, content in files.items()}
    for target in targets:
        if target.is_symlink():
            raise CallError(f"`{target}` is a symbolic link", "remove it, or name another folder")
    for target, content in targets.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def starter_files(today: date) -> dict[str, bytes]:
    """A first project: two KPIs over a made-up survey of the three months before this one."""
    root = _STARTERS / "survey"
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in _files(root)}
    return {name: _moved(content, today) if name.endswith(".csv") else content for name, content in found.items()}


def _moved(content: bytes, today: date) -> bytes:
    """The survey with its three months, from January 2026 as it is kept, moved up to the last complete ones."""
    for kept in (1, 2, 3):
        months = today.year * 12 + today.month - 1 - (4 - kept)
        content = content.replace(f"\n2026-{kept:02}-".encode(), f"\n<{months // 12:04}-{months % 12 + 1:02}-".encode())
    return content.replace(b"\n<", b"\n")


def must_be_free(folder: Path, names: Iterable[str]) -> None:
    """Raise CallError where a file to be written is there already."""
    taken = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    if taken:
        raise CallError(f"`{folder / taken[0]}` is there already" + _more(len(taken) - 1), "name another folder")


def _files(path: Path) -> list[Path]:
    """A file, or those below a folder, hidden ones left out."""
    if path.is_file():
        return [path]
    inside = (p for p in sorted(path.rglob("*")) if p.is_file())
    return [p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)]


def _must_take_demo(folder: Path, example: Mapping[str, bytes]) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CallError(f"`{folder}` is a file", "name a folder: `kpispec demo DIR`")
    if any(folder.iterdir()) and _project_line(folder) != _first_line(example["kpispec.yml"], "project:"):
        raise CallError(f"`{folder}` is not empty", "name a new folder: `kpispec demo DIR`")


def _project_line(folder: Path) -> str | None:
    found = next((folder / name for name in PROJECT_FILES if (folder / name).is_file()), None)
    return None if found is None else _first_line(found.read_bytes(), "project:")


def _first_line(content: bytes, start: str) -> str | None:
    lines = content.decode("utf-8", "replace").splitlines()
    return next((line.rstrip() for line in lines if line.startswith(start)), None)


def _differs(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() != content


def _more(count: int) -> str:
    return f" (and {count} more)" if count else ""


def _demo_readme(path: Path) -> str:
    """The example's README from what there is to see on: where its files are and how they are made is left out."""
    text = path.read_text(encoding="utf-8")
    title = text.split("\n", 1)[0]
    told = text[max(0, text.find(_TOLD_FROM)) :]
    return f"{title}\n\n{_demo_intro()}\n{told}"


def _demo_intro() -> str:
    commands = "\n".join(f"$ {command}" for command in demo_commands())
    render = f"$ kpispec render {DEMO_SCORECARD} --as-of {DEMO_AS_OF} -o scorecard.html"
    return (
        "A project written by `kpispec demo`: five exports, their indicators in English and French, one scorecard.\n"
        "The operator, its customers and every figure are fictional. Change a file of `specs/`, and compute again:\n\n"
        f"```console\n{render}\n{commands}\n```\n"
    )


def demo_commands() -> tuple[str, ...]:
    """What to try next, in the folder of the example."""
    return (
        f"kpispec run first_reply_p90 --at 2026-03 --by region --as-of {DEMO_AS_OF}",
        "kpispec compile nps",
        "kpispec validate",
    )
