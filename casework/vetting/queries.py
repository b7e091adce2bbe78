"""What of the vetting the rest of the program may see: a result code, conditions and a date. And the unit's queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, bindparam, or_, select, tuple_
from sqlalchemy.orm import selectinload

from casework.cases.models import Case, Question
from casework.extensions import db
from casework.vetting.models import Clearance, Declaration
from casework.vetting.workflow import VALID, State

PAGE = 25
OPEN = (State.OPEN, State.ADVERSE_REVIEW)
_RESULT = select(Clearance.state, Clearance.conditions, Clearance.valid_until).where(
    Clearance.case_id == bindparam("case_id")
)


@dataclass(frozen=True)
class Result:
    """The outcome of somebody's vetting, as everybody else sees it."""

    state: str
    conditions: tuple[str, ...]
    valid_until: date | None

    def valid_on(self, day: date) -> bool:
        """Whether the clearance holds on a day."""
        return self.state in VALID and self.valid_until is not None and day <= self.valid_until


def result(case_id: int) -> Result | None:
    """The outcome for a case, or None while there is no vetting. That a second person looks at it stays in the unit."""
    row = db.session.execute(_RESULT, {"case_id": case_id}).one_or_none()
    if row is None:
        return None
    return Result(State.OPEN if row.state in OPEN else row.state, tuple(row.conditions or ()), row.valid_until)


def results(case_ids: list[int]) -> dict[int, Result]:
    """The outcomes for several cases at once; a case without vetting is left out."""
    wanted = select(Clearance.case_id, Clearance.state, Clearance.conditions, Clearance.valid_until)
    return {
        case_id: Result(State.OPEN if state in OPEN else state, tuple(conditions or ()), valid_until)
        for case_id, state, conditions, valid_until in db.session.execute(wanted.where(Clearance.case_id.in_(case_ids)))
    }


def clearance(case_id: int) -> Clearance | None:
    """The sealed record of a case: for vetting staff only."""
    return db.session.scalars(select(Clearance).where(Clearance.case_id == case_id)).one_or_none()


def declaration(case_id: int) -> Declaration | None:
    """What the applicant declared: for vetting staff only."""
    return db.session.scalars(select(Declaration).where(Declaration.case_id == case_id)).one_or_none()


def has_declaration(case_id: int) -> bool:
    """Whether the part before checks was given. Says nothing of what is in it."""
    return db.session.scalar(select(Declaration.id).where(Declaration.case_id == case_id)) is not None


def queue(
    area_ids: frozenset[int],
    force_wide: bool,
    after: tuple[date, int] | None = None,
    state: str = "",
    limit: int = PAGE + 1,
) -> list[tuple[Clearance, Case]]:
    """Open vettings in these areas, most urgent first, a page by key (due day, id)."""
    states = [state] if state in OPEN else list(OPEN)
    wanted = (
        select(Clearance, Case)
        .join(Case, Case.id == Clearance.case_id)
        .options(selectinload(Case.parties), selectinload(Clearance.checks))
        .where(Clearance.state.in_(states), _inside(area_ids, force_wide))
        .order_by(Clearance.due_on, Clearance.id)
        .limit(limit)
    )
    if after:
        wanted = wanted.where(tuple_(Clearance.due_on, Clearance.id) > after)
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def person(reference: str, area_ids: frozenset[int], force_wide: bool) -> tuple[Clearance, Case] | None:
    """The sealed record of a reference, if its case lies in these areas. A vetting is shared with no further area."""
    row = db.session.execute(
        select(Clearance, Case)
        .join(Case, Case.id == Clearance.case_id)
        .options(selectinload(Case.parties), selectinload(Clearance.checks))
        .where(Case.reference == reference, _inside(area_ids, force_wide))
    ).one_or_none()
    return (row[0], row[1]) if row else None


def running_out(area_ids: frozenset[int], force_wide: bool, since: date, until: date) -> list[tuple[Clearance, Case]]:
    """Clearances of open cases that run out within these days, soonest first."""
    wanted = (
        select(Clearance, Case)
        .join(Case, Case.id == Clearance.case_id)
        .options(selectinload(Case.parties))
        .where(Clearance.state.in_(list(VALID)), Clearance.valid_until.between(since, until), Case.is_open)
        .where(_inside(area_ids, force_wide))
        .order_by(Clearance.valid_until, Clearance.id)
        .limit(200)
    )
    return [(row[0], row[1]) for row in db.session.execute(wanted)]


def questions(case_id: int) -> list[Question]:
    """What the unit asked the applicant, oldest first: for vetting staff only."""
    wanted = select(Question).where(Question.case_id == case_id, Question.room == "vetting").order_by(Question.id)
    return list(db.session.scalars(wanted))


def _inside(area_ids: frozenset[int], force_wide: bool) -> ColumnElement[bool]:
    inside = Case.area_id.in_(area_ids)
    return or_(inside, Case.area_id.is_(None)) if force_wide else inside
