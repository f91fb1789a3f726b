"""The order of keys: that of the tables of keys. Names that a writer gave keep the order they were given."""

from collections.abc import Sequence
from dataclasses import dataclass

from kpispec.syntax.shapes import Shape


@dataclass(frozen=True, slots=True)
class Block:
    """A key or an item, the comments above it, and the lines that move with it."""

    name: str
    lead: tuple[str, ...]
    lines: tuple[str, ...]
    anchors: frozenset[str] = frozenset()
    governed: bool = False  # a comment silences findings on its first line


def ordered(blocks: Sequence[Block], shape: Shape) -> list[Block]:
    """The blocks of a map in canonical order; a key that the table does not know stays behind the one before it.

    A map keeps its order where an alias would come before its anchor, and where what is found of the map as a whole,
    on its first line, would be silenced or no longer be.
    """
    ranks = {name: rank for rank, name in enumerate(shape.get("properties", ()))}
    keyed: list[tuple[int, Block]] = []
    rank = -1
    for block in blocks:
        rank = ranks.get(block.name, rank)
        keyed.append((rank, block))
    made = [block for _, block in sorted(keyed, key=lambda pair: pair[0])]
    if _share_anchors(blocks) or (made[0] is not blocks[0] and (made[0].governed or blocks[0].governed)):
        return list(blocks)
    return made


def _share_anchors(blocks: Sequence[Block]) -> bool:
    together = frozenset[str]().union(*(block.anchors for block in blocks))
    return len(together) < sum(len(block.anchors) for block in blocks)


def inner(shape: Shape, name: str) -> tuple[Shape, bool]:
    """What the tables say of the value of a key, and whether they know the key by name."""
    known = shape.get("properties", {}).get(name)
    found = shape.get("additionalProperties") if known is None else known
    return (found if isinstance(found, dict) else {}), known is not None


def of_items(shape: Shape) -> Shape:
    found = shape.get("items")
    return found if isinstance(found, dict) else {}
