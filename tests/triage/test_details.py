"""How to reach somebody in feedback and complaints: put right by staff after an identity check, told to the person."""

from __future__ import annotations

from typing import Any

import pytest

from casework.complaints import service as complaints
from casework.extensions import db
from casework.feedback.service import Person
from casework.history.models import Event
from casework.moments import now
from casework.outbox.models import Owed
from casework.parties.models import ContactChange, Party
from tests import sayings
from tests.desks import at_the_desk, send, value_of
from tests.triage.desk import owed

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.mark.parametrize("make", [sayings.concern, sayings.complaint])
def test_how_to_reach_somebody_is_put_right_after_an_identity_check(app: Any, cast: Any, make: Any) -> None:
    case = make()
    party = sayings.party_of(case)
    party.bounced_at = now()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get(f"/staff/cases/{case.reference}")
    path = f"/staff/cases/{case.reference}/details?party={party.id}"
    assert f'href="{path}"' in desk.text and "Bounced" in desk.words
    given = {"channel": "letter", "phone": "020 7946 0777", "safe_times": "after 6pm"}
    assert send(desk, path, given).status_code == 400
    assert "Choose how you made sure who they are" in desk.words and "Enter the address" not in desk.words
    assert send(desk, path, given | {"checked": "identity"}).status_code == 400
    assert "Enter the address that we should write to" in desk.words and 'value="020 7946 0777"' in desk.text
    whole = given | {"checked": "identity", "address": "1 High Street\nLondon", "postcode": "n1 1aa"}
    assert send(desk, path, whole).status_code == 303
    party = db.session.get(Party, party.id)
    assert (party.channel, party.phone, party.postcode, party.safe_times) == (
        "letter",
        "020 7946 0777",
        "N1 1AA",
        "after 6pm",
    )
    event = db.session.query(Event).filter_by(action="contact").one()
    assert event.facts["checked"] == "identity" and "0777" not in str(event.facts)
    assert owed(case).count("contact-changed") == 1
    assert db.session.query(Owed).filter_by(name="contact-changed").one().channel == "letter"


@pytest.mark.parametrize("make", [sayings.concern, sayings.complaint])
def test_a_new_address_confirms_and_the_old_one_is_told_once(app: Any, cast: Any, make: Any) -> None:
    case = make()
    db.session.commit()
    desk = at_the_desk(app, cast, "handler")
    path = f"/staff/cases/{case.reference}/details"
    desk.get(path)
    fields = {"version": value_of(desk, "version"), "channel": "email", "checked": "code", "email": "new@example.org"}
    for _ in range(2):
        assert desk.post(path, fields).status_code == 303
        desk.get(path)
    change = db.session.query(ContactChange).one()
    assert (change.old_email, change.by_staff) == ("chidi@example.org", cast.account("handler").id)
    assert db.session.query(Party).one().email == "chidi@example.org"
    assert {"contact-change-confirm", "contact-change-told"} <= set(owed(case))
    assert db.session.query(Event).filter_by(action="ask_email").one().facts["checked"] == "code"


def test_whom_it_is_about_is_chosen_among_the_people_of_this_case(app: Any, cast: Any) -> None:
    mother = Person(name="Ama Abara", email="ama@example.org")
    child = sayings.concern(person=Person(name="Kofi Abara"), representative=mother, authority="parent-under-16")
    other, nameless = sayings.concern(), sayings.concern(anonymous=True, person=Person(channel="page"))
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = f"/staff/cases/{child.reference}/details"
    desk.get(path)
    assert "Ama Abara" in desk.words and "Kofi" not in desk.words
    for wrong in (sayings.party_of(child).id, sayings.party_of(other).id, "x", "9" * 40, "\x00"):
        assert desk.get(path, query_string={"party": wrong}).status_code == 404, wrong
    assert desk.get(f"/staff/cases/{nameless.reference}/details").status_code == 404
    assert at_the_desk(app, cast, "triage_south").get(path).status_code == 404
    for who in ("clerk", "coordinator"):
        assert at_the_desk(app, cast, who).get(path).status_code in {403, 404}


def test_whom_a_complaint_is_about_does_not_change_how_the_person_is_reached(app: Any, cast: Any) -> None:
    case = sayings.complaint()
    complaints.name_subject(sayings.alleged(case, cast), cast.supervisor, account_id=cast.account("handler").id)
    db.session.commit()
    desk = at_the_desk(app, cast, "handler")
    given = {"channel": "email", "checked": "identity", "phone": "020 7946 0777"}
    desk.get("/staff/")
    assert desk.post(f"/staff/cases/{case.reference}/details", given).status_code == 404
    assert sayings.party_of(case).phone == "020 7946 0021"
