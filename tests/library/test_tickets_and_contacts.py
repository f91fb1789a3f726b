"""The data sets `tickets` and `contacts` of the library: what they leave out, and what they compute."""

from contextlib import chdir

import pytest
from typer.testing import CliRunner

import kpispec
from kpispec.cli.app import app

PROJECT = "project: p\nlibrary: [customer_service]\nlanguages: [en, fr]\n"
SPECS = """\
kpi: tickets_seen
unit: count
inputs: {ticket: tickets.ticket_id}
formula: count(ticket)
tests:
  - name: spam is none, whatever else there is
    given: {tickets: [{ticket_id: a}, {ticket_id: b, kind: spam}, {ticket_id: c, kind: question}]}
    expect: 2
---
kpi: verdicts
unit: count
inputs: {verdict: tickets.satisfaction}
formula: count(verdict)
tests:
  - name: asked and not asked are no verdicts
    given:
      tickets: [{satisfaction: good}, {satisfaction: offered}, {satisfaction: unoffered}, {satisfaction: neutral}]
    expect: {value: 2, rejected: {no answer: 1, not asked: 1}}
---
kpi: first_wait
unit: s
inputs: {wait: {dataset: tickets, expr: first_reply_at - opened_at}}
formula: min(wait)
tests:
  - name: a reply at once is zero, none is nothing
    given: {tickets: [{opened_at: 2026-03-02 10:00, first_reply_at: 2026-03-02 10:00}, {opened_at: 2026-03-02 10:00}]}
    expect: {value: 0, n: 1}
---
kpi: came_back
unit: min
inputs: {gap: {dataset: contacts, expr: again_at - contact_at}}
formula: sum(gap)
tests:
  - name: the next contact on the issue, on any channel, and no transfer
    given:
      contacts:
        - {contact_id: a, customer_id: c, issue: i, channel: phone, contact_at: 2026-03-02 10:00}
        - {contact_id: b, customer_id: c, issue: i, channel: phone, contact_at: 2026-03-02 10:01, transfer: true}
        - {contact_id: d, customer_id: c, issue: j, channel: email, contact_at: 2026-03-02 10:05}
        - {contact_id: e, customer_id: c, issue: i, channel: email, contact_at: 2026-03-02 10:30}
        - {contact_id: f, customer_id: other, issue: i, channel: email, contact_at: 2026-03-02 10:10}
    expect: {value: 30 + 29, n: 2}
  - name: customers without a name are not one customer, unknown issues not one issue
    given:
      contacts:
        - {contact_id: a, issue: i, contact_at: 2026-03-02 10:00}
        - {contact_id: b, issue: i, contact_at: 2026-03-02 11:00}
        - {contact_id: d, customer_id: c, contact_at: 2026-03-02 10:00}
        - {contact_id: e, customer_id: c, contact_at: 2026-03-02 11:00}
    expect: {value: null, n: 0}
  - name: two contacts of one instant follow each other
    given:
      contacts:
        - {contact_id: a, customer_id: c, issue: i, contact_at: 2026-03-02 10:00}
        - {contact_id: b, customer_id: c, issue: i, contact_at: 2026-03-02 10:00}
    expect: {value: 0, n: 1}
---
kpi: came_back_for_anything
unit: min
inputs: {gap: {dataset: contacts, expr: again_any_at - contact_at}}
formula: sum(gap)
tests:
  - name: whatever the issue
    given:
      contacts:
        - {contact_id: a, customer_id: c, issue: i, contact_at: 2026-03-02 10:00}
        - {contact_id: b, customer_id: c, contact_at: 2026-03-02 10:20}
        - {contact_id: d, contact_at: 2026-03-02 10:05}
    expect: {value: 20, n: 1}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "kpispec.yml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "kpis.yml").write_text(SPECS, encoding="utf-8")
    return tmp_path


def test_spam_verdicts_and_customers_who_come_back(project):
    with chdir(project):
        done = CliRunner().invoke(app, ["test"], env={"NO_COLOR": "1"})
    assert (done.exit_code, done.stdout) == (0, "7 passed, 0 failed\n")


@pytest.mark.parametrize("name", ["tickets", "contacts"])
def test_every_column_has_a_label_in_both_languages(project, name):
    loaded = kpispec.load(project).loaded
    spec = loaded.catalog.datasets[name].spec
    assert spec.library == "customer_service"
    texts = {c.name: c.label for c in spec.columns}
    lacking = [c for c, text in texts.items() if text is None or not {"en", "fr"} <= {tag for tag, _ in text.texts}]
    assert lacking == []
