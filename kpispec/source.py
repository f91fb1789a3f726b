"""Texts and the places in them. Every later stage points at the user's own characters through these."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One text as it was read: `path` as people should see it, and its characters."""

    path: str
    text: str
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = find("\n", at + 1)
        object.__setattr__(self, "_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1, columns counted in characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line (from 1), without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")

    @property
    def line_count(self) -> int:
        return len(self._starts)


@dataclass(frozen=True, slots=True)
class Span:
    """The characters [start, end) of a file."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.file.position(self.start)[0]

    @property
    def column(self) -> int:
        return self.file.position(self.start)[1]

    @property
    def end_line(self) -> int:
        return self.file.position(self.end)[0]

    @property
    def end_column(self) -> int:
        """Column after the last character, so that `end_column - column` is a width on one line."""
        return self.file.position(self.end)[1]

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Text:
    """A word of a document after YAML's quoting and folding, and where each of its characters came from.

    `offsets[i]` is the place of `value[i]` in the file; `None` means that they follow each other from `span.start`.
    `span` covers the characters as written, quotes and block indicators excluded where they can be.
    """

    value: str
    span: Span
    offsets: tuple[int, ...] | None = None

    def at(self, start: int, end: int) -> Span:
        """Where the characters [start, end) of the value stand in the file."""
        if self.offsets is None:
            return Span(self.span.file, self.span.start + start, self.span.start + end)
        if start >= len(self.offsets):
            return Span(self.span.file, self.span.end, self.span.end)
        last = self.offsets[max(start, min(end, len(self.offsets)) - 1)]
        return Span(self.span.file, self.offsets[start], last + 1 if end > start else self.offsets[start])

    @classmethod
    def of(cls, value: str, path: str = "<text>") -> "Text":
        """A text that stands in no file: a command line's option, a test."""
        return cls(value, Span(SourceFile(path, value), 0, len(value)))
