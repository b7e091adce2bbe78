"""Reads feedback, encounters, the saving of footage and links between cases. Reads only."""

from __future__ import annotations

from sqlalchemy import BigInteger, bindparam, literal, or_, select

from casework.cases import once
from casework.cases.models import Case, CaseLink
from casework.extensions import db
from casework.feedback.models import Feedback, Preservation

# Links by which two cases tell one story; others only stand beside each other.
FAMILY = ("became", "split", "merged")


def by_id(case_id: int) -> Feedback | None:
    """The feedback of an id."""
    return db.session.get(Feedback, case_id)


def story(case: Case) -> tuple[int, ...]:
    """The ids of a case and of the feedback that it came from: what was written in either belongs to both."""
    origin = getattr(case, "came_from_id", None)
    return (case.id, origin) if origin else (case.id,)


@once.asked
def preservation(case_id: int) -> Preservation | None:
    """What is owed and known of a case's footage."""
    return db.session.scalars(_PRESERVATION, {"case_id": case_id}).one_or_none()


_PRESERVATION = select(Preservation).where(Preservation.case_id == bindparam("case_id"))


def linked(case_id: int, other_id: int, kind: str) -> bool:
    """Whether two cases are linked in this way, in either direction."""
    both = or_(
        (CaseLink.case_id == case_id) & (CaseLink.other_id == other_id),
        (CaseLink.case_id == other_id) & (CaseLink.other_id == case_id),
    )
    return db.session.scalar(select(CaseLink.id).where(both, CaseLink.kind == kind).limit(1)) is not None


def family(case_id: int) -> list[int]:
    """The ids of a case and of every case that was split off it, merged with it or became of it, however often."""
    edges = select(CaseLink.case_id.label("one"), CaseLink.other_id.label("other")).where(CaseLink.kind.in_(FAMILY))
    both = edges.union(select(CaseLink.other_id, CaseLink.case_id).where(CaseLink.kind.in_(FAMILY))).subquery()
    found = select(literal(case_id, BigInteger).label("id")).cte(recursive=True)
    found = found.union(select(both.c.other).join(found, both.c.one == found.c.id))
    return sorted(db.session.scalars(select(found.c.id)))


def links(case_id: int) -> list[tuple[CaseLink, Case]]:
    """The cases that are linked with this one, each with the link."""
    return [(link, case) for link, case in db.session.execute(_LINKS, {"case": case_id})]


_CASE = bindparam("case", type_=BigInteger)
_LINKS = (
    select(CaseLink, Case)
    .join(
        Case,
        or_(
            (CaseLink.case_id == _CASE) & (Case.id == CaseLink.other_id),
            (CaseLink.other_id == _CASE) & (Case.id == CaseLink.case_id),
        ),
    )
    .where(or_(CaseLink.case_id == _CASE, CaseLink.other_id == _CASE))
    .order_by(CaseLink.id)
)
