"""For every key of every kind: a document with it, and what it changes. Read by `test_every_key`."""

from .effects import Row


def column(name, adds, shows, **more):
    return Row({"columns": {name: adds}}, shows, **more)


def x(adds, shows, **more):
    """Keys of an input."""
    return Row({"inputs": {"x": adds}}, shows, **more)


def read(name):
    return {"inputs": {"x": {"expr": name}}, "formula": "count(x)"}


BANDS = {"thresholds": {"good": ">= 5"}}
PAST, LATER = "2020-01-01", "2099-01-01"
TARGET = {"from": "2026-01-01", "value": 5}
MOVED = {"at": "2026-02", "label": "Moved"}
FIGURE = {"value": 4, "year": 2025, "source": "a study"}
WIDE = {"low": 3, "high": 4, "year": 2025, "source": "a study"}
GIVEN = {"calls": [{"x": 1, "ch": "a", "at": "2026-03-05"}, {"x": 4, "ch": "b", "at": "2026-02-05"}]}
DATED = {"given": GIVEN, "period": "2026-03", "expect": 1}
MANY = [{"x": 1, "at": "2026-03-05"}, {"x": 2, "at": "2026-03-06"}, {"x": 5, "at": "2026-03-07"}]


def target(adds, shows, on=TARGET, **more):
    return Row({"targets": [{**on, **adds}]}, shows, instead={"targets": [on]}, **more)


def benchmark(adds, shows="page", on=FIGURE, **more):
    return Row({"benchmarks": [{**on, **adds}]}, shows, instead={"benchmarks": [on]}, **more)


def example(adds, on=None, **more):
    bare = {"given": GIVEN, "expect": 2.5} if on is None else on
    return Row({"tests": [{**bare, **adds}]}, "tests", instead={"tests": [bare]}, **more)


def expects(adds, given=None, shows="tests"):
    """A key of what a test expects, wrong on purpose."""
    bare = {"given": given or {"calls": MANY}, "period": "2026-03"}
    value = {} if "value" in adds else {"n": 3}
    with_, without = {**bare, "expect": {**value, **adds}}, {**bare, "expect": {"n": 3}}
    return Row({"tests": [with_]}, shows, instead={"tests": [without]})


def expects_by(adds, without=None):
    bare = {"given": GIVEN, "period": "2026-03", "by": "ch"}
    a = {"segment": {"ch": "a"}}
    expected = without or {**a, "n": 1}
    return Row(
        {"tests": [{**bare, "expect": [{**expected, **adds}]}]},
        "tests",
        instead={"tests": [{**bare, "expect": [expected]}]},
    )


