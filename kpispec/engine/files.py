"""From what a binding names to the files it means: globs, formats, refusals, sizes and digests."""

import hashlib
import os
import stat
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from glob import glob, has_magic
from pathlib import Path

from kpispec.engine.base import EngineError, Failure, Format, InputFile

_COMPRESSED = (".gz", ".zst")
_FORMATS: dict[str, Format] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), Format.CSV),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), Format.JSON),
    **dict.fromkeys((".parquet", ".pq"), Format.PARQUET),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), Format.SHEET),
    ".duckdb": Format.DUCKDB,
    **dict.fromkeys((".sqlite", ".sqlite3"), Format.SQLITE),
}
_DATABASES = (Format.DUCKDB, Format.SQLITE)
_SQLITE_MAGIC = b"SQLite format 3\0"
_CHUNK = 1 << 20

_KINDS: tuple[tuple[int, str], ...] = (
    (stat.S_IFDIR, "a folder"),
    (stat.S_IFIFO, "a pipe"),
    (stat.S_IFSOCK, "a socket"),
    (stat.S_IFCHR, "a device"),
    (stat.S_IFBLK, "a device"),
)


def resolve(
    sources: Iterable[str], root: Path, *, attached: Iterable[str] = (), confined: bool = False
) -> tuple[InputFile, ...]:
    """The files that a binding's sources name, globs in sorted order, each once. Raises EngineError.

    `attached` are names of attached databases: `name.table` is then no file. `confined` refuses what lies outside of
    `root`, symbolic links followed; what a person names on the command line need not be.
    """
    names = frozenset(name.lower() for name in attached)
    found: dict[tuple[Path, str | None], InputFile] = {}
    for source in sources:
        for file in _resolved(source, root, names, confined):
            found.setdefault((file.path, file.table), file)
    files = tuple(found.values())
    formats = {file.format for file in files}
    if len(formats) > 1:
        listed = " and ".join(sorted(formats))
        raise EngineError(
            Failure.UNREADABLE,
            f"one data set is bound to files of several formats: {listed}",
            help="bind files of one format, or convert the others",
        )
    return files


def digest(file: InputFile, *, full: bool = False) -> str | None:
    """SHA-256 of a file as hexadecimal digits, remembered while the file does not change.

    Of Parquet only the footer is read, which holds every column's statistics, unless `full`. None for what is no file.
    """
    if file.format is Format.ATTACHED:
        return None
    footer = file.format is Format.PARQUET and not full
    return _digest(file, footer)


def check_pinned(files: tuple[InputFile, ...], sha256: str | None) -> None:
    """Raise EngineError unless the files are those that the binding pins.

    Of several files the digest is that of their digests, one a line, in the order they are read.
    """
    if sha256 is None:
        return
    digests = [digest(file, full=True) or "" for file in files]
    found = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    wanted = sha256.lower().removeprefix("sha256:")
    if found != wanted:
        raise EngineError(
            Failure.CHANGED,
            f"`{files[0].shown}` is not the file that the binding pins: its SHA-256 is {found}",
            help="bring the pinned file back, or write the new digest into `sha256`",
            path=files[0].shown,
        )


def changed(files: Iterable[InputFile]) -> InputFile | None:
    """The first file that is no longer as it was when it was resolved."""
    for file in files:
        if file.format is Format.ATTACHED:
            continue
        try:
            now = file.path.stat()
        except OSError:
            return file
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (file.size, file.mtime_ns, file.inode):
            return file
    return None


def _resolved(source: str, root: Path, attached: frozenset[str], confined: bool) -> list[InputFile]:
    head, dot, table = source.partition(".")
    if dot and head.lower() in attached and "/" not in source:
        return [InputFile(Path(head), source, Format.ATTACHED, table)]
    if "://" in source:
        raise EngineError(
            Failure.UNREADABLE,
            f"`{source}` is not on this machine",
            help="copy the file here and bind the copy: kpispec reads local files only",
            path=source,
        )
    name, _, inner = source.partition("#")
    if not inner or _format_of_name(name) not in (*_DATABASES, None):
        name, inner = source, ""
    return [_input(path, root, inner or None, confined) for path in _paths(name, root)]


def _paths(name: str, root: Path) -> list[Path]:
    """The paths of a name, or of a glob in sorted order. A name with `[` in it that exists is that file."""
    path = root / name
    if os.path.lexists(path) or not has_magic(name):
        return [path]
    found = sorted(glob(name, root_dir=root, recursive=True))  # noqa: PTH207  Path.glob takes no absolute pattern
    if not found:
        raise EngineError(Failure.UNREADABLE, f"no file matches `{name}`", help=_near(name, root), path=name)
    return [root / one for one in found]


