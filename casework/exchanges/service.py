"""Writes what both sides say in a case. Never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from casework.database import rows
from casework.exchanges.models import Attachment, Exchange, Unsent
from casework.extensions import db
from casework.moments import now
from casework.roles import Actor

# How much somebody may write at once.
LONGEST = 20_000


def say(
    case_id: int,
    words: str,
    actor: Actor,
    *,
    at: datetime | None = None,
    asks: bool = False,
    canned: str = "",
    event_number: int | None = None,
    attachments: tuple[int, ...] = (),
    said_by: int | None = None,
) -> Exchange:
    """Keep what somebody writes in a case, with the files that came with it. What they had begun and not sent goes.

    `said_by` is the party whose words staff write down: what was said on the telephone is theirs, not ours.
    """
    kept = Exchange(
        case_id=case_id,
        at=at or now(),
        account_id=actor.account_id,
        party_id=actor.party_id or said_by,
        words=words,
        asks=asks,
        canned=canned,
        event_number=event_number,
    )
    db.session.add(kept)
    db.session.flush()
    if attachments:
        db.session.execute(
            update(Attachment)
            .where(Attachment.id.in_(attachments), Attachment.case_id == case_id, Attachment.exchange_id.is_(None))
            .values(exchange_id=kept.id)
        )
    if actor.account_id is not None:
        db.session.execute(delete(Unsent).where(Unsent.case_id == case_id, Unsent.account_id == actor.account_id))
        mark_seen(case_id, actor, at)
    return kept


def mark_seen(case_id: int, actor: Actor, at: datetime | None = None) -> int:
    """Note that staff have read what the people of a case wrote. Returns how many were new."""
    done = db.session.execute(
        update(Exchange)
        .where(Exchange.case_id == case_id, Exchange.account_id.is_(None), Exchange.seen_at.is_(None))
        .values(seen_at=at or now(), seen_by=actor.account_id)
    )
    return rows(done)


def keep_unsent(case_id: int, account_id: int, words: str) -> None:
    """Keep a reply that is being written; empty words forget it."""
    if not words.strip():
        db.session.execute(delete(Unsent).where(Unsent.case_id == case_id, Unsent.account_id == account_id))
        return
    row = insert(Unsent).values(case_id=case_id, account_id=account_id, at=now(), words=words[:LONGEST])
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=[Unsent.case_id, Unsent.account_id],
            set_={"at": row.excluded.at, "words": row.excluded.words},
        )
    )


def be_present(case_id: int, account_id: int) -> None:
    """Note that somebody has a case open now."""
    db.session.execute(_PRESENT, {"case_id": case_id, "account_id": account_id, "seen_at": now()})


_PRESENT = text("""
    insert into presences (case_id, account_id, seen_at) values (:case_id, :account_id, :seen_at)
    on conflict (case_id, account_id) do update set seen_at = excluded.seen_at
""")


def count_new(case_ids: list[int]) -> dict[int, int]:
    """How many things the people of these cases wrote that nobody has read, by case."""
    rows = db.session.execute(
        select(Exchange.case_id, func.count())
        .where(Exchange.case_id.in_(case_ids), Exchange.account_id.is_(None), Exchange.seen_at.is_(None))
        .group_by(Exchange.case_id)
    )
    return {row[0]: row[1] for row in rows}
