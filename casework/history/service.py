"""Writes events. The only code that inserts one; it never commits."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB

from casework.extensions import db
from casework.history.models import Access, Event, EventNote, Stream
from casework.moments import now
from casework.roles import Actor

_HEAD = select(Stream.head, Stream.head_mac).where(Stream.id == bindparam("stream_id")).with_for_update()
# The entry and the stream's new head in one statement: half the work of two rows of the ORM, on every transition.
_ADD = text("""
    with added as (
        insert into events (stream_id, number, at, subject_kind, subject_id, action, from_state, to_state,
            role, account_id, party_id, facts, note_digest, mac)
        values (:stream_id, :number, :at, :subject_kind, :subject_id, :action, :from_state, :to_state,
            :role, :account_id, :party_id, :facts, :note_digest, :mac)
        returning id
    )
    update streams set head = :number, head_mac = :mac from added where streams.id = :stream_id returning added.id
""").bindparams(bindparam("facts", type_=JSONB))
_READ = insert(cast(Table, Access.__table__))
_COLUMNS = [
    "stream_id", "number", "at", "subject_kind", "subject_id", "action", "from_state", "to_state",
    "role", "account_id", "party_id", "facts", "note_digest", "mac",
]  # fmt: skip


def open_stream(kind: str) -> Stream:
    """Begin a history. The stream has an id when this returns."""
    stream = Stream(kind=kind)
    db.session.add(stream)
    db.session.flush()
    return stream


def append(
    stream_id: int,
    action: str,
    actor: Actor,
    *,
    subject: tuple[str, int | None],
    states: tuple[str | None, str | None] = (None, None),
    note: str = "",
    at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> Event:
    """Add an event to the end of its stream, under a lock on the stream, so that a chain never forks.

    The event that is returned says what was written; it is not an object of the session.
    `facts` are codes, numbers and dates, never words about a person: those are the `note`.
    """
    # What caused the entry is written before it, as everything else that waits in the session.
    db.session.flush()
    head, head_mac = db.session.execute(_HEAD, {"stream_id": stream_id}).one()
    event = Event(
        stream_id=stream_id,
        number=head + 1,
        at=at or now(),
        subject_kind=subject[0],
        subject_id=subject[1],
        action=action,
        from_state=states[0],
        to_state=states[1],
        role=str(actor.role),
        account_id=actor.account_id,
        party_id=actor.party_id,
        facts=facts or {},
    )
    salt = os.urandom(16)
    if note:
        event.note_digest = digest_note(salt, note)
    event.mac = chain(bytes(head_mac), event)
    event.id = db.session.execute(_ADD, {name: getattr(event, name) for name in _COLUMNS}).scalar_one()
    if note:
        db.session.execute(insert(EventNote), {"event_id": event.id, "salt": salt, "text": note})
    return event


def digest_note(salt: bytes, note: str) -> bytes:
    """The salted digest that the chain holds in place of the words."""
    return hashlib.sha256(salt + note.encode()).digest()


def chain(previous: bytes, event: Event) -> bytes:
    """The keyed hash of an event and of the one before it. The database does not hold the key."""
    content = [
        event.stream_id,
        event.number,
        event.at.timestamp(),
        event.subject_kind,
        event.subject_id,
        event.action,
        event.from_state,
        event.to_state,
        event.role,
        event.account_id,
        event.party_id,
        event.facts,
        event.note_digest.hex() if event.note_digest else None,
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    key: bytes = current_app.config["CASEWORK_HISTORY_KEY"]
    return hmac.new(key, previous + canonical.encode(), hashlib.sha256).digest()


def record_access(actor: Actor, what: str, case_id: int | None = None, task: str = "") -> None:
    """Note that somebody read something. `task` says for what, in a word, never in a person's words."""
    row = {"at": now(), "account_id": actor.account_id, "role": str(actor.role)}
    db.session.execute(_READ, row | {"what": what, "case_id": case_id, "task": task})
