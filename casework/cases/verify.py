"""Computes again what is stored for speed (the dates that queues sort by) and names every difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from casework.cases import duties, registry, service
from casework.cases.models import Case
from casework.extensions import db

_BATCH = 1000


def verify() -> list[str]:
    """Every stored date, holder or open-mark that is not what state, settings and calendar make it."""
    found = list(_differences())
    db.session.rollback()
    return found


def _differences() -> Iterator[str]:
    last = 0
    while cases := list(db.session.scalars(select(Case).where(Case.id > last).order_by(Case.id).limit(_BATCH))):
        for case in cases:
            kind = registry.of(case)
            stored = _stored(case)
            with db.session.no_autoflush:
                service.project(kind, case)
                found = duties.owed(case) if kind.mentions else []
                case.next_due_on = duties.next_due_on(case, found) if found else case.next_due_on
            kept, made = duties.stored(case.id), duties.rows(case.id, found)
            if kept != made:
                wrong = [each for each in kept if each not in made] + [each for each in made if each not in kept]
                yield f"{case.reference}: its duties are not stored as its history makes them: {wrong}"
            if _stored(case) != stored:
                yield f"{case.reference}: stored {stored}, computed {_stored(case)}"
        last = cases[-1].id
        db.session.rollback()


def _stored(case: Case) -> tuple[Any, ...]:
    return (case.due_on, case.clock_on, case.next_due_on, case.waits_for, case.is_open)
