"""Reads what was written in a case, its files, replies in the making, and who is there. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from casework.accounts.models import Account
from casework.exchanges.models import Attachment, CannedText, Exchange, Presence, Unsent
from casework.extensions import db
from casework.moments import now

# Somebody whose page has not asked for so long is not there any more.
THERE = timedelta(minutes=2)


def of_cases(case_ids: Collection[int]) -> list[Exchange]:
    """What was written in a case and in those that became it, newest first."""
    return [each for each, _ in with_names(case_ids)]


def with_names(case_ids: Collection[int]) -> list[tuple[Exchange, str]]:
    """What was written in a case and in those that became it, newest first, with the name of who did it of us."""
    found = db.session.execute(_WRITTEN, {"case_ids": list(case_ids)})
    return [(exchange, name or "") for exchange, name in found]


def attachments(case_ids: Collection[int]) -> list[Attachment]:
    """The files of a case and of those that became it, oldest first."""
    return list(db.session.scalars(_ATTACHED, {"case_ids": list(case_ids)}))


_CASES = bindparam("case_ids", type_=ARRAY(BigInteger))
_WRITTEN = (
    select(Exchange, Account.name)
    .outerjoin(Account, Account.id == Exchange.account_id)
    .where(Exchange.case_id == any_(_CASES))
    .order_by(Exchange.at.desc(), Exchange.id.desc())
    .limit(200)
)
_HERE = (Attachment.case_id == any_(_CASES), Attachment.removed_at.is_(None))
_ATTACHED = select(Attachment).where(*_HERE).order_by(Attachment.id)


class Begun(NamedTuple):
    """A reply that was begun and not sent."""

    at: datetime
    words: str


class Desk(NamedTuple):
    """Who is at a case besides the one who asks, and what is in the making there."""

    present: list[str]
    writing: list[tuple[Begun, str]]
    mine: Begun | None
    new: int


def desk(case_id: int, account_id: int) -> Desk:
    """Who else has a case open now, replies that were begun, newest first, and how much nobody has read yet."""
    rows = db.session.execute(_DESK, {"case_id": case_id, "since": now() - THERE}).all()
    begun = {row.account_id: (Begun(row.at, row.words), row.name) for row in rows if row.at is not None}
    mine, _ = begun.pop(account_id, (None, ""))
    return Desk(
        present=sorted(row.name for row in rows if row.here and row.account_id != account_id),
        writing=sorted(begun.values(), key=lambda each: each[0].at, reverse=True),
        mine=mine,
        new=rows[0].new,
    )


# Written out: every look at a case asks it.
_DESK = text("""
    select account_id, a.name, p.account_id is not null as here, u.at, u.words, (
        select count(*) from exchanges where case_id = :case_id and account_id is null and seen_at is null
    ) as new
    from (select 1) as one left join (
        (select account_id from presences where case_id = :case_id and seen_at > :since) as p
        full join (select account_id, at, words from unsent where case_id = :case_id) as u using (account_id)
        join accounts a on a.id = account_id
    ) on true
""")


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
