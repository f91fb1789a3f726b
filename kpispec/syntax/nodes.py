"""Located YAML: what a file says, with the place of every key and value. Merging documents works on these."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kpispec.source import Span, Text

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value resolved by YAML 1.2's core schema, beside the text it was written as.

    `text.value` is always the words as written (`1.10` stays `1.10`); `value` is what they mean (1.1).
    """

    value: Value
    text: Text
    quoted: bool = False

    @property
    def span(self) -> Span:
        return self.text.span


@dataclass(frozen=True, slots=True)
class Entry:
    key: Scalar
    value: "Node"

    @property
    def name(self) -> str:
        return self.key.text.value


@dataclass(frozen=True, slots=True)
class Map:
    entries: tuple[Entry, ...]
    span: Span

    def get(self, name: str) -> "Node | None":
        """The value of a key, `None` where it is absent (a null value is a Scalar)."""
        return next((e.value for e in self.entries if e.name == name), None)

    def entry(self, name: str) -> Entry | None:
        return next((e for e in self.entries if e.name == name), None)


@dataclass(frozen=True, slots=True)
class Seq:
    items: tuple["Node", ...]
    span: Span


Node = Scalar | Map | Seq


@dataclass(frozen=True, slots=True)
class Document:
    """One object of a file: its kind and id are its first key. `library` marks those that ship with kpispec.

    `parent` is the document that a flattened one extends.
    """

    kind: str
    id: str
    node: Map
    library: str | None = None
    parent: "Document | None" = field(default=None, compare=False, repr=False)

    @property
    def span(self) -> Span:
        return self.node.entries[0].value.span

    @property
    def subject(self) -> str:
        return f"{self.kind}.{self.id}"

    @property
    def ancestors(self) -> "Iterator[Document]":
        """The document it extends, the one that this extends, and so on."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent
