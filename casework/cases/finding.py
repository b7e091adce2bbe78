"""Finds cases by the name or the e-mail of their people, and the newest ones, in a scope only. Reads only."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Row, Select, Text, any_, bindparam, func, literal, select, text, true, union
from sqlalchemy.dialects.postgresql import ARRAY

from casework.cases import registry
from casework.cases.models import Case, CaseArea
from casework.cases.scope import Scope, covered
from casework.extensions import db
from casework.parties import service as parties
from casework.parties.models import Party
from casework.parties.names import fold


def by_person(scope: Scope, words: str, limit: int = 50) -> list[Row[Any]]:
    """Find cases by name (accents and spelling mistakes tolerated) or by e-mail, best first, in scope only."""
    base = (
        select(Case.id, Case.reference, Case.kind, Case.state, Case.received_on, Party.name, Party.part)
        .join(Party, Party.case_id == Case.id)
        .where(scope.covers(), Party.erased_at.is_(None))
        .limit(limit)
    )
    if "@" in words:
        return list(
            db.session.execute(base.where(Party.email_digest == parties.email_digest(words)).order_by(Case.id.desc()))
        )
    folded = fold(words)
    if not folded:
        return []
    # "<%" uses the trigram index: some part of the name looks like what was typed, two letters swapped included.
    db.session.execute(text("SET LOCAL pg_trgm.word_similarity_threshold = 0.4"))
    close = func.word_similarity(folded, Party.name_folded)
    return list(
        db.session.execute(
            base.where(literal(folded).op("<%")(Party.name_folded)).order_by(close.desc(), Case.id.desc())
        )
    )


def newest(scope: Scope, limit: int) -> list[int]:
    """The ids of the newest cases that somebody may see, open or not, newest first."""
    kinds = registry.case_kinds() if scope.kinds is None else scope.kinds
    return list(db.session.scalars(_newest(scope.force_wide, limit), scope.values | {"kinds": sorted(kinds)}))


@cache
def _newest(force_wide: bool, limit: int) -> Select[int]:
    """Over the force by the key; else the newest of each kind in each area and of what is shared, then of those."""
    if force_wide:
        return select(Case.id).where(covered(True, False)).order_by(Case.id.desc()).limit(limit)
    wanted, kinds = bindparam("areas", type_=ARRAY(BigInteger)), bindparam("kinds", type_=ARRAY(Text))
    area = func.unnest(wanted).table_valued("id", name="area").render_derived()
    kind = func.unnest(kinds).table_valued("kind", name="kind").render_derived()
    here = select(Case.id).where(Case.area_id == area.c.id, Case.kind == kind.c.kind, covered(True, True))
    each = here.order_by(Case.id.desc()).limit(limit).lateral("each")
    shared = select(CaseArea.case_id).where(CaseArea.area_id == any_(wanted))
    seen = union(
        select(each.c.id).select_from(area.join(kind, true()).join(each, true())),
        select(Case.id).where(Case.id.in_(shared), covered(True, False)),
    ).subquery()
    return select(seen.c.id).order_by(seen.c.id.desc()).limit(limit)
