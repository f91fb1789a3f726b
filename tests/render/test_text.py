"""The table on a terminal."""

from dataclasses import replace

import pytest

from kpispec.render.text import render_table

from .fixtures import report


@pytest.fixture(scope="module")
def last_month():
    whole = report()
    return replace(
        whole, kpis=tuple(replace(k, history=k.history[-1:], segments=k.segments[:1]) for k in whole.kpis[:3])
    )


TABLE = """\
KPI                    Period    Segment          Value     Interval      n  Status      Change
Net Promoter Score     Aug 2026                    39.3  35.5 – 43.1  1,480  ! Watch ≈  +3.4 pt
                       Aug 2026  channel = Phone   40.4  34.5 – 46.3    622  ✓ Good ≈
Customer satisfaction  Aug 2026                   79.0% 77.3 – 80.7%  2,150  ! Watch ≈  −0.4 pp
                       Aug 2026  channel = Phone  79.6% 77.0 – 82.3%    903  ! Watch ≈
Customer effort score  Aug 2026                    5.57  5.51 – 5.63  1,720  ✓ Good       −0.07
                       Aug 2026  channel = Phone   5.60  5.51 – 5.69    722  ✓ Good
"""


def squeezed(text):
    return [line.replace("\u00a0", " ").split() for line in text.splitlines()]


def test_figures_are_aligned_and_statuses_have_a_shape_and_a_word(last_month):
    shown = render_table(last_month, language="en", width=120)
    assert squeezed(shown) == squeezed(TABLE)
    values = [line.index("39.3") + 4 for line in shown.splitlines() if "39.3" in line]
    assert values == [line.index("79.0%") + 5 for line in shown.splitlines() if "79.0%" in line]


@pytest.mark.parametrize("width", [80, 100, 132, 200])
def test_no_line_is_wider_than_the_terminal(width):
    shown = render_table(report(), language="fr", width=width)
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "39,3" in shown


def test_a_terminal_that_is_too_narrow_loses_no_figure():
    shown = render_table(report(), language="en", width=30)
    assert "39.3" in shown
    assert "5\u00a0h\u00a020\u00a0min" in shown


def test_control_characters_are_shown_and_markup_is_text(last_month):
    kpi = last_month.kpis[0]
    label = replace(kpi.spec.label, texts=(("", "[red]\x1b[31mNPS\u202e"),))
    nasty = replace(last_month, kpis=(replace(kpi, spec=replace(kpi.spec, label=label)),))
    shown = render_table(nasty, language="en", width=200)
    assert "[red]" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "001b" in shown


def test_colour_is_only_there_when_asked_for(last_month):
    assert "\x1b[" not in render_table(last_month, language="en", width=120)
    assert "\x1b[" in render_table(last_month, language="en", width=120, colour=True)


def test_a_kpi_without_a_reading_keeps_its_line(last_month):
    broken = replace(last_month.kpis[0], headline=None, history=(), segments=(), message="boom")
    shown = render_table(replace(last_month, kpis=(broken,)), language="en", width=120)
    assert "Net Promoter Score" in shown
    assert "Error" in shown


def test_the_table_speaks_the_language_asked_for(last_month):
    shown = render_table(last_month, language="fr", width=140)
    assert shown.startswith("Indicateur")
    assert "À surveiller" in shown
    assert "79,0\u00a0%" in shown
