"""A connection to the database of the workers' own, on which every statement is a transaction by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import Connection, Engine, create_engine

from casework.extensions import db


@contextmanager
def connection() -> Iterator[Connection]:
    """A connection in autocommit. It survives a restart of the database: the statement fails, the next one works."""
    with _engine().connect() as made:
        yield made


def _engine() -> Engine:
    engine: Engine | None = current_app.extensions.get("casework_workers_engine")
    if engine is None:
        options = current_app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {})
        engine = create_engine(
            db.engine.url,
            isolation_level="AUTOCOMMIT",
            pool_size=1,
            pool_pre_ping=True,
            connect_args=options.get("connect_args", {}),
        )
        current_app.extensions["casework_workers_engine"] = engine
    return engine


def dispose() -> None:
    """Close the connections of this program that nobody uses."""
    _engine().dispose()