KPI = {
    "extends": Row({"extends": "narrow"}, "value"),
    "label": Row({"label": "Waiting"}, "page", on={"label": None}),
    "question": Row({"question": "How long?"}, "page"),
    "description": Row({"description": "The mean."}, "page"),
    "owner": Row({"owner": {"business": "ann"}}, "page"),
    "owner.business": Row({"owner": {"business": "ann"}}, "page"),
    "owner.technical": Row({"owner": {"technical": "bob"}}, "page"),
    "lifecycle": Row({"lifecycle": {"state": "draft"}}, "page"),
    "lifecycle.state": Row({"lifecycle": {"state": "draft"}}, "page"),
    "lifecycle.version": Row({"lifecycle": {"version": "1.2.0"}}, "page"),
    "lifecycle.since": Row({"lifecycle": {"since": "2026-01-01"}}, "page"),
    "lifecycle.review_by": Row({"lifecycle": {"review_by": PAST}}, "findings"),
    "tags": Row({"tags": ["slow"]}, "page"),
    "level": Row({"level": 0.5}, "low"),
    "perspective": Row({"perspective": "customer"}, "page"),
    "variant": Row({"variant": "mean_of_all"}, "page"),
    "unit": Row({"unit": "EUR"}, "unit"),
    "decimals": Row({"decimals": 4}, "page"),
    "compact": Row({"compact": True}, "page", on={"formula": "1000000 * avg(x)"}),
    "direction": Row({"direction": "lower_is_better"}, "about", on={"direction": None}),
    "period": Row({"period": "quarter"}, "status", on=BANDS),
    "where": Row({"where": "ch = 'a'"}, "value"),
    "inputs": Row({"inputs": {"x": {"expr": "2 * x"}}}, "value"),
    "inputs.*.dataset": x({"dataset": "calls"}, "value", instead={"inputs": {"x": {"dataset": "later"}}}),
    "inputs.*.expr": x({"expr": "w"}, "value"),
    "inputs.*.kpi": Row(
        {"inputs": {"x": {"kpi": "total"}}},
        "value",
        on={"inputs": {"x": None}, "formula": "x"},
        instead={"inputs": {"x": {"kpi": "narrow"}}},
    ),
    "inputs.*.where": x({"where": "ch = 'a'"}, "value"),
    "inputs.*.per": x({"per": "who"}, "value", on={"inputs": {"x": {"expr": "avg(x)"}}}),
    "inputs.*.when": x({"when": "done"}, "value"),
    "inputs.*.window": x({"window": "2 periods"}, "value"),
    "inputs.*.offset": Row(
        {"inputs": {"x": {"offset": "-1 period"}}},
        "value",
        on={"inputs": {"x": {"kpi": "total", "dataset": None, "expr": None}}, "formula": "x"},
    ),
    "inputs.*.settles_after": x({"settles_after": "20 days"}, "value"),
    "inputs.*.whole": x({"whole": True}, "value"),
    "inputs.*.type": x({"type": "integer"}, "rejected", on={"inputs": {"x": {"expr": "x / 2"}}}),
    "inputs.*.range": x({"range": [0, 5]}, "rejected"),
    "inputs.*.values": x({"values": ["u1"]}, "rejected", on=read("who")),
    "inputs.*.missing": x({"missing": {"99": "refused"}}, "rejected", on=read("code")),
    "inputs.*.not_null": x({"not_null": True}, "rejected", on=read("note")),
    "inputs.*.invalid": x({"invalid": "fail"}, "status", on={"inputs": {"x": {"range": [0, 5]}}}),
    "params": Row({"params": {"cut": 5}}, "findings", on={"formula": "count_if(x > cut)"}),
    "formula": Row({"formula": "2 * avg(x)"}, "value"),
    "weight": Row({"weight": "w"}, "value"),
    "sample_unit": Row({"sample_unit": "who"}, "n"),
    "min_n": Row({"min_n": 3}, "status"),
    "suppress_below": Row({"suppress_below": 3}, "status"),
    "confidence": Row({"confidence": "none"}, "low"),
    "confidence.method": Row({"confidence": {"method": "bootstrap"}}, "method", on={"sample_unit": "id"}),
    "confidence.level": Row({"confidence": {"level": 0.5}}, "low"),
    "population": Row({"population": "complete"}, "low"),
    "thresholds": Row(BANDS, "status"),
    "thresholds.good": Row(BANDS, "status"),
    "thresholds.watch": Row({"thresholds": {"watch": "[4, 5)"}}, "threshold", on=BANDS),
    "thresholds.bad": Row({"thresholds": {"bad": "< 4.5"}}, "status", on=BANDS),
    "thresholds.by": Row({"thresholds": {"by": [{"segment": {"ch": "a"}, "good": ">= 1"}]}}, "status", on=BANDS),
    "thresholds.by[].segment": Row(
        {"thresholds": {"by": [{"segment": {"ch": "a"}, "good": ">= 1"}]}},
        "status",
        on=BANDS,
        instead={"thresholds": {"by": [{"segment": {"ch": "b"}, "good": ">= 1"}]}},
    ),
    **{
        f"thresholds.by[].{band}": Row(
            {"thresholds": {"by": [{"segment": {"ch": "a"}, "good": ">= 4.5", band: bound}]}},
            "threshold",
            on=BANDS,
            instead={"thresholds": {"by": [{"segment": {"ch": "a"}, **other}]}},
        )
        for band, bound, other in (
            ("good", ">= 4", {"bad": "< 2"}),
            ("watch", "[1, 4.5)", {"good": ">= 4.5"}),
            ("bad", "< 4", {"good": ">= 4.5"}),
        )
    },
    "process_changes": Row({"process_changes": [MOVED]}, "page"),
    "process_changes[].at": Row(
        {"process_changes": [{**MOVED, "at": "2026-03"}]}, "page", instead={"process_changes": [MOVED]}
    ),
    "process_changes[].label": Row(
        {"process_changes": [{**MOVED, "label": "New form"}]}, "page", instead={"process_changes": [MOVED]}
    ),
    "targets": Row({"targets": [TARGET]}, "target"),
    "targets[].from": target({"from": "2026-03-01"}, "target"),
    "targets[].to": target({"to": "2026-02-28"}, "target"),
    "targets[].segment": target({"segment": {"ch": "a"}}, "target"),
    "targets[].value": target({"value": 6}, "target"),
    "targets[].improve": Row(
        {"targets": [{"from": "2026-01-01", "improve": {"by": "5 %", "of": "previous_period"}}]}, "target"
    ),
    "targets[].improve.by": target(
        {"improve": {"by": "9 %", "of": "previous_period"}},
        "target",
        on={"from": "2026-01-01", "improve": {"by": "5 %", "of": "previous_period"}},
    ),
    "targets[].improve.of": target(
        {"improve": {"by": "5 %", "of": "2026-01"}},
        "target",
        on={"from": "2026-01-01", "improve": {"by": "5 %", "of": "previous_period"}},
    ),
    "targets[].source": target({"source": "the board"}, "target"),
    "targets[].review_by": target({"review_by": PAST}, "findings"),
    "benchmarks": Row({"benchmarks": [FIGURE]}, "benchmarks"),
    "benchmarks[].set": Row({"benchmarks": [{"set": "peers", "entry": "retail"}]}, "benchmarks"),
    "benchmarks[].entry": Row(
        {"benchmarks": [{"set": "peers", "entry": "retail"}]},
        "benchmarks",
        instead={"benchmarks": [{"set": "peers", "entry": "banks"}]},
    ),
    "benchmarks[].label": benchmark({"label": "Rivals"}),
    "benchmarks[].value": benchmark({"value": 5}, "benchmarks"),
    "benchmarks[].low": benchmark({"low": 1}, "benchmarks", on=WIDE),
    "benchmarks[].high": benchmark({"high": 9}, "benchmarks", on=WIDE),
    "benchmarks[].unit": benchmark({"unit": "EUR"}, "findings"),
    "benchmarks[].year": benchmark({"year": 2024}, "benchmarks"),
    "benchmarks[].n": benchmark({"n": 812}, "docs"),
    "benchmarks[].region": benchmark({"region": "EU"}),
    "benchmarks[].industry": benchmark({"industry": "Retail"}),
    "benchmarks[].variant": benchmark({"variant": "another"}, "findings", probe={"variant": "mean"}),
    "benchmarks[].source": benchmark({"source": "another study"}, "benchmarks"),
    "benchmarks[].url": benchmark({"url": "https://example.com/study"}),
    "benchmarks[].expires": benchmark({"expires": PAST}, "benchmarks"),
    **{
        key: Row(
            {"accept": {"until": LATER, "reason": "we know", **adds}},
            shows,
            on={"thresholds": {"bad": "< 99"}},
            instead=instead,
        )
        for key, adds, shows, instead in (
            ("accept", {}, "status", {}),
            ("accept.until", {}, "status", {"accept": {"until": PAST, "reason": "we know"}}),
            ("accept.reason", {"reason": "moving house"}, "reason", {"accept": {"until": LATER, "reason": "we know"}}),
            ("accept.ticket", {"ticket": "OPS-7"}, "page", {"accept": {"until": LATER, "reason": "we know"}}),
            ("accept.by", {"by": "ann"}, "page", {"accept": {"until": LATER, "reason": "we know"}}),
        )
    },
    "judge": Row({"judge": "confident"}, "status", on=BANDS),
    "read_with": Row({"read_with": ["total"]}, "page"),
    "drivers": Row({"drivers": ["total"]}, "page"),
    "caveats": Row({"caveats": ["nights are missing"]}, "page"),
    "references": Row({"references": ["ISO 18295"]}, "page"),
    "tests": Row({"tests": [{"given": GIVEN, "expect": 2.5}]}, "tests"),
    "tests[].name": example({"name": "of two"}),
    "tests[].period": example({"period": "2026-03"}),
    "tests[].as_of": example({"as_of": "2026-03-01"}),
    "tests[].by": example({"by": "ch", "expect": [{"segment": {"ch": "a"}, "n": 9}]}),
    "tests[].given": example({"given": {"calls": [{"x": 7}]}}),
    "tests[].expect": example({"expect": 3}),
    "tests[].expect.segment": expects({"segment": {"ch": "a"}}, shows="findings"),
    "tests[].expect.value": expects({"value": 9}),
    "tests[].expect.low": expects({"low": 9}),
    "tests[].expect.high": expects({"high": 9}),
    "tests[].expect.status": expects({"status": "good"}),
    "tests[].expect.n": Row(
        {"tests": [{"given": GIVEN, "expect": {"value": 2.5, "n": 9}}]},
        "tests",
        instead={"tests": [{"given": GIVEN, "expect": {"value": 2.5}}]},
    ),
    "tests[].expect.tolerance": Row(
        {"tests": [{"given": GIVEN, "expect": {"value": 2.4, "tolerance": 0.2}}]},
        "tests",
        instead={"tests": [{"given": GIVEN, "expect": {"value": 2.4}}]},
    ),
    "tests[].expect.rejected": expects({"rejected": {"refused": 1}}),
    "tests[].expect[].segment": expects_by({"segment": {"ch": "b"}}),
    "tests[].expect[].value": expects_by({"value": 9}),
    "tests[].expect[].low": expects_by({"low": 9}),
    "tests[].expect[].high": expects_by({"high": 9}),
    "tests[].expect[].status": expects_by({"status": "good"}),
    "tests[].expect[].n": expects_by({"n": 9}),
    "tests[].expect[].tolerance": expects_by({"tolerance": 0.2}, {"segment": {"ch": "a"}, "value": 1.1}),
    "tests[].expect[].rejected": expects_by({"rejected": {"refused": 1}}),
}

