"""Transitions that only time takes. Each in a transaction of its own: one that breaks never stops the others.

Rows that somebody is working on are left for the next second, so that nobody waits for the clock; locks are taken in
the order case, then the thing itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select, text

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Kind
from casework.extensions import db
from casework.logs import log
from casework.moments import now, today

# So many at a time, so that drains are not kept waiting by a long night.
MOST = 100
LONGEST = 0.5
# What broke is left alone for so long.
LEAVE_ALONE = 600.0

Broken = dict[tuple[str, int], float]


def take_due(broken: Broken, until: Callable[[], bool] = lambda: False) -> int:
    """Take what is due, a while at most. `broken` remembers what to leave alone. Returns how many were taken."""
    day, taken = today(), 0
    deadline = time.monotonic() + LONGEST
    for kind in registry.everything():
        for subject_id in due(kind, day, broken):
            if until() or time.monotonic() > deadline:
                return taken
            taken += _one(kind, subject_id, day, broken)
    return taken


def due(kind: Kind, day: date, broken: Broken) -> list[int]:
    """The rows of a kind whose time is over, oldest first, without those that broke lately."""
    model = kind.model
    late = select(model.id).where(model.clock_on < day).order_by(model.clock_on, model.id).limit(MOST + len(broken))
    found = list(db.session.scalars(late))
    if moments := [(row.from_state, getattr(model, row.at)) for row in kind.workflow.rows if row.at]:
        come = or_(*(and_(model.state == state, moment <= now()) for state, moment in moments))
        found += db.session.scalars(select(model.id).where(come).order_by(model.id).limit(MOST + len(broken)))
    ids = [each for each in found if broken.get((kind.workflow.name, each), 0.0) <= time.monotonic()]
    db.session.rollback()
    return ids[:MOST]


def _one(kind: Kind, subject_id: int, day: date, broken: Broken) -> bool:
    """One row, in a transaction of its own. Returns whether time took it."""
    try:
        db.session.execute(text("set local lock_timeout = '1s'"))
        subject = _locked(kind, subject_id, day)
        taken = subject is not None and cases.take_time(kind, subject)
        db.session.commit()
        broken.pop((kind.workflow.name, subject_id), None)
        return taken
    except Exception as error:
        db.session.rollback()
        broken[(kind.workflow.name, subject_id)] = time.monotonic() + LEAVE_ALONE
        log.error("time could not be taken", kind=kind.workflow.name, subject=subject_id, error=error)
        return False


def _locked(kind: Kind, subject_id: int, day: date) -> Any:
    """The row with its case locked before it, if nobody else holds either and it is still due; else None."""
    subject = db.session.get(kind.model, subject_id)
    if subject is None:
        return None
    case = kind.case_of(subject)
    if case is not None and not _lock(Case, case.id):
        return None
    if case is not subject and not _lock(kind.model, subject_id):
        return None
    db.session.refresh(subject)
    return subject if _is_due(kind, subject, day) else None


def _is_due(kind: Kind, subject: Any, day: date) -> bool:
    """Whether the day or the moment at which time acts has passed."""
    moments = [getattr(subject, row.at) for row in kind.workflow.clock_rows(subject.state) if row.at]
    if any(moment is not None and moment <= now() for moment in moments):
        return True
    return subject.clock_on is not None and subject.clock_on < day


def _lock(model: type[Any], row_id: int) -> bool:
    """Lock a row of the model's own table, unless somebody else has it."""
    table = model.__table__
    wanted = select(table.c.id).where(table.c.id == row_id).with_for_update(skip_locked=True)
    return db.session.execute(wanted).first() is not None
