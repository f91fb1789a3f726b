"""Documents as tired people write them: any order, indentation, style, quoting, with comments and blank lines anywhere.

Each comment has a number of its own, so that a test can say which one was lost or said twice.
"""

from dataclasses import dataclass, field

from hypothesis import strategies as st

WORDS = (
    "a",
    "sum(x) / count(x)",
    "it's",
    "Gagné - 1",
    "a: b",
    "x # y",
    "10",
    "true",
    "- 1",
    "2026-01-01",
    '"q"',
    "a, b",
)
BANDS = (">= 80", "< 10", "[45, 55)")
COLUMNS = ("alpha", "beta", "gamma")

texts = st.sampled_from(WORDS)
human = texts | st.fixed_dictionaries({"en": texts, "fr": texts})
inputs = st.sampled_from(("t.a", "t.b")) | st.fixed_dictionaries(
    {"dataset": st.just("t"), "expr": texts},
    optional={"where": texts, "per": st.just("a"), "window": st.just("2 periods")},
)
bands = st.dictionaries(st.sampled_from(("good", "watch", "bad")), st.sampled_from(BANDS), min_size=1)
by = st.lists(bands.map(lambda found: {**found, "segment": {"channel": "chat"}}), min_size=1, max_size=2)
cells = st.none() | st.integers(-5, 5) | st.sampled_from(("10 s", "a b"))
rows = st.lists(st.dictionaries(st.sampled_from(COLUMNS), cells, max_size=2), max_size=4)
test = st.fixed_dictionaries({"expect": cells, "given": st.fixed_dictionaries({"t": rows})}, optional={"name": texts})
kpis = st.fixed_dictionaries(
    {"inputs": st.dictionaries(st.sampled_from(COLUMNS), inputs, min_size=1), "formula": texts},
    optional={
        "label": human,
        "description": human,
        "unit": st.sampled_from(("%", "s")),
        "tags": st.lists(texts, max_size=8),
        "thresholds": st.tuples(bands, by).map(lambda pair: {**pair[0], "by": pair[1]}) | bands,
        "tests": st.lists(test, min_size=1, max_size=2),
        "surprise": texts,
    },
)


@dataclass
class Scribe:
    """Writes a value as text, asking `draw` at every turn."""

    draw: object
    said: int = 0
    lines: list = field(default_factory=list)
    ceiling: int = 99  # a comment this far right would be part of the text block above it

    def one_of(self, *choices):
        return self.draw(st.sampled_from(choices))

    def comment(self):
        self.said += 1
        mark = self.one_of("c", "c", "c", "kpispec: ignore[unit-mismatch] c")
        return f"# {mark}{self.said}"

    def loose(self, column):
        """Comments and blank lines between two keys."""
        for _ in range(self.one_of(0, 0, 0, 1, 2)):
            stray = " " * max(0, min(column + self.one_of(0, 0, 0, -2, 1), self.ceiling - 1))
            self.lines.append(self.one_of("", "  ", stray + self.comment()))

    def end(self, line):
        self.ceiling = 99
        self.lines.append(line + self.one_of("", "", "", "  ", " " + self.comment()))

    def document(self, id, value):
        self.loose(0)
        self.end(f"kpi: {id}")
        self.pairs(value, 0)
        self.loose(0)

    def pairs(self, value, column):
        for name in self.draw(st.permutations(list(value))):
            self.loose(column)
            self.under(" " * column + name + ":" + self.one_of("", "", " "), value[name], column)

    def items(self, value, column):
        for item in value:
            self.loose(column)
            self.under(" " * column + "-", item, column)

    def under(self, start, value, column):
        if isinstance(value, dict | list) and value and self.one_of(True, True, False):
            self.end(start)
            deeper = column + self.one_of(1, 2, 2, 4)
            if isinstance(value, dict):
                self.pairs(value, deeper)
            else:
                level = column if start.endswith((":", ": ")) and self.one_of(True, False) else deeper
                self.items(value, level)
        elif isinstance(value, dict | list):
            self.flow(start, value, column)
        else:
            self.scalar(start, value, column)

    def scalar(self, start, value, column):
        style = self.one_of("plain", "'", '"', "|", ">-", "|+", "below", "folded")
        margin = " " * (column + self.one_of(1, 2, 3))
        if style in ("|", ">-", "|+") and isinstance(value, str):
            self.end(f"{start} {style}")
            self.lines += [f"{margin}{value}", *self.one_of((), ("",), ("", margin + "  more  "), ("", ""))]
            self.ceiling = len(margin)
        elif style == "folded" and isinstance(value, str):
            self.lines += [f'{start} "{margin.join(("one", "two"))} \\  ', "", f"{margin}three  "]
            self.end(f'{margin}four"')
        elif style == "below":
            self.end(start)
            self.loose(column + 2)
            self.end(margin + word(value, "'"))
        else:
            self.end(f"{start} {word(value, style)}")

    def flow(self, start, value, column):
        if self.one_of(True, True, False):
            self.end(f"{start} {flat(value, self)}")
            return
        opened, closed = "{}" if isinstance(value, dict) else "[]"
        self.end(f"{start} {opened}")
        children = (
            [f"{k}: {flat(v, self)}" for k, v in value.items()]
            if isinstance(value, dict)
            else [flat(v, self) for v in value]
        )
        for child in children:
            self.loose(column + 2)
            self.end(" " * (column + 1) + child + ("" if child is children[-1] else ","))
        self.end(" " * (column + 1) + closed)


def flat(value, scribe):
    if isinstance(value, dict):
        return "{" + scribe.one_of("", " ") + ", ".join(f"{k}:  {flat(v, scribe)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + " ,".join(flat(v, scribe) for v in value) + scribe.one_of("", " ") + "]"
    return word(value, scribe.one_of("'", '"'))


def word(value, style):
    if value is None:
        return "null"
    if not isinstance(value, str):
        return str(value)
    if style == '"':
        return '"' + value.replace('"', '\\"') + '"'
    plain = style == "plain" and not set(':#"[<>-%') & set(value)
    return value if plain else "'" + value.replace("'", "''") + "'"


@st.composite
def messy(draw):
    """A file of one or two documents, as text."""
    scribe = Scribe(draw)
    for number, value in enumerate(draw(st.lists(kpis, min_size=1, max_size=2))):
        if number:
            scribe.end("---")
        scribe.document(f"kpi_{number}", value)
    text = "\n".join(scribe.lines) + draw(st.sampled_from(("\n", "", "\n\n")))
    return text.replace("\n", "\r\n") if draw(st.sampled_from((False, False, True))) else text
