"""Violations of a JSON Schema in words: the place, the user's own words, one cure. One translator a keyword."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from kpispec.diagnostics import Findings, Fix
from kpispec.source import Span
from kpispec.syntax.fits import kind_of
from kpispec.syntax.kinds import schema
from kpispec.syntax.mishaps import indent_it, quoted
from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar, Seq
from kpispec.syntax.shapes import COLUMN, DATE, DURATION, ID, LANGUAGE, NAME, REFERENCE, VERSION, Shape

Step = str | int


@dataclass(frozen=True, slots=True)
class Violation:
    """One keyword of the schema that a node breaks. `trail` are the nodes from the document down to it."""

    keyword: str
    wanted: Any
    shape: Shape
    route: tuple[Step, ...]
    trail: tuple[Node, ...]
    names: tuple[str, ...] = ()
    of_key: str | None = None  # the keyword is about this key's name
    branch: bool = False  # broken only because another key is there

    @property
    def node(self) -> Node:
        return self.trail[-1]


@dataclass(slots=True)
class _Report:
    document: Document
    findings: Findings
    excused: set[tuple[tuple[Step, ...], str]]  # keys that are missing only because they are misspelt or misplaced

    def add(self, rule: str, message: str, at: Violation, span: Span, help: str | None, fix: Fix | None = None) -> None:
        said = any(f.rule == rule and f.span == span for f in self.findings)
        if not said:
            subject = ".".join((self.document.subject, *(str(step) for step in at.route)))
            self.findings.add(rule, message, subject=subject, span=span, help=help, fix=fix)


def translate(document: Document, violations: Iterable[Violation], findings: Findings) -> None:
    """Say what is wrong. Misspelt keys first: a key that is missing because it is misspelt is one mistake, not two."""
    report = _Report(document, findings, set())
    for violation in sorted(violations, key=lambda v: (_ORDER.get(v.keyword, 1), v.branch)):
        _TRANSLATORS[violation.keyword](violation, report)


_ORDER = {"additionalProperties": 0, "pattern": 0, "type": 0, "required": 2, "minProperties": 2}

# What other tools, or a hurried writer, call a key.
_SYNONYMS = {
    "title": "label",
    "desc": "description",
    "filter": "where",
    "expression": "expr",
    "table": "dataset",
    "enum": "values",
    "goal": "targets",
    "aggregation": "formula",
    "indicator": "kpi",
    "metric": "kpi",
}
_NOUNS = {"kpi": "KPI", "dataset": "data set", "project": "project file"}
_FOUND = {
    "object": "a map",
    "array": "a list",
    "null": "empty",
    "boolean": "true or false",
    "integer": "a number",
    "number": "a number",
    "string": "text",
}
_WANTED = {
    "object": "a map",
    "array": "a list",
    "null": "`null`",
    "boolean": "`true` or `false`",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
}


def near(word: str, known: Iterable[str], cutoff: float = 0.75) -> str | None:
    """The known word that was most likely meant."""
    words = list(known)
    close = get_close_matches(word.lower(), words, 1, cutoff)
    close = close or [known for known in words if sorted(known) == sorted(word.lower())]
    close = close or [known for known in words if len(word) > 3 and known.startswith(word.lower())]
    if len(close) == 1:
        return close[0]
    synonym = _SYNONYMS.get(word.lower())
    return synonym if synonym in words else None


def _join(words: Iterable[str], last: str = "or") -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def _place(violation: Violation, document: Document) -> str:
    """What people call the node: its key, or its number in a list."""
    if not violation.route:
        return f"this {_NOUNS.get(document.kind, document.kind)}"
    step = violation.route[-1]
    return f"`{step}`" if isinstance(step, str) else f"item {step + 1} of `{_list_name(violation.route)}`"


def _list_name(route: tuple[Step, ...]) -> str:
    return next((step for step in reversed(route) if isinstance(step, str)), "the list")


def _key_span(violation: Violation, document: Document) -> Span:
    """The key under which the node stands, else the node's first key."""
    node = violation.node
    if violation.route and len(violation.trail) > 1 and isinstance(parent := violation.trail[-2], Map):
        entry = parent.entry(str(violation.route[-1]))
        if entry:
            return entry.key.span
    if not violation.route:
        return document.span
    return node.entries[0].key.span if isinstance(node, Map) and node.entries else node.span


