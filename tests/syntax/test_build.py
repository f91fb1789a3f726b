"""What documents say, typed."""

from datetime import date

import pytest

from kpispec.diagnostics import Findings
from kpispec.source import SourceFile
from kpispec.spec import (
    BandSet,
    BenchmarkFigure,
    BenchmarkRef,
    Covers,
    Expectation,
    GivenRows,
    GivenValue,
    KpiInput,
    KpiSpec,
    Localized,
    RowInput,
)
from kpispec.syntax.build import build, build_project, documents


def spec(text, library=None):
    findings = Findings()
    (document,) = documents(SourceFile("a.yml", text), findings, library)
    made = build(document, findings)
    assert not len(findings), list(findings)
    return made


def words(texts):
    return tuple(text.value for text in texts)


def test_a_kpi_with_everything():
    made = spec("""kpi: first_reply_p90
label: {en: First reply, fr: Première réponse}
question: How long?
description: >-
  What it tells
  and what not.
owner: {business: a@b.c, technical: d@e.f}
lifecycle: {state: certified, version: 1.2.0, since: 2026-01-01, review_by: 2027-01-31}
tags: [a, b]
unit: s
direction: lower_is_better
decimals: 1
compact: true
inputs:
  wait: {dataset: tickets, expr: first_reply_at - opened_at, range: [0 s, null], missing: {-99: refused}, invalid: fail}
  other: {kpi: csat, where: channel = 'a'}
  plain: tickets.customer.region
formula: quantile_cont(wait, 0.9)
where: [a = 1, b = 2]
min_n: 30
period: month
thresholds:
  good: "<= 4 h"
  bad: "> 24 h"
  by: [{segment: {channel: chat}, good: "<= 20 s"}]
targets:
  - {from: 2026-07-01, value: 3 h}
  - {from: 2026-01-01, to: 2026-06-30, value: 4 h, source: committee, review_by: 2026-12-31}
benchmarks: [{set: peers, entry: email}, {label: x, low: 1, high: 2, source: y, year: 2024, n: 12}]
accept: {until: 2026-05-01, reason: strike, ticket: T-1, by: me}
judge: confident
confidence: none
level: 0.9
population: complete
variant: calendar hours
caveats: [{en: slow}, also this]
references: [ISO 18295]
read_with: [csat]
drivers: [nps]
""")
    assert isinstance(made, KpiSpec)
    assert made.label == Localized((("en", "First reply"), ("fr", "Première réponse")))
    assert made.description == Localized((("", "What it tells and what not."),))
    assert made.lifecycle.version == "1.2.0"
    assert made.lifecycle.review_by == date(2027, 1, 31)
    wait, other, plain = made.inputs
    assert isinstance(wait, RowInput)
    assert (wait.checks.range.low.value, wait.checks.range.high) == ("0 s", None)
    assert wait.checks.missing == (("-99", "refused"),)
    assert wait.checks.fail
    assert isinstance(other, KpiInput)
    assert (plain.dataset.value, plain.expr.value, plain.expr.span.text) == (
        "tickets",
        "customer.region",
        "customer.region",
    )
    assert words(made.where) == ("a = 1", "b = 2")
    whole, chat = made.thresholds
    assert (whole.good.value, whole.watch, whole.bad.value, whole.segment) == ("<= 4 h", None, "> 24 h", ())
    assert isinstance(chat, BandSet)
    assert chat.segment == (("channel", "chat"),)
    assert [t.first for t in made.targets] == [date(2026, 1, 1), date(2026, 7, 1)]
    reference, figure = made.benchmarks
    assert isinstance(reference, BenchmarkRef)
    assert isinstance(figure, BenchmarkFigure)
    assert (figure.low.value, figure.high.value, figure.year, figure.n) == ("1", "2", 2024, 12)
    assert made.accept.until == date(2026, 5, 1)
    assert (made.judge, made.confidence, made.level, made.population) == ("confident", "none", 0.9, "complete")
    assert made.caveats == (Localized((("en", "slow"),)), Localized((("", "also this"),)))
    assert made.at("formula").text == "quantile_cont(wait, 0.9)"
    assert made.at("nothing") == made.span


def test_a_kpi_with_nothing_but_what_is_required():
    made = spec("kpi: csat_pct\ninputs: {score: survey.csat}\nformula: avg(score)\n", "customer_service")
    assert made.label.get("fr") == "Csat pct"
    assert made.library == "customer_service"
    assert (made.unit, made.direction, made.thresholds, made.level) == (None, None, (), 0.95)


