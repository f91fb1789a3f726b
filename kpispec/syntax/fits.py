"""Whether a node fits a JSON Schema, for the keywords that `kinds` uses: a quick yes for documents without a mistake.

jsonschema decides and explains wherever the answer is no. It takes 0.3 s to import; a project without mistakes never
pays for it. A test holds the two to the same answers.
"""

import re
from collections.abc import Callable
from typing import Any

from kpispec.syntax.nodes import Map, Node, Scalar, Seq, Value
from kpispec.syntax.shapes import Shape


def fits(node: Node, shape: Shape | bool, *, complete: bool) -> bool:
    """`complete=False`: keys may be missing, or null, in maps that no list holds."""
    if isinstance(shape, bool):
        return shape
    if not _typed(node, shape):
        return False
    match node:
        case Scalar():
            return _scalar_fits(node.value, shape)
        case Seq():
            return _seq_fits(node, shape)
        case Map():
            return _map_fits(node, shape, complete)


def kind_of(node: Node) -> str:
    """The JSON type of a node, `integer` where a number has no fraction."""
    match node:
        case Map():
            return "object"
        case Seq():
            return "array"
        case Scalar(value=None):
            return "null"
        case Scalar(value=bool()):
            return "boolean"
        case Scalar(value=int()):
            return "integer"
        case Scalar(value=float(number)):
            return "integer" if number.is_integer() else "number"
        case _:
            return "string"


def _typed(node: Node, shape: Shape) -> bool:
    wanted = shape.get("type")
    if wanted is None:
        return True
    found = kind_of(node)
    allowed = (wanted,) if isinstance(wanted, str) else wanted
    return found in allowed or (found == "integer" and "number" in allowed)


def _scalar_fits(value: Value, shape: Shape) -> bool:
    if "enum" in shape and not (isinstance(value, str) and value in shape["enum"]):
        return False
    checks = _TEXT_CHECKS if isinstance(value, str) else _NUMBER_CHECKS if _is_number(value) else {}
    return all(check(value, shape[word]) for word, check in checks.items() if word in shape)


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TEXT_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "minLength": lambda value, bound: len(value) >= bound,
    "maxLength": lambda value, bound: len(value) <= bound,
    "pattern": lambda value, pattern: re.search(pattern, value) is not None,
}
_NUMBER_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda value, bound: value >= bound,
    "maximum": lambda value, bound: value <= bound,
    "exclusiveMinimum": lambda value, bound: value > bound,
    "exclusiveMaximum": lambda value, bound: value < bound,
}


def _seq_fits(node: Seq, shape: Shape) -> bool:
    if "enum" in shape or not shape.get("minItems", 0) <= len(node.items) <= shape.get("maxItems", len(node.items)):
        return False
    inner = shape.get("items", True)
    return all(fits(item, inner, complete=True) for item in node.items)


def _map_fits(node: Map, shape: Shape, complete: bool) -> bool:
    entries = [e for e in node.entries if complete or not _removed(e.value)]
    names = {entry.name for entry in entries}
    if "enum" in shape or len(names) < shape.get("minProperties", 0):
        return False
    if complete and not names.issuperset(shape.get("required", ())):
        return False
    pattern = shape.get("propertyNames", {}).get("pattern")
    if pattern and not all(re.search(pattern, name) for name in names):
        return False
    known, other = shape.get("properties", {}), shape.get("additionalProperties", True)
    if not all(fits(e.value, known.get(e.name, other), complete=complete) for e in entries):
        return False
    return _branch_fits(node, names, shape, complete)


def _branch_fits(node: Map, names: set[str], shape: Shape, complete: bool) -> bool:
    if "if" not in shape:
        return True
    branch = "then" if names.issuperset(shape["if"]["required"]) else "else"
    return _map_fits(node, shape.get(branch, {}), complete)


def _removed(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None