def _unknown_key(violation: Violation, report: _Report) -> None:
    node = violation.node
    if not isinstance(node, Map):
        return
    known = list(violation.shape.get("properties", {}))
    for name in violation.names:
        entry = node.entry(name)
        if entry is None:
            continue
        if violation.branch:
            _together(violation, entry, known, report)
        elif not _misplaced(violation, entry, report):
            _unknown(violation, entry, known, report)


def _together(violation: Violation, entry: Entry, known: list[str], report: _Report) -> None:
    if any(f.rule == "unknown-key" and f.span == entry.key.span for f in report.findings):
        return
    message = f"`{entry.name}` does not go with `{known[0]}`"
    others = _join((f"`{k}`" for k in known[1:]), "and")
    report.add("unknown-key", message, violation, entry.key.span, f"beside `{known[0]}` stands only {others}")


def _unknown(violation: Violation, entry: Entry, known: list[str], report: _Report) -> None:
    node = violation.node
    present = {e.name for e in node.entries} if isinstance(node, Map) else set()
    free = [name for name in known if name not in present]
    meant = near(entry.name, free)
    kind = report.document.kind
    where = _place(violation, report.document) if violation.route else f"a {_NOUNS.get(kind, kind)}"
    message = f"`{entry.name}` is not a key of {where}"
    if meant is None:
        keys = ", ".join(f"`{name}`" for name in free) or "none"
        report.add("unknown-key", message, violation, entry.key.span, f"keys that can stand here: {keys}")
        return
    report.excused.add((violation.route, meant))
    safe = entry.name.lower() not in _SYNONYMS
    fix = Fix(f"replace by `{meant}`", meant, entry.key.span, safe)
    report.add("unknown-key", message, violation, entry.key.span, f"did you mean `{meant}`?", fix)


def _misplaced(violation: Violation, entry: Entry, report: _Report) -> bool:
    """A key of the map above or of the map just before, one indentation off."""
    node = violation.node
    if not isinstance(node, Map):
        return False
    before = _entry_before(node, entry)
    column = entry.key.span.column
    if before and isinstance(before.value, Map) and before.value.entries:
        inner = _shape_at(report.document, (*violation.route, before.name))
        first = before.value.entries[0].key.span
        if entry.name in inner.get("properties", {}) and first.column > column:
            message = f"`{entry.name}` is a key of `{before.name}`, and is indented like `{before.name}` itself"
            _indent(violation, entry, message, first, report)
            return True
    above = _shape_at(report.document, violation.route[:-1]) if violation.route else {}
    parent = violation.trail[-2] if len(violation.trail) > 1 else None
    if entry.name not in above.get("properties", {}) or not isinstance(parent, Map) or parent.entry(entry.name):
        return False
    report.excused.add((violation.route[:-1], entry.name))
    message = f"`{entry.name}` is not a key of `{violation.route[-1]}`, but of the map around it"
    _indent(violation, entry, message, parent.entries[0].key.span, report)
    return True


def _entry_before(node: Map, entry: Entry) -> Entry | None:
    at = node.entries.index(entry)
    return node.entries[at - 1] if at else None


def _indent(violation: Violation, entry: Entry, message: str, like: Span, report: _Report) -> None:
    help = f"{indent_it(like.column - 1)}, like line {like.line}"
    report.add("bad-indentation", message, violation, entry.key.span, help)


def _shape_at(document: Document, route: tuple[Step, ...]) -> Shape:
    shape: Shape = schema(document.kind)
    for step in route:
        listed = shape.get("items") if isinstance(step, int) else None
        inner = listed or shape.get("properties", {}).get(step) or shape.get("additionalProperties")
        if not isinstance(inner, dict):
            return {}
        shape = inner
    return shape


def _missing(violation: Violation, report: _Report) -> None:
    for name in violation.names:
        if (violation.route, name) in report.excused or _moved_inside(violation, name, report):
            continue
        where = _place(violation, report.document)
        message = f"`{name}` is missing from {where}"
        hint = violation.shape.get("properties", {}).get(name) or _hint(violation, name, report)
        help = hint.get("description", "").split(". ")[0].rstrip(".")
        help = f"add `{name}: ...` ({help[0].lower()}{help[1:]})" if help else f"add `{name}: ...`"
        report.add("missing-key", message, violation, _key_span(violation, report.document), help)


def _hint(violation: Violation, name: str, report: _Report) -> Shape:
    found: Shape = _shape_at(report.document, violation.route).get("properties", {}).get(name, {})
    return found


