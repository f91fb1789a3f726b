"""What stands between the words of a document: comments and blank lines, taken in the order of the text."""

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from kpispec.syntax.layout.tree import BLOCK, Leaf
from kpispec.syntax.suppress import IGNORE

_REMARK = re.compile(r"#[^\n]*|\n[ \t]*(?=\n)")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, or a blank line where `text` is empty. `alone`: nothing else stands on its line."""

    start: int
    text: str
    column: int
    alone: bool
    pinned: bool = False  # it silences the line below, wherever its own margin is


def remarks(text: str, words: Iterable[Leaf]) -> "Remarks":
    """Every remark outside of the words."""
    found: list[Remark] = []
    at = 0
    for leaf in words:
        found += _between(text, at, leaf.start)
        at = leaf.end
        if leaf.style in BLOCK:
            found += _between(text, leaf.own, text.find("\n", leaf.own))
    found += _between(text, at, len(text))
    return Remarks(deque(found))


def _between(text: str, start: int, end: int) -> Iterable[Remark]:
    for found in _REMARK.finditer(text, start, max(start, end)):
        if found.group()[0] == "\n":
            yield Remark(found.start() + 1, "", 0, alone=True)
            continue
        margin = text.rfind("\n", 0, found.start()) + 1
        alone = not text[margin : found.start()].strip()
        words, column = found.group().rstrip(), found.start() - margin
        yield Remark(found.start(), words, column, alone, alone and IGNORE.match(words) is not None)


@dataclass(slots=True)
class Remarks:
    pending: deque[Remark]

    def beside(self, until: int) -> str:
        """The comment at the end of the line of words just written, if there is one before a place."""
        if self.pending and not self.pending[0].alone and self.pending[0].start < until:
            return self.pending.popleft().text
        return ""

    def above(self, until: int) -> list[str]:
        """All lines before a place."""
        taken: list[str] = []
        while self.pending and self.pending[0].start < until:
            taken.append(self.pending.popleft().text)
        return single_spaced(taken)

    def below(self, until: int, column: int) -> list[str]:
        """The comments before a place that stand no further left than a column: the foot of the block that ends."""
        count = 0
        for number, remark in enumerate(self.pending):
            if remark.start >= until or remark.pinned or (remark.text and remark.column < column):
                break
            if remark.text:
                count = number + 1
        return single_spaced([self.pending.popleft().text for _ in range(count)])

    def any_within(self, start: int, end: int) -> bool:
        return any(start <= r.start < end and r.text for r in self.pending)

    def drop(self, until: int) -> None:
        while self.pending and self.pending[0].start < until:
            self.pending.popleft()


def single_spaced(lines: list[str]) -> list[str]:
    """The lines with one blank line where several follow each other."""
    return [line for number, line in enumerate(lines) if line or number == 0 or lines[number - 1]]
