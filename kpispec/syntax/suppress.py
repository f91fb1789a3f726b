"""`# kpispec: ignore[rule] reason`: findings that a comment on their line, or on the line above, silences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from kpispec.diagnostics import Finding, Findings
from kpispec.rules import RULES
from kpispec.source import SourceFile, Span

IGNORE = re.compile(r"(?:^|(?<=\s))#[ \t]*kpispec:[ \t]*ignore\[([^\]\n]*)\]")
_SLUG = re.compile(r"[^\s,]+")
# Found only where the data, the date or all languages are looked at: a run without them cannot say that their comment
# is of no use.
_FOUND_LATER = frozenset({"missing-column", "bad-binding", "undeclared-dataset", "expired", "missing-language"})


@dataclass(frozen=True, slots=True)
class _Ignore:
    rule: str
    span: Span
    lines: tuple[int, ...]


def apply_ignores(files: Iterable[SourceFile], findings: Findings) -> Findings:
    """The findings that no comment silences. A comment that silences nothing is a finding of its own."""
    ignores = [ignore for file in files for ignore in _ignores(file)]
    if not ignores:
        return findings
    kept, used = Findings(), set[_Ignore]()
    for finding in findings:
        silencing = [ignore for ignore in ignores if _silences(ignore, finding)]
        used.update(silencing)
        if not silencing:
            kept.keep(finding)
    for ignore in ignores:
        if ignore not in used and ignore.rule not in _FOUND_LATER:
            _unused(ignore, kept)
    return kept


def unsilenced(files: Iterable[SourceFile], findings: Findings) -> Findings:
    """The findings of a later look that no comment silences."""
    ignores = [ignore for file in files for ignore in _ignores(file)]
    kept = Findings()
    for finding in findings:
        if not any(_silences(ignore, finding) for ignore in ignores):
            kept.keep(finding)
    return kept


def silenced_lines(file: SourceFile) -> dict[int, frozenset[str]]:
    """The rules that comments silence, by line."""
    found: dict[int, frozenset[str]] = {}
    for ignore in _ignores(file):
        for line in ignore.lines:
            found[line] = found.get(line, frozenset()) | {ignore.rule}
    return found


def _silences(ignore: _Ignore, finding: Finding) -> bool:
    span = finding.span
    if span is None or finding.rule != ignore.rule:
        return False
    return span.file.path == ignore.span.file.path and span.line in ignore.lines


def _ignores(file: SourceFile) -> Iterable[_Ignore]:
    for found in IGNORE.finditer(file.text):
        line, _ = file.position(found.start())
        alone = file.line(line).lstrip().startswith("#")
        lines = _below(file, line) if alone else (line,)
        for slug in _SLUG.finditer(file.text, found.start(1), found.end(1)):
            yield _Ignore(slug.group(), Span(file, slug.start(), slug.end()), lines)


def _below(file: SourceFile, line: int) -> tuple[int, ...]:
    """The line under a comment that stands alone; further comments in between are passed over."""
    below = line + 1
    while below <= file.line_count and file.line(below).lstrip().startswith("#"):
        below += 1
    return (below,)


def _unused(ignore: _Ignore, kept: Findings) -> None:
    if ignore.rule in RULES:
        message, help = f"no `{ignore.rule}` is found here", "delete the comment"
    else:
        message = f"`{ignore.rule}` is not a rule"
        close = get_close_matches(ignore.rule, RULES, 1)
        help = f"did you mean `{close[0]}`?" if close else "delete the comment"
    kept.add("unused-ignore", message, subject=ignore.span.file.path, span=ignore.span, help=help)
