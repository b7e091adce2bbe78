"""The access table is a test: for every state and role, exactly the actions of the table, on the page and behind it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.routing import AnyConverter, IntegerConverter

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints import queries
from casework.complaints import service as complaints
from casework.extensions import db
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.roles import Actor, Role
from casework.workflow import Refused
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.post import room
from tests.scenes import Scene, everything, scene
from tests.test_hostile import Forms


def _kinds() -> list[str]:
    return ["booking", "check", "release", "ride", "scheme", "slot", "vetting"]


@pytest.mark.parametrize("name", _kinds())
def test_no_role_takes_an_action_that_the_table_does_not_give_it(app: Any, name: str) -> None:
    kind = registry.named(name)
    table = kind.workflow
    actions = {row.action for row in table.rows}
    refused = 0
    for state in [None, *table.states]:
        for role in Role:
            allowed = {row.action for row in table.rows if row.from_state == state and role in row.by}
            for action in actions - allowed:
                subject = kind.model()
                subject.__dict__["state"] = state
                with pytest.raises(Refused):
                    cases.perform(subject, action, Actor(role, account_id=1))
                refused += 1
            assert {o.row.action for o in table.open_to(state or "", Actor(role))} == (allowed if state else set())
    assert refused > 100


STATES = [
    "submitted",
    "waiting",
    "checks",
    "decision",
    "approved",
    "offered",
    "booked",
    "done",
    "closed",
    "refused",
    "withdrawn",
    "expired",
]


@pytest.mark.parametrize("who", ["coordinator", "supervisor"])
def test_the_page_offers_exactly_the_actions_of_the_table(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    made = factories.ride()
    db.session.commit()
    table = registry.named("ride").workflow
    role = Role(who)
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    for state in STATES:
        db.session.execute(
            update(Case).where(Case.id == made.ride.id).values(state=state, is_open=not table.states[state].final)
        )
        db.session.commit()
        browser.get(f"/staff/cases/{made.ride.reference}")
        page = html.unescape(browser.text)
        for row in table.rows:
            if row.from_state != state:
                continue
            words = row.button or row.action.replace("_", " ").capitalize()
            mine = any(role in r.by for r in table.rows if r.from_state == state and r.action == row.action)
            same_words = any(
                role in r.by and (r.button or r.action) == (row.button or row.action)
                for r in table.rows
                if r.from_state == state
            )
            shown = re.search(rf">\s*{re.escape(words)}(:|\s*<)", page) is not None
            assert shown == (mine or same_words), (state, row.action, words)


@pytest.mark.parametrize("who", ["coordinator_south", "clerk", "vetting_officer", "host", "admin", "data_protection"])
def test_nobody_else_acts_on_a_case_of_this_area(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    made = factories.booked(cast, wishes=(factories.area("north").id,))
    db.session.commit()
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    path = f"/staff/cases/{made.ride.reference}"
    seen = browser.get(path).status_code
    assert seen == (200 if who == "data_protection" else 404 if who == "coordinator_south" else 403)
    browser.get("/staff/account")
    for row in registry.named("ride").workflow.rows:
        answer = browser.post(f"{path}/do/{row.action}", {"version": "1"})
        assert answer.status_code in {403, 404}, (row.action, answer.status_code)
        browser.get("/staff/account")
    assert db.session.get(Case, made.ride.id).state == "booked"


def _some(converter: Any) -> Any:
    """A value that an address takes at this place."""
    if isinstance(converter, IntegerConverter):
        return 1
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "invite"


def test_another_areas_coordinator_finds_nothing_on_any_page_of_a_case(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast, wishes=(factories.area("north").id,))
    db.session.commit()
    stranger = Browser(app)
    stranger.sign_in(cast.account("coordinator_south").email)
    values = {
        "reference": made.ride.reference,
        "booking_id": made.booking_id,
        "slot_id": made.slot.id,
        "owed_id": 1,
        "match_id": 1,
    }
    looked = 0
    for rule in app.url_map.iter_rules():
        if not rule.arguments & {"reference", "booking_id", "slot_id"} or not rule.rule.startswith("/staff"):
            continue
        with app.test_request_context():
            from flask import url_for

            path = url_for(rule.endpoint, **{n: values.get(n, _some(rule._converters.get(n))) for n in rule.arguments})
        for verb in rule.methods & {"GET", "POST"}:
            stranger.get("/staff/account")
            answer = (
                stranger.get(path)
                if verb == "GET"
                else stranger.post(path, {"version": "1", "reason": "staffing", "note": "x"})
            )
            assert answer.status_code in {403, 404}, (verb, path, answer.status_code)
            assert made.ride.reference not in re.sub(r"/staff/cases/\S+", "", stranger.words)
            looked += 1
    assert looked > 20


# Whoever has no business with what people of the north say: of another area, or of another kind of work.
STRANGERS = ["triage_south", "handler_south", "coordinator"]
MARK = "harpsichord"


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_find_no_feedback_and_no_complaint(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    north = scene(cast, words=f"I carried a {MARK}.", name=f"Ife {MARK.title()}")
    before = everything(north)
    stranger = at_the_desk(app, cast, who)
    stranger.get("/staff/account")
    posted = {"csrf_token": stranger.token(), "version": "1", "note": "x", "words": "x", "trigger": str(north.trigger)}
    looked = 0
    for path, verbs in _pages_of(app, north):
        for verb in verbs:
            answer = stranger.get(path) if verb == "GET" else stranger.post_bare(path, posted)
            named = any(reference in path for reference in (north.feedback.reference, north.complaint.reference))
            if named or "/learning/" in path:
                assert answer.status_code in {403, 404}, (verb, path, answer.status_code)
            assert answer.status_code < 500, (verb, path)
            assert MARK not in stranger.text.casefold(), (verb, path)
            looked += 1
    assert looked > 100
    assert everything(north) == before


@pytest.mark.parametrize("who", ["handler", "supervisor", "triage", "data_protection"])
@pytest.mark.parametrize("by", ["account", "team"])
def test_whoever_a_complaint_is_about_finds_nothing_of_it(
    app: Any, cast: Any, demo_mode: None, who: str, by: str
) -> None:
    north = scene(cast, words=f"I carried a {MARK}.", name=f"Ife {MARK.title()}")
    # What it came as is about the same encounter, and so about the same officers.
    north.feedback.encounter_id = north.complaint.encounter_id
    about = queries.allegations(north.complaint.id)[0]
    if by == "account":
        complaints.name_subject(about, cast.triage_too, account_id=cast.account(who).id)
    else:
        cast.account(who).team = "Response A "
        complaints.name_subject(about, cast.triage_too, team=" response a")
    db.session.commit()
    before = everything(north)
    subject = at_the_desk(app, cast, who)
    subject.get("/staff/account")
    posted = {"csrf_token": subject.token(), "version": "1", "note": "x", "words": MARK, "trigger": str(north.trigger)}
    looked = 0
    for path, verbs in _pages_of(app, north):
        for verb in verbs:
            answer = subject.get(path) if verb == "GET" else subject.post_bare(path, posted)
            if any(each.reference in path for each in (north.feedback, north.complaint)) or "/learning/" in path:
                assert answer.status_code in {403, 404}, (verb, path, answer.status_code)
            assert answer.status_code < 500, (verb, path)
            assert north.complaint.reference not in subject.text.replace(path, ""), (verb, path)
            looked += 1
    assert looked > 100 and everything(north) == before
    subject.get("/staff/account")
    if who != "data_protection":
        for words in (MARK, f"Ife {MARK}", "ife@example.org", north.complaint.reference):
            answer = subject.follow(subject.post("/staff/search", {"words": words}))
            assert answer.status_code == (404 if words == north.complaint.reference else 200), words
            assert north.complaint.reference not in subject.words and north.feedback.reference not in subject.words
            subject.get("/staff/account")
    # A colleague of another team works on it as before.
    other = at_the_desk(app, cast, "handler_too")
    assert other.get(f"/staff/cases/{north.complaint.reference}").status_code == 200


def test_an_administrator_whom_it_is_about_breaks_the_glass_in_the_open(app: Any, cast: Any, demo_mode: None) -> None:
    north = scene(cast)
    about = queries.allegations(north.complaint.id)[0]
    complaints.name_subject(about, cast.triage, account_id=cast.account("admin").id)
    cast.account("data_protection")
    db.session.commit()
    admin = at_the_desk(app, cast, "admin")
    asked = {"reference": north.complaint.reference, "reason": "I want to know."}
    assert admin.submit("/staff/break-glass", asked).status_code == 200
    kept = db.session.query(Event).filter_by(stream_id=north.complaint.stream_id, action="break_glass").one()
    assert kept.account_id == cast.account("admin").id
    assert db.session.query(Owed).filter_by(name="staff-alarm").count() == 1


def _pages_of(app: Any, about: Scene) -> list[tuple[str, list[str]]]:
    """Every page at the desk: those of cases once for the feedback and once for the complaint."""
    from flask import url_for

    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/staff") or rule.rule.startswith(
            ("/staff/sign", "/staff/account", "/staff/settings/people")
        ):
            continue
        verbs = sorted((rule.methods or set()) & {"GET", "POST"})
        for reference in (
            (about.feedback.reference, about.complaint.reference) if "reference" in rule.arguments else ("",)
        ):
            with app.test_request_context():
                chosen = (
                    {n: _some(rule._converters[n]) for n in rule.arguments} | about.values | {"reference": reference}
                )
                if isinstance(rule._converters.get("action"), AnyConverter) or isinstance(
                    rule._converters.get("what"), AnyConverter
                ):
                    chosen |= {
                        n: _some(rule._converters[n]) for n in ("action", "what", "channel") if n in rule.arguments
                    }
                found.append((url_for(rule.endpoint, **{n: chosen[n] for n in rule.arguments}), verbs))
    return found


def test_what_lies_elsewhere_is_not_reached_from_a_case_of_ones_own(app: Any, cast: Any, demo_mode: None) -> None:
    north = scene(cast, words=f"I carried a {MARK}.", name=f"Ife {MARK.title()}")
    south = scene(cast, "south-borough")
    before = everything(north)
    browser = at_the_desk(app, cast, "triage_south")
    tried = 0
    pages = [
        "feedback/{0}/merge",
        "cases/{0}/link",
        "cases/{1}/link",
        "complaints/{1}/merge",
        "cases/{0}/split",
        "cases/{0}",
    ]
    for page in pages:
        path = "/staff/" + page.format(south.feedback.reference, south.complaint.reference)
        browser.get(path)
        for target, fields in dict(Forms(browser.text).found).items():
            if not (target or path).startswith(path):
                continue
            carried = {key: value for key, value in fields.items() if key in ("version", "seen", "csrf_token", "was")}
            for name in north.names:
                answer = browser.post_bare(target or path, dict.fromkeys(fields, name) | carried)
                assert answer.status_code < 500, (target, name)
                assert MARK not in browser.text.casefold(), (target, name)
                tried += 1
    browser.get("/staff/account")
    for case in (south.feedback, south.complaint):
        for address in (f"files/{north.values['file_id']}", f"messages/{north.values['owed_id']}/by-post"):
            path = f"/staff/cases/{case.reference}/{address}"
            answer = browser.get(path) if "files" in path else browser.post_bare(path, {"csrf_token": browser.token()})
            assert answer.status_code in {403, 404}, path
            browser.get("/staff/account")
    assert tried > 30
    assert everything(north) == before


def test_triage_never_sees_a_ride(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast, name=f"Ife {MARK.title()}")
    db.session.commit()
    browser = at_the_desk(app, cast, "triage")
    about = Scene(made.ride, made.ride, 1, {"number": 1, "booking_id": made.booking_id, "slot_id": made.slot.id})  # type: ignore[arg-type]
    browser.get("/staff/account")
    posted = {"csrf_token": browser.token(), "version": "1", "note": "x"}
    for path, verbs in _pages_of(app, about):
        its_own = made.ride.reference in path
        for verb in verbs if its_own else {"GET"}.intersection(verbs):
            answer = browser.get(path) if verb == "GET" else browser.post_bare(path, posted)
            if its_own:
                assert answer.status_code in {403, 404}, (verb, path, answer.status_code)
            assert MARK not in browser.text.casefold(), (verb, path)


# Who has the post room of the north, and releases; whoever else there is has neither.
ROOM, RELEASES = ("clerk", "supervisor"), ("analyst", "supervisor", "data_protection")
EVERYBODY = [name for name in factories.Cast._people if not name.endswith("_too")]


def test_the_post_room_and_releases_open_to_nobody_but_theirs(app: Any, cast: Any, demo_mode: None) -> None:
    values = room.busy(cast, MARK)
    every = room.addresses(app, values)
    one_of_each = room.addresses(app, {name: some[:1] for name, some in values.items()})
    desks = {who: at_the_desk(app, cast, who) for who in EVERYBODY} | {"visitor": Browser(app)}
    # Whoever is on the way in has a token: it opens nothing.
    desks["visitor"].get("/staff/sign-in")
    before, opened, looked = room.everything(), set(), 0
    for who, browser in desks.items():
        browser.get("/staff/account" if who != "visitor" else "/staff/sign-in")
        posted = {"csrf_token": browser.token(), "version": "1", "note": "x", "token": "x", "do": "remove"}
        posted |= {"round": "1", "pages": str(values["page_id"][0]), "field": "you.name", "letter": "1"}
        post_room, release = (who.removesuffix("_south") in each for each in (ROOM, RELEASES))
        for path, verbs, of_one in every if who in ROOM or who == "analyst" else one_of_each:
            in_room = path.startswith("/staff/post")
            mine = post_room if in_room else release
            if mine and not (in_room and who.endswith("_south")):
                if "GET" in verbs and browser.get(path).status_code == 200:
                    opened.add(path)
                continue
            for verb in verbs:
                answer = browser.get(path) if verb == "GET" else browser.post_bare(path, posted)
                if who == "visitor":
                    assert answer.status_code == 303 and "/staff/sign-in" in answer.headers["Location"], (verb, path)
                elif not mine:
                    assert answer.status_code == 403, (who, verb, path, answer.status_code)
                elif of_one:
                    assert answer.status_code in {403, 404}, (who, verb, path, answer.status_code)
                assert answer.status_code < 500 and MARK not in browser.text.casefold(), (who, verb, path)
                looked += 1
    assert room.everything() == before
    assert looked > 500 and len(opened) > 40, (looked, len(opened))
