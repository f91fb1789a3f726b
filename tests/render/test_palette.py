"""The colours of the page: contrast (WCAG 2.2) and distance for people who see fewer colours.

Colour blindness after Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB; distances in CIELAB (1976).
"""

import re
from itertools import combinations
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "templates" / "assets" / "style.css").read_text(encoding="utf-8")
PLAIN = dict(re.findall(r"--(\w+): (#\w+)", CSS.split("@supports")[0]))
PAIRS = {name: (light, dark) for name, light, dark in re.findall(r"--(\w+): light-dark\((#\w+), (#\w+)\)", CSS)}
THEMES = {
    "light": {**PLAIN, **{name: pair[0] for name, pair in PAIRS.items()}},
    "dark": {**PLAIN, **{name: pair[1] for name, pair in PAIRS.items()}},
}

DEFICITS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour):
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return tuple(p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)


def luminance(colour):
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.95047, 1.0, 1.08883)
    xyz = [sum(m * c for m, c in zip(row, rgb, strict=True)) / w for row, w in zip(matrix, white, strict=True)]
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def seen_by(colour, deficit):
    rgb = linear(colour)
    return [min(1.0, max(0.0, sum(m * c for m, c in zip(row, rgb, strict=True)))) for row in DEFICITS[deficit]]


def distance(one, other, deficit):
    a, b = lab(seen_by(one, deficit)), lab(seen_by(other, deficit))
    return sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5


def test_both_themes_and_the_plain_fallback_agree():
    assert set(PAIRS) <= set(PLAIN)
    assert {name: THEMES["light"][name] for name in PAIRS} == {name: PLAIN[name] for name in PAIRS}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["sf", "bg"])
@pytest.mark.parametrize("text", ["ink", "ink2", "ink3", "good", "watch", "bad", "none", "acc"])
def test_text_can_be_read(theme, ground, text):
    tokens = THEMES[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", ["data", "mid", "good", "watchf", "bad", "none"])
def test_marks_can_be_seen(theme, mark):
    assert contrast(THEMES[theme][mark], THEMES[theme]["sf"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tint", ["goodb", "watchb", "badb"])
def test_ink_can_be_read_on_the_tints_of_the_map(theme, tint):
    assert contrast(THEMES[theme]["ink"], THEMES[theme][tint]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_a_value_stands_out_on_the_darkest_range(theme):
    assert contrast(THEMES[theme]["data"], THEMES[theme]["qb"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficit", DEFICITS)
@pytest.mark.parametrize(("kinds", "least"), [(("good", "watchf", "bad"), 20), (("goodb", "watchb", "badb"), 10)])
def test_statuses_differ_for_people_who_see_fewer_colours(theme, deficit, kinds, least):
    tokens = THEMES[theme]
    for one, other in combinations(kinds, 2):
        assert distance(tokens[one], tokens[other], deficit) >= least, (one, other)
