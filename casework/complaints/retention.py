"""When a complaint is erased: its period after it was finalised, or after the person's 18th birthday if that is later.

What was referred to the IOPC is never erased by time alone: somebody reviews it (domain 5.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from casework.cases import erasure
from casework.clocks import Months, london
from casework.complaints.models import Allegation, Complaint, ContactTry, Learning, Recommendation, Subject
from casework.complaints.workflow import State
from casework.deletion import deletes
from casework.extensions import db
from casework.feedback import retention as feedback
from casework.feedback.models import Feedback
from casework.parties import service as parties
from casework.parties.models import Party
from casework.settings import service as settings

_BATCH = 200


@deletes("complaints")
def complaints(today: date) -> int:
    """Complaints past their period, with the feedback that they came from; without what is on hold or was referred."""
    ended = (State.FINALISED, State.WITHDRAWN, State.TRANSFERRED, State.MERGED)
    cutoff = london.start_of_day(settings.first_within("keep.complaint", today))
    wanted = (
        select(Complaint)
        .where(Complaint.state.in_(ended), Complaint.state_since < cutoff, Complaint.hold == "")
        .where(Complaint.referred_at.is_(None), feedback.not_erased())
        .order_by(Complaint.id)
        .limit(_BATCH)
    )
    due = [case for case in db.session.scalars(wanted) if _old_enough(case, today)]
    origins = [case.came_from_id for case in due if case.came_from_id]
    return erasure.erase([*(case.id for case in due), *origins]) - len(origins)


@erasure.erases
def words(case_ids: Sequence[int]) -> None:
    """What was alleged, about whom, and what handlers wrote; categories and results stay for the figures."""
    feedback.forget_encounters(_encounters_of_nobody_else(case_ids))
    db.session.execute(update(Complaint).where(Complaint.id.in_(case_ids)).values(outcome=""))
    db.session.execute(update(Allegation).where(Allegation.case_id.in_(case_ids)).values(words="", result_words=""))
    db.session.execute(
        update(Subject)
        .where(Subject.case_id.in_(case_ids))
        .values(name="", number="", rank="", description="", account_id=None)
    )
    recommended = update(Recommendation).where(Recommendation.case_id.in_(case_ids))
    db.session.execute(recommended.values(words="", why=""))
    db.session.execute(update(ContactTry).where(ContactTry.case_id.in_(case_ids)).values(words=""))
    db.session.execute(update(Learning).where(Learning.case_id.in_(case_ids)).values(case_id=None))


def _encounters_of_nobody_else(case_ids: Sequence[int]) -> set[int]:
    """The encounters of these cases about which no other case lives: one that was split off still needs its account."""
    found: set[int] = set()
    needed: set[int] = set()
    for kind in (Feedback, Complaint):
        found |= set(db.session.scalars(select(kind.encounter_id).where(kind.id.in_(case_ids))))
    for kind in (Feedback, Complaint):
        others = select(kind.encounter_id).where(kind.encounter_id.in_(found), kind.id.not_in(case_ids))
        needed |= set(db.session.scalars(others.where(feedback.not_erased())))
    return found - needed


def _old_enough(case: Complaint, today: date) -> bool:
    """Whether the period has also passed since the person's 18th birthday, where they were younger at the encounter."""
    people = db.session.scalars(select(Party).where(Party.case_id == case.id, Party.part == "complainant"))
    for person in people:
        born = parties.born_on(person)
        if born is None:
            continue
        adult = Months(12 * 18).due(born, settings.calendar())
        if adult > case.received_on and settings.rule("keep.complaint").due(adult, settings.calendar()) >= today:
            return False
    return True
