"""Hashes and checks passwords with Argon2id, only so many at once. What may not be a password: `denied.py`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second choice of equal strength: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
SHORTEST, LONGEST = 15, 128
# Each hash holds 19 MiB and a processor: the rest wait, and are told to come back rather than pile up.
AT_ONCE = 4
PATIENCE = 3.0
_places = BoundedSemaphore(AT_ONCE)
# Verified when there is no such account, so that this takes as long as when there is one.
_DUMMY = _hasher.hash("the password of nobody at all")


class Busy(Exception):
    """Too many passwords are being checked at once. Try again in a few seconds."""

    retry_after = 5


def hash_of(password: str) -> str:
    """The hash to store. Raises `Busy`."""
    with _place():
        return _hasher.hash(_plain(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long without a stored hash. Raises `Busy`.

    What is too long to be anybody's password is refused without hashing it, for every account alike.
    """
    if len(password) > LONGEST:
        return False
    with _place():
        try:
            right = _hasher.verify(stored or _DUMMY, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether a hash was made with smaller parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _plain(password: str) -> str:
    """One form for what looks the same: keyboards differ in how they compose an accent."""
    return unicodedata.normalize("NFC", password)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _places.release()
