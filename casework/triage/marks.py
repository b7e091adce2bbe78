"""What the queue shows beside its cases, and the views of it that people saved. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from casework.cases.models import Case, CaseTag
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.feedback.workflow import SORTS
from casework.triage.models import SavedView


@dataclass(frozen=True)
class Mark:
    """What stands beside a case in the queue: its sort, its tags, and how much of its people nobody has read."""

    sort: str
    anonymous: bool
    new: int
    tags: tuple[str, ...]


def of(case_ids: Collection[int]) -> dict[int, Mark]:
    """The marks of the cases of a page, in one query."""
    new = (
        select(func.count())
        .where(Exchange.case_id == Case.id, Exchange.account_id.is_(None), Exchange.seen_at.is_(None))
        .scalar_subquery()
    )
    tags = select(func.array_agg(CaseTag.tag)).where(CaseTag.case_id == Case.id).scalar_subquery()
    wanted = (
        select(Case.id, Feedback.__table__.c.sort, Feedback.__table__.c.anonymous, new, tags)
        .outerjoin(Feedback.__table__, Feedback.__table__.c.id == Case.id)
        .where(Case.id.in_(case_ids))
    )
    return {
        row[0]: Mark(SORTS.get(row[1] or "", ""), bool(row[2]), row[3], tuple(sorted(row[4] or ())))
        for row in db.session.execute(wanted)
    }


def views(account_id: int, area_ids: Collection[int]) -> list[SavedView]:
    """Somebody's own views, and those that are shared with one of their areas, by name."""
    mine = or_(SavedView.account_id == account_id, SavedView.area_id.in_(area_ids))
    return list(db.session.scalars(select(SavedView).where(mine).order_by(SavedView.name, SavedView.id).limit(100)))


def own_view(view_id: int, account_id: int) -> SavedView | None:
    """A view, if it is this person's own."""
    return db.session.scalars(
        select(SavedView).where(SavedView.id == view_id, SavedView.account_id == account_id)
    ).one_or_none()
