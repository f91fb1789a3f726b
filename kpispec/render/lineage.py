"""Lineage as text, JSON, Mermaid and DOT. Names and labels of documents are quoted so that they can mean nothing."""

import json
from collections.abc import Iterator, Mapping

from kpispec.catalog.lineage import ASIDE, Edge, Lineage, Node, Use, neighbours
from kpispec.render.findings import visible

SCHEMA = "kpispec-lineage/1"
NOUNS = {"kpi": "KPI", "dataset": "data set"}

# What a use is called from its end, and from its start.
WORDS = {
    Use.COMPUTES: ("computed from", "computes"),
    Use.ROWS: ("rows of", "gives rows to"),
    Use.FILTERS: ("filtered by", "filters"),
    Use.PLACES: ("placed in time by", "places in time"),
    Use.IDENTIFIES: ("identified by", "identifies"),
    Use.JOINS: ("joined by", "joins"),
    Use.WEIGHTS: ("weighted by", "weights"),
    Use.CALLS: ("calls", "called by"),
    Use.CUTS: ("cut by", "cuts"),
    Use.COMPARES: ("compared with", "stands beside"),
    Use.SHOWS: ("shows", "shown on"),
    Use.EXTENDS: ("extends", "extended by"),
    Use.DRIVES: ("driven by", "drives"),
    Use.GUARDS: ("read with", "read beside"),
}
_DEPTH = 12  # a tree that is deeper goes on with an ellipsis


def lineage_json(graph: Lineage, language: str, default: str) -> str:
    nodes = [
        {
            "id": n.id,
            "kind": n.kind,
            "name": n.name,
            "label": _label(n, language, default) or None,
            "path": n.span.file.path if n.span is not None else None,
            "line": n.span.line if n.span is not None else None,
            "library": n.library,
        }
        for n in graph.nodes
    ]
    edges = [{"from": e.start, "to": e.end, "use": e.use.value} for e in graph.edges]
    document = {"schema": SCHEMA, "asked": list(graph.asked), "nodes": nodes, "edges": edges}
    return json.dumps(document, ensure_ascii=False, indent=2)


def lineage_text(graph: Lineage, language: str, default: str) -> str:
    """A tree both ways from what was asked for; of a whole project what stands directly around each thing."""
    if not graph.nodes:
        return "nothing is defined"
    if not graph.asked:
        return "\n\n".join(_neighbours(n, graph, language, default) for n in graph.nodes if n.kind != "input")
    head = graph.node(graph.asked[0])
    assert head is not None
    parts = [_titled(head, language, default)]
    parts += [
        _block(title, list(_branches(graph, head.id, _ahead(graph, back), back, set()))) for title, back in _SIDES
    ]
    for id in graph.asked[1:]:
        uses = list(_branches(graph, id, _ahead(graph, back=False), False, {head.id}))
        parts.append(_block(f"column {visible(_name(graph, id))}", uses or ["used by nothing"]))
    return "\n\n".join(p for p in parts if p)


_SIDES = (("What it is made of", True), ("What uses it", False))


def _titled(node: Node, language: str, default: str) -> str:
    label = _label(node, language, default)
    return _called(node) + (f": {visible(label)}" if label else "")


def _called(node: Node) -> str:
    """A node in words; a document of the library is said to be one."""
    name = node.id.partition(".")[2] if node.id.count(".") > 1 and node.kind != "input" else node.name
    return f"{NOUNS.get(node.kind, node.kind)} {visible(name)}"


def _label(node: Node, language: str, default: str) -> str:
    return " ".join(node.label.get(language, default).split()) if node.label is not None else ""


def _name(graph: Lineage, id: str) -> str:
    node = graph.node(id)
    return node.name if node is not None else id


