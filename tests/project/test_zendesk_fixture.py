"""A Zendesk export read by the project of `kpispec init`: the figures that another program gives, and where it errs.

That program is dbt_zendesk 1.6.1 on Postgres. Its figures lie beside the export, in a folder beside the checkout.
"""

import json
import shutil
from pathlib import Path
from statistics import median

import pytest
from help_desk_probe import cells, init, probe

import kpispec

SPECS = Path(__file__).parents[1] / "projects" / "zendesk_fixture" / "specs"
CHECKOUT = Path(__file__).parents[2]
BESIDE = [folder / "shared" for folder in CHECKOUT.parents[:2]]
SHARED = next((folder for folder in BESIDE if (folder / "golden").is_dir()), BESIDE[0])
DATA, GOLDEN = SHARED / "data" / "zendesk_fixture", SHARED / "golden" / "dbt_zendesk_fixture.json"

pytestmark = pytest.mark.skipif(not GOLDEN.is_file(), reason="the export's files are not beside this checkout")
LEFT_OUT = "and t.status <> 'deleted' "
AS_OF = "2026-11-01"
LIBRARY = (
    "first_reply_mean",
    "resolution_final_mean",
    "csat_tickets",
    "fcr_one_touch_solved",
    "unanswered_tickets",
    "reopen_rate",
)

# What the other program calls the columns of a ticket.
SAME = {
    "replies": "count_public_agent_comments",
    "customer": "count_end_user_comments",
    "notes": "count_internal_comments",
    "first_ticks": "first_resolution_calendar_minutes",
    "full_ticks": "final_resolution_calendar_minutes",
}


@pytest.fixture(scope="module")
def expected():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def lay(folder, *, deleted=False):
    init(folder, "--from", "zendesk", "--exports", DATA)
    for file in SPECS.glob("*.yml"):
        shutil.copy(file, folder / "specs" / file.name)
    probe(folder)
    config = folder / "kpispec.yml"
    text = config.read_text("utf-8").replace("\ndata:\n", "\ncalendar: paris_office\ndata:\n")
    assert text.count(LEFT_OUT) == 2
    config.write_text(text.replace(LEFT_OUT, "and true ") if deleted else text, "utf-8")
    return kpispec.load(folder)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    return lay(tmp_path_factory.mktemp("zendesk") / "p")


@pytest.fixture(scope="module")
def every_ticket(tmp_path_factory):
    """All 82, the deleted one too."""
    return lay(tmp_path_factory.mktemp("deleted") / "p", deleted=True)


@pytest.fixture(scope="module")
def pairs(every_ticket, expected):
    """Of each ticket what we read and what is expected."""
    found = cells(every_ticket)
    wanted = {str(t["ticket_id"]): t for t in expected["tickets"]}
    assert set(found) == set(wanted)
    assert len(found) == 82
    return [(id, found[id], wanted[id]) for id in wanted]


@pytest.fixture(scope="module")
def figures(opened):
    ids = [k for k in opened.loaded.catalog.specs if not k.startswith("seen_")]
    readings = opened.run(*ids, period="all", as_of=AS_OF).readings
    return {r.kpi: r for r in readings}


def test_the_project_has_no_finding(opened):
    assert [f.message for f in opened.loaded.findings] == []


@pytest.mark.parametrize("name", SAME)
def test_every_ticket_has_the_expected_counts_and_resolutions(pairs, name):
    differing = [(id, ours[name], theirs[SAME[name]]) for id, ours, theirs in pairs if ours[name] != theirs[SAME[name]]]
    assert differing == []


def test_every_ticket_has_the_expected_comments_in_all(pairs):
    for id, ours, theirs in pairs:
        public = ours["replies"] + ours["customer"]
        assert (id, public) == (id, theirs["count_public_comments"] or 0)
        assert (id, public + ours["notes"]) == (id, theirs["total_comments"] or 0)


