"""What staff write down for somebody: opened by the same verb as what comes online, and once. Never commits."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Select, select, text

from casework.cases import desk
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback.service import Told
from casework.history.models import Event
from casework.moments import now
from casework.roles import Actor
from casework.saying import service as saying

# For so long the same page sent again leads to the case that it made.
TWICE = timedelta(minutes=10)

desk.say(feedback__key_in="written down by staff", complaint__key_in="written down by staff")


def take_down(told: Told, actor: Actor, key: str, *, received_on: date, via: str) -> Case:
    """Open the case of what somebody says to a member of staff. The same `key` of the same account makes one case."""
    # Two presses at once: the second waits for the first and finds its case.
    lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
    db.session.execute(lock, {"name": f"casework:key-in:{actor.account_id}"})
    made = db.session.scalars(_mine(actor).where(Event.facts["key"].astext == key).limit(1)).one_or_none()
    if made is not None:
        return made
    case = saying.say(told, actor, received_on=received_on, via=via)
    cases.record(case, "key_in", actor, key=key)
    return case


def just_taken(reference: str, actor: Actor) -> Case | None:
    """The case of a reference where this account has just written it down, wherever it lies."""
    return db.session.scalars(_mine(actor).where(Case.reference == reference).limit(1)).one_or_none()


def _mine(actor: Actor) -> Select[Case]:
    return (
        select(Case)
        .join(Event, (Event.stream_id == Case.stream_id) & (Event.subject_id == Case.id))
        .where(Event.action == "key_in", Event.account_id == actor.account_id, Event.at > now() - TWICE)
    )
