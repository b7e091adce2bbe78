"""What supervisors are told of by themselves: dates, footage, triggers; each once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework import emails
from casework.cases import digest
from casework.complaints import escalate
from casework.complaints import service as complaints
from casework.complaints.models import Trigger
from casework.extensions import db
from casework.feedback.models import Preservation
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.settings import service as settings
from tests import factories, sayings
from tests.desks import at_the_desk


def alarms(case: Any) -> list[str]:
    """Whom the alarms of a case are for, in order."""
    rows = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="staff-alarm").order_by(Owed.id)
    return [row.part for row in rows]


def whys() -> list[tuple[int, str]]:
    """Every trigger, by its case."""
    return [(row.case_id, row.why) for row in db.session.query(Trigger).order_by(Trigger.case_id, Trigger.why)]


def test_supervisors_of_the_area_hear_of_a_date_before_and_after_and_each_time_once(app: Any, cast: Any) -> None:
    supervisor = f"account:{cast.account('supervisor').id}"
    cast.account("triage")
    monday = factories.moment(date(2027, 3, 1), 7)
    with moved_to(monday):
        case = sayings.complaint(happened_on=date(2027, 2, 27))
        db.session.commit()
        assert escalate.run() == 1  # preserve within a working day, log and acknowledge within two
        assert alarms(case) == [supervisor]
        assert escalate.run() == 0
    with moved_to(monday + timedelta(days=1)):
        assert escalate.run() == 0
    with moved_to(monday + timedelta(days=3)):
        assert escalate.run() == 1  # late by a working day, and the first contact is near
        assert escalate.run() == 0
    db.session.rollback()
    assert set(alarms(case)) == {supervisor}
    words = [event.facts["words"] for event in db.session.query(Event).filter_by(action="escalate").order_by(Event.id)]
    assert "“Have footage and other evidence kept” is due on Tuesday 2 March 2027" in words[0]
    assert "“Have footage and other evidence kept” was due on Tuesday 2 March 2027" in words[1]
    assert "Chidi" not in " ".join(words)


def test_footage_that_is_about_to_be_overwritten_is_cried_out_for_once(app: Any, cast: Any) -> None:
    cast.account("supervisor")
    case = sayings.complaint(happened_on=today() - timedelta(days=25))
    db.session.commit()
    escalate.run()
    kept = db.session.query(Preservation).filter_by(case_id=case.id).one()
    assert kept.alarmed_on == today()
    before = len(alarms(case))
    assert before == 2  # the dates, and the footage
    escalate.run()
    assert len(alarms(case)) == before


def test_every_complaint_of_stop_and_search_is_pointed_out_or_every_so_many(app: Any, cast: Any) -> None:
    first = sayings.complaint()
    sayings.alleged(first, cast)
    sayings.alleged(first, cast)
    assert whys() == [(first.id, "b1")]
    settings.change("trigger.b1", 2, cast.admin, "too many")
    second, third = sayings.complaint(), sayings.complaint()
    sayings.alleged(second, cast)
    sayings.alleged(third, cast)
    sayings.alleged(sayings.complaint(), cast, category="A4")
    assert [each for each in whys() if each[1] == "b1"] == [(first.id, "b1"), (second.id, "b1")]


def test_a_community_and_somebody_searched_three_times_in_six_months_are_pointed_out_once(app: Any, cast: Any) -> None:
    day = today()
    sayings.concern(happened_on=day - timedelta(days=300))
    sayings.concern(happened_on=day - timedelta(days=100))
    sayings.complaint(happened_on=day - timedelta(days=50))
    assert whys() == []
    third = sayings.concern(happened_on=day - timedelta(days=1))
    assert whys() == [(third.id, "searches")]
    other = sayings.concern(community=True, searched=None)
    assert (other.id, "community") in whys()
    from casework.cases import service as cases

    cases.perform(other, "convert", cast.triage)
    assert [why for _, why in whys()].count("community") == 1


def test_an_anonymous_person_is_the_same_as_nobody(app: Any, cast: Any) -> None:
    from casework.feedback.service import Person

    for _ in range(4):
        sayings.concern(anonymous=True, person=Person(born_on=date(1990, 1, 1)))
    assert whys() == []


def test_a_supervisor_looks_at_what_was_pointed_out_and_the_slower_one_is_told(
    app: Any, cast: Any, demo_mode: None
) -> None:
    case = sayings.complaint()
    sayings.alleged(case, cast)
    db.session.commit()
    first, second = at_the_desk(app, cast, "supervisor"), at_the_desk(app, cast, "supervisor_too")
    for browser in (first, second):
        assert browser.get("/staff/triggers").status_code == 200
        assert case.reference in browser.words
    number = str(db.session.query(Trigger).one().id)
    assert first.post("/staff/triggers", {"trigger": number, "note": ""}).status_code == 400
    assert "Write what follows" in first.words
    assert first.post("/staff/triggers", {"trigger": number, "note": "To the panel."}).status_code == 303
    assert second.post("/staff/triggers", {"trigger": number, "note": "Nothing."}).status_code == 409
    assert "Supervisor was faster" in second.words
    assert second.get("/staff/account") and second.post("/staff/triggers", {"trigger": "9" * 30}).status_code == 404
    assert at_the_desk(app, cast, "handler").get("/staff/triggers").status_code == 403
    assert now()


def test_a_supervisor_hears_nothing_of_a_complaint_about_them(app: Any, cast: Any) -> None:
    subject, colleague = cast.account("supervisor"), cast.account("supervisor_too")
    case = sayings.complaint(happened_on=today() - timedelta(days=25))
    about = sayings.alleged(case, cast)
    db.session.commit()
    assert escalate.run() > 0 and f"account:{subject.id}" in alarms(case)
    assert digest.numbers(subject, today())["unassigned"] == 1
    complaints.name_subject(about, cast.triage, account_id=subject.id)
    db.session.commit()
    # What was owed before they were named says nothing any more; the later day is not theirs to hear of.
    owed = db.session.query(Owed).filter_by(name="staff-alarm").order_by(Owed.id)
    with pytest.raises(emails.NotWanted):
        emails.render(owed.filter_by(part=f"account:{subject.id}").first())
    assert case.reference in emails.render(owed.filter_by(part=f"account:{colleague.id}").first()).text
    before = len(alarms(case))
    with moved_to(now() + timedelta(days=6)):
        assert escalate.run() > 0
    assert alarms(case)[before:] and set(alarms(case)[before:]) == {f"account:{colleague.id}"}
    assert [digest.numbers(each, today())["unassigned"] for each in (subject, colleague)] == [0, 1]
