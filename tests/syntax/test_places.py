"""Every character of a value knows its place in the file."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.syntax import yaml
from kpispec.syntax.mishaps import quoted
from kpispec.syntax.nodes import Map, Scalar, Seq
from kpispec.syntax.scalars import resolve


def scalars(node):
    match node:
        case Scalar():
            yield node
        case Seq():
            for item in node.items:
                yield from scalars(item)
        case Map():
            for entry in node.entries:
                yield entry.key
                yield from scalars(entry.value)


def read(text):
    findings = Findings()
    maps = yaml.parse(SourceFile("a.yml", text), findings)
    return maps, findings


def value(text):
    maps, findings = read(text)
    assert not len(findings), list(findings)
    return maps[0].get("k")


def places(node):
    """The characters of the file under each character of the value."""
    text = node.text
    return "".join(text.at(i, i + 1).text for i in range(len(text.value)))


@pytest.mark.parametrize(
    ("written", "words", "under"),
    [
        ("k: a 😀 é b", "a 😀 é b", "a 😀 é b"),
        ("k: 'it''s 😀'", "it's 😀", "it's 😀"),
        (r'k: "a\tb\u00e9\x41\U0001F600\"z"', 'a\tbéA😀"z', "a\\b\\\\\\\\z"),
        ("k: a\n  b\n\n  c", "a b\nc", "a\nb\nc"),
        ("k: 'a \n\n\n  b'", "a\n\nb", "a\n\nb"),
        ('k: "a \\\n   b"', "a b", "a b"),
        ("k: >-\n  a b\n  c\n\n  d", "a b c\nd", "a b\nc\nd"),
        ("k: >\n  a\n    b\n  c\n", "a\n  b\nc\n", "a\n  b\nc\n"),
        ("k: |\n    a\n      b\n\n    c\n", "a\n  b\n\nc\n", "a\n  b\n\nc\n"),
        ("k: |2\n    a\n  b\n", "  a\nb\n", "  a\nb\n"),
        ("k: >-\r\n  a\r\n  b\r\n", "a b", "a\nb"),
        ("\ufeffk: é", "é", "é"),
        ("x: 1\n---\nk: é", None, None),
        ("k: &here a b", "a b", "a b"),
    ],
)
def test_a_character_points_at_what_was_written(written, words, under):
    if words is None:
        assert read(written)[0][1].get("k").span.line == 3
        return
    node = value(written)
    assert node.text.value == words
    assert places(node) == under


LINES = st.lists(st.text(st.sampled_from("ab 😀é'\"\\#:,-"), min_size=1, max_size=6), min_size=1, max_size=4)


@given(LINES, st.sampled_from([">", "|", ">-", "|-", ">+", "|+"]), st.integers(1, 4))
def test_a_block_points_at_its_own_characters(lines, header, indent):
    text = f"k: {header}\n" + "".join(f"{' ' * indent}{line}\n" for line in lines) + "z: 1\n"
    maps, findings = read(text)
    if len(findings):
        return
    node = maps[0].get("k")
    for char, under in zip(node.text.value, places(node), strict=True):
        assert char == under or (char == " " and under == "\n"), (node, text)


@given(
    st.lists(
        st.sampled_from(["a", "😀", "é", " ", "  ", "\n ", "\n\n  ", "b", "'", "''", '\\"', "\\n", "\\\n"]), max_size=12
    )
)
@example(["a", "\n ", "\\n", "b"])
def test_quotes_point_at_their_own_characters(pieces):
    for quote in "'\"":
        text = f"k: {quote}{''.join(pieces)}{quote}\n"
        maps, findings = read(text)
        if len(findings) or not isinstance(maps[0].get("k"), Scalar) or len(maps[0].entries) != 1:
            continue
        node = maps[0].get("k")
        for char, under in zip(node.text.value, places(node), strict=True):
            assert under in (char, "\\") or (char == " " and under == "\n"), (node, text)


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" "), min_size=1)


@given(PRINTABLE)
def test_words_between_quotes_are_read_back_unchanged(words):
    node = read(f"k: {quoted(words)}\n")[0]
    if node:  # a variation selector is refused
        assert node[0].get("k").text.value == words


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("no", "no"), ("24:00", "24:00"), ("2026-01-01", "2026-01-01"), ("010", "010"), ("0612345678", "0612345678"),
        ("007.5", "007.5"), ("-012", "-012"), ("1_000", "1_000"), ("0", 0), ("-3", -3), ("+4", 4), ("1.10", 1.1),
        (".5", 0.5), ("1e3", 1000.0), ("5.", 5.0), ("true", True), ("False", False), ("~", None), ("", None),
        ("NULL", None), ("yes", "yes"), ("1e999", "1e999"), ("9" * 5000, "9" * 5000), ("-", "-"), (".", "."),
    ],
)  # fmt: skip
def test_plain_words_mean_what_the_core_schema_says(words, meaning):
    found = resolve(words)
    assert found == meaning
    assert type(found) is type(meaning)
