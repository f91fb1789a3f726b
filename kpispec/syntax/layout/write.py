"""A document in canonical order and layout. Words and comments are copied from the text, never made anew."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from kpispec.syntax.layout.order import Block, inner, of_items, ordered
from kpispec.syntax.layout.remarks import Remarks, remarks
from kpispec.syntax.layout.tree import BLOCK, Branch, Leaf, Tree, leaves, tree_of
from kpispec.syntax.layout.words import UnmovableError, anchors, inline, is_row, key, on_one_line, too_much, word
from kpispec.syntax.shapes import Shape

WIDTH = 100  # columns; what is past them is broken where it can be
_STEP = "  "
_HEADER = re.compile(r"[|>][-+0-9]*")
# Stands below a text that keeps the blank lines at its end (`|+`), until the document is whole: a blank line that
# another key brought along would become part of it. The character cannot stand in a readable text.
_KEEPS = "\0"
_COMMENTED = re.compile(r"#[^\n]*")


@dataclass(slots=True)
class _Laid:
    """A value as it will stand: what follows its key on the line, the comment there, and the lines below.

    `lead` are comments between key and value. Lines count from the column of the key.
    """

    head: str = ""
    body: list[str] = field(default_factory=list)
    note: str = ""
    lead: list[str] = field(default_factory=list)
    form: Literal["words", "lines", "block"] = "words"  # one line; words over several; keys or items below


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value goes: its key's column, the room its key takes, where that stood, and what comes next."""

    column: int
    used: int
    opened: int
    limit: int
    role: str | None = None
    row: bool = False  # an item of a list, all of whose values are words


def written(text: str, shape: Shape, governed: frozenset[int]) -> list[str]:
    """The lines of one document. `governed` are the lines (from 0) on which comments silence findings."""
    tree = tree_of(text)
    if isinstance(tree, Leaf) or (isinstance(tree, Branch) and (not tree.pairs or tree.own != tree.start)):
        return _as_it_is(text)
    pending = remarks(text, leaves(tree) if tree is not None else ())
    if tree is None:
        return _ended(_topped(pending.above(len(text))))
    bare = _COMMENTED.sub(lambda found: " " * len(found.group()), text)
    try:
        lead, lines = _Writer(text, bare, pending, governed).collection(tree, shape, 0, len(text))
    except UnmovableError:
        return _as_it_is(text)
    return list(_closed([*lead, *lines, *_ended(pending.above(len(text)))]))


def _closed(lines: list[str]) -> Iterator[str]:
    """Without the marks below texts that keep their blank lines, nor the blank lines that follow them."""
    kept = False
    for line in lines:
        kept = line.endswith(_KEEPS) or (kept and not line)
        if not kept:
            yield line


def _as_it_is(text: str) -> list[str]:
    return text.strip("\n").split("\n")


def _topped(lines: list[str]) -> list[str]:
    """Without blank lines at the top."""
    return lines[1:] if lines and not lines[0] else lines


def _ended(lines: list[str]) -> list[str]:
    """Without blank lines at the end."""
    return lines[:-1] if lines and not lines[-1] else lines


def _indented(lines: list[str]) -> list[str]:
    return [_STEP + line if line else line for line in lines]


def _noted(line: str, note: str) -> str:
    return f"{line}  {note}" if note else line


