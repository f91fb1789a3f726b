"""Options of a binding that say nothing about what it reads: a sheet of a CSV file, the delimiter of a workbook."""

from pathlib import PurePath

from kpispec.syntax.nodes import Map
from kpispec.syntax.read import Route, listed

_PACKED = (".gz", ".zst")
_TEXT = frozenset({".csv", ".tsv", ".txt"})
_BOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
_OTHERS = frozenset({".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".duckdb", ".sqlite", ".sqlite3", ".db"})

# By option the endings that it speaks of, and what those files are called.
_SPEAKS_OF: dict[str, tuple[frozenset[str], str]] = {
    "encoding": (_TEXT, "text files"),
    "delimiter": (_TEXT, "text files"),
    "on_bad_rows": (_TEXT, "text files"),
    "skip": (_TEXT | _BOOKS, "text files and workbooks"),
    "sheet": (_BOOKS, "workbooks"),
    "sha256": (_TEXT | _BOOKS | _OTHERS, "files"),
}


def check_options(node: Map, bases: frozenset[str], route: Route) -> None:
    """A finding for each option that none of a binding's sources heeds. `bases` are the attached databases."""
    sources = listed(node.get("from"))
    endings = {ending for source in sources if (ending := _ending(source, bases)) is not None}
    if node.get("sql") is None and len(endings) == 0:
        return
    for entry in node.entries:
        spoken = _SPEAKS_OF.get(entry.name)
        if spoken is None or endings & spoken[0]:
            continue
        read = "`sql`" if node.get("sql") is not None else f"`{sources[0]}`"
        route.to(entry.name).say(
            "bad-binding",
            f"`{entry.name}` is for {spoken[1]}, and says nothing of {read}",
            entry.key.span,
            f"remove `{entry.name}`",
        )


def _ending(source: str, bases: frozenset[str]) -> str | None:
    """The ending of a file's name, packing aside; empty for a table of a database, `None` where it tells nothing."""
    if source.partition(".")[0] in bases and "/" not in source:
        return ""
    path = PurePath(source.partition("#")[0].lower())
    ending = PurePath(path.stem).suffix if path.suffix in _PACKED else path.suffix
    return ending if ending in _TEXT | _BOOKS | _OTHERS else None
