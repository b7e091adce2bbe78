"""Who works on which owed row: claims with a lease, and every way in which one ends. Each verb is one statement.

Leases are measured by the database's clock. Whoever lost a lease changes nothing: every verb asks for the token.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DBAPIError

from casework.outbox.messages import SOON

FAULTS = 5
DOUBTS = 3
# The delays grow from one minute to fifty, each a fifth more or less, so that none is over an hour.
_FIRST, _LAST, _GIVE_UP = 60.0, 3000.0, 72 * 3600.0


@dataclass(frozen=True)
class Claimed:
    """A row that is ours for the time of the lease. `ambiguous` counts how often it may already have gone out."""

    id: int
    token: str
    kind: str
    channel: str
    name: str
    part: str
    attempts: int
    faults: int
    ambiguous: int
    recheck: bool
    event_id: int

    @property
    def is_mail(self) -> bool:
        """Whether the relay is needed for it. Not for jobs, nor for what is read on somebody's page only."""
        return self.channel == "email"

    @property
    def party_id(self) -> int:
        """The party that it is for; 0 if it is for anybody else."""
        number = self.part.removeprefix("party:")
        return int(number) if number != self.part and number.isdecimal() else 0


# Rows that nobody holds. The words of the condition are those of the index.
_CLAIM = text("""
    with due as (
        select id from outbox
        where closed_at is null and channel in ('email', 'page', '') and due_at <= :now and lease_until is null
            and (:mail or channel <> 'email')
        order by rank, due_at, id
        limit :most
        for update skip locked
    )
    update outbox o
    set lease_token = :token, lease_until = clock_timestamp() + make_interval(secs => :lease)
    from due where o.id = due.id
    returning o.id, o.lease_token, o.kind, o.channel, o.name, o.part, o.attempts, o.faults, o.ambiguous, o.recheck,
        (select e.id from events e where e.stream_id = o.stream_id and e.number = o.event_number) as event_id,
        o.rank, o.due_at
""")

# One row whose holder died, froze or lost the connection. It is taken alone, so that a row which kills its worker is
# found out: only a death while it was held alone counts against it. Found in "sending", it may already have gone out.
_CLAIM_LEFT_BEHIND = text("""
    with left_behind as (
        select id from outbox
        where closed_at is null and lease_until < clock_timestamp() and (:mail or channel <> 'email')
        order by lease_until
        limit 1
        for update skip locked
    )
    update outbox o
    set lease_token = :token, lease_until = clock_timestamp() + make_interval(secs => :lease),
        ambiguous = o.ambiguous + (o.sending_at is not null)::int,
        faults = o.faults + (o.sending_at is null and o.lease_token like 'one:%')::int,
        sending_at = null
    from left_behind where o.id = left_behind.id
    returning o.id, o.lease_token, o.kind, o.channel, o.name, o.part, o.attempts, o.faults, o.ambiguous, o.recheck,
        (select e.id from events e where e.stream_id = o.stream_id and e.number = o.event_number) as event_id,
        o.rank, o.due_at
""")

_RENEW = text("""
    update outbox set lease_until = clock_timestamp() + make_interval(secs => :lease)
    where lease_token = :token and closed_at is null and lease_until > clock_timestamp()
""")

# The last word before a message goes out. It need not be on disk before we go on: a database that loses it in a crash
# has lost no more than the note that this row was being sent, and the row is sent again under the same Message-ID as
# after any other crash. `done`, by contrast, waits for the disk.
_BEGIN = text("""
    with quick as (select set_config('synchronous_commit', 'off', true))
    update outbox
    set sending_at = clock_timestamp(), lease_until = clock_timestamp() + make_interval(secs => :lease)
    from quick
    where id = :id and lease_token = :token and closed_at is null and lease_until > clock_timestamp()
        and not exists (select from parties where parties.id = :party and erased_at is not null)
    returning id
""")

