"""Small exports of three help desks, made up ticket by ticket around what is easily counted wrong.

Every ticket is opened at START unless it says otherwise; `at(s)` is so many seconds later.
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOT = "900"


def at(seconds=0):
    return START + timedelta(seconds=seconds)


# Zendesk, as Fivetran writes it


def zendesk(folder: Path):
    """People 1 and 2 are agents, 900 is a bot with an agent's seat, the rest are customers."""
    tables = {"ticket": [], "ticket_comment": [], "ticket_field_history": [], "ticket_tag": []}

    def moment(when):
        return f"{when:%Y-%m-%d %H:%M:%S}" if not isinstance(when, str) else when

    def ticket(id, status, *events, submitter=None, requester=None, opened=START, channel="email", tag=None, **more):
        """Events are (seconds, user, what): a comment, `note: ...`, `deleted: ...`, or `field=value`."""
        asker = requester or f"c{id}"
        tables["ticket"].append(
            {"id": id, "created_at": moment(opened), "updated_at": moment(opened), "status": status,
             "requester_id": asker, "submitter_id": submitter or asker, "assignee_id": "1", "group_id": "g1",
             "brand_id": "b1", "via_channel": channel, "type": "question", "priority": "normal", **more}
        )  # fmt: skip
        for seconds, user, what in events:
            when = moment(at(seconds) if not isinstance(seconds, str) else seconds)
            if "=" in what:
                name, value = what.split("=")
                row = {"ticket_id": id, "field_name": name, "updated": when, "user_id": user, "value": value}
                tables["ticket_field_history"].append(row)
            else:
                public, deleted = not what.startswith("note:"), what.startswith("deleted:")
                comments = tables["ticket_comment"]
                row = {"id": len(comments) + 1, "ticket_id": id, "created": when, "user_id": user, "body": what}
                comments.append({**row, "public": str(public).upper(), "_fivetran_deleted": str(deleted).lower()})
        if tag:
            tables["ticket_tag"].append({"ticket_id": id, "tag": tag})

    ask = (0, None, "help")

    def opened(id, *events):
        return ((0, f"c{id}", 'help, "now",\nplease'), (0, f"c{id}", "status=new"), *events)

    ticket("note", "open", *opened("note", (60, "1", "note: who knows?"), (600, "1", "so do this")))
    ticket("bot", "open", *opened("bot", (1, BOT, "we got your message"), (300, "2", "hello")))
    ticket("only_bot", "open", *opened("only_bot", (1, BOT, "we got your message")))
    ticket("at_once", "solved", *opened("at_once", (0, "1", "done"), (40, "1", "status=solved")))
    ticket("none", "new", *opened("none"))
    ticket(
        "by_agent", "solved", (0, "1", "we noticed"), (0, "1", "status=open"), (60, "cby_agent", "thanks"),
        (120, "1", "welcome"), (180, "1", "status=solved"), submitter="1",
    )  # fmt: skip
    ticket("call", "solved", (0, "1", "as told by phone"), (0, "1", "status=solved"), submitter="1", channel="voice")
    ticket("colleague", "open", (0, "2", "my screen is black"), (90, "1", "look here"), requester="2")
    ticket(
        "again", "closed",
        *opened("again", (100, "1", "this way"), (200, "1", "status=solved"), (300, "cagain", "no"),
                (300, "cagain", "status=open"), (400, "1", "status=hold"), (700, "1", "status=open"),
                (800, "1", "that way"), (900, "1", "status=pending"), (1000, "1", "status=solved"),
                (5000, None, "status=closed")),
    )  # fmt: skip
    ticket(
        "open_again", "open",
        *opened("open_again", (100, "1", "this way"), (200, "1", "status=solved"), (300, None, "status=open")),
    )  # fmt: skip
    ticket("closed_at_once", "closed", *opened("closed_at_once", (500, "1", "status=closed")))
    ticket(
        "on_hold", "on-hold", *opened("on_hold", (50, "1", "we ask the maker"), (60, "1", "status=on-hold")),
    )  # fmt: skip
    ticket(
        "good_at_last", "closed",
        *opened("good_at_last", (10, "1", "ok"), (20, "1", "status=solved"), (30, None, "satisfaction_score=offered"),
                (40, None, "satisfaction_score=bad"), (50, None, "satisfaction_score=goodwithcomment"),
                (60, None, "satisfaction_score=offered")),
    )  # fmt: skip
    ticket("asked", "solved", *opened("asked", (20, "1", "status=solved"), (30, None, "satisfaction_score=offered")))
    ticket("unasked", "open", *opened("unasked", (0, None, "satisfaction_score=unoffered")))
    ticket("deleted", "deleted", *opened("deleted", (5, "1", "x"), (9, "1", "status=deleted")))
    ticket("merged", "closed", *opened("merged", (5, "1", "see the other")), tag="closed_by_merge")
    ticket("unsaid", "open", *opened("unsaid", (10, "1", "deleted: wrong window"), (200, "1", "hello")))
    ticket("follow_up", "open", *opened("follow_up", ask), via_followup_source_id="again", requester="cagain")
    ticket("by_robot", "open", (0, BOT, "from the form: help"), (1, BOT, "we got your message"), (120, "1", "hello"),
           submitter=BOT)  # fmt: skip
    ticket(
        "one_second", "solved", (0, "cone_second", "help"), (60, "1", "status=solved"), (60, "1", "status=open"),
        (0, None, "status=new"), (70, None, "satisfaction_score=good_with_comment"),
    )  # fmt: skip
    ticket("offset", "open", *((0, "coffset", "help"), ("2026-03-02T12:00:00+02:00", "1", "hello")))

    people = [
        {"id": u, "name": f"Agent {u}", "role": role} for u, role in (("1", "agent"), ("2", "admin"), (BOT, "agent"))
    ]
    people += [
        {"id": t["requester_id"], "name": "", "role": "end-user"} for t in tables["ticket"] if t["requester_id"] != "2"
    ]
    named = {"group": [{"id": "g1", "name": "First line"}], "brand": [{"id": "b1", "name": "Acme"}]}
    for name, rows in {**tables, "user": people, **named}.items():
        write_csv(folder / f"{name}.csv", rows)


