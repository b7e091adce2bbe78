"""What is not simply read and answered: set aside, passed on, sent back, asked for, destroyed. Never commits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from casework.accounts import queries as accounts
from casework.cases import duties, registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.outbox import service as outbox
from casework.outbox.models import Owed
from casework.post import effects, indexing, leases, service
from casework.post.models import Batch, Item
from casework.post.workflow import EXCEPTIONS, URGENT, WANTED
from casework.roles import Actor, Role
from casework.settings import service as settings
from casework.workflow import Refused

CAME_BACK = "came back by post"


def set_aside(item: Item, what: str, actor: Actor, note: str = "", at: datetime | None = None) -> Event:
    """Set an item aside and say why. What cannot wait is told to supervisors at once, by whatever hour it is."""
    words = _words(item, what)
    event = cases.perform(item, "set_aside", actor, note, at, exception=what, words=words, reference=_reference(item))
    item.exception = what
    leases.give_back(item)
    if what in URGENT:
        _alarm(item, event)
    return event


def point_out(item: Item, what: str, actor: Actor, note: str = "") -> Event:
    """The same for an item that is being keyed or is filed: it goes on, and supervisors are told."""
    if what not in EXCEPTIONS:
        raise Refused("Choose what is the matter.", "exception_known")
    batch = db.session.get_one(Batch, item.batch_id)
    facts = {"exception": what, "words": _words(item, what), "reference": _reference(item)}
    event = history.append(batch.stream_id, "point_out", actor, subject=("item", item.id), note=note, facts=facts)
    item.exception = what
    db.session.flush()
    if what in URGENT:
        _alarm(item, event)
    return event


def resume(item: Item, actor: Actor, at: datetime | None = None) -> None:
    """Put an item back to work."""
    cases.perform(item, "resume", actor, at=at)
    item.exception = ""
    db.session.flush()
    service.scanned(item, actor, at)


def forward(
    item: Item, body: str, actor: Actor, *, name: str = "", address: str = "", at: datetime | None = None
) -> Event:
    """Pass on what is not for us. The sender is told by a slip that is printed for them."""
    event = cases.perform(item, "forward", actor, body, at)
    item.sender = json.dumps(asdict(indexing.Indexed(item.kind, name, address)))
    item.routed_at = at or now()
    leases.give_back(item)
    return event


def send_back(item: Item, actor: Actor, note: str, at: datetime | None = None) -> Event:
    """Send what came back to who sent it."""
    event = cases.perform(item, "send_back", actor, note, at)
    item.routed_at = at or now()
    leases.give_back(item)
    return event


def settle(item: Item, actor: Actor, note: str, at: datetime | None = None) -> Event:
    """A supervisor has dealt with what was set aside."""
    event = cases.perform(item, "settle_exception", actor, note, at)
    effects.filed(item, at or now())
    return event


def originals_returned(item: Item, actor: Actor) -> None:
    """The originals are on their way back: the rest of the paper may go in time."""
    if item.exception != "originals":
        raise Refused("There are no originals to return.")
    batch = db.session.get_one(Batch, item.batch_id)
    history.append(batch.stream_id, "return_originals", actor, subject=("item", item.id))
    item.exception = ""
    db.session.flush()
    case = effects.case_of(item)
    if case is not None:
        cases.record(case, "post_moved", actor, item=item.id)


def ask_sender(item: Item, wanted: Iterable[str], actor: Actor, at: datetime | None = None) -> Event:
    """Write to the sender for what cannot be read or is missing, and again later. The case's own clocks run on.

    Hold the case, then the item.
    """
    asked = [each for each in wanted if each in WANTED]
    if not asked:
        raise Refused("Choose what is wanted.", "wanted")
    cases.perform(item, "ask_sender", actor, at=at, what=asked)
    case = effects.case_of(item)
    assert case is not None
    event = cases.record(case, "ask_sender", actor, at=at, item=item.id, wanted=asked)
    again = settings.delay("post.sender.reminder").after(event.at, settings.calendar())
    for part in ("people", "applicant"):
        cases.tell(event, case, "post-more-wanted", part)
        cases.tell(event, case, "post-more-wanted-reminder", part, again, recheck=True)
    return event


def hear(item: Item, actor: Actor, at: datetime | None = None) -> None:
    """The sender has answered."""
    cases.perform(item, "hear", actor, at=at)
    effects.filed(item, at or now())


def came_back(item: Item, owed: Owed, actor: Actor, note: str = "", at: datetime | None = None) -> Case:
    """A letter of ours came back: it told nobody, nor did any to the same person since. Hold the item before.

    The case shows it until somebody writes elsewhere, telephones, or says that nothing is to be done. What else
    waits to be posted there is held until the address is corrected or found to be good.
    """
    case = db.session.scalars(select(Case).where(Case.stream_id == owed.stream_id)).one_or_none()
    if case is None or owed.channel != "letter" or owed.done_at is None:
        raise Refused("This letter was not posted, or is none of a case.", "owed")
    cases.lock(type(case), case.id)
    indexing.attach(item, case, actor, owed=owed, at=at)
    since = select(Owed).where(
        Owed.stream_id == owed.stream_id, Owed.part == owed.part, Owed.channel == "letter", Owed.done_at >= owed.done_at
    )
    names = set()
    for each in db.session.scalars(since.with_for_update()):
        each.failed_at, each.done_at, each.settled_at, each.why = at or now(), None, None, CAME_BACK
        names.add(each.name)
    for party in case.parties:
        if owed.part == f"party:{party.id}":
            party.post_returned_at = at or now()
    db.session.flush()
    if isinstance(case, Complaint) and "complaint-outcome" in names and case.told_on is not None:
        case.told_on = case.review_by = case.review_open_until = None
        cases.project(registry.of(case), case)
    cases.record(case, "returned_mail", actor, note, at=at, item=item.id, owed=owed.id)
    if registry.of(case).mentions:
        duties.project(case)
    item.exception = "returned-mail"
    cases.perform(item, "enter", actor, at=at, answer="returned-mail", done=True)
    effects.filed(item, at or now())
    return case


def destroy(items: Iterable[Item], actor: Actor) -> int:
    """Confirm that the paper of these items is destroyed. What may not go yet is left; returns how many went."""
    gone = 0
    for item in items:
        try:
            cases.perform(item, "destroy", actor, confirmed=True)
            gone += 1
        except Refused:
            continue
    return gone


def _words(item: Item, what: str) -> str:
    batch = db.session.get_one(Batch, item.batch_id)
    return f"Post room, batch {batch.number}, item {item.number}: {EXCEPTIONS.get(what, what)}"


def _reference(item: Item) -> str:
    case = effects.case_of(item)
    return case.reference if case is not None else ""


def _alarm(item: Item, event: Event) -> None:
    """Tell every supervisor of the post room, and of the case where there is one."""
    case, batch = effects.case_of(item), db.session.get_one(Batch, item.batch_id)
    where = {batch.area_id} | ({case.area_id} if case is not None else set())
    told = {account.id for area in where for _, account in accounts.holders([Role.SUPERVISOR], area)}
    for account_id in sorted(told):
        outbox.owe(event, "staff-alarm", f"account:{account_id}")
