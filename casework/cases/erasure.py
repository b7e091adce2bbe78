"""Makes a case a tombstone: its people and every word of theirs go, the chain stays whole. Never commits.

Features register what they keep of a case (`erases`); a case on hold is never handed in here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import delete, select, update

from casework.cases.models import Case, CaseTag, Note, Question
from casework.extensions import db
from casework.history.models import Event, EventNote
from casework.moments import now
from casework.outbox.models import Sent
from casework.parties.models import ContactChange, Match, Party

Erasure = Callable[[Sequence[int]], None]
_erasures: list[Erasure] = []


def erases(function: Erasure) -> Erasure:
    """Register what a feature does when cases are erased; it is given their ids."""
    _erasures.append(function)
    return function


def erase(case_ids: Sequence[int]) -> int:
    """Erase these cases for good. Returns how many. Safe to run twice."""
    if not case_ids:
        return 0
    for function in _erasures:
        function(case_ids)
    streams = list(db.session.scalars(select(Case.stream_id).where(Case.id.in_(case_ids))))
    people = list(db.session.scalars(select(Party.id).where(Party.case_id.in_(case_ids))))
    db.session.execute(
        delete(EventNote).where(EventNote.event_id.in_(select(Event.id).where(Event.stream_id.in_(streams))))
    )
    for model, column in ((Note, Note.case_id), (Question, Question.case_id), (CaseTag, CaseTag.case_id)):
        db.session.execute(delete(model).where(column.in_(case_ids)))
    db.session.execute(delete(Sent).where(Sent.stream_id.in_(streams)))
    db.session.execute(delete(ContactChange).where(ContactChange.party_id.in_(people)))
    db.session.execute(delete(Match).where(Match.party_id.in_(people) | Match.other_id.in_(people)))
    db.session.execute(
        update(Party)
        .where(Party.id.in_(people))
        .values(
            name="", name_folded="", email=None, safe_times="", adjustments={}, born_on_text_sealed=None,
            phone_sealed=None,
            address_sealed=None, postcode_sealed=None, link_digest=None, code_digest=None, email_digest=None,
            person_digest=None, erased_at=now(),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    db.session.expire_all()
    return len(case_ids)
