"""Values of nodes whose shape the schema has checked. A node of another shape reads as absent: it has its finding."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kpispec.diagnostics import Findings, Related
from kpispec.source import Span, Text
from kpispec.spec import Localized
from kpispec.syntax.nodes import Entry, Map, Node, Scalar, Seq
from kpispec.syntax.shapes import DATE
from kpispec.words import RESERVED


@dataclass(frozen=True, slots=True)
class Route:
    """Where in a document something stands (`kpi.nps.targets.0`), and where findings about it go."""

    subject: str
    findings: Findings

    def to(self, step: str | int) -> "Route":
        return Route(f"{self.subject}.{step}", self.findings)

    def say(self, rule: str, message: str, span: Span, help: str, related: tuple[Related, ...] = ()) -> None:
        self.findings.add(rule, message, subject=self.subject, span=span, help=help, related=related)


def entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if isinstance(node, Map) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Seq) else ()


def maps(node: Node | None) -> Iterator[tuple[int, Map]]:
    """The maps of a list, with their numbers."""
    return ((number, item) for number, item in enumerate(items(node)) if isinstance(item, Map))


def text(node: Node | None) -> Text | None:
    """The words of a scalar as written; `None` for null."""
    return node.text if isinstance(node, Scalar) and node.value is not None else None


def words(node: Node | None) -> str | None:
    found = text(node)
    return None if found is None else found.value


def texts(node: Node | None) -> tuple[Text, ...]:
    """One text or a list of texts."""
    nodes: Iterable[Node | None] = items(node) if isinstance(node, Seq) else (node,)
    return tuple(found for found in map(text, nodes) if found is not None)


def listed(node: Node | None) -> tuple[str, ...]:
    return tuple(found.value for found in texts(node))


def integer(node: Node | None) -> int | None:
    found = number(node)
    return int(found) if found is not None and found.is_integer() else None


def number(node: Node | None) -> float | None:
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return float(node.value)
    return None


def flag(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is True


def localized(node: Node | None) -> Localized | None:
    match node:
        case Scalar(value=str(found)):
            return Localized((("", found.strip()),))
        case Map():
            said = ((e.name, words(e.value)) for e in node.entries)
            return Localized(tuple((tag, found.strip()) for tag, found in said if found is not None))
        case _:
            return None


def day(node: Node | None, route: Route) -> date | None:
    """A whole day. One that no calendar has is a finding; one that is not written as a day has its finding already."""
    found = text(node)
    if found is None or not re.fullmatch(DATE, found.value):
        return None
    try:
        return date.fromisoformat(found.value)
    except ValueError:
        help = f"write one that exists, such as `{_near_day(found.value)}`"
        route.say("bad-value", f"the calendar has no day `{found.value}`", found.span, help)
        return None


def _near_day(written: str) -> str:
    """The last day of the month that an impossible day names; a day of its own where there is no such month."""
    year, month = written[:4], written[5:7]
    if not ("0001" <= year <= "9999" and "01" <= month <= "12"):
        return "2026-01-31"
    return f"{year}-{month}-{monthrange(int(year), int(month))[1]}"


def part(whole: Text, start: int, end: int) -> Text:
    """The characters [start, end) of a text, as a text of their own."""
    offsets = None if whole.offsets is None else whole.offsets[start:end]
    return Text(whole.value[start:end], whole.at(start, end), offsets)


def allowed_name(key: Scalar, noun: str, route: Route) -> bool:
    """Whether an input, column or argument may have this name."""
    name = key.text.value
    if name not in RESERVED:
        return True
    help = f"give the {noun} another name, such as `{name}_value`"
    route.say("bad-id", f"`{name}` is a word of formulas, and cannot be the name of {_a(noun)}", key.span, help)
    return False


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
