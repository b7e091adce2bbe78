"""What of the vetting the rest of the program may see: a result code, conditions and a date. And the unit's queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from casework.cases.models import Case
from casework.extensions import db
from casework.vetting.models import Clearance, Declaration, VettingCheck
from casework.vetting.workflow import VALID


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
    """The outcome for a case, or None while there is no vetting."""
    row = db.session.execute(
        select(Clearance.state, Clearance.conditions, Clearance.valid_until).where(Clearance.case_id == case_id)
    ).one_or_none()
    return Result(row.state, tuple(row.conditions or ()), row.valid_until) if row else None


def clearance(case_id: int) -> Clearance | None:
    """The sealed record of a case: for vetting staff only."""
    return db.session.scalars(select(Clearance).where(Clearance.case_id == case_id)).one_or_none()


def declaration(case_id: int) -> Declaration | None:
    """What the applicant declared: for vetting staff only."""
    return db.session.scalars(select(Declaration).where(Declaration.case_id == case_id)).one_or_none()


def has_declaration(case_id: int) -> bool:
    """Whether the part before checks was given. Says nothing of what is in it."""
    return db.session.scalar(select(Declaration.id).where(Declaration.case_id == case_id)) is not None


def check(check_id: int, area_ids: frozenset[int], force_wide: bool) -> VettingCheck | None:
    """One check in these areas."""
    found = db.session.get(VettingCheck, check_id)
    if found is None:
        return None
    area = db.session.scalar(select(Case.area_id).where(Case.id == found.case_id))
    return found if area in area_ids or (area is None and force_wide) else None


def queue(area_ids: frozenset[int], force_wide: bool, after: tuple[date, int] | None, limit: int) -> list[tuple[Clearance, Case]]:
    """Open vettings in these areas, most urgent first, a page by key (due day, id)."""
    wanted = (
        select(Clearance, Case)
        .join(Case, Case.id == Clearance.case_id)
        .where(Clearance.state.in_(["open", "adverse_review"]))
        .order_by(Clearance.due_on, Clearance.id)
        .limit(limit)
    )
    inside = Case.area_id.in_(area_ids)
    wanted = wanted.where(inside | Case.area_id.is_(None) if force_wide else inside)
    if after:
        wanted = wanted.where((Clearance.due_on > after[0]) | ((Clearance.due_on == after[0]) & (Clearance.id > after[1])))
    return [(row[0], row[1]) for row in db.session.execute(wanted)]
