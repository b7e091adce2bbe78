"""Gives the pages of a scan to the items of its batch, and an item to its case where a code of ours says which.

What it does by itself, people can put right: pages move, empty ones are removed or kept, an item is detached. Nothing
is thrown away here. Never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import exists, func, select, update

from casework import sealed
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.outbox.models import Owed
from casework.post import indexing, service
from casework.post.models import Batch, Item, Page, Scan
from casework.post.splitting import Group, Sheet, split
from casework.post.workflow import State
from casework.printing import codes
from casework.printing.codes import ReplyCode
from casework.roles import SYSTEM, Actor
from casework.workflow import Refused


def sort(scan_id: int) -> int:
    """Give the pages of a scan to items, in the order of the tray: each group to the next envelope without pages.

    Where there are more groups than envelopes, envelopes are added, and the sum of the batch says so. Of a batch that
    was closed meanwhile the pages stay with none. Returns how many items got pages.
    """
    pages = list(db.session.scalars(select(Page).where(Page.scan_id == scan_id).order_by(Page.number)))
    key = sealed.key_for(codes.PURPOSE)
    found = split([Sheet(codes.read(page.code, key) if page.code else None, page.blank) for page in pages])
    # Locks are taken in the order case, batch, item, as everywhere.
    theirs = _cases([group.reply for group in found.groups if group.reply])
    batch: Batch = cases.lock(Batch, db.session.get_one(Scan, scan_id).batch_id)
    _set([pages[place].id for place in found.separators], removed_at=now())
    free = iter(_without_pages(batch.id))
    item: Item | None = None
    for group in found.groups:
        try:
            item = _item(batch, group, item, next(free, None) if not group.inside else None)
        except Refused:
            break
        _give([pages[place].id for place in group.pages], item)
        item.form = group.form
        service.scanned(item, SYSTEM)
        if group.reply:
            _attach(item, group.reply, theirs)
    return len(found.groups)


def move(pages: Sequence[Page], item: Item, actor: Actor) -> None:
    """Move pages to another item of the same batch, behind what it has. `Refused` for one of another batch.

    An item that is left without pages waits to be scanned again. Lock the batch before.
    """
    if any(page.batch_id != item.batch_id for page in pages):
        raise Refused("These pages are of another batch.", "same_batch")
    before = {page.item_id for page in pages if page.item_id not in (None, item.id)}
    _give([page.id for page in pages], item, _last_place(item.id))
    _changed({item.id, *before}, "move_pages", pages, actor)


def remove(pages: Sequence[Page], actor: Actor) -> None:
    """Take pages away: empty ones, say. They can be put back for as long as the scan is kept. Lock the batch before."""
    _set([page.id for page in pages], removed_at=now())
    _changed({page.item_id for page in pages}, "remove_pages", pages, actor)


def put_back(pages: Sequence[Page], actor: Actor) -> None:
    """Keep pages that do not seem to be empty after all, or that were taken away. Lock the batch before."""
    _set([page.id for page in pages], removed_at=None, blank=False)
    _changed({page.item_id for page in pages}, "keep_pages", pages, actor)


def _changed(item_ids: set[int | None], action: str, pages: Sequence[Page], actor: Actor) -> None:
    """Let items know that they have other pages now, and their history."""
    facts = {"pages": [page.id for page in pages]}
    for item in db.session.scalars(select(Item).where(Item.id.in_(item_ids - {None})).order_by(Item.id)):
        history.append(item.batch.stream_id, action, actor, subject=("item", item.id), facts=facts)
        service.scanned(item, actor)


def _item(batch: Batch, group: Group, before: Item | None, free: Item | None) -> Item:
    if group.inside and before is not None:
        return service.add_matter(before, SYSTEM)
    return free or service.add_items(batch, 1, SYSTEM)[0]


def _without_pages(batch_id: int) -> list[Item]:
    """The envelopes of a batch that nobody has scanned or sorted yet, in their order."""
    pages = exists().where(Page.item_id == Item.id)
    return list(
        db.session.scalars(
            select(Item)
            .where(Item.batch_id == batch_id, Item.state == State.OPENED, Item.parent_id.is_(None), ~pages)
            .order_by(Item.number)
            .with_for_update(of=Item)
        )
    )


def _give(page_ids: Sequence[int], item: Item, after: int = 0) -> None:
    rows = [{"id": page_id, "item_id": item.id, "place": after + place} for place, page_id in enumerate(page_ids, 1)]
    db.session.execute(update(Page), rows)


def _last_place(item_id: int) -> int:
    return int(db.session.scalar(select(func.coalesce(func.max(Page.place), 0)).where(Page.item_id == item_id)) or 0)


def _set(page_ids: Sequence[int], **values: Any) -> None:
    db.session.execute(update(Page).where(Page.id.in_(page_ids)).values(**values))


def _cases(replies: Iterable[ReplyCode]) -> dict[str, Case]:
    """The cases that replies belong to, locked, by reference."""
    references = {reply.reference for reply in replies}
    wanted = select(Case).where(Case.reference.in_(references)).order_by(Case.id).with_for_update(of=Case)
    return {case.reference: case for case in db.session.scalars(wanted)} if references else {}


def _attach(item: Item, reply: ReplyCode, theirs: dict[str, Case]) -> None:
    """Let an item belong to the case that its code names. Where that cannot be, a clerk sees it as any other letter."""
    case = theirs.get(reply.reference)
    if case is None:
        return
    owed = db.session.scalars(
        select(Owed).where(Owed.id == reply.owed_id, Owed.stream_id == case.stream_id)
    ).one_or_none()
    try:
        with db.session.begin_nested():
            indexing.attach(item, case, SYSTEM, owed=owed)
    except Refused:
        db.session.refresh(item)
