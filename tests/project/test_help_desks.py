"""What is taken from the exports of help desks, ticket by ticket, through the projects that `init --from` writes."""

import re

import pytest
from help_desk_cases import BOT, freshdesk, intercom, zendesk
from help_desk_probe import cells, init, probe

import kpispec

MAKERS = {"zendesk": zendesk, "intercom": intercom, "freshdesk": freshdesk}


def project(tmp_path, desk, bots=True):
    """A project over the made-up export of a desk, its bot told where `bots`."""
    MAKERS[desk](tmp_path / "p" / "exports")
    init(tmp_path / "p", "--from", desk)
    probe(tmp_path / "p")
    if bots:
        file = tmp_path / "p" / "kpispec.yml"
        text, found = re.subn(r"(as \(values \('(?:-1|none)'\))\)", rf"\1, ('{BOT}'))", file.read_text("utf-8"))
        assert found == 2
        file.write_text(text, "utf-8")
    return kpispec.load(tmp_path / "p")


def subset(row, wanted):
    return {name: row[name] for name in wanted}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The rows of a desk's made-up export, read once."""
    known = {}

    def of(desk, rows="tickets"):
        if desk not in known:
            opened = project(tmp_path_factory.mktemp(desk), desk)
            known[desk] = {"tickets": cells(opened), "contacts": cells(opened, of="contacts")}
        return known[desk][rows]

    return of


ROWS = {
    "zendesk": {
        "note": {"reply": 600, "notes": 1, "replies": 1, "customer": 1, "solved": 0, "resolved": None},
        "bot": {"reply": 300, "bot": 1, "replies": 1},
        "only_bot": {"reply": None, "bot": 1, "replies": 0},
        "at_once": {"reply": 0, "resolved": 40, "solved": 1, "wait": 40, "replies": 1},
        "none": {"reply": None, "bot": None, "replies": 0, "reopens": 0, "first_solved": None, "wait": None},
        "by_agent": {"reply": None, "by_agent": 1, "replies": 2, "customer": 1, "resolved": 180},
        "call": {"reply": None, "by_agent": 1, "resolved": 0},
        "colleague": {"reply": 90, "by_agent": 0, "replies": 1, "customer": 1},
        "again": {
            "first_solved": 200, "resolved": 1000, "closed": 5000, "reopens": 1, "solved": 1,
            "wait": 800, "pending": 100, "hold": 300, "replies": 2, "customer": 2,
        },
        "open_again": {"first_solved": 200, "resolved": None, "reopens": 1, "solved": 0, "wait": None},
        "closed_at_once": {"first_solved": 500, "resolved": 500, "closed": 500, "reply": None, "solved": 1},
        "on_hold": {"solved": 0, "hold": None},
        "good_at_last": {"good": 1, "bad": 0},
        "asked": {"good": None, "bad": None, "solved": 1},
        "unasked": {"good": None},
        "unsaid": {"reply": 200, "replies": 1},
        "follow_up": {"reply": None, "customer": 2},
        "by_robot": {"reply": 120, "bot": 1, "by_agent": 0, "replies": 1, "customer": 1},
        "one_second": {"first_solved": 60, "resolved": 60, "reopens": 0, "wait": 60, "good": 1},
        "offset": {"reply": 3600},
    },
    "intercom": {
        "note": {"reply": 600, "notes": 1, "replies": 1, "customer": 1, "solved": 0},
        "bot": {"reply": 300, "bot": 1, "replies": 1},
        "only_bot": {"reply": None, "bot": 1, "replies": 0, "solved": 1, "resolved": 900},
        "at_once": {"reply": 0, "resolved": 40},
        "none": {"reply": None, "bot": None, "resolved": None, "reopens": 0},
        "by_agent": {"reply": None, "by_agent": 1, "replies": 2},
        "campaign": {"reply": 60, "by_agent": 0, "bot": None},
        "again": {
            "reply": 100, "first_solved": 200, "resolved": 1000, "closed": 1100, "reopens": 1,
            "replies": 3, "customer": 2,
        },
        "open_again": {"first_solved": 200, "resolved": None, "reopens": 1, "solved": 0, "closed": None},
        "handed_over": {"reply": 70, "replies": 1, "solved": 0},
        "unsaid": {"reply": 200, "replies": 1},
        "picture": {"reply": 30, "replies": 2},
        "nameless": {"reply": 50, "replies": 1, "customer": 2},
        "five": {"good": 1, "neutral": 0, "bad": 0},
        "three": {"good": 0, "neutral": 1, "bad": 0},
        "two": {"good": 0, "neutral": 0, "bad": 1},
        "asked": {"good": None, "neutral": None, "bad": None},
        "unnamed": {"reply": 45, "by_agent": 0},
    },
    "freshdesk": {
        "1": {"reply": 600, "notes": 1, "replies": 1, "solved": 0, "reopens": 0},
        "2": {"reply": 300, "bot": 1, "replies": 1},
        "3": {"reply": None, "bot": 1, "replies": 0},
        "4": {"reply": 0, "resolved": 40, "wait": 40, "good": 1, "bad": 0},
        "5": {"reply": None, "resolved": None},
        "6": {"reply": None, "by_agent": 1, "customer": 1},
        "7": {"reply": None, "by_agent": 1, "replies": 1},
        "8": {
            "first_solved": 200, "resolved": 1000, "closed": 5000, "reopens": 1, "wait": 800, "pending": 100,
            "hold": 300, "replies": 2, "customer": 1, "good": 0, "neutral": 1,
        },
        "9": {"first_solved": 200, "resolved": None, "reopens": 1, "solved": 0, "wait": None},
        "10": {"first_solved": 700, "resolved": 700, "closed": 9000, "reopens": None, "wait": None, "bad": 1},
        "11": {"reply": 90, "replies": 1},
        "12": {"resolved": 20, "customer": 0, "good": None},
        "16": {"solved": 0, "hold": None},
        "17": {"reply": 30, "replies": 1},
        "18": {"reply": 120, "by_agent": 0},
        "19": {"first_solved": 30, "resolved": 30, "reopens": 0, "wait": 30, "pending": 0},
    },
}  # fmt: skip


