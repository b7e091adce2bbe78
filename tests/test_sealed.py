"""Sealed columns: nothing readable in the database, bound to row and column, keys rotate by their id."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from casework.extensions import db
from casework.parties.models import Party
from casework.sealed import CannotOpen, seal, unseal
from tests import factories


def test_a_value_opens_only_where_it_belongs(app: Any) -> None:
    value = seal("020 7946 0018", "parties.phone.1")
    assert unseal(value, "parties.phone.1") == "020 7946 0018"
    for elsewhere in ("parties.phone.2", "parties.address.1", "drafts.phone.1"):
        with pytest.raises(CannotOpen):
            unseal(value, elsewhere)


def test_the_same_words_are_sealed_differently_each_time(app: Any) -> None:
    assert seal("x", "a.b.1") != seal("x", "a.b.1")


def test_an_old_key_still_opens_and_the_new_one_seals(app: Any) -> None:
    old = seal("secret", "a.b.1")
    before = app.config["CASEWORK_DATA_KEYS"]
    app.config["CASEWORK_DATA_KEYS"] = {"t2": b"f" * 32} | before
    try:
        assert unseal(old, "a.b.1") == "secret"
        assert seal("secret", "a.b.1").startswith(b"t2.")
    finally:
        app.config["CASEWORK_DATA_KEYS"] = before


def test_no_canary_lies_readable_in_the_database(app: Any, cast: Any, database: dict[str, str]) -> None:
    canaries = {"phone": "020 7946 0321", "address": "77 Canary Wharf Lane", "postcode": "E14 5AB"}
    made = factories.booked(cast, **canaries)
    db.session.commit()
    person = db.session.query(Party).filter_by(case_id=made.ride.id).one()
    assert person.address == "77 Canary Wharf Lane"
    with psycopg.connect(database["admin_url"]) as connection:
        names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for name in names:
            for (row,) in connection.execute(f'SELECT t::text FROM "{name}" t'):
                for canary in (*canaries.values(), "1 High Street, 5 years", "Ngozi", "1990-02-28"):
                    assert canary not in row, (name, canary)
                    assert canary.encode().hex() not in row, (name, canary)
