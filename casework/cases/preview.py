"""A message as the person will see it: the real step is taken, the real message rendered, and all of it undone."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from casework.extensions import db
from casework.history.models import Event
from casework.outbox import preview
from casework.outbox.models import Owed
from casework.outbox.preview import Seen


def of(take: Callable[[], Event]) -> list[Seen]:
    """What everybody who is told would see, if this were done. Nothing of it stays. Raises `Refused` as doing it would.

    Planned reminders are left out: they go out later, and only if they are still wanted then.
    """
    try:
        event = take()
        rows = db.session.scalars(
            select(Owed)
            .where(
                Owed.stream_id == event.stream_id,
                Owed.event_number == event.number,
                Owed.kind != "job",
                Owed.part.startswith("party:"),
                Owed.due_at <= event.at,
            )
            .order_by(Owed.id)
        )
        return [preview.of(row) for row in rows]
    finally:
        db.session.rollback()
