"""What of exchanges and files goes with an erased case, and who was present where, after a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, or_, select, update

from casework.cases.erasure import erases
from casework.clocks import london
from casework.database import rows
from casework.deletion import deletes
from casework.exchanges.models import Attachment, Exchange, Presence, Unsent
from casework.extensions import db
from casework.moments import now
from casework.parties.models import Party


@erases
def exchanges(case_ids: Sequence[int]) -> None:
    """Words go at once; a file is marked as removed, and its content goes with the next sweep of the store."""
    # What somebody wrote to a case that was merged stands in the other case as well: it is theirs.
    theirs = Exchange.party_id.in_(select(Party.id).where(Party.case_id.in_(case_ids)))
    db.session.execute(update(Exchange).where(or_(Exchange.case_id.in_(case_ids), theirs)).values(words=""))
    db.session.execute(delete(Unsent).where(Unsent.case_id.in_(case_ids)))
    db.session.execute(
        update(Attachment)
        .where(Attachment.case_id.in_(case_ids), Attachment.removed_at.is_(None))
        .values(removed_at=now(), name="")
    )


@deletes("who had a case open")
def presences(today: date) -> int:
    """Presence of the day before, and replies that nobody finished in a month."""
    gone = db.session.execute(delete(Presence).where(Presence.seen_at < london.start_of_day(today - timedelta(days=1))))
    old = db.session.execute(delete(Unsent).where(Unsent.at < london.start_of_day(today - timedelta(days=31))))
    return rows(gone) + rows(old)