@dataclass(frozen=True, slots=True)
class _Writer:
    text: str
    bare: str
    remarks: Remarks
    governed: frozenset[int]

    def collection(
        self, tree: Branch, shape: Shape, column: int, limit: int, outer: int = -1
    ) -> tuple[list[str], list[str]]:
        """A map or list as a block: the comments above it, and its lines.

        `limit` is where the next words stand. Comments further down belong to it as long as they stand right of
        `outer`, the column of the key that holds it: the dashes of a list may stand below that key.
        """
        make = self._pairs if tree.mapping else self._items
        blocks = make(tree, shape, column, tree.end if tree.flow else limit)
        if tree.flow:
            foot = [line for line in self.remarks.above(tree.end) if line]
        else:
            foot = self.remarks.below(limit, max(self._column(tree.own), outer + 1))
        if tree.mapping:
            blocks = ordered(blocks, shape)
        lines = list(blocks[0].lines)
        for block in blocks[1:]:
            lines += [*block.lead, *block.lines]
        return _topped(list(blocks[0].lead)), [*lines, *foot]

    def _pairs(self, tree: Branch, shape: Shape, column: int, limit: int) -> list[Block]:
        blocks: list[Block] = []
        at = tree.own
        for number, pair in enumerate(tree.pairs):
            following = tree.pairs[number + 1].key.start if number + 1 < len(tree.pairs) else limit
            lead = self.remarks.above(pair.key.start)
            name = key(self.text, pair.key, self.bare[at : pair.key.start])
            shaped, known = inner(shape, pair.key.words)
            place = _Place(column, len(name) + 1, pair.key.start, following, pair.key.words if known else None)
            lines = _under(name, self._value(pair.value, shaped, place))
            at = pair.value.end
            blocks.append(
                Block(
                    pair.key.words,
                    tuple(lead),
                    tuple(lines),
                    anchors(self.text, pair),
                    self._governs(pair.key.start, pair.key.start),
                )
            )
        return blocks

    def _items(self, tree: Branch, shape: Shape, column: int, limit: int) -> list[Block]:
        places = self._item_places(tree)
        blocks: list[Block] = []
        for number, item in enumerate(tree.items):
            following = places[number + 1] if number + 1 < len(places) else limit
            lead = self.remarks.above(places[number])
            place = _Place(column, len("- "), places[number], following, row=is_row(item))
            laid = self._value(item, of_items(shape), place)
            if not self._joins_dash(laid, item, places[number]):
                blocks.append(Block("", tuple(lead), tuple(_under("-", laid))))
                continue
            first, *others = laid.body
            lines = (f"- {first.removeprefix(_STEP)}", *others)
            blocks.append(Block("", (*lead, *laid.lead), lines))
        return blocks

    def _joins_dash(self, laid: _Laid, item: Tree, dash: int) -> bool:
        """Whether the first line of an item follows its dash: not past a comment, nor to be silenced with it."""
        if laid.head or laid.note or not laid.body or (laid.lead and laid.form != "block"):
            return False
        own = item.own
        return "\n" not in self.text[dash:own] or not (self._governs(dash, dash) or self._governs(own, own))

    def _item_places(self, tree: Branch) -> list[int]:
        """Where the dash of each item stands, or the item itself between brackets."""
        if tree.flow:
            return [item.start for item in tree.items]
        places: list[int] = []
        at = tree.own
        for item in tree.items:
            places.append(self.bare.index("-", at))
            at = max(places[-1] + 1, item.end)
        return places

    def _value(self, tree: Tree, shape: Shape, place: _Place) -> _Laid:
        if isinstance(tree, Branch) and not tree.flow:
            note = self.remarks.beside(tree.own)  # behind its anchor too
            outer = self._column(place.opened)
            lead, lines = self.collection(tree, shape, place.column + len(_STEP), place.limit, outer)
            return _Laid(self._anchor(tree), _indented(lines), note, lead, "block")
        note = self.remarks.beside(tree.start)
        lead = _topped(self.remarks.above(tree.start))
        laid = self._leaf(tree, place) if isinstance(tree, Leaf) else self._between_brackets(tree, shape, place)
        _end_note(laid, self.remarks.beside(place.limit))
        return _below(laid, note, lead) if note or lead else laid

    def _column(self, at: int) -> int:
        return at - (self.text.rfind("\n", 0, at) + 1)

    def _anchor(self, tree: Branch) -> str:
        return self.text[tree.start : tree.own].split()[0] if tree.anchor else ""

    def _leaf(self, leaf: Leaf, place: _Place) -> _Laid:
        if leaf.style in BLOCK:
            return self._text_block(leaf)
        below = "\n" in self.text[place.opened : leaf.start]
        if "\n" in self.text[leaf.start : leaf.end]:
            first, *others = _several(self.text[leaf.start : leaf.end], leaf.style)
            return (
                _Laid("", _indented([first, *others]), form="lines")
                if below
                else _Laid(first, _indented(others), form="lines")
            )
        words = word(self.text, leaf, place.role)
        return self._one_line(words, place, leaf.start, below=below)

    def _one_line(self, words: str, place: _Place, start: int, *, below: bool) -> _Laid:
        """Words below their key join it where they fit, and where no comment silences one of the two lines."""
        room = WIDTH - place.column - place.used
        silenced = self._governs(place.opened, place.opened) or self._governs(start, start)
        if below and (len(words) > room or silenced):
            return _Laid("", _indented([words]), form="lines")
        return _Laid(words)

    def _text_block(self, leaf: Leaf) -> _Laid:
        header = _HEADER.match(self.text, leaf.own)
        assert header is not None
        figure = re.search(r"[1-9]", header.group())
        indent = " " * (int(figure.group()) if figure else len(_STEP))
        body = [indent + line if line else line for line in leaf.body]
        if "+" in header.group():
            body.append(_KEEPS)
        return _Laid(self.text[leaf.start : leaf.own] + header.group(), body)

    def _between_brackets(self, tree: Branch, shape: Shape, place: _Place) -> _Laid:
        governed = self._governs(place.opened, tree.end)
        if governed and "\n" in self.text[tree.start : tree.end]:
            return self._untouched(tree)
        children = [*(pair.key for pair in tree.pairs), *tree.items]
        if not children or (not self.remarks.any_within(tree.start, tree.end) and on_one_line(self.text, tree)):
            words = inline(self.text, tree, shape)
            stays = place.row and "\n" not in self.text[tree.start : tree.end]
            fits = stays or len(words) <= WIDTH - place.column - place.used
            if governed or not children or (fits and not too_much(tree, shape)):
                below = "\n" in self.text[place.opened : tree.start]
                return self._one_line(words, place, tree.start, below=below)
        note = self.remarks.beside(children[0].start)
        lead, lines = self.collection(tree, shape, place.column + len(_STEP), tree.end)
        return _Laid(self._anchor(tree), _indented(lines), note, lead, "block")

    def _untouched(self, tree: Branch) -> _Laid:
        self.remarks.drop(tree.end)
        first, *others = self.text[tree.start : tree.end].split("\n")
        margin = min(len(line) - len(line.lstrip()) for line in others if line.strip())
        return _Laid(first.rstrip(), _indented([line[margin:].rstrip() for line in others]), form="lines")

    def _governs(self, start: int, end: int) -> bool:
        """Whether a comment silences findings on one of the lines of [start, end]."""
        if not self.governed:
            return False
        first = self.text.count("\n", 0, start)
        last = first + self.text.count("\n", start, end)
        return any(line in self.governed for line in range(first, last + 1))


