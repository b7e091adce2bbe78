"""Runs the migrations, as the role that owns the tables. Called by `casework migrate`; there is no alembic.ini.

A migration finds the name of the application's role in `context.config.attributes["application_role"]`.
"""

from __future__ import annotations

import importlib
import time
from pathlib import Path

from alembic import context
from sqlalchemy import create_engine, pool, text

import casework
from casework.extensions import Base

# one migration at a time, whoever starts it; any number that nothing else uses
ONE_AT_A_TIME = 7_342_119


def run() -> None:
    """Bring the database of `attributes["url"]` to the revision asked for: each migration wholly or not at all.

    One that makes an index beside a running program (`autocommit_block`) says itself how it is tried again.
    """
    attributes = context.config.attributes
    engine = create_engine(attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        # asked again and again: one statement that waited would hold up an index that is made without a lock
        while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": ONE_AT_A_TIME}):
            connection.rollback()
            time.sleep(0.2)
        # rather fail and be tried again than stop everybody who waits behind a lock
        connection.execute(text("SET lock_timeout = '2s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            compare_type=True,
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def metadata():
    """The tables as the models declare them; every feature's models are loaded."""
    for path in sorted(Path(casework.__file__).parent.glob("*/models.py")):
        importlib.import_module(f"casework.{path.parent.name}.models")
    return Base.metadata


run()
