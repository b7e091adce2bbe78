"""Periodic work: rows unique per name and due moment, so that each is done once, and caught up when missed.

The ticker begins a row and asks a worker to do it; the worker holds a lease meanwhile and closes the row when done.
"""

from __future__ import annotations

import os
import time as time_module
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import Connection, delete, select, text

from casework import deletion
from casework.cases import digest as digests
from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks import london
from casework.complaints import escalate as escalations
from casework.extensions import db
from casework.feedback import growing_up
from casework.logs import log
from casework.moments import now, today
from casework.outbox import queries as outbox_queries
from casework.outbox.models import Tick
from casework.owed import alarm as unposted
from casework.owed import formats
from casework.post import alarms as trays
from casework.printing import document
from casework.releases import own
from casework.releases import packs as monitoring
from casework.settings import service as settings
from casework.settings.models import CalendarVersion
from workers import drain, leases, scans
from workers.beats import beat
from workers.connection import connection as own_connection

# How long one piece of work may take before another worker may begin it again.
LEASE = 600.0
# For so long packs are made each minute, one after the other; a month of a large force takes a few minutes.
PACKS = 15.0
KEEP_TICKS = timedelta(days=90)
CALENDAR_WARNING = timedelta(days=365)


@dataclass(frozen=True)
class Periodic:
    """Work that comes round: the last moment at which it was due, and how late it may still be begun."""

    name: str
    last_due: Callable[[datetime], datetime]
    latest: timedelta


def _daily(wall: time) -> Callable[[datetime], datetime]:
    """Every day at a time of the London clock."""

    def last_due(moment: datetime) -> datetime:
        day = london.london_date(moment)
        due = london.at(day, wall)
        return due if due <= moment else london.at(day - timedelta(days=1), wall)

    return last_due