def test_every_ticket_has_the_expected_first_verdict(pairs):
    for id, ours, theirs in pairs:
        verdict = next((v for v in ("good", "bad") if ours[f"first_{v}"] == 1), None)
        assert (id, verdict) == (id, theirs["ticket_first_satisfaction_score"])


def test_every_ticket_has_the_expected_first_reply(pairs):
    key = "first_reply_time_calendar_minutes"
    for id, ours, theirs in pairs:
        if id == "12":
            continue
        minutes = None if ours["reply"] is None else round(ours["reply"] / 60, 4)
        assert (id, minutes) == (id, theirs[key])


def test_a_reply_of_the_same_second_is_a_reply_after_nothing(pairs):
    """The other program gives none: it looks for replies later than the question."""
    ours, theirs = next((ours, theirs) for id, ours, theirs in pairs if id == "12")
    assert theirs["first_reply_time_calendar_minutes"] is None
    assert (ours["reply"], ours["replies"], ours["resolved"]) == (0, 1, 40)


def test_every_ticket_has_the_expected_state(pairs):
    for id, ours, theirs in pairs:
        solved = theirs["status"] in ("solved", "closed")
        assert (id, ours["solved"], ours["by_agent"]) == (id, solved, theirs["is_agent_submitted"])
        one_touch = solved and ours["replies"] == 1
        assert (id, one_touch) == (id, theirs["is_one_touch_resolution"])
        # Nothing is said there of tickets that were never solved; ours were then never reopened.
        assert (id, ours["reopens"]) == (id, theirs["count_reopens"] or 0)
        verdict = next((v for v in ("good", "bad") if ours[v] == 1), None)
        assert (id, verdict) == (id, theirs["ticket_satisfaction_score"])


def test_solved_tickets_have_the_expected_waits(pairs):
    """Counted there in ticks of the minute hand for each status. Of open tickets the wait is not known yet: none."""
    keys = {
        "wait": "requester_wait_time_in_calendar_minutes",
        "pending": "agent_wait_time_in_calendar_minutes",
        "hold": "on_hold_time_in_calendar_minutes",
    }
    for id, ours, theirs in pairs:
        for ours_key, key in keys.items():
            if not ours["solved"]:
                assert (id, ours[ours_key]) == (id, None)
            else:
                assert ours[ours_key] / 60 == pytest.approx(theirs[key], abs=2), (id, key)
    whole = {id: (ours["wait"] / 60, ours["hold"] / 60) for id, ours, _ in pairs if id in ("5", "9", "11")}
    assert whole == {"5": (240, 0), "9": (300, 120), "11": (120, 0)}


def test_the_aggregates(figures, expected):
    wanted = expected["aggregates"]
    assert figures["reply_mean_but_the_twelfth"].value == pytest.approx(wanted["mean_frt"], abs=1e-5)
    assert figures["reply_mean_but_the_twelfth"].n == wanted["n_frt"] == 77
    assert figures["reply_median"].value == pytest.approx(wanted["median_frt"], abs=1e-4)
    assert figures["reply_p90"].value == pytest.approx(wanted["p90_frt"], abs=1e-4)
    assert figures["resolution_ticks_mean"].value == pytest.approx(wanted["mean_full_res"], rel=1e-11)
    assert figures["resolution_ticks_median"].value == wanted["median_full_res"]
    counts = {k: figures[k].value for k in ("solved_count", "one_touch", "reopened")}
    assert counts == {
        "solved_count": wanted["n_solved"],
        "one_touch": wanted["n_one_touch"],
        "reopened": wanted["n_reopened"],
    }
    assert (figures["good_share"].value, figures["good_share"].n) == (pytest.approx(100 * 27 / 33), 33)
    assert dict(figures["good_share"].rejected) == {"no answer": 32}


