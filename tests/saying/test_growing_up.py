"""A child for whom a parent acts turns sixteen: from that day nobody but the young person says who may act for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from casework import emails
from casework.cases import verify
from casework.cases.models import Case
from casework.emails.readers import NotWanted
from casework.extensions import db
from casework.feedback import growing_up
from casework.feedback import service as feedback
from casework.feedback.service import Person
from casework.history.models import Event
from casework.moments import moved_to
from casework.outbox.models import Owed, Tick
from casework.parties import secrets
from casework.triage import service as desk
from tests import sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from workers import periodic

pytestmark = pytest.mark.usefixtures("demo_mode")
BORN = date(2011, 2, 1)
EVE, DAY = datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 2, 1, 12, tzinfo=UTC)
PARENT = Person(name="Chidi Abara", email="chidi@example.org")
SIDES = pytest.mark.parametrize("said", [sayings.concern, sayings.complaint])


def of_a_child(said: Any, born_on: date | None = BORN, **child: Any) -> Any:
    """What a parent said for a child under 16."""
    given = {"name": "Ife Abara", "born_on": born_on, "channel": "page"} | child
    case = said(relation="behalf", authority="parent-under-16", person=Person(**given), representative=PARENT)
    db.session.commit()
    return case


def birthdays() -> None:
    """What the night does."""
    tick = Tick(name="birthdays", due_at=datetime(2027, 2, 1, 0, 5, tzinfo=UTC))
    db.session.add(tick)
    db.session.commit()
    number = tick.id
    assert periodic.birthdays(number)
    db.session.expire_all()
    db.session.query(Tick).delete()
    db.session.commit()


def told(case: Any) -> list[tuple[str, str, str]]:
    """Messages owed in a case, with the part of whoever they are for."""
    parts = {f"party:{each.id}": each.part for each in db.session.get_one(Case, case.id).parties}
    rows = db.session.query(Owed).filter_by(stream_id=case.stream_id).filter(Owed.kind != "job").order_by(Owed.id)
    return [(row.name, parts[row.part], row.channel) for row in rows]


def opened(client: Browser, party: Any) -> Browser:
    """The tracking page of somebody, by their link."""
    client.follow(client.get(f"/cases/{secrets.link_secret(party.id, party.generation)}"))
    return client


@SIDES
def test_the_case_is_closed_to_the_parent_on_the_birthday_before_the_night_has_done_anything(
    app: Any, client: Browser, said: Any
) -> None:
    case = of_a_child(said)
    parent = sayings.party_of(case, "guardian")
    with moved_to(EVE):
        assert case.reference in opened(client, parent).words and "Write to us" in client.words
    with moved_to(DAY):
        client.get("/track/case/write")
        assert "Write to us" not in client.words and client.get("/track/case").status_code == 302
        opened(client, parent)
        assert case.reference not in client.words and "library" not in client.words
        row = db.session.query(Owed).filter_by(part=f"party:{parent.id}").first()
        assert row is not None
        with pytest.raises(NotWanted, match="sixteen"):
            emails.render(row)


@SIDES
def test_the_young_person_is_asked_and_the_parent_is_told_no_more(app: Any, client: Browser, said: Any) -> None:
    case = of_a_child(said, address="4 Mill Lane", email=None)
    child = sayings.party_of(case)
    child.channel = "letter"
    db.session.commit()
    before = told(case)
    with moved_to(EVE):
        birthdays()
        assert told(case) == before
    with moved_to(DAY):
        birthdays()
        birthdays()
        assert told(case)[len(before) :] == [
            ("authority-wanted", "complainant", "letter"),
            ("authority-ended", "representative", "email"),
        ]
        other = sayings.party_of(case, "representative")
        assert (sayings.party_of(case).acts, other.acts) == (True, False)
        assert "We wait for a yes" in opened(client, other).words and "library" not in client.words
        row = db.session.query(Owed).filter_by(name="authority-ended").one()
        assert "16 now" in emails.render(row).text
        # Their own link: they read what was sent, and say yes.
        assert "Chidi Abara wants to act for you" in opened(client, sayings.party_of(case)).words
        client.submit("/track/case/authority", {"answer": "True"})
        assert "Write to us" in opened(client, sayings.party_of(case, "representative")).words
        assert list(verify.verify()) == []


@SIDES
def test_whoever_cannot_be_reached_is_a_gap_that_staff_see_and_is_asked_as_soon_as_it_is_filled(
    app: Any, cast: Any, said: Any
) -> None:
    case = of_a_child(said)
    with moved_to(DAY):
        birthdays()
        assert "authority-wanted" not in [name for name, _, _ in told(case)]
        worker = at_the_desk(app, cast, "triage")
        worker.get(f"/staff/cases/{case.reference}")
        assert "we do not know how to reach them" in worker.words
        where = f"/staff/cases/{case.reference}/details"
        worker.get(where)
        version = db.session.get_one(Case, case.id).version
        fields = {"channel": "letter", "address": "4 Mill Lane", "checked": "questions", "version": str(version)}
        assert worker.post(where, fields).status_code == 303, worker.words
        assert ("authority-wanted", "complainant", "letter") in told(case)
        worker.get(f"/staff/cases/{case.reference}")
        assert "we do not know how to reach them" not in worker.words
        birthdays()
        assert [name for name, _, _ in told(case)].count("authority-wanted") == 1


@SIDES
def test_where_the_age_is_not_known_it_is_asked_for(app: Any, cast: Any, said: Any) -> None:
    case = of_a_child(said, born_on=None)
    with moved_to(DAY):
        birthdays()
        assert sayings.party_of(case, "guardian").acts
        worker = at_the_desk(app, cast, "handler")
        worker.get(f"/staff/cases/{case.reference}")
        assert "We do not know how old Ife Abara is" in worker.words
        where = f"/staff/cases/{case.reference}/born"
        assert (
            worker.submit(where, {"born_on-day": "31", "born_on-month": "2", "born_on-year": "2011"}).status_code == 400
        )
        young = {"born_on-day": "2", "born_on-month": "2", "born_on-year": "2011"}
        assert worker.submit(where, young).status_code == 303
        db.session.expire_all()
        assert sayings.party_of(case, "guardian").acts and sayings.party_of(case).born_on_text == "2011-02-02"
        assert worker.get(where).status_code == 404
    with moved_to(DAY.replace(day=2)):
        birthdays()
        assert not sayings.party_of(case, "representative").acts
    dates = [event.facts for event in db.session.query(Event).filter_by(action="note_birth")]
    assert dates == [{}], "the day itself stands in no history"


def test_a_date_of_birth_that_makes_them_sixteen_counts_at_once(app: Any, cast: Any) -> None:
    case = of_a_child(sayings.complaint, born_on=None)
    with moved_to(DAY):
        worker = at_the_desk(app, cast, "handler")
        old = {"born_on-day": "1", "born_on-month": "2", "born_on-year": "2011"}
        assert worker.submit(f"/staff/cases/{case.reference}/born", old).status_code == 303
        db.session.expire_all()
        assert not sayings.party_of(case, "representative").acts
        other = at_the_desk(app, cast, "handler_south")
        assert other.get(f"/staff/cases/{case.reference}/born").status_code == 404


def test_a_no_counts_in_every_case_of_the_same_story_and_for_nobody_else(app: Any, cast: Any) -> None:
    grown = {
        "relation": "behalf",
        "authority": "consent",
        "person": Person(name="Tunde Bello", email="tunde@example.org"),
    }
    first = sayings.concern(**grown, representative=PARENT)
    split = desk.split(first, "question", cast.triage)
    merged, stranger = sayings.concern(**grown, representative=PARENT), sayings.concern(**grown, representative=PARENT)
    desk.merge(merged, split, cast.triage)
    someone = sayings.concern(**grown, representative=Person(name="Ruth Mbeki", email="ruth@example.org"))
    feedback.link(first, someone, "split", cast.triage)
    desk.cases.perform(first, "convert", cast.triage)
    complaint = db.session.get_one(Case, first.became_id)
    everything = (first, split, merged, complaint)
    feedback.agree_to_representative(split, sayings.party_of(split), True, sayings.person_of(split))
    assert [sayings.party_of(case, "representative").acts for case in everything] == [True] * 4
    feedback.agree_to_representative(complaint, sayings.party_of(complaint), False, sayings.person_of(complaint))
    assert [sayings.party_of(case, "representative").acts for case in everything] == [False] * 4
    assert (
        not sayings.party_of(stranger, "representative").acts and not sayings.party_of(someone, "representative").acts
    )
    assert [name for name, _, _ in told(complaint)].count("authority-refused") == 1
    assert [name for name, _, _ in told(merged)].count("authority-refused") == 0
    assert growing_up.due() == []