def _hourly(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _each_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


PERIODIC = (
    Periodic("birthdays", _daily(time(0, 5)), timedelta(days=2)),
    Periodic("nightly", _daily(time(2, 30)), timedelta(days=2)),
    Periodic("figures", _daily(time(4, 0)), timedelta(days=2)),
    Periodic("escalate", _daily(time(6, 30)), timedelta(hours=12)),
    Periodic("digest", _daily(time(7, 0)), timedelta(hours=5)),
    Periodic("letters", _daily(time(15, 30)), timedelta(hours=8)),
    Periodic("sweep", _hourly, timedelta(hours=1)),
    Periodic("pick_up", _each_minute, timedelta(minutes=1)),
    Periodic("packs", _each_minute, timedelta(minutes=1)),
)
# Their ticks are many: they are kept for a day only.
MINUTELY = tuple(each.name for each in PERIODIC if each.last_due is _each_minute)

_BEGIN = text("insert into ticks (name, due_at) values (:name, :due_at) on conflict do nothing returning id")
_KNOWN = text("select id, done_at from ticks where name = :name and due_at = :due_at")
_DONE = text("update ticks set done_at = clock_timestamp() where id = :id and done_at is null")


def wanted(connection: Connection, moment: datetime) -> list[tuple[str, int]]:
    """What periodic work is to be done now: names, each with the id of its row."""
    found = []
    for each in PERIODIC:
        due = each.last_due(moment)
        if moment - due > each.latest:
            continue
        values = {"name": each.name, "due_at": due}
        known = connection.execute(_KNOWN, values).first()
        row = known.id if known else connection.execute(_BEGIN, values).scalar()
        if row is not None and (known is None or known.done_at is None):
            found.append((each.name, int(row)))
    return found


def nightly(tick: int) -> bool:
    """Delete what is past its day."""
    return _once(tick, "nightly", lambda: log.info("deleted", **_plain(deletion.run_all(today()))))


def figures(tick: int) -> bool:
    """Make the tables of the month that is over from our own cases, where they are not made yet."""
    return _once(tick, "figures", _figures)


def packs(tick: int) -> bool:
    """Make packs of months that came out, while nothing else is to be done."""
    return _once(tick, "packs", _packs)


def birthdays(tick: int) -> bool:
    """See to cases in which a child has turned sixteen."""
    return _once(tick, "birthdays", _birthdays)


def digest(tick: int) -> bool:
    """Owe each member of staff one message with the numbers of their work, where there is any."""
    return _once(tick, "digest", _digests)


def escalate(tick: int) -> bool:
    """Tell supervisors of dates that come near or have passed, of footage that is about to be lost, of old trays."""
    return _once(tick, "escalate", lambda: log.info("escalated", cases=escalations.run(), trays=trays.run()))


def letters(tick: int) -> bool:
    """Tell clerks and supervisors of letters that are due today and not posted."""
    return _once(tick, "letters", lambda: log.info("letters not posted", letters=unposted.run()))


def sweep(tick: int) -> bool:
    """Look for what nobody would notice: failed messages, a calendar that runs out, old ticks."""
    return _once(tick, "sweep", _sweep)


def pick_up(tick: int) -> bool:
    """Pick up what the scanner has put into its folder."""
    return _once(tick, "pick_up", scans.pick_up)


def _once(tick: int, name: str, work: Callable[[], object]) -> bool:
    """Do a piece of work if its row is open and nobody else is at it. Returns whether it was done."""
    holder = f"{os.getpid()} {uuid.uuid4().hex}"
    with own_connection() as connection:
        still = connection.execute(text("select name from ticks where id = :id and done_at is null"), {"id": tick})
        if still.scalar() != name or not leases.take(connection, f"tick {name}", holder, LEASE):
            return False
        try:
            work()
            db.session.commit()
            connection.execute(_DONE, {"id": tick})
        finally:
            db.session.rollback()
            leases.drop(connection, f"tick {name}", holder)
    return True


def _digests() -> None:
    """One account at a time: a fault with one leaves the others theirs. A second run adds nothing for today."""
    for account_id in digests.readers():
        try:
            digests.owe(account_id)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.error("no digest", account=account_id, error=error)


def _figures() -> None:
    """One kind at a time: a fault with one leaves the others theirs. A second run makes nothing."""
    for kind in own.KINDS:
        try:
            if (release := own.prepare(kind)) is not None:
                log.info("figures made", kind=kind, release=release.id)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.error("no figures", kind=kind, error=error)


def _packs() -> None:
    """One at a time: what was made stays made. The next minute goes on where this one ends, or made way for mail."""
    if document.missing():
        return  # the doctor says it
    until = time_module.monotonic() + PACKS
    with own_connection() as connection:
        for release_id, area_id in monitoring.wanted(100):
            try:
                monitoring.make(release_id, area_id)
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                log.error("no pack", release=release_id, area=area_id, error=error)
            if time_module.monotonic() > until or drain.is_wanted(connection):
                break


def _birthdays() -> None:
    """One case at a time: a fault with one leaves the others theirs. A second run changes nothing."""
    for case_id in growing_up.due():
        try:
            case = cases.lock(Case, case_id)
            if case is not None:
                growing_up.see_to(case)
            db.session.commit()
        except Exception as error:
            db.session.rollback()
            log.error("a birthday was not seen to", case=case_id, error=error)


def _sweep() -> None:
    formats.gather()
    summary = outbox_queries.summary()
    if summary.failed:
        log.warning("messages wait for a person", failed=summary.failed, in_doubt=summary.left_in_doubt)
    db.session.execute(delete(Tick).where(Tick.due_at < now() - KEEP_TICKS, Tick.done_at.is_not(None)))
    db.session.execute(delete(Tick).where(Tick.name.in_(MINUTELY), Tick.due_at < now() - timedelta(days=1)))
    known = db.session.scalar(select(CalendarVersion.known_until).where(CalendarVersion.name == settings.CALENDAR))
    runs_out = known is None or known < (now() + CALENDAR_WARNING).date()
    with own_connection() as connection:
        beat(connection, "calendar", not runs_out, known_until=str(known) if known else None)
        beat(connection, "outbox", summary.failed == 0, failed=summary.failed)


def _plain(counts: dict[str, int]) -> dict[str, int]:
    return {name.replace(" ", "_"): count for name, count in counts.items() if count}
