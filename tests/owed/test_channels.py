"""Whoever wants letters gets letters: a known e-mail address, or one that staff note, changes nothing about that."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.outbox.models import Owed
from casework.parties.models import ContactChange, Party
from casework.rides import service as rides
from casework.tracking import corrections
from casework.tracking import service as tracking
from tests import factories
from tests.owed.letters import by_letter


def test_a_postal_person_whose_email_is_known_is_written_to_by_post(app: Any, cast: Any) -> None:
    made = factories.ride(channel="letter", email="ama@example.org", address="1 High Street", postcode="N1 1AA")
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    assert {row.channel for row in db.session.query(Owed)} == {"letter"}


def test_an_address_that_staff_note_moves_nobody_from_letters_to_email(app: Any, cast: Any) -> None:
    made = by_letter()
    person = db.session.query(Party).one()
    corrections.ask_email(made.ride, person, "ama@example.org", cast.coordinator, checked="called-back")
    tracking.confirm_email(db.session.query(ContactChange).one())
    db.session.commit()
    assert person.email == "ama@example.org" and person.channel == "letter"
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    asked = db.session.query(Owed).filter_by(name="ride-question").one()
    assert asked.channel == "letter"


def test_who_asks_for_email_in_their_own_words_gets_it(app: Any, cast: Any) -> None:
    made = by_letter()
    person = db.session.query(Party).one()
    tracking.change_email(made.ride, person, "ama@example.org", made.applicant)
    tracking.confirm_email(db.session.query(ContactChange).one())
    db.session.commit()
    assert person.channel == "email"
