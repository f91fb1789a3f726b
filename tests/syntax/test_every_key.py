"""No key is read and then ignored: with it something that people see is different."""

from pathlib import Path

import pytest

from kpispec.syntax.kinds import SCHEMA_KINDS, schema

from . import effect_rows as tables
from .effects import CALLS, PROBE, Row, Seen, World, called, merged, route_of, values_at

TABLES = {
    "kpi": tables.KPI,
    "dataset": tables.DATASET,
    "benchmark": tables.BENCHMARK,
    "scorecard": tables.SCORECARD,
    "function": tables.FUNCTION,
    "calendar": tables.CALENDAR,
    "project": tables.PROJECT,
}
BASES = {
    "kpi": PROBE,
    "dataset": CALLS,
    "benchmark": {"benchmark": "ME", "entries": {"one": {"value": 4, "year": 2025, "source": "a study"}}},
    "scorecard": {"scorecard": "ME", "label": "A card", "sections": [{"label": "One", "kpis": ["total"]}]},
    "function": {"function": "ME", "args": ["v"], "formula": "sum(v)"},
    "calendar": {"calendar": "ME"},
    "project": {"project": "bench", "specs": ["specs"], "data": {}},
}
LOOKS = {  # how a KPI looks on
    "dataset": {"inputs": {"x": {"dataset": "ME"}}},
    "benchmark": {"benchmarks": [{"set": "ME", "entry": "one"}]},
    "function": {"formula": "ME(x)"},
    "calendar": {"inputs": {"x": {"expr": "business_seconds(at, done, 'ME')"}}, "formula": "sum(x)", "unit": "s"},
}


def keys_of(shape, at):
    """Every key below a schema, as `targets[].value` and `columns.*.type`."""
    for name, inner in shape.get("properties", {}).items():
        yield f"{at}{name}"
        yield from keys_of(inner, f"{at}{name}.") if isinstance(inner, dict) else ()
    for word, step in (("additionalProperties", "*."), ("items", "[].")):
        if isinstance(shape.get(word), dict):
            yield from keys_of(shape[word], at + step if step == "*." else at.removesuffix(".") + step)


def documents(kind, row: Row, id, adds):
    made = merged(merged(BASES[kind], row.on), adds)
    looks = [merged(merged(PROBE, LOOKS[kind]), row.probe)] if kind in LOOKS else []
    made = merged(made, row.probe) if kind == "kpi" else made
    return [called(d, id) for d in (made, *looks)]


def both(kind, rows):
    """The ids of documents with and without the keys of rows, and the documents; those without are often the same."""
    made, ids, known = {}, [], {}
    for n, row in enumerate(rows, 100):
        made[f"with_{n}"] = documents(kind, row, f"with_{n}", row.adds)
        bare = documents(kind, row, "bare", row.instead)
        id = known.setdefault(str(bare), f"bare_{n}")
        made.setdefault(id, documents(kind, row, id, row.instead))
        ids.append((f"with_{n}", id))
    return ids, made


def worlds(kind, folder: Path):
    """(key, row, with, without). Rows that ask for nothing special share one project."""
    table = TABLES[kind]
    if kind == "project":
        yield from projects(folder)
        return
    shared = {key: row for key, row in table.items() if not row.settings and not row.run}
    ids, made = both(kind, shared.values())
    bound = made if kind == "dataset" else ()
    shown = [id for row, pair in zip(shared.values(), ids, strict=True) for id in pair if row.shows == "page"]
    shown = list(dict.fromkeys(shown)) if kind in LOOKS or kind == "kpi" else []
    world = World(folder / "shared", [d for those in made.values() for d in those], bound, shown=shown)
    for key, pair in zip(shared, ids, strict=True):
        yield key, table[key], *(Seen(id, world) for id in pair)
    for number, (key, row) in enumerate((k, r) for k, r in table.items() if k not in shared):
        pair = []
        for (id, those), name in zip(both(kind, [row])[1].items(), ("with", "bare"), strict=True):
            settings = called(row.settings, id)
            pair.append(Seen(id, World(folder / f"{name}_{number}", those, (), settings, row.run)))
        yield key, row, *pair


def projects(folder: Path):
    """As `worlds`, each a project of its own; those without a key are often the same one."""
    known = {}
    for key, row in tables.PROJECT.items():
        pair = []
        for settings in (merged(row.on, row.adds), merged(row.on, row.instead)):
            if str(settings) not in known:
                known[str(settings)] = World(folder / str(len(known)), (), (), settings)
            pair.append(Seen(row.probe.get("kpi", "total"), known[str(settings)]))
        yield key, row, *pair


@pytest.mark.parametrize("kind", SCHEMA_KINDS)
def test_every_key_has_a_row(kind):
    wanted = [k for k in keys_of(schema(kind), "") if k != kind and k not in tables.ONE_CHOICE]
    assert list(dict.fromkeys(k for k in wanted if k not in TABLES[kind])) == []
    assert [k for k in TABLES[kind] if k not in wanted] == []


@pytest.mark.parametrize("kind", TABLES)
def test_every_row_adds_its_key(kind):
    for key, row in TABLES[kind].items():
        (having, *_), (lacking, *_) = both(kind, [row])[1].values()
        route = route_of(f"{kind}.{key}")
        assert values_at(having, route), key
        assert values_at(having, route) != values_at(lacking, route), key


@pytest.mark.parametrize("kind", TABLES)
def test_every_key_changes_something(kind, tmp_path):
    idle = []
    for key, row, having, lacking in worlds(kind, tmp_path):
        seen = having.look(row.shows)
        if not seen and row.shows != "findings":
            idle.append(f"{key}: nothing is seen")
        elif seen == lacking.look(row.shows):
            idle.append(f"{key}: the same {row.shows}")
    assert idle == []
