"""What may follow from a transition, as values. Nothing here does anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Period:
    """The name of a policy setting that holds a period, such as `ride.answer` = "28 days"."""

    key: str


def period(key: str) -> Period:
    """Name a period that the force sets. The number stands in the settings table, never here."""
    return Period(key)


@dataclass(frozen=True)
class Tell:
    """Owe a message to the parties of a part (`to`), each in the channel they chose.

    With `delay` it is a reminder: due that long after the transition, and dropped if the case has moved on by then,
    unless `always`.
    """

    name: str
    to: str = "applicant"
    delay: Period | timedelta | None = None
    always: bool = False


@dataclass(frozen=True)
class Do:
    """Owe a job, carried out by a worker. Only for what may be late."""

    name: str
    delay: Period | timedelta | None = None


@dataclass(frozen=True)
class Now:
    """Done inside `perform`, in the same database transaction."""

    name: str


Effect = Tell | Do | Now
