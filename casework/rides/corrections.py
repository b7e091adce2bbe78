"""A hold on the deletion of an application. Never commits."""

from __future__ import annotations

from casework.cases import service as cases
from casework.rides.models import Ride
from casework.roles import Actor


def hold(ride: Ride, reason: str, why: str, actor: Actor) -> None:
    """Keep everything of a case from being deleted, for this reason; an empty one lifts the hold. `why` is recorded."""
    ride.hold = reason
    cases.record(ride, "hold" if reason else "lift_hold", actor, why)
