"""A letter becomes a case, or belongs to one: opened by the very verbs that open what comes online. Never commits.

Nothing waits for keying: the case is there with its first day and its pages, and whatever is keyed later fills it in.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from casework.cases import desk
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback.service import Person, Told
from casework.history.models import Event
from casework.moments import now
from casework.outbox.models import Owed
from casework.post import effects, leases
from casework.post.models import Batch, Item
from casework.post.workflow import OPENS, State
from casework.rides import service as rides
from casework.rides.service import Application
from casework.roles import Actor
from casework.saying import service as saying
from casework.workflow import Refused

_STEPS = {
    "come_by_post": "came by post",
    "attach_post": "something came by post",
    "detach_post": "what came by post belongs elsewhere",
    "complete": "facts keyed from the paper",
    "correct_day": "day of receipt corrected",
    "check_keyed": "checked against the paper",
    "settle_conflicts": "looked at what the paper says otherwise",
    "returned_mail": "our letter came back",
    "ask_sender": "sender asked for what is missing in the letter",
    "post_moved": "what came by post was put right",
}
desk.say(**{f"{kind}__{step}": words for kind in OPENS for step, words in _STEPS.items()})


@dataclass(frozen=True)
class Indexed:
    """What a clerk reads off the paper at once. `later`: they ask to be reached in another way, which is keyed."""

    kind: str
    name: str = ""
    address: str = ""
    postcode: str = ""
    borough_id: int | None = None
    area_id: int | None = None  # the first wish of somebody who would like to ride along
    not_home: bool = False
    large_print: bool = False
    for_other: bool = False  # whoever writes acts for somebody else
    later: bool = False
    form: str = ""

    @property
    def channel(self) -> str:
        """How we answer: by letter where there is an address, unless they ask for something else."""
        return "letter" if self.address and not self.later else "page"

    @property
    def adjustments(self) -> dict[str, Any]:
        """What they need, as cases keep it."""
        needs: dict[str, Any] = {"contact_needs": ["large-print"]} if self.large_print else {}
        return needs | ({"not_home": True} if self.not_home else {})

    def told(self) -> Told:
        """As what somebody says of an encounter."""
        sender = Person(
            name=self.name,
            address=self.address,
            postcode=self.postcode,
            channel=self.channel,
            adjustments=self.adjustments,
        )
        intent = "complaint" if self.kind == "complaint" else ""
        unknown = not (self.name or self.address)
        return Told(
            what="",
            intent=intent,
            borough_id=self.borough_id,
            anonymous=unknown and not self.for_other,
            relation="behalf" if self.for_other else "",
            person=Person(channel="page") if self.for_other else sender,
            representative=sender if self.for_other else None,
        )

    def application(self) -> Application:
        """As an application to ride along."""
        return Application(
            name=self.name,
            born_on=None,
            address=self.address,
            postcode=self.postcode,
            channel=self.channel,
            adjustments=self.adjustments,
            wishes=(self.area_id,) if self.area_id else (),
        )


def read(item: Item) -> Indexed:
    """What was read off the paper of an item when it was indexed; nothing where it was not."""
    return Indexed(**json.loads(item.sender)) if item.sender else Indexed(kind=item.kind)


def open_case(item: Item, indexed: Indexed, actor: Actor, at: datetime | None = None) -> Case:
    """Open the case of an item, with the day on which the envelope arrived. Hold the item before."""
    if item.case_id is not None:
        raise Refused("This item has its case already.", "no_case")
    if indexed.kind not in OPENS:
        raise Refused("Say what it is.", "kind_known")
    day = db.session.get_one(Batch, item.batch_id).arrived_on
    case: Case
    if indexed.kind == "ride":
        case = rides.apply(indexed.application(), actor, received_on=day, via="post", at=at)
    else:
        case = saying.say(indexed.told(), actor, received_on=day, via="post")
    item.kind, item.form, item.case_id, item.attached = indexed.kind, indexed.form or item.form, case.id, False
    item.sender = json.dumps(asdict(indexed))
    _indexed(item, case, actor, at)
    cases.record(case, "come_by_post", actor, at=at, item=item.id)
    return case


def attach(item: Item, case: Case, actor: Actor, *, owed: Owed | None = None, at: datetime | None = None) -> None:
    """Say that an item belongs to a case that is there: by a code of ours, or as a clerk says. Hold the item before.

    What it says is entered afterwards, by somebody who reads it: see `answers`.
    """
    if item.case_id is not None:
        raise Refused("This item belongs to a case already.", "no_case")
    day = db.session.get_one(Batch, item.batch_id).arrived_on
    item.kind, item.case_id, item.attached = "answer", case.id, True
    item.owed_id = owed.id if owed is not None else None
    _indexed(item, case, actor, at)
    cases.record(case, "attach_post", actor, at=at, item=item.id, on=day)


def detach(item: Item, actor: Actor, note: str = "", at: datetime | None = None) -> Event:
    """Undo that: the item belongs elsewhere and is sorted anew. What was entered from it stays in the history."""
    case = effects.case_of(item)
    entered = item.state == State.FILED
    event = cases.perform(item, "detach", actor, note, at)
    if case is not None:
        cases.record(case, "detach_post", actor, note, at=at, item=item.id, entered=entered)
    item.kind, item.case_id, item.attached, item.owed_id = "", None, False, None
    item.indexed_at = item.routed_at = item.paper_due_on = None
    db.session.flush()
    return event


def _indexed(item: Item, case: Case, actor: Actor, at: datetime | None) -> None:
    cases.perform(item, "index", actor, at=at, kind=item.kind, case=case.id, attached=item.attached)
    item.indexed_at = at or now()
    leases.give_back(item)