DATASET = {
    "extends": Row({"extends": "kept"}, "value"),
    "label": Row({"label": "Phone calls"}, "docs"),
    "description": Row({"description": "Every call."}, "docs"),
    "grain": Row({"grain": "one row per call"}, "docs"),
    "key": Row({"key": "who"}, "docs"),
    "time": Row({"time": "day"}, "value", instead={"time": "at"}),
    "interval": Row(
        {"interval": {"from": "at", "to": "done"}, "time": None},
        "n",
        probe={"inputs": {"x": {"when": "at_end"}}},
        instead={"time": "at"},
    ),
    "interval.from": Row(
        {"interval": {"from": "day", "to": "done"}},
        "rows",
        on={"time": None},
        probe={"inputs": {"x": {"when": "entered"}}},
        instead={"interval": {"from": "done", "to": "done"}},
    ),
    "interval.to": Row(
        {"interval": {"from": "at", "to": "done"}},
        "rows",
        on={"time": None},
        probe={"inputs": {"x": {"when": "left"}}},
        instead={"interval": {"from": "at", "to": "day"}},
    ),
    "every": Row({"every": "quarter"}, "status"),
    "covers": Row({"covers": {"from": "2026-02-01"}}, "reasons"),
    "covers.from": Row({"covers": {"from": "2026-02-01"}}, "reasons"),
    "covers.to": Row({"covers": {"to": "2026-02-28"}}, "reasons"),
    "freshness": Row({"freshness": {"max_age": "5 min"}}, "status"),
    "freshness.max_age": Row(
        {"freshness": {"max_age": "5 min"}}, "status", instead={"freshness": {"max_age": "90 days"}}
    ),
    "where": Row({"where": "ch = 'a'"}, "value"),
    "joins": Row(
        {"joins": {"p": {"dataset": "people", "on": "who"}}},
        "findings",
        probe={"inputs": {"x": {"where": "p.tier = 'gold'"}}},
    ),
    "joins.*.dataset": Row(
        {"joins": {"p": {"dataset": "people", "on": "who"}}},
        "value",
        probe={"inputs": {"x": {"where": "p.who = 'u2'"}}},
        instead={"joins": {"p": {"dataset": "firsts", "on": "who"}}},
    ),
    "joins.*.on": Row(
        {"joins": {"p": {"dataset": "people", "on": "who"}}},
        "value",
        probe={"inputs": {"x": {"where": "p.tier = 'gold'"}}},
        instead={"joins": {"p": {"dataset": "people", "on": {"id": "who"}}}},
    ),
    "joins.*.at": Row(
        {"joins": {"p": {"dataset": "people", "on": "who", "at": "done"}}},
        "value",
        probe={"inputs": {"x": {"where": "p.tier = 'gold'"}}},
        instead={"joins": {"p": {"dataset": "people", "on": "who"}}},
    ),
    "columns": Row(
        {"columns": {"w": {"type": "number", "expr": "2 * x"}}}, "value", probe={"inputs": {"x": {"expr": "w"}}}
    ),
    "columns.*.type": column(
        "code", {"type": "integer"}, "rejected", probe=read("code"), instead={"columns": {"code": {"type": "string"}}}
    ),
    "columns.*.dimension": column(
        "note",
        {"dimension": True},
        "findings",
        probe={"thresholds": {"by": [{"segment": {"note": "n"}, "good": "> 1"}]}},
    ),
    "columns.*.expr": column("x", {"expr": "2 * w"}, "value"),
    "columns.*.unit": column("x", {"unit": "min"}, "rejected", on={"columns": {"x": {"range": ["0 s", "5 min"]}}}),
    "columns.*.range": column("x", {"range": [0, 5]}, "rejected"),
    "columns.*.values": column("who", {"values": ["u1"]}, "rejected", probe=read("who")),
    "columns.*.missing": column("code", {"missing": {"99": "refused"}}, "rejected", probe=read("code")),
    "columns.*.not_null": column("note", {"not_null": True}, "rejected", probe=read("note")),
    "columns.*.invalid": column("x", {"invalid": "fail"}, "status", on={"columns": {"x": {"range": [0, 5]}}}),
    "columns.*.empty": column(
        "note", {"empty": "keep"}, "value", probe=read("note"), settings={"data": {"ME": "notes.csv"}}
    ),
    "columns.*.optional": column(
        "gone", {"optional": True}, "status", on={"columns": {"gone": {"type": "string"}}}, probe=read("gone")
    ),
    "columns.*.label": column("ch", {"label": "Channel"}, "docs"),
    "columns.*.description": column("ch", {"description": "How it came."}, "docs"),
}


