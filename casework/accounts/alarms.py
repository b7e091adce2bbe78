"""Tells the force's administrators and data protection officer at once of something that cannot wait. Never commits."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, text

from casework.accounts import queries
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event, Stream
from casework.moments import now
from casework.outbox import service as outbox
from casework.roles import SYSTEM, Role

_QUIET = timedelta(hours=1)


def raise_alarm(what: str, words: str) -> Event | None:
    """Owe an urgent message about this, unless there was one within the hour. `words` name nobody."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended('casework:alarms', 0))"))
    stream = db.session.scalars(select(Stream).where(Stream.kind == "alarms").order_by(Stream.id).limit(1)).first()
    stream = stream or history.open_stream("alarms")
    recent = select(Event.id).where(Event.stream_id == stream.id, Event.action == what, Event.at > now() - _QUIET)
    if db.session.scalars(recent.limit(1)).first() is not None:
        return None
    event = history.append(stream.id, what, SYSTEM, subject=("alarm", None), facts={"words": words})
    told = {account.id for _, account in queries.holders([Role.ADMIN, Role.DATA_PROTECTION], None)}
    for account_id in sorted(told):
        outbox.owe(event, "staff-alarm", f"account:{account_id}")
    return event