def _block(title: str, lines: list[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else ""


def _ahead(graph: Lineage, back: bool) -> Mapping[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        found.setdefault(edge.end if back else edge.start, []).append(edge)
    return found


def _branches(
    graph: Lineage, id: str, ahead: Mapping[str, list[Edge]], back: bool, said: set[str], path: tuple[Use, ...] = ()
) -> Iterator[str]:
    """What stands around a node, then what stands around that; what was spelt out above is named only."""
    for edge in (e for e in ahead.get(id, ()) if _leads_on(e.use, path)):
        other = edge.start if back else edge.end
        way = (*path, edge.use)
        more = any(_leads_on(e.use, way) for e in ahead.get(other, ()))
        again = more and (other in said or len(way) >= _DEPTH)
        node = graph.node(other)
        assert node is not None
        words = WORDS[edge.use][0 if back else 1]
        yield "  " * len(path) + f"{words} {_called(node)}" + (" ..." if again else "")
        if more and not again:
            said.add(other)
            yield from _branches(graph, other, ahead, back, said, way)


def _leads_on(use: Use, path: tuple[Use, ...]) -> bool:
    """Whether a tree goes on along an edge: what a parent reads its child may have replaced, and asides end."""
    if not path:
        return True
    if path[-1] in ASIDE or use in ASIDE:
        return False
    return (use is Use.EXTENDS) == (path[-1] is Use.EXTENDS)


def _neighbours(node: Node, graph: Lineage, language: str, default: str) -> str:
    """A thing with what stands directly around it; an input stands for what it reads, and for its KPI."""
    lines = [_titled(node, language, default)]
    for back in (True, False):
        around: dict[str, dict[str, None]] = {}
        for edge in neighbours(graph, node.id, back=back):
            other = graph.node(edge.start if back else edge.end)
            assert other is not None
            around.setdefault(WORDS[edge.use][0 if back else 1], {})[_called(other)] = None
        lines += [f"  {words} {', '.join(others)}" for words, others in around.items()]
    return "\n".join(lines)


_MERMAID = {
    "dataset": '[("{}")]',
    "column": '(["{}"])',
    "input": '["{}"]',
    "kpi": '{{{{"{}"}}}}',
    "scorecard": '[["{}"]]',
    "benchmark": '[/"{}"/]',
    "function": '>"{}"]',
}


def lineage_mermaid(graph: Lineage, language: str, default: str) -> str:
    """A flowchart. Nodes are numbered, so that no name can be a word of Mermaid's."""
    at = {n.id: f"n{i}" for i, n in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [
        f"  {at[n.id]}{_MERMAID.get(n.kind, _MERMAID['input']).format(_entities(_titled(n, language, default)))}"
        for n in graph.nodes
    ]
    for edge in graph.edges:
        arrow = "-.->" if edge.use in ASIDE else "==>" if edge.use is Use.EXTENDS else "-->"
        words = "" if edge.use is Use.COMPUTES else f"|{edge.use.value}|"
        lines.append(f"  {at[edge.start]} {arrow}{words} {at[edge.end]}")
    return "\n".join(lines)


def _entities(text: str) -> str:
    """Text for a quoted label: all but letters, digits and harmless marks as Mermaid's entity codes."""
    return "".join(c if c.isalnum() or c in " _.-" else f"#{ord(c)};" for c in text)


_DOT = {
    "dataset": "cylinder",
    "column": "ellipse",
    "input": "box",
    "kpi": "hexagon",
    "scorecard": "component",
    "benchmark": "parallelogram",
    "function": "cds",
}


def lineage_dot(graph: Lineage, language: str, default: str) -> str:
    """A digraph for Graphviz."""
    lines = ["digraph lineage {", "  rankdir=LR;"]
    for n in graph.nodes:
        lines.append(
            f"  {_quoted(n.id)} [label={_quoted(_titled(n, language, default))}, shape={_DOT.get(n.kind, 'box')}];"
        )
    for edge in graph.edges:
        style = ", style=dotted" if edge.use in ASIDE else ", style=bold" if edge.use is Use.EXTENDS else ""
        lines.append(f"  {_quoted(edge.start)} -> {_quoted(edge.end)} [label={edge.use.value}{style}];")
    return "\n".join([*lines, "}"])


def _quoted(text: str) -> str:
    r"""A quoted DOT string: neither its escapes (`\N` is the node's name) nor its entities can be meant by a name."""
    inert = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{inert}"'