@pytest.mark.parametrize(("desk", "ticket"), [(d, t) for d, rows in ROWS.items() for t in rows])
def test_a_ticket_is_read_as_it_was(read, desk, ticket):
    assert subset(read(desk)[ticket], ROWS[desk][ticket]) == ROWS[desk][ticket]


@pytest.mark.parametrize("desk", ROWS)
def test_deleted_merged_and_spam_tickets_are_none(read, desk):
    assert set(read(desk)) == set(ROWS[desk])


# contacts, waits of those that were answered (summed), how many were
CONTACTS = {
    "zendesk": {
        "note": (1, 600, 1), "only_bot": (1, None, 0), "at_once": (1, 0, 1), "by_agent": (1, 60, 1), "call": (1, 0, 1),
        "colleague": (1, 90, 1), "again": (3, 600, 2), "closed_at_once": (1, None, 0), "unsaid": (1, 200, 1),
        "by_robot": (1, 120, 1),
    },
    "intercom": {
        "note": (1, 600, 1), "bot": (1, 300, 1), "only_bot": (1, None, 0), "at_once": (1, 0, 1), "by_agent": (1, 60, 1),
        "campaign": (1, 60, 1), "again": (2, 600, 2), "handed_over": (1, 70, 1), "unsaid": (1, 200, 1),
        "nameless": (1, 50, 1), "unnamed": (1, 45, 1),
    },
    "freshdesk": {
        "1": (1, 600, 1), "2": (1, 300, 1), "3": (1, None, 0), "4": (1, 0, 1), "6": (1, 60, 1), "8": (2, 600, 2),
        "11": (1, 90, 1), "12": (1, None, 0), "17": (1, 30, 1), "18": (1, 120, 1),
    },
}  # fmt: skip


@pytest.mark.parametrize(("desk", "issue"), [(d, i) for d, rows in CONTACTS.items() for i in rows])
def test_a_contact_is_a_turn_of_the_customer(read, desk, issue):
    row = read(desk, "contacts")[issue]
    assert (row["contacts"], row["waits"], row["answered"]) == CONTACTS[desk][issue]


@pytest.mark.parametrize(
    ("desk", "none"),
    [("zendesk", {"deleted", "merged"}), ("intercom", {"ignored", "spam"}), ("freshdesk", {"7", "13", "14", "15"})],
)
def test_what_is_no_request_makes_no_contact(read, desk, none):
    assert none.isdisjoint(read(desk, "contacts"))


