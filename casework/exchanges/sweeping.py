"""What of files goes nightly: what was taken back, what no row knows, what the scanner refused."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from sqlalchemy import delete, or_, select

from casework.database import rows
from casework.deletion import deletes
from casework.exchanges import store
from casework.exchanges.models import Attachment
from casework.extensions import db
from casework.moments import now

DAY = timedelta(days=1)


@deletes("files that were taken back")
def removed(today: date) -> int:
    """Rows of files that somebody removed, and of drafts that are gone, a day later: until then they count."""
    nowhere = Attachment.case_id.is_(None) & Attachment.draft_id.is_(None)
    old = Attachment.at < now() - DAY
    gone = db.session.execute(delete(Attachment).where(or_(Attachment.removed_at < now() - DAY, nowhere & old)))
    return rows(gone)


@deletes("files without a row")
def orphans(today: date) -> int:
    """Content that no row knows: of a transaction that was rolled back, or of a row that is gone."""
    db.session.commit()
    gone = store.drop_unfinished()
    names = store.names()
    while some := list(islice(names, 500)):
        known = store.needed(some)
        for name in some:
            if name not in known and store.age(name) > DAY.total_seconds():
                store.drop(name)
                gone += 1
    refused = db.session.scalars(select(Attachment.stored).where(Attachment.verdict == "refused"))
    for name in refused:
        store.drop(name)
    return gone
