"""Projects over the exports of a help desk: which files it writes, where they are, and the bindings that read them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from kpispec.project.naming import scalar
from kpispec.project.schemas import modeline
from kpispec.sql.lower import text_literal

_STARTERS = Path(__file__).parent / "starters" / "helpdesks"
_PACKED = ("", ".gz", ".zst")
_TABLES = (*(f".csv{p}" for p in _PACKED), ".parquet")
_OBJECTS = tuple(f"{e}{p}" for e in (".json", ".jsonl", ".ndjson") for p in _PACKED)
_CSV = """read_csv($path, delim = ',', quote = '"', escape = '"', header = true, all_varchar = true)"""
_PARQUET = "read_parquet($path, union_by_name = true)"
_OPTIONAL = re.compile(r"  --\? (\w+)$")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export, or one kind of them, by the name that its table or list has at the vendor."""

    name: str
    holds: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A help desk whose export can be read. `shape` says which of its exports, `endings` what the files may be."""

    id: str
    shape: str
    endings: tuple[str, ...]
    parts: tuple[Part, ...]
    ask: tuple[str, ...]  # what only a person knows


_BOTS = "which writers are bots: `robots` in kpispec.yml, in both SELECTs"
_DAYS = "where days begin: `timezone` in kpispec.yml, UTC until you say otherwise"

HELP_DESKS: tuple[HelpDesk, ...] = (
    HelpDesk(
        "zendesk",
        "tables of Zendesk Support as Fivetran writes them",
        _TABLES,
        (
            Part("ticket", "the tickets as they are now"),
            Part("ticket_comment", "who wrote what, and when"),
            Part("ticket_field_history", "each status and satisfaction score, with its moment"),
            Part("user", "who is an agent"),
            Part("ticket_tag", "which tickets were merged into another", required=False),
            Part("group", "the names of teams", required=False),
            Part("brand", "the names of brands", required=False),
        ),
        (
            _BOTS,
            _DAYS,
            "what a ticket is about: `issue` is it and its follow-ups until you take a field of yours",
        ),
    ),
    HelpDesk(
        "intercom",
        "objects of Intercom's REST API, version 2",
        _OBJECTS,
        (
            Part("conversations", "each conversation with its parts, as GET /conversations/ID gives it"),
            Part("admins", "the names of agents", required=False),
            Part("teams", "the names of teams", required=False),
        ),
        (
            _BOTS,
            _DAYS,
            "what a conversation is about: `issue` is itself until you take an attribute of yours",
        ),
    ),
    HelpDesk(
        "freshdesk",
        "objects of Freshdesk's REST API, version 2",
        _OBJECTS,
        (
            Part("tickets", "the tickets as they are now, with include=stats"),
            Part("conversations", "replies and notes, as GET /tickets/ID/conversations gives them"),
            Part("ticket_activities", "each status with its moment: reopenings and waits need it", required=False),
            Part("satisfaction_ratings", "what customers answered", required=False),
            Part("agents", "the names of agents", required=False),
            Part("groups", "the names of teams", required=False),
        ),
        (
            _BOTS,
            _DAYS,
            "what your own statuses mean: `meanings` and `numbers` in kpispec.yml",
            "what a ticket is about: `issue` is itself until you take a field of yours",
        ),
    ),
)


def help_desk(id: str) -> HelpDesk | None:
    return next((d for d in HELP_DESKS if d.id == id), None)


@dataclass(frozen=True, slots=True)
class Found:
    """The files of an export that are there, by the name of their part, as the project file will call them."""

    desk: HelpDesk
    folder: str  # as the project file calls it
    paths: Mapping[str, tuple[str, ...]]

    def path(self, part: str) -> tuple[str, ...]:
        """The files of a part, or the one that is expected."""
        return self.paths.get(part) or (f"{self.folder}/{part}{self.desk.endings[0]}",)

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that must be there and are not."""
        return tuple(p for p in self.desk.parts if p.required and p.name not in self.paths)


def looked_for(desk: HelpDesk, exports: Path, shown: str) -> Found:
    """What a folder holds of an export; `shown` is the folder as the project file calls it.

    `ticket.csv`, `tickets.csv`, `ticket_data.csv` and `ticket_2026-01.csv` are all files of the part `ticket`.
    """
    names = sorted(p.name for p in exports.iterdir() if p.is_file()) if exports.is_dir() else []
    found = {part.name: tuple(_of(part.name, desk.endings, names)) for part in desk.parts}
    return Found(desk, shown, {part: tuple(f"{shown}/{n}" for n in own) for part, own in found.items() if own})


def _of(part: str, endings: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """The files of a part, all of the ending that is met first."""
    stem = re.compile(rf"{part}s?(_data)?([-_.]?\d[\w.-]*)?", re.IGNORECASE)
    for ending in endings:
        own = [n for n in names if n.lower().endswith(ending) and stem.fullmatch(n[: -len(ending)])]
        if own:
            yield from own
            return


def help_desk_files(found: Found, project: str) -> dict[str, str]:
    """Every file of a project over an export, by its path."""
    text = (_STARTERS / found.desk.id / "kpispec.yml").read_text(encoding="utf-8")
    lines = "\n".join(_line(line, found) for line in text.splitlines())
    filled = re.sub(r"\{(\w+)\}", lambda word: _word(word[1], found, project), lines)
    files = {"kpispec.yml": f"{modeline('project', 'kpispec.yml')}\n{filled}\n"}
    for path in sorted((_STARTERS / "specs").rglob("*.yml")):
        name = path.relative_to(_STARTERS).as_posix()
        kind = "scorecard" if path.stem == "scorecard" else "kpi"
        files[name] = f"{modeline(kind, name)}\n{path.read_text(encoding='utf-8')}"
    return files


def _line(line: str, found: Found) -> str:
    """A line as it is, or, where the file it reads is not there, as a comment that names the file."""
    optional = _OPTIONAL.search(line)
    if optional is None:
        return line
    written = line[: optional.start()]
    if optional[1] in found.paths:
        return written
    indent = len(written) - len(written.lstrip())
    return f"{written[:indent]}-- {written[indent:]}  -- with {optional[1]}"


def _word(name: str, found: Found, project: str) -> str:
    match name:
        case "project":
            return scalar(project)
        case "timezone":
            return "UTC"
        case _:
            return _read(found.path(name))


def _read(paths: tuple[str, ...]) -> str:
    """The files as SQL: read as a table, or, of objects, their paths only, as the template says what is in them."""
    listed = [text_literal(p) for p in paths]
    path = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    if paths[0].lower().endswith(_OBJECTS):
        return path
    return Template(_PARQUET if paths[0].lower().endswith(".parquet") else _CSV).substitute(path=path)


def help_desk_told(found: Found) -> str:
    """What was found and what is missing, and what only a person knows."""
    lines = [f"{found.desk.id}: {found.desk.shape}"]
    for part in found.desk.parts:
        there = part.name in found.paths
        word = "found  " if there else "missing" if part.required else "without"
        lines.append(f"  {word} {', '.join(found.path(part.name))}  {part.holds}")
    lines += ["", "only you know:", *(f"  {line}" for line in found.desk.ask)]
    if found.missing:
        lines += ["", f"put the missing files there, or write their paths into kpispec.yml: {_names(found.missing)}"]
    return "\n".join(lines)


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(p.name for p in parts)
