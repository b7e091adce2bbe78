"""Writes what is owed, beside its cause. Never sends, never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from casework.extensions import db
from casework.history.models import Event
from casework.moments import now
from casework.outbox.messages import MESSAGES, SOON
from casework.outbox.models import Owed


def owe(
    event: Event,
    name: str,
    part: str = "",
    *,
    channel: str = "email",
    kind: str = "message",
    due_at: datetime | None = None,
    recheck: bool = False,
) -> None:
    """Owe one message or job because of an event. Owing the same twice owes it once.

    Messages of an event in the past (the demo's history) are owed at that time.
    """
    row = {
        "stream_id": event.stream_id,
        "event_number": event.number,
        "kind": kind,
        "name": name,
        "part": part,
        "channel": "" if kind == "job" else channel,
        "rank": SOON if kind == "job" else MESSAGES[name].rank,
        "recheck": recheck,
        "due_at": due_at or event.at,
        "created_at": now(),
    }
    db.session.execute(insert(Owed).values(**row).on_conflict_do_nothing())
