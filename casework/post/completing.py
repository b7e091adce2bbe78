"""What was keyed goes into the case: every field that nobody has touched since takes it, the rest is pointed out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback import completing as told_completing
from casework.feedback.models import Feedback
from casework.feedback.service import Told
from casework.feedback.workflow import OPEN
from casework.moments import now
from casework.post import effects, indexing
from casework.post.models import Item
from casework.rides import completing as ride_completing
from casework.rides.models import Ride
from casework.rides.service import Application
from casework.roles import SYSTEM, Actor, Role
from casework.workflow import Refused


def finish(item: Item, facts: Told | Application, actor: Actor, at: datetime | None = None) -> Case:
    """Put the facts of a verified item into its case and file it. Hold the case, then the item."""
    case = fill(item, facts, actor, at)
    file(item, SYSTEM, at)
    return case


def fill(item: Item, facts: Told | Application, actor: Actor, at: datetime | None = None) -> Case:
    """Put the facts of a verified item into its case. Hold the case, then the item.

    `actor` is who ended the keying. Facts of another kind than the case are refused.
    """
    case = effects.case_of(item)
    if case is None:
        raise Refused("No case was opened from it.", "has_case")
    conflicts = _complete(case, indexing.read(item), facts, actor, at)
    item.conflicts = json.dumps(conflicts, default=str) if conflicts else None
    item.verified_at = item.verified_at or at or now()
    db.session.flush()
    return case


def file(item: Item, actor: Actor, at: datetime | None = None) -> None:
    """Nothing more is to be done with an item; its paper is kept for a while."""
    cases.perform(item, "file", actor, at=at)
    effects.filed(item, at or now())


def conflicts(item: Item) -> dict[str, Any]:
    """What the paper says where staff had written something else, by the name of the fact."""
    return json.loads(item.conflicts) if item.conflicts else {}


def _complete(
    case: Case, indexed: indexing.Indexed, facts: Told | Application, actor: Actor, at: datetime | None
) -> dict[str, Any]:
    if isinstance(case, Ride) and isinstance(facts, Application):
        return ride_completing.complete(case, facts, actor, opened=indexed.application(), at=at)
    if isinstance(case, Feedback | Complaint) and isinstance(facts, Told):
        found = told_completing.complete(case, facts, actor, opened=indexed.told(), at=at)
        if isinstance(case, Feedback) and facts.intent == "complaint":
            found |= _goes_on_as_complaint(case, actor, at)
        elif isinstance(case, Complaint) and facts.intent not in {"complaint", ""}:
            found["intent"] = facts.intent
        return found
    raise Refused("What was keyed is not what the case is.", "kind_known")


def _goes_on_as_complaint(case: Feedback, actor: Actor, at: datetime | None) -> dict[str, Any]:
    """What the paper asks for is a complaint: it becomes one, unless staff have ended it meanwhile."""
    if case.state not in OPEN:
        return {"intent": "complaint"}
    cases.perform(case, "ask_complaint", Actor(Role.CLERK, actor.account_id), at=at)
    db.session.flush()
    return {}
