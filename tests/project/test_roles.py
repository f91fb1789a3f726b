"""What columns are taken for, by their names and cells."""

import pytest

from kpispec.formula.tree import Type
from kpispec.project.profile import Column
from kpispec.project.roles import clock_of, cuts_of, outside, roles_of, scale_of


def answers(**cells):
    """A column of whole numbers: `a4=20` are twenty cells that hold 4."""
    values = tuple(sorted(((name[1:], n) for name, n in cells.items()), key=lambda pair: -pair[1]))
    return Column("q", "q", Type.INTEGER, sum(cells.values()), len(values), 0, values)


def dated(raw, filled=100):
    return Column(raw, raw, Type.TIMESTAMP, filled, filled)


@pytest.mark.parametrize(
    ("column", "scale"),
    [
        (answers(a1=5, a2=5, a3=9, a4=30, a5=20), (1, 5)),
        (answers(a1=5, a2=5, a3=9, a4=30, a5=20, a6=40, a0=3), (1, 5)),
        (answers(a1=5, a2=5, a3=9, a4=30, a5=20, a6=9, a7=8), (1, 7)),
        (answers(a0=5, a3=5, a4=1, a5=9, a6=4, a7=9, a8=30, a9=20, a10=9, a2=1, a11=6), (0, 10)),
        (answers(a1=50, a2=50), None),
        (answers(a100=50, a200=50), None),
    ],
)
def test_a_scale_is_known_by_its_steps(column, scale):
    assert scale_of(column) == scale


def test_what_is_no_answer_stands_outside():
    assert outside(answers(a1=1, a5=9, a6=2, a99=7), (1, 5)) == (("99", 7), ("6", 2))


def test_a_column_plays_one_role_and_needs_its_cells():
    """`Created` in words is no time of opening, and a second date does not open twice."""
    words = Column("Created", "created", Type.STRING, 100, 5)
    opened, closed = dated("created_at"), dated("closed_at", 60)
    assert roles_of((words, opened, closed)) == {"opened": opened, "resolved": closed}


def test_the_clock_is_the_opening_else_a_date_that_is_always_there():
    synced, day, late = dated("_synced_at"), dated("day"), dated("paid_on", 40)
    assert clock_of((synced, late, day), {}) == day
    assert clock_of((late, Column("n", "n", Type.INTEGER, 100, 9)), {}) is None
    assert clock_of((synced, day), {"opened": synced}) == synced


def test_cuts_are_texts_of_a_few_repeated_values():
    few = Column("shop", "shop", Type.STRING, 100, 4)
    known = Column("Canal", "canal", Type.STRING, 100, 4)
    many = Column("name", "name", Type.STRING, 100, 90)
    rare = Column("note", "note", Type.STRING, 5, 4)
    assert cuts_of((few, many, rare, known), {}, 8) == (known, few)
    assert cuts_of((few, known), {}, 1) == (known,)
