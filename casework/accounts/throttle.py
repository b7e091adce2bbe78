"""Slows down guessing. Tries are rows in PostgreSQL, so that neither a restart nor a wiped Redis helps an attacker.

A try is noted before its answer is known, under a lock on its key: many at once cannot slip through. The caller commits
between `take` and the slow part. Nobody is ever locked out: a wait ends after at most `Limits.longest`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text

from casework.accounts import alarms
from casework.accounts.models import Attempt
from casework.database import rows
from casework.extensions import db
from casework.moments import now
from casework.sealed import digest


@dataclass(frozen=True)
class Limits:
    """So many tries in so many seconds, several at once; where `growing` is set, that many tries a day are free of a
    delay that then doubles from `first` seconds up to `longest`."""

    windows: tuple[tuple[int, int], ...]
    growing: int | None = None
    first: int = 60
    longest: int = 900


# Goal figures: per account 5 a minute and 10 an hour, then a delay that grows to 15 minutes; per address 30 a minute.
SIGN_IN = Limits(((5, 60),), growing=10)
SIGN_IN_ADDRESS = Limits(((30, 60),))
# Five wrong codes, then a wait.
SECOND_FACTOR = Limits(((5, 300),), growing=10)
RESET = Limits(((3, 3600),))
RESET_ADDRESS = Limits(((30, 3600),))
TRACK_REFERENCE = Limits(((5, 900),))
TRACK_ADDRESS = Limits(((20, 60),))
TRACK_ALARM = 1000

_DAY = 86400


def allowed(kind: str, key: str, limits: Limits) -> int:
    """How many seconds to wait before the next try with this key; 0 if it may be made now.

    Holds a lock on the key until the transaction ends, so that what follows (`note`) is seen by whoever asks next.
    """
    hidden = digest(f"attempt:{kind}", key)
    _lock(kind, hidden)
    moment = now()
    oldest = moment - timedelta(seconds=_DAY if limits.growing else max(span for _, span in limits.windows))
    ages = [
        (moment - at).total_seconds()
        for at in db.session.scalars(
            select(Attempt.at)
            .where(Attempt.kind == kind, Attempt.key == hidden, Attempt.at > oldest)
            .order_by(Attempt.at.desc())
            .limit(200)
        )
    ]
    # Capped, because a clock that was put back would else make somebody wait for the time by which it was ahead.
    waits = [min(span, span - ages[count - 1]) for count, span in limits.windows if len(ages) >= count]
    if limits.growing and len(ages) >= limits.growing:
        delay = min(limits.longest, limits.first * 2 ** min(20, len(ages) - limits.growing))
        waits.append(min(delay, delay - ages[0]))
    return max(0, math.ceil(max(waits, default=0)))


def note(kind: str, key: str) -> None:
    """Record a try. The caller commits."""
    db.session.add(Attempt(kind=kind, key=digest(f"attempt:{kind}", key), at=now()))
    db.session.flush()


def take(kind: str, key: str, limits: Limits) -> int:
    """Note a try if one may be made now and return 0, else return the seconds to wait and note nothing."""
    wait = allowed(kind, key, limits)
    if wait == 0:
        note(kind, key)
    return wait


def forget(kind: str, key: str) -> None:
    """Clear the count of a key after a success. Never used for addresses."""
    db.session.execute(delete(Attempt).where(Attempt.kind == kind, Attempt.key == digest(f"attempt:{kind}", key)))


def place(address: str | None) -> str:
    """What stands for a network address: itself, or the /64 of an IPv6 address, which one person has whole."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def take_code(reference: str, address: str | None) -> int:
    """Note a try at a tracking code: 5 per reference in 15 minutes, 20 a minute per address. Seconds to wait, or 0.

    At a thousand in an hour somebody is told. Address before reference: locks are always taken in that order.
    """
    wait = take("track-address", place(address), TRACK_ADDRESS)
    wait = wait or take("track-reference", reference, TRACK_REFERENCE)
    if wait == 0:
        note("track-all", "")
        if code_tries_last_hour() >= TRACK_ALARM:
            alarms.raise_alarm("many_codes_tried", "very many tracking codes were tried within an hour")
    return wait


def code_tries_last_hour() -> int:
    """How many tracking codes were tried in the last hour, counted up to the alarm (`TRACK_ALARM`)."""
    recent = (
        select(Attempt.id)
        .where(
            Attempt.kind == "track-all",
            Attempt.key == digest("attempt:track-all", ""),
            Attempt.at > now() - timedelta(hours=1),
        )
        .limit(TRACK_ALARM)
    )
    return db.session.scalar(select(func.count()).select_from(recent.subquery())) or 0


def delete_old() -> int:
    """Delete tries that count for nothing any more (over a day old). Returns how many. The caller commits."""
    gone = db.session.execute(delete(Attempt).where(Attempt.at < now() - timedelta(seconds=_DAY)))
    return rows(gone)


def _lock(kind: str, hidden: bytes) -> None:
    number = int.from_bytes(hashlib.sha256(kind.encode() + hidden).digest()[:8], "big", signed=True)
    db.session.execute(text("select pg_advisory_xact_lock(:number)"), {"number": number})
