"""What a key does: documents with and without it, in one project, and what there is to see of each."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import duckdb
from openpyxl import Workbook

import kpispec
from kpispec.catalog.expiry import expired
from kpispec.catalog.languages import missing_languages
from kpispec.diagnostics import Findings
from kpispec.engine.base import EngineError
from kpispec.engine.duckdb import DuckDB
from kpispec.project.asked import Asked, parse_instant
from kpispec.project.binding import open_engine
from kpispec.project.catalogue import find_document, items, items_text
from kpispec.project.load import CallError
from kpispec.project.shown import document_yaml
from kpispec.project.site import site
from kpispec.project.trials import trials
from kpispec.render.html import render_html

AS_OF = "2026-04-10"
ROWS = {
    "calls": """
id,at,done,day,ch,who,x,w,code,yes,note
1,2026-01-05 10:00,2026-01-05 11:00,2026-01-05,a,u1,1,1,5,true,
2,2026-01-06 10:00,2026-02-06 10:00,2026-01-06,b,u1,4,3,6,false,n
3,2026-01-07 23:30,2026-01-09 09:00,2026-01-07,a,u2,7,1,-9,true,n
4,2026-02-02 09:00,2026-02-02 10:00,2026-02-02,b,u2,2,1,x,true,n
5,2026-02-03 09:00,2026-03-03 10:00,2026-02-03,a,u3,5,5,7,,n
6,2026-02-04 09:00,,2026-02-04,,u3,9,1,8,true,n
7,2026-03-02 09:00,2026-03-02 12:00,2026-03-02,a,u1,3,2,5,true,""
8,2026-03-03 09:00,2026-03-04 12:00,2026-03-03,b,u2,12,1,99,false,n
9,2026-03-31 23:30,2026-04-02 12:00,2026-03-31,a,u9,6,1,5,true,n
10,,2026-04-02 12:00,2026-03-31,a,u9,100,1,5,true,n
""",
    "notes": 'id,at,ch,who,x,note\n1,2026-01-05,a,u1,1,""\n2,2026-01-06,b,u1,2,\n',
    "people": "who,tier,since,until\nu1,gold,2025-01-01,2026-02-01\nu2,tin,2025-01-01,\nu3,gold,2026-02-04,\n",
}
CALLS = {
    "dataset": "ME",
    "time": "at",
    "columns": {
        "id": {"type": "string"},
        "at": {"type": "timestamp"},
        "done": {"type": "timestamp", "optional": True},
        "day": {"type": "date"},
        "ch": {"type": "string", "dimension": True, "values": ["a", "b"]},
        "who": {"type": "string"},
        "x": {"type": "number"},
        "w": {"type": "number"},
        "code": {"type": "string"},
        "yes": {"type": "boolean"},
        "note": {"type": "string"},
    },
}
PEOPLE = {
    "dataset": "people",
    "interval": {"from": "since", "to": "until"},
    "columns": {
        "who": {"type": "string"},
        "tier": {"type": "string", "dimension": True},
        "since": {"type": "timestamp"},
        "until": {"type": "timestamp"},
    },
}
PROBE = {
    "kpi": "ME",
    "label": "What is looked at",
    "inputs": {"x": {"dataset": "calls", "expr": "x"}},
    "formula": "avg(x)",
    "direction": "higher_is_better",
}
AROUND = [
    {**CALLS, "dataset": "calls"},
    PEOPLE,
    {**PROBE, "kpi": "total", "formula": "sum(x)"},
    {**PROBE, "kpi": "narrow", "where": "ch = 'a'", "targets": [{"from": "2026-01-01", "value": 5}]},
    {"benchmark": "peers", "entries": {"retail": {"value": 4, "year": 2025, "source": "a study"}}},
    {**PROBE, "kpi": "rising", "thresholds": {"good": ">= 1", "bad": "< 0"}},
    {**PROBE, "kpi": "falling", "direction": "lower_is_better", "thresholds": {"good": "<= 1", "bad": "> 2"}},
    {**CALLS, "dataset": "later", "where": "x > 3"},
    {**CALLS, "dataset": "kept", "where": "ch = 'a'"},
    {**PEOPLE, "dataset": "firsts", "where": "who = 'u1'"},
    {"scorecard": "parent", "period": "quarter", "sections": [{"label": "One", "kpis": ["total"]}]},
    {"function": "twice", "args": ["v"], "formula": "2 * v"},
    {"calendar": "mornings", "hours": "09:00-12:00"},
    {"calendar": "nights", "hours": "20:00-22:00"},
]


@dataclass(frozen=True)
class Row:
    """`adds` holds the key; `on` stands there either way, `instead` in its place where it must not lack.

    `probe` changes the KPI that looks on. `shows` is an attribute of `Seen`, or a key of results. `settings` and `run`
    ask for a project of its own.
    """

    adds: dict
    shows: str
    on: dict = field(default_factory=dict)
    instead: dict = field(default_factory=dict)
    probe: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    run: dict = field(default_factory=dict)


def merged(base, patch):
    """Maps key by key; `None` takes a key away."""
    if not (isinstance(base, dict) and isinstance(patch, dict)):
        return patch
    found = {k: merged(v, patch[k]) if k in patch else v for k, v in base.items()}
    found |= {k: v for k, v in patch.items() if k not in base}
    return {k: v for k, v in found.items() if v is not None}


def called(document, id):
    """The document with its name put in wherever it says `ME`."""
    return json.loads(json.dumps(document).replace("ME", id))


def values_at(node, route):
    """The values at a route such as `columns.*.type` or `targets[].value`."""
    if not route:
        return [node]
    head, *rest = route
    inner = node if head == "[]" and isinstance(node, list) else []
    if isinstance(node, dict):
        inner = node.values() if head == "*" else [node[head]] if head in node else []
    return [v for item in inner for v in values_at(item, rest)]


def route_of(key):
    """`kpi.targets[].from` as steps below the document."""
    return [step for part in key.split(".")[1:] for step in re.findall(r"\[\]|[^\[\]]+", part)]


def plain(text):
    """A text in which documents of different names are called alike."""
    return re.sub(r"(?i)(with|bare)[_ ][0-9]+|:[0-9]+(?=</code>)", "ME", text)


def _further(folder, settings):
    """The files that the settings of a project name, beside those that every project has."""
    head, *lines = (line.split(",") for line in ROWS["calls"].strip().splitlines())
    if "odd.csv" in settings:
        rows = ("1;05/01/2026;;2026-01-05;a;u1;1,5;1;5;true;n", "2;06/02/2026;;2026-02-06;b;u1;1.500;3;6;false;n")
        (folder / "odd.csv").write_text("\n".join([";".join(head), *rows]) + "\n", encoding="utf-8")
    if "ragged.csv" in settings:
        text = ROWS["calls"].lstrip() + "11,2026-01-05 10:00,a,b\n"
        (folder / "ragged.csv").write_text(text, encoding="utf-8")
    if "book.xlsx" in settings:
        book = Workbook()
        for name, rows in (("One", lines[:2]), ("Two", lines)):
            sheet = book.create_sheet(name)
            for row in (head, *rows):
                sheet.append(row)
        del book["Sheet"]
        book.save(folder / "book.xlsx")
    if "kept.duckdb" in settings:
        with duckdb.connect(folder / "kept.duckdb") as connection:
            connection.execute(f"create table calls as from read_csv('{folder}/calls.csv') where x > 3")
    (folder / "more").mkdir()
    (folder / "more" / "one.yml").write_text(json.dumps({**CALLS, "dataset": "calls"}), encoding="utf-8")
    worked = merged(called(PROBE, "worked"), {"inputs": {"x": {"expr": "business_seconds(at, done)"}}, "unit": "s"})
    (folder / "worked.yml").write_text(json.dumps(worked), encoding="utf-8")


class World:
    """One project of many documents, loaded and run once."""

    def __init__(self, folder: Path, documents, bound=(), settings=None, run=None, shown=()):
        self.folder = folder
        (folder / "specs").mkdir(parents=True)
        for name, text in ROWS.items():
            (folder / f"{name}.csv").write_text(text.lstrip(), encoding="utf-8")
        cards = [{"scorecard": "everything", "sections": [{"label": "All", "kpis": [*shown, "total"]}]}]
        texts = (json.dumps(d, indent=1, ensure_ascii=False) for d in (*AROUND, *cards, *documents))
        (folder / "specs" / "all.yml").write_text("\n---\n".join(texts), encoding="utf-8")
        settings = settings or {}
        _further(folder, json.dumps(settings))
        files = {name: f"{name}.csv" for name in ROWS} | {"later": "calls.csv", "firsts": "people.csv"}
        data = {name: {"from": file} for name, file in (files | dict.fromkeys(bound, "calls.csv")).items()}
        said = merged({"project": "bench", "specs": ["specs"], "data": data}, settings)
        (folder / "kpispec.yml").write_text(json.dumps(said), encoding="utf-8")
        self.run = {"as_of": AS_OF, "period": "month", "by": ["ch"], **(run or {})}
        self.project = kpispec.load(folder)

    @cached_property
    def findings(self):
        loaded = self.project.loaded
        found = Findings()
        found.extend(loaded.findings)
        expired(loaded.catalog, date.fromisoformat(AS_OF), found)
        missing_languages(loaded.catalog, loaded.project.languages, loaded.project.language, found)
        return found

    @cached_property
    def result(self):
        return self.project.run(everything=True, **self.run)

    @cached_property
    def rows(self):
        found = {}
        for row in self.result.rows:
            found.setdefault(row["kpi"], []).append({**row, "kpi": ""})
        return found

    @cached_property
    def heads(self):
        return json.loads(self.result.to_json())["kpis"]

    @cache  # noqa: B019 - a world lives as long as one test
    def page(self, card):
        asked = Asked(as_of=parse_instant(AS_OF, "UTC"))
        return render_html(self.project.run_asked([card], asked, page=True).report, language="en")

    @cached_property
    def trials(self):
        engine = DuckDB(self.folder)
        try:
            return list(trials(self.project.catalog, engine, "UTC"))
        finally:
            engine.close()

    @cached_property
    def site(self):
        return site(self.project.loaded, "en")


@dataclass(frozen=True)
class Seen:
    """What there is to see of the documents of one id."""

    id: str
    world: World

    def look(self, what):
        try:
            return getattr(self, what) if hasattr(Seen, what) else [row[what] for row in self.rows]
        except (CallError, EngineError) as error:
            return error.message

    @property
    def findings(self):
        found = ((f.rule, f"{f.subject} {f.message}") for f in self.world.findings)
        return [(rule, plain(words)) for rule, words in found if re.search(rf"\b{self.id}\b", words)]

    @property
    def rows(self):
        return self.world.rows.get(self.id, [])

    @property
    def about(self):
        return [{**head, "kpi": ""} for head in self.world.heads if head["kpi"] == self.id]

    @property
    def tests(self):
        return [(t.test.name, t.failures) for t in self.world.trials if t.kpi.id == self.id]

    @property
    def listed(self):
        lines = items_text(items(self.world.project.loaded, None)).splitlines()
        return [plain(line) for line in lines if line.split()[1] == self.id]

    @property
    def written(self):
        """The document alone: for what only its reader reads."""
        kind = "calendar"
        return document_yaml(find_document(self.world.project.loaded, f"{kind}.{self.id}"))

    @property
    def page(self):
        """Its part of a scorecard's page."""
        part = self.world.page("everything").partition(f'id="kpi-{self.id}"')[2]
        return plain(part.partition('id="kpi-')[0])

    @property
    def card(self):
        return plain(self.world.page(self.id))

    @property
    def docs(self):
        """Its pages in the catalogue, without the document as it is written and the keys that are only copied."""
        copied = r"<style>.*?</style>|<h3>(Inputs|Other keys)</h3>.*?</section>|id=.h-yaml.>.*?</section>"
        pages = (self.world.site.get(f"{kind}/{self.id}.html", "") for kind in ("kpi", "dataset"))
        return [re.sub(copied, "", plain(page), flags=re.DOTALL) for page in pages]

    # of a project

    @property
    def everything(self):
        return [f.rule for f in self.world.findings], list(self.world.project.catalog.specs)

    @property
    def engine(self):
        engine = open_engine(self.world.project.loaded, threads=None, memory_limit=None)
        try:
            return engine.run("select current_setting('threads'), current_setting('memory_limit')").rows
        finally:
            engine.close()
