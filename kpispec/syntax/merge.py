"""`extends`: a document over the one it adds to."""

from dataclasses import replace

from kpispec.syntax.nodes import Document, Entry, Map, Node, Scalar, Seq
from kpispec.syntax.read import part

# What a document says of itself only.
NOT_INHERITED = frozenset({"extends", "tests", "accept", "lifecycle", "label", "description"})


def extend(child: Document, parent: Document) -> Document:
    """The child with what it takes over from its parent, whose own `extends` is already flattened.

    Maps merge key by key at every depth, lists and scalars replace, `key: null` removes, `where` is joined. Every key
    keeps the place it came from. The result no longer says `extends`.
    """
    own = child.node.entries[0]
    inherited = tuple(e for e in parent.node.entries[1:] if e.name not in NOT_INHERITED)
    added = tuple(e for e in child.node.entries[1:] if e.name != "extends")
    merged = _merge(Map(inherited, parent.node.span), Map(added, child.node.span), top=True)
    return replace(child, node=Map((own, *merged.entries), child.node.span), parent=parent)


def _merge(parent: Map, child: Map, *, top: bool = False) -> Map:
    kept = [_over(entry, child.entry(entry.name), top) for entry in parent.entries]
    new = (_without_nulls(e) for e in child.entries if parent.entry(e.name) is None)
    return Map(tuple(entry for entry in (*kept, *new) if entry is not None), child.span)


def _over(parent: Entry, child: Entry | None, top: bool) -> Entry | None:
    """One key of the parent under what the child says of it; `None` when the child removes it."""
    if child is None:
        return parent
    if _is_null(child.value):
        return None
    if child.name == "where":
        return Entry(child.key, _joined(parent.value, child.value))
    if top and child.name == "inputs" and isinstance(parent.value, Map) and isinstance(child.value, Map):
        return Entry(child.key, _merge(_spelt_out(parent.value, child.value), _spelt_out(child.value, parent.value)))
    if isinstance(parent.value, Map) and isinstance(child.value, Map) and not _other_form(parent.value, child.value):
        return Entry(child.key, _merge(parent.value, child.value))
    return _without_nulls(child)


def _other_form(parent: Map, child: Map) -> bool:
    """An input that reads a KPI takes the place of one that reads rows, and the other way round."""
    forms = (("kpi", "dataset"), ("dataset", "kpi"), ("kpi", "expr"), ("expr", "kpi"))
    return any(child.get(mine) is not None and parent.get(theirs) is not None for mine, theirs in forms)


def _joined(parent: Node, child: Node) -> Node:
    """Two filters as a list, of which all must hold."""
    conditions = [*_conditions(parent), *_conditions(child)]
    return Seq(tuple(conditions), child.span)


def _conditions(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Seq) else (node,)


def _spelt_out(inputs: Map, other: Map) -> Map:
    """Inputs written as `dataset.column` as `{dataset, expr}`, where the other document speaks of them too."""
    spelt = (Entry(e.key, _as_map(e.value)) if other.entry(e.name) else e for e in inputs.entries)
    return Map(tuple(spelt), inputs.span)


def _as_map(node: Node) -> Node:
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or "." not in node.value.strip("."):
        return node
    dot = node.text.value.index(".")
    words = {"dataset": part(node.text, 0, dot), "expr": part(node.text, dot + 1, len(node.text.value))}
    made = (
        Entry(
            Scalar(name, replace(text, value=name, offsets=(text.span.start,) * len(name))),
            Scalar(text.value, text, node.quoted),
        )
        for name, text in words.items()
    )
    return Map(tuple(made), node.span)


def _without_nulls(entry: Entry) -> Entry | None:
    """A key that only the child has; there is nothing for its nulls to remove."""
    if _is_null(entry.value):
        return None
    if not isinstance(entry.value, Map):
        return entry
    inside = (_without_nulls(e) for e in entry.value.entries)
    return Entry(entry.key, Map(tuple(e for e in inside if e is not None), entry.value.span))


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None