def test_tests_of_a_kpi():
    made = spec("""kpi: csat_pct
inputs: {score: survey.csat, other: {kpi: nps}}
formula: avg(score)
tests:
  - name: rows
    given: {survey: [{csat: 010, Channel: null}, {csat: "5", at: 2026-01-01}], score: [1, null], other: 12 s}
    expect: 200 / 3
    as_of: 2026-03-31T12:00
  - {given: {survey: []}, expect: null, period: 2026}
  - given: {survey: []}
    by: channel
    expect: [{segment: {channel: null}, value: null, n: 0}, {segment: {channel: a}, status: no_data, rejected: {}}]
""")
    rows, nothing, cut = made.tests
    survey, score, other = rows.given
    assert isinstance(survey, GivenRows)
    cells = [[(name, text and text.value, quoted) for name, text, quoted in row] for row in survey.rows]
    assert cells == [
        [("csat", "010", False), ("channel", None, False)],
        [("csat", "5", True), ("at", "2026-01-01", False)],
    ]
    assert [row[0][0] for row in score.rows] == ["score", "score"]
    assert isinstance(other, GivenValue)
    assert other.value.value == "12 s"
    assert rows.expect[0].value.value == "200 / 3"
    assert (nothing.name, nothing.period.value, nothing.expect[0].null_value) == ("test 2", "2026", True)
    assert cut.by == ("channel",)
    first, second = cut.expect
    assert isinstance(first, Expectation)
    assert (first.segment, first.null_value, first.n, first.rejected) == ((("channel", None),), True, 0, None)
    assert (second.status, second.value, second.null_value, second.rejected) == ("no_data", None, False, ())


def test_a_dataset():
    made = spec(
        """dataset: tickets
grain: one row per ticket
key: [ticket_id]
time: opened_at
where: kind <> 'spam'
columns:
  ticket_id: {type: string, not_null: true}
  channel: {type: string, dimension: true, values: {phone: {en: Phone, fr: Téléphone}, 3: Three}, empty: keep}
  opened_at: {type: timestamp}
  again: {type: timestamp, expr: lead(opened_at) over (order by opened_at), optional: true, unit: s}
  csat:
freshness: {max_age: 2 days}
covers: {from: 2026-01-01, to: as_of}
""".replace("  csat:\n", "")
    )
    assert [c.name for c in made.columns] == ["ticket_id", "channel", "opened_at", "again"]
    channel = made.column("Channel")
    assert channel.checks.values == ("phone", "3")
    assert channel.value_labels[0] == ("phone", Localized((("en", "Phone"), ("fr", "Téléphone"))))
    assert channel.dimension
    assert channel.keep_empty
    assert made.column("again").expr.value.startswith("lead(")
    assert made.covers == Covers(date(2026, 1, 1), None, to_as_of=True)
    assert made.max_age.value == "2 days"
    assert words(made.key) == ("ticket_id",)


def test_the_other_kinds():
    function = spec("function: top_box\nargs: [x, cut]\nformula: 100 * count_if(x >= cut) / count(x)\n")
    assert function.args == ("x", "cut")
    peers = spec("benchmark: peers\nsource: S\nyear: 2023\nentries: {bank: {value: 3}, shop: {value: 4, year: 2024}}\n")
    assert peers.entry("bank").source == "S"
    assert (peers.entry("bank").year, peers.entry("shop").year) == (2023, 2024)
    card = spec("""scorecard: care
history: 12
segments: [channel]
sections:
  - {label: Loyalty, level: strategic, perspective: customer, kpis: [nps, {kpi: churn, weight: 2}]}
""")
    assert card.compare == ("previous_period", "same_period_last_year")
    assert [(e.kpi.value, e.weight) for e in card.sections[0].kpis] == [("nps", 1.0), ("churn", 2.0)]
    assert card.label.get("en") == "Care"


def test_a_project():
    file, findings = (
        SourceFile(
            "kpispec.yml",
            """project: acme_care
kpispec: ">=1,<2"
specs: specs
library: [functions]
language: fr
languages: [fr, en]
timezone: Europe/Paris
data:
  tickets:
    from: [a.csv, b.csv]
    columns: {opened_at: created_at, wait: '"Wait (s)" * 60', id: "Ticket #"}
    delimiter: ;
    decimal: ","
    thousands: " "
    skip: 2
    on_bad_rows: {max: 10}
  survey: survey.csv
  paired: {sql: select 1}
attach: {wh: {type: postgres, dsn_env: DSN}}
engine: {memory_limit: 4GB, threads: 2}
""",
        ),
        Findings(),
    )
    made = build_project(file, "/somewhere", findings)
    assert not len(findings), list(findings)
    assert (made.name, made.root, made.specs, made.timezone) == ("acme_care", "/somewhere", ("specs",), "Europe/Paris")
    tickets = made.binding("tickets")
    assert tickets.sources == ("a.csv", "b.csv")
    assert [(name, text.value) for name, text in tickets.columns] == [
        ("opened_at", "created_at"),
        ("wait", '"Wait (s)" * 60'),
        ("id", "Ticket #"),
    ]
    assert (tickets.delimiter, tickets.decimal, tickets.thousands, tickets.skip, tickets.bad_rows) == (
        ";",
        ",",
        " ",
        2,
        10,
    )
    assert made.binding("survey").sources == ("survey.csv",)
    assert made.binding("paired").sql.value == "select 1"
    assert made.attach[0].dsn_env == "DSN"
    assert (made.memory_limit, made.threads) == ("4GB", 2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('kpispec: ">=2,<3"', "the project is written for language `>=2,<3`, and this is language 1"),
        ("kpispec: latest", "`latest` is no range of versions"),
        ("library: [customer_servce]", "there is no built-in pack `customer_servce`"),
    ],
)
def test_a_project_asks_for_what_this_version_has(line, message):
    findings = Findings()
    build_project(SourceFile("kpispec.yml", f"project: p\n{line}\n"), "/somewhere", findings)
    assert [f.message for f in findings] == [message]
