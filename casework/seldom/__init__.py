"""What changes seldom (areas, settings, bank holidays, codes): kept in the process until the database says it changed.

Each such table has a mark, which a trigger changes together with the table; a transaction reads all marks at once. A
mark never comes again, so that what a transaction read of changes of its own and then took back is never found. Only
what is the same for everybody may be kept here, and only what nobody alters after reading it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, event, func, select
from sqlalchemy.orm import Session, SessionTransaction

from casework.extensions import db
from casework.seldom.models import Mark

Value = TypeVar("Value")

_kept: dict[str, tuple[tuple[str | None, ...], Any]] = {}


def kept(*tables: str) -> Callable[[Callable[[], Value]], Callable[[], Value]]:
    """Let what a function reads from these tables be kept until one of them changes."""

    def decorate(read: Callable[[], Value]) -> Callable[[], Value]:
        name = f"{read.__module__}.{read.__qualname__}"

        @wraps(read)
        def known() -> Value:
            marks = _marks()
            now = tuple(marks.get(table) for table in tables)
            before = _kept.get(name)
            if before is not None and before[0] == now and None not in now:
                return before[1]  # type: ignore[no-any-return]
            # Read after its mark: it may be newer than the mark says, never older.
            found = read()
            _kept[name] = (now, found)
            return found

        return known

    return decorate


def column() -> ScalarSelect[Any]:
    """All marks as a column of the statement with which a request begins; hand what it gives to `begin`."""
    return select(func.jsonb_object_agg(Mark.name, Mark.mark)).scalar_subquery()


def begin(marks: dict[str, str] | None) -> None:
    """Remember until the transaction ends which marks there are now."""
    db.session.info["marks"] = marks or {}


def forget() -> None:
    """Read the marks again: after a change of one's own, or once a lock was waited for."""
    db.session.info.pop("marks", None)


def _marks() -> dict[str, str]:
    found: dict[str, str] | None = db.session.info.get("marks")
    if found is None:
        begin(db.session.scalar(_READ))
        found = db.session.info["marks"]
    return found


@event.listens_for(db.session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("marks", None)


_READ = select(column())
