"""YAML text to located nodes: YAML 1.2's core schema, one document at a time: a broken one hides no other.

PyYAML's events are read, not its objects: every character keeps its place, keys keep their order, and nothing is built
that the limits below do not allow. Where a mistake of quoting is plain to see, it is reported and the value is read as
it was meant, so that the rest of the document is looked at in the same run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml as pyyaml

from kpispec.diagnostics import Findings, Fix, Related
from kpispec.source import SourceFile, Span, Text
from kpispec.syntax.explain import Scene, explain
from kpispec.syntax.mishaps import (
    Mishap,
    cut_by_comment,
    empty_block,
    spaceless_key,
    split_by_comma,
    split_item,
    unknown_alias,
)
from kpispec.syntax.nodes import Entry, Map, Node, Scalar, Seq
from kpispec.syntax.scalars import REFUSED_NUMBER, scalar
from kpispec.words import KINDS

LONGEST_FILE = 256 * 1024  # bytes of UTF-8
MOST_DOCUMENTS = 1000  # in one file
MOST_NODES = 5000  # in one document, aliases counted as what they stand for
DEEPEST = 20
_MOST_REPAIRS = 50

LOADER = getattr(pyyaml, "CSafeLoader", pyyaml.SafeLoader)
SEPARATOR = re.compile(r"^(---|\.\.\.)(?=\s|$)", re.MULTILINE)
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")
_TAG = re.compile(r"(?:&\S+\s+)?(![^\s,\]}]*)")
_FIRST_KEY = re.compile(rf"^({'|'.join((*KINDS, 'project'))}):[ \t]+['\"]?(\w+)", re.MULTILINE)
# Controls, bidirectional marks, zero-width and invisible characters, lone surrogates, non-characters.
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]|\r(?!\n)"
)


def parse(file: SourceFile, findings: Findings) -> tuple[Map, ...]:
    """The documents of a file that can be read, in order. Empty documents are passed over."""
    if len(file.text) * 4 > LONGEST_FILE and _bytes(file.text) > LONGEST_FILE:
        findings.add(
            "too-large",
            f"the file holds {_bytes(file.text) // 1024} KiB; a file of specs holds at most {LONGEST_FILE // 1024}",
            subject=file.path,
            span=Span(file, 0, 0),
            help="put its documents into several files",
        )
        return ()
    chunks = tuple(_chunks(file.text))
    if len(chunks) > MOST_DOCUMENTS:
        start, end = chunks[MOST_DOCUMENTS]
        findings.add(
            "too-large",
            f"the file holds {len(chunks)} documents; {MOST_DOCUMENTS} are allowed",
            subject=file.path,
            span=Span(file, start, min(end, start + 1)),
            help="put its documents into several files",
        )
    maps = (_document(file, start, end, findings) for start, end in chunks[:MOST_DOCUMENTS])
    return tuple(m for m in maps if m is not None)


def announced(file: SourceFile) -> tuple[tuple[str, str], ...]:
    """Kinds and ids that the lines of a file name, its unreadable documents included.

    A reference to a document that cannot be read is not a second mistake.
    """
    return tuple((found[1], found[2]) for found in _FIRST_KEY.finditer(file.text))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    start = 1 if text.startswith("\ufeff") else 0
    for found in SEPARATOR.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _subject(file: SourceFile, start: int, end: int) -> str:
    found = _FIRST_KEY.search(file.text, start, end)
    return f"{found[1]}.{found[2]}" if found else file.path


def _document(file: SourceFile, start: int, end: int, findings: Findings) -> Map | None:
    if not file.text[start:end].strip():
        return None
    subject = _subject(file, start, end)
    if _refuse_hidden(file, start, end, subject, findings):
        return None
    text = file.text[start:end]
    repairs: dict[int, int] = {}
    while True:
        seen = Findings()
        composer = _Composer(file, start, repairs, subject, seen)
        mishap = composer.compose(text)
        findings.extend(seen)
        if mishap is None:
            return _as_map(composer.root, subject, findings)
        mishap.report(subject, findings)
        if mishap.repair is None or mishap.repair[0] in repairs or len(repairs) >= _MOST_REPAIRS:
            return None
        first, last = mishap.repair
        repairs[first] = last
        text = text[: first - start] + "x" * (last - first) + text[last - start :]


def _as_map(root: Node | None, subject: str, findings: Findings) -> Map | None:
    if root is None or (isinstance(root, Scalar) and root.value is None):
        return None
    if isinstance(root, Map):
        return root if root.entries else None
    if isinstance(root, Scalar) and (mishap := spaceless_key(root)):
        mishap.report(subject, findings)
        return None
    findings.add(
        "unknown-kind",
        "a document is a map that begins with its kind and id",
        subject=subject,
        span=root.span,
        help=f"begin it with one of {', '.join(f'`{kind}: ...`' for kind in KINDS)}",
    )
    return None


def _refuse_hidden(file: SourceFile, start: int, end: int, subject: str, findings: Findings) -> bool:
    found = None
    for found in HIDDEN.finditer(file.text, start, end):
        findings.add(
            "hidden-character",
            f"the character U+{ord(found.group()):04X} cannot be seen, or changes how the text around it reads",
            subject=subject,
            span=Span(file, found.start(), found.end()),
            help="delete it, and type the words around it again",
            fix=Fix("delete it", "", Span(file, found.start(), found.end()), safe=False),
        )
    return found is not None


def _decimal(words: str) -> str:
    """The cure of a number in another notation."""
    if not words.startswith("0"):
        return "an open end is written `null`" if "i" in words.lower() else "no value is written `null`"
    return f"write `{int(words, 0)}`, or put it between quotes if it is text"


class _StopError(Exception):
    """Leaves the composer: the document cannot be read further as it stands."""

    def __init__(self, mishap: Mishap) -> None:
        super().__init__(mishap.message)
        self.mishap = mishap


@dataclass(slots=True)
class _Composer:
    file: SourceFile
    base: int  # place of the document's first character
    repairs: dict[int, int]
    subject: str
    findings: Findings
    root: Node | None = None
    _events: Iterator[pyyaml.Event] = field(default=iter(()))
    _anchors: dict[str, tuple[Node | None, int]] = field(default_factory=dict)
    _nodes: int = 0

    def compose(self, text: str) -> Mishap | None:
        """Read one document into `root`; what stopped it, if anything did."""
        self._events = iter(pyyaml.parse(text, Loader=LOADER))
        try:
            for event in self._events:
                if isinstance(event, pyyaml.DocumentStartEvent) and (event.version or event.tags):
                    self._refuse(event, "a YAML directive", "delete the line that begins with `%`")
                if isinstance(event, pyyaml.NodeEvent):
                    self.root = self._node(event, 1)
        except pyyaml.MarkedYAMLError as error:
            return explain(self._scene(text, error))
        except pyyaml.YAMLError as error:
            return Mishap(
                "yaml-syntax", f"YAML cannot read this document: {error}", Span(self.file, self.base, self.base)
            )
        except _StopError as stop:
            return stop.mishap
        return None

    def _scene(self, text: str, error: pyyaml.MarkedYAMLError) -> Scene:
        at = error.problem_mark.index if error.problem_mark else 0
        context = error.context_mark.index if error.context_mark else at
        return Scene(self.file, self.base, text, at, context, f"{error.context or ''}: {error.problem or ''}")

    def _place(self, event: pyyaml.Event) -> tuple[int, int]:
        start, end = event.start_mark, event.end_mark
        return self.base + (start.index if start else 0), self.base + (end.index if end else 0)

    def _node(self, event: pyyaml.Event, depth: int) -> Node:
        start = self._place(event)[0]
        self._count(1, start)
        if depth > DEEPEST:
            self._too_large(start, f"lists and maps stand more than {DEEPEST} deep in each other")
        match event:
            case pyyaml.AliasEvent():
                return self._alias(event)
            case pyyaml.ScalarEvent() | pyyaml.CollectionStartEvent():
                return self._anchored(event, depth)
            case _:
                raise AssertionError(event)

    def _anchored(self, event: pyyaml.ScalarEvent | pyyaml.CollectionStartEvent, depth: int) -> Node:
        if event.tag is not None:
            written = _TAG.match(self.file.text, self._place(event)[0])
            tag = written[1] if written else event.tag
            self._refuse(event, f"the tag `{tag}`", "delete it, or put the value between quotes if it is text")
        before = self._nodes
        if event.anchor:
            self._anchors[event.anchor] = (None, 0)
        node = self._body(event, depth)
        if event.anchor:
            self._anchors[event.anchor] = (node, self._nodes - before + 1)
        return node

    def _body(self, event: pyyaml.ScalarEvent | pyyaml.CollectionStartEvent, depth: int) -> Node:
        match event:
            case pyyaml.ScalarEvent():
                return self._scalar(event)
            case pyyaml.SequenceStartEvent():
                return self._seq(event, depth)
            case _:
                return self._map(event, depth)

    def _scalar(self, event: pyyaml.ScalarEvent) -> Scalar:
        start, end = self._place(event)
        if found := _PROPERTIES.match(self.file.text, start, end):
            start = found.end()
        if start in self.repairs:
            span = Span(self.file, start, self.repairs[start])
            return Scalar(span.text, Text(span.text, span), quoted=True)
        made = scalar(self.file, event.value, start, end, event.style or "")
        if event.style == ">" and (mishap := empty_block(made, self.file, start)):
            raise _StopError(mishap)
        if not made.quoted:
            self._check_plain(made)
        return made

    def _check_plain(self, made: Scalar) -> None:
        if REFUSED_NUMBER.fullmatch(made.text.value):
            self.findings.add(
                "forbidden-yaml",
                f"`{made.text.value}` is not a number that specs may use",
                subject=self.subject,
                span=made.span,
                help=_decimal(made.text.value),
            )
        if mishap := cut_by_comment(made):
            raise _StopError(mishap)

    def _seq(self, event: pyyaml.CollectionStartEvent, depth: int) -> Seq:
        start = self._place(event)[0]
        items: list[Node] = []
        while not isinstance(inner := next(self._events), pyyaml.SequenceEndEvent):
            items.append(self._node(inner, depth + 1))
            if event.flow_style and len(items) > 1 and (mishap := split_item(items[-2], items[-1])):
                raise _StopError(mishap)
        return Seq(tuple(items), self._collection_span(event, start, self._place(inner)[1], items))

    def _map(self, event: pyyaml.CollectionStartEvent, depth: int) -> Map:
        start = self._place(event)[0]
        entries: list[Entry] = []
        names: dict[str, Scalar] = {}
        while not isinstance(inner := next(self._events), pyyaml.MappingEndEvent):
            key_end = self._place(inner)[1]
            key = self._node(inner, depth + 1)
            value_event = next(self._events)
            if event.flow_style and self._bare(value_event, key_end) and key_end > self._place(inner)[0]:
                raise _StopError(split_by_comma(self.file, start, entries[-1].value if entries else None, key.span))
            value = self._node(value_event, depth + 1)
            if isinstance(key, Scalar):
                self._enter(Entry(key, value), entries, names)
            else:
                self._refuse(inner, "a list or map as a key", "a key is one word")
        children: list[Node] = [node for entry in entries for node in (entry.key, entry.value)]
        return Map(tuple(entries), self._collection_span(event, start, self._place(inner)[1], children))

    def _bare(self, event: pyyaml.Event, key_end: int) -> bool:
        """Whether a key between braces has no colon: YAML then makes up an empty value right behind it."""
        if not isinstance(event, pyyaml.ScalarEvent) or event.value or event.style in ("'", '"'):
            return False
        start, end = self._place(event)
        return start == end and ":" not in self.file.text[key_end:start]

    def _enter(self, entry: Entry, entries: list[Entry], names: dict[str, Scalar]) -> None:
        if entry.name == "<<" and not entry.key.quoted:
            self._refuse_merge(entry, entries, names)
            return
        if entry.name in names:
            self._duplicate(entry.key, names[entry.name])
            return
        names[entry.name] = entry.key
        entries.append(entry)

    def _refuse_merge(self, entry: Entry, entries: list[Entry], names: dict[str, Scalar]) -> None:
        """What it would bring is read all the same, so that no key seems to be missing."""
        self.findings.add(
            "merge-key",
            "merge keys `<<` are not part of the language",
            subject=self.subject,
            span=entry.key.span,
            help="write the keys out, or `extends: ID` to take over those of another document",
        )
        if isinstance(entry.value, Map):
            entries += (e for e in entry.value.entries if e.name not in names)

    def _duplicate(self, key: Scalar, first: Scalar) -> None:
        self.findings.add(
            "duplicate-key",
            f"`{key.text.value}` stands twice in this map",
            subject=self.subject,
            span=key.span,
            help="keep one of the two",
            related=(Related("it stands here first", first.span),),
        )

    def _collection_span(self, event: pyyaml.CollectionStartEvent, start: int, end: int, inside: list[Node]) -> Span:
        """A block's end is reported after the blank lines that follow it, so its last child tells better."""
        if found := _PROPERTIES.match(self.file.text, start, end):
            start = found.end()
        if event.flow_style:
            return Span(self.file, start, end)
        if not inside:
            return Span(self.file, start, start)
        return Span(self.file, start, max(start, inside[-1].span.end))

    def _alias(self, event: pyyaml.AliasEvent) -> Node:
        start, end = self._place(event)
        if event.anchor not in self._anchors:
            raise _StopError(unknown_alias(self.file, start, end))
        node, size = self._anchors[event.anchor]
        if node is None:
            message = f"`*{event.anchor}` stands inside what it names"
            raise _StopError(Mishap("forbidden-yaml", message, Span(self.file, start, end), help="write the value out"))
        self._count(size, start)
        return node

    def _count(self, nodes: int, at: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._too_large(at, f"the document holds more than {MOST_NODES} keys and values")

    def _too_large(self, at: int, message: str) -> None:
        raise _StopError(Mishap("too-large", message, Span(self.file, at, at + 1), help="split the document"))

    def _refuse(self, event: pyyaml.Event, what: str, cure: str) -> None:
        start, end = self._place(event)
        self.findings.add(
            "forbidden-yaml",
            f"{what} is not allowed in specs",
            subject=self.subject,
            span=Span(self.file, start, max(start, min(end, start + 60))),
            help=cure,
        )
