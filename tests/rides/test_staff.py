"""Staff pages of an application: asking, keying in, refusing, feedback."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.rides import service as rides
from casework.rides.models import RideFeedback
from casework.rides.workflow import GROUNDS
from casework.schedule import service as schedule
from casework.schedule.workflow import DAY_LIST
from casework.vetting import queries as vetting
from tests import factories
from tests.desks import at_the_desk, send, value_of
from tests.rides.desk import NEXT_PART, READY, fresh, submitted


def test_a_question_is_asked_and_its_answer_keyed_in(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert f"/staff/rides/{made.ride.reference}/ask" in desk.text
    path = f"/staff/rides/{made.ride.reference}"
    assert send(desk, path + "/ask", {}).status_code == 400
    assert "Enter your question" in desk.words
    assert send(desk, path + "/ask", {"words": "Which days suit you?"}).status_code == 303
    assert fresh(made).state == "waiting"
    desk.get(path + "/answer")
    assert "Which days suit you?" in desk.words
    send(desk, path + "/answer", {"words": "Fridays, she says."})
    assert fresh(made).state == "submitted"
    assert db.session.query(Question).one().answer == "Fridays, she says."


def test_pressing_send_twice_asks_once(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/ask"
    desk.get(path)
    fields = {"version": value_of(desk, "version"), "words": "Which days suit you?"}
    assert desk.post(path, fields).status_code == 303
    desk.get("/staff/account")
    assert desk.post(path, fields).status_code == 303
    assert db.session.query(Question).count() == 1


def test_the_slower_of_two_learns_who_was_faster_and_keeps_what_was_typed(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    path = f"/staff/rides/{made.ride.reference}"
    one, two = at_the_desk(app, cast), at_the_desk(app, cast, "supervisor")
    two.get(path + "/refuse")
    stale = value_of(two, "version")
    send(one, path + "/ask", {"words": "Which days?"})
    answer = two.post(path + "/refuse", {"version": stale, "ground": "capacity", "note": "Too many this month."})
    assert answer.status_code == 409
    assert "Coordinator was faster" in two.words
    assert "question asked" in two.words
    assert "Too many this month." in two.words
    assert fresh(made).state == "waiting"


def test_what_was_keyed_in_is_not_lost_when_the_applicant_was_faster(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    cases.perform(made.ride, "invite", cast.coordinator)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/next-part"
    desk.get(path)
    stale = value_of(desk, "version")
    rides.give_next_part(
        fresh(made), made.applicant, other_names="", addresses="x", convictions="x", police_matters="x"
    )
    db.session.commit()
    answer = desk.post(path, {"version": stale, **NEXT_PART})
    assert answer.status_code == 409
    assert "The applicant was faster" in desk.words
    assert "SECRET 2009" in desk.text


def test_the_next_part_is_keyed_in_and_not_shown_again(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    cases.perform(made.ride, "invite", cast.coordinator)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/next-part"
    assert send(desk, path, NEXT_PART | {"convictions": ""}).status_code == 400
    assert "Tell us what it was" in desk.words
    assert send(desk, path, NEXT_PART).status_code == 303
    assert fresh(made).state == "checks"
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "SECRET" not in desk.text
    assert vetting.declaration(made.ride.id).convictions == "SECRET 2009"
    assert desk.get(path).status_code == 404


def test_what_is_not_wanted_cannot_be_posted_either(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.approved(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    for page, fields in (("next-part", NEXT_PART), ("feedback", {"satisfaction": "5", "safe": "True", "briefed": "True", "searches": "0",
                                                                 "view_changed": "same", "concern": "False"})):  # fmt: skip
        desk.get("/staff/account")
        answer = desk.post(
            f"/staff/rides/{made.ride.reference}/{page}", {"version": str(fresh(made).version), **fields}
        )
        assert answer.status_code == 409
        assert "This is not wanted for this application now." in desk.words
    assert vetting.declaration(made.ride.id).convictions == "none"


def test_the_next_part_may_come_before_it_is_asked_for(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    send(desk, f"/staff/rides/{made.ride.reference}/next-part", NEXT_PART)
    assert fresh(made).state == "submitted"
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "Start checks" in desk.words


def test_the_part_before_a_booking_is_keyed_in(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.approved(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/readiness"
    assert send(desk, path, READY | {"id_kind": ""}).status_code == 400
    borough = factories.area("north-borough").id
    assert send(desk, path, READY | {"avoid": str(borough)}).status_code == 303
    ride = fresh(made)
    assert (ride.avoid, ride.id_kind) == ([borough], "passport")
    assert ride.ready_at is not None


def test_a_clerk_keys_in_by_reference_and_sees_no_case(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    cases.perform(made.ride, "invite", cast.coordinator)
    elsewhere = submitted(name="Bo", email="bo@example.org", wishes=(factories.area("south").id,))
    db.session.commit()
    desk = at_the_desk(app, cast, "clerk")
    answer = desk.submit("/staff/rides/key-in", {"reference": made.ride.reference.lower(), "what": "next_part"})
    path = answer.headers["Location"]
    assert path == f"/staff/rides/{made.ride.reference}/next-part"
    answer = send(desk, path, NEXT_PART)
    assert answer.headers["Location"] == "/staff/rides/key-in"
    assert fresh(made).state == "checks"
    for reference in (elsewhere.ride.reference, made.ride.reference, "RA-0000-0000-0", "x"):
        assert desk.submit("/staff/rides/key-in", {"reference": reference, "what": "next_part"}).status_code == 400
    assert desk.get(f"/staff/cases/{made.ride.reference}").status_code == 403
    assert desk.get(f"/staff/rides/{made.ride.reference}/refuse").status_code == 403


def test_feedback_is_keyed_in_and_dissatisfaction_is_pointed_out(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast)
    with moved_to(factories.moment(made.slot.on, 14)):
        schedule.start(made.booking_id, cast.host, dict.fromkeys(DAY_LIST, True))
        schedule.finish(made.booking_id, "complete", cast.host, schedule.Log(time(14), time(21)))
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/feedback"
    said = {"satisfaction": "2", "safe": "False", "briefed": "True", "searches": "1", "view_changed": "less", "concern": "True",
            "concern_words": "<b>He was rude</b>"}  # fmt: skip
    assert send(desk, path, said).status_code == 303
    assert fresh(made).state == "closed"
    desk.get("/staff/rides/feedback")
    assert "<b>He was rude" not in desk.text
    assert "<b>He was rude</b>" in desk.words or "He was rude" in desk.words
    assert "Did not feel safe" in desk.words
    number = db.session.query(RideFeedback).one().id
    other = at_the_desk(app, cast, "supervisor")
    other.get("/staff/rides/feedback")
    desk.post("/staff/rides/feedback", {"feedback": str(number), "note": "Complaint route offered."})
    answer = other.post("/staff/rides/feedback", {"feedback": str(number), "note": "mine"})
    assert answer.status_code == 409
    assert "Coordinator was faster" in other.words
    assert db.session.query(RideFeedback).one().looked_by == cast.account("coordinator").id
    desk.get("/staff/rides/feedback")
    assert "There is nothing to look at." in desk.words


def test_a_refusal_shows_before_what_the_applicant_will_read_and_when_they_may_apply_again(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = submitted(born_on=date(today().year - 17, 1, 1))
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/refuse"
    desk.get(path)
    assert GROUNDS["age"][1] in desk.words
    assert f"from {date(today().year + 1, 1, 1):%A %-d %B %Y}" in desk.words
    assert GROUNDS["suitability"][0] not in desk.words
    assert send(desk, path, {}).status_code == 400
    assert send(desk, path, {"ground": "suitability"}).status_code == 400
    assert send(desk, path, {"ground": "age", "note": "Born too late."}).status_code == 303
    ride = fresh(made)
    assert (ride.state, ride.ground, ride.reapply_on) == ("refused", "age", date(today().year + 1, 1, 1))
    assert db.session.query(Owed).filter_by(name="ride-refused").count() == 1


def test_who_rode_too_recently_is_told_from_when_they_may_ride_again(app: Any, cast: Any, demo_mode: None) -> None:
    rode = today() - timedelta(days=100)
    made = submitted(rode_on=rode, rode_before="yes")
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/refuse"
    again = date(rode.year + 1, rode.month, rode.day)
    desk.get(path)
    assert f"from {again:%A %-d %B %Y}" in desk.words
    send(desk, path, {"ground": "recent"})
    assert fresh(made).reapply_on == again


def test_after_the_checks_a_supervisor_refuses_and_a_coordinator_does_not(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.decided(cast)
    db.session.commit()
    path = f"/staff/rides/{made.ride.reference}/refuse"
    assert at_the_desk(app, cast).get(path).status_code == 404
    desk = at_the_desk(app, cast, "supervisor")
    assert send(desk, path, {"ground": "suitability"}).status_code == 303
    assert fresh(made).ground == "suitability"


@pytest.mark.parametrize(
    "page", ["ask", "answer", "next-part", "readiness", "feedback", "refuse", "offer", "matches", "details", "health"]
)
def test_a_coordinator_of_another_bcu_finds_no_page_of_it(app: Any, cast: Any, demo_mode: None, page: str) -> None:
    made = submitted(wishes=(factories.area("north").id,))
    near = factories.account("ne@force.example", cast.coordinator.role, "north-east")
    db.session.commit()
    for email in (cast.account("coordinator_south").email, near.email):
        from tests.browser import Browser

        desk = Browser(app)
        desk.sign_in(email)
        path = f"/staff/rides/{made.ride.reference}/{page}"
        assert desk.get(path).status_code == 404
        desk.get("/staff/account")
        assert desk.post(path, {"version": "1", "words": "x", "ground": "age"}).status_code == 404


def test_unknown_fields_of_a_refusal_change_nothing_else(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    before = {
        name: getattr(made.ride, name) for name in ("reference", "area_id", "received_on", "assigned_to", "stream_id")
    }
    extra = {
        "state": "approved",
        "area_id": "1",
        "reapply_on": "2000-01-01",
        "reference": "RA-1",
        "assigned_to": "1",
        "reconsidered": "1",
    }
    send(desk, f"/staff/rides/{made.ride.reference}/refuse", {"ground": "capacity", **extra})
    ride = fresh(made)
    assert ride.state == "refused"
    assert {name: getattr(ride, name) for name in before} == before
    assert ride.reconsidered is False
