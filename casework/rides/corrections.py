"""What staff put right on an application: how to reach the person, and a hold on deletion. Never commits."""

from __future__ import annotations

from typing import Any

from casework.cases import service as cases
from casework.parties import service as parties
from casework.parties.models import Party
from casework.rides.models import Ride
from casework.roles import Actor


def correct_details(ride: Ride, party: Party, actor: Actor, *, checked: str, **given: Any) -> list[str]:
    """Correct how to reach somebody after an identity check (`checked` names it), and tell them. Returns what changed.

    Phone, address and postcode change where something is given; the other details are as given.
    """
    kept = {name: given.pop(name) for name in ("phone", "address", "postcode")}
    changed = parties.change_details(party, **kept)
    for name, value in given.items():
        if value != getattr(party, name):
            setattr(party, name, value)
            changed.append(name)
    if changed:
        event = cases.record(ride, "contact", actor, fields=changed, checked=checked)
        cases.tell(event, ride, "contact-changed")
    return changed


def hold(ride: Ride, reason: str, why: str, actor: Actor) -> None:
    """Keep everything of a case from being deleted, for this reason; an empty one lifts the hold. `why` is recorded."""
    ride.hold = reason
    cases.record(ride, "hold" if reason else "lift_hold", actor, why)