def _input(path: Path, root: Path, table: str | None, confined: bool) -> InputFile:
    shown = _shown(path, root)
    facts = _facts(path, shown, root)
    real = path.resolve()
    if confined and not real.is_relative_to(root.resolve()):
        raise EngineError(
            Failure.UNREADABLE,
            f"`{shown}` lies outside of the project",
            help="move it into the project, or name it on the command line with `--data`",
            path=shown,
        )
    found = _format(path, shown)
    if found in _DATABASES and table is None:
        raise EngineError(
            Failure.MISSING,
            f"`{shown}` is a database, and the binding names no table",
            help=f"write `{shown}#table`",
            path=shown,
        )
    return InputFile(real, shown, found, table, facts.st_size, facts.st_mtime_ns, facts.st_ino)


def _facts(path: Path, shown: str, root: Path) -> os.stat_result:
    try:
        facts = path.stat()
    except FileNotFoundError:
        dangling = path.is_symlink()
        message = f"`{shown}` is a symbolic link to nothing" if dangling else f"there is no file `{shown}`"
        raise EngineError(Failure.UNREADABLE, message, help=_near(shown, root), path=shown) from None
    except OSError as error:
        raise EngineError(Failure.UNREADABLE, f"`{shown}` cannot be reached", detail=str(error), path=shown) from None
    if not stat.S_ISREG(facts.st_mode):
        kind = next((words for bits, words in _KINDS if stat.S_IFMT(facts.st_mode) == bits), "no regular file")
        raise EngineError(
            Failure.UNREADABLE,
            f"`{shown}` is {kind}",
            help=f"bind its files: `{shown}/*.csv`" if stat.S_ISDIR(facts.st_mode) else "bind a regular file",
            path=shown,
        )
    if not os.access(path, os.R_OK):
        raise EngineError(
            Failure.UNREADABLE, f"`{shown}` may not be read by this user", help="change its permissions", path=shown
        )
    return facts


def _shown(path: Path, root: Path) -> str:
    """A path as SQL and people see it: relative to the project where it lies inside, so that folders do not matter.

    A relative name is found through the engine's search path, but the current folder would win over it.
    """
    if not path.is_relative_to(root) or ".." in path.relative_to(root).parts:
        return str(path.resolve())
    relative = path.relative_to(root)
    here = Path.cwd() / relative
    if os.path.lexists(here) and here.resolve() != path.resolve():
        return str(path.resolve())
    return relative.as_posix()


def _format_of_name(name: str) -> Format | None:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        inner = _FORMATS.get(suffixes[-2]) if len(suffixes) > 1 else None
        return inner if inner in (Format.CSV, Format.JSON) else None
    return _FORMATS.get(suffixes[-1]) if suffixes else None


def _format(path: Path, shown: str) -> Format:
    found = _format_of_name(path.name)
    if found is None and path.suffix.lower() == ".db":
        with path.open("rb") as stream:
            return Format.SQLITE if stream.read(16) == _SQLITE_MAGIC else Format.DUCKDB
    if found is None:
        known = ", ".join(sorted(_FORMATS))
        raise EngineError(
            Failure.UNREADABLE,
            f"`{shown}` has no ending that tells its format",
            help=f"known endings are {known}; .csv and .json also with .gz or .zst",
            path=shown,
        )
    return found


def _near(name: str, root: Path) -> str | None:
    """A file of the same folder with almost the same name."""
    folder = (root / name).parent
    if has_magic(str(folder)) or not folder.is_dir():
        return f"there is no folder `{Path(name).parent}`" if not has_magic(name) else None
    others = [entry.name for entry in folder.iterdir() if entry.is_file()]
    close = get_close_matches(Path(name).name, others, n=1, cutoff=0.5)
    return f"did you mean `{(Path(name).parent / close[0]).as_posix()}`?" if close else None


@lru_cache(maxsize=1024)
def _digest(file: InputFile, footer: bool) -> str:
    """Size, time and inode are part of the key: a file that changed and was resolved again is read again."""
    hasher = hashlib.sha256()
    with file.path.open("rb") as stream:
        if footer and file.size >= 12:
            stream.seek(file.size - 8)
            length = int.from_bytes(stream.read(4), "little")
            stream.seek(max(0, file.size - 8 - length))
        while chunk := stream.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()
