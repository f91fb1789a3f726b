"""Violations of a JSON Schema in words: the place, the user's own words, one cure. One translator a keyword."""

import re
from collections.abc import Callable, Iterable

from kpispec.diagnostics import Findings, Fix
from kpispec.source import Span
from kpispec.syntax import calendar_kind, project_kind
from kpispec.syntax.fits import kind_of
from kpispec.syntax.keys import missing_key, stray_input, unknown_key
from kpispec.syntax.mishaps import quoted
from kpispec.syntax.nodes import Document, Map, Node, Scalar, Seq
from kpispec.syntax.shapes import (
    COLUMN,
    DATE,
    DURATION,
    ID,
    LANGUAGE,
    METHOD,
    METHODS,
    NAME,
    READER,
    READERS,
    REFERENCE,
    VERSION,
    Shape,
)
from kpispec.syntax.violations import Report, Violation, join, key_span, near, place, short, wide

_ORDER = {"additionalProperties": -1, "pattern": 0, "type": 0, "required": 2, "minProperties": 2}
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


def translate(document: Document, violations: Iterable[Violation], findings: Findings) -> None:
    """Say what is wrong. Misspelt keys first: a key that is missing because it is misspelt is one mistake, not two."""
    report = Report(document, findings, set())
    for violation in sorted(violations, key=lambda v: (_ORDER.get(v.keyword, 1), v.branch)):
        _TRANSLATORS[violation.keyword](violation, report)


def _wrong_type(violation: Violation, report: Report) -> None:
    node = violation.node
    if violation.route and (violation.route[:-1], str(violation.route[-1])) in report.excused:
        return
    wanted = [violation.wanted] if isinstance(violation.wanted, str) else list(violation.wanted)
    found = _FOUND[kind_of(node)]
    if isinstance(node, Scalar) and node.value is not None:
        found = f"{found}, `{short(node.text.value)}`" if found != "text" else f"the text `{short(node.text.value)}`"
    words = join(_WANTED[kind] for kind in wanted if kind != "null" or len(wanted) == 1)
    message = f"{place(violation, report.document)} is {found}; it has to be {words}"
    help, fix = _type_cure(node, wanted, violation.shape)
    report.add("wrong-type", message, violation, wide(node, violation, report), help, fix)


def _type_cure(node: Node, wanted: list[str], shape: Shape) -> tuple[str | None, Fix | None]:
    raw = node.span.text
    own = shape.get("properties")
    match node:
        case _ if "pattern" in shape:
            return _PATTERNS[shape["pattern"]][2].replace("{slug}", slug(raw)) if shape[
                "pattern"
            ] in _PATTERNS else None, None
        case _ if wanted == ["object"] and own:
            return f"write keys under it, such as `{next(iter(own))}: ...`", None
        case Scalar(value=None):
            return "write a value after the colon, or delete the key", None
        case Scalar() if wanted == ["boolean"] and raw.lower() in _YES_AND_NO:
            meant = _YES_AND_NO[raw.lower()]
            return f"write `{meant}`", Fix(f"replace by `{meant}`", meant, _with_quotes(node.span))
        case Scalar() if shape.get("minItems") == shape.get("maxItems") == 2:
            return "write both ends: `[0, 10]`, or `[0, null]` for one that is open", None
        case Scalar(value=str(), quoted=True) if {"number", "integer"} & set(wanted) and _is_number(raw):
            return "take the quotes away", Fix("take the quotes away", raw, _with_quotes(node.span))
        case Scalar(quoted=False) if "string" in wanted:
            return f"put it between quotes: `{quoted(raw)}`", Fix("put it between quotes", quoted(raw), node.span)
        case Scalar() if "array" in wanted and "," not in raw and "\n" not in raw:
            span = _with_quotes(node.span) if node.quoted else node.span
            return f"write it as a list: `[{span.text}]`", Fix("write it as a list", f"[{span.text}]", span)
        case Seq(items=(_, _)) if "string" in wanted and "array" not in wanted and raw[:1] == "[" and "\n" not in raw:
            return f"put it between quotes: `{quoted(raw)}`", Fix("put it between quotes", quoted(raw), node.span)
        case Scalar(value=str()) if {"number", "integer"} & set(wanted):
            return "write it in digits", None
        case _:
            return None, None


_YES_AND_NO = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "off", "0"), "false"),
}


def _is_number(words: str) -> bool:
    return re.fullmatch(r"[-+]?\d+(\.\d+)?", words) is not None


def _with_quotes(span: Span) -> Span:
    text = span.file.text
    around = text[span.start - 1 : span.start] in ("'", '"') and span.start > 0
    return Span(span.file, span.start - 1, span.end + 1) if around else span


def _wrong_enum(violation: Violation, report: Report) -> None:
    node = violation.node
    allowed = [str(word) for word in violation.wanted]
    found = f"`{short(node.text.value)}`" if isinstance(node, Scalar) else _FOUND[kind_of(node)]
    message = f"{found} is not a value of {place(violation, report.document)}"
    if isinstance(node, Scalar) and node.value is None:
        message = f"{place(violation, report.document)} is empty"
    meant = _meant(node.text.value, allowed) if isinstance(node, Scalar) else None
    listed = join(f"`{word}`" for word in allowed)
    help = f"did you mean `{meant}`? it is one of {listed}" if meant else f"it is one of {listed}"
    if len(allowed) == 1:
        help = f"it can only be {listed}"
    fix = Fix(f"replace by `{meant}`", meant, _with_quotes(node.span)) if meant else None
    report.add("wrong-enum", message, violation, wide(node, violation, report), help, fix)


