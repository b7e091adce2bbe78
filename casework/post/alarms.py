"""Tells supervisors of trays that lie too long: once a day for each. Commits batch by batch."""

from __future__ import annotations

from casework.accounts import queries as accounts
from casework.cases import service as cases
from casework.extensions import db
from casework.history import service as history
from casework.logs import log
from casework.moments import today
from casework.outbox import service as outbox
from casework.post import queries
from casework.post.models import Batch
from casework.roles import SYSTEM, Role


def run() -> int:
    """Alarm the supervisors of every post room with a tray that nobody has sorted in time; returns how many trays."""
    told = 0
    for batch_id, number in [(batch.id, number) for batch, number in queries.aged()]:
        try:
            batch: Batch = cases.lock(Batch, batch_id)
            if batch.alarmed_on != today():
                batch.alarmed_on = today()
                _tell(batch, number)
                told += 1
            db.session.commit()
        except Exception as error:  # a fault with one tray leaves the others theirs
            db.session.rollback()
            log.error("not alarmed", batch=batch_id, error=error)
    return told


def _tell(batch: Batch, number: int) -> None:
    words = f"Post room: {number} of batch {batch.number} not sorted since {batch.arrived_on:%-d %B}"
    event = history.append(batch.stream_id, "alarm", SYSTEM, subject=("batch", batch.id), facts={"words": words})
    for account_id in sorted({account.id for _, account in accounts.holders([Role.SUPERVISOR], batch.area_id)}):
        outbox.owe(event, "staff-alarm", f"account:{account_id}")
