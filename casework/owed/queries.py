"""Calls and letters that are owed in some areas. Reads only."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.extensions import db
from casework.moments import now
from casework.outbox.models import Call, Owed

MOST = 200


def waiting(channel: str, scope: Scope, limit: int = MOST) -> list[tuple[Owed, Case]]:
    """Rows of a channel that are due and not closed, the urgent and the oldest first."""
    wanted = (
        select(Owed, Case)
        .join(Case, Case.stream_id == Owed.stream_id)
        .options(selectinload(Case.parties))
        .where(Owed.channel == channel, Owed.closed_at.is_(None), Owed.due_at <= now(), scope.covers())
        .order_by(Owed.rank, Owed.due_at, Owed.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def one(owed_id: int, channel: str, scope: Scope, lock: bool = False) -> tuple[Owed, Case] | None:
    """One row of a channel with its case, if it may be seen."""
    wanted = (
        select(Owed, Case)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(Owed.id == owed_id, Owed.channel == channel, scope.covers())
    )
    if lock:
        wanted = wanted.with_for_update(of=Owed).execution_options(populate_existing=True)
    row = db.session.execute(wanted).one_or_none()
    return (row[0], row[1]) if row else None


def tries(owed_ids: list[int]) -> dict[int, list[Call]]:
    """The tries at each call so far, oldest first."""
    found: dict[int, list[Call]] = {owed_id: [] for owed_id in owed_ids}
    for call in db.session.scalars(select(Call).where(Call.owed_id.in_(owed_ids)).order_by(Call.at, Call.id)):
        found[call.owed_id].append(call)
    return found
