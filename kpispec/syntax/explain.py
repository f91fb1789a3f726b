"""What was typed where the YAML parser gave up: a table of looks at the place, the first that knows it explains."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kpispec.diagnostics import Fix, Related
from kpispec.source import SourceFile, Span
from kpispec.syntax.mishaps import (
    NO_SPACE,
    OPERATORS,
    Mishap,
    between_braces,
    indent_it,
    inside_braces,
    missing_space,
    quoted,
    split_value,
    unquoted,
    value_end,
)

_KEY = re.compile(r"([ ]*)(?:- +)*([A-Za-z_][\w.-]*|\"[^\"]*\"|'[^']*')[ ]*:(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where YAML stumbled. `at` and `context` count characters of `text`, a document that begins at `base`."""

    file: SourceFile
    base: int
    text: str
    at: int
    context: int
    problem: str

    def span(self, start: int, end: int) -> Span:
        return Span(self.file, self.base + start, self.base + end)

    def line(self, at: int) -> tuple[int, str]:
        """Where the line around a character begins, and its words."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return start, self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def line_before(self, start: int) -> tuple[int, str] | None:
        """The last written line before the one that begins at `start`; comments and blank lines are passed over."""
        while start > 0:
            start, words = self.line(start - 1)
            if words.strip() and not words.lstrip().startswith("#"):
                return start, words
        return None


def explain(scene: Scene) -> Mishap:
    """The mistake behind an error of the YAML parser."""
    for look in _LOOKS:
        if mishap := look(scene):
            return mishap
    words = scene.problem.removeprefix(": ").strip()
    at = min(scene.at, max(0, len(scene.text) - 1))
    return Mishap("yaml-syntax", f"YAML cannot read this line ({words})", scene.span(at, min(at + 1, len(scene.text))))


def _tab(scene: Scene) -> Mishap | None:
    for at in (scene.at, max(0, scene.at - 1), scene.context):
        start, words = scene.line(at)
        margin = len(words) - len(words.lstrip())
        tab = words[:margin].find("\t")
        if tab >= 0:
            return Mishap(
                "bad-indentation",
                "a tab indents this line, and YAML takes only spaces",
                scene.span(start + tab, start + margin),
                help="indent it with spaces",
            )
    return None


def _operator(scene: Scene) -> Mishap | None:
    for at in (scene.context, scene.at):
        char = scene.text[at : at + 1]
        if char and char in OPERATORS and re.search(r"(^|[:,\-{\[]) *$", scene.line(at)[1][: at - scene.line(at)[0]]):
            start = scene.base + at
            end = value_end(scene.file.text, start, inside_braces(scene.file.text, start))
            return unquoted(scene.file, start, max(end, start + 1), OPERATORS[char])
    return _reference_with_more(scene)


def _reference_with_more(scene: Scene) -> Mishap | None:
    """`formula: *100 / x`: YAML takes `*100` for an alias and stumbles over the rest."""
    start, words = scene.line(scene.at)
    found = re.match(r"\s*(?:- +)?[\w.-]+: +(?=[*&!])", words)
    if not found or start + found.end() > scene.at:
        return None
    first = scene.base + start + found.end()
    return unquoted(scene.file, first, value_end(scene.file.text, first, braces=False), OPERATORS[words[found.end()]])


def _half_open(scene: Scene) -> Mishap | None:
    """`[45, 55)`: a band, not a list."""
    found = re.compile(r"\[[^\[\]{}()\n]*\)").match(scene.text, scene.context)
    if not found:
        return None
    start, end = scene.base + found.start(), scene.base + found.end()
    return unquoted(scene.file, start, end, "YAML reads a `[` at the start of a value as the start of a list")


def _unclosed_quote(scene: Scene) -> Mishap | None:
    if "quoted scalar" not in scene.problem or not re.search("end of stream|document", scene.problem):
        return None
    return _open_quote(scene, scene.context)


def _open_quote(scene: Scene, at: int, closed: int | None = None) -> Mishap:
    quote = scene.text[at]
    message = f"the quote `{quote}` that opens here is never closed"
    if closed is not None:
        line = scene.file.position(scene.base + closed)[0]
        message = f"the quote `{quote}` that opens here is closed only on line {line}, where more words follow"
    return Mishap("yaml-syntax", message, scene.span(at, at + 1), help=f"close it with `{quote}`")


def _after_quote(scene: Scene) -> Mishap | None:
    """Words after a closing quote: an apostrophe inside, a formula that begins with a quoted word, an open quote."""
    if not re.search(
        "expected key|expected ',' or|block end|expected '-'|comment or line break|chomping", scene.problem
    ):
        return None
    start, words = scene.line(scene.at)
    column = scene.at - start
    before = scene.text[: scene.at].rstrip()
    opening = re.search(r":[ ]+(['\"])(?:(?!\1).)*\n(?:(?!\1)[\s\S])*\1$", before)
    if opening and words[:column].strip():
        return _open_quote(scene, opening.start(1), closed=scene.at)
    value = re.match(r"\s*(?:- +)*(?:[\w.-]+|\"[^\"]*\"|'[^']*'): +(?=['\"])", words)
    if value and value.end() < column and not inside_braces(words, value.end()):
        first = scene.base + start + value.end()
        end = value_end(scene.file.text, first, braces=False)
        return _closed_too_soon(scene.file, first, end)
    return None


def _closed_too_soon(file: SourceFile, start: int, end: int) -> Mishap:
    """`'it's late'`, `"a" || b`: the quotes close before the value does."""
    raw = file.text[start:end]
    inner = raw[1:-1] if raw[-1] == raw[0] and len(raw) > 1 else None
    apostrophe = inner is not None and raw[0] == "'" and re.search(r"\w'\w", inner) is not None
    words = inner if apostrophe and inner is not None else raw
    cure = f'"{words}"' if apostrophe and '"' not in words else quoted(words)
    span = Span(file, start, end)
    message = f"words stand after the closing quote `{raw[0]}`"
    title = "put the whole value between quotes"
    fix = Fix(title, cure, span, safe=False)
    return Mishap("yaml-syntax", message, span, help=f"{title}: `{cure}`", fix=fix, repair=(start, end))


def _no_space(scene: Scene) -> Mishap | None:
    """`key:value`, found where YAML looks for the colon of the line or of the one before."""
    if not re.search("mapping values|simple key|expected ':'|expected key|block end", scene.problem):
        return None
    start, words = scene.line(scene.context if "simple key" in scene.problem else scene.at)
    lines = [(start, words)]
    if before := scene.line_before(start):
        lines.append(before)
    for place, line in lines:
        found = NO_SPACE.match(line)
        if found and not _KEY.match(line):
            return missing_space(scene.file, scene.base + place + found.start(1), scene.base + place + found.end())
    return None


def _second_colon(scene: Scene) -> Mishap | None:
    if "mapping values" not in scene.problem:
        return None
    start, words = scene.line(scene.at)
    key = _KEY.match(words)
    if not key or start + key.end() > scene.at or not words[key.end() :].strip():
        return None
    value = start + key.end() + len(words[key.end() :]) - len(words[key.end() :].lstrip())
    first = scene.base + value
    end = value_end(scene.file.text, first, braces=False)
    why = "a second `: ` stands on this line, and YAML reads it as another key"
    return unquoted(scene.file, first, end, why, rule="yaml-syntax")


def _indentation(scene: Scene) -> Mishap | None:
    """A key whose line begins where none of the lines above begins."""
    if not re.search("mapping values|expected key|block end|expected '-'|simple key", scene.problem):
        return None
    start, words = scene.line(scene.at)
    margin = len(words) - len(words.lstrip(" "))
    if not _KEY.match(words) and not words.lstrip().startswith("- "):
        return None
    sister = _sister(scene, start, margin)
    if sister is None or sister[1] == margin:
        return None
    place, wanted = sister
    line = scene.file.position(scene.base + place)[0]
    return Mishap(
        "bad-indentation",
        f"this line is {_indented(margin)}, its sisters are {_indented(wanted)}",
        scene.span(start, start + max(1, margin)) if margin else scene.span(start, start + len(words)),
        help=f"{indent_it(wanted)}, like line {line}",
        related=(Related("a sister", scene.span(place + wanted, place + len(scene.line(place)[1]))),),
    )


def _indented(count: int) -> str:
    return {0: "not indented", 1: "indented by 1 space"}.get(count, f"indented by {count} spaces")


def _sister(scene: Scene, start: int, margin: int) -> tuple[int, int] | None:
    """The line above that a wrongly indented one most likely belongs with: its place and its indentation.

    Too far right: the line just above. Too far left: the nearest of the indentations that are open there.
    """
    above = scene.line_before(start)
    if above is None:
        return None
    found: list[tuple[int, int]] = []
    lowest: int | None = None
    while above is not None:
        indent = len(above[1]) - len(above[1].lstrip(" "))
        if _KEY.match(above[1]) and (lowest is None or indent < lowest):
            found.append((above[0], indent))
            lowest = indent
        above = scene.line_before(above[0])
    return min(found, key=lambda place: abs(place[1] - margin), default=None)


def _list_and_keys(scene: Scene) -> Mishap | None:
    start, words = scene.line(scene.at)
    item = re.search("expected key|block end", scene.problem) and words.lstrip().startswith("- ")
    if not item and not re.search("expected '-'|sequence entries", scene.problem):
        return None
    return Mishap(
        "bad-indentation",
        "list items and keys stand beside each other",
        scene.span(start + len(words) - len(words.lstrip()), start + len(words)),
        help="indent what belongs to the key above, or begin each line of the list with `- `",
    )


def _brackets(scene: Scene) -> Mishap | None:
    if "flow node" in scene.problem or "block node" in scene.problem:
        return _never_closed(scene) or _stray(scene)
    opening = scene.text[scene.context : scene.context + 1]
    if "flow" in scene.problem and opening and opening in "{[":
        whole = split_value(scene.text, scene.context, scene.at) if opening == "{" else None
        if whole:
            return between_braces(scene.file, *(scene.base + place for place in whole))
        close = {"{": "}", "[": "]"}[opening]
        return Mishap(
            "yaml-syntax",
            f"the `{opening}` that opens here is not closed where YAML expects it",
            scene.span(scene.context, scene.context + 1),
            help=f"close it with `{close}`, and put values with commas, colons or quotes in them between quotes",
        )
    return _stray(scene)


def _never_closed(scene: Scene) -> Mishap | None:
    """A bracket that the document ends inside of."""
    if scene.text[scene.at :].strip():
        return None
    opening = max(scene.text.rfind("{"), scene.text.rfind("["))
    if opening < 0:
        return None
    char = scene.text[opening]
    close = {"{": "}", "[": "]"}[char]
    message = f"the `{char}` that opens here is never closed"
    return Mishap("yaml-syntax", message, scene.span(opening, opening + 1), help=f"close it with `{close}`")


def _stray(scene: Scene) -> Mishap | None:
    stray = scene.text[scene.at : scene.at + 1]
    if stray and stray in "}],":
        message = f"a value cannot begin with `{stray}`"
        cure = "delete it, or put the value between quotes"
        return Mishap("yaml-syntax", message, scene.span(scene.at, scene.at + 1), help=cure)
    return None


def _escape(scene: Scene) -> Mishap | None:
    if not re.search("escape|hexadecimal|Unicode character code", scene.problem):
        return None
    at = max(scene.text.rfind("\\", scene.context, scene.at + 1), scene.context)
    return Mishap(
        "yaml-syntax",
        f"`{scene.text[at : at + 2]}` means nothing between double quotes",
        scene.span(at, min(at + 2, len(scene.text))),
        help="write `\\\\` for a backslash, or put the value between single quotes",
    )


def _no_colon(scene: Scene) -> Mishap | None:
    if not re.search("simple key|expected ':'|expected key|mapping values|block end|document start", scene.problem):
        return None
    place = scene.context if "simple key" in scene.problem else scene.at
    start, words = scene.line(place)
    if _KEY.match(words) and (before := scene.line_before(start)):
        start, words = before
    if _KEY.match(words) or not words.strip():
        return None
    margin = len(words) - len(words.lstrip())
    key = re.match(r"(?:- +)*([a-z_][a-z0-9_]*) +(?=\S)", words.lstrip())
    likely = f"`{key[1]}: {words.lstrip()[key.end() :]}`" if key else "a key before it"
    return Mishap(
        "yaml-syntax",
        "this line has no `key: value`",
        scene.span(start + margin, start + len(words)),
        help=f"write {likely}, or indent it if it continues the line above",
    )


_LOOKS: tuple[Callable[[Scene], Mishap | None], ...] = (
    _tab,
    _operator,
    _half_open,
    _unclosed_quote,
    _after_quote,
    _no_space,
    _second_colon,
    _indentation,
    _list_and_keys,
    _brackets,
    _escape,
    _no_colon,
)