def entry(adds, shows="page", on=FIGURE, **more):
    return Row({"entries": {"one": {**on, **adds}}}, shows, instead={"entries": {"one": on}}, **more)


UNSAID = {"entries": {"one": {"value": 4, "year": None, "source": None}}}
BENCHMARK = {
    "extends": Row({"extends": "peers"}, "findings", probe={"benchmarks": [{"set": "ME", "entry": "retail"}]}),
    "label": Row({"label": "Rivals"}, "docs"),
    "description": Row({"description": "What rivals reach."}, "listed"),
    "unit": Row({"unit": "EUR"}, "findings"),
    "year": Row({"year": 2021}, "benchmarks", on=UNSAID | {"source": "a study"}),
    "n": Row({"n": 812}, "docs"),
    "region": Row({"region": "EU"}, "page"),
    "industry": Row({"industry": "Retail"}, "page"),
    "variant": Row({"variant": "another"}, "findings", probe={"variant": "mean"}),
    "source": Row({"source": "a study"}, "benchmarks", on=UNSAID | {"year": 2025}),
    "url": Row({"url": "https://example.com/study"}, "page"),
    "expires": Row({"expires": PAST}, "benchmarks"),
    "entries": entry({"value": 5}, "benchmarks"),
    "entries.*.label": entry({"label": "Rivals"}),
    "entries.*.value": entry({"value": 5}, "benchmarks"),
    "entries.*.low": entry({"low": 1}, "benchmarks", on=WIDE),
    "entries.*.high": entry({"high": 9}, "benchmarks", on=WIDE),
    "entries.*.unit": entry({"unit": "EUR"}, "findings"),
    "entries.*.year": entry({"year": 2024}, "benchmarks"),
    "entries.*.n": entry({"n": 812}, "docs"),
    "entries.*.region": entry({"region": "EU"}),
    "entries.*.industry": entry({"industry": "Retail"}),
    "entries.*.variant": entry({"variant": "another"}, "findings", probe={"variant": "mean"}),
    "entries.*.source": entry({"source": "another study"}, "benchmarks"),
    "entries.*.url": entry({"url": "https://example.com/study"}),
    "entries.*.expires": entry({"expires": PAST}, "benchmarks"),
}

