"""What a tired user typed when YAML stumbles: each mistake told once, with its cure.

Where what was meant is plain, the mishap says which characters to read as one quoted text.
"""

import re
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


NO_SPACE = re.compile(r"[ ]*(?:- +)*([A-Za-z_][\w-]*):(?!//)(?=[^\s:])")
_EMPTY_COMMENT = re.compile(r"[ \t]+#[ \t]*(?=\r?\n|$)")
_FLOW_VALUE = re.compile(r":[ ]+(?=[^\s'\"{\[|>&*!%@`,}])")
_LONGEST_LINE = 2000  # further on nobody sees what was meant
_COMMENT = re.compile(r"\s+#.*$|\s+$")
OPERATORS = {
    ">": "YAML reads a `>` at the start of a value as the start of a folded text",
    "|": "YAML reads a `|` at the start of a value as the start of a text block",
    "%": "YAML keeps `%` for itself at the start of a value",
    "@": "YAML keeps `@` for itself at the start of a value",
    "`": "YAML keeps the backtick for itself at the start of a value",
    "*": "YAML reads a `*` at the start of a value as a reference to an anchor",
    "&": "YAML reads a `&` at the start of a value as the name of an anchor",
    "!": "YAML reads a `!` at the start of a value as a tag",
}


# A formula that begins so lacks its first half, which no quotes bring back.
_INFIX = frozenset("*>|%")
_EXPRESSION_KEY = re.compile(r"\b(formula|expr|where)[ ]*:[ ]+$")


def quoted(words: str) -> str:
    """Words between quotes, as YAML reads them back unchanged."""
    if '"' in words or "\\" in words:
        return "'" + words.replace("'", "''") + "'"
    return f'"{words}"'


def unquoted(file: SourceFile, start: int, end: int, why: str, rule: str = "unquoted-operator") -> Mishap:
    """A value to be put between quotes, and read as if it were."""
    span = Span(file, start, end)
    if span.text[:1] in _INFIX and _EXPRESSION_KEY.search(file.text[file.text.rfind("\n", 0, start) + 1 : start]):
        help = f"an expression cannot begin with `{span.text[0]}`: write what stands before it"
        return Mishap(rule, why, span, help=help, repair=(start, end))
    cure = "percent" if span.text == "%" else quoted(span.text)
    what = f"write {cure}" if span.text == "%" else "put the value between quotes"
    fix = Fix(what, cure, span)
    help = "write `percent`" if cure == "percent" else f"{what}: `{cure}`"
    return Mishap(rule, why, span, help=help, fix=fix, repair=(start, end))


def unknown_alias(file: SourceFile, start: int, end: int) -> Mishap:
    end = value_end(file.text, start, inside_braces(file.text, start))
    return unquoted(file, start, end, OPERATORS["*"])


def empty_block(made: Scalar, file: SourceFile, start: int) -> Mishap | None:
    """`good: >8`: the figure is taken for an indentation and nothing is left."""
    end = value_end(file.text, start, braces=False)
    if made.text.value or not re.fullmatch(r">\d", file.text[start:end]):
        return None
    return unquoted(file, start, end, OPERATORS[">"])


def cut_by_comment(made: Scalar) -> Mishap | None:
    """`Ticket #`: what follows the `#` is a comment to YAML; an empty comment was none to the writer."""
    text, end = made.span.file.text, made.span.end
    found = _EMPTY_COMMENT.match(text, end)
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
    end = value_end(text, start, braces=True)
    comma = text.find(",", item.span.end, end)
    return None if comma < 0 or following is None else between_braces(item.span.file, start, end, comma)


def split_by_comma(file: SourceFile, opening: int, before: Node | None, key: Span) -> Mishap:
    """A word between braces that has no value: the tail of a value with a comma in it."""
    whole = split_value(file.text, opening, key.start)
    if whole is None and isinstance(before, Scalar) and not before.quoted and before.text.value:
        comma = file.text.find(",", before.span.end, key.start)
        whole = (before.span.start, key.end, comma) if comma >= 0 else None
    if whole is None:
        message = f"`{key.text}` stands between braces without a value"
        return Mishap("yaml-syntax", message, key, help="write `key: value`")
    return between_braces(file, *whole)


def between_braces(file: SourceFile, start: int, end: int, comma: int) -> Mishap:
    span = Span(file, start, end)
    return Mishap(
        "flow-comma",
        "between braces an unquoted comma ends the value",
        Span(file, comma, comma + 1),
        help=f"put the value between quotes: `{quoted(span.text)}`",
        fix=Fix("put the value between quotes", quoted(span.text), span),
        repair=(start, end),
    )


def split_value(text: str, opening: int, inside: int) -> tuple[int, int, int] | None:
    """The unquoted value around the place `inside`, if its parentheses hold a comma: its start, its end, the comma."""
    for found in list(_FLOW_VALUE.finditer(text, max(opening, inside - _LONGEST_LINE), inside))[-3:]:
        end = value_end(text, found.end(), braces=True)
        comma = text.find(",", found.end(), end)
        if comma >= 0 and found.end() < inside <= end:
            return found.end(), end, comma
    return None


def spaceless_key(root: Scalar) -> Mishap | None:
    """A document that is one text only because its first colon has no space."""
    found = NO_SPACE.match(root.span.text)
    if not found:
        return None
    return missing_space(root.span.file, root.span.start + found.start(1), root.span.start + found.end())


def missing_space(file: SourceFile, start: int, end: int) -> Mishap:
    """`end` is just after the colon."""
    span = Span(file, start, end)
    fix = Fix("put a space after the colon", " ", Span(file, end, end))
    return Mishap(
        "yaml-syntax", f"a space is missing after `{span.text}`", span, help=f"write `{span.text} ...`", fix=fix
    )


def value_end(text: str, start: int, braces: bool) -> int:
    """Where an unquoted value ends for a person: at the line's end or comment; between braces, at a comma that no
    parenthesis holds.
    """
    line_end = text.find("\n", start)
    line = text[start : min(start + _LONGEST_LINE, len(text) if line_end < 0 else line_end)]
    line = _COMMENT.sub("", line).rstrip()
    if not braces:
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


def inside_braces(text: str, at: int) -> bool:
    """Whether a brace or bracket is open on the line before a character."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    before = re.sub(r"\"[^\"]*\"|'[^']*'", "", before)
    return sum(before.count(c) for c in "{[") > sum(before.count(c) for c in "}]")


def indent_it(count: int) -> str:
    """What to do with a line that belongs `count` spaces to the right of the margin."""
    return {0: "begin it at the margin", 1: "indent it by 1 space"}.get(count, f"indent it by {count} spaces")
