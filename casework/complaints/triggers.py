"""What is pointed out to those who look at patterns: stop and search, communities, people searched again and again.

Each force sets its own threshold (domain 2.8). A trigger changes nothing in the case: somebody looks at it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.complaints.models import Allegation, Complaint, Trigger
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.moments import now
from casework.parties.models import Party
from casework.roles import Actor
from casework.settings import service as settings

STOP_AND_SEARCH = "B1"
WHY = {
    "b1": "Complaint of stop and search",
    "community": "About how a community is policed",
    "searches": "Searched again and again",
}


def at_receipt(case: Complaint | Feedback, at: datetime) -> None:
    """Point out what somebody wrote about a community, or who was searched as often as the force has set."""
    if case.encounter.community:
        _point_out(case, "community", at)
    if case.encounter.searched and _searches(case) >= settings.value("trigger.searches") > 0:
        _point_out(case, "searches", at)


@registry.also("feedback", "point_out")
def at_feedback(step: Step) -> None:
    """The same for what came as feedback."""
    at_receipt(step.subject, step.at)


def at_allegation(complaint: Complaint, allegation: Allegation, at: datetime) -> None:
    """Point out every so many complaints of stop and search in an area, as the force has set."""
    every = settings.value("trigger.b1")
    if allegation.category != STOP_AND_SEARCH or not every:
        return
    area = Case.area_id.is_(None) if complaint.area_id is None else Case.area_id == complaint.area_id
    wanted = (
        select(func.count(func.distinct(Allegation.case_id)))
        .join(Case, Case.id == Allegation.case_id)
        .where(Allegation.category == STOP_AND_SEARCH, area)
    )
    if (db.session.scalar(wanted) or 0) % every == 0:
        _point_out(complaint, "b1", at)


def look_at(trigger: Trigger, case: Case, words: str, actor: Actor) -> None:
    """Note that somebody looked at it, and what follows."""
    trigger.looked_at, trigger.looked_by, trigger.words = now(), actor.account_id, words
    db.session.flush()
    cases.record(case, "look_at_trigger", actor, words, trigger=trigger.id, why=trigger.why)


def _searches(case: Complaint | Feedback) -> int:
    """How many encounters with a search the same person has told us of within the period before this, which counts."""
    mine = select(Party.person_digest).where(Party.case_id == case.id, Party.part == "complainant", Party.name != "")
    person = db.session.scalars(mine.limit(1)).first()
    if person is None:
        return 0
    found = select(Encounter.id, Encounter.happened_on, Case.received_on)
    rows = [
        row
        for model in (Complaint, Feedback)
        for row in db.session.execute(
            found.join(model, model.encounter_id == Encounter.id)
            .join(Party, Party.case_id == model.id)
            .where(Party.person_digest == person, Party.part == "complainant", Encounter.searched.is_(True))
        )
    ]
    within, calendar, heard_on = settings.rule("trigger.searches.within"), settings.calendar(), case.received_on
    return len({row[0] for row in rows if within.due(row[1] or row[2], calendar) >= heard_on})


def _point_out(case: Complaint | Feedback, why: str, at: datetime) -> None:
    """Once for a case, and not again for the complaint that feedback became."""
    origin = getattr(case, "came_from_id", None)
    if origin is not None:
        known = select(Trigger.id).where(Trigger.case_id == origin, Trigger.why == why)
        if db.session.scalar(known.limit(1)) is not None:
            return
    row = insert(Trigger).values(case_id=case.id, area_id=case.area_id, at=at, why=why, words="")
    db.session.execute(row.on_conflict_do_nothing(index_elements=["case_id", "why"]))