ONE = {"label": "One", "kpis": ["total"]}
JUDGED = [{"label": "One", "kpis": ["rising"]}, {"label": "Two", "kpis": ["falling"]}]


def section(adds, **more):
    return Row({"sections": [{**ONE, **adds}]}, "card", instead={"sections": [ONE]}, **more)


SCORECARD = {
    "extends": Row({"extends": "parent"}, "card"),
    "label": Row({"label": "Care"}, "card"),
    "description": Row({"description": "What we look at."}, "card"),
    "period": Row({"period": "quarter"}, "card"),
    "history": Row({"history": 2}, "card"),
    "compare": Row({"compare": ["same_period_last_year"]}, "card"),
    "segments": Row({"segments": ["ch"]}, "card"),
    "sections": section({"label": "Two"}),
    "sections[].label": section({"label": "Two"}),
    "sections[].level": section({"level": "strategic"}),
    "sections[].perspective": section({"perspective": "customer"}),
    "sections[].weight": Row(
        {"sections": [{**JUDGED[0], "weight": 3}, JUDGED[1]]}, "card", instead={"sections": JUDGED}
    ),
    "sections[].kpis": section({"kpis": ["narrow"]}),
    "sections[].kpis[].kpi": section({"kpis": [{"kpi": "narrow"}]}),
    "sections[].kpis[].weight": Row(
        {"sections": [{**ONE, "kpis": [{"kpi": "rising", "weight": 3}, "falling"]}]},
        "card",
        instead={"sections": [{**ONE, "kpis": ["rising", "falling"]}]},
    ),
}


