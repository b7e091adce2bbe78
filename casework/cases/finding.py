"""Finds cases by the name or the e-mail of their people, in a scope only. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, literal, select, text

from casework.cases.models import Case
from casework.cases.scope import Scope
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