def _moved_inside(violation: Violation, name: str, report: _Report) -> bool:
    """A required key that was indented into the map before it, where every name is allowed: `formula` among `inputs`."""
    node = violation.node
    for entry in node.entries if isinstance(node, Map) else ():
        inner = entry.value.entry(name) if isinstance(entry.value, Map) else None
        shape = _shape_at(report.document, (*violation.route, entry.name))
        if inner is None or isinstance(shape.get("properties"), dict) or not isinstance(node, Map):
            continue
        message = f"`{name}` is indented into `{entry.name}`"
        _indent(violation, inner, message, node.entries[0].key.span, report)
        return True
    return False


def _wrong_type(violation: Violation, report: _Report) -> None:
    node = violation.node
    wanted = [violation.wanted] if isinstance(violation.wanted, str) else list(violation.wanted)
    found = _FOUND[kind_of(node)]
    if isinstance(node, Scalar) and node.value is not None:
        found = f"{found}, `{_short(node.text.value)}`" if found != "text" else f"the text `{_short(node.text.value)}`"
    words = _join(_WANTED[kind] for kind in wanted if kind != "null" or len(wanted) == 1)
    message = f"{_place(violation, report.document)} is {found}; it has to be {words}"
    help, fix = _type_cure(node, wanted)
    report.add("wrong-type", message, violation, _wide(node, violation, report), help, fix)


def _wide(node: Node, violation: Violation, report: _Report) -> Span:
    """The value; where it is empty, its key."""
    return node.span if node.span.end > node.span.start else _key_span(violation, report.document)


