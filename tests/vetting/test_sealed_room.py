"""The sealed room: who opens it, what leaves it, and that every opening is recorded."""

from __future__ import annotations

from typing import Any

import pytest

from casework.extensions import db
from casework.history.models import Access, Event, EventNote
from casework.outbox.models import Owed
from casework.vetting import queries, service
from casework.vetting.models import Clearance, VettingCheck
from tests import factories
from tests.browser import Browser
from tests.desks import at_the_desk, value_of
from tests.vetting.people import all_but_one_clear, checks, conclude, finish, in_checks


def test_conditions_go_to_the_scheme_and_reasons_do_not(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    all_but_one_clear(at_the_desk(app, cast, "vetting_officer"), made)
    conclude(at_the_desk(app, cast, "vetting_officer"), made, "refer", "SECRETREASON one")
    second = at_the_desk(app, cast, "vetting_officer_too")
    assert conclude(second, made, "clear_with_conditions", "SECRETREASON two").status_code == 400
    assert "Choose at least one condition" in second.words
    assert (
        conclude(
            second, made, "clear_with_conditions", "SECRETREASON two", conditions=["daytime", "not-response"]
        ).status_code
        == 303
    )
    assert queries.result(made.ride.id).conditions == ("daytime", "not-response")
    desk = at_the_desk(app, cast, "supervisor")
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "Daytime shifts only" in desk.words
    for who in ("coordinator", "supervisor"):
        desk = at_the_desk(app, cast, who)
        for path in (
            f"/staff/cases/{made.ride.reference}",
            "/staff/?view=all",
            f"/staff/rides/{made.ride.reference}/details",
        ):
            desk.get(path)
            assert "SECRET" not in desk.text, path


def test_nothing_sealed_stands_in_history_messages_or_facts(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    first = at_the_desk(app, cast, "vetting_officer")
    all_but_one_clear(first, made)
    conclude(first, made, "refer", "SECRETREASON")
    for event in db.session.query(Event):
        assert "SECRET" not in str(event.facts)
    assert not [note for note in db.session.query(EventNote) if "SECRET" in note.text]
    for row in (db.session.query(VettingCheck).all(), db.session.query(Clearance).all()):
        for each in row:
            assert b"SECRET" not in (each.detail_sealed or b"")


@pytest.mark.parametrize("who", ["coordinator", "supervisor", "host", "clerk", "admin", "data_protection"])
def test_nobody_but_vetting_staff_opens_the_room(app: Any, cast: Any, demo_mode: None, who: str) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, who)
    check = checks(made)[0].id
    for path in ("", "/running-out", f"/{made.ride.reference}", f"/{made.ride.reference}/checks/{check}/ask"):
        assert desk.get("/staff/vetting" + path).status_code == 403
        assert "SECRET" not in desk.text


def test_vetting_staff_see_no_reason_for_applying_and_no_feedback(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast, why="SECRETWHY", heard_from="SECRETHEARD", interests=("journalist",))
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "SECRETCONVICTION" in desk.words
    assert "Wednesday 28 February 1990" in desk.words
    for secret in ("SECRETWHY", "SECRETHEARD", "journalist", "adaeze@example.org"):
        assert secret not in desk.text
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 403


def test_every_opening_of_a_person_is_recorded(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    desk = at_the_desk(app, cast, "vetting_officer")
    for _ in range(3):
        desk.get(f"/staff/vetting/{made.ride.reference}")
    kept = db.session.query(Access).filter_by(what="vetting").all()
    assert [(each.case_id, each.account_id) for each in kept] == [
        (made.ride.id, cast.account("vetting_officer").id)
    ] * 3


def test_an_officer_elsewhere_finds_nobody_of_ours(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    other = factories.account("vetting-south@force.example", cast.vetting_officer.role, "south")
    db.session.commit()
    desk = Browser(app)
    desk.sign_in(other.email)
    desk.get("/staff/vetting")
    assert made.ride.reference not in desk.words
    check = checks(made)[0].id
    path = f"/staff/vetting/{made.ride.reference}"
    assert desk.get(path).status_code == 404
    for sub in ("/result", f"/checks/{check}/begin", f"/checks/{check}/ask", f"/checks/{check}/answer"):
        desk.get("/staff/vetting")
        assert desk.post(path + sub, {"version": "1", "words": "x"}).status_code == 404


def test_a_check_of_somebody_else_is_not_found_under_this_reference(app: Any, cast: Any, demo_mode: None) -> None:
    made, other = in_checks(cast), in_checks(cast, name="Bo", email="bo@example.org")
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    wrong = checks(other)[0]
    answer = desk.post(
        f"/staff/vetting/{made.ride.reference}/checks/{wrong.id}/begin", {f"check-{wrong.id}-version": "1"}
    )
    assert answer.status_code == 404
    assert db.session.get(VettingCheck, wrong.id).state == "requested"


def test_a_question_is_put_and_its_answer_stays_in_the_room(app: Any, cast: Any, demo_mode: None) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    desk = at_the_desk(app, cast, "vetting_officer")
    finish(desk, made, check, "begin")
    path = f"/staff/vetting/{made.ride.reference}/checks/{check.id}"
    desk.get(path + "/ask")
    desk.post(path + "/ask", {"version": value_of(desk, "version"), "words": "Where did you live in 2019?"})
    assert db.session.query(Owed).filter_by(name="ride-checks-question").count() == 1
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "Waiting for the answer" in desk.words
    desk.get(path + "/answer")
    assert "Where did you live in 2019?" in desk.words
    desk.post(path + "/answer", {"version": value_of(desk, "version"), "words": "SECRETANSWER in Leeds"})
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "SECRETANSWER in Leeds" in desk.words
    assert db.session.get(VettingCheck, check.id).state == "in_progress"
    coordinator = at_the_desk(app, cast)
    coordinator.get(f"/staff/cases/{made.ride.reference}")
    assert "SECRETANSWER" not in coordinator.text
    assert "Where did you live" not in coordinator.text


def test_hostile_declarations_are_shown_as_words(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>"
    made = in_checks(cast, name=evil)
    service.declare(made.ride.id, other_names=evil, addresses=evil, convictions=evil, police_matters=evil)
    db.session.commit()
    desk = at_the_desk(app, cast, "vetting_officer")
    finish(desk, made, checks(made)[0], "begin", evil)
    desk.get(f"/staff/vetting/{made.ride.reference}")
    assert "<script>alert" not in desk.text
    assert desk.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5


def test_the_clearance_of_somebody_else_cannot_be_set_by_posting_its_columns(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = in_checks(cast)
    check = checks(made)[0]
    desk = at_the_desk(app, cast, "vetting_officer")
    desk.get(f"/staff/vetting/{made.ride.reference}")
    name = f"check-{check.id}-"
    fields = {
        f"{name}version": value_of(desk, f"{name}version"),
        "state": "clear",
        f"{name}state": "clear",
        "case_id": "9",
        "kind": "x",
    }
    desk.post(f"/staff/vetting/{made.ride.reference}/checks/{check.id}/begin", fields)
    row = db.session.get(VettingCheck, check.id)
    assert (row.state, row.case_id, row.kind) == ("in_progress", made.ride.id, check.kind)
