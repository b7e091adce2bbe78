"""The jobs of the post room: take in the scans that wait, and pick up what lies in the scanner's folder.

A scan is held with a lease, as outbox rows are. Each page and the number of pages made are one transaction: however a
worker ends, the next one goes on with the page that is missing.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Generator
from contextlib import closing

from flask import current_app
from sqlalchemy import Connection, bindparam, select, text, update

from casework.exchanges.opening import BadFile
from casework.exchanges.scanner import NoAnswer
from casework.extensions import db
from casework.logs import log
from casework.post import folder, intake
from casework.post.models import Scan
from workers import drain
from workers.connection import connection as own_connection

# A job ends after so long, and as soon as mail is due: the ticker asks again.
SLICE = 15.0

# The words of the condition are those of the index. Of a batch, one scan after the other: its order is the tray's.
_S = Scan.__table__.alias("s")
_FREE = (
    select(_S.c.id)
    .where(
        text("""s.state = 'waiting' and (s.lease_until is null or s.lease_until < clock_timestamp()) and not exists (
            select from post_scans before
            where before.batch_id = s.batch_id and before.state = 'waiting' and before.id < s.id)""")
    )
    .order_by(_S.c.id)
    .limit(1)
)
_CLAIM = (
    update(Scan)
    .where(Scan.id == _FREE.with_for_update(skip_locked=True).scalar_subquery())
    .values(
        lease_token=bindparam("token"),
        lease_until=text("clock_timestamp() + make_interval(secs => :lease)"),
        tries=Scan.tries + 1,
    )
    .returning(Scan.id)
)
_RENEW = text("""
    update post_scans set lease_until = clock_timestamp() + make_interval(secs => :lease)
    where id = :id and lease_token = :token and state = 'waiting'
""")
_RELEASE = text("""
    update post_scans set lease_until = clock_timestamp() + make_interval(secs => :pause), lease_token = ''
    where id = :id and lease_token = :token and state = 'waiting'
""")


def waiting(connection: Connection) -> bool:
    """Whether a scan waits that nobody takes in."""
    return connection.execute(_FREE).scalar() is not None


def ingest(_: int = 0) -> int:
    """Take in what waits, for a while. Returns how many pages were made."""
    made, until = 0, time.monotonic() + SLICE
    with own_connection() as connection:
        while time.monotonic() < until and not drain.stopping.is_set():
            hold = _Hold(connection)
            if not hold.scan_id:
                break
            made += _take_in(hold, until)
            if drain.is_wanted(connection):
                break
    return made


def pick_up() -> None:
    """Pick up what the scanner has put into its folder, file by file."""
    for step in folder.pick_up():
        db.session.commit()
        if step:
            log.info("scan picked up", scan=step)


class _Hold:
    """A scan that is ours for the time of the lease."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.token, self.lease = uuid.uuid4().hex, float(current_app.config["LEASE_SECONDS"])
        found = connection.execute(_CLAIM, {"token": self.token, "lease": self.lease}).scalar()
        self.scan_id = int(found or 0)
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Keep it, once a third of the lease has gone."""
        if time.monotonic() - self._renewed > self.lease / 3:
            self._connection.execute(_RENEW, {"id": self.scan_id, "token": self.token, "lease": self.lease})
            self._renewed = time.monotonic()

    def release(self, pause: float = 0.0) -> None:
        """Let it go, for others to take after a pause."""
        self._connection.execute(_RELEASE, {"id": self.scan_id, "token": self.token, "pause": pause})

    def mail_is_due(self) -> bool:
        """Whether the worker is wanted for something more urgent."""
        return drain.is_wanted(self._connection)


def _take_in(hold: _Hold, until: float) -> int:
    """Take a scan in, page by page; until it is done or refused, or it is time for something else."""
    made = 0
    try:
        with closing(_steps(hold)) as steps:
            for number in steps:
                made += number > 0
                hold.renew()
                if number and (time.monotonic() > until or drain.stopping.is_set() or hold.mail_is_due()):
                    hold.release()
                    break
    except BadFile as bad:
        _refuse(hold, bad.sentence)
    except intake.Lost:
        db.session.rollback()
        log.warning("scan lost to another worker", scan=hold.scan_id)
    except NoAnswer:
        db.session.rollback()
        hold.release(pause=hold.lease)
        log.warning("scan not looked at by the virus scanner", scan=hold.scan_id)
    except Exception as error:
        # The lease runs out by itself: tried again a few times, then left to a person.
        db.session.rollback()
        log.error("scan broke", scan=hold.scan_id, error=error)
    return made


def _steps(hold: _Hold) -> Generator[int]:
    for step in intake.take_in(hold.scan_id, hold.token, hold.renew):
        db.session.commit()
        yield step


def _refuse(hold: _Hold, sentence: str) -> None:
    db.session.rollback()
    try:
        intake.refuse(hold.scan_id, hold.token, sentence)
    except intake.Lost:
        db.session.rollback()
        return
    db.session.commit()
    log.info("scan refused", scan=hold.scan_id)
