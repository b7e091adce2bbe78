"""Encrypted columns: AES-256-GCM, the key's id in each value, each value bound to its table, column and row.

A value copied to another row or column does not decrypt. Columns that need no search are sealed; exact look-ups go
through `digest`, a keyed hash with a key of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy import text

from casework.extensions import db


class CannotOpen(Exception):
    """A sealed value does not belong to this row and column, or its key is gone."""


def seal(plain: str, place: str) -> bytes:
    """Encrypt text for one place ("table.column.id"). The result begins with the id of the key."""
    return seal_bytes(plain.encode(), place)


def unseal(value: bytes, place: str) -> str:
    """Decrypt what `seal` made for the same place, or raise `CannotOpen`."""
    return unseal_bytes(value, place).decode()


def seal_bytes(plain: bytes, place: str) -> bytes:
    """`seal` for what is no text: a piece of a file."""
    key_id, key = _keys()[0]
    nonce = os.urandom(12)
    return key_id.encode() + b"." + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal_bytes(value: bytes, place: str) -> bytes:
    """Decrypt what `seal_bytes` made for the same place, or raise `CannotOpen`."""
    return opener()(value, place)


def opener() -> Callable[[bytes, str], bytes]:
    """`unseal_bytes` with the keys of now, for what is read piece by piece when the request is over."""
    keys = dict(_keys())

    def open_up(value: bytes, place: str) -> bytes:
        key_id, _, rest = bytes(value).partition(b".")
        key = keys.get(key_id.decode("ascii", "replace"))
        if key is None:
            raise CannotOpen(f"the key of a value in {place.rsplit('.', 1)[0]} is not configured")
        try:
            return AESGCM(key).decrypt(rest[:12], rest[12:], place.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen(f"a value in {place.rsplit('.', 1)[0]} does not belong there") from None

    return open_up


def digest(purpose: str, value: str) -> bytes:
    """A keyed hash for exact look-ups; the same value for another purpose gives another digest."""
    key: bytes = current_app.config["CASEWORK_INDEX_KEY"]
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()


def key_for(purpose: str) -> bytes:
    """A key of its own for one purpose, for what is signed outside the database."""
    return digest("key", purpose)


class Sealed:
    """An attribute whose text is kept encrypted in the column `<name>_sealed`.

    class Party(Base):
        phone_sealed: Mapped[bytes | None]
        phone = Sealed()

    The row's id is part of what the value is bound to, so it is taken from the sequence before the first flush.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._column = f"{name}_sealed"

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        value = getattr(row, self._column)
        return None if value is None else unseal(value, self._place(row))

    def __set__(self, row: Any, plain: str | None) -> None:
        if plain is None or plain == "":
            setattr(row, self._column, None)
            return
        if row.id is None:
            row.id = next_id(row.__table__.name)
        setattr(row, self._column, seal(plain, self._place(row)))

    def _place(self, row: Any) -> str:
        return f"{row.__table__.name}.{self._name}.{row.id}"


def next_id(table: str) -> int:
    """Take the next id of a table from its sequence."""
    found = db.session.scalar(text("select nextval(pg_get_serial_sequence(:table, 'id'))"), {"table": table})
    return int(found or 0)


def _keys() -> list[tuple[str, bytes]]:
    """Key ids and keys, the one that encrypts first."""
    return list(current_app.config["CASEWORK_DATA_KEYS"].items())
