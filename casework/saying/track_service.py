"""What people write in their own case, in their words. Never commits."""

from __future__ import annotations

from casework.cases import service as cases
from casework.cases.models import Case
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.feedback.workflow import State as F
from casework.history.models import Event
from casework.roles import Actor


def answer(case: Case, words: str, added: tuple[int, ...], actor: Actor) -> Event:
    """Answer our question; the case is ours again."""
    return cases.perform(case, "answer", actor, private={"words": words, "attachments": added})


def write(case: Case, words: str, added: tuple[int, ...], actor: Actor) -> Event:
    """Write to us. Closed feedback opens again; nothing else changes its state, and staff see that there is something.

    What is written where a case was merged is there for those who work on the other one as well.
    """
    if isinstance(case, Feedback) and case.state == F.CLOSED:
        return cases.perform(case, "write_again", actor, private={"words": words, "attachments": added})
    event = cases.record(case, "write", actor)
    exchanges.say(case.id, words, actor, event_number=event.number, attachments=added)
    into = getattr(case, "merged_into_id", None)
    other = db.session.get(Case, into) if into else None
    if other is not None:
        told = cases.record(other, "write", actor, of=case.id)
        exchanges.say(other.id, words, actor, event_number=told.number)
    return event


def apply_for_review(case: Case, words: str, actor: Actor) -> Event:
    """Apply for a review through us; the reasons are passed on as they were written."""
    event = cases.perform(case, "apply_for_review", actor)
    exchanges.say(case.id, words, actor, event_number=event.number)
    return event


def say_panel(case: Case, said: str, actor: Actor) -> None:
    """Say whether a panel of citizens may look at the encounter. Saying the same again changes nothing."""
    encounter = case.encounter  # type: ignore[attr-defined]
    if encounter.panel != said:
        encounter.panel = said
        cases.record(case, "panel", actor, answer=said)