def test_figures_with_the_reply_of_the_same_second_and_whole_seconds(figures):
    """Ours: 78 tickets were answered, and resolutions are not counted in ticks of the minute hand."""
    assert figures["reply_mean"].n == 78
    assert figures["reply_mean"].value == pytest.approx(425.3757556 * 77 / 78, abs=1e-5)
    assert figures["resolution_mean"].value == pytest.approx(1332.557142857143, abs=0.5)
    assert figures["resolution_mean"].value != pytest.approx(1332.557142857143, abs=1e-6)


def test_medians_by_channel(opened, expected):
    wanted = {c["created_channel"]: c["median_frt"] for c in expected["by_channel"]}
    readings = opened.run("reply_median", period="all", by=["channel"], as_of=AS_OF).readings
    found = {r.segment[0][1]: round(r.value, 4) for r in readings if r.segment}
    assert found == wanted


def test_one_touch_by_channel(opened, every_ticket, expected):
    """There the rate is of solved tickets too. All 82 are counted, the deleted one among them."""
    readings = opened.run("fcr_one_touch_solved", period="all", by=["channel"], as_of=AS_OF).readings
    rates = {r.segment[0][1]: r.value / 100 for r in readings if r.segment}
    assert rates == pytest.approx({c["created_channel"]: c["one_touch_rate"] for c in expected["by_channel"]})
    readings = every_ticket.run("tickets_opened", period="all", by=["channel"], as_of=AS_OF).readings
    opened_in = {r.segment[0][1]: r.value for r in readings if r.segment}
    assert opened_in == {c["created_channel"]: c["n"] for c in expected["by_channel"]}


def test_tickets_by_how_many_replies_they_took(figures, expected):
    """A ticket closed without a word is none of the three."""
    wanted = expected["aggregates"]
    found = {k: figures[k].value for k in ("one_touch", "two_touch", "multi_touch", "solved_unanswered")}
    assert found == {
        "one_touch": wanted["n_one_touch"],
        "two_touch": wanted["n_two_touch"],
        "multi_touch": wanted["n_multi"],
        "solved_unanswered": 1,
    }
    assert sum(found.values()) == wanted["n_solved"]


def test_the_summary_of_tickets(opened, every_ticket, expected):
    wanted = expected["ticket_summary"]

    def by_status(project):
        readings = project.run("tickets_opened", period="all", by=["status"], as_of=AS_OF).readings
        return {r.segment[0][1] if r.segment else "all": r.value for r in readings}

    found = by_status(every_ticket)
    assert found["open"] == wanted["open_ticket_count"]
    assert found["deleted"] == wanted["deleted_ticket_count"]
    assert found["all"] - found.get("solved", 0) - found.get("closed", 0) == wanted["unsolved_ticket_count"]
    assert by_status(opened)["all"] == found["all"] - 1


def test_the_librarys_indicators(every_ticket, figures, expected):
    """The same figures by the indicators that the scorecard of the project shows, in their units."""
    wanted = expected["aggregates"]
    found = {k: (figures[k].value, figures[k].n) for k in LIBRARY}
    assert found["first_reply_mean"] == (pytest.approx(wanted["mean_frt"] * 77 / 78 / 60, abs=1e-6), 78)
    assert found["resolution_final_mean"] == (pytest.approx(figures["resolution_mean"].value / 60), wanted["n_solved"])
    assert found["csat_tickets"] == (pytest.approx(100 * 27 / 33), wanted["n_good"] + wanted["n_bad"])
    assert found["fcr_one_touch_solved"] == (pytest.approx(100 * 31 / 70), wanted["n_solved"])
    assert found["unanswered_tickets"] == (pytest.approx(100 * 2 / 80), 80)
    assert found["reopen_rate"][0] * found["reopen_rate"][1] / 100 == pytest.approx(wanted["n_reopened"])
    received = every_ticket.run("fcr_one_touch_received", period="all", as_of=AS_OF).readings
    assert [(r.value, r.n) for r in received] == [(pytest.approx(100 * 31 / 82), wanted["n"])]