def _short(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _type_cure(node: Node, wanted: list[str]) -> tuple[str | None, Fix | None]:
    raw = node.span.text
    match node:
        case Scalar(value=None):
            return "write a value after the colon, or delete the key", None
        case Scalar(value=str(), quoted=True) if {"number", "integer"} & set(wanted) and _is_number(raw):
            return "take the quotes away", Fix("take the quotes away", raw, _with_quotes(node.span))
        case Scalar(quoted=False) if "string" in wanted:
            return f"put it between quotes: `{quoted(raw)}`", Fix("put it between quotes", quoted(raw), node.span)
        case Scalar() if "array" in wanted and "," not in raw and "\n" not in raw:
            span = _with_quotes(node.span) if node.quoted else node.span
            return f"write it as a list: `[{span.text}]`", Fix("write it as a list", f"[{span.text}]", span)
        case Seq() | Map() if "string" in wanted and raw[:1] in ("[", "{") and "\n" not in raw:
            return f"put it between quotes: `{quoted(raw)}`", Fix("put it between quotes", quoted(raw), node.span)
        case _:
            return None, None


def _is_number(words: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?", words) is not None


def _with_quotes(span: Span) -> Span:
    text = span.file.text
    around = text[span.start - 1 : span.start] in ("'", '"') and span.start > 0
    return Span(span.file, span.start - 1, span.end + 1) if around else span


def _wrong_enum(violation: Violation, report: _Report) -> None:
    node = violation.node
    allowed = [str(word) for word in violation.wanted]
    found = f"`{_short(node.text.value)}`" if isinstance(node, Scalar) else _FOUND[kind_of(node)]
    message = f"{found} is not a value of {_place(violation, report.document)}"
    if isinstance(node, Scalar) and node.value is None:
        message = f"{_place(violation, report.document)} is empty"
    meant = near(node.text.value, allowed, 0.6) if isinstance(node, Scalar) else None
    listed = _join(f"`{word}`" for word in allowed)
    help = f"did you mean `{meant}`? it is one of {listed}" if meant else f"it is one of {listed}"
    if len(allowed) == 1:
        help = f"it can only be {listed}"
    fix = Fix(f"replace by `{meant}`", meant, _with_quotes(node.span)) if meant else None
    report.add("wrong-enum", message, violation, _wide(node, violation, report), help, fix)


# Pattern -> rule, what the words are not, and how such a thing is written.
_PATTERNS: dict[str, tuple[str, str, str]] = {
    ID: ("bad-id", "is not an id", "an id has small letters, digits and single underscores: `{slug}`"),
    REFERENCE: ("bad-id", "is not an id", "an id has small letters, digits and single underscores: `{slug}`"),
    NAME: ("bad-id", "is not a name", "a name has small letters, digits and underscores: `{slug}`"),
    DATE: ("bad-value", "is not a date", "write year, month and day: `2026-01-31`"),
    VERSION: ("bad-value", "is not a version", 'write three numbers: `1.2.0`'),
    DURATION: ("bad-value", "is not a duration", "write a number and a unit: `2 days`"),
    COLUMN: ("bad-value", "is not a column of a data set", "write `dataset.column`, or a map: `{dataset: ..., expr: ...}`"),
    LANGUAGE: ("bad-value", "is not a language", "write a code such as `en`, `fr` or `pt-BR`"),
    r"^https?://\S+$": ("bad-value", "is not a web address", "begin it with `https://`"),
    r"^[0-9a-fA-F]{64}$": ("bad-value", "is not a SHA-256", "write its 64 hexadecimal digits"),
    r"^\d+(\.\d+)? ?[KMGT]i?B$": ("bad-value", "is not an amount of memory", "write it like `4GB`"),
    r"^(as_of|\d{4}-\d{2}-\d{2})$": ("bad-value", "is not a date", "write a date such as `2026-01-31`, or `as_of`"),
}


def _wrong_pattern(violation: Violation, report: _Report) -> None:
    node = violation.node
    words, span = (violation.of_key or "", _key_span(violation, report.document))
    if violation.of_key is not None and isinstance(node, Map) and (entry := node.entry(violation.of_key)):
        span = entry.key.span
    elif isinstance(node, Scalar):
        words, span = node.text.value, _wide(node, violation, report)
    if violation.wanted == COLUMN and isinstance(node, Scalar) and _stray_input(violation, report):
        return
    rule, what, cure = _PATTERNS.get(violation.wanted, ("bad-value", "cannot be read", "see the reference"))
    report.add(rule, f"`{_short(words)}` {what}", violation, span, cure.replace("{slug}", slug(words)))


def _stray_input(violation: Violation, report: _Report) -> bool:
    """A key of the KPI that stands among its inputs: reported as indentation, by `_misplaced`'s sister for free names."""
    if len(violation.trail) < 3 or violation.route[:-1] != ("inputs",):
        return False
    root, inputs = violation.trail[0], violation.trail[-2]
    name = str(violation.route[-1])
    known = schema(report.document.kind)["properties"]
    if not isinstance(root, Map) or not isinstance(inputs, Map) or name not in known or root.entry(name):
        return False
    entry = inputs.entry(name)
    if entry is None:
        return False
    report.excused.add(((), name))
    _indent(violation, entry, f"`{name}` is indented into `inputs`", root.entries[0].key.span, report)
    return True


def slug(words: str) -> str:
    """The nearest id to what was written."""
    made = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", words.lower())).strip("_")
    made = made.lstrip("0123456789_")
    return made if len(made) > 1 else "csat_pct"


def _bound(violation: Violation, report: _Report) -> None:
    words = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "exclusiveMinimum": "more than {}",
        "exclusiveMaximum": "less than {}",
    }[violation.keyword].format(violation.wanted)
    node = violation.node
    value = node.text.value if isinstance(node, Scalar) else ""
    help = "95 % is written 0.95" if violation.route[-1:] == ("level",) else None
    message = f"{_place(violation, report.document)} is {_short(value)}; it has to be {words}"
    report.add("bad-value", message, violation, node.span, help)


def _size(violation: Violation, report: _Report) -> None:
    node, place = violation.node, _place(violation, report.document)
    span = _wide(node, violation, report)
    if violation.shape.get("minItems") == violation.shape.get("maxItems") == 2:
        report.add("bad-value", f"{place} has two ends", violation, span, "write `[0, 10]`, or `[0, null]` for one that is open")
        return
    if violation.keyword in ("maxLength", "maxItems"):
        length, what = _length(node)
        message = f"{place} has {length:,} {what}; {violation.wanted:,} are allowed"
        report.add("too-large", message, violation, span, "shorten it")
        return
    report.add("bad-value", f"{place} is empty", violation, span, "write a value, or delete the key")


def _length(node: Node) -> tuple[int, str]:
    return (len(node.text.value), "characters") if isinstance(node, Scalar) else (len(_parts(node)), "items")


def _parts(node: Map | Seq) -> tuple[object, ...]:
    return node.entries if isinstance(node, Map) else node.items


_TRANSLATORS: dict[str, Callable[[Violation, _Report], None]] = {
    "additionalProperties": _unknown_key,
    "required": _missing,
    "type": _wrong_type,
    "enum": _wrong_enum,
    "pattern": _wrong_pattern,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
    "minProperties": _size,
}
