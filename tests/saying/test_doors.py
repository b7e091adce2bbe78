"""Ways into a case that have to close: a form sent a while ago, links to an address that somebody gave up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.cases import service as cases
from casework.complaints.models import Complaint
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import ContactChange
from casework.tracking import service as tracking
from casework.triage import service as desk
from tests import sayings
from tests.browser import Browser
from tests.saying.steps import fill, send, slip


def test_the_next_one_at_a_computer_does_not_come_in_by_a_form_that_was_sent(client: Browser) -> None:
    fill(client)
    client.get("/feedback/check")
    carried = slip(client)
    send(client)
    with moved_to(now() + timedelta(minutes=45)):
        client.get("/track")
        client.follow(client.post("/feedback/check", {"slip": carried}))
        assert "Your feedback" not in client.words
        assert client.get("/track/case").status_code == 302


def gone_on(cast: Any) -> tuple[Any, Any]:
    origin = sayings.concern()
    cases.perform(origin, "convert", cast.triage)
    db.session.commit()
    return origin, db.session.get(Complaint, origin.became_id)


def test_an_address_that_was_given_up_opens_nothing_not_even_by_the_feedback(
    app: Any, cast: Any, client: Browser
) -> None:
    origin, complaint = gone_on(cast)
    old, person = sayings.party_of(origin), sayings.party_of(complaint)
    link = "/cases/" + secrets.link_secret(old.id, old.generation)
    assert client.get(link).status_code == 302
    change = tracking.change_email(complaint, person, "new@example.org", sayings.person_of(complaint))
    tracking.confirm_email(change)
    db.session.commit()
    assert Browser(app).get(link).status_code == 404
    client.submit("/track/lost", {"email": "chidi@example.org"})
    assert not db.session.query(Owed).filter_by(name="lost-link").count()
    fresh = "/cases/" + secrets.link_secret(old.id, old.generation)
    assert client.get(fresh).status_code == 302, "the one with the new address still comes in by both"
    tracking.object_to_email(db.session.query(ContactChange).one())
    db.session.commit()
    assert client.get(fresh).status_code == 404
    assert (old.email, person.email) == ("chidi@example.org", "chidi@example.org")


def test_what_we_wrote_is_not_called_theirs(cast: Any, client: Browser) -> None:
    complaint = sayings.complaint()
    desk.write(complaint, "We have your video.", cast.triage)
    cases.record(complaint, "write", sayings.person_of(complaint), of=1)
    exchanges.say(complaint.id, "I said it on the phone.", cast.triage, said_by=sayings.party_of(complaint).id)
    db.session.commit()
    party = sayings.party_of(complaint)
    client.follow(client.get("/cases/" + secrets.link_secret(party.id, party.generation)))
    assert "We wrote to you" in client.words and "You wrote to us" not in client.words
    assert client.text.count("<strong>You wrote</strong>") == 1
