"""`# kpispec: equivalent[before -> after] reason`: a mutant that changes nothing that matters, as its author says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kpispec.source import SourceFile, Span

_COMMENT = re.compile(r"(?:^|(?<=\s))#[ \t]*kpispec:[ \t]*equivalent\[(.+?)\](?=[ \t]|$)(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Equivalent:
    """`change` as the list of mutants shows it, in the document that the comment stands in."""

    change: str
    reason: str
    span: Span

    def silences(self, change: str, span: Span) -> bool:
        return self.change == change and self.same_document(span)

    def same_document(self, span: Span) -> bool:
        """Whether a place is in the document that the comment stands in."""
        return span.file is self.span.file and _document(span) == _document(self.span)


def equivalents(file: SourceFile) -> Iterator[Equivalent]:
    """The comments of a file, those without a reason among them."""
    for found in _COMMENT.finditer(file.text):
        yield Equivalent(" ".join(found[1].split()), found[2].strip(), Span(file, found.start(), found.end()))


def _document(span: Span) -> int:
    """The number of a place's document in its file."""
    return span.file.text.count("\n---", 0, span.start)