def case(adds, on=None):
    bare = {"given": {"v": [1, 4]}, "expect": 5} if on is None else on
    return Row({"tests": [{**bare, **adds}]}, "tests", instead={"tests": [bare]})


def found(adds, on=None):
    bare = {"n": 2} if on is None else on
    return Row(
        {"tests": [{"given": {"v": [1, 4]}, "expect": {**bare, **adds}}]},
        "tests",
        instead={"tests": [{"given": {"v": [1, 4]}, "expect": bare}]},
    )


SINCE = {"given": {"v": ["2026-03-04T00:00", "2026-03-06T00:00"]}, "expect": 2}
FUNCTION = {
    "extends": Row({"extends": "twice"}, "value", on={"formula": None, "args": None}, probe={"formula": "ME(avg(x))"}),
    "label": Row({"label": "A total"}, "listed"),
    "description": Row({"description": "The total."}, "listed"),
    "args": Row({"args": ["u"]}, "findings"),
    "formula": Row({"formula": "2 * sum(v)"}, "value"),
    "tests": Row({"tests": [{"given": {"v": [1, 4]}, "expect": 5}]}, "tests"),
    "tests[].name": case({"name": "of two"}),
    "tests[].given": case({"given": {"v": [7]}}),
    "tests[].expect": case({"expect": 3}),
    "tests[].expect.value": found({"value": 9}),
    "tests[].expect.status": found({"status": "good"}),
    "tests[].expect.n": found({"n": 9}, {"value": 5}),
    "tests[].expect.low": found({"low": 9}),
    "tests[].expect.high": found({"high": 9}),
    "tests[].expect.tolerance": found({"tolerance": 0.2}, {"value": 5.1}),
    "tests[].expect.rejected": found({"rejected": {"refused": 1}}),
    "tests[].period": case({"period": "2026-03"}),
    "tests[].as_of": Row(
        {"tests": [{**SINCE, "as_of": "2026-03-05"}]},
        "tests",
        on={"formula": "count_if(v < as_of())"},
        instead={"tests": [SINCE]},
    ),
}

OPEN = {"hours": {"every_day": "09:00-17:00"}}
EVERY = {"hours": "00:00-24:00"}


def hours(adds):
    return Row({"hours": adds}, "value", on={"hours": {"saturday": "10:00-11:00", "sunday": "10:00-11:00"}})


def off(adds, on=None, shows="value"):
    bare = {"dates": ["2026-08-01"]} if on is None else on
    return Row({"holidays": {**bare, **adds}}, shows, on=OPEN, instead={"holidays": bare})


def listed_off(adds, shows="value"):
    return Row({"holidays": [adds]}, shows, on=OPEN, instead={"holidays": ["2026-08-01"]})


def cut(adds, period, on=None, **more):
    """A key that says how the project's calendar cuts periods."""
    return Row(adds, "rows", on=on or {}, settings={"calendar": "ME"}, run={"period": period, "by": []}, **more)