_DONE = text("""
    with done as (
        update outbox set done_at = clock_timestamp(), closed_at = clock_timestamp(), lease_token = null,
            lease_until = null, sending_at = null, why = ''
        where id = :id and lease_token = :token and closed_at is null
        returning id, stream_id, event_number, name, part, channel
    ), follow as (
        insert into outbox (stream_id, event_number, kind, name, part, channel, rank, recheck, due_at, created_at,
            attempts, faults, ambiguous, why)
        select stream_id, event_number, 'job', cast(:job as text), name || ' ' || part, '', cast(:rank as bigint),
            false, cast(:at as timestamptz), cast(:at as timestamptz), 0, 0, 0, ''
        from done where cast(:job as text) <> ''
        on conflict do nothing
    )
    insert into sent
        (id, owed_id, stream_id, at, name, part, channel, message_id, subject_sealed, body_sealed, delete_on)
    select :sent_id, id, stream_id, :at, name, part, channel, :message_id, :subject, :body, :delete_on from done
    on conflict (owed_id) do nothing
    returning owed_id
""")

_END = text("""
    update outbox
    set dropped_at = case when :dropped then clock_timestamp() end,
        failed_at = case when not :dropped then clock_timestamp() end,
        closed_at = clock_timestamp(), lease_token = null, lease_until = null, sending_at = null, why = :why
    where id = :id and lease_token = :token and closed_at is null
    returning id
""")

_PUT_OFF = text("""
    update outbox
    set due_at = :now + make_interval(secs => :seconds), attempts = attempts + :tried, faults = :faults, why = :why,
        lease_token = null, lease_until = null, sending_at = null
    where id = :id and lease_token = :token and closed_at is null
    returning id
""")

_GIVE_BACK = text("""
    update outbox set lease_token = null, lease_until = null, sending_at = null, faults = 0, why = :why
    where id = :id and lease_token = :token and closed_at is null
""")

_RELEASE = text("""
    update outbox set lease_token = null, lease_until = null
    where lease_token = :token and closed_at is null and sending_at is null
""")

_SENT_IDS = text("select nextval(pg_get_serial_sequence('sent', 'id')) from generate_series(1, :count)")

_BOUNCED = text("update parties set bounced_at = clock_timestamp() where id = :id")

_RUNNING = text("""
    select count(distinct lease_token) from outbox where closed_at is null and lease_until > clock_timestamp()
""")

_DUE = text("""
    select exists(
        select from outbox
        where closed_at is null and channel in ('email', 'page', '') and due_at <= :now and lease_until is null
            and (:mail or channel <> 'email'))
    or exists(
        select from outbox
        where closed_at is null and lease_until < clock_timestamp() and (:mail or channel <> 'email'))
""")


