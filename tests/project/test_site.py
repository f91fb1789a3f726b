"""The catalogue: pages of definitions that hold together, whatever the documents say."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner

import kpispec
from kpispec.cli.app import app
from kpispec.project.site import site

EXAMPLE = Path(__file__).parents[2] / "examples" / "customer_care"
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Outline(HTMLParser):
    """Tags with their attributes, the text that a reader sees, and whether all is closed in order."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.broken, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def outline(html):
    parser = Outline()
    parser.feed(html)
    parser.close()
    return parser


@pytest.fixture(scope="module")
def example():
    loaded = kpispec.load(EXAMPLE).loaded
    return {language: site(loaded, language, library=True) for language in ("en", "fr")}


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7*7 }}"
QUOTED = json.dumps(HOSTILE)
SPECS = f"""
dataset: tickets
label: {QUOTED}
description: {QUOTED}
time: opened_at
columns:
  opened_at: {{type: timestamp, label: {QUOTED}}}
  channel: {{type: string, dimension: true, values: ["</td><script>", "a, b"], missing: {{"<b>": "{{% x %}}"}}}}
  minutes: {{type: number}}
---
kpi: hostile
label: {QUOTED}
question: {QUOTED}
description: "[x](javascript:alert(1)) <b>bold</b> **strong**"
tags: ["<i>", "a b"]
owner: {{business: {QUOTED}}}
inputs: {{x: {{dataset: tickets, expr: minutes, where: channel = '</pre><script>alert(3)</script>'}}}}
formula: sum_if(x, '<script>' = '</code>')
direction: lower_is_better
caveats: [{QUOTED}]
references: [{QUOTED}, "javascript:alert(4)", "https://example.org/?a=1&b=<2>"]
benchmarks: [{{label: {QUOTED}, value: 4, source: {QUOTED}, year: 2020, url: "https://example.org/?a=<5>"}}]
tests: [{{name: {QUOTED}, given: {{tickets: [{{minutes: 3, channel: {QUOTED}}}, {{minutes: null}}]}}, expect: 0}}]
---
kpi: heir
extends: hostile
min_n: 7
label: Heir
---
kpi: undeclared
inputs: {{x: elsewhere.price}}
formula: sum(x)
direction: lower_is_better
---
kpi: lost
inputs: {{x: tickets.minutes}}
formula: sum(x) +
---
kpi: growth_of
inputs: {{now: {{kpi: heir}}, before: {{kpi: heir, where: channel = 'a'}}}}
formula: now - before
direction: lower_is_better
---
scorecard: hostile_card
sections: [{{label: {QUOTED}, level: strategic, kpis: [heir]}}]
"""


@pytest.fixture
def odd(workbench):
    return site(kpispec.load(workbench.write(SPECS, {"elsewhere": "price\n1\n"})).loaded, "en")


@pytest.fixture
def texts(odd):
    return {path: outline(html).text for path, html in odd.items()}


def test_there_is_a_page_of_every_definition(example):
    catalog = kpispec.load(EXAMPLE).catalog
    pages = set(example["en"])
    assert {
        "index.html",
        *(f"kpi/{id}.html" for id in catalog.specs),
        *(f"dataset/{id}.html" for id in catalog.datasets),
    } <= pages


@pytest.mark.parametrize("made", ["en", "fr", "odd"])
def test_every_link_leads_to_a_page_and_a_place_on_it(example, odd, made):
    pages = odd if made == "odd" else example[made]
    anchors = {path: {attrs.get("id") for _, attrs in outline(html).tags} for path, html in pages.items()}
    seen = 0
    for path, html in pages.items():
        for tag, attrs in outline(html).tags:
            href = attrs.get("href", "")
            if tag != "a" or href.startswith("https://"):
                continue
            target, _, anchor = href.partition("#")
            resolved = os.path.normpath(PurePosixPath(path).parent / target) if target else path
            assert resolved in pages, (path, href)
            assert not anchor or anchor in anchors[resolved], (path, href)
            seen += 1
    assert seen > len(pages)


@pytest.mark.parametrize("made", ["en", "fr", "odd"])
def test_pages_are_well_formed_with_one_heading_and_unique_ids(example, odd, made):
    for path, html in (odd if made == "odd" else example[made]).items():
        parsed = outline(html)
        assert not parsed.broken, path
        assert not parsed.open, path
        ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), path
        assert [tag for tag, _ in parsed.tags].count("h1") == 1, path


def test_hostile_words_are_words(odd, texts):
    for path, html in odd.items():
        tags = outline(html).tags
        assert [tag for tag, _ in tags].count("script") == 1, path
        assert not [tag for tag, attrs in tags if tag in ("img", "i", "b") and attrs], path
        for tag, attrs in tags:
            assert not [name for name in attrs if name.startswith("on") or name == "style"], (path, tag)
            assert not attrs.get("href", "").startswith("javascript:"), path
    assert HOSTILE in texts["index.html"]
    assert HOSTILE in texts["kpi/hostile.html"]
    assert "49" not in texts["index.html"]
    assert "sum_if(x, '<script>' = '</code>')" in texts["kpi/hostile.html"]
    assert "bold</b> strong" in texts["kpi/hostile.html"]


