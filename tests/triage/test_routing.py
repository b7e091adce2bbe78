"""Routing rules as data: the first that fits, the same for every channel, never to somebody who may not have a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.accounts.models import Grant
from casework.cases import service as cases
from casework.cases.models import Case, CaseTag
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.roles import Actor, Role
from casework.triage import routing
from casework.triage.models import RoutingRule
from casework.triage.routing import Incoming
from tests import factories, sayings
from tests.desks import at_the_desk, value_of


def rule(**values: Any) -> RoutingRule:
    """A rule in force, the last one so far."""
    made = RoutingRule(name="A rule", active=True)
    routing.keep(made, Actor(Role.SUPERVISOR), **values)
    return made


@pytest.mark.parametrize(
    ("words", "text", "fits"),
    [
        ("", "anything", True),
        ("dog", "My dog barked.", True),
        ("dog", "My dogs barked.", False),
        ("DOG, cat", "a Cat", True),
        ("strip search", "They did a STRIP-SEARCH on him", True),
        ("strip search", "They search and strip", False),
        ("straße", "in der STRASSE", True),
        ("o'brien", "PC O’Brien", True),
        (" , ,", "anything", True),
    ],
)
def test_words_fit_whole_and_in_a_row_whatever_their_case(words: str, text: str, fits: bool) -> None:
    found = routing.fitting([RoutingRule(words=words, kind="", sort="")], Incoming(frozenset(), "feedback", "", text))
    assert (found is not None) is fits


def test_the_first_rule_that_fits_takes_it() -> None:
    rules = [
        RoutingRule(id=1, words="", kind="complaint", sort="", area_id=None),
        RoutingRule(id=2, words="", kind="", sort="thanks", area_id=7),
        RoutingRule(id=3, words="", kind="", sort="", area_id=8),
        RoutingRule(id=4, words="", kind="", sort="", area_id=None),
    ]

    def taken(areas: set[int], kind: str, sort: str) -> int:
        found = routing.fitting(rules, Incoming(frozenset(areas), kind, sort, "text"))
        assert found is not None
        return found.id

    assert taken({7}, "complaint", "") == 1
    assert taken({7}, "feedback", "thanks") == 2
    assert taken({8}, "feedback", "thanks") == 3
    assert taken({7}, "feedback", "concern") == 4


def test_every_channel_and_both_doors_take_the_same_path(app: Any, cast: Any) -> None:
    handler = cast.account("handler")
    rule(area_id=factories.area("north-borough").id, words="library", to_account_id=handler.id, tag="libraries")
    made: list[Case] = [
        feedback.submit(sayings.told(), sayings.PUBLIC),
        feedback.submit(sayings.told(), cast.clerk, via="phone"),
        feedback.submit(sayings.told(), cast.clerk, via="letter", received_on=today() - timedelta(days=3)),
        sayings.complaint(),
    ]
    elsewhere = sayings.concern(borough_id=factories.area("south-borough").id)
    other = sayings.concern(what="In the park.", place="the park")
    db.session.commit()
    for case in made:
        assert case.assigned_to == handler.id, case.channel
        assert db.session.query(CaseTag).filter_by(case_id=case.id).one().tag == "libraries"
        event = db.session.query(Event).filter_by(stream_id=case.stream_id, action="route").one()
        assert event.role == "system" and event.facts["given"] is True
    assert elsewhere.assigned_to is None and other.assigned_to is None


def test_what_becomes_a_complaint_is_routed_as_one(app: Any, cast: Any) -> None:
    rule(kind="complaint", to_account_id=cast.account("handler").id)
    said = sayings.concern()
    assert said.assigned_to is None
    cases.perform(said, "convert", cast.triage)
    assert db.session.query(Complaint).one().assigned_to == cast.handler.account_id


def test_nobody_gets_what_they_may_not_have(app: Any, cast: Any) -> None:
    south, gone = cast.account("handler_south"), cast.account("handler")
    rule(to_account_id=south.id, words="one")
    rule(to_account_id=gone.id, words="two", tag="two")
    db.session.query(Grant).filter_by(account_id=gone.id).one().until_on = today() - timedelta(days=1)
    first, second = sayings.concern(what="one"), sayings.concern(what="two")
    assert first.assigned_to is None and second.assigned_to is None
    assert db.session.query(CaseTag).one().case_id == second.id
    assert {e.facts["given"] for e in db.session.query(Event).filter_by(action="route")} == {False}


def test_a_rule_out_of_force_does_nothing_and_the_order_can_be_changed(app: Any, cast: Any, demo_mode: None) -> None:
    north = factories.area("north").id
    first, second = rule(area_id=north, tag="first"), rule(area_id=north, tag="second")
    elsewhere = rule(area_id=factories.area("south").id, tag="elsewhere")
    everywhere = rule(area_id=None, tag="everywhere")
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")

    def goes() -> str:
        said = sayings.concern()
        db.session.commit()
        return db.session.query(CaseTag).filter_by(case_id=said.id).one().tag

    def press(what: str, which: RoutingRule) -> int:
        desk.get("/staff/desk/routing")
        return desk.post(f"/staff/desk/routing/{which.id}/{what}").status_code

    assert goes() == "first"
    assert press("up", second) == 303 and goes() == "second"
    assert press("off", second) == 303 and goes() == "first"
    assert press("on", second) == 303 and goes() == "second"
    assert press("delete", second) == 303 and press("off", first) == 303 and goes() == "everywhere"
    for foreign in (elsewhere, everywhere):
        assert press("delete", foreign) == 404
        assert desk.get(f"/staff/desk/routing/{foreign.id}").status_code == 404
    desk.get("/staff/desk/routing")
    assert "elsewhere" not in desk.words and "everywhere" not in desk.words
    assert press("down", first) == 303 and press("up", first) == 303


def test_a_supervisor_writes_and_changes_a_rule(app: Any, cast: Any, demo_mode: None) -> None:
    handler, borough = cast.account("handler"), factories.area("north-borough")
    desk = at_the_desk(app, cast, "supervisor")
    fields = {"name": "Libraries", "area": str(borough.id), "kind": "feedback", "sort": "concern", "words": "library, books",
              "to": str(handler.id), "tag": "Libraries"}  # fmt: skip
    assert desk.submit("/staff/desk/routing", fields).status_code == 303
    made = db.session.query(RoutingRule).one()
    assert (made.area_id, made.kind, made.sort, made.to_account_id, made.tag) == (
        borough.id, "feedback", "concern", handler.id, "libraries")  # fmt: skip
    desk.get(f"/staff/desk/routing/{made.id}")
    old = value_of(desk, "version")
    desk.post(f"/staff/desk/routing/{made.id}", {**fields, "version": old, "words": "museum"})
    assert db.session.query(RoutingRule).one().words == "museum"
    desk.get(f"/staff/desk/routing/{made.id}")
    assert desk.post(f"/staff/desk/routing/{made.id}", {**fields, "version": old, "words": "pool"}).status_code == 409
    assert "pool" in desk.text and "Somebody changed this rule" in desk.words
    assert db.session.query(Event).filter_by(action="change_rule").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "a\x00b"}, {"name": "x" * 81}, {"area": ""}, {"area": "everywhere"}, {"area": "999999999999999999999"},
        {"to": "", "tag": ""}, {"to": "1e9"}, {"words": ",,,!", "to": ""}, {"words": "x" * 501}, {"kind": "ride"}, {"sort": "\x00"},
        {"to": "", "tag": "<>"},
    ],
)  # fmt: skip
def test_a_bad_rule_is_refused_and_what_was_typed_stays(
    app: Any, cast: Any, demo_mode: None, wrong: dict[str, str]
) -> None:
    desk = at_the_desk(app, cast, "supervisor")
    fields = {
        "name": "Kept name",
        "area": str(factories.area("north").id),
        "words": "library",
        "tag": "libraries",
    } | wrong
    assert desk.submit("/staff/desk/routing", fields).status_code == 400
    assert "There is a problem" in desk.words
    assert "libraries" in desk.text or "tag" in wrong
    assert db.session.query(RoutingRule).count() == 0


def test_a_rule_names_no_area_and_nobody_of_elsewhere(app: Any, cast: Any, demo_mode: None) -> None:
    south, stranger = factories.area("south").id, cast.account("handler_south").id
    desk = at_the_desk(app, cast, "supervisor")
    for wrong in ({"area": str(south), "tag": "x"}, {"area": str(factories.area("north").id), "to": str(stranger)}):
        assert desk.submit("/staff/desk/routing", {"name": "A rule", **wrong}).status_code == 400
    triage = at_the_desk(app, cast, "triage")
    assert triage.get("/staff/desk/routing").status_code == 403


def test_the_dry_run_says_where_the_last_month_would_have_gone(app: Any, cast: Any, demo_mode: None) -> None:
    with moved_to(now() - timedelta(days=40)):
        old = sayings.concern(what="library long ago")
    lately = [sayings.concern(what="In the library"), sayings.complaint(what="The library again")]
    other = sayings.concern(what="In the park", place="park")
    south = sayings.concern(what="library", borough_id=factories.area("south-borough").id)
    north = factories.area("north").id
    taken = rule(area_id=north, words="library", tag="libraries")
    taken.active = False
    db.session.commit()
    before = db.session.query(Event).count()
    desk = at_the_desk(app, cast, "supervisor")
    desk.get("/staff/desk/routing/dry-run")
    assert "With the 3 cases of the last 31 days" in desk.words
    for case in (*lately, other):
        assert case.reference in desk.words
    assert old.reference not in desk.words and south.reference not in desk.words
    assert "A rule (not in force) 2" in desk.words and "No rule 1" in desk.words
    assert db.session.query(CaseTag).count() == 0
    assert db.session.query(Event).filter(Event.subject_kind.in_(["feedback", "complaint"])).count() <= before
    assert db.session.query(Feedback).filter(Feedback.assigned_to.is_not(None)).count() == 0
