"""Sends what is owed. Claims rows, and for each: renders, asks whether it is still ours, sends, closes.

However a worker ends, nothing is lost, and at most the one message in its hands goes out twice, under one Message-ID.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from casework import emails
from casework.cases import duties
from casework.extensions import db
from casework.history.models import Event
from casework.logs import log
from casework.moments import now, today
from casework.outbox.jobs import JOBS
from casework.outbox.models import Owed
from casework.sealed import seal
from casework.settings import service as settings
from workers import leases
from workers.beats import beat
from workers.claims import DOUBTS, FAULTS, Claimed, Ledger
from workers.connection import connection as own_connection
from workers.relay import Fate, Relay

BATCH, FIRST_BATCH = 50, 10
# A drain ends after so long and lets another begin: settings and code never grow old in it.
LONGEST = 15.0
# While the relay is down: one try in so many seconds, by whoever comes first.
PROBE_EVERY = 5.0
# How long to go on trying to write down that a message went out, while the database is away.
REMEMBER = 60.0

# Set when this process is asked to end: a drain then stops after the row in its hands.
stopping = threading.Event()


def drain(most: int = BATCH) -> int:
    """Send and do what is due, until nothing is or 15 seconds have passed. Returns how many rows are done."""
    with own_connection() as connection:
        return _Drain(connection, max(1, min(int(most), BATCH))).run()


def probe(_: int = 0) -> bool:
    """Ask the relay whether it would take mail, and record the answer. Ends the pause if it would."""
    with own_connection() as connection:
        timeout = min(float(current_app.config["SMTP_TIMEOUT"]), PROBE_EVERY)
        return _ask(connection, Relay(current_app, timeout), keep=False)


def paused(connection: Connection) -> bool:
    """Whether sending pauses because the relay is down, and it is not yet time for the next try."""
    left = leases.left(connection, "relay")
    return left is not None and left > 0


def is_wanted(connection: Connection) -> bool:
    """Whether something is due that longer work must make way for: a worker that is busy sends nothing."""
    return Ledger(connection, 0).anything_due(now(), mail=not paused(connection))


class _Drain:
    """One run: a ledger of rows, a relay, and what is known of both."""

    def __init__(self, connection: Connection, most: int) -> None:
        self._connection = connection
        self._ledger = Ledger(connection, float(current_app.config["LEASE_SECONDS"]))
        self._relay = Relay(current_app, float(current_app.config["SMTP_TIMEOUT"]), self._keep_alive)
        self._most, self._size = most, min(FIRST_BATCH, most)
        self._token = ""
        self._renewed = 0.0
        self._done = 0
        self._down = False
        self._proven = False
        self._kept_in_mind: list[object] = []

    def run(self) -> int:
        deadline = time.monotonic() + LONGEST
        try:
            self._down = not _may_send(self._connection, self._relay)
            while time.monotonic() < deadline and not stopping.is_set():
                left_behind = self._ledger.claim_left_behind(mail=not self._down)
                rows = self._ledger.claim(now(), self._size, mail=not self._down)
                for batch in (left_behind, rows):
                    self._work(batch, deadline)
                if not left_behind and not rows:
                    break
        finally:
            self._relay.close()
        if self._proven and not self._down:
            beat(self._connection, "smtp", True)
        return self._done

    def _work(self, batch: list[Claimed], deadline: float) -> None:
        """Work through a batch. What is not reached before the relay goes down or time is up goes back."""
        if not batch:
            return
        begun = self._renewed = time.monotonic()
        self._token = batch[0].token
        ids = iter(self._ledger.sent_ids(len(batch)))
        self._read(batch)
        worked = 0
        for row in batch:
            if (self._down and row.is_mail) or time.monotonic() > deadline or stopping.is_set():
                continue
            self._keep_alive()
            self._one(row, next(ids))
            worked += 1
        self._forget()
        if worked < len(batch):
            self._ledger.release([self._token])
        self._size = _next_size(worked, time.monotonic() - begun, self._most)

    def _one(self, row: Claimed, sent_id: int) -> None:
        """One row, whatever happens: our own faults are counted, and never stop the others."""
        try:
            if row.ambiguous >= DOUBTS:
                self._ledger.fail(row, "sent or not, nobody knows: the relay did not answer three times")
            elif row.faults >= FAULTS:
                self._ledger.fail(row, "fault: a worker died of it")
            elif row.kind == "job":
                self._job(row)
            else:
                self._message(row, sent_id)
        except DBAPIError as error:
            if error.connection_invalidated or not _answers(self._connection):
                raise
            self._fault(row, error)
        except Exception as error:
            self._fault(row, error)

    def _job(self, row: Claimed) -> None:
        """A job and the end of its row are one transaction: done once, or not at all.

        The row stays locked meanwhile, so that nobody takes it for left behind if the job is slow.
        """
        self._forget()
        held = db.session.get(Owed, row.id, with_for_update=True, populate_existing=True)
        if held is None or held.lease_token != row.token or held.closed_at is not None:
            db.session.rollback()
            return
        JOBS[row.name](row.event_id)
        held.done_at = held.closed_at = now()
        held.lease_token = held.lease_until = None
        db.session.commit()
        self._done += 1

    def _message(self, row: Claimed, sent_id: int) -> None:
        self._read([row] if row.recheck else [])
        event = db.session.get_one(Event, row.event_id)
        try:
            rendered = emails.render(db.session.get_one(Owed, row.id), event)
        except emails.NotWanted as why:
            self._ledger.drop(row, str(why))
            return
        except emails.CannotReach as why:
            self._fail(row, str(why))
            return
        # Made before it goes: the database may be away when it has gone.
        kept = _kept(sent_id, rendered)
        if not row.is_mail:
            self._close(row, kept)
            return
        self._wait_for_turn()
        fate = self._relay.send(rendered.message(), lambda: self._ledger.begin(row))
        self._settle(row, fate, kept)

    def _wait_for_turn(self) -> None:
        """No more in a second than the force has set, over all workers. Leases are kept alive meanwhile."""
        rate = settings.value("mail.rate")
        if not rate:
            return
        until = time.monotonic() + leases.turn(self._connection, "mail rate", 1.0 / rate)
        while (left := until - time.monotonic()) > 0 and not stopping.wait(min(left, 0.5)):
            self._keep_alive()

    def _settle(self, row: Claimed, fate: Fate, kept: dict[str, Any]) -> None:
        match fate:
            case Fate.SENT:
                self._proven = True
                self._close(row, kept)
            case Fate.TEMPORARY:
                self._ledger.put_off(row, now(), f"put off by the relay: {self._relay.why}")
            case Fate.PERMANENT:
                self._fail(row, f"refused: {self._relay.why}")
                if row.party_id:
                    self._ledger.bounced(row.party_id)
            case Fate.DOWN:
                self._ledger.give_back(row, f"the relay is down: {self._relay.why}")
                self._pause()
            case Fate.UNKNOWN:
                # Stays in "sending": whoever finds it when the lease is over counts the doubt and sends it again.
                log.warning("no answer to a message", owed=row.id, why=self._relay.why)
            case Fate.NOT_OURS:
                log.warning("lease lost, not sent", owed=row.id)

    def _close(self, row: Claimed, kept: dict[str, Any]) -> None:
        """A message is with its reader. What that meets is a job of its own, owed by the same statement."""
        job = duties.MET if duties.matters(row.name) else ""
        if _until_said(lambda: self._ledger.done(row, kept, job)):
            self._done += 1
            self._told(row)

    def _told(self, row: Claimed) -> None:
        if row.part.startswith("notice:"):
            self._forget()
            emails.told(row.part)
            db.session.commit()

    def _read(self, batch: list[Claimed]) -> None:
        """Read at once what a batch needs. Nothing is locked, and no transaction stays open while the relay takes time.

        What is read is at most as old as a batch, about two seconds. A reminder, which is dropped where a case has
        moved on, is read anew just before it goes.
        """
        if batch or not self._kept_in_mind:
            db.session.rollback()
            db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            messages = [row for row in batch if row.kind != "job"]
            self._kept_in_mind = [None, *emails.preload([r.id for r in messages], [r.event_id for r in messages])]

    def _forget(self) -> None:
        """Back to ordinary transactions, with nothing in mind."""
        self._kept_in_mind = []
        db.session.rollback()

    def _fail(self, row: Claimed, why: str) -> None:
        self._ledger.fail(row, why)
        log.warning("message failed", owed=row.id, name=row.name, why=why)

    def _fault(self, row: Claimed, error: Exception) -> None:
        self._forget()
        self._ledger.fault(row, now(), type(error).__name__)
        log.error("fault", owed=row.id, name=row.name, times=row.faults + 1, error=error)

    def _pause(self) -> None:
        self._down = True
        leases.take(self._connection, "relay", "down", PROBE_EVERY)
        beat(self._connection, "smtp", False, why=self._relay.why)
        log.warning("relay is down", why=self._relay.why)

    def _keep_alive(self) -> None:
        """Renew the batch's leases once a third of their time has gone."""
        if self._token and time.monotonic() - self._renewed > self._ledger.lease / 3:
            self._ledger.renew(self._token)
            self._renewed = time.monotonic()


