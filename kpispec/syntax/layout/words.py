"""What is written on one line: scalars, and lists and maps between brackets."""

from kpispec.syntax.kinds import BANDS
from kpispec.syntax.layout.order import Block, inner, of_items, ordered
from kpispec.syntax.layout.tree import Branch, Leaf, Pair, Tree, leaves, names
from kpispec.syntax.mishaps import quoted
from kpispec.syntax.scalars import resolve
from kpispec.syntax.shapes import Shape

# An input says where it reads and one thing more on a line; with more it becomes a block.
_SOURCE = frozenset({"dataset", "expr", "kpi"})


class UnmovableError(Exception):
    """The document holds a key that is written in a way that cannot be moved."""


def word(text: str, leaf: Leaf, role: str | None) -> str:
    """A scalar as it will be written. `role` is its key, where the tables know it by name."""
    before = text[leaf.start : leaf.own]
    if role == "unit" and leaf.words == "%":
        return f"{before}percent"
    if role in BANDS and not leaf.style and leaf.own < leaf.end and isinstance(resolve(leaf.words), str):
        return before + quoted(leaf.words)
    return text[leaf.start : leaf.end].rstrip()


def key(text: str, leaf: Leaf, bare_before: str) -> str:
    """A key and its colon. Raises UnmovableError for one that is marked by a `?` or takes several lines."""
    written = text[leaf.start : leaf.end]
    if "?" in bare_before or "\n" in written:
        raise UnmovableError(written)
    return f"{written} :" if leaf.style == "*" else f"{written}:"


def inline(text: str, tree: Tree, shape: Shape, role: str | None = None) -> str:
    """A value on one line, its keys in order. It holds no comment and no words over several lines."""
    if isinstance(tree, Leaf):
        return word(text, tree, role)
    before = text[tree.start : tree.own].rstrip()
    if tree.mapping:
        made = "{" + ", ".join(_inline_pairs(text, tree, shape)) + "}"
    else:
        made = "[" + ", ".join(inline(text, item, of_items(shape)) for item in tree.items) + "]"
    return f"{before} {made}" if before else made


def _inline_pairs(text: str, tree: Branch, shape: Shape) -> list[str]:
    blocks: list[Block] = []
    for pair in tree.pairs:
        shaped, known = inner(shape, pair.key.words)
        value = inline(text, pair.value, shaped, pair.key.words if known else None)
        written = key(text, pair.key, text[pair.key.start - 1 : pair.key.start])
        blocks.append(Block(pair.key.words, (), (f"{written} {value}",), anchors(text, pair)))
    return [block.lines[0] for block in (ordered(blocks, shape) if blocks else ())]


def anchors(text: str, pair: Pair) -> frozenset[str]:
    """The anchors that are set or used in a key and its value."""
    return frozenset({*names(pair.key), *names(pair.value)}) if "&" in text else frozenset()


def on_one_line(text: str, tree: Tree) -> bool:
    """Whether every word of a value stands on one line."""
    return not any("\n" in text[leaf.start : leaf.end] for leaf in leaves(tree))


def is_row(tree: Tree) -> bool:
    """Whether a value is a map of words only, as the rows of tests are: below each other they read like a table."""
    return isinstance(tree, Branch) and tree.mapping and all(isinstance(pair.value, Leaf) for pair in tree.pairs)


def too_much(tree: Tree, shape: Shape) -> bool:
    """Whether a value says more than people read at a glance, however short it is."""
    if isinstance(tree, Leaf):
        return False
    if {"dataset", "expr"} <= set(shape.get("properties", ())):
        return sum(pair.key.words not in _SOURCE for pair in tree.pairs) > 1
    return any(too_much(pair.value, inner(shape, pair.key.words)[0]) for pair in tree.pairs) or any(
        too_much(item, of_items(shape)) for item in tree.items
    )
