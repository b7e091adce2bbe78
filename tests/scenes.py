"""Feedback and a complaint of one area with everything of theirs that an address or a form can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from casework.cases.models import Case
from casework.complaints import service as complaints
from casework.complaints.models import Allegation, Complaint, Learning, Trigger
from casework.exchanges.models import Attachment, CannedText, Exchange
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback, Preservation
from casework.feedback.service import Person
from casework.history.models import Stream
from casework.moments import now
from casework.outbox.models import Owed
from casework.parties.models import Party
from tests import factories, sayings
from tests.factories import Cast

# What nobody changes by sending it: a case keeps what it is, when it came, whose it is.
KEPT = ("id", "kind", "reference", "received_on", "opened_at", "stream_id", "channel", "hold")
# Names that a client may add to any form. Most are columns somewhere; none of them is asked for.
FORBIDDEN = {
    "id": "1", "case_id": "1", "kind": "ride", "state": "closed", "is_open": "", "received_on": "2020-01-01", "opened_at": "2020-01-01",
    "stream_id": "1", "area_id": "1", "assigned_to": "1", "account_id": "1", "party_id": "1", "acts": "on", "hold": "x", "channel": "letter",
    "recorded_on": "2020-01-01", "criteria_met_at": "2020-01-01", "told_on": "2020-01-01", "review_open_until": "2099-01-01",
    "outcome_told": "yes", "asked_to_record": "on", "special_procedures": "on", "role": "supervisor", "actor": "1", "is_admin": "1",
    "extra[]": "x", "__class__": "x",
}  # fmt: skip


@dataclass
class Scene:
    """What lies in one area, with the values that addresses of its things are made from."""

    feedback: Feedback
    complaint: Complaint
    trigger: int
    values: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The references and numbers under which somebody could try to reach it."""
        given = {self.feedback.reference, self.complaint.reference, *map(str, self.values.values()), str(self.trigger)}
        return sorted(given | {str(self.feedback.id), str(self.complaint.id)})


def scene(
    cast: Cast, where: str = "north-borough", words: str = "Nobody told me why.", name: str = "Ife Abara"
) -> Scene:
    """An area's feedback and complaint with an allegation, a file, a message, learning and a trigger, committed."""
    facts = {
        "what": words,
        "place": words,
        "borough_id": factories.area(where).id,
        "person": Person(name, email="ife@example.org"),
    }
    feedback = sayings.concern(**facts)
    case = sayings.investigated(cast, **facts)
    for each in (feedback, case):
        db.session.add(Exchange(case_id=each.id, at=now(), party_id=sayings.party_of(each).id, words=words))
    complaints.update(case, words, cast.handler)
    kept = complaints.learn(case, cast.handler, what=words, change="Briefing", who="North", by_on=date(2030, 1, 1))
    trigger = Trigger(case_id=case.id, area_id=case.area_id, at=now(), why="community")
    text = CannedText(key="thanks", title="Thanks", words="Thank you.", changed_at=now())
    file = Attachment(
        case_id=case.id, at=now(), party_id=sayings.party_of(case).id, name="a.jpg", kind="image/jpeg", size=1, digest=b"x", stored=f"{case.id}"
    )  # fmt: skip
    known = db.session.scalar(select(CannedText.id))
    db.session.add_all([trigger, file] if known else [trigger, file, text])
    db.session.flush()
    owed = db.session.scalars(select(Owed.id).where(Owed.stream_id == case.stream_id).limit(1)).one()
    values = {
        "number": 1, "learning_id": kept.id, "text_id": known or text.id, "file_id": file.id, "owed_id": owed, "key": "x", "plan_id": 1,
        "rule_id": 1, "view_id": 1, "action": "log", "what": "delete", "channel": "letter",
    }  # fmt: skip
    db.session.commit()
    return Scene(feedback, case, trigger.id, values)


def kept(case_id: int) -> list[Any]:
    """What nobody changes of a case, and who its people are to it."""
    case = db.session.scalars(select(Case).where(Case.id == case_id).execution_options(populate_existing=True)).one()
    people = select(Party.id, Party.part, Party.acts).where(Party.case_id == case_id).order_by(Party.id)
    return [getattr(case, name) for name in KEPT] + [tuple(row) for row in db.session.execute(people)]


def everything(scene: Scene) -> list[Any]:
    """All that a stranger could have changed in a scene: every row of it as it stands."""
    ids = [scene.feedback.id, scene.complaint.id]
    rows: list[Any] = []
    for model in (Case, Allegation, Learning, Trigger, Attachment, Exchange, Preservation, Party):
        table = model.__table__
        key = table.c.id if model is Case else table.c.case_id
        rows += [tuple(row) for row in db.session.execute(select(table).where(key.in_(ids)).order_by(table.c.id))]
    for table in (Encounter.__table__, CannedText.__table__):
        rows += [tuple(row) for row in db.session.execute(select(table).order_by(table.c.id))]
    streams = select(Stream.id, Stream.head).where(Stream.id.in_([scene.feedback.stream_id, scene.complaint.stream_id]))
    return rows + [tuple(row) for row in db.session.execute(streams.order_by(Stream.id))]


__all__ = ["FORBIDDEN", "Scene", "everything", "kept", "scene"]
