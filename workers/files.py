"""The job that lets the scanner see the files that wait for it."""

from __future__ import annotations

import os
import uuid

from sqlalchemy import Connection, text

from casework.exchanges import scanner
from casework.extensions import db
from workers import leases
from workers.connection import connection as own_connection

# How many files one job looks at, and how long it may take before another may begin.
MOST = 50
LEASE = 300.0


def waiting(connection: Connection) -> bool:
    """Whether a file waits for the scanner."""
    return bool(connection.execute(text("select exists (select from attachments where verdict = 'waiting')")).scalar())


def scan(_: int = 0) -> int:
    """Scan what waits, one file a transaction, one job at a time. Returns how many were looked at."""
    holder = f"{os.getpid()} {uuid.uuid4().hex}"
    with own_connection() as connection:
        if not leases.take(connection, "scan", holder, LEASE):
            return 0
        looked = last = 0
        try:
            while looked < MOST and (last := scanner.scan_next(last)):
                db.session.commit()
                looked += 1
        finally:
            db.session.rollback()
            leases.drop(connection, "scan", holder)
    return looked
