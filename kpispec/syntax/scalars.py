"""One scalar of YAML: what its words mean, and where each of its characters stands in the file."""

import math
import re

from kpispec.source import SourceFile, Span, Text
from kpispec.syntax.nodes import Scalar, Value

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# A leading zero makes a code, not a number: `010` and `0612345678` stay text.
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
REFUSED_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|0x[0-9a-fA-F]+|0o[0-7]+")
_LONGEST_NUMBER = 64

_BREAK = r"[ \t]*(?:\r?\n[ \t]*)+"
_BREAK_AFTER_BACKSLASH = r"(?:\r?\n[ \t]*)+"
_PIECES = {
    "plain": re.compile(f"{_BREAK}|."),
    "'": re.compile(f"''|{_BREAK}|."),
    '"': re.compile(
        rf"\\x[0-9a-fA-F]{{2}}|\\u[0-9a-fA-F]{{4}}|\\U[0-9a-fA-F]{{8}}|\\{_BREAK_AFTER_BACKSLASH}|\\.|{_BREAK}|.",
    ),
}
_LINE_END = re.compile(r"\r?\n")


def resolve(words: str) -> Value:
    """What unquoted words mean in YAML 1.2's core schema, as the language narrows it."""
    if words in _WORDS:
        return _WORDS[words]
    if words[0] not in "+-.0123456789" or len(words) > _LONGEST_NUMBER:
        return words
    if _INTEGER.fullmatch(words):
        return int(words)
    if _NUMBER.fullmatch(words):
        number = float(words)
        return number if math.isfinite(number) else words
    return words


def scalar(file: SourceFile, value: str, start: int, end: int, style: str) -> Scalar:
    """The scalar that the parser found at [start, end), quotes and block indicators included."""
    if style in ("|", ">"):
        text = _block(file, value, start, end)
    elif style in ("'", '"'):
        text = _flow(file, value, start + 1, max(start + 1, end - 1), style)
    else:
        text = _flow(file, value, start, end, "plain")
    quoted = style in ("'", '"', "|", ">")
    return Scalar(value if quoted else resolve(value), text, quoted)


def _flow(file: SourceFile, value: str, start: int, end: int, style: str) -> Text:
    span = Span(file, start, end)
    if file.text[start:end] == value:
        return Text(value, span)
    offsets: list[int] = []
    for piece in _PIECES[style].finditer(file.text, start, end):
        offsets += _piece_offsets(piece.group(), piece.start())
    return Text(value, span, _fitted(offsets, len(value), start))


def _piece_offsets(piece: str, start: int) -> list[int]:
    """Places of the characters that a piece of a quoted or plain scalar stands for; a folded break is a space."""
    if "\n" not in piece:
        return [start]
    breaks = [start + found.start() for found in _LINE_END.finditer(piece)]
    if piece[0] == "\\":  # the first break is escaped away, those after it are kept
        return breaks[1:]
    return breaks if len(breaks) == 1 else breaks[:-1]


def _block(file: SourceFile, value: str, start: int, end: int) -> Text:
    text = file.text
    at = text.find("\n", start, end) + 1 or end
    indent = _block_indent(text, value, at, end)
    offsets: list[int] = []
    at = _after_indent(text, at, end, indent)
    for char in value:
        at = _next_place(text, char, at, end, indent)
        offsets.append(min(at, end))
        at += 1
        if at <= end and text[at - 1 : at] == "\n":
            at = _after_indent(text, at, end, indent)
    fitted = _fitted(offsets, len(value), start)
    words = len(value.rstrip("\n"))
    first, last = (fitted[0], fitted[words - 1] + 1) if words else (start, min(end, start + 1))
    return Text(value, Span(file, first, last), fitted)


def _next_place(text: str, char: str, at: int, end: int, indent: int) -> int:
    """Where a character of a block scalar's value stands: breaks that folding took away are passed over."""
    while at < end and text[at] != char:
        if text[at] == "\n" and char == " ":
            return at
        if text[at] not in ("\r\n \t" if char == "\n" else "\r\n"):
            return at
        at += 1
        if text[at - 1] == "\n":
            at = _after_indent(text, at, end, indent)
    return at


def _block_indent(text: str, value: str, at: int, end: int) -> int:
    """How many spaces each line of a block scalar stands in: those of its first written line, less its own."""
    written = next((line for line in text[at:end].split("\n") if line.strip()), "")
    own = next((line for line in value.split("\n") if line.strip()), "")
    return max(0, _leading(written) - _leading(own))


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _after_indent(text: str, at: int, end: int, indent: int) -> int:
    stop = min(end, at + indent)
    while at < stop and text[at] == " ":
        at += 1
    return at


def _fitted(offsets: list[int], length: int, start: int) -> tuple[int, ...]:
    """Exactly one place a character, whatever a rare fold left over."""
    if len(offsets) < length:
        offsets = offsets + [offsets[-1] if offsets else start] * (length - len(offsets))
    return tuple(offsets[:length])