def _may_send(connection: Connection, relay: Relay) -> bool:
    """Whether the relay takes mail as far as is known. After a pause, one drain alone finds out."""
    if leases.left(connection, "relay") is None:
        return True
    longest = float(current_app.config["SMTP_TIMEOUT"]) + PROBE_EVERY
    if paused(connection) or not leases.take(connection, "relay", f"probe {uuid.uuid4().hex}", longest):
        return False
    return _ask(connection, relay, keep=True)


def _ask(connection: Connection, relay: Relay, keep: bool) -> bool:
    """Connect to the relay and record what came of it. With `keep`, the connection stays open."""
    well = relay.open()
    if well:
        leases.drop(connection, "relay")
        if not keep:
            relay.close()
    else:
        leases.drop(connection, "relay")
        leases.take(connection, "relay", "down", PROBE_EVERY)
    beat(connection, "smtp", well, **({} if well else {"why": relay.why}))
    return well


def _kept(sent_id: int, rendered: emails.Rendered) -> dict[str, Any]:
    """What is kept of a message: as it was rendered, sealed, until the day that the force set."""
    return {
        "sent_id": sent_id,
        "at": now(),
        "message_id": rendered.message_id,
        "subject": seal(rendered.subject, f"sent.subject.{sent_id}"),
        "body": seal(rendered.text, f"sent.body.{sent_id}"),
        "delete_on": settings.rule("keep.sent").due(today(), settings.calendar()),
    }


def _until_said(say: Callable[[], bool]) -> bool:
    """Write down that a message went out, however long the database is away: else it would go out again."""
    deadline, pause = time.monotonic() + REMEMBER, 0.05
    while True:
        try:
            return say()
        except DBAPIError:
            if time.monotonic() > deadline:
                raise
            time.sleep(pause)
            pause = min(pause * 2, 1.0)


def _next_size(worked: int, seconds: float, most: int) -> int:
    """How many rows to claim next: about two seconds' work, so that what is urgent never waits behind a long batch."""
    if worked == 0:
        return most
    return max(1, min(most, int(2.0 * worked / max(seconds, 0.001))))


def _answers(connection: Connection) -> bool:
    try:
        connection.exec_driver_sql("select 1")
        return True
    except DBAPIError:
        return False
