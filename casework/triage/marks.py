"""What the queue shows beside its cases, and the views of it that people saved. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

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
    return {
        row[0]: Mark(SORTS.get(row[1] or "", ""), bool(row[2]), row[3], tuple(sorted(row[4] or ())))
        for row in db.session.execute(_MARKS, {"ids": list(case_ids)})
    }


def views(account_id: int, area_ids: Collection[int]) -> list[SavedView]:
    """Somebody's own views, and those that are shared with one of their areas, by name."""
    return list(db.session.scalars(_VIEWS, {"mine": account_id, "areas": list(area_ids)}))


def own_view(view_id: int, account_id: int) -> SavedView | None:
    """A view, if it is this person's own."""
    return db.session.scalars(
        select(SavedView).where(SavedView.id == view_id, SavedView.account_id == account_id)
    ).one_or_none()


# Asked by every page of the queue, so they are put together once.
_NEW = select(func.count()).where(
    Exchange.case_id == Case.id, Exchange.account_id.is_(None), Exchange.seen_at.is_(None)
)
_TAGS = select(func.array_agg(CaseTag.tag)).where(CaseTag.case_id == Case.id)
_FEEDBACK = Feedback.__table__
_MARKS = (
    select(Case.id, _FEEDBACK.c.sort, _FEEDBACK.c.anonymous, _NEW.scalar_subquery(), _TAGS.scalar_subquery())
    .outerjoin(_FEEDBACK, _FEEDBACK.c.id == Case.id)
    .where(Case.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
)
_MINE = or_(
    SavedView.account_id == bindparam("mine"),
    SavedView.area_id == any_(bindparam("areas", type_=ARRAY(BigInteger))),
)
_VIEWS = select(SavedView).where(_MINE).order_by(SavedView.name, SavedView.id).limit(100)
