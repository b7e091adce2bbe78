"""A letter is a case at once; its facts come after it, and never over what staff wrote meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.feedback import queries as told_queries
from casework.feedback.service import Person, Told
from casework.history.models import Event
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties.models import Match
from casework.post import completing, indexing, service
from casework.post.indexing import Indexed
from casework.post.models import Item
from casework.roles import SYSTEM
from casework.triage import service as triage
from tests import factories


def opened(cast: Any, indexed: Indexed, days: int = 2) -> tuple[Any, Any]:
    """An item of a tray that arrived some days ago, indexed."""
    batch = service.open_batch(cast.clerk, tray="A", arrived_on=today() - timedelta(days=days), envelopes=1)
    item = db.session.query(Item).filter_by(batch_id=batch.id).one()
    case = indexing.open_case(item, indexed, cast.clerk)
    db.session.commit()
    return item, case


def keyed(item: Any, facts: Any, cast: Any) -> Any:
    """Keyed by one clerk and checked."""
    cases.perform(item, "key", cast.clerk)
    cases.perform(item, "pass", SYSTEM)
    case = completing.finish(item, facts, cast.clerk)
    db.session.commit()
    return case


def messages(case: Any) -> list[tuple[str, str]]:
    rows = db.session.query(Owed).filter_by(stream_id=case.stream_id, kind="message").order_by(Owed.id)
    return [(row.name, row.channel) for row in rows]


LETTER = Indexed("feedback", "Ama Mensah", "4 Mill Lane\nThamesmere", "SE1 7TH")


def test_a_letter_is_a_case_with_its_first_day_before_anybody_keys_it(app: Any, cast: Any) -> None:
    item, case = opened(cast, LETTER)
    assert (case.received_on, case.channel, case.state) == (today() - timedelta(days=2), "post", "received")
    assert messages(case) == [("feedback-received", "letter")]
    assert told_queries.preservation(case.id).last_on == case.received_on + timedelta(days=31)
    assert item.state == "indexed" and item.indexed_at is not None


def test_what_is_keyed_fills_in_the_case(app: Any, cast: Any) -> None:
    item, case = opened(cast, LETTER)
    place = factories.area("south-borough")
    told = Told(
        what="They searched my bag.",
        intent="concern",
        happened_on=today() - timedelta(days=9),
        borough_id=place.id,
        person=Person("Ama Mensah", date(1990, 2, 3), address="4 Mill Lane\nThamesmere", channel="letter"),
    )
    keyed(item, told, cast)
    assert (case.sort, case.area_id, case.encounter.what) == ("concern", place.parent_id, "They searched my bag.")
    assert case.received_on == today() - timedelta(days=2)
    assert told_queries.preservation(case.id).last_on == today() + timedelta(days=22)
    assert messages(case) == [("feedback-received", "letter")]
    assert item.state == "filed" and item.paper_due_on > today() + timedelta(days=80)


def test_what_triage_wrote_off_the_scan_stays_and_the_difference_is_shown(app: Any, cast: Any) -> None:
    item, case = opened(cast, LETTER)
    cases.lock(type(case), case.id)
    triage.edit_facts(case, {"place": "Outside the library", "officers": "AB 12"}, cast.triage)
    keyed(item, Told(what="Hello.", place="Outside the bakery", officers="AB 12"), cast)
    assert case.encounter.place == "Outside the library"
    assert completing.conflicts(item) == {"place": "Outside the bakery"}
    event = db.session.query(Event).filter_by(stream_id=case.stream_id, action="complete").one()
    assert event.facts["conflicts"] == ["place"]


def test_somebody_whose_address_only_the_form_gives_is_acknowledged_once_it_is_keyed(app: Any, cast: Any) -> None:
    item, case = opened(cast, Indexed("complaint"))
    assert [channel for _, channel in messages(case)] == ["page"]
    person = Person("Ama Mensah", email="ama@example.org", channel="email")
    keyed(item, Told(what="Hello.", intent="complaint", person=person), cast)
    assert messages(case)[-1] == ("complaint-received", "email")
    assert case.anonymous is False


def test_a_feedback_form_that_asks_for_a_complaint_becomes_one_with_the_same_day(app: Any, cast: Any) -> None:
    item, case = opened(cast, LETTER)
    keyed(item, Told(what="Hello.", intent="complaint", person=Person("Ama Mensah", channel="page")), cast)
    assert case.state == "converted"
    assert db.session.get(type(case).__mro__[1], case.became_id).received_on == case.received_on


def test_a_ride_form_is_an_application_at_once_and_whole_once_it_is_keyed(app: Any, cast: Any) -> None:
    other = factories.ride(name="Ama Mensah", born_on=date(1990, 2, 3))
    north = factories.area("north")
    item, ride = opened(cast, Indexed("ride", "Ama Mensah", "4 Mill Lane", "SE1 7TH", area_id=north.id))
    assert (ride.state, ride.area_id) == ("submitted", north.id)
    assert messages(ride) == [("ride-received", "letter")]
    facts = factories.application(name="Ama Mensah", born_on=date(1990, 2, 3), email="", channel="letter")
    keyed(item, facts, cast)
    assert ride.wishes == [north.id, factories.area("south").id]
    assert ride.why == facts.why
    assert messages(ride) == [("ride-received", "letter")]
    assert db.session.query(Match).filter_by(other_id=other.applicant.party_id).count() == 1


@pytest.mark.parametrize("kind", ["feedback", "complaint"])
def test_keying_the_wrong_sort_of_form_is_refused(app: Any, cast: Any, kind: str) -> None:
    item, _ = opened(cast, Indexed(kind))
    with pytest.raises(Exception, match="not what the case is"):
        keyed(item, factories.application(), cast)
