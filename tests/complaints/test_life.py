"""A complaint's way from the first words to the end, with what is owed on every step of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.cases import duties, verify
from casework.cases import service as cases
from casework.cases.models import DueDuty
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback import service as feedback
from casework.moments import now, today
from casework.outbox.models import Owed
from casework.roles import CLOCK
from casework.workflow import Refused
from tests import sayings


def owed_now(case: Any) -> dict[str, date | None]:
    """The open duties of a case with their days, as stored."""
    rows = db.session.scalars(
        select(DueDuty).where(DueDuty.case_id == case.id, DueDuty.met_on.is_(None), DueDuty.ended_on.is_(None))
    )
    return {row.name: row.due_on for row in rows}


def delivered(case: Any, name: str, at: Any = None) -> None:
    """Let the newest message of a name have gone out."""
    row = db.session.scalars(
        select(Owed).where(Owed.stream_id == case.stream_id, Owed.name == name).order_by(Owed.id.desc()).limit(1)
    ).one()
    row.done_at = row.closed_at = at or now()
    db.session.flush()
    duties.delivered(case.stream_id, name)


def test_a_complaint_owes_acknowledgement_contact_progress_and_footage_from_its_first_day(app, cast):
    case = sayings.complaint(received_on=date(2026, 11, 19))
    found = owed_now(case)
    assert found["acknowledge"] == date(2026, 11, 23)
    assert found["contact"] == date(2026, 11, 26)
    assert found["progress"] == date(2026, 12, 17)
    assert found["footage"] == date(2026, 12, 21)  # 31 days after the encounter on 20 November
    assert found["preserve"] == date(2026, 11, 20)
    assert case.next_due_on == date(2026, 11, 20)


def test_a_complaint_that_is_approved_sent_and_told_runs_its_review_window_from_the_delivery(app, cast):
    case = sayings.answered(cast)
    assert case.state == "sent" and case.clock_on is None  # not told: time does not finish it
    assert owed_now(case)["outcome"] is not None
    delivered(case, "complaint-outcome")
    assert "outcome" not in owed_now(case) and "progress" not in owed_now(case)
    assert case.review_by == today() + timedelta(days=28)
    assert case.clock_on == case.review_open_until
    assert not list(verify.verify())


def test_a_yes_in_the_checklist_records_the_complaint_and_owes_the_referral_by_tomorrow(app, cast):
    case = sayings.complaint()
    sayings.alleged(case, cast)
    complaints.check_referral(case, sayings.NOTHING | {"aggravated": True}, cast.triage, stage="log")
    assert case.state == "recorded" and case.recorded_reason == "mandatory"
    assert owed_now(case)["refer"] == today() + timedelta(days=1)
    complaints.check_referral(case, sayings.NOTHING | {"aggravated": True}, cast.supervisor, stage="record")
    with pytest.raises(Refused):
        cases.perform(case, "investigate", cast.supervisor)
    cases.perform(case, "refer", cast.supervisor, prejudicial=False)
    assert "refer" not in owed_now(case)


def test_feedback_that_becomes_a_complaint_keeps_its_day_people_and_footage(app, cast):
    case = sayings.concern(received_on=date(2026, 11, 16))
    feedback.ask_for_saving(case, cast.triage)
    cases.perform(case, "convert", cast.triage)
    became = db.session.get_one(Complaint, case.became_id)
    assert case.state == "converted" and became.received_on == date(2026, 11, 16)
    assert became.encounter_id == case.encounter_id
    assert sayings.party_of(became).email == "chidi@example.org"
    assert owed_now(became)["progress"] == date(2026, 12, 14)
    assert "preserve" not in owed_now(became)


def test_dissatisfaction_of_somebody_who_qualifies_cannot_be_closed_before_the_complaint_route_was_offered(app, cast):
    case = sayings.concern()
    with pytest.raises(Refused, match="complaint route"):
        cases.perform(case, "reply_and_close", cast.triage, private={"words": "Thank you."})
    cases.perform(case, "offer_complaint", cast.triage)
    cases.perform(case, "decline_complaint", sayings.person_of(case))
    cases.perform(case, "reply_and_close", cast.triage, private={"words": "Thank you."})
    assert case.state == "closed"


def test_somebody_named_in_a_complaint_and_their_team_cannot_handle_it(app, cast):
    case = sayings.logged(cast)
    allegation = complaints.queries.allegations(case.id)[0]
    complaints.name_subject(allegation, cast.triage, account_id=cast.handler.account_id)
    with pytest.raises(Refused, match="about you"):
        cases.perform(case, "record", cast.handler, reason="wishes")
    with pytest.raises(Exception, match="about themselves"):
        cases.assign(case, cast.handler.account_id, cast.triage)


def test_whoever_decided_before_does_not_decide_again(app, cast):
    case = sayings.answered(cast)
    delivered(case, "complaint-outcome")
    cases.perform(case, "finalise", CLOCK)
    # A new look begins with whoever decided too; from then on others decide.
    cases.perform(case, "reopen", cast.supervisor, "A second film came to light.")
    allegation = complaints.queries.allegations(case.id)[0]
    mine = "about an earlier decision of yours"
    with pytest.raises(Refused, match=mine):
        complaints.resolve(allegation, "acceptable", "As before.", [], cast.handler)
    with pytest.raises(Refused, match=mine):
        cases.perform(case, "investigate", cast.supervisor)
    offers = {offer.row.action: offer for offer in cases.open_to(case, cast.supervisor)}
    assert mine in offers["investigate"].refused
    complaints.resolve(allegation, "not-acceptable", "The film shows no reason.", [], cast.handler_too)
    with pytest.raises(Refused, match=mine):
        complaints.draft_outcome(case, "As before.", cast.handler)
    complaints.draft_outcome(case, "You were right.", cast.handler_too)
    with pytest.raises(Refused, match=mine):
        cases.perform(case, "approve", cast.supervisor)
    cases.record(case, "note", cast.supervisor, "They may still write notes.")
    cases.perform(case, "approve", cast.supervisor_too)
    assert case.state == "approved"


def test_dissatisfied_after_outside_others_handle_it(app, cast):
    case = sayings.contacted(cast)
    cases.perform(case, "handle_outside", cast.handler)
    for allegation in complaints.queries.allegations(case.id):
        complaints.resolve(allegation, "resolved", "We spoke.", ["explanation"], cast.handler)
    complaints.draft_outcome(case, "We spoke.", cast.handler)
    cases.perform(case, "approve", cast.supervisor)
    cases.perform(case, "send", cast.handler)
    cases.perform(case, "record_after", sayings.person_of(case))
    complaints.check_referral(case, sayings.NOTHING, cast.supervisor, stage="record")
    with pytest.raises(Refused, match="about an earlier decision of yours"):
        cases.perform(case, "handle", cast.supervisor)
    cases.perform(case, "handle", cast.supervisor_too)
