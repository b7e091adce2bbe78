"""Nightly deletion: every feature registers what must go, and when. A hold on a case stops it for that case.

Registered functions take the London day and return how many rows went; `run_all` commits after each.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casework.extensions import db

Deletion = Callable[[date], int]
_deletions: dict[str, Deletion] = {}


def deletes(name: str) -> Callable[[Deletion], Deletion]:
    """Register what is to go under a name that the report shows."""

    def keep(function: Deletion) -> Deletion:
        _deletions[name] = function
        return function

    return keep


def run_all(today: date) -> dict[str, int]:
    """Delete everything whose day has passed. Safe to run twice; returns the number of rows by name."""
    gone = {}
    for name in sorted(_deletions):
        gone[name] = _deletions[name](today)
        db.session.commit()
    return gone
