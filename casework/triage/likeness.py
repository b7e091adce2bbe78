"""Which other feedback and complaints may come from the same person or be about the same incident, and why.

Suggestions only: staff link, merge, or leave it. A case outside the areas of whoever asks is never named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, Text, and_, any_, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from casework.cases.models import Case, CaseLink
from casework.cases.scope import Scope, covered
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.parties.models import Party

KINDS = frozenset({"feedback", "complaint"})
MOST = 5
# So many candidates are looked at: the newest of each sort.
LOOKED_AT = 40
# Of how many accounts of the same day the names are compared: a day has few, unless there was a crowd.
SAME_DAY = 100
# How alike two names must be to be pointed out, where the day agrees too.
ALIKE = 0.55

EMAIL, PERSON, RECEIPT, OFFICERS, NAME = "email", "person", "receipt", "place", "name"
WORDS = {
    EMAIL: "same email address",
    PERSON: "same name and date of birth",
    RECEIPT: "same search receipt",
    OFFICERS: "same day, borough and officer",
    NAME: "similar name, same day",
}
# What weighs most comes first.
WEIGHT = {RECEIPT: 5, PERSON: 4, EMAIL: 4, OFFICERS: 3, NAME: 1}


@dataclass(frozen=True)
class Near:
    """Another case with the reasons why it may belong together with this one."""

    reference: str
    kind: str
    state: str
    received_on: date
    name: str
    reasons: tuple[str, ...]


def near(case: Any, scope: Scope, most: int = MOST) -> list[Near]:
    """The likeliest other cases in a scope, best first. Linked cases and the same encounter are known and left out."""
    place: Encounter = case.encounter
    found: dict[int, set[str]] = {}
    officers = numbers(place.officers)
    asked = {
        "case": case.id,
        "receipt": place.receipt,
        "day": place.happened_on,
        "borough": place.borough_id,
        "numbered": bool(officers),
        "most": LOOKED_AT,
        "same_day": SAME_DAY,
        "alike": ALIKE,
    }
    for case_id, why, said in db.session.execute(_CANDIDATES, asked):
        if why == OFFICERS and not officers & numbers(said):
            continue
        found.setdefault(case_id, set()).add(why)
    if not found:
        return []
    ids = {"case": case.id, "encounter": place.id, "found": sorted(found)}
    rows = db.session.execute(_visible(scope.force_wide, scope.kinds is None), ids | scope.values).all()
    ranked = sorted(rows, key=lambda row: (-sum(WEIGHT[why] for why in found[row.id]), -row.id))[:most]
    return [
        Near(
            row.reference,
            row.kind,
            row.state,
            row.received_on,
            row.name or "",
            tuple(WORDS[why] for why in WORDS if why in found[row.id]),
        )
        for row in ranked
    ]


def numbers(officers: str) -> set[str]:
    """The shoulder numbers in what somebody wrote of the officers: "PC 1234 and 77NI" has two."""
    return {"".join(found.upper().split()) for found in re.findall(r"\b\d{2,6} ?[A-Za-z]{0,2}\b", officers)}


# (case, reason, what is said of the officers) by each way in which two cases may belong together. Written out, because
# every look at a case asks it. Encounters are chosen first and each is asked for its cases (`offset 0` holds to that):
# sorted by case at the end, all cases there are would be walked on a day of which much is told.
_CANDIDATES = text("""
    with mine as (
        select email_digest, person_digest, name_folded from parties where case_id = :case and erased_at is null
    ), chosen as materialized (
        (select id, 'receipt' as why, '' as officers from encounters
            where receipt = :receipt and :receipt <> '' order by id desc limit :most)
        union all
        (select id, 'place', officers from encounters
            where happened_on = :day and borough_id = :borough and :numbered order by id desc limit :most)
        union all
        -- those of the same borough before others
        (select id, 'name', '' from encounters
            where happened_on = :day order by borough_id is distinct from :borough, id desc limit :same_day)
    ), told as materialized (
        select its.id, chosen.why, chosen.officers from chosen cross join lateral (
            select id from feedback where encounter_id = chosen.id
            union all select id from complaints where encounter_id = chosen.id offset 0
        ) its
    )
    (select p.case_id, 'email', '' from mine join parties p using (email_digest)
        where p.erased_at is null order by p.case_id desc limit :most)
    union all
    (select p.case_id, 'person', '' from mine join parties p using (person_digest)
        where p.erased_at is null order by p.case_id desc limit :most)
    union all
    select id, why, officers from told where why <> 'name'
    union all
    (select told.id, 'name', '' from mine, told cross join lateral (
            select name_folded from parties where case_id = told.id and erased_at is null offset 0
        ) p
        where told.why = 'name' and mine.name_folded <> '' and similarity(p.name_folded, mine.name_folded) >= :alike
        order by told.id desc limit :most)
""").bindparams(
    bindparam("day", type_=Date),
    bindparam("borough", type_=BigInteger),
    bindparam("case", type_=BigInteger),
    bindparam("receipt", type_=Text),
)


@cache
def _visible(force_wide: bool, every_kind: bool) -> Select[*tuple[Any, ...]]:
    """Of some candidates, those that somebody may see and that are not known to belong together."""
    person, case_id = aliased(Party), bindparam("case", type_=BigInteger)
    linked = select(CaseLink.id).where(
        or_(
            and_(CaseLink.case_id == case_id, CaseLink.other_id == Case.id),
            and_(CaseLink.other_id == case_id, CaseLink.case_id == Case.id),
        )
    )
    feedback, complaint = Feedback.__table__, Complaint.__table__
    other = func.coalesce(feedback.c.encounter_id, complaint.c.encounter_id)
    return (
        select(Case.id, Case.reference, Case.kind, Case.state, Case.received_on, person.name)
        .outerjoin(feedback, feedback.c.id == Case.id)
        .outerjoin(complaint, complaint.c.id == Case.id)
        .outerjoin(person, and_(person.case_id == Case.id, person.part == "complainant"))
        .where(
            Case.id == any_(bindparam("found", type_=ARRAY(BigInteger))),
            Case.id != case_id,
            other != bindparam("encounter", type_=BigInteger),
            covered(force_wide, every_kind),
            ~linked.exists(),
        )
    )