@pytest.mark.parametrize(("desk", "ticket"), [("zendesk", "bot"), ("intercom", "bot"), ("freshdesk", "2")])
def test_a_bot_in_an_agents_seat_is_one_that_must_be_told(tmp_path, desk, ticket):
    """Until then its reply counts as an agent's: nothing in the export says otherwise."""
    row = cells(project(tmp_path, desk, bots=False), "reply", "replies")[ticket]
    assert (row["reply"], row["replies"]) == {"zendesk": (1, 2), "intercom": (4, 2), "freshdesk": (1, 2)}[desk]


@pytest.mark.parametrize("desk", ROWS)
def test_a_folder_may_be_called_like_its_desk(tmp_path, desk):
    MAKERS[desk](tmp_path / desk)
    init(tmp_path / "p", "--from", desk, "--exports", tmp_path / desk)
    assert [f.message for f in kpispec.load(tmp_path / "p").findings] == []


@pytest.mark.parametrize("desk", ROWS)
def test_files_that_overlap_count_once(tmp_path, desk, read):
    exports = tmp_path / "p" / "exports"
    MAKERS[desk](exports)
    for file in list(exports.iterdir()):
        stem, ending = file.name.split(".")
        file.with_name(f"{stem.split('_2026')[0]}_2026-02.{ending}").write_bytes(file.read_bytes())
        file.rename(file.with_name(f"{stem.split('_2026')[0]}_2026-03.{ending}"))
    init(tmp_path / "p", "--from", desk)
    probe(tmp_path / "p")
    found = cells(kpispec.load(tmp_path / "p"))
    same = set(read(desk)) - {"bot", "only_bot", "by_robot", "2", "3", "18"}
    assert {t: found[t] for t in same} == {t: read(desk)[t] for t in same}


@pytest.mark.parametrize("desk", ROWS)
def test_times_are_instants_whatever_the_zone_of_the_project(tmp_path, desk):
    """Tickets of nine o'clock in Greenwich are of the same day in Paris, and of the day before in Honolulu."""
    opened = project(tmp_path, desk)
    file = tmp_path / "p" / "kpispec.yml"
    days = {}
    for zone in ("Europe/Paris", "Pacific/Honolulu"):
        file.write_text(
            re.sub(r"^timezone: \S+", f"timezone: {zone}", file.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
        )
        opened = kpispec.load(tmp_path / "p")
        readings = opened.run("tickets_opened", period="day", as_of="2027-01-01").readings
        days[zone] = str(max(readings, key=lambda r: r.value or 0).period.start)
        assert cells(opened, "reply")["note" if desk != "freshdesk" else "1"]["reply"] == 600
    assert days == {"Europe/Paris": "2026-03-02", "Pacific/Honolulu": "2026-03-01"}


def shares(opened, kpi, dimension):
    readings = opened.run(kpi, period="all", by=[dimension], as_of="2027-01-01").readings
    return {r.segment[0][1]: r.value for r in readings if r.segment}


@pytest.mark.parametrize("desk", ROWS)
def test_teams_and_agents_have_names_where_a_file_tells_them(tmp_path, desk):
    opened = project(tmp_path, desk)
    assert list(shares(opened, "tickets_opened", "group_name")) == ["First line"]
    (agent,) = shares(opened, "tickets_opened", "assignee")
    assert agent == {"zendesk": "Agent 1"}.get(desk, "Agent One")


@pytest.mark.parametrize("desk", ROWS)
def test_without_the_files_that_are_optional_it_runs_too(tmp_path, desk):
    exports = tmp_path / "p" / "exports"
    MAKERS[desk](exports)
    for file in exports.iterdir():
        if re.match(r"(ticket_tag|group|brand|admins|teams|agents|ticket_activities|satisfaction)", file.name):
            file.unlink()
    init(tmp_path / "p", "--from", desk)
    opened = kpispec.load(tmp_path / "p")
    assert [f.message for f in opened.loaded.findings] == []
    assert list(shares(opened, "tickets_opened", "group_name")) == [{"zendesk": "g1", "intercom": "7"}.get(desk, "70")]
    (solved,) = opened.run("tickets_solved", period="all", as_of="2027-01-01").readings
    assert solved.value == {"zendesk": 9, "intercom": 7, "freshdesk": 5}[desk]
