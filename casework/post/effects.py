"""What the tables of the post room check and do at once, and how they are registered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.clocks.london import london_date
from casework.extensions import db
from casework.moments import today
from casework.post.models import Batch, Item, Page
from casework.post.workflow import BATCH, EXCEPTIONS, ITEM, KEPT, KINDS, OPENS, BatchState, State
from casework.settings import service as settings


def count(batch_id: int) -> int:
    """How many envelopes of a batch have an item of their own."""
    wanted = Item.batch_id == batch_id, Item.parent_id.is_(None), Item.state != State.STRUCK
    return int(db.session.scalar(select(func.count()).select_from(Item).where(*wanted)) or 0)


def case_of(item: Item) -> Case | None:
    """The case that an item became or belongs to."""
    return db.session.get(Case, item.case_id) if item.case_id is not None else None


def paper_due(item: Item) -> bool:
    """Whether the paper of an item has been kept for long enough."""
    return item.paper_due_on is not None and item.paper_due_on < today()


def filed(item: Item, at: datetime) -> None:
    """Note when an item was filed and until when its paper is kept."""
    item.routed_at = at
    item.paper_due_on = settings.rule("post.paper").due(london_date(at), settings.calendar())
    db.session.flush()


def _sum_holds(step: Step) -> bool:
    return count(step.subject.id) == step.subject.envelopes


def _day_good(step: Step) -> bool:
    day = step.facts.get("arrived_on")
    return step.asking or (day is not None and day <= today() and day != step.subject.arrived_on)


def _batch_open(step: Step) -> bool:
    # Locked, so that nothing is added to a batch while it is closed.
    batch = cases.lock(Batch, step.subject.batch_id)
    return batch.state == BatchState.OPEN or step.subject.parent_id is not None


def _has_pages(step: Step) -> bool:
    found = exists().where(Page.item_id == step.subject.id, Page.removed_at.is_(None))
    return bool(db.session.scalar(select(found)))


def _can_write(step: Step) -> bool:
    case = case_of(step.subject)
    people = () if case is None else (*cases.parties_of(case.id, "people"), *cases.parties_of(case.id, "applicant"))
    return any(party.address or party.email for party in people)


def _paper_free(step: Step) -> bool:
    case = case_of(step.subject)
    return step.subject.exception not in KEPT and not (case is not None and case.hold)


def _exception_known(step: Step) -> bool:
    return step.asking or step.facts.get("exception") in EXCEPTIONS


_REASON = {"reason_given": lambda step: step.asking or bool(step.note.strip())}

registry.register(
    registry.Kind(
        BATCH,
        Batch,
        stream_of=lambda batch: batch.stream_id,
        case_of=lambda batch: None,
        own_past=True,
        checks=_REASON | {"sum_holds": _sum_holds, "day_good": _day_good},
    )
)
registry.register(
    registry.Kind(
        ITEM,
        Item,
        stream_of=lambda item: item.batch.stream_id,
        case_of=case_of,
        own_past=True,
        checks=_REASON
        | {
            "batch_open": _batch_open,
            "has_pages": _has_pages,
            "no_pages": lambda step: not _has_pages(step),
            "kind_known": lambda step: step.asking or step.facts.get("kind") in KINDS,
            "to_be_keyed": lambda step: not step.subject.attached and step.subject.kind in OPENS,
            "is_attached": lambda step: step.subject.attached and step.subject.case_id is not None,
            "no_case": lambda step: step.subject.case_id is None,
            "has_case": lambda step: step.subject.case_id is not None,
            "keys_agree": lambda step: step.asking or not step.facts.get("differ"),
            "keys_differ": lambda step: step.asking or bool(step.facts.get("differ")),
            "can_write": _can_write,
            "exception_known": _exception_known,
            "paper_due": lambda step: paper_due(step.subject),
            "paper_free": _paper_free,
        },
        nows={"keep_paper": lambda step: filed(step.subject, step.at)},
    )
)
