"""What the post room does with trays and envelopes, in its own words. Never commits; never reads the request."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from casework.cases import opening
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.post import effects  # noqa: F401  (registers the tables)
from casework.post.models import Batch, Item, Page
from casework.post.workflow import UNSORTED
from casework.roles import Actor

# So many at once.
MOST = 500
# For so long the same page sent again leads to the batch that it opened.
TWICE = timedelta(minutes=10)


def open_batch(
    actor: Actor,
    *,
    tray: str,
    arrived_on: date,
    envelopes: int,
    area_id: int | None = None,
    fill: bool = True,
    key: str = "",
    at: datetime | None = None,
) -> Batch:
    """Open the batch of a tray, with an item for each envelope (`fill`). Its number is the day with a count."""
    assert actor.account_id is not None
    moment = at or now()
    batch = Batch(
        stream_id=history.open_stream("batch").id,
        number=_number(arrived_on),
        tray=tray,
        arrived_on=arrived_on,
        envelopes=envelopes,
        area_id=area_id,
        opened_by=actor.account_id,
        opened_at=moment,
    )
    cases.perform(batch, "open", actor, at=moment, envelopes=envelopes, arrived_on=arrived_on, key=key)
    if fill:
        add_items(batch, envelopes, actor, at=moment)
    return batch


def open_once(actor: Actor, key: str, **given: Any) -> Batch:
    """Open a batch; the same `key` of the same account again gives the batch that it opened."""
    lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
    db.session.execute(lock, {"name": f"casework:batch:{actor.account_id}"})
    made = (
        select(Batch)
        .join(Event, (Event.stream_id == Batch.stream_id) & (Event.subject_id == Batch.id))
        .where(Event.subject_kind == "batch", Event.action == "open", Event.account_id == actor.account_id)
        .where(Event.at > now() - TWICE, Event.facts["key"].astext == key)
    )
    found = db.session.scalars(made.limit(1)).first() if key else None
    return found or open_batch(actor, key=key, **given)


def last_number(batch_id: int) -> int:
    """The highest number of an item in a batch; 0 where there is none."""
    return int(db.session.scalar(select(func.coalesce(func.max(Item.number), 0)).where(Item.batch_id == batch_id)) or 0)


def add_items(batch: Batch, how_many: int, actor: Actor, at: datetime | None = None) -> list[Item]:
    """Add envelopes to an open batch. The numbers go on where they are."""
    cases.lock(Batch, batch.id)
    first = last_number(batch.id) + 1
    return [_open(batch, first + each, actor, at) for each in range(min(how_many, MOST))]


def add_matter(item: Item, actor: Actor, at: datetime | None = None) -> Item:
    """A second matter in the same envelope becomes an item of its own, which is no envelope more."""
    batch: Batch = cases.lock(Batch, item.batch_id)
    return _open(batch, last_number(batch.id) + 1, actor, at, parent_id=item.parent_id or item.id)


def strike(item: Item, actor: Actor, at: datetime | None = None) -> Event:
    """There was no such envelope."""
    cases.lock(Batch, item.batch_id)
    return cases.perform(item, "strike", actor, at=at)


def recount(batch: Batch, envelopes: int, actor: Actor, note: str, at: datetime | None = None) -> Event:
    """Correct how many envelopes there were."""
    event = cases.perform(batch, "recount", actor, note, at, envelopes=envelopes, was=batch.envelopes)
    batch.envelopes = envelopes
    db.session.flush()
    return event


def close(batch: Batch, actor: Actor, at: datetime | None = None) -> Event:
    """Close a batch whose sum holds. Work on its items goes on; no envelope is added to it."""
    cases.lock(Batch, batch.id)
    event = cases.perform(batch, "close", actor, at=at, envelopes=batch.envelopes)
    batch.closed_at = at or now()
    return event


def reopen(batch: Batch, actor: Actor, note: str, at: datetime | None = None) -> Event:
    """Open a closed batch again."""
    event = cases.perform(batch, "reopen", actor, note, at)
    batch.closed_at = None
    return event


def correct_day(batch: Batch, on: date, actor: Actor, note: str, at: datetime | None = None) -> int:
    """Correct the day on which a tray arrived, with a reason: every case opened from it is received on that day.

    Each case says so, and its clocks are worked out again. Returns how many cases moved.
    """
    opened = select(Item.case_id).where(Item.batch_id == batch.id, Item.case_id.is_not(None), Item.attached.is_(False))
    held = [cases.lock(Case, case_id) for case_id in sorted({each for each in db.session.scalars(opened) if each})]
    cases.lock(Batch, batch.id)
    cases.perform(batch, "correct_day", actor, note, at, arrived_on=on, was=batch.arrived_on)
    was, batch.arrived_on = batch.arrived_on, on
    db.session.flush()
    return sum(len(opening.correct_received(case, on, actor, note)) for case in held if case.received_on == was)


def scanned(item: Item, actor: Actor, at: datetime | None = None) -> None:
    """Pages were given to an item, or the last one was taken away."""
    has = db.session.scalar(select(func.count()).where(Page.item_id == item.id, Page.removed_at.is_(None)))
    if item.state not in UNSORTED or bool(has) == (item.state == UNSORTED[1]):
        return
    cases.perform(item, "scan" if has else "scan_again", actor, at=at)
    item.scanned_at = at or now() if has else None
    db.session.flush()


def _open(batch: Batch, number: int, actor: Actor, at: datetime | None, parent_id: int | None = None) -> Item:
    item = Item(batch=batch, batch_id=batch.id, number=number, parent_id=parent_id, opened_at=at or now())
    cases.perform(item, "open", actor, at=at, number=number)
    return item


def _number(day: date) -> str:
    """The next number of a day, one after the other for everybody who opens a batch."""
    lock = text("select pg_advisory_xact_lock(hashtextextended('casework:batches', 0))")
    db.session.execute(lock)
    made = db.session.scalar(select(func.count()).where(Batch.number.startswith(f"{day:%Y%m%d}-", autoescape=True)))
    return f"{day:%Y%m%d}-{(made or 0) + 1:02d}"