WEEKS = {"fiscal_years": {"pattern": "4-4-5", "first": 2025, "starts": ["2024-12-30", "2025-12-29", "2026-12-28"]}}
SEASONS = [{"name": "Cold", "from": "2026-01-01"}, {"name": "Warm", "from": "2026-02-20", "to": "2026-06-30"}]
CALENDAR = {
    "extends": Row({"extends": "mornings"}, "value"),
    "label": Row({"label": "Paris"}, "listed"),
    "description": Row({"description": "The office in Paris."}, "listed"),
    "timezone": Row({"timezone": "Asia/Tokyo"}, "value", on=OPEN),
    "week_start": cut({"week_start": "sunday"}, "calendar_week"),
    "fiscal_year_start": cut({"fiscal_year_start": "february"}, "fiscal_quarter", {"fiscal_year_named": "end"}),
    "fiscal_year_named": cut({"fiscal_year_named": "start"}, "fiscal_year", {"fiscal_year_start": "february"}),
    "fiscal_years": cut(WEEKS, "fiscal_period"),
    "fiscal_years.pattern": cut({"fiscal_years": {"pattern": "5-4-4"}}, "fiscal_period", WEEKS),
    "fiscal_years.first": cut({"fiscal_years": {"first": 2020}}, "fiscal_period", WEEKS),
    "fiscal_years.starts": cut(
        {"fiscal_years": {"starts": ["2025-01-06", "2026-01-05", "2027-01-04"]}}, "fiscal_period", WEEKS
    ),
    "periods": cut({"periods": {"season": SEASONS}}, "season"),
    "periods.*[].name": cut({"periods": {"season": SEASONS}}, "season"),
    "periods.*[].from": cut(
        {"periods": {"season": SEASONS}},
        "season",
        instead={"periods": {"season": [{"name": "Cold", "from": "2026-01-04"}, SEASONS[1]]}},
    ),
    "periods.*[].to": cut(
        {"periods": {"season": SEASONS}},
        "season",
        instead={"periods": {"season": [SEASONS[0], {**SEASONS[1], "to": "2026-03-03"}]}},
    ),
    "hours": Row(OPEN, "value"),
    **{
        f"hours.{day}": hours({day: "12:00-14:00"})
        for day in (
            "weekdays",
            "every_day",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        )
    },
    "hours.weekend": Row({"hours": {"weekend": "10:00-12:00"}}, "value", on={"hours": {"weekdays": "10:00-11:00"}}),
    "holidays": Row({"holidays": ["2026-01-08"]}, "value", on=OPEN),
    "holidays[].on": listed_off({"on": "2026-01-08"}),
    "holidays[].from": Row(
        {"holidays": [{"from": "2026-01-08", "to": "2026-01-12"}]},
        "value",
        on=OPEN,
        instead={"holidays": [{"from": "2026-01-12", "to": "2026-01-12"}]},
    ),
    "holidays[].to": Row(
        {"holidays": [{"from": "2026-01-08", "to": "2026-01-12"}]},
        "value",
        on=OPEN,
        instead={"holidays": [{"from": "2026-01-08", "to": "2026-01-08"}]},
    ),
    "holidays[].name": listed_off({"on": "2026-08-01", "name": "Fair"}, "written"),
    "holidays.dates[].name": off({"dates": [{"on": "2026-08-01", "name": "Fair"}]}, shows="written"),
    "holidays.not[].name": off({"not": [{"on": "2026-01-06", "name": "Fair"}]}, shows="written"),
    "holidays.country": off({"country": "US"}),
    "holidays.subdivision": off({"subdivision": "BY"}, {"country": "DE"}),
    "holidays.dates": off({"dates": ["2026-01-08"]}),
    "holidays.dates[].on": off({"dates": [{"on": "2026-01-08"}]}),
    "holidays.dates[].from": off(
        {"dates": [{"from": "2026-01-08", "to": "2026-01-12"}]}, {"dates": [{"from": "2026-01-12", "to": "2026-01-12"}]}
    ),
    "holidays.dates[].to": off(
        {"dates": [{"from": "2026-01-08", "to": "2026-01-12"}]}, {"dates": [{"from": "2026-01-08", "to": "2026-01-08"}]}
    ),
    "holidays.not": off({"not": ["2026-01-06"]}, {"country": "DE", "subdivision": "BY"}),
    "holidays.not[].on": off({"not": [{"on": "2026-01-06"}]}, {"country": "DE", "subdivision": "BY"}),
    "holidays.not[].from": off(
        {"not": [{"from": "2026-01-06", "to": "2026-01-07"}]},
        {"country": "DE", "subdivision": "BY", "not": [{"from": "2026-01-07", "to": "2026-01-07"}]},
    ),
    "holidays.not[].to": off(
        {"not": [{"from": "2026-01-01", "to": "2026-01-06"}]},
        {"country": "DE", "subdivision": "BY", "not": [{"from": "2026-01-01", "to": "2026-01-01"}]},
    ),
}