def test_only_its_own_style_and_script_may_run(odd):
    (policies,) = {re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1] for html in odd.values()}
    assert "default-src &#39;none&#39;" in policies
    assert policies.count("sha256-") == 2
    assert "unsafe" not in policies


def test_a_page_tells_what_the_documents_say(texts):
    page = texts["kpi/heir.html"]
    for words in ("expr minutes", "min_n 7", "Level strategic", "lower is better", "After extends"):
        assert words in page, words
    assert f"Extends {HOSTILE}" in page
    assert "channel minutes" not in texts["kpi/heir.html"]  # tests are not inherited
    assert "minutes channel 3" in texts["kpi/hostile.html"]
    assert "create or replace temporary table" in page
    assert f"4 {HOSTILE} {HOSTILE} 2020" in texts["kpi/hostile.html"]


def test_where_there_is_no_sql_the_page_says_why(texts):
    assert "This definition has findings: `kpispec validate` shows them." in texts["kpi/lost.html"]
    assert "Its SQL cannot be shown without data. " in texts["kpi/undeclared.html"]
    assert "No document declares its columns." in texts["dataset/elsewhere.html"]


def test_the_page_of_a_data_set_tells_who_reads_each_column(texts):
    page = texts["dataset/tickets.html"]
    assert 'values [</td><script>, "a, b"]' in page
    assert "minutes number Computes" in page


def test_the_sql_of_every_page_runs_over_tables_of_the_declared_columns(example):
    import duckdb

    catalog = kpispec.load(EXAMPLE).catalog
    types = {"string": "varchar", "integer": "bigint", "number": "double"}
    with duckdb.connect() as database:
        for dataset in catalog.datasets.values():
            columns = (c for c in dataset.spec.columns if c.expr is None)
            listed = ", ".join(f'"{c.name}" {types.get(c.checks.type, c.checks.type)}' for c in columns)
            database.execute(f'create table "{dataset.id}" ({listed})')
        for id in catalog.kpis:
            block = re.search(r'aria-label="SQL"><code>(.*?)</code>', example["en"][f"kpi/{id}.html"], re.DOTALL)[1]
            sql = outline(f"<pre>{block}</pre>").words
            assert len(database.execute("".join(sql)).fetchall()) <= 1, id  # months of no rows at all are none


def test_both_languages_are_spoken(example):
    english, french = (outline(example[tag]["kpi/nps.html"]).text for tag in ("en", "fr"))
    assert "What it reads" in english
    assert "Ce qu’il lit" in french
    assert "Net Promoter Score à froid" in french
    assert "Made of the definitions alone" not in french


COMMAND = """
import sys, kpispec
from kpispec.project.site import site
for path, text in site(kpispec.load(sys.argv[1]).loaded, "fr").items():
    sys.stdout.write(path + text)
"""


def test_the_same_bytes_whatever_the_process():
    made = [
        subprocess.run(
            [sys.executable, "-c", COMMAND, str(EXAMPLE)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C", "PYTHONUTF8": "1"},
            cwd=place,
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone, place in (("1", "UTC", "/"), ("2", "Asia/Tokyo", EXAMPLE))
    ]
    assert made[0] == made[1]
    assert str(EXAMPLE).encode() not in made[0]
    assert not re.search(rb"object at 0x|built-in method", made[0])


def ran(*words):
    return CliRunner().invoke(app, ["docs", *map(str, words)])


def test_the_command_writes_pages_and_removes_only_its_own_old_ones(workbench, tmp_path):
    folder = workbench.write(SPECS)
    target = tmp_path / "site"
    assert ran("--project", folder, "-o", target).exit_code == 0
    (target / "kpi" / "mine.html").write_text("<p>mine</p>", encoding="utf-8")
    before = (target / "index.html").read_bytes()
    assert ran("--project", folder, "-o", target).exit_code == 0
    assert (target / "index.html").read_bytes() == before
    workbench.write(
        SPECS.replace("kpi: heir", "kpi: heiress").replace("heir}", "heiress}").replace("heir, ", "heiress, ")
    )
    assert ran("--project", folder, "-o", target).exit_code == 0
    names = {path.stem for path in (target / "kpi").iterdir()}
    assert {"heiress", "mine", "hostile"} <= names
    assert "heir" not in names


def test_the_library_needs_no_project(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    done = ran("--library", "-o", tmp_path / "site")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "site" / "index.html").is_file()
    assert ran("-o", tmp_path / "site").exit_code == 2


def test_a_page_says_how_the_interval_is_found_or_why_there_is_none(example):
    pages = {name.rsplit("/", 1)[-1]: outline(html).text for name, html in example["en"].items()}
    assert "95% of a share, after Wilson (1927)" in pages["csat_yes.html"]
    assert "None: the same rows of `subscribers` are counted" in pages["churn_rate_average_base.html"]