def _meant(word: str, allowed: list[str]) -> str | None:
    """The allowed word that was most likely meant; types have other names elsewhere."""
    type = _TYPE_NAMES.get(word.lower())
    return type if type in allowed else near(word, allowed, 0.6)


_TYPE_NAMES = {
    **dict.fromkeys(("int", "bigint", "long"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "real"), "number"),
    **dict.fromkeys(("str", "text", "varchar", "char"), "string"),
    **dict.fromkeys(("datetime", "timestamptz", "time"), "timestamp"),
    "bool": "boolean",
}

# Pattern -> rule, what the words are not, and how such a thing is written.
_PATTERNS: dict[str, tuple[str, str, str]] = {
    ID: ("bad-id", "is not an id", "an id has small letters, digits and single underscores: `{slug}`"),
    REFERENCE: ("bad-id", "is not an id", "an id has small letters, digits and single underscores: `{slug}`"),
    NAME: ("bad-id", "is not a name", "a name has small letters, digits and underscores: `{slug}`"),
    DATE: ("bad-value", "is not a date", "write year, month and day: `2026-01-31`"),
    VERSION: ("bad-value", "is not a version", "write three numbers: `1.2.0`"),
    DURATION: ("bad-value", "is not a duration", "write a number and a unit: `2 days`"),
    COLUMN: (
        "bad-value",
        "is not a column of a data set",
        "write `dataset.column`, or a map: `{dataset: ..., expr: ...}`",
    ),
    READER: (
        "wrong-enum",
        "is not a value of `level`",
        f"it is one of {join(f'`{w}`' for w in READERS)}, or a number such as 0.95",
    ),
    METHOD: ("wrong-enum", "is not a value of `confidence`", f"it is {join(f'`{w}`' for w in METHODS)}"),
    LANGUAGE: ("bad-value", "is not a language", "write a code such as `en`, `fr` or `pt-BR`"),
    r"^https?://\S+$": ("bad-value", "is not a web address", "begin it with `https://`"),
    r"^[0-9a-fA-F]{64}$": ("bad-value", "is not a SHA-256", "write its 64 hexadecimal digits"),
    project_kind.MEMORY: ("bad-value", "is not an amount of memory", "write it like `4GB`"),
    calendar_kind.HOURS: ("bad-value", "is no time from one hour to another", "write `09:00-17:30`, or `closed`"),
    calendar_kind.DAY: ("bad-value", "is not a day", "write `2026-12-24`, or `12-24` for that of every year"),
    calendar_kind.YEAR_START: ("bad-value", "is no first day of a year", "write a month such as `april`, or `04-06`"),
    project_kind.DELIMITER: ("bad-value", "is no delimiter", 'write one character, such as `";"`, or `tab`'),
    calendar_kind.COUNTRY: ("bad-value", "is not the code of a country", "write its two capitals: `FR`"),
    r"^(as_of|\d{4}-\d{2}-\d{2})$": ("bad-value", "is not a date", "write a date such as `2026-01-31`, or `as_of`"),
}


def _wrong_pattern(violation: Violation, report: Report) -> None:
    node = violation.node
    words, span = (violation.of_key or "", key_span(violation, report.document))
    if violation.of_key is not None and isinstance(node, Map) and (entry := node.entry(violation.of_key)):
        span = entry.key.span
    elif isinstance(node, Scalar):
        words, span = node.text.value, wide(node, violation, report)
    if violation.wanted == COLUMN and isinstance(node, Scalar) and stray_input(violation, report):
        return
    rule, what, cure = _PATTERNS.get(violation.wanted, ("bad-value", "cannot be read", "see the reference"))
    if violation.wanted == ID and len(words) == 1:
        cure = "an id has two characters or more"
    report.add(rule, f"`{short(words)}` {what}", violation, span, cure.replace("{slug}", slug(words)))


def slug(words: str) -> str:
    """The nearest id to what was written."""
    made = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", words.lower())).strip("_")
    made = made.lstrip("0123456789_")
    return made if len(made) > 1 else "csat_pct"


def _bound(violation: Violation, report: Report) -> None:
    words = {
        "minimum": "at least {}",
        "maximum": "at most {}",
        "exclusiveMinimum": "more than {}",
        "exclusiveMaximum": "less than {}",
    }[violation.keyword].format(violation.wanted)
    node = violation.node
    value = node.text.value if isinstance(node, Scalar) else ""
    help = "95 % is written 0.95" if violation.route[-1:] == ("level",) else None
    message = f"{place(violation, report.document)} is {short(value)}; it has to be {words}"
    report.add("bad-value", message, violation, node.span, help)


def _size(violation: Violation, report: Report) -> None:
    node, name = violation.node, place(violation, report.document)
    span = wide(node, violation, report)
    if violation.shape.get("minItems") == violation.shape.get("maxItems") == 2:
        report.add(
            "bad-value",
            f"{name} has two ends",
            violation,
            span,
            "write `[0, 10]`, or `[0, null]` for one that is open",
        )
        return
    if violation.keyword in ("maxLength", "maxItems"):
        length, what = _length(node)
        message = f"{name} has {length:,} {what}; {violation.wanted:,} are allowed"
        report.add("too-large", message, violation, span, "shorten it")
        return
    report.add("bad-value", f"{name} is empty", violation, span, "write a value, or delete the key")


def _length(node: Node) -> tuple[int, str]:
    return (len(node.text.value), "characters") if isinstance(node, Scalar) else (len(_parts(node)), "items")


def _parts(node: Map | Seq) -> tuple[object, ...]:
    return node.entries if isinstance(node, Map) else node.items


_TRANSLATORS: dict[str, Callable[[Violation, Report], None]] = {
    "additionalProperties": unknown_key,
    "required": missing_key,
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
