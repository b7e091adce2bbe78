"""Reads what was written in a case, its files, replies in the making, and who is there. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from casework.accounts.models import Account
from casework.exchanges.models import Attachment, CannedText, Exchange, Presence, Unsent
from casework.extensions import db
from casework.moments import now

# Somebody whose page has not asked for so long is not there any more.
THERE = timedelta(minutes=2)


def of_cases(case_ids: Collection[int], limit: int = 200) -> list[Exchange]:
    """What was written in a case and in those that became it, newest first."""
    wanted = select(Exchange).where(Exchange.case_id.in_(case_ids)).order_by(Exchange.at.desc(), Exchange.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def attachments(case_ids: Collection[int]) -> list[Attachment]:
    """The files of a case and of those that became it, oldest first."""
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.case_id.in_(case_ids), Attachment.removed_at.is_(None))
            .order_by(Attachment.id)
        )
    )


def others_replies(case_id: int, account_id: int) -> list[tuple[Unsent, str]]:
    """Replies that colleagues have begun and not sent, with their names."""
    rows = db.session.execute(
        select(Unsent, Account.name)
        .join(Account, Account.id == Unsent.account_id)
        .where(Unsent.case_id == case_id, Unsent.account_id != account_id)
        .order_by(Unsent.at.desc())
    )
    return [(unsent, name) for unsent, name in rows]


def unsent(case_id: int, account_id: int) -> Unsent | None:
    """What somebody has begun to write here."""
    return db.session.get(Unsent, (case_id, account_id))


def others_present(case_id: int, account_id: int) -> list[str]:
    """The names of colleagues who have this case open now."""
    wanted = (
        select(Account.name)
        .join(Presence, Presence.account_id == Account.id)
        .where(Presence.case_id == case_id, Presence.account_id != account_id, Presence.seen_at > now() - THERE)
        .order_by(Account.name)
    )
    return list(db.session.scalars(wanted))


def canned_texts(sort: str = "") -> list[CannedText]:
    """Texts for replies: those for this sort of case, and those for every sort."""
    rows = db.session.scalars(select(CannedText).where(CannedText.active).order_by(CannedText.title, CannedText.id))
    return [each for each in rows if not each.sorts or not sort or sort in each.sorts]
