"""What is owed, late, failed or waiting for a person: for staff, the command line, health and metrics. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, text

from casework.extensions import db
from casework.moments import now
from casework.outbox.models import Owed

_SUMMARY = text("""
    select
        count(*) filter (where channel in ('email', 'page', '')) as owed,
        coalesce(
            extract(epoch from :now - min(due_at) filter (where channel in ('email', 'page', '') and due_at <= :now)), 0
        ) as late,
        count(*) filter (where channel in ('email', 'page', '') and attempts > 0) as retried,
        count(*) filter (where ambiguous > 0) as in_doubt,
        count(*) filter (where channel = 'letter' and due_at <= :now) as letters,
        count(*) filter (where channel = 'call' and due_at <= :now) as calls
    from outbox where closed_at is null
""")


@dataclass(frozen=True)
class Summary:
    """How the outbox stands. `late` is the age in seconds of the oldest message that is due: the number to alert on."""

    owed: int
    late: float
    retried: int
    in_doubt: int
    letters: int
    calls: int
    failed: int
    left_in_doubt: int

    def __str__(self) -> str:
        lines = [
            f"owed      {self.owed} messages and jobs, those of later days among them",
            f"late      {self.late:.0f} seconds: the oldest that is due now",
            f"retried   {self.retried} were put off by the relay and will be tried again",
            f"in doubt  {self.in_doubt} may have gone out already and will be sent again under the same Message-ID",
            f"failed    {self.failed} wait for a person, {self.left_in_doubt} of them in doubt",
            f"by hand   {self.letters} letters and {self.calls} calls wait for a person",
        ]
        return "\n".join(lines)


def summary() -> Summary:
    """How the outbox stands now."""
    row = db.session.execute(_SUMMARY, {"now": now()}).one()
    failed = select(func.count(), func.count().filter(Owed.ambiguous > 0)).where(_failed())
    count, in_doubt = db.session.execute(failed).one()
    return Summary(row.owed, float(row.late), row.retried, row.in_doubt, row.letters, row.calls, count, in_doubt)


def late() -> float:
    """Seconds since the oldest message that is due became due; 0 if none is."""
    due = select(func.min(Owed.due_at)).where(
        Owed.closed_at.is_(None), Owed.channel.in_(["email", "page", ""]), Owed.due_at <= now()
    )
    oldest = db.session.scalar(due)
    return max(0.0, (now() - oldest).total_seconds()) if oldest else 0.0


def failed(limit: int = 100) -> list[Owed]:
    """Messages that failed and that nobody has dealt with, oldest first."""
    return list(db.session.scalars(select(Owed).where(_failed()).order_by(Owed.failed_at, Owed.id).limit(limit)))


def failed_of(streams: Select[int]) -> int:
    """How many failed messages that nobody has dealt with belong to these histories."""
    wanted = select(func.count()).select_from(Owed).where(_failed(), Owed.stream_id.in_(streams))
    return int(db.session.scalar(wanted) or 0)


def by_hand(channel: str, limit: int = 100) -> list[Owed]:
    """Letters to write or calls to make that are due, oldest first."""
    wanted = select(Owed).where(Owed.closed_at.is_(None), Owed.channel == channel, Owed.due_at <= now())
    return list(db.session.scalars(wanted.order_by(Owed.due_at, Owed.id).limit(limit)))


def _failed() -> ColumnElement[bool]:
    return Owed.failed_at.is_not(None) & Owed.settled_at.is_(None)
