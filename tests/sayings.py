"""Feedback and complaints brought to some state, for tests: what a test is about stands in the test."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from casework.complaints import referral, review
from casework.complaints import service as complaints
from casework.complaints.models import Allegation, Complaint
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.feedback.service import Person, Told
from casework.moments import today
from casework.parties.models import Party
from casework.roles import Actor, Role
from casework.tracking import entry
from tests import factories
from tests.factories import Cast

PUBLIC = Actor(Role.PUBLIC)
NOTHING = {question.key: False for question in referral.QUESTIONS}


def told(**facts: Any) -> Told:
    """What an ordinary person says of an encounter."""
    born_on = date(today().year - 12, 1, 1) if facts.get("authority") == "parent-under-16" else date(1991, 5, 4)
    person = facts.pop("person", None) or Person(
        name="Chidi Abara", email="chidi@example.org", phone="020 7946 0021", born_on=born_on
    )
    given: dict[str, Any] = {
        "what": "Two officers stopped me outside the library and searched my bag. They did not say why.",
        "intent": "concern",
        "happened_on": date(2026, 11, 20),
        "happened_at": "about nine in the evening",
        "place": "High Street, outside the library",
        "borough_id": factories.area("north-borough").id,
        "searched": True,
        "relation": "self",
        "person": person,
    } | facts
    return Told(**given)


def concern(at: datetime | None = None, received_on: date | None = None, **facts: Any) -> Feedback:
    """Feedback as it was received."""
    return feedback.submit(told(**facts), PUBLIC, at=at, received_on=received_on)


def complaint(at: datetime | None = None, received_on: date | None = None, **facts: Any) -> Complaint:
    """A complaint as it was received."""
    return complaints.submit(told(intent="complaint", **facts), PUBLIC, at=at, received_on=received_on)


def person_of(case: Any, part: str = "complainant") -> Actor:
    """One of the people of a case, as somebody who acts."""
    return entry.actor(party_of(case, part))


def party_of(case: Any, part: str = "complainant") -> Party:
    """One of the people of a case."""
    return db.session.query(Party).filter_by(case_id=case.id, part=part).one()


def alleged(case: Complaint, cast: Cast, at: datetime | None = None, category: str = "B1") -> Allegation:
    """A complaint with an allegation."""
    return complaints.allege(case, "Searched without a reason.", cast.triage, category, at)


def logged(cast: Cast, at: datetime | None = None, **facts: Any) -> Complaint:
    """A logged complaint with one allegation and a checklist of noes."""
    case = complaint(at=at, **facts)
    alleged(case, cast, at)
    complaints.check_referral(case, NOTHING, cast.triage, stage="log", at=at)
    complaints.cases.perform(case, "log", cast.triage, at=at)
    return case


def contacted(cast: Cast, at: datetime | None = None, **facts: Any) -> Complaint:
    """A complaint whose person was spoken with."""
    case = logged(cast, at, **facts)
    complaints.try_contact(case, cast.handler, how="phone", result="spoke", made_at=at)
    complaints.contact(case, cast.handler, at=at)
    return case


def recorded(cast: Cast, at: datetime | None = None, **facts: Any) -> Complaint:
    """A complaint recorded because the person wished it."""
    case = contacted(cast, at, **facts)
    complaints.cases.perform(case, "record", cast.handler, at=at, reason="wishes")
    complaints.check_referral(case, NOTHING, cast.supervisor, stage="record", at=at)
    return case


def investigated(cast: Cast, at: datetime | None = None, **facts: Any) -> Complaint:
    """A complaint that we investigate."""
    case = recorded(cast, at, **facts)
    complaints.cases.perform(case, "investigate", cast.supervisor, at=at)
    return case


def answered(cast: Cast, at: datetime | None = None, **facts: Any) -> Complaint:
    """A complaint whose outcome was sent, though not delivered yet."""
    case = investigated(cast, at, **facts)
    for allegation in complaints.queries.allegations(case.id):
        complaints.resolve(allegation, "acceptable", "The reason was recorded.", ["explanation"], cast.handler, at)
    complaints.draft_outcome(case, "We looked at the footage.", cast.handler, at)
    complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.supervisor)
    complaints.cases.perform(case, "approve", cast.supervisor, at=at)
    complaints.cases.perform(case, "send", cast.handler, at=at)
    return case
