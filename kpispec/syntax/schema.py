"""Documents against their JSON Schema. jsonschema finds what is wrong; `messages` says it in our own words."""

from collections.abc import Iterable, Iterator
from typing import Any

from kpispec.diagnostics import Finding, Findings
from kpispec.syntax.fits import fits
from kpispec.syntax.kinds import schema
from kpispec.syntax.messages import translate
from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar, Seq
from kpispec.syntax.shapes import Shape
from kpispec.syntax.violations import Violation

__all__ = ["check", "schema"]


def check(document: Document, findings: Findings, *, complete: bool) -> bool:
    """Whether a document has the shape of its kind. What is wrong is appended, once for each place and rule.

    `complete=False` is for a document that still `extends` another: required keys may be missing, and null removes.
    """
    shape = schema(document.kind)
    if fits(document.node, shape, complete=complete):
        return True
    found = Findings()
    translate(document, _violations(document.node, shape, complete), found)
    said = tuple(findings)
    for finding in found:
        if not any(_same_cause(finding, earlier) for earlier in said):
            findings.keep(finding)
    return len(found) == 0


# A value that YAML read otherwise than it was meant is wrong in every later respect too.
_MISREAD = frozenset({"forbidden-yaml", "unquoted-operator", "flow-comma", "comment-in-value", "yaml-syntax"})


def _same_cause(finding: Finding, earlier: Finding) -> bool:
    here, there = finding.span, earlier.span
    if finding.rule == earlier.rule and here == there:
        return True
    if earlier.rule not in _MISREAD or here is None or there is None or here.file.path != there.file.path:
        return False
    return here.start < there.end and there.start < here.end


def _violations(root: Map, shape: Shape, complete: bool) -> Iterator[Violation]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(shape).iter_errors(_plain(root, complete)):
        route = tuple(error.absolute_path)
        inside_list = any(isinstance(step, int) for step in route)
        if error.validator == "required" and not complete and not inside_list:
            continue
        names = _names(error.validator_value, error.instance, str(error.validator), error.schema)
        yield Violation(
            keyword=str(error.validator),
            wanted=error.validator_value,
            shape=error.schema if isinstance(error.schema, dict) else {},
            route=route,
            trail=_trail(root, route),
            names=names,
            of_key=str(error.instance) if tuple(error.absolute_schema_path)[-2:-1] == ("propertyNames",) else None,
            branch="then" in error.absolute_schema_path,
        )


def _names(wanted: Any, instance: Any, keyword: str, shape: Any) -> tuple[str, ...]:
    """The keys that one violation is about: those too many, or those missing."""
    if keyword == "additionalProperties":
        return tuple(name for name in instance if name not in shape.get("properties", {}))
    if keyword == "required":
        return tuple(name for name in wanted if name not in instance)
    return ()


def _plain(node: Node, complete: bool) -> Any:
    match node:
        case Scalar():
            return node.value
        case Seq():
            return [_plain(item, True) for item in node.items]
        case Map():
            kept: Iterable[Entry] = node.entries
            if not complete:
                kept = (e for e in kept if not (isinstance(e.value, Scalar) and e.value.value is None))
            return {entry.name: _plain(entry.value, complete) for entry in kept}


def _trail(root: Map, route: tuple[str | int, ...]) -> tuple[Node, ...]:
    """The nodes from the document down to the one a route leads to."""
    trail: list[Node] = [root]
    for step in route:
        here = trail[-1]
        found = (
            here.get(str(step)) if isinstance(here, Map) else here.items[int(step)] if isinstance(here, Seq) else None
        )
        if found is None:
            break
        trail.append(found)
    return tuple(trail)
