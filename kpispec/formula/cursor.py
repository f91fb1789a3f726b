"""Where the parser stands in the words of a formula, and how it says what it stumbles over."""

from kpispec.formula.scan import Token, Unreadable
from kpispec.formula.tree import Place
from kpispec.source import Text
from kpispec.words import RESERVED

MAX_NODES = 600
MAX_DEPTH = 50

_QUERY = frozenset(["select", "from", "with", "exists", "group", "having", "limit", "union", "join"])
_AFTER_A_CALL = frozenset(["filter", "over", "ignore", "respect"])
_OF_CASE = frozenset(["when", "then", "else", "end"])
BINARY_WORDS = frozenset(["and", "or", "not", "in", "like", "ilike", "between", "is", "escape", "distinct"])


def too_large(what: str, most: int, start: int, end: int) -> Unreadable:
    return Unreadable(
        f"the expression {what} {most} are allowed", start, end, "split it into several inputs", rule="too-large"
    )


class Cursor:
    """The words still to come. `quoted_names`: a double-quoted word is the name of a raw column."""

    def __init__(self, origin: Text, tokens: tuple[Token, ...], quoted_names: bool) -> None:
        self.origin = origin
        self.quoted_names = quoted_names
        self._tokens = tokens
        self._at = 0
        self._nodes = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    @property
    def after(self) -> Token:
        """The word after the next one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    @property
    def last(self) -> Token | None:
        """The word read last, `None` at the beginning."""
        return self._tokens[self._at - 1] if self._at else None

    def take(self) -> Token:
        token = self.next
        if token.kind != "end":
            self._at += 1
        return token

    def sees(self, *words: str) -> bool:
        return self.next.kind in ("name", "operator") and self.next.text in words

    def sees_then(self, first: str, *seconds: str) -> bool:
        return self.sees(first) and self.after.kind in ("name", "operator") and self.after.text in seconds

    def accept(self, word: str) -> Token | None:
        return self.take() if self.sees(word) else None

    def expect(self, word: str, since: Token, help: str) -> Token:
        """The word, or a finding that `since`, which asks for it, is not complete."""
        if self.sees(word):
            return self.take()
        if self.next.kind == "end":
            raise Unreadable(f"`{self.text(since)}` has no `{word}`", since.start, since.end, help)
        message = f"`{self.text(since)}` needs `{word}` before `{self.text(self.next)}`"
        raise Unreadable(message, self.next.start, self.next.end, help)

    def close(self, opening: Token, owner: str = "") -> None:
        """The closing parenthesis. Where the text ends without it, the opening one is what to look at."""
        if self.accept(")"):
            return
        if self.next.kind == "end":
            where = f"the `(` after `{owner}`" if owner else "`(`"
            raise Unreadable(f"{where} is never closed", opening.start, opening.end, "add `)` where it ends")
        raise self.stray()

    def text(self, token: Token) -> str:
        """The word as the user wrote it."""
        return self.origin.value[token.start : token.end]

    def place(self, start: int) -> Place:
        """From a character to the end of the last word: the place of one more node."""
        self._nodes += 1
        last = self.last
        end = last.end if last is not None else start
        if self._nodes > MAX_NODES:
            raise too_large("has too many parts;", MAX_NODES, start, end)
        return Place(self.origin, start, end)

    def deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise too_large("is nested too deeply; levels up to", MAX_DEPTH, self.next.start, self.next.end)

    def shallower(self) -> None:
        self._depth -= 1

    def stray(self) -> Unreadable:
        """What to say of the next word, which cannot follow a complete expression."""
        token, last = self.next, self.last
        if token.text == ")" and token.kind == "operator":
            return Unreadable("`)` closes nothing", token.start, token.end, "remove it, or open it with `(`")
        if token.text == "," and token.kind == "operator":
            return self._comma(token, last)
        if token.kind == "name":
            hint = _misplaced(token.text)
            if hint is not None:
                return Unreadable(f"`{self.text(token)}` cannot stand here", token.start, token.end, hint)
        before = f"`{self.text(last)}` and " if last is not None else ""
        message = f"{before}`{self.text(token)}` stand side by side"
        help = "put an operator or a comma between them"
        if last is not None and last.kind == "number" and token.kind == "name":
            help = f"put an operator between them; durations are written `{last.text} s`, `min`, `h`, `days`, `weeks`"
        return Unreadable(message, token.start, token.end, help)

    def _comma(self, token: Token, last: Token | None) -> Unreadable:
        after = self.after
        if last is not None and last.kind == after.kind == "number" and after.start == token.end == last.end + 1:
            number = f"{last.text}.{after.text}"
            fix = (f"replace by `{number}`", ".", True)
            return Unreadable("a decimal comma", token.start, token.end, f"write `{number}`", fix)
        help = "a formula is one expression: commas stand inside the parentheses of a function"
        return Unreadable("a comma stands outside of a function", token.start, token.end, help)

    def missing(self) -> Unreadable:
        """What to say where a value should begin and none does."""
        token, last = self.next, self.last
        if last is None and token.kind == "end":
            return Unreadable("the expression is empty", 0, len(self.origin.value), "write one, such as `count(*)`")
        if last is None:
            message = f"`{self.text(token)}` has nothing on its left"
            return Unreadable(message, token.start, token.end, "write what it applies to, or remove it")
        if last.text == "(" and last.kind == "operator" and token.kind == "end":
            return Unreadable("`(` is never closed", last.start, last.end, "add `)` where it ends")
        if self._operator(last) and self._operator(token):
            message = f"a value is missing between `{self.text(last)}` and `{self.text(token)}`"
            help = (
                "for a division write one `/`" if last.text == token.text == "/" else "write one, or remove an operator"
            )
            return Unreadable(message, token.start, token.end, help)
        if self._operator(last) and (token.kind == "end" or token.text in (")", ",")):
            message = f"`{self.text(last)}` has nothing on its right"
            return Unreadable(message, last.start, last.end, "write what it applies to, or remove it")
        what = f"before `{self.text(token)}`" if token.kind != "end" else f"after `{self.text(last)}`"
        at = token if token.kind != "end" else last
        help = (
            "write one, or remove the comma"
            if "," in (last.text, token.text)
            else "write a name, a number or a function"
        )
        return Unreadable(f"a value is missing {what}", at.start, at.end, help)

    @staticmethod
    def _operator(token: Token) -> bool:
        if token.kind == "operator":
            return token.text not in ("(", ")", ",", ".")
        return token.kind == "name" and token.text in BINARY_WORDS


def _misplaced(word: str) -> str | None:
    if word in _QUERY:
        return "a formula is an expression, not a query"
    if word == "where":
        return "a condition goes into `count_if(...)` or `sum_if(x, ...)`, or after the call: `filter (where ...)`"
    if word == "as":
        return "a formula gives no names: the KPI's id is its name"
    if word in _AFTER_A_CALL:
        return f"`{word}` follows the closing parenthesis of a function"
    if word in _OF_CASE:
        return "it belongs to `case when .. then .. else .. end`"
    if word in ("order", "partition", "rows", "range", "asc", "desc", "nulls"):
        return "it belongs into `over (partition by .. order by ..)`"
    return f"`{word}` is a word of the language: it joins nothing here" if word in RESERVED else None
