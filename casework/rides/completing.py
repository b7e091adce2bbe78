"""An application whose facts come after it was opened, as from a form whose pages were there first. Never commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.cases import opening
from casework.cases import service as cases
from casework.joining import join
from casework.parties import service as parties
from casework.rides.models import Ride
from casework.rides.service import Application, propose_matches
from casework.roles import Actor

PERSON = (
    "name", "born_on", "email", "phone", "address", "postcode", "channel", "voicemail", "safe_times", "adjustments",
)  # fmt: skip
FACTS = (
    "connections", "borough_id", "why", "interests", "teams", "wishes", "days", "shifts", "earliest_on", "latest_on",
    "rode_before", "rode_on", "heard_from",
)  # fmt: skip


def complete(
    ride: Ride, facts: Application, actor: Actor, *, opened: Application, at: datetime | None = None
) -> dict[str, Any]:
    """Fill in an application. `opened` is what it was opened with; hold the case before.

    Returns what the paper says where staff have written something else meanwhile, by the name of the fact.
    """
    found = join(_facts(opened), _facts(facts), {name: getattr(ride, name) for name in FACTS})
    for name, value in found.changes.items():
        setattr(ride, name, value)
    area = join({"area": _area(opened)}, {"area": _area(facts)}, {"area": ride.area_id})
    ride.area_id = area.changes.get("area", ride.area_id)
    conflicts = dict(found.conflicts)
    person = next(iter(cases.parties_of(ride.id, "applicant")), None)
    if person is not None:
        conflicts |= parties.fill(person, *({name: getattr(one, name) for name in PERSON} for one in (opened, facts)))
    event = cases.record(ride, "complete", actor, at=at, conflicts=sorted(conflicts))
    opening.acknowledge(ride, event)
    if person is not None:
        propose_matches(person)
    return conflicts


def _facts(facts: Application) -> dict[str, Any]:
    found = {name: getattr(facts, name) for name in FACTS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _area(facts: Application) -> int | None:
    return facts.wishes[0] if facts.wishes else None
