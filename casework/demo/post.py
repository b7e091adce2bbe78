"""The demonstration's post: what would have gone out by now is kept as sent, at its time, and never mailed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, text, update

from casework import emails
from casework.clocks.london import london_date
from casework.extensions import db
from casework.moments import moved_to
from casework.outbox.models import Owed, Sent
from casework.sealed import seal
from casework.settings import service as settings

# A fresh demonstration is quiet: reminders that fall due within half a day of its making are dropped.
QUIET = timedelta(hours=12)
# Letters and calls of the last days still wait for a clerk.
FOR_THE_CLERK = timedelta(days=4)

_WAITING = select(Owed).where(Owed.closed_at.is_(None), Owed.channel == "email").order_by(Owed.due_at, Owed.id)


class Post:
    """Renders each message as things were when it was due, and keeps it."""

    def __init__(self) -> None:
        self._kept: list[dict[str, Any]] = []

    def deliver(self, stream_id: int, moment: datetime) -> None:
        """Send, as it were, what a stream owes by e-mail up to a moment."""
        done, dropped, failed = [], [], []
        for owed in db.session.scalars(_WAITING.where(Owed.stream_id == stream_id, Owed.due_at <= moment)):
            try:
                with moved_to(owed.due_at):
                    self._keep(owed, emails.render(owed))
                done.append(owed.id)
            except emails.NotWanted:
                dropped.append(owed.id)
            except emails.CannotReach:
                failed.append(owed.id)
        _close(done, done_at=Owed.due_at)
        _close(dropped, dropped_at=Owed.due_at, why="it has moved on since")
        _close(failed, failed_at=Owed.due_at, settled_at=Owed.due_at, why="there is no e-mail address")

    def settle(self, now: datetime) -> None:
        """Keep what was sent, post the letters, make the calls, and leave nothing that would be mailed soon."""
        ids = list(db.session.scalars(text("select nextval(pg_get_serial_sequence('sent', 'id')) from generate_series(1, :n)"), {"n": len(self._kept)}))
        for sent_id, row in zip(ids, self._kept, strict=True):
            row |= {
                "id": sent_id,
                "subject_sealed": seal(row.pop("subject"), f"sent.subject.{sent_id}"),
                "body_sealed": seal(row.pop("body"), f"sent.body.{sent_id}"),
            }
        if self._kept:
            db.session.execute(insert(Sent), self._kept)
        print(len(self._kept))

    def _keep(self, owed: Owed, rendered: emails.Rendered) -> None:
        day = london_date(owed.due_at)
        self._kept.append(
            {
                "owed_id": owed.id,
                "stream_id": owed.stream_id,
                "at": owed.due_at,
                "name": owed.name,
                "part": owed.part,
                "channel": owed.channel,
                "message_id": rendered.message_id,
                "subject": rendered.subject,
                "body": rendered.text,
                "delete_on": settings.rule("keep.sent").due(day, settings.calendar()),
            }
        )


def _close(ids: list[int], **values: Any) -> None:
    if ids:
        closing = update(Owed).where(Owed.id.in_(ids)).values(closed_at=Owed.due_at, **values)
        db.session.execute(closing.execution_options(synchronize_session=False))
