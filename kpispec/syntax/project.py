"""`kpispec.yml`: where documents and data are."""

import operator
import re
from collections.abc import Callable
from typing import Literal, cast
from zoneinfo import ZoneInfo

from kpispec.bundled import bundled
from kpispec.project_spec import MOST_THREADS, USUAL_PLACES, Attachment, Binding, ProjectSpec
from kpispec.source import Text
from kpispec.syntax.file_options import check_options
from kpispec.syntax.nodes import Document, Entry, Map, Node
from kpispec.syntax.project_kind import MEMORY
from kpispec.syntax.read import Route, allowed_name, entries, integer, listed, text, texts, words

LANGUAGE = 1  # the version of the language, written in `kpispec.yml`
_REQUIREMENT = re.compile(r"(>=|<=|==|<|>)\s*(\d+)(?:\.0)*")
_ORDER: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


def project(document: Document, root: str, route: Route) -> ProjectSpec:
    node = document.node
    engine = node.get("engine")
    engine = engine if isinstance(engine, Map) else Map((), node.span)
    data, attached = route.to("data"), route.to("attach")
    bases = frozenset(entry.name for entry in entries(node.get("attach")))
    _language(node.get("kpispec"), route.to("kpispec"))
    _packs(node.get("library"), route.to("library"))
    return ProjectSpec(
        name=document.id,
        root=root,
        specs=listed(node.get("specs")) or USUAL_PLACES,
        library=listed(node.get("library")),
        language=words(node.get("language")) or "en",
        languages=listed(node.get("languages")),
        timezone=zone(node.get("timezone"), route.to("timezone")) or "UTC",
        calendar=text(node.get("calendar")),
        bindings=tuple(_binding(entry, data.to(entry.name), bases) for entry in entries(node.get("data"))),
        attach=tuple(_attachment(entry, attached.to(entry.name)) for entry in entries(node.get("attach"))),
        engine=words(engine.get("name")) or "duckdb",
        memory_limit=_memory(words(engine.get("memory_limit"))),
        threads=_threads(integer(engine.get("threads"))),
        span=document.span,
    )


def _memory(written: str | None) -> str | None:
    """The limit that the engine is given; one that cannot be read has its finding."""
    return written if written is not None and re.match(MEMORY, written) else None


def _language(node: Node | None, route: Route) -> None:
    """A finding where the project asks for another version of the language than this one."""
    wanted = text(node)
    if wanted is None:
        return
    parts = [_REQUIREMENT.fullmatch(part.strip()) for part in wanted.value.split(",")]
    if any(part is None for part in parts):
        help = 'write the versions of the language it is written for: `">=1,<2"`'
        route.say("bad-value", f"`{wanted.value}` is no range of versions", wanted.span, help)
    elif not all(_ORDER[part[1]](LANGUAGE, int(part[2])) for part in parts if part is not None):
        message = f"the project is written for language `{wanted.value}`, and this is language {LANGUAGE}"
        route.say("bad-value", message, wanted.span, 'install a kpispec that speaks it, or write `">=1,<2"`')


def _packs(node: Node | None, route: Route) -> None:
    for pack in texts(node):
        if not bundled("specs").joinpath(pack.value).is_dir():
            known = ", ".join(f"`{p.name}`" for p in sorted(bundled("specs").iterdir()) if p.is_dir())
            route.say("bad-value", f"there is no built-in pack `{pack.value}`", pack.span, f"this version has {known}")


def zone(node: Node | None, route: Route) -> str | None:
    """The name of a time zone that this machine knows."""
    found = text(node)
    if found is None:
        return None
    try:
        ZoneInfo(found.value)
    except (ValueError, OSError, LookupError):
        route.say("bad-value", f"`{found.value}` is not a time zone", found.span, _near_zone(found.value))
        return None
    return found.value


def _near_zone(written: str) -> str:
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    close = get_close_matches(written, sorted(available_timezones()), 1)
    return f"did you mean `{close[0]}`?" if close else "write a name such as `Europe/Paris` or `UTC`"


def _binding(entry: Entry, route: Route, bases: frozenset[str]) -> Binding:
    """Where a data set's rows are. `bases` are the attached databases."""
    if not isinstance(entry.value, Map):
        return Binding(entry.name, entry.key.span, listed(entry.value))
    node = entry.value
    bad_rows = node.get("on_bad_rows")
    if (node.get("from") is None) == (node.get("sql") is None):
        both = node.get("from") is not None
        message = f"`{entry.name}` has both `from` and `sql`" if both else f"`{entry.name}` says not where its rows are"
        help = "keep one of the two" if both else "add `from: FILE`"
        route.say("bad-binding", message, entry.key.span, help)
    check_options(node, bases, route)
    return Binding(
        dataset=entry.name,
        span=entry.key.span,
        sources=listed(node.get("from")),
        sql=text(node.get("sql")),
        columns=_columns(node.get("columns"), route.to("columns")),
        encoding=words(node.get("encoding")),
        delimiter=words(node.get("delimiter")),
        decimal=words(node.get("decimal")),
        thousands=words(node.get("thousands")),
        date_format=words(node.get("date_format")),
        sheet=words(node.get("sheet")),
        skip=integer(node.get("skip")) or 0,
        timezone=zone(node.get("timezone"), route.to("timezone")),
        sha256=words(node.get("sha256")),
        bad_rows=(integer(bad_rows.get("max")) or 0) if isinstance(bad_rows, Map) else 0,
    )


def _columns(node: Node | None, route: Route) -> tuple[tuple[str, Text], ...]:
    found: list[tuple[str, Text]] = []
    for entry in entries(node):
        raw = text(entry.value)
        if allowed_name(entry.key, "column", route.to(entry.name)) and raw is not None:
            found.append((entry.name.lower(), raw))
    return tuple(found)


def _attachment(entry: Entry, route: Route) -> Attachment:
    node = entry.value if isinstance(entry.value, Map) else Map((), entry.value.span)
    kind, path, dsn = words(node.get("type")), words(node.get("path")), words(node.get("dsn_env"))
    if kind not in ("duckdb", "sqlite", "postgres"):  # that has its finding, and there is nothing to attach
        return Attachment(entry.name, "duckdb", span=entry.key.span)
    wanted, given = ("dsn_env", dsn) if kind == "postgres" else ("path", path)
    if given is None and node.entries:
        help = f"add `{wanted}: ...`"
        route.say("missing-key", f"`{wanted}` is missing from `{entry.name}`", entry.key.span, help)
    return Attachment(entry.name, cast("Literal['duckdb', 'sqlite', 'postgres']", kind), path, dsn, entry.key.span)


def _threads(asked: int | None) -> int | None:
    """A number of threads that has no finding."""
    return asked if asked is not None and 0 < asked <= MOST_THREADS else None
