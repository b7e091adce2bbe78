"""What time it is. One place, so that tests and the demo can move the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from casework.clocks.london import london_date

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """The present moment in UTC."""
    return _moved.get() or datetime.now(UTC)


def today() -> date:
    """The present day in London."""
    return london_date(now())


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at another moment."""
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
