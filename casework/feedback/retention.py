"""When feedback is erased: its period after it was closed. What became a complaint goes with the complaint."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, select, update

from casework.cases import erasure
from casework.cases.models import Case
from casework.clocks import london
from casework.deletion import deletes
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.feedback.workflow import State
from casework.parties.models import Party
from casework.settings import service as settings

_BATCH = 500
_GONE = {
    "happened_at": "", "place": "", "receipt": "", "officers": "", "vehicle": "", "what": "", "effect": "", "wish": "",
    "witnesses": "", "evidence": "",
}  # fmt: skip


@deletes("feedback")
def feedback(today: date) -> int:
    """Feedback that was closed longer ago than the setting, without what is on hold."""
    ended = (State.CLOSED, State.REDIRECTED, State.MERGED, State.SPAM, State.WITHDRAWN)
    cutoff = london.start_of_day(settings.first_within("keep.feedback", today))
    wanted = select(Feedback.id).where(Feedback.state.in_(ended), Feedback.state_since < cutoff, Feedback.hold == "")
    return erasure.erase(list(db.session.scalars(wanted.where(not_erased()).order_by(Feedback.id).limit(_BATCH))))


def forget_encounters(encounter_ids: Collection[int]) -> None:
    """Let the words of these encounters go; day and borough stay for the figures."""
    db.session.execute(update(Encounter).where(Encounter.id.in_(encounter_ids)).values(**_GONE))


def not_erased() -> ColumnElement[bool]:
    """The condition that somebody in a case has not been erased yet."""
    return select(Party.id).where(Party.case_id == Case.id, Party.erased_at.is_(None)).exists()
