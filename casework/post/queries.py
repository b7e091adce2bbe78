"""What the post room sees of its own paper: batches with their sums, what waits, what lies too long. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, and_, case, func, select, tuple_

from casework.accounts.models import Account
from casework.cases.models import Case
from casework.extensions import db
from casework.history.models import Event, EventNote
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.parties.names import fold
from casework.post.indexing import Indexed
from casework.post.models import Batch, Item, Page, Scan
from casework.post.workflow import ITEM, UNSORTED, BatchState, State
from casework.settings import service as settings

PAGE = 25
# A batch has so many items at most on its page; more are reached by their number.
MOST = 500
MOST_PAGES = 200
# How alike two names must be to be pointed out at indexing.
ALIKE = 0.6
ALIKE_MOST = 5

Where = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True)
class Sum:
    """What became of the envelopes of a batch. `holds`: all of them together are as many as were counted."""

    envelopes: int = 0
    cases: int = 0
    attached: int = 0
    forwarded: int = 0
    returned: int = 0
    exceptions: int = 0
    in_work: int = 0

    @property
    def items(self) -> int:
        """The envelopes that have an item."""
        return self.cases + self.attached + self.forwarded + self.returned + self.exceptions + self.in_work

    @property
    def holds(self) -> bool:
        """Whether nothing is missing and nothing is too much."""
        return self.items == self.envelopes

    def parts(self) -> list[tuple[str, int]]:
        """The parts with their words, in the order in which they are added up."""
        return [
            ("cases", self.cases),
            ("attached to cases", self.attached),
            ("forwarded", self.forwarded),
            ("returned", self.returned),
            ("set aside", self.exceptions),
            ("still in work", self.in_work),
        ]


_BECAME = case(
    (Item.state == State.FORWARDED, "forwarded"),
    (Item.state == State.RETURNED, "returned"),
    (Item.state == State.EXCEPTION, "exceptions"),
    (and_(Item.case_id.is_not(None), Item.attached), "attached"),
    (Item.case_id.is_not(None), "cases"),
    (Item.state.in_(UNSORTED), "in_work"),
    else_="exceptions",
)


def sums(batches: Sequence[Batch]) -> dict[int, Sum]:
    """The sum of each of these batches. A second matter in an envelope and what was struck out count as none."""
    rows = db.session.execute(
        select(Item.batch_id, _BECAME, func.count())
        .where(Item.batch_id.in_([each.id for each in batches]), Item.parent_id.is_(None), Item.state != State.STRUCK)
        .group_by(Item.batch_id, _BECAME)
    )
    found: dict[int, dict[str, int]] = {each.id: {"envelopes": each.envelopes} for each in batches}
    for batch_id, became, number in rows:
        found[batch_id][became] = number
    return {batch_id: Sum(**values) for batch_id, values in found.items()}


def open_batches(*where: ColumnElement[bool]) -> list[Batch]:
    """The open batches, the oldest first."""
    wanted = select(Batch).where(Batch.state == BatchState.OPEN, *where)
    return list(db.session.scalars(wanted.order_by(Batch.arrived_on, Batch.id).limit(200)))


def closed_batches(*where: ColumnElement[bool], after: tuple[date, int] | None = None) -> list[Batch]:
    """A page of the closed batches and one more, the newest first."""
    wanted = select(Batch).where(Batch.state == BatchState.CLOSED, *where)
    if after is not None:
        wanted = wanted.where(tuple_(Batch.arrived_on, Batch.id) < after)
    return list(db.session.scalars(wanted.order_by(Batch.arrived_on.desc(), Batch.id.desc()).limit(PAGE + 1)))


def aged(*where: ColumnElement[bool]) -> list[tuple[Batch, int]]:
    """Batches with envelopes that nobody has sorted for longer than the setting allows, with how many."""
    first = settings.first_within("post.tray", today())
    return [
        (batch, number)
        for batch, number in db.session.execute(
            select(Batch, func.count())
            .join(Item, Item.batch_id == Batch.id)
            .where(Item.state.in_(UNSORTED), Batch.arrived_on < first, *where)
            .group_by(Batch.id)
            .order_by(Batch.arrived_on, Batch.id)
            .limit(100)
        )
    ]


def waiting(*where: ColumnElement[bool]) -> dict[str, int]:
    """How much waits for what, up to a hundred and one of each."""
    kinds: dict[str, Where] = {
        "scan": (Item.state == State.OPENED,),
        "index": (Item.state == State.SCANNED,),
        "enter": (Item.state == State.INDEXED, Item.attached.is_(True)),
        "aside": (Item.state == State.EXCEPTION,),
        "sender": (Item.state == State.AWAITING_SENDER,),
        "paper": (Item.state == State.FILED, Item.paper_due_on < today()),
    }
    found = {}
    for name, conditions in kinds.items():
        some = select(Item.id).where(*conditions, *where).limit(101)
        found[name] = int(db.session.scalar(select(func.count()).select_from(some.subquery())) or 0)
    return found


def items(batch_id: int, *where: ColumnElement[bool]) -> list[Row[tuple[Item, int, str | None]]]:
    """The items of a batch with their pages and who holds each."""
    pages = (
        select(Page.item_id, func.count().label("pages"))
        .where(Page.batch_id == batch_id, Page.removed_at.is_(None), Page.item_id.is_not(None))
        .group_by(Page.item_id)
        .subquery()
    )
    return list(
        db.session.execute(
            select(Item, func.coalesce(pages.c.pages, 0), Account.name)
            .outerjoin(pages, pages.c.item_id == Item.id)
            .outerjoin(Account, and_(Account.id == Item.lease_account, Item.lease_until > func.now()))
            .where(Item.batch_id == batch_id, *where)
            .order_by(Item.number)
            .limit(MOST)
        )
    )


def listed(state: str, *where: ColumnElement[bool]) -> list[Item]:
    """What waits in a state, what is due first first."""
    wanted = select(Item).where(Item.state == state, *where).order_by(Item.due_on, Item.id).limit(100)
    return list(db.session.scalars(wanted))


def paper_due(*where: ColumnElement[bool]) -> list[Item]:
    """Filed items whose paper has been kept for long enough, the oldest first."""
    wanted = select(Item).where(Item.state == State.FILED, Item.paper_due_on < today(), *where)
    return list(db.session.scalars(wanted.order_by(Item.paper_due_on, Item.id).limit(200)))


def loose_pages(batch_id: int) -> int:
    """How many pages of a batch belong to no item yet."""
    wanted = Page.batch_id == batch_id, Page.item_id.is_(None), Page.removed_at.is_(None)
    return int(db.session.scalar(select(func.count()).select_from(Page).where(*wanted)) or 0)


def scans(batch_id: int) -> list[Scan]:
    """The files that were scanned for a batch, the newest first."""
    return list(db.session.scalars(select(Scan).where(Scan.batch_id == batch_id).order_by(Scan.id.desc()).limit(100)))


@dataclass(frozen=True)
class Alike:
    """A case that a letter may belong to, as far as a clerk may know: its reference, why, and the letter it came by."""

    reference: str
    why: str
    came_as: str


def alike(indexed: Indexed, *where: ColumnElement[bool]) -> list[Alike]:
    """Cases of people with such a name. Of what came by post, its batch; of others, no more than the reference."""
    folded = fold(indexed.name)
    if len(folded) < 4:
        return []
    near = func.similarity(Party.name_folded, folded)
    rows = db.session.execute(
        select(Case.reference, Party.name_folded, func.min(Batch.number), func.min(Item.number))
        .join(Party, Party.case_id == Case.id)
        .outerjoin(Item, and_(Item.case_id == Case.id, Item.attached.is_(False)))
        .outerjoin(Batch, Batch.id == Item.batch_id)
        .where(Party.name_folded.op("%")(folded), near >= ALIKE, Party.erased_at.is_(None), *where)
        .group_by(Case.id, Case.reference, Party.name_folded, near)
        .order_by(near.desc(), Case.id.desc())
        .limit(ALIKE_MOST)
    )
    return [
        Alike(
            reference,
            "the same name" if name == folded else "a similar name",
            f"batch {batch}, item {number}" if batch else "",
        )
        for reference, name, batch, number in rows
    ]


def of_case(case_id: int) -> list[Item]:
    """What came by post for a case, also what it was opened from, in its order."""
    return list(db.session.scalars(select(Item).where(Item.case_id == case_id).order_by(Item.id).limit(50)))


def pages_of(item_ids: Iterable[int]) -> dict[int, list[Page]]:
    """The pages of these items in their order, without what was removed."""
    found: dict[int, list[Page]] = {}
    wanted = select(Page).where(Page.item_id.in_(list(item_ids)), Page.removed_at.is_(None), Page.stored != "")
    for page in db.session.scalars(wanted.order_by(Page.item_id, Page.place, Page.id)):
        found.setdefault(page.item_id or 0, []).append(page)
    return found


def history_of(item: Item) -> list[tuple[Event, str | None]]:
    """What happened to an item, with who did it."""
    rows = db.session.execute(
        select(Event, Account.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .where(Event.stream_id == item.batch.stream_id, Event.subject_kind == "item", Event.subject_id == item.id)
        .order_by(Event.number)
    )
    return [(event, name) for event, name in rows]


def words_of(event: Event) -> str:
    """The words that stand with a step; empty where they were erased."""
    return db.session.scalar(select(EventNote.text).where(EventNote.event_id == event.id)) or ""


def stage(item: Item) -> str:
    """How far an item is, in words."""
    if item.state == State.INDEXED and item.attached:
        return "With its case, to be entered"
    return ITEM.states[item.state].staff


def letter(reference: str, covers: ColumnElement[bool]) -> list[Owed]:
    """The letters that were posted in a case, the newest first."""
    wanted = (
        select(Owed)
        .join(Case, Case.stream_id == Owed.stream_id)
        .where(Case.reference == reference, Owed.channel == "letter", Owed.done_at.is_not(None), covers)
    )
    return list(db.session.scalars(wanted.order_by(Owed.done_at.desc()).limit(20)))


def pages_in(batch_id: int, ids: Iterable[str], *where: ColumnElement[bool]) -> list[Page]:
    """Pages of a batch that are chosen by their ids, in their order. Whatever is none of it is left out."""
    numbers = [int(each) for each in ids if each.isascii() and each.isdecimal() and len(each) < 19][:MOST]
    wanted = select(Page).outerjoin(Item, Item.id == Page.item_id).where(Page.id.in_(numbers), *where)
    wanted = wanted.where(Page.batch_id == batch_id, Page.stored != "")
    return list(db.session.scalars(wanted.order_by(Page.scan_id, Page.number)))


def item_of_page(page: Page) -> Item | None:
    """The item that a page belongs to."""
    return db.session.get(Item, page.item_id) if page.item_id is not None else None


def item_by_number(batch_id: int, number: str, *where: ColumnElement[bool]) -> Item | None:
    """The item of a batch by its number, as somebody typed it."""
    number = number.strip()
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    wanted = select(Item).where(Item.batch_id == batch_id, Item.number == int(number), *where)
    return db.session.scalars(wanted).one_or_none()


PageRow = Row[tuple[Page, str, int | None]]


def page_groups(batch_id: int, item: Item | None, *seen: ColumnElement[bool]) -> list[tuple[str, str, list[PageRow]]]:
    """Pages of a batch that somebody should look at, each with the name of its scan and the number of its item."""
    there = Page.removed_at.is_(None)
    groups: list[tuple[str, str, Where]] = [
        ("loose", "Without an item", (there, Page.item_id.is_(None))),
        ("blank", "Seem to be empty", (there, Page.item_id.is_not(None), Page.blank.is_(True))),
        ("removed", "Taken away", (Page.removed_at.is_not(None), ~Page.code.startswith("CWS"))),
    ]
    if item is not None:
        groups.insert(0, ("item", f"Item {item.number}", (there, Page.item_id == item.id)))
    shown = select(Page, Scan.name, Item.number).join(Scan, Scan.id == Page.scan_id).outerjoin(Item)
    of_batch = Page.batch_id == batch_id, Page.stored != "", *seen
    order = Page.place if item is not None else Page.scan_id
    return [
        (
            key,
            words,
            list(db.session.execute(shown.where(*of_batch, *where).order_by(order, Page.id).limit(MOST_PAGES))),
        )
        for key, words, where in groups
    ]
