"""Findings as people and machines read them: drawn text, JSON, workflow annotations. Plain strings out."""

import json
import unicodedata
from collections.abc import Iterable

from kpispec.diagnostics import Finding, Findings, Fix, Severity
from kpispec.source import Span

_SEVERITY_COLOUR = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}
_MOST_LINES = 6  # of a span that runs over more, only the first and the last are drawn
_TAB = 4
_WIDEST = 160  # of a quoted line; the rest is cut away around the carets


def text(findings: Findings, documents: int, *, colour: bool = False) -> str:
    """Every finding drawn with its source line, and the closing count."""
    drawn = [finding_text(finding, colour=colour) for finding in findings]
    return "\n\n".join([*drawn, count_line(findings, documents)]) + "\n"


def count_line(findings: Findings, documents: int) -> str:
    """`41 documents, 1 error, 2 warnings`; a count of zero is left out, and so are all where there is none."""
    notes = len(findings) - findings.errors - findings.warnings
    counts = ((findings.errors, "error"), (findings.warnings, "warning"), (notes, "note"))
    said = [_plural(count, word) for count, word in counts if count]
    return ", ".join([_plural(documents, "document"), *(said or ["no findings"])])


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def finding_text(finding: Finding, *, colour: bool = False) -> str:
    """One finding: what, where, the line with its characters underlined, the cure."""
    paint = _SEVERITY_COLOUR[finding.severity]
    head = f"{_painted(f'{finding.severity}[{finding.rule}]', f'1;{paint}', colour)}: {visible(finding.message)}"
    width = _gutter_width(finding)
    lines = [head]
    if finding.span is None:
        lines.append(f"{' ' * width}--> {visible(finding.subject)}")
    else:
        lines += _drawn(finding.span, "-->", width, paint, colour)
    for related in finding.related:
        lines += [
            f"{' ' * width} = note: {visible(related.message)}",
            *_drawn(related.span, "-->", width, "34", colour),
        ]
    if finding.help:
        lines.append(f"{' ' * width} = help: {visible(finding.help)}")
    if finding.fix:
        lines.append(f"{' ' * width} = fix: {_fix_words(finding.fix)}")
    return "\n".join(lines)


def _fix_words(fix: Fix) -> str:
    return visible(fix.title) if fix.safe else f"{visible(fix.title)} (look at it first)"


def _gutter_width(finding: Finding) -> int:
    spans = [finding.span, *(related.span for related in finding.related)]
    return max((len(str(span.end_line)) for span in spans if span is not None), default=1)


def _drawn(span: Span, arrow: str, width: int, paint: str, colour: bool) -> list[str]:
    bar = f"{' ' * width} |"
    lines = [f"{' ' * width}{arrow} {visible(span.file.path)}:{span.line}:{span.column}", bar]
    for number in _lines_shown(span):
        if number is None:
            lines.append(f"{'.' * width} |")
            continue
        quoted, carets = _underlined(span, number)
        lines.append(f"{number:>{width}} | {quoted}".rstrip())
        if carets.strip():
            lines.append(f"{bar} {_painted(carets, paint, colour)}")
    return lines


def _lines_shown(span: Span) -> list[int | None]:
    first, last = span.line, _last_line(span)
    if last - first < _MOST_LINES:
        return list(range(first, last + 1))
    return [first, first + 1, None, last]


def _last_line(span: Span) -> int:
    """The line of the last character: a span that ends with its line's break does not reach into the next."""
    return span.file.position(max(span.start, span.end - 1))[0]


def _underlined(span: Span, number: int) -> tuple[str, str]:
    """A source line as it is shown, and the carets under the characters of the span."""
    line = span.file.line(number)
    begin = span.file.position(span.start)[1] - 1 if number == span.line else len(line) - len(line.lstrip())
    end = span.file.position(max(span.start, span.end - 1))[1] if number == _last_line(span) else len(line)
    end = max(begin + 1, min(end, len(line)))
    shift = max(0, end - _WIDEST) if end > _WIDEST else 0
    shift = min(shift, begin)
    shown = line[shift : shift + _WIDEST]
    before, under = line[shift:begin], line[begin:end][:_WIDEST]
    ellipsis = "…" if shift else ""
    tail = "…" if len(line) > shift + _WIDEST else ""
    margin = " " * (len(ellipsis) + _columns(before, 0))
    return ellipsis + _expanded(shown) + tail, margin + "^" * max(1, _columns(under, _columns(before, 0)))


def _expanded(line: str) -> str:
    """Tabs as spaces, and what a terminal would act upon made visible."""
    made: list[str] = []
    column = 0
    for char in line:
        shown = " " * (_TAB - column % _TAB) if char == "\t" else visible(char)
        made.append(shown)
        column += _columns(char, column)
    return "".join(made)


def _columns(words: str, column: int) -> int:
    """How many columns of a terminal the words take up when they begin at a column."""
    start = column
    for char in words:
        column += _TAB - column % _TAB if char == "\t" else sum(_width(c) for c in visible(char))
    return column - start


def _width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def visible(words: str) -> str:
    """The words with control, bidirectional and other invisible characters spelt by code point."""
    if words.isascii() and words.isprintable():
        return words
    return "".join(char if _harmless(char) else f"\\u{{{ord(char):04x}}}" for char in words)


def _harmless(char: str) -> bool:
    return char in "\u200d\ufe0f" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _painted(words: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{words}\x1b[0m" if colour else words


def as_json(findings: Findings, documents: int) -> str:
    """`kpispec-findings/1`."""
    report = {
        "schema": "kpispec-findings/1",
        "findings": [_finding_object(finding) for finding in findings],
        "documents": documents,
        "errors": findings.errors,
        "warnings": findings.warnings,
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _finding_object(finding: Finding) -> dict[str, object]:
    fix = finding.fix
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "subject": finding.subject,
        **_place(finding.span),
        "related": [{"message": related.message, **_place(related.span)} for related in finding.related],
        "help": finding.help,
        "fix": None if fix is None else _fix_object(fix),
    }


def _fix_object(fix: Fix) -> dict[str, object]:
    place = _place(fix.span)
    place.pop("path")
    return {"title": fix.title, "safe": fix.safe, "replacement": fix.replacement, **place}


def _place(span: Span | None) -> dict[str, object]:
    if span is None:
        return dict.fromkeys(("path", "line", "column", "end_line", "end_column"))
    return {
        "path": span.file.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(findings: Iterable[Finding]) -> str:
    """Workflow annotations, one a line."""
    return "".join(f"{_annotation(finding)}\n" for finding in findings)


def _annotation(finding: Finding) -> str:
    words = finding.message if finding.help is None else f"{finding.message}\nhelp: {finding.help}"
    properties = {"title": f"{finding.rule}"}
    if finding.span is not None:
        place = _place(finding.span)
        names = {"file": "path", "line": "line", "endLine": "end_line", "col": "column", "endColumn": "end_column"}
        properties = {name: str(place[key]) for name, key in names.items()} | properties
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_LEVEL[finding.severity]} {listed}::{_message(words)}"


def _message(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _message(words).replace(":", "%3A").replace(",", "%2C")
