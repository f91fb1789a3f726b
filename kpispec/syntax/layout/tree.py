"""One document as it is written: where each key and value stands, with anchors, aliases and styles as such."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml as pyyaml

from kpispec.syntax.yaml import LOADER

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s*")
_DASH = re.compile(r"#[^\n]*|-")
_INDENT_FIGURE = re.compile(r"[|>][-+]?([1-9])")
BLOCK = ("|", ">")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an alias at [start, end), its anchor included; `words` are what it says, `own` where they begin."""

    start: int
    end: int
    own: int
    style: str  # one of `|` `>` `'` `"`, `*` for an alias, empty for plain words
    words: str
    anchor: str | None = None
    body: tuple[str, ...] = ()  # the lines of a block scalar without their indentation


@dataclass(frozen=True, slots=True)
class Pair:
    key: Leaf
    value: "Tree"


@dataclass(frozen=True, slots=True)
class Branch:
    """A map of pairs or a list of items; `own` is where its first key, dash or bracket stands."""

    start: int
    end: int
    own: int
    flow: bool
    anchor: str | None = None
    pairs: tuple[Pair, ...] = ()
    items: tuple["Tree", ...] = ()
    mapping: bool = False


Tree = Leaf | Branch


def tree_of(text: str) -> Tree | None:
    """The tree of one document; `None` where there is nothing but comments. The text must be one that YAML can read."""
    reader = _Reader(text, iter(pyyaml.parse(text, Loader=LOADER)))
    for event in reader.events:
        if isinstance(event, pyyaml.NodeEvent):
            return reader.node(event, -1)
    return None


def leaves(tree: Tree) -> Iterator[Leaf]:
    """Every scalar and alias, in the order of the text."""
    if isinstance(tree, Leaf):
        yield tree
        return
    for pair in tree.pairs:
        yield pair.key
        yield from leaves(pair.value)
    for item in tree.items:
        yield from leaves(item)


def names(tree: Tree) -> Iterator[str]:
    """The anchors that stand in a tree, whether they are set or used there."""
    if isinstance(tree, Branch):
        children = [*(p.key for p in tree.pairs), *(p.value for p in tree.pairs), *tree.items]
        for child in children:
            yield from names(child)
    if tree.anchor is not None:
        yield tree.anchor


@dataclass(slots=True)
class _Reader:
    text: str
    events: Iterator[pyyaml.Event]

    def node(self, event: pyyaml.NodeEvent, column: int) -> Tree:
        """`column` is that of the innermost block around it, -1 at the root: block scalars count from there."""
        start, end = _place(event)
        match event:
            case pyyaml.AliasEvent():
                return Leaf(start, end, start, "*", "", event.anchor)
            case pyyaml.ScalarEvent():
                return self._leaf(event, start, end, column)
            case pyyaml.MappingStartEvent():
                return self._map(event, start, column)
            case _:
                return self._list(event, start, column)

    def _own(self, start: int, end: int) -> int:
        found = _ANCHOR.match(self.text, start, end)
        return found.end() if found else start

    def _leaf(self, event: pyyaml.ScalarEvent, start: int, end: int, column: int) -> Leaf:
        own = self._own(start, end) if event.anchor else start
        style = event.style or ""
        if style not in BLOCK:
            return Leaf(start, end, own, style, event.value, event.anchor)
        body = _body(self.text[own:end], column)
        end = _lines_end(self.text, own, len(body))
        return Leaf(start, end, own, style, event.value, event.anchor, body)

    def _map(self, event: pyyaml.CollectionStartEvent, start: int, column: int) -> Branch:
        flow = bool(event.flow_style)
        pairs: list[Pair] = []
        while not isinstance(inner := next(self.events), pyyaml.MappingEndEvent):
            assert isinstance(inner, pyyaml.NodeEvent)
            if not pairs and not flow:
                column = _column(self.text, _place(inner)[0])
            key = self.node(inner, column)
            value = next(self.events)
            assert isinstance(key, Leaf)
            assert isinstance(value, pyyaml.NodeEvent)
            pairs.append(Pair(key, self.node(value, column)))
        own = self._own(start, len(self.text)) if flow or not pairs else pairs[0].key.start
        end = _place(inner)[1] if flow else (pairs[-1].value.end if pairs else start)
        return Branch(start, end, own, flow, event.anchor, pairs=tuple(pairs), mapping=True)

    def _list(self, event: pyyaml.NodeEvent, start: int, column: int) -> Branch:
        assert isinstance(event, pyyaml.CollectionStartEvent)
        flow = bool(event.flow_style)
        own = self._own(start, len(self.text))
        if not flow:
            own = self._dash(own)
            column = _column(self.text, own)
        items: list[Tree] = []
        while not isinstance(inner := next(self.events), pyyaml.SequenceEndEvent):
            assert isinstance(inner, pyyaml.NodeEvent)
            items.append(self.node(inner, column))
        end = _place(inner)[1] if flow else (max(own + 1, items[-1].end) if items else start)
        return Branch(start, end, own, flow, event.anchor, items=tuple(items))

    def _dash(self, at: int) -> int:
        """The first dash from here that is in no comment."""
        while (found := _DASH.search(self.text, at)) is not None:
            if found.group() == "-":
                return found.start()
            at = found.end()
        return at


def _place(event: pyyaml.Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return start.index, end.index


def _column(text: str, at: int) -> int:
    return at - (text.rfind("\n", 0, at) + 1)


def _body(written: str, column: int) -> tuple[str, ...]:
    """The lines of a block scalar without their indentation; blank ones at the end only where they count."""
    header, *lines = written.split("\n")
    figure = _INDENT_FIGURE.match(header)
    first = next((line for line in lines if line.strip(" ")), "")
    indent = max(0, column) + int(figure[1]) if figure else len(first) - len(first.lstrip(" "))
    body = [line[indent:] for line in lines]
    if "+" in header.split("#")[0]:
        return tuple(body[:-1] if written.endswith("\n") or not lines[-1].strip(" ") else body)
    while body and not body[-1]:
        body.pop()
    return tuple(body)


def _lines_end(text: str, at: int, count: int) -> int:
    """The end of the line so many lines further down."""
    for _ in range(count):
        at = text.index("\n", at) + 1
    end = text.find("\n", at)
    return len(text) if end < 0 else end
