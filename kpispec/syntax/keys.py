"""Mistakes of keys: misspelt, misplaced by an indentation, missing, or beside one they do not go with."""

from kpispec.diagnostics import Fix
from kpispec.source import Span
from kpispec.syntax.kinds import schema
from kpispec.syntax.mishaps import indent_it
from kpispec.syntax.nodes import Document, Entry, Map, Scalar
from kpispec.syntax.shapes import Shape
from kpispec.syntax.violations import NOUNS, SYNONYMS, Report, Step, Violation, join, key_span, near, place

_MOST_KEYS = 50


def unknown_key(violation: Violation, report: Report) -> None:
    node = violation.node
    if not isinstance(node, Map):
        return
    known = list(violation.shape.get("properties", {}))
    # A map with more unknown keys than this is another tool's file; its first keys say so.
    for name in violation.names[:_MOST_KEYS]:
        entry = node.entry(name)
        if entry is None:
            continue
        if violation.branch:
            _together(violation, entry, known, report)
        elif not _misplaced(violation, entry, report):
            _unknown(violation, entry, known, report)


def _together(violation: Violation, entry: Entry, known: list[str], report: Report) -> None:
    if report.says("unknown-key", entry.key.span):
        return
    message = f"`{entry.name}` does not go with `{known[0]}`"
    others = join((f"`{k}`" for k in known[1:]), "and")
    report.add("unknown-key", message, violation, entry.key.span, f"beside `{known[0]}` stands only {others}")


def _unknown(violation: Violation, entry: Entry, known: list[str], report: Report) -> None:
    node = violation.node
    present = {e.name for e in node.entries} if isinstance(node, Map) else set()
    free = [name for name in known if name not in present]
    meant = near(entry.name, free)
    kind = report.document.kind
    where = place(violation, report.document) if violation.route else f"a {NOUNS.get(kind, kind)}"
    message = f"`{entry.name}` is not a key of {where}"
    if meant is None:
        keys = ", ".join(f"`{name}`" for name in free) or "none"
        report.add("unknown-key", message, violation, entry.key.span, f"keys that can stand here: {keys}")
        return
    report.excused.add((violation.route, meant))
    safe = entry.name.lower() not in SYNONYMS
    fix = Fix(f"replace by `{meant}`", meant, entry.key.span, safe)
    report.add("unknown-key", message, violation, entry.key.span, f"did you mean `{meant}`?", fix)


def _misplaced(violation: Violation, entry: Entry, report: Report) -> bool:
    """A key of the map above or of the map just before, one indentation off."""
    node = violation.node
    if not isinstance(node, Map):
        return False
    if _under_empty_key(node, entry, violation, report):
        return True
    before = _entry_before(node, entry)
    column = entry.key.span.column
    if before and isinstance(before.value, Map) and before.value.entries:
        inner = _shape_at(report.document, (*violation.route, before.name))
        first = before.value.entries[0].key.span
        if entry.name in inner.get("properties", {}) and first.column > column:
            message = f"`{entry.name}` is a key of `{before.name}`, and is indented like `{before.name}` itself"
            indent(violation, entry, message, first, report)
            return True
    above = _shape_at(report.document, violation.route[:-1]) if violation.route else {}
    parent = violation.trail[-2] if len(violation.trail) > 1 else None
    if entry.name not in above.get("properties", {}) or not isinstance(parent, Map) or parent.entry(entry.name):
        return False
    report.excused.add((violation.route[:-1], entry.name))
    message = f"`{entry.name}` is not a key of `{violation.route[-1]}`, but of the map around it"
    indent(violation, entry, message, parent.entries[0].key.span, report)
    return True


def _under_empty_key(node: Map, entry: Entry, violation: Violation, report: Report) -> bool:
    """A key of the empty map above, all of whose keys begin where it begins itself: one mistake, at the first."""
    at = node.entries.index(entry)
    for number in range(at - 1, -1, -1):
        above = node.entries[number]
        inner = _shape_at(report.document, (*violation.route, above.name)).get("properties", {})
        if isinstance(above.value, Scalar) and above.value.value is None and entry.name in inner:
            report.excused.add((violation.route, above.name))
            if number == at - 1:
                message = f"`{entry.name}` is a key of `{above.name}`, and begins where `{above.name}` itself does"
                help = f"indent it by {above.key.span.column + 1} spaces, and so what follows of `{above.name}`"
                report.add("bad-indentation", message, violation, entry.key.span, help)
            return True
        if above.name in violation.shape.get("properties", {}):
            return False
    return False


def _entry_before(node: Map, entry: Entry) -> Entry | None:
    at = node.entries.index(entry)
    return node.entries[at - 1] if at else None


def indent(violation: Violation, entry: Entry, message: str, like: Span, report: Report) -> None:
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


def missing_key(violation: Violation, report: Report) -> None:
    for name in violation.names:
        if (violation.route, name) in report.excused or _moved_inside(violation, name, report):
            continue
        where = place(violation, report.document)
        message = f"`{name}` is missing from {where}"
        own = violation.shape.get("properties", {}).get(name)
        hint = own if isinstance(own, dict) else _hint(violation, name, report)
        help = hint.get("description", "").split(". ")[0].rstrip(".")
        help = f"add `{name}: ...` ({help[0].lower()}{help[1:]})" if help else f"add `{name}: ...`"
        report.add("missing-key", message, violation, key_span(violation, report.document), help)


def _hint(violation: Violation, name: str, report: Report) -> Shape:
    found: Shape = _shape_at(report.document, violation.route).get("properties", {}).get(name, {})
    return found


def _moved_inside(violation: Violation, name: str, report: Report) -> bool:
    """A required key that was indented into the map before it, where any name may stand: `formula` among `inputs`."""
    node = violation.node
    for entry in node.entries if isinstance(node, Map) else ():
        inner = entry.value.entry(name) if isinstance(entry.value, Map) else None
        shape = _shape_at(report.document, (*violation.route, entry.name))
        if inner is None or isinstance(shape.get("properties"), dict) or not isinstance(node, Map):
            continue
        message = f"`{name}` is indented into `{entry.name}`"
        indent(violation, inner, message, node.entries[0].key.span, report)
        return True
    return False


def stray_input(violation: Violation, report: Report) -> bool:
    """A key of the KPI that stands among its inputs, where any name may stand, one indentation too far."""
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
    indent(violation, entry, f"`{name}` is indented into `inputs`", root.entries[0].key.span, report)
    return True
