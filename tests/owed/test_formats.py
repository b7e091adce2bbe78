"""Who cannot read a letter or an e-mail gets what it says in the way that they asked for, by a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.cases.models import DueDuty
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.outbox.models import FormatTask, Owed
from casework.owed import formats
from casework.parties.models import Party
from casework.settings import service as settings
from tests import factories, sayings
from tests.complaints.test_life import delivered
from tests.desks import at_the_desk


def told(name: str, *wanted: str) -> Owed:
    """A message that went out to somebody who asked for formats."""
    made = factories.ride(name=name, wishes=(factories.area("north").id,))
    made.ride.parties[0].adjustments = {"contact_needs": list(wanted)}
    row = db.session.query(Owed).filter_by(stream_id=made.ride.stream_id, name="ride-received").one()
    row.done_at = row.closed_at = now()
    db.session.commit()
    return row


def test_each_format_that_was_asked_for_is_a_task_due_in_five_working_days(app: Any) -> None:
    both, none = told("Ama", "braille", "large-print", "bsl"), told("Bo", "large-print")
    assert formats.gather() == 2 and formats.gather() == 0
    db.session.commit()
    tasks = db.session.query(FormatTask).all()
    assert {task.format for task in tasks} == {"braille", "bsl"}
    assert {task.owed_id for task in tasks} == {both.id} and none.id != both.id
    due = settings.rule("format.made").due(today(), settings.calendar())
    assert {task.due_on for task in tasks} == {due}


def test_what_has_not_gone_out_yet_is_no_task(app: Any) -> None:
    row = told("Ama", "audio")
    row.done_at = row.closed_at = None
    db.session.commit()
    assert formats.gather() == 0


def test_a_clerk_notes_how_and_when_it_was_given_once(app: Any, cast: Any, demo_mode: None) -> None:
    row = told("Ama Boateng", "easy-read")
    formats.gather()
    db.session.commit()
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    assert "In other formats: 1 to be made" in desk.words
    desk.get("/staff/letters/formats")
    assert "Easy Read" in desk.words
    path = f"/staff/letters/formats/{db.session.query(FormatTask).one().id}"
    day = today()
    on = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    desk.get(path)
    assert desk.post(path, on | {"how": ""}).status_code == 400
    assert "Say how it was done" in desk.words
    assert desk.post(path, on | {"how": "Easy Read copy sent first class"}).status_code == 303
    desk.get("/staff/account")
    assert desk.post(path, on | {"how": "again"}).status_code == 409
    task = db.session.query(FormatTask).one()
    assert task.done_on == day and task.how == "Easy Read copy sent first class"
    event = db.session.query(Event).filter_by(action="format_done").one()
    assert event.facts == {"owed": row.id, "name": "ride-received", "format": "easy-read", "on": day.isoformat()}
    other = at_the_desk(app, cast, "coordinator_south")
    assert other.get(path).status_code == 404


def outcome(cast: Any) -> Complaint:
    case = sayings.answered(cast)
    db.session.query(Party).filter_by(case_id=case.id).one().adjustments = {"contact_needs": ["braille"]}
    db.session.flush()
    delivered(case, "complaint-outcome")
    return case


def outcome_duty(case: Complaint) -> DueDuty:
    return db.session.query(DueDuty).filter_by(case_id=case.id, name="outcome").one()


def test_as_a_rule_the_ordinary_message_tells_and_the_format_follows(app: Any, cast: Any) -> None:
    case = outcome(cast)
    assert case.told_on == today() and outcome_duty(case).met_on == today()


def test_where_the_force_says_so_only_the_format_that_was_asked_for_tells(app: Any, cast: Any) -> None:
    settings.change("format.only", True, cast.supervisor, "Who reads braille is told in braille")
    case = outcome(cast)
    assert case.told_on is None and case.review_by is None and outcome_duty(case).met_on is None
    formats.gather()
    task = db.session.query(FormatTask).join(Owed).filter(Owed.name == "complaint-outcome").one()
    row = db.session.get_one(Owed, task.owed_id)
    with moved_to(now() + timedelta(days=3)):
        formats.done(task, row, case, today() - timedelta(days=1), "Braille sent", cast.clerk)
        assert case.told_on == today() - timedelta(days=1)
        assert case.review_by == case.told_on + timedelta(days=28)
        assert outcome_duty(case).met_on == case.told_on