def write_csv(path: Path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, names)
        writer.writeheader()
        writer.writerows(rows)


# Intercom, as its API gives conversations one by one


def intercom(folder: Path):
    authors = {
        "customer": {"type": "user", "id": "c1", "name": "Ann", "email": "ann@example.org"},
        "lead": {"type": "lead", "id": "c2", "name": "Lee", "email": "lee@example.org"},
        "agent": {"type": "admin", "id": "1", "name": "Agent 1", "email": "one@acme.example"},
        "bot": {"type": "bot", "id": "5", "name": "Fin", "email": "operator+x1@intercom.io"},
        "operator": {"type": "admin", "id": "274", "name": "Operator", "email": "operator+abcd1234@intercom.io"},
        "ai": {"type": "admin", "id": "275", "name": "Fin", "email": "fin@acme.example", "from_ai_agent": True},
        "nobody": {},  # as Twitter has it
        "script": {"type": "admin", "id": BOT, "name": "n8n", "email": "flows@acme.example"},
    }  # fmt: skip
    found = []

    def conversation(id, state, *parts, begun="customer_initiated", by="customer", rating=None, tags=()):
        """Parts are (seconds, author, part type, body)."""
        made = [
            {"type": "conversation_part", "id": f"{id}{n}", "part_type": kind, "body": body, "attachments": [],
             "created_at": int(at(s).timestamp()), "author": authors[who],
             "redacted": body == "[deleted]"}
            for n, (s, who, kind, body) in enumerate(parts)
        ]  # fmt: skip
        found.append(
            {"type": "conversation", "id": id, "state": state, "open": state == "open",
             "created_at": int(START.timestamp()), "updated_at": int(START.timestamp()),
             "source": {"type": "conversation", "delivered_as": begun, "body": "<p>hello</p>", "author": authors[by]},
             "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "c1"}]},
             "admin_assignee_id": 1, "team_assignee_id": "7", "priority": "not_priority",
             "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "9", "name": t} for t in tags]},
             "conversation_rating": rating,
             "conversation_parts": {"type": "conversation_part.list", "conversation_parts": made}}
        )  # fmt: skip

    conversation("note", "open", (60, "agent", "note", "who knows?"), (600, "agent", "comment", "do this"))
    hi = ("comment", "hi")
    conversation(
        "bot", "open", (1, "bot", *hi), (2, "operator", *hi), (3, "ai", *hi), (4, "script", *hi), (300, "agent", *hi)
    )
    conversation("only_bot", "closed", (1, "bot", "comment", "hi"), (900, "bot", "close", None))
    conversation("at_once", "closed", (0, "agent", "comment", "done"), (40, "agent", "close", None))
    conversation("none", "open")
    conversation("by_agent", "open", (60, "customer", "comment", "yes?"), (120, "agent", "comment", "well"),
                 begun="admin_initiated", by="agent")  # fmt: skip
    conversation("campaign", "open", (86400, "customer", "comment", "tell me more"), (86460, "agent", *hi),
                 begun="automated", by="operator")  # fmt: skip
    conversation("ignored", "open", begun="automated", by="operator")
    conversation(
        "again", "closed", (100, "agent", "comment", "this way"), (200, "agent", "close", None),
        (300, "customer", "open", "no"), (800, "agent", "comment", "that way"), (1000, "agent", "close", "bye"),
        (1100, "bot", "close", None),
    )  # fmt: skip
    conversation(
        "open_again",
        "open",
        (100, "agent", "comment", "so"),
        (200, "agent", "close", None),
        (300, "agent", "open", None),
    )
    conversation("handed_over", "snoozed", (50, "agent", "assignment", None), (70, "agent", "assignment", "hello"),
                 (90, "agent", "snoozed", None))  # fmt: skip
    conversation("unsaid", "open", (10, "agent", "comment", "[deleted]"), (200, "agent", "comment", "hello"))
    conversation("picture", "open", (30, "agent", "comment", ""), (70, "agent", "comment", "seen?"))
    found[-1]["conversation_parts"]["conversation_parts"][0]["attachments"] = [{"type": "upload", "name": "a.png"}]
    conversation("nameless", "open", (20, "nobody", "comment", "hello?"), (50, "agent", *hi))
    stars = {"created_at": int(at(500).timestamp()), "remark": ""}
    for name, rating in (("five", 5), ("three", 3), ("two", 2), ("asked", None)):
        conversation(
            name,
            "closed",
            (10, "agent", "comment", "ok"),
            (20, "agent", "close", None),
            rating={**stars, "rating": rating},
        )
    conversation("unnamed", "open", (45, "agent", "comment", "hello"), begun=None)
    conversation("spam", "closed", (10, "agent", "close", None), tags=["spam"])

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "conversations.jsonl").write_text("".join(json.dumps(c) + "\n" for c in found), encoding="utf-8")
    admins = {"type": "admin.list", "admins": [{"type": "admin", "id": "1", "name": "Agent One"}]}
    (folder / "admins.json").write_text(json.dumps(admins), encoding="utf-8")
    teams = {"type": "team.list", "teams": [{"type": "team", "id": "7", "name": "First line"}]}
    (folder / "teams.json").write_text(json.dumps(teams), encoding="utf-8")