def binding(adds, shows="value", on=None, instead=None):
    return Row({"data": {"calls": adds}}, shows, on={"data": {"calls": on or {}}}, instead=instead or {})


OTHER = {"data": {"calls": {"from": "notes.csv"}}}
ODD = {"from": "odd.csv", "delimiter": ";", "date_format": "%d/%m/%Y"}
KEPT = {"attach": {"kept": {"type": "duckdb", "path": "kept.duckdb"}}, "data": {"calls": {"from": "kept.calls"}}}
PROJECT = {
    "kpispec": Row({"kpispec": ">=2"}, "everything"),
    "specs": Row({"specs": ["more"]}, "everything"),
    "library": Row({"library": ["customer_service"]}, "everything"),
    "language": Row({"language": "fr"}, "page"),
    "languages": Row({"languages": ["en", "fr"]}, "everything"),
    "timezone": Row({"timezone": "Asia/Tokyo"}, "n", on={"data": {"calls": {"timezone": "UTC"}}}),
    "calendar": Row({"calendar": "mornings"}, "value", on={"specs": ["specs", "worked.yml"]}, probe={"kpi": "worked"}),
    "data": Row(OTHER, "value"),
    "data.*.from": binding({"from": "notes.csv"}, instead={"data": {"calls": {"from": "calls.csv"}}}),
    "data.*.sql": binding(
        {"sql": "select * from read_csv('calls.csv') where x > 3", "from": None},
        instead={"data": {"calls": {"from": "calls.csv"}}},
    ),
    "data.*.encoding": binding({"encoding": "utf-16"}, "status", instead={"data": {"calls": {"encoding": "utf-8"}}}),
    "data.*.delimiter": binding({"delimiter": ","}, "status", instead={"data": {"calls": {"delimiter": ";"}}}),
    "data.*.decimal": binding({"decimal": ","}, on=ODD),
    "data.*.thousands": binding({"thousands": "."}, on={**ODD, "decimal": ","}),
    "data.*.date_format": binding(
        {"date_format": "%d/%m/%Y"}, on={"from": "odd.csv", "delimiter": ";", "decimal": ","}
    ),
    "data.*.sheet": binding({"sheet": "Two"}, on={"from": "book.xlsx"}),
    "data.*.skip": binding({"skip": 2}, "status"),
    "data.*.timezone": binding({"timezone": "America/New_York"}, "n"),
    "data.*.sha256": binding({"sha256": "0" * 64}, "status"),
    "data.*.on_bad_rows": binding({"on_bad_rows": {"max": 3}}, "status", on={"from": "ragged.csv"}),
    "data.*.on_bad_rows.max": binding(
        {"on_bad_rows": {"max": 3}},
        "status",
        on={"from": "ragged.csv"},
        instead={"data": {"calls": {"on_bad_rows": {"max": 0}}}},
    ),
    "data.*.columns": binding({"columns": {"x": "w"}}),
    "attach": Row(KEPT, "value"),
    "attach.*.type": Row(
        KEPT, "status", instead={"attach": {"kept": {**KEPT["attach"]["kept"], "type": "sqlite"}}, "data": KEPT["data"]}
    ),
    "attach.*.path": Row(
        KEPT, "status", instead={"attach": {"kept": {"type": "duckdb", "path": "none.duckdb"}}, "data": KEPT["data"]}
    ),
    "attach.*.dsn_env": Row(
        {"attach": {"far": {"type": "postgres", "dsn_env": "KPISPEC_NOT_SET"}}},
        "reason",
        on={"data": {"calls": {"from": "far.calls"}}},
        instead={"attach": {"far": {"type": "postgres"}}},
    ),
    "engine": Row({"engine": {"threads": 1}}, "engine"),
    "engine.memory_limit": Row({"engine": {"memory_limit": "300MB"}}, "engine"),
    "engine.threads": Row({"engine": {"threads": 1}}, "engine"),
}
ONE_CHOICE = {"engine.name": "there is one engine"}
