"""What a tired user typed when YAML stumbles: each mistake told once, with its cure, and read as meant where that is plain."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kpispec.diagnostics import Findings, Fix, Related
from kpispec.source import SourceFile, Span
from kpispec.syntax.nodes import Node, Scalar


@dataclass(frozen=True, slots=True)
class Mishap:
    """A finding in the making. `repair` are the characters to read as one quoted text, so that reading can go on."""

    rule: str
    message: str
    span: Span
    help: str | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    repair: tuple[int, int] | None = None

    def report(self, subject: str, findings: Findings) -> None:
        findings.add(
            self.rule,
            self.message,
            subject=subject,
            span=self.span,
            help=self.help,
            fix=self.fix,
            related=self.related,
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """Where YAML stumbled. `at` and `context` count characters of `text`, a document that begins at `base` of the file."""

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


_KEY = re.compile(r"([ ]*)(?:- +)*([A-Za-z_][\w.-]*|\"[^\"]*\"|'[^']*')[ ]*:(?=\s|$)")
_NO_SPACE = re.compile(r"[ ]*(?:- +)*([A-Za-z_][\w-]*):(?!//)(?=[^\s:])")
_FLOW_VALUE = re.compile(r":[ ]+(?=[^\s'\"{\[|>&*!%@`,}])")
_COMMENT = re.compile(r"\s+#.*$|\s+$")
_OPERATORS = {
    ">": "YAML reads a `>` at the start of a value as the start of a folded text",
    "|": "YAML reads a `|` at the start of a value as the start of a text block",
    "%": "YAML keeps `%` for itself at the start of a value",
    "@": "YAML keeps `@` for itself at the start of a value",
    "`": "YAML keeps the backtick for itself at the start of a value",
    "*": "YAML reads a `*` at the start of a value as a reference to an anchor",
    "&": "YAML reads a `&` at the start of a value as the name of an anchor",
    "!": "YAML reads a `!` at the start of a value as a tag",
}


def explain(scene: Scene) -> Mishap:
    """The mistake behind an error of the YAML parser."""
    for look in _LOOKS:
        if mishap := look(scene):
            return mishap
    words = scene.problem.removeprefix(": ").strip()
    at = min(scene.at, max(0, len(scene.text) - 1))
    return Mishap("yaml-syntax", f"YAML cannot read this line ({words})", scene.span(at, min(at + 1, len(scene.text))))


def quoted(words: str) -> str:
    """Words between quotes, as YAML reads them back unchanged."""
    if '"' in words or "\\" in words:
        return "'" + words.replace("'", "''") + "'"
    return f'"{words}"'


def unquoted(file: SourceFile, start: int, end: int, why: str, rule: str = "unquoted-operator") -> Mishap:
    """A value to be put between quotes, and read as if it were."""
    span = Span(file, start, end)
    cure = "percent" if span.text == "%" else quoted(span.text)
    what = f"write {cure}" if span.text == "%" else "put the value between quotes"
    fix = Fix(what, cure, span)
    help = "write `percent`" if cure == "percent" else f"{what}: `{cure}`"
    return Mishap(rule, why, span, help=help, fix=fix, repair=(start, end))


def unknown_alias(file: SourceFile, start: int, end: int) -> Mishap:
    end = _value_end(file.text, start, _in_flow(file.text, start))
    return unquoted(file, start, end, _OPERATORS["*"])


def empty_block(made: Scalar, file: SourceFile, start: int) -> Mishap | None:
    """`good: >8`: the figure is taken for an indentation and nothing is left."""
    end = _value_end(file.text, start, in_flow=False)
    if made.text.value or not re.fullmatch(r">\d", file.text[start:end]):
        return None
    return unquoted(file, start, end, _OPERATORS[">"])


def cut_by_comment(made: Scalar) -> Mishap | None:
    """`Ticket #`: what follows the `#` is a comment to YAML; an empty comment was none to the writer."""
    text, end = made.span.file.text, made.span.end
    found = re.compile(r"[ \t]+#[ \t]*(?=\r?\n|$)").match(text, end)
    if not found or not isinstance(made.value, str):
        return None
    end = made.span.start + len(text[made.span.start : found.end()].rstrip())
    why = f"the `#` cuts this value short: YAML reads `{made.text.value}`"
    return unquoted(made.span.file, made.span.start, end, why, rule="comment-in-value")


def split_item(item: Node, following: Node | None) -> Mishap | None:
    """`[f(a, b), c]`: a comma inside parentheses ends an item of a list."""
    if not isinstance(item, Scalar) or item.quoted or item.text.value.count("(") <= item.text.value.count(")"):
        return None
    text, start = item.span.file.text, item.span.start
    end = _value_end(text, start, in_flow=True)
    comma = text.find(",", item.span.end, end)
    return None if comma < 0 or following is None else _comma(item.span.file, start, end, comma)


def split_by_comma(file: SourceFile, opening: int, before: Node | None, key: Span) -> Mishap:
    """A word between braces that has no value: the tail of a value with a comma in it."""
    whole = _split_value(file.text, opening, key.start)
    if whole is None and isinstance(before, Scalar) and not before.quoted and before.text.value:
        comma = file.text.find(",", before.span.end, key.start)
        whole = (before.span.start, key.end, comma) if comma >= 0 else None
    if whole is None:
        message = f"`{key.text}` stands between braces without a value"
        return Mishap("yaml-syntax", message, key, help="write `key: value`")
    return _comma(file, *whole)


def _comma(file: SourceFile, start: int, end: int, comma: int) -> Mishap:
    span = Span(file, start, end)
    return Mishap(
        "flow-comma",
        "between braces an unquoted comma ends the value",
        Span(file, comma, comma + 1),
        help=f"put the value between quotes: `{quoted(span.text)}`",
        fix=Fix("put the value between quotes", quoted(span.text), span),
        repair=(start, end),
    )


def _split_value(text: str, opening: int, inside: int) -> tuple[int, int, int] | None:
    """The unquoted value around the place `inside`, if its parentheses hold a comma: its start, its end, the comma."""
    for found in _FLOW_VALUE.finditer(text, opening, inside):
        end = _value_end(text, found.end(), in_flow=True)
        comma = text.find(",", found.end(), end)
        if comma >= 0 and found.end() < inside <= end:
            return found.end(), end, comma
    return None


def _value_end(text: str, start: int, in_flow: bool) -> int:
    """Where an unquoted value ends for a person: at the line's end or comment; between braces, at a comma that no
    parenthesis holds."""
    line_end = text.find("\n", start)
    line = text[start : len(text) if line_end < 0 else line_end]
    line = _COMMENT.sub("", line).rstrip()
    if not in_flow:
        return start + len(line)
    depth, quote = 0, ""
    for index, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"" and depth:
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]" and depth:
            depth -= 1
        elif not depth and char in ",}]":
            return start + len(line[:index].rstrip())
    return start + len(line)


def _in_flow(text: str, at: int) -> bool:
    """Whether a brace or bracket is open on the line before a character."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    before = re.sub(r"\"[^\"]*\"|'[^']*'", "", before)
    return sum(before.count(c) for c in "{[") > sum(before.count(c) for c in "}]")


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
        if char and char in _OPERATORS and re.search(r"(^|[:,\-{\[]) *$", scene.line(at)[1][: at - scene.line(at)[0]]):
            start = scene.base + at
            end = _value_end(scene.file.text, start, _in_flow(scene.file.text, start))
            return unquoted(scene.file, start, max(end, start + 1), _OPERATORS[char])
    return _reference_with_more(scene)


