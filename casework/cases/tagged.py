"""The tags that cases bear. Reads only."""

from __future__ import annotations

from functools import cache

from sqlalchemy import BigInteger, Select, bindparam, func, select

from casework.cases.models import Case, CaseTag
from casework.cases.scope import Scope, covered
from casework.extensions import db


def of(case_id: int) -> list[str]:
    """The tags of a case."""
    return list(db.session.scalars(select(CaseTag.tag).where(CaseTag.case_id == case_id).order_by(CaseTag.tag)))


def with_known(case_id: int, scope: Scope, limit: int = 30) -> tuple[list[str], list[str]]:
    """The tags of a case, and as suggestions those that were given lately in a scope."""
    found = db.session.execute(_tags(scope.force_wide, scope.kinds is None), {"case_id": case_id} | scope.values)
    mine, known = found.one()
    return sorted(mine or ()), sorted(known or ())[:limit]


@cache
def _tags(force_wide: bool, every_kind: bool) -> Select[list[str], list[str]]:
    mine = select(func.array_agg(CaseTag.tag)).where(CaseTag.case_id == bindparam("case_id", type_=BigInteger))
    lately = (
        select(CaseTag.tag)
        .join(Case, Case.id == CaseTag.case_id)
        .where(covered(force_wide, every_kind))
        .order_by(CaseTag.case_id.desc())
        .limit(100)
        .subquery()
    )
    known = select(func.array_agg(lately.c.tag.distinct()))
    return select(mine.scalar_subquery(), known.scalar_subquery())
