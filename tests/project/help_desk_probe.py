"""Reads the tickets and contacts of a project one by one, and writes projects by `kpispec init`."""

from contextlib import chdir
from pathlib import Path

from typer.testing import CliRunner

from kpispec.cli.app import app

TIMES = {
    "reply": "first_reply_at",
    "bot": "bot_reply_at",
    "first_solved": "first_solved_at",
    "resolved": "resolved_at",
    "closed": "closed_at",
}
NUMBERS = {
    "replies": "agent_replies",
    "customer": "customer_comments",
    "notes": "internal_notes",
    "reopens": "reopens",
    "wait": "requester_wait_s",
    "pending": "agent_wait_s",
    "hold": "hold_s",
}
FLAGS = {"solved": "solved", "by_agent": "agent_submitted"}
TEXTS = {"good": "satisfaction = 'good'", "neutral": "satisfaction = 'neutral'", "bad": "satisfaction = 'bad'"}


def measures():
    """A KPI for each column that is looked at: cut by ticket it reads the cell."""
    for id, column in TIMES.items():
        yield id, f"{{dataset: tickets, expr: {column} - opened_at}}", "max(x)", "s"
    for id, column in NUMBERS.items():
        yield id, f"tickets.{column}", "max(x)", "number"
    for id, expr in {**FLAGS, **TEXTS}.items():
        yield (
            id,
            f"{{dataset: tickets, expr: case when {expr} then 1 when not ({expr}) then 0 end}}",
            "max(x)",
            "number",
        )


def probe(folder: Path):
    """Lets the tickets and contacts of a project be read one by one."""
    kpis = [
        f"kpi: seen_{id}\nunit: {unit}\ninputs:\n  x: {read}\nformula: {formula}\n"
        for id, read, formula, unit in measures()
    ]
    kpis += ["kpi: seen_ticket\nunit: count\ninputs: {x: tickets.ticket_id}\nformula: count(x)\n"]
    kpis += ["kpi: seen_contacts\nunit: count\ninputs: {x: contacts.contact_id}\nformula: count(x)\n"]
    kpis += ["kpi: seen_waits\nunit: s\ninputs: {x: contacts.wait_s}\nformula: sum(x)\n"]
    kpis += ["kpi: seen_answered\nunit: count\ninputs: {x: contacts.answered}\nformula: count_if(x)\n"]
    sets = [
        "dataset: tickets\nextends: customer_service.tickets\ncolumns: {ticket_id: {dimension: true}}\n",
        "dataset: contacts\nextends: customer_service.contacts\ncolumns: {issue: {dimension: true}}\n",
    ]
    (folder / "specs" / "probe.yml").write_text("---\n".join(kpis + sets), encoding="utf-8")


def init(folder: Path, *words, code=0):
    with chdir(folder.parent):
        done = CliRunner().invoke(app, ["init", str(folder), *map(str, words)], env={"NO_COLOR": "1", "COLUMNS": "160"})
    assert done.exit_code == code, done.stdout + done.stderr
    return done


OF_CONTACTS = ("seen_contacts", "seen_waits", "seen_answered")


def cells(opened, *measures, of="tickets"):
    """What stands in each row, by ticket (contacts: by issue) and measure: all of them where none is named."""
    found = {}
    kpis = [k for k in opened.loaded.catalog.specs if k.startswith("seen_")]
    asked = [f"seen_{m}" for m in measures] or [k for k in kpis if (k in OF_CONTACTS) == (of == "contacts")]
    dimension = "ticket_id" if of == "tickets" else "issue"
    for reading in opened.run(*asked, period="all", by=[dimension], as_of="2027-01-01").readings:
        if reading.segment:
            found.setdefault(reading.segment[0][1], {})[reading.kpi.removeprefix("seen_")] = reading.value
    return found
