"""What a database is: a demonstration or real, marked at its first start and for ever."""

from __future__ import annotations

import psycopg

from casework.running.home import Refused

DEMO, REAL = "demo", "real"


def kind(url: str) -> str | None:
    """What a database is marked as: demo, real, or None before its first start."""
    with connect(url) as connection:
        return _kind(connection)


def refuse_other_kind(url: str, wanted: str) -> None:
    """Refuse a database that is marked as the other kind."""
    found = kind(url)
    if found == DEMO and wanted == REAL:
        raise Refused("This database is marked as a demonstration, for ever. Real cases need a database of their own.")
    if found == REAL and wanted == DEMO:
        raise Refused(
            "This database is marked as real, for ever. A demonstration may not run on it: unset CASEWORK_DEMO."
        )


def mark(owner_url: str, wanted: str) -> None:
    """Mark a migrated database at its first start, or refuse one that is marked as the other kind."""
    with connect(owner_url) as connection:
        connection.execute(
            "INSERT INTO installation (id, kind, marked_at) VALUES (1, %s, now()) ON CONFLICT (id) DO NOTHING", [wanted]
        )
    refuse_other_kind(owner_url, wanted)


def connect(url: str) -> psycopg.Connection:
    """A connection, or Refused with what the server said."""
    try:
        return psycopg.connect(libpq(url), connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Refused(f"The database cannot be reached: {str(error).strip()}") from error


def libpq(url: str) -> str:
    """An address as psycopg takes it, without SQLAlchemy's driver name."""
    return "postgresql://" + url.partition("://")[2]


def exists(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(row and row[0])


def _kind(connection: psycopg.Connection) -> str | None:
    if not exists(connection, "installation"):
        return None
    row = connection.execute("SELECT kind FROM installation WHERE id = 1").fetchone()
    return row[0] if row else None
