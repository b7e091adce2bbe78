"""The connections of the program: what is prepared stays prepared, and what a migration outdated is made anew."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, NotSupportedError

from casework.extensions import db


def prepared(what: str) -> int:
    """How many statements with this in them are prepared on the connection in use."""
    held = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%' || :what || ' %'")
    return int(db.session.scalar(held, {"what": what}) or 0)


def test_what_many_pages_ask_stays_prepared_although_each_of_them_only_read(app: Any) -> None:
    for _ in range(8):
        db.session.execute(text("SELECT 1 AS asked_often "))
        db.session.rollback()
    assert prepared("asked_often") == 1


def test_after_an_error_the_connection_goes_on_with_what_was_prepared(app: Any) -> None:
    ask = text("SELECT 1 / CAST(:by AS integer) AS divided ")
    for _ in range(8):
        db.session.execute(ask, {"by": 1})
        db.session.rollback()
    with pytest.raises(DataError):
        db.session.execute(ask, {"by": 0})
    db.session.rollback()
    assert db.session.scalar(ask, {"by": 1}) == 1
    assert prepared("divided") == 1


def test_whoever_meets_a_column_that_a_migration_changed_is_the_last_to(
    app: Any, database: dict[str, str], client: Any
) -> None:
    with psycopg.connect(database["owner_url"], autocommit=True) as owner:
        owner.execute("CREATE TABLE changing (that integer)")
        try:
            owner.execute("GRANT SELECT ON changing TO casework_app")
            for _ in range(8):
                db.session.execute(text("SELECT that FROM changing"))
                db.session.rollback()
            owner.execute("ALTER TABLE changing ALTER COLUMN that TYPE text")
            with pytest.raises(NotSupportedError):
                db.session.execute(text("SELECT that FROM changing"))
            db.session.rollback()
            assert list(db.session.execute(text("SELECT that FROM changing"))) == []
            db.session.rollback()
        finally:
            db.session.rollback()
            owner.execute("DROP TABLE changing")
    assert client.get("/").status_code == 200
