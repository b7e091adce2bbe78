"""What the table of print runs checks and does at once, and how it is registered."""

from __future__ import annotations

from sqlalchemy import func, select, update

from casework.cases import registry
from casework.cases.registry import Step
from casework.extensions import db
from casework.moments import today
from casework.owed.models import Run, RunLetter
from casework.owed.workflow import RUN


def count(run_id: int) -> int:
    """How many letters are in a run now: so many envelopes there must be."""
    wanted = select(func.count()).select_from(RunLetter).where(RunLetter.run_id == run_id, RunLetter.live)
    return int(db.session.scalar(wanted) or 0)


def _count_right(step: Step) -> bool:
    return step.asking or step.facts.get("envelopes") == count(step.subject.id)


def _free(step: Step) -> None:
    """The letters of a run that is over belong to no live run; what they said is kept elsewhere, or said again."""
    freed = {"live": False, "subject_sealed": None, "body_sealed": None}
    db.session.execute(update(RunLetter).where(RunLetter.run_id == step.subject.id).values(**freed))


registry.register(
    registry.Kind(
        RUN,
        Run,
        stream_of=lambda run: run.stream_id,
        case_of=lambda run: None,
        own_past=True,
        checks={
            "has_letters": lambda step: count(step.subject.id) > 0,
            "is_of_today": lambda step: step.subject.day == today(),
            "is_of_another_day": lambda step: step.subject.day != today(),
            "count_right": _count_right,
            "count_wrong": lambda step: not _count_right(step) or step.asking,
            "reason_given": lambda step: step.asking or bool(step.note.strip()),
            "day_borne": lambda step: step.asking or step.facts.get("on") == step.subject.day,
        },
        nows={"free_letters": _free},
    )
)
