"""Canonical layout: keys in the order of the tables, two spaces, one line or a block, comments where they belong."""

import re

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax.build import documents
from kpispec.syntax.kinds import SCHEMA_KINDS, schema
from kpispec.syntax.layout.same import same
from kpispec.syntax.layout.write import written
from kpispec.syntax.suppress import silenced_lines
from kpispec.syntax.yaml import SEPARATOR, parse

__all__ = ["MeaningError", "lay_out"]


_NOTE = re.compile(r"[ \t]+(#[^\n]*)")  # behind the mark of a document


class MeaningError(Exception):
    """The text laid out would not mean the same: a mistake of kpispec, of which nothing is written."""


def lay_out(file: SourceFile, findings: Findings) -> str | None:
    """The text in canonical layout; `None` where it cannot be read, for the reasons that are added to the findings.

    Raises MeaningError rather than giving a text of another meaning or without a comment.
    """
    before = len(findings)
    maps = parse(file, findings)
    if any(node.entries[0].name not in SCHEMA_KINDS for node in maps):
        documents(file, findings)
    if len(findings) > before:
        return None
    text = file.text.replace("\r\n", "\n")
    made = _laid_out(SourceFile(file.path, text if text.endswith("\n") else text + "\n"))
    if file.text.count("\r\n") * 2 > file.text.count("\n"):
        made = made.replace("\n", "\r\n")
    ended = SourceFile(file.path, file.text if file.text.endswith("\n") else file.text + "\n")
    if not same(ended, SourceFile(file.path, made)):
        raise MeaningError(file.path)
    return made


def _laid_out(file: SourceFile) -> str:
    """Documents one by one, between the marks that part them."""
    silenced = [line - 1 for line in silenced_lines(file)]
    lines: list[str] = []
    start = 0
    for found in SEPARATOR.finditer(file.text):
        lines += _document(file, start, found.start(), silenced)
        lines.append(found[1])
        start = found.end()
        if note := _NOTE.match(file.text, start):
            lines[-1] = f"{found[1]}  {note[1].rstrip()}"
            start = note.end()
    lines += _document(file, start, len(file.text), silenced)
    return "".join(f"{line}\n" for line in lines)


def _document(file: SourceFile, start: int, end: int, silenced: list[int]) -> list[str]:
    chunk = file.text[start:end]
    if not chunk.strip():
        return []
    first = file.position(start)[0] - 1
    read = parse(SourceFile(file.path, chunk), Findings())
    shape = schema(read[0].entries[0].name) if read else {}
    return written(chunk, shape, frozenset(line - first for line in silenced))