class Ledger:
    """The verbs, on one connection in autocommit: what one says is so when it returns."""

    def __init__(self, connection: Connection, lease: float) -> None:
        self._connection = connection
        self.lease = lease

    def claim(self, now: datetime, most: int, mail: bool) -> list[Claimed]:
        """Claim up to `most` due rows, urgent ones first; without `mail` only what needs no relay."""
        token = f"many:{uuid.uuid4().hex}"
        rows = self._run(_CLAIM, token=token, lease=self.lease, now=now, most=most, mail=mail).all()
        return [_claimed(row) for row in sorted(rows, key=lambda row: (row.rank, row.due_at, row.id))]

    def claim_left_behind(self, mail: bool) -> list[Claimed]:
        """Claim one row whose lease ended without a word from its holder."""
        token = f"one:{uuid.uuid4().hex}"
        return [_claimed(row) for row in self._run(_CLAIM_LEFT_BEHIND, token=token, lease=self.lease, mail=mail)]

    def renew(self, token: str) -> None:
        """Lengthen the leases of everything still held with this token."""
        self._run(_RENEW, token=token, lease=self.lease)

    def begin(self, row: Claimed) -> bool:
        """Mark a row as being sent and renew its lease. False, and nothing may be sent, if it is ours no more.

        Nor may it if the person was erased a moment ago: whoever claims it next will see that and drop it.
        """
        values = {"id": row.id, "token": row.token, "lease": self.lease, "party": row.party_id}
        return self._run(_BEGIN, **values).first() is not None

    def done(self, row: Claimed, sent: dict[str, Any], job: str = "") -> bool:
        """Close a row as sent, keep what was sent, and owe the job that follows, all at once or not at all.

        False if the row was ours no more.
        """
        return self._run(_DONE, id=row.id, token=row.token, job=job, rank=SOON, **sent).first() is not None

    def drop(self, row: Claimed, why: str) -> None:
        """Close a row unsent, because nobody wants it any more."""
        self._run(_END, id=row.id, token=row.token, dropped=True, why=why)

    def fail(self, row: Claimed, why: str) -> None:
        """Close a row as failed: from here on it waits for a person."""
        self._run(_END, id=row.id, token=row.token, dropped=False, why=why)

    def put_off(self, row: Claimed, now: datetime, why: str) -> None:
        """Try again later, each time after a longer delay, for 72 hours; then it has failed."""
        seconds = delay(row.attempts + 1)
        if seconds is None:
            self.fail(row, f"given up after 72 hours: {why}")
            return
        self._run(_PUT_OFF, id=row.id, token=row.token, now=now, seconds=seconds, tried=1, faults=0, why=why)

    def fault(self, row: Claimed, now: datetime, why: str) -> None:
        """Our own code broke on this row. After five times it steps aside for good."""
        faults = row.faults + 1
        if faults >= FAULTS:
            self.fail(row, f"fault: {why}")
            return
        seconds = 2.0 ** (faults - 1)
        self._run(
            _PUT_OFF, id=row.id, token=row.token, now=now, seconds=seconds, tried=0, faults=faults, why=f"fault: {why}"
        )

    def give_back(self, row: Claimed, why: str) -> None:
        """Nothing went out, and it is not the row's doing: it is due as before."""
        self._run(_GIVE_BACK, id=row.id, token=row.token, why=why)

    def release(self, tokens: Iterable[str]) -> None:
        """Give back what was claimed and not begun."""
        for token in set(tokens):
            self._run(_RELEASE, token=token)

    def bounced(self, party_id: int) -> None:
        """Note on a party that their address does not take mail."""
        self._run(_BOUNCED, id=party_id)

    def sent_ids(self, count: int) -> list[int]:
        """Ids for rows of what was sent: what is sealed is bound to the row's id."""
        return [int(each) for each in self._run(_SENT_IDS, count=count).scalars()]

    def running(self) -> int:
        """How many drains hold rows at this moment."""
        return int(self._run(_RUNNING).scalar() or 0)

    def anything_due(self, now: datetime, mail: bool) -> bool:
        """Whether there is something to claim."""
        return bool(self._run(_DUE, now=now, mail=mail).scalar())

    def _run(self, statement: Any, **values: Any) -> Any:
        try:
            return self._connection.execute(statement, values)
        except DBAPIError:
            # Nothing to undo, but a lost connection is replaced only after this.
            self._connection.rollback()
            raise


def delay(attempts: int, pick: random.Random | None = None) -> float | None:
    """Seconds to the next try after so many: 1 minute doubling to 1 hour, more or less; None after 72 hours."""
    spent = sum(_nominal(number) for number in range(1, attempts + 1))
    if spent > _GIVE_UP:
        return None
    usual = _nominal(attempts)
    return (pick or random).uniform(max(_FIRST, 0.8 * usual), 1.2 * usual)


def _nominal(attempts: int) -> float:
    return min(_FIRST * 2.0 ** min(attempts - 1, 10), _LAST)


def _claimed(row: Row[Any]) -> Claimed:
    return Claimed(*tuple(row)[:11])
