"""What a review recommended: whether it was accepted, why, and who does what by when. Never commits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from casework.cases import service as cases
from casework.complaints import queries, service
from casework.complaints.models import Complaint, Recommendation
from casework.extensions import db
from casework.moments import now
from casework.roles import Actor


def were_reviewed(complaint: Complaint) -> bool:
    """Whether a review of this complaint has come to a result, so that it may have recommended something."""
    return bool(queries.events_since(complaint.stream_id, 0, ("find_reasonable", "uphold")))


def of(case_id: int) -> list[Recommendation]:
    """What was recommended in a complaint, in the order in which it was written down."""
    wanted = select(Recommendation).options(joinedload(Recommendation.learning))
    return list(db.session.scalars(wanted.where(Recommendation.case_id == case_id).order_by(Recommendation.id)))


def recommend(
    complaint: Complaint,
    actor: Actor,
    *,
    kind: str,
    words: str,
    accepted: bool,
    why: str,
    change: str = "",
    who: str = "",
    by_on: date | None = None,
) -> Recommendation:
    """Write down a recommendation and what we say to it. What is accepted is kept like anything else that was learned:
    done by a unit by a day, late when it is late, published when a supervisor publishes it."""
    kept = None
    if accepted:
        assert by_on is not None
        kept = service.learn(complaint, actor, what=words, change=change, who=who, by_on=by_on)
    made = Recommendation(
        case_id=complaint.id, at=now(), account_id=actor.account_id, kind=kind, words=words, accepted=accepted, why=why,
        learning_id=kept.id if kept else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    cases.record(complaint, "recommend", actor, recommendation=made.id, kind=kind, accepted=accepted)
    return made
