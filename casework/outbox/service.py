"""Writes what is owed, beside its cause. Never sends, never commits."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.outbox.jobs import RANKS
from casework.outbox.messages import MESSAGES, SOON
from casework.outbox.models import Owed, Sent
from casework.roles import Actor

# Built once: putting it together anew costs more than carrying it out.
_OWE = insert(cast(Table, Owed.__table__)).on_conflict_do_nothing()


def owe(
    event: Event,
    name: str,
    part: str = "",
    *,
    channel: str = "email",
    kind: str = "message",
    due_at: datetime | None = None,
    recheck: bool = False,
) -> None:
    """Owe one message or job because of an event. Owing the same twice owes it once.

    Messages of an event in the past (the demo's history) are owed at that time.
    """
    row = {
        "stream_id": event.stream_id,
        "event_number": event.number,
        "kind": kind,
        "name": name,
        "part": part,
        "channel": "" if kind == "job" else channel,
        "rank": RANKS.get(name, SOON) if kind == "job" else MESSAGES[name].rank,
        "recheck": recheck,
        "due_at": due_at or event.at,
        "created_at": now(),
    }
    db.session.execute(_OWE, row)


class CannotSettle(Exception):
    """This message does not wait for a person. The sentence is for whoever tried."""


def settle(owed_id: int, actor: Actor, how: str = "") -> None:
    """Note that somebody has dealt with a failed message. `how` is a word, such as "called"."""
    row = _failed(owed_id)
    row.settled_at = now()
    _record(row, "settle_message", actor, how=how)


def switch_to_letter(owed_id: int, actor: Actor) -> None:
    """Send by post instead: a failed message, or one that is still owed by e-mail, becomes a letter to write."""
    row = _waiting_or_failed(owed_id)
    if row.channel == "letter":
        return
    row.channel = "letter"
    _owe_again(row)
    _record(row, "send_by_post", actor)


def try_again(owed_id: int, actor: Actor) -> None:
    """Send a failed message again by e-mail, now: the address was corrected, or the relay was at fault."""
    row = _failed(owed_id)
    _owe_again(row)
    _record(row, "send_again", actor)


def keep_as_sent(owed_id: int, subject: str, body: str, at: datetime, message_id: str, delete_on: date) -> None:
    """Close a row as sent at a moment of the past and keep what it said, without sending: the demo's history."""
    row = db.session.get_one(Owed, owed_id)
    row.done_at = row.closed_at = at
    kept = Sent(owed_id=row.id, stream_id=row.stream_id, at=at, name=row.name, part=row.part, channel=row.channel)
    kept.message_id, kept.delete_on = message_id, delete_on
    kept.subject, kept.body = subject, body
    db.session.add(kept)


def done_by_hand(owed_id: int, actor: Actor) -> None:
    """Close a letter as posted or a call as made."""
    row = _locked(owed_id)
    if row.closed_at is not None or row.channel not in {"letter", "call"}:
        raise CannotSettle("This is not a letter or a call that waits.")
    row.done_at = row.closed_at = now()
    _record(row, f"{row.channel}_done", actor)


def _owe_again(row: Owed) -> None:
    """Open a row again, with nothing held against it."""
    row.failed_at = row.closed_at = row.settled_at = None
    row.lease_token = row.lease_until = row.sending_at = None
    row.attempts = row.faults = row.ambiguous = 0
    row.due_at, row.why = now(), ""


def _failed(owed_id: int) -> Owed:
    row = _locked(owed_id)
    if row.failed_at is None or row.settled_at is not None:
        raise CannotSettle("This message does not wait for a person.")
    return row


def _waiting_or_failed(owed_id: int) -> Owed:
    row = _locked(owed_id)
    if row.kind != "message" or row.done_at is not None or row.dropped_at is not None:
        raise CannotSettle("This message has been dealt with.")
    if row.failed_at is None and row.lease_until is not None:
        raise CannotSettle("This message is being sent just now. Try again in a minute.")
    return row


def _locked(owed_id: int) -> Owed:
    row = db.session.get(Owed, owed_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise CannotSettle("There is no such message.")
    return row


def _record(row: Owed, action: str, actor: Actor, **facts: str) -> None:
    known = {"name": row.name} | {key: value for key, value in facts.items() if value}
    history.append(row.stream_id, action, actor, subject=("message", row.id), facts=known)
