"""Names and scalars of written documents: whatever a file calls its columns, the YAML reads back the same."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpispec.diagnostics import Findings
from kpispec.project.naming import column_names, legal_id, one_line, project_name, scalar
from kpispec.source import SourceFile
from kpispec.syntax.nodes import Scalar
from kpispec.syntax.shapes import ID, NAME
from kpispec.syntax.yaml import parse
from kpispec.words import RESERVED

written = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(written)
@example("\ufe00 variant")
@example("\U000e0100")
def test_a_scalar_reads_back_as_it_was(text):
    findings = Findings()
    [document] = parse(SourceFile("t.yml", f"kpi: {scalar(text)}  # a comment\n"), findings)
    node = document.entries[0].value
    assert isinstance(node, Scalar)
    assert (node.value, len(findings)) == (text, 0)


@given(st.lists(written))
def test_column_names_are_legal_and_distinct(raw):
    names = column_names(tuple(raw))
    assert len(set(names)) == len(raw)
    assert all(re.match(NAME, name) and name not in RESERVED for name in names)


@given(written)
def test_an_id_is_legal(words):
    assert re.match(ID, legal_id(words, "rows"))


@given(written)
def test_one_line_is_one_line(text):
    assert len(one_line(text)) <= 60
    assert one_line(text).isprintable()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Ticket #", "ticket"),
        ("Créé le", "cree_le"),
        ("createdAt", "createdat"),
        ("_synced", "_synced"),
        ("date", "date_value"),
        ("1st reply", "c_1st_reply"),
        ("지역", "column_1"),
    ],
)
def test_what_a_column_becomes(raw, name):
    assert column_names((raw,)) == (name,)


def test_columns_that_would_share_a_name_are_numbered():
    assert column_names(("a b", "a_b", "a-b", "A B")) == ("a_b", "a_b_2", "a_b_3", "a_b_4")


def test_a_project_is_named_after_its_folder():
    assert [project_name(n) for n in ("care", "été 2026", "..", "")] == [
        "care",
        "t 2026",
        "first_project",
        "first_project",
    ]