# Freshdesk, as its API gives tickets, and its export the activities


def freshdesk(folder: Path):
    tickets, conversations, activities, ratings = [], [], [], []
    codes = {"open": 2, "pending": 3, "resolved": 4, "closed": 5, "waiting on third party": 7}
    reply, note, survey, forward = 0, 2, 6, 8

    def stamp(when):
        return f"{when:%Y-%m-%dT%H:%M:%SZ}"

    def ticket(number, status, *events, source=1, by=None, stats=None, logged=True, **more):
        """Events are (seconds, who, what): a status, or a source of a conversation with whether it is private."""
        tickets.append(
            {"id": number, "requester_id": 7000 + number, "responder_id": 1, "group_id": 70, "status": codes[status],
             "source": source, "priority": 2, "type": "Question", "spam": False, "subject": "x",
             "created_at": stamp(START), "updated_at": stamp(START),
             "stats": stats or {"resolved_at": None, "closed_at": None}, **more}
        )  # fmt: skip
        begun = {"new_ticket": True, "status": "Open", "requester_id": 7000 + number, "source": source}
        log = [(0, "user", by or 7000 + number, begun)] if logged else []
        for seconds, who, what in events:
            if isinstance(what, str):
                log.append((seconds, "system" if who is None else "user", who, {"status": what}))
                continue
            kind, private, *text = what
            incoming = who == "customer"
            conversations.append(
                {"id": len(conversations) + 1, "ticket_id": number, "user_id": 7000 + number if incoming else who,
                 "incoming": incoming, "private": private, "source": kind, "created_at": stamp(at(seconds)),
                 "body_text": text[0] if text else "words", "body": "<div>words</div>"}
            )  # fmt: skip
        activities.extend(
            {"performed_at": f"{at(s):%d-%m-%Y %H:%M:%S} +0000", "ticket_id": number, "performer_type": kind,
             "performer_id": who, "activity": activity}
            for s, kind, who, activity in log
        )  # fmt: skip

    public, private = (reply, False), (note, True)
    ticket(1, "open", (60, 1, private), (600, 1, public))
    ticket(2, "open", (1, int(BOT), public), (300, 1, (note, False)))
    ticket(3, "open", (1, int(BOT), public))
    ticket(4, "resolved", (0, 1, public), (40, 1, "Resolved"))
    ticket(5, "open")
    ticket(6, "open", (60, "customer", public), (120, 1, public), source=10, by=1)
    ticket(7, "open", (120, 1, public), by=1)
    ticket(8, "closed", (100, 1, public), (200, 1, "Resolved"), (300, "customer", public), (300, None, "Open"),
           (400, 1, "Waiting on Third Party"), (700, 1, "Open"), (800, 1, public), (900, 1, "Pending"),
           (1000, 1, "Resolved"), (5000, None, "Closed"),
           stats={"resolved_at": stamp(at(1000)), "closed_at": stamp(at(5000))})  # fmt: skip
    ticket(9, "open", (100, 1, public), (200, 1, "Resolved"), (300, None, "Open"))
    ticket(10, "closed", (50, 1, public), logged=False,
           stats={"resolved_at": stamp(at(700)), "closed_at": stamp(at(9000))})  # fmt: skip
    ticket(11, "open", (30, 1, (forward, False)), (90, 1, public))
    ticket(12, "resolved", (20, 1, "Resolved"), (500, "customer", (survey, False)))
    ticket(17, "open", (30, 1, (None, False)))
    ticket(13, "open", spam=True)
    ticket(14, "open", deleted=True)
    ticket(15, "closed", (60, 1, (note, True, "This ticket is closed and merged into ticket 1")), (60, 1, "Closed"))
    ticket(18, "open", (120, 1, public), by=int(BOT))
    ticket(19, "resolved", (30, 1, "Pending"), (30, 1, "Resolved"))
    ticket(16, "waiting on third party", (60, 1, "Waiting on Third Party"))
    for number, seconds, score in ((4, 10, -103), (4, 20, 103), (8, 10, 100), (10, 10, -101)):
        ratings.append(
            {
                "id": len(ratings),
                "ticket_id": number,
                "created_at": stamp(at(seconds)),
                "ratings": {"default_question": score},
            }
        )

    folder.mkdir(parents=True, exist_ok=True)
    activities.reverse()  # the latest first
    days = {"metadata": {"activities_count": len(activities)}, "activities_data": activities}
    named = {"agents": [{"id": 1, "contact": {"name": "Agent One"}}], "groups": [{"id": 70, "name": "First line"}]}
    lists = {"tickets": tickets, "conversations": conversations, "satisfaction_ratings": ratings, **named}
    for name, found in {**lists, "ticket_activities_2026-03-02": days}.items():
        (folder / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")