def _reference_with_more(scene: Scene) -> Mishap | None:
    """`formula: *100 / x`: YAML takes `*100` for an alias and stumbles over the rest."""
    start, words = scene.line(scene.at)
    found = re.match(r"\s*(?:- +)?[\w.-]+: +(?=[*&!])", words)
    if not found or start + found.end() > scene.at:
        return None
    first = scene.base + start + found.end()
    return unquoted(scene.file, first, _value_end(scene.file.text, first, in_flow=False), _OPERATORS[words[found.end()]])


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
    """Words after a closing quote: an apostrophe inside the text, a formula that begins with a quoted word, an open quote."""
    if not re.search("expected key|expected ',' or|block end|expected '-'|comment or line break", scene.problem):
        return None
    start, words = scene.line(scene.at)
    column = scene.at - start
    before = scene.text[: scene.at].rstrip()
    opening = re.search(r":[ ]+(['\"])(?:(?!\1).)*\n(?:(?!\1)[\s\S])*\1$", before)
    if opening and words[:column].strip():
        return _open_quote(scene, opening.start(1), closed=scene.at)
    value = re.match(r"\s*(?:- +)*(?:[\w.-]+|\"[^\"]*\"|'[^']*'): +(?=['\"])", words)
    if value and value.end() < column and not _in_flow(words, value.end()):
        first = scene.base + start + value.end()
        end = _value_end(scene.file.text, first, in_flow=False)
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
        found = _NO_SPACE.match(line)
        if found and not _KEY.match(line):
            return _missing_space(scene.file, scene.base + place + found.start(1), scene.base + place + found.end())
    return None


def spaceless_key(root: Scalar) -> Mishap | None:
    """A document that is one text only because its first colon has no space."""
    found = _NO_SPACE.match(root.span.text)
    if not found:
        return None
    return _missing_space(root.span.file, root.span.start + found.start(1), root.span.start + found.end())


def _missing_space(file: SourceFile, start: int, end: int) -> Mishap:
    """`end` is just after the colon."""
    span = Span(file, start, end)
    fix = Fix("put a space after the colon", " ", Span(file, end, end))
    return Mishap("yaml-syntax", f"a space is missing after `{span.text}`", span, help=f"write `{span.text} ...`", fix=fix)


def _second_colon(scene: Scene) -> Mishap | None:
    if "mapping values" not in scene.problem:
        return None
    start, words = scene.line(scene.at)
    key = _KEY.match(words)
    if not key or start + key.end() > scene.at or not words[key.end() :].strip():
        return None
    value = start + key.end() + len(words[key.end() :]) - len(words[key.end() :].lstrip())
    first = scene.base + value
    end = _value_end(scene.file.text, first, in_flow=False)
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
        f"this line is {_indented(margin)}, its sisters {_indented(wanted)}",
        scene.span(start, start + max(1, margin)) if margin else scene.span(start, start + len(words)),
        help=f"{indent_it(wanted)}, like line {line}",
        related=(Related("a sister", scene.span(place + wanted, place + len(scene.line(place)[1]))),),
    )


def _indented(count: int) -> str:
    return {0: "not indented", 1: "indented by 1 space"}.get(count, f"indented by {count} spaces")


def indent_it(count: int) -> str:
    """What to do with a line that belongs `count` spaces to the right of the margin."""
    return {0: "begin it at the margin", 1: "indent it by 1 space"}.get(count, f"indent it by {count} spaces")


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
    if "expected '-'" not in scene.problem and "sequence entries" not in scene.problem:
        return None
    start, words = scene.line(scene.at)
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
        whole = _split_value(scene.text, scene.context, scene.at) if opening == "{" else None
        if whole:
            return _comma(scene.file, *(scene.base + place for place in whole))
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
        scene.span(at, at + 2),
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
    return Mishap(
        "yaml-syntax",
        "this line has no `key: value`",
        scene.span(start + margin, start + len(words)),
        help="write a key before it, or indent it if it continues the line above",
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
