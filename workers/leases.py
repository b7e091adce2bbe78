"""Who does a thing of which there may be one. Time is the database's clock, so that machines need not agree."""

from __future__ import annotations

from sqlalchemy import Connection, text

_TAKE = text("""
    insert into leases (name, holder, until)
    values (:name, :holder, clock_timestamp() + make_interval(secs => :seconds))
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
    where leases.holder = excluded.holder or leases.until < clock_timestamp()
    returning holder
""")
_LEFT = text("""
    select extract(epoch from until - clock_timestamp()) as seconds from leases where name = :name
""")
# A turn begins when the one before has passed: whoever asks gets the next, whichever worker or machine it is.
_TURN = text("""
    insert into leases (name, holder, until)
    values (:name, '', clock_timestamp() + make_interval(secs => :seconds))
    on conflict (name) do update
    set until = greatest(leases.until, clock_timestamp()) + make_interval(secs => :seconds)
    returning extract(epoch from until - clock_timestamp()) - :seconds as wait
""")
_DROP = text("delete from leases where name = :name and (:holder = '' or holder = :holder)")


def take(connection: Connection, name: str, holder: str, seconds: float) -> bool:
    """Take or renew a lease; False while somebody else holds it."""
    found = connection.execute(_TAKE, {"name": name, "holder": holder, "seconds": seconds})
    return found.first() is not None


def left(connection: Connection, name: str) -> float | None:
    """How many seconds a lease still runs (negative: it ended), or None where there is none."""
    found = connection.execute(_LEFT, {"name": name}).scalar()
    return None if found is None else float(found)


def turn(connection: Connection, name: str, seconds: float) -> float:
    """Take the next turn of those that come one every so many seconds, and give how long to wait for it."""
    return max(0.0, float(connection.execute(_TURN, {"name": name, "seconds": seconds}).scalar() or 0.0))


def drop(connection: Connection, name: str, holder: str = "") -> None:
    """End a lease: the holder's own, or, without a holder, whoever's it is."""
    connection.execute(_DROP, {"name": name, "holder": holder})
