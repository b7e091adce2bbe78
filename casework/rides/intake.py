"""Opens, pauses and closes the scheme of a BCU, and limits how many applications it takes in. Never commits."""

from __future__ import annotations

from casework.cases import service as cases
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.rides.models import Scheme
from casework.roles import Actor


def move(scheme: Scheme, action: str, message: str, actor: Actor) -> Event:
    """Pause, reopen or close a scheme. The public reads the message; while the scheme is open there is none."""
    event = cases.perform(scheme, action, actor, note=message)
    scheme.message = "" if action == "reopen" else message
    scheme.paused_at = None if action == "reopen" else scheme.paused_at or now()
    return event


def limit(scheme: Scheme, cap: int | None, actor: Actor) -> None:
    """Take in no new applications while this many are undecided; None is no limit. What was sent before is kept."""
    if cap == scheme.intake_cap:
        return
    scheme.intake_cap = cap
    history.append(scheme.stream_id, "limit", actor, subject=("scheme", scheme.id), facts={"cap": cap})
