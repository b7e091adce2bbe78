"""The person behind an application: matches, contact details, health, holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casework.extensions import db
from casework.history.models import Access, Event
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties.models import ContactChange, Match, Party
from casework.rides import queries, retention
from casework.rides import service as rides
from casework.rides.models import Health
from tests import factories
from tests.desks import at_the_desk, send, value_of
from tests.rides.desk import fresh, submitted


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