def test_the_librarys_indicators_of_working_hours(figures, pairs):
    """Of the deleted ticket neither a reply nor a solution is counted."""
    reply, full = ("first_reply_business", "business_reply", 1), ("resolution_business", "business_full", 60)
    for kpi, name, scale in (reply, full):
        values = [ours[name] for _, ours, theirs in pairs if ours[name] is not None and theirs["status"] != "deleted"]
        assert figures[kpi].value == pytest.approx(median(values) / scale)
        assert figures[kpi].n == len(values)


def test_tickets_without_a_reply_are_counted(figures, expected):
    """There a number below zero is looked for, and none is ever found."""
    assert expected["ticket_summary"]["unreplied_ticket_count"] == 0
    assert figures["unreplied"].value == 3  # of 81: one by an agent, one open, one closed without a word


def test_a_verdict_that_got_better_is_not_taken_for_worse(figures, expected):
    """There each verdict is compared with the one after it."""
    second = next(t for t in expected["tickets"] if t["ticket_id"] == 2)
    assert (second["ticket_first_satisfaction_score"], second["ticket_satisfaction_score"]) == ("bad", "good")
    assert second["is_good_to_bad_satisfaction_score"] is True
    assert (figures["recovered"].value, figures["lost"].value) == (1, 1)


def test_the_tickets_open_at_the_end_of_each_month(opened):
    """Counted from the status histories by a few lines of Python of their own; the deleted ticket is none."""
    readings = opened.run("backlog", period="month", as_of="2025-01-01").readings
    found = {r.period.start.month: r.value for r in readings if r.period.start.year == 2024 and not r.segment}
    assert found == {1: 1, 2: 1, 3: 4, 4: 4, 5: 4, 6: 4, 7: 4, 8: 9, 9: 9, 10: 10, 11: 11, 12: 11}


def test_the_deleted_ticket_counts_where_it_is_asked_for(opened, every_ticket):
    def one_touch_of_received(project):
        (hit,) = project.run("one_touch", period="all", as_of=AS_OF).readings
        return hit.value, hit.n

    assert one_touch_of_received(every_ticket) == (31, 82)
    assert one_touch_of_received(opened) == (31, 81)


def test_every_ticket_has_the_expected_business_minutes(pairs):
    """Nights, weekends, a holiday and a change of the clock lie between. Without a reply there is no wait for one:
    there two such tickets have waited for more than two months of office hours.
    """
    keys = {
        "business_reply": "first_reply_time_business_minutes",
        "business_first": "first_resolution_business_minutes",
        "business_full": "full_resolution_business_minutes",
    }
    for id, ours, theirs in pairs:
        for name, key in keys.items():
            if (id, name) in (("3", "business_reply"), ("12", "business_reply")):
                assert theirs[key] > 139_000
                assert ours[name] == (None if id == "3" else 0)
            else:
                minutes = None if ours[name] is None else round(ours[name], 4)
                assert (id, name, minutes) == (id, name, theirs[key])


def test_business_minutes_that_were_worked_out_by_hand(pairs):
    replies = {id: ours["business_reply"] for id, ours, _ in pairs if id in ("6", "7", "8")}
    assert replies == {"6": 45, "7": 120, "8": 240}
    assert {id: ours["business_full"] for id, ours, _ in pairs if id == "5"} == {"5": 1680}


def test_the_aggregates_in_business_time(figures, expected):
    wrong, right = expected["aggregates"], expected["aggregates_business_frt_excluding_defects"]
    assert wrong["mean_frt_bus"] > 3629
    assert figures["business_reply_mean"].value == pytest.approx(right["mean"], abs=1e-4)
    assert figures["business_reply_mean"].n == right["n"] == 77
    assert figures["business_reply_median"].value == pytest.approx(right["median"], abs=1e-4)
    assert figures["business_resolution_mean"].value == pytest.approx(wrong["mean_full_res_bus"], abs=1e-4)
