"""From the characters of a formula to its words."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


class Unreadable(Exception):  # noqa: N818 - said to `parse`, it never leaves this package
    """Why a text cannot be read: the characters [start, end), and the cure. `fix` is (title, replacement, safe)."""

    def __init__(
        self,
        message: str,
        start: int,
        end: int,
        help: str | None = None,
        fix: tuple[str, str, bool] | None = None,
        rule: str = "formula-syntax",
    ) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end
        self.help, self.fix, self.rule = help, fix, rule


@dataclass(frozen=True, slots=True)
class Token:
    """A word: `text` is lower case for names, the contents for strings and quoted names, canonical for operators."""

    kind: Literal["number", "string", "name", "quoted", "operator", "end"]
    text: str
    start: int
    end: int


MAX_CHARACTERS = 8_000

_CANONICAL = {"==": "=", "!=": "<>"}

# What other languages write, and what to write here.
_REFUSED: dict[str, str] = {
    "//": "`/` is real division; for whole quotients write `floor(a / b)`",
    "/*": "put the comment on a YAML line of its own, after `#`",
    "*/": "put the comment on a YAML line of its own, after `#`",
    "--": "put the comment on a YAML line of its own, after `#`; to subtract a negative number write `a - (-b)`",
    "#": "put the comment on a YAML line of its own",
    ";": "a formula is one expression: remove what follows `;`",
    "**": "write `power(x, y)`",
    "^": "write `power(x, y)`",
    "::": "write `cast(x as type)`",
    "=>": "for a comparison write `>=`",
    "=<": "write `<=`",
    "><": "write `<>`",
    "<=>": "write `is not distinct from`",
    ":=": "for a comparison write `=`",
    "!": "write `not`",
    "!~": "write `not regexp_matches(text, 'pattern')`",
    "~": "write `regexp_matches(text, 'pattern')`",
    "&&": "write `and`",
    "&": "write `and` between conditions, `||` between texts",
    "|": "write `or` between conditions, `||` between texts",
    "?": "write the value itself, or use `case when .. then .. else .. end`",
    "$": "write the value itself: a formula takes no parameters",
    "[": "in a condition write `x in (1, 2)`",
    "]": "in a condition write `x in (1, 2)`",
    "`": "write the name without quotes",
    "@": "write the value itself: a formula takes no parameters",
    ":": "write the value itself: a formula takes no parameters",
    "->": "a formula has no functions of its own: define a `function:` document",
    "->>": "bind the field to a column of its own",
    "<<": "write `<` to compare",
    ">>": "write `>` to compare",
    "{": "write names as they are, without braces",
    "}": "write names as they are, without braces",
    "\\": "a quote inside a text is written twice: `''`",
}
_SAFE = {"=<": "<=", "><": "<>", "!": "not ", "&&": "and"}

_OPERATORS = ("||", "==", "<>", "!=", "<=", ">=", *"-+*/%=<>(),.")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<refused>{_any(w for w in _REFUSED if len(w) > 1)})
    | (?P<operator>{_any(_OPERATORS)})
    | (?P<single>{_any(w for w in _REFUSED if len(w) == 1)})
    """,
    re.VERBOSE,
)

# Characters that word processors and keyboards put in the place of plain ones.
_LOOKALIKES = {
    "\u00d7": "*", "\u00f7": "/", "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2264": "<=", "\u2265": ">=",
    "\u2260": "<>", "\u2018": "'", "\u2019": "'", "\u201c": "'", "\u201d": "'", "\u00ab": "'", "\u00bb": "'",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ", "\uff08": "(", "\uff09": ")", "\uff0c": ",",
    "\u2044": "/", "\u2215": "/", "\u2217": "*", "\u22c5": "*", "\u00b7": "*",
}  # fmt: skip


def scan(text: str) -> tuple[Token, ...]:
    """The words of a text, closed by one of kind `end`. Raises Unreadable at the first character that is none's."""
    if len(text) > MAX_CHARACTERS:
        message = f"the expression has {len(text):,} characters; {MAX_CHARACTERS:,} are allowed"
        raise Unreadable(message, 0, len(text), "split it into several inputs or KPIs", rule="too-large")
    _visible(text)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _stray(text, at)
        if found.lastgroup != "space":
            tokens.append(_token(found, tokens))
        at = found.end()
    return (*tokens, Token("end", "", len(text), len(text)))


def _visible(text: str) -> None:
    """Refuse what a reader cannot see, wherever it stands: it could show one formula and mean another."""
    for at, character in enumerate(text):
        if character in "\t\r\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            continue
        message = f"the expression holds an invisible character, {_code(character)}"
        raise Unreadable(message, at, at + 1, "remove it", ("remove it", "", False))


def _code(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def _token(found: re.Match[str], before: list[Token]) -> Token:
    text, start, end = found[0], found.start(), found.end()
    match found.lastgroup:
        case "name":
            _apart(text, start, end, before)
            return Token("name", text.lower(), start, end)
        case "number":
            return Token("number", text, start, end)
        case "string":
            if "\n" in text:
                raise Unreadable("a text runs over the end of the line", start, start + 1, "close it with `'`")
            return Token("string", text[1:-1].replace("''", "'"), start, end)
        case "quoted":
            return Token("quoted", text[1:-1].replace('""', '"'), start, end)
        case "operator":
            return Token("operator", _CANONICAL.get(text, text), start, end)
        case _:
            raise _foreign(text, start, end)


def _apart(text: str, start: int, end: int, before: list[Token]) -> None:
    """A number that runs into letters: `4h` is an amount, `1_000` and `0x1F` are not."""
    if not before or before[-1].end != start or before[-1].kind != "number":
        return
    number = before[-1]
    if text[0] == "_":
        joined = number.text + text.replace("_", "")
        raise Unreadable("digits are not grouped by `_`", number.start, end, f"write `{joined}`")
    if number.text == "0" and text[0] in "xXoObB":
        raise Unreadable(f"`0{text}` is no decimal number", number.start, end, "write it in decimal digits")


def _foreign(text: str, start: int, end: int) -> Unreadable:
    fix = (f"replace by `{_SAFE[text].strip()}`", _SAFE[text], True) if text in _SAFE else None
    shown = "a backtick" if text == "`" else f"`{text}`"
    return Unreadable(f"{shown} is not part of the language", start, end, _REFUSED[text], fix)


def _stray(text: str, at: int) -> Unreadable:
    character = text[at]
    if character == "'":
        return Unreadable("a text opened by `'` is never closed", at, at + 1, "close it with `'`")
    if character == '"':
        return Unreadable('a name opened by `"` is never closed', at, at + 1, 'close it with `"`')
    plain = _LOOKALIKES.get(character)
    if plain is not None:
        shown = "a plain space" if plain == " " else f"`{plain}`"
        fix = (f"replace by {shown}", plain, plain != "'")
        return Unreadable(f"`{character}` is {_code(character)}", at, at + 1, f"write {shown}", fix)
    start, end = at, at + 1
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end += 1
    message = f"`{text[start:end]}` holds {_code(character)}: names are made of a to z, digits and `_`"
    return Unreadable(message, start, end, "rename it with plain letters")