def _several(written: str, style: str) -> list[str]:
    """Words over several lines, each without its margin and the blanks behind it, which YAML does not read."""
    first, *others = written.split("\n")
    lines = [first, *(line.lstrip() for line in others)]
    return [line if style == '"' and line.rstrip().endswith("\\") else line.rstrip() for line in lines]


def _end_note(laid: _Laid, note: str) -> None:
    """Put the comment behind a value where its end will be."""
    if not note:
        return
    if laid.form == "lines":
        laid.body[-1] = _noted(laid.body[-1], note)
    elif laid.note:
        laid.body.append(_STEP + note)
    else:
        laid.note = note


def _below(laid: _Laid, note: str, lead: list[str]) -> _Laid:
    """The value under its key, as there are comments between the two."""
    if laid.form == "block":
        before = [laid.note] if laid.note and note else []
        return _Laid(laid.head, laid.body, note or laid.note, [*lead, *before, *laid.lead], "block")
    head = [_STEP + _noted(laid.head, laid.note)] if laid.head else []
    return _Laid("", [*head, *laid.body], note, lead, "lines")


def _under(name: str, laid: _Laid) -> list[str]:
    line = f"{name} {laid.head}" if laid.head else name
    return [_noted(line, laid.note), *_indented(laid.lead), *laid.body]
