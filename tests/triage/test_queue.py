"""The queue of all kinds: filters in the address, what is owed next, tags, saved views, likely duplicates."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases import tags
from casework.cases.models import CaseTag
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback.service import Person
from casework.triage.models import SavedView
from tests import factories, sayings
from tests.desks import at_the_desk


def test_each_role_sees_the_kinds_that_it_works_on(app: Any, cast: Any, demo_mode: None) -> None:
    said, complained = sayings.concern(), sayings.complaint()
    ride = factories.ride().ride
    db.session.commit()
    for who, sees, not_sees in (
        ("triage", [said, complained], [ride]),
        ("supervisor", [said, complained, ride], []),
        ("coordinator", [ride], [said, complained]),
        ("triage_south", [], [said, complained, ride]),
    ):
        desk = at_the_desk(app, cast, who)
        desk.get("/staff/?view=all")
        assert all(case.reference in desk.words for case in sees), who
        assert not any(case.reference in desk.words for case in not_sees), who


def test_a_kind_a_state_and_a_tag_in_the_address_narrow_the_queue(app: Any, cast: Any, demo_mode: None) -> None:
    said, other, complained = sayings.concern(), sayings.concern(), sayings.complaint()
    cases.tag(said, "custody", cast.triage)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    for query, found in (
        ("kind=complaint", {complained}),
        ("kind=feedback", {said, other}),
        ("state=complaint.received", {complained}),
        ("kind=feedback&state=received", {said, other}),
        ("state=received", {said, other, complained}),
        ("tag=Custody", {said}),
        ("tag=custody&kind=complaint", set()),
        ("kind=complaint&state=feedback.received", {complained}),
    ):
        desk.get(f"/staff/?view=all&{query}")
        shown = {each for each in (said, other, complained) if each.reference in desk.words}
        assert shown == found, query


def test_the_role_of_the_one_who_looks_decides_which_kinds_may_be_filtered(
    app: Any, cast: Any, demo_mode: None
) -> None:
    said = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "coordinator")
    desk.get("/staff/?view=all&kind=feedback")
    assert said.reference not in desk.words


def test_what_is_owed_next_stands_in_the_queue_in_words(app: Any, cast: Any, demo_mode: None) -> None:
    sayings.complaint()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all")
    assert re.search(r"Acknowledge the complaint|Have footage and other evidence kept", desk.words)


def test_what_somebody_wrote_and_nobody_read_is_marked(app: Any, cast: Any, demo_mode: None) -> None:
    said = sayings.concern()
    exchanges.say(said.id, "Are you there?", sayings.person_of(said))
    exchanges.say(said.id, "Hello?", sayings.person_of(said))
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all")
    assert "2 new messages" in desk.words
    assert "Concern" in desk.words
    exchanges.mark_seen(said.id, cast.triage)
    db.session.commit()
    desk.get("/staff/?view=all")
    assert "new message" not in desk.words


@pytest.mark.parametrize(
    "query",
    [
        "tag=%00", "tag=%ff%fe", "tag=" + "x" * 5000, "tag=%22%3E%3Cscript%3E", "kind=%00", "kind=ride%27--", "state=feedback.%00",
        "state=.", "state=..received", "state=nothing.received", "after=2026-11-22.%00", "after=2026-11-22.99999999999999999999999",
        "after=0001-01-01.-5", "after=9999-12-31.1", "area=%00", "view=%00", "kind=plan", "state=plan.drafted",
    ],
)  # fmt: skip
def test_no_address_breaks_the_queue(app: Any, cast: Any, demo_mode: None, query: str) -> None:
    said = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    assert desk.get(f"/staff/?view=all&{query}").status_code == 200
    assert "<script>" not in desk.text
    if query.startswith(("kind", "state", "area")):
        assert said.reference in desk.words


def test_pages_of_a_tag_meet_every_case_once(app: Any, cast: Any, demo_mode: None) -> None:
    made = []
    for number in range(30):
        said = sayings.concern(person=Person(name=f"P{number}", email=f"p{number}@example.org"))
        cases.tag(said, "match day", cast.triage)
        made.append(said.reference)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all&tag=match+day")
    first = {each for each in made if each in desk.words}
    found = re.search(r'rel="next" href="([^"]+)"', desk.text)
    assert found and "tag=match" in found[1]
    desk.get(found[1].replace("&amp;", "&"))
    second = {each for each in made if each in desk.words}
    assert len(first) == 25 and len(second) == 5 and not first & second


def test_a_tag_is_added_suggested_and_taken_away(app: Any, cast: Any, demo_mode: None) -> None:
    said, other = sayings.concern(), sayings.complaint()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = f"/staff/cases/{said.reference}"
    desk.get(path)
    assert desk.post(path + "/tags", {"tag": "  Youth_Engagement  "}).status_code == 303
    assert [row.tag for row in db.session.query(CaseTag)] == ["youth engagement"]
    desk.get(path)
    assert "tag added" in desk.words.lower()
    desk.get(f"/staff/cases/{other.reference}")
    assert '<option value="youth engagement">' in desk.text
    desk.get(path)
    desk.post(path + "/tags", {"tag": "youth engagement"})
    desk.get(path)
    desk.post(path + "/tags", {"remove": "youth engagement"})
    assert db.session.query(CaseTag).count() == 0


def test_bad_tags_are_refused_with_the_reason(app: Any, cast: Any, demo_mode: None) -> None:
    said = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = f"/staff/cases/{said.reference}"
    for typed in ("", "\x00", "<>", "   "):
        desk.get(path)
        assert desk.post(path + "/tags", {"tag": typed}).status_code == 400
        assert "Enter a tag" in desk.words
    for number in range(tags.MOST):
        cases.tag(said, f"tag {number}", cast.triage)
    db.session.commit()
    desk.get(path)
    assert desk.post(path + "/tags", {"tag": "one more"}).status_code == 400
    assert "Take one away first" in desk.words


def test_somebody_elsewhere_cannot_tag(app: Any, cast: Any, demo_mode: None) -> None:
    said = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage_south")
    desk.get("/staff/")
    assert desk.post(f"/staff/cases/{said.reference}/tags", {"tag": "x"}).status_code == 404
    assert db.session.query(CaseTag).count() == 0


def test_a_view_is_saved_shared_with_the_area_and_deleted_by_its_owner_alone(
    app: Any, cast: Any, demo_mode: None
) -> None:
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all&kind=complaint&tag=custody")
    desk.post("/staff/desk/views", {"name": "Custody complaints", "view": "all", "kind": "complaint", "tag": "custody"})
    view = db.session.query(SavedView).one()
    assert view.filters == {"view": "all", "kind": "complaint", "tag": "custody"}
    desk.get("/staff/")
    assert "Custody complaints" in desk.words
    colleague, stranger = at_the_desk(app, cast, "handler"), at_the_desk(app, cast, "triage_south")
    colleague.get("/staff/")
    assert "Custody complaints" not in colleague.words
    desk.post(f"/staff/desk/views/{view.id}/share")
    for browser, sees in ((colleague, True), (stranger, False)):
        browser.get("/staff/")
        assert ("Custody complaints" in browser.words) is sees
        assert browser.post(f"/staff/desk/views/{view.id}/delete").status_code == 404
    desk.get("/staff/")
    desk.post(f"/staff/desk/views/{view.id}/delete")
    assert db.session.query(SavedView).count() == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b"])
def test_a_view_needs_a_name_that_can_be_read(app: Any, cast: Any, demo_mode: None, name: Any) -> None:
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/")
    desk.follow(desk.post("/staff/desk/views", {"name": name, "view": "all"}))
    assert "Enter a name for the view" in desk.words
    assert db.session.query(SavedView).count() == 0


def test_a_second_view_of_the_same_name_is_refused(app: Any, cast: Any, demo_mode: None) -> None:
    desk = at_the_desk(app, cast, "triage")
    for _ in range(2):
        desk.get("/staff/")
        desk.follow(desk.post("/staff/desk/views", {"name": "Mine", "view": "all", "after": "x", "state": "\x00"}))
    assert "You have a view of that name" in desk.words
    assert db.session.query(SavedView).count() == 1


def test_likely_duplicates_are_shown_with_their_reasons(app: Any, cast: Any, demo_mode: None) -> None:
    chidi = Person(name="Chidi Abara", email="chidi@example.org", born_on=date(1991, 5, 4))
    said = sayings.concern(person=chidi, receipt="SR-77", officers="PC 1234 and a sergeant")
    same_person = sayings.concern(person=chidi, happened_on=date(2026, 10, 1))
    same_receipt = sayings.complaint(person=Person(name="Ana Silva", email="ana@example.org"), receipt="SR-77")
    same_officer = sayings.concern(person=Person(name="Bo Ek", email="bo@example.org"), officers="number 1234")
    like_named = sayings.concern(person=Person(name="Chidi Abarra", email="other@example.org"), officers="")
    sayings.concern(person=Person(name="Zed Quill", email="zed@example.org"), officers="9999")
    south = sayings.complaint(person=chidi, receipt="SR-77", borough_id=factories.area("south-borough").id)
    ride = factories.ride(name="Chidi Abara", email="chidi@example.org", born_on=date(1991, 5, 4)).ride
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    desk.get(f"/staff/cases/{said.reference}")
    _, _, part = desk.words.partition("May belong together")
    assert re.search(rf"{same_receipt.reference} Ana Silva Same search receipt", part)
    assert re.search(rf"{same_person.reference} Chidi Abara Same email address.*same name and date of birth", part)
    assert re.search(rf"{same_officer.reference} Bo Ek Same day, borough and officer", part)
    assert re.search(rf"{like_named.reference} Chidi Abarra Similar name", part)
    assert "Zed Quill" not in part and south.reference not in part and ride.reference not in part


def test_what_became_a_complaint_is_no_duplicate_of_itself(app: Any, cast: Any, demo_mode: None) -> None:
    said = sayings.concern()
    cases.perform(said, "convert", cast.triage)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get(f"/staff/cases/{said.reference}")
    assert "May belong together" not in desk.words
