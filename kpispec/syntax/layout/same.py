"""Whether two texts say the same: documents, values, comments, and which findings their comments silence."""

import yaml as pyyaml

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.layout.tree import BLOCK
from kpispec.syntax.nodes import Map, Node, Scalar, Seq
from kpispec.syntax.suppress import silenced_lines
from kpispec.syntax.yaml import LOADER, parse

Meaning = tuple[object, ...]


def same(before: SourceFile, after: SourceFile) -> bool:
    """Node by node, in whatever order keys stand. A text that cannot be read is the same as none."""
    here, there = _meaning(before), _meaning(after)
    return here is not None and here == there and comments(before.text) == comments(after.text)


def _meaning(file: SourceFile) -> Meaning | None:
    findings = Findings()
    maps = parse(file, findings)
    silenced = silenced_lines(file)
    return None if len(findings) else tuple(_said(node, silenced) for node in maps)


def _said(node: Node, silenced: dict[int, frozenset[str]]) -> Meaning:
    rules = silenced.get(node.span.line, frozenset()) if silenced else frozenset()
    match node:
        case Scalar():
            return (type(node.value).__name__, node.value, node.text.value, rules)
        case Seq():
            return ("list", rules, *(_said(item, silenced) for item in node.items))
        case Map():
            return (
                "map",
                rules,
                {e.name: (_said(e.key, silenced), _value(e.name, e.value, silenced)) for e in node.entries},
            )


def _value(name: str, value: Node, silenced: dict[int, frozenset[str]]) -> Meaning:
    """`%` and `percent` are one unit."""
    said = _said(value, silenced)
    return ("str", "percent", "percent", said[3]) if name == "unit" and said[:2] == ("str", "%") else said


def comments(text: str) -> list[str]:
    """Every comment of a text that YAML can read, sorted: what no token of YAML covers."""
    found: list[str] = []
    at = 0
    for token in pyyaml.scan(text, Loader=LOADER):
        if not isinstance(token, pyyaml.ScalarToken | pyyaml.AnchorToken | pyyaml.AliasToken):
            continue
        start = token.start_mark.index
        found += _outside(text, at, start)
        at = token.end_mark.index
        if isinstance(token, pyyaml.ScalarToken) and token.style in BLOCK:
            found += _outside(text, start, text.find("\n", start))
    return sorted([*found, *_outside(text, at, len(text))])


def _outside(text: str, start: int, end: int) -> list[str]:
    lines = text[start : max(start, end)].split("\n")
    return [line[line.index("#") :].rstrip() for line in lines if "#" in line]
