"""The connections to PostgreSQL: each keeps the statements that it has prepared for as long as it lives.

psycopg forgets them at every rollback, because a table that was made in the transaction may be gone with it. Every
request that only reads ends in a rollback, so that nothing would stay prepared and each statement would be parsed and
planned again for each page. The program's own role makes no tables.
"""

from __future__ import annotations

from typing import Any

import psycopg
from flask import Flask
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Result, event
from sqlalchemy.engine import ExceptionContext

from casework.extensions import db

# More than the program has: nothing is pushed out.
MOST_PREPARED = 1000
_BEGUN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Connection(psycopg.Connection[Any]):
    """A connection whose prepared statements outlive a rollback."""

    def rollback(self) -> None:
        """Roll back without forgetting what was prepared; where that does not simply succeed, as psycopg does."""
        with self.lock:
            begun = self.pgconn.transaction_status in _BEGUN
            if begun and self.pgconn.exec_(b"ROLLBACK").status == ExecStatus.COMMAND_OK:
                return
        super().rollback()


def rows(done: Result[Any]) -> int:
    """How many rows an UPDATE or a DELETE went through."""
    return int(getattr(done, "rowcount", 0) or 0)


def set_up(app: Flask) -> None:
    """Let the engine of an app make such connections."""
    with app.app_context():
        event.listen(db.engine, "do_connect", _connect)
        event.listen(db.engine, "handle_error", _outdated)


def _connect(dialect: Any, record: Any, positional: Any, named: Any) -> Connection:
    connection = Connection.connect(*positional, **named)
    connection.prepared_max = MOST_PREPARED
    return connection


def _outdated(context: ExceptionContext) -> None:
    """A migration has changed what a prepared statement returns: all connections are made anew."""
    if isinstance(context.original_exception, psycopg.errors.FeatureNotSupported):
        context.is_disconnect = True
