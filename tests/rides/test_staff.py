"""Staff pages of an application: asking, keying in, refusing, offering, the person behind it, holds."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Question
from casework.extensions import db
from casework.history.models import Access, Event
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.parties.models import ContactChange, Match, Party
from casework.rides import queries, retention
from casework.rides import service as rides
from casework.rides.models import Health, Ride, RideFeedback
from casework.rides.workflow import GROUNDS
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from casework.schedule.workflow import DAY_LIST
from casework.vetting import queries as vetting
from tests import factories
from tests.desks import at_the_desk, send, value_of

NEXT_PART = {
    "other_names": "Ada Price",
    "addresses": "1 High Street, since 2015",
    "convicted": "True",
    "convictions": "SECRET 2009",
    "involved": "False",
}
READY = {
    "contact_name": "Ngozi",
    "contact_relation": "sister",
    "contact_phone": "020 7946 0019",
    "health": "SECRETHEALTH",
    "id_kind": "passport",
}


def submitted(**facts: Any) -> factories.Made:
    made = factories.ride(**facts)
    db.session.commit()
    return made


def fresh(made: factories.Made) -> Ride:
    return db.session.get(Ride, made.ride.id)


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


def test_the_slower_of_two_learns_who_was_faster_and_keeps_the_question(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    path = f"/staff/rides/{made.ride.reference}"
    one, two = at_the_desk(app, cast), at_the_desk(app, cast, "supervisor")
    two.get(path + "/refuse")
    stale = value_of(two, "version")
    send(one, path + "/ask", {"words": "Which days?"})
    answer = two.post(path + "/refuse", {"version": stale, "ground": "capacity", "note": "Too many this month."})
    assert answer.status_code in {404, 409}
    assert fresh(made).state == "waiting"
    again = at_the_desk(app, cast)
    again.get(path + "/ask")
    stale = value_of(again, "version")
    cases.perform(cases.lock(Ride, made.ride.id), "return_to_triage", cast.coordinator)
    db.session.commit()
    answer = again.post(path + "/ask", {"version": "1", "words": "I typed this."})
    assert answer.status_code == 409
    assert "I typed this." in again.words
    assert "was faster" in again.words


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


def test_free_places_are_offered_and_the_others_say_what_stands_against_them(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.approved(cast)
    good = [factories.slot(cast, on=today() + timedelta(days=28 + n)) for n in range(2)]
    soon = factories.slot(cast, on=today() + timedelta(days=1))
    old = factories.slot(cast, on=today() + timedelta(days=50), minimum_age=60)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/offer"
    desk.get(path)
    for slot in good:
        assert f'value="{slot.id}"' in desk.text
    for slot in (soon, old):
        assert f'name="places" type="checkbox" value="{slot.id}"' not in desk.text
    assert "There is too little notice for this place." in desk.words
    assert "This person is too young for this place." in desk.words
    assert send(desk, path, {}).status_code == 400
    assert send(desk, path, {"places": [str(slot.id) for slot in good]}).status_code == 303
    assert db.session.query(Booking).filter_by(state="offered").count() == 2
    assert fresh(made).state == "offered"


def test_a_rule_that_came_to_stand_against_a_place_is_said(app: Any, cast: Any, demo_mode: None) -> None:
    made, rival = factories.approved(cast), factories.approved(cast, name="Bo", email="bo@example.org")
    place = factories.slot(cast)
    db.session.commit()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/offer"
    desk.get(path)
    fields = {"version": value_of(desk, "version"), "places": str(place.id)}
    schedule.offer(place.id, rival.ride, cast.coordinator)
    db.session.commit()
    answer = desk.post(path, fields)
    assert answer.status_code in {400, 409}
    assert db.session.query(Booking).filter_by(case_id=made.ride.id).count() == 0


def test_a_place_elsewhere_or_not_wished_for_cannot_be_offered_by_posting_its_number(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.approved(cast, wishes=(factories.area("north").id,))
    host = factories.account("host-south@force.example", cast.host.role, "south")
    south = factories.slot(cast, area_id=factories.area("south").id, host_id=host.id)
    draft = schedule.plan(cast.coordinator, area_id=factories.area("north").id, team="roads", on=today() + timedelta(days=33),
                          starts=time(9), ends=time(17), place="x", host_id=None)  # fmt: skip
    db.session.commit()
    desk = at_the_desk(app, cast)
    for slot in (south, draft):
        answer = send_anyway(desk, made, str(slot.id))
        assert answer.status_code == 400
    assert db.session.query(Booking).count() == 0


def send_anyway(desk: Any, made: factories.Made, place: str) -> Any:
    """Post a place that the page does not offer."""
    desk.get(f"/staff/rides/{made.ride.reference}/details")
    return desk.post(
        f"/staff/rides/{made.ride.reference}/offer", {"version": str(fresh(made).version), "places": place}
    )


def test_staff_say_whether_two_applications_are_of_one_person(app: Any, cast: Any, demo_mode: None) -> None:
    first = submitted()
    second = submitted(wishes=(factories.area("south").id,), why="the same again")
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{first.ride.reference}/matches"
    desk.get(path)
    assert second.ride.reference in desk.words
    assert "in another area" in desk.words
    assert desk.words.count("Adaeze Okonkwo-Price") == 1
    number = value_of(desk, "match")
    desk.post(path, {"match": number, "was": "open", "same": "yes"})
    assert db.session.get(Match, int(number)).confirmed is True
    assert queries.same_person(fresh(first)) == sorted([first.ride.id, second.ride.id])
    other = at_the_desk(app, cast, "supervisor")
    other.get(path)
    assert other.post(path, {"match": number, "was": "open", "same": "no"}).status_code == 409
    assert db.session.get(Match, int(number)).confirmed is True


def test_a_match_of_other_cases_cannot_be_decided_from_this_one(app: Any, cast: Any, demo_mode: None) -> None:
    mine = submitted(name="Zed", email="zed@example.org", born_on=date(1970, 1, 1))
    submitted(wishes=(factories.area("south").id,))
    submitted(wishes=(factories.area("south").id,))
    match = db.session.query(Match).first()
    desk = at_the_desk(app, cast)
    desk.get(f"/staff/rides/{mine.ride.reference}/details")
    answer = desk.post(
        f"/staff/rides/{mine.ride.reference}/matches", {"match": str(match.id), "was": "open", "same": "yes"}
    )
    assert answer.status_code == 404
    assert db.session.get(Match, match.id).confirmed is None


def test_contact_details_are_corrected_after_an_identity_check(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/details"
    given = {"channel": "letter", "phone": "020 7946 0777", "safe_times": "after 6pm", "voicemail": "yes"}
    assert send(desk, path, given).status_code == 400
    assert "Choose how you made sure who they are" in desk.words
    assert send(desk, path, given | {"checked": "called-back"}).status_code == 400
    assert "Enter the address that we should write to" in desk.words
    assert (
        send(
            desk, path, given | {"checked": "called-back", "address": "1 High Street\nLondon", "postcode": "n1 1aa"}
        ).status_code
        == 303
    )
    party = db.session.query(Party).one()
    assert (party.channel, party.phone, party.postcode, party.safe_times) == (
        "letter",
        "020 7946 0777",
        "N1 1AA",
        "after 6pm",
    )
    event = db.session.query(Event).filter_by(action="contact").one()
    assert event.facts["checked"] == "called-back"
    assert "0777" not in str(event.facts)
    assert db.session.query(Owed).filter_by(name="contact-changed").one().channel == "letter"


def test_a_new_address_is_asked_and_the_old_one_told(app: Any, cast: Any, demo_mode: None) -> None:
    made = submitted()
    desk = at_the_desk(app, cast)
    path = f"/staff/rides/{made.ride.reference}/details"
    desk.get(path)
    fields = {"version": value_of(desk, "version"), "channel": "email", "checked": "code", "email": "new@example.org"}
    for _ in range(2):
        assert desk.post(path, fields).status_code == 303
        desk.get(path)
    change = db.session.query(ContactChange).one()
    assert (change.old_email, change.by_staff) == ("adaeze@example.org", cast.account("coordinator").id)
    assert db.session.query(Party).one().email == "adaeze@example.org"
    parts = {row.name: row.part for row in db.session.query(Owed) if row.name.startswith("contact-change-")}
    assert parts == {
        "contact-change-confirm": f"change:{change.id}:new",
        "contact-change-told": f"change:{change.id}:old",
    }


def test_health_is_for_the_coordinator_and_its_opening_is_recorded(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast)
    db.session.query(Health).one().words = "SECRETHEALTH"
    db.session.commit()
    path = f"/staff/rides/{made.ride.reference}/health"
    desk = at_the_desk(app, cast)
    desk.get(path)
    assert "SECRETHEALTH" in desk.words
    for who in ("supervisor", "host", "vetting_officer", "clerk", "data_protection", "admin"):
        assert at_the_desk(app, cast, who).get(path).status_code == 403
    desk.get(f"/staff/cases/{made.ride.reference}")
    assert "SECRETHEALTH" not in desk.text
    assert [each.case_id for each in db.session.query(Access).filter_by(what="health")] == [made.ride.id]


def test_a_hold_keeps_what_would_be_deleted_until_it_is_lifted(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast)
    rides.withdraw(made.ride, made.applicant)
    db.session.commit()
    desk = at_the_desk(app, cast, "data_protection")
    path = f"/staff/rides/{made.ride.reference}/hold"
    assert send(desk, path, {}).status_code == 400
    assert send(desk, path, {"reason": "Claim at court."}).status_code == 303
    later = today() + timedelta(days=400)
    retention.health(later)
    assert db.session.query(Health).count() == 1
    assert fresh(made).hold == "Claim at court."
    supervisor = at_the_desk(app, cast, "supervisor")
    supervisor.get(path)
    assert "Claim at court." in supervisor.words
    assert send(supervisor, path, {"reason": "The claim has ended."}).status_code == 303
    retention.health(later)
    assert db.session.query(Health).count() == 0
    assert [
        e.action
        for e in db.session.query(Event)
        .filter(Event.action.in_(["hold", "lift_hold"]), Event.subject_kind == "ride")
        .order_by(Event.id)
    ] == ["hold", "lift_hold"]


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
