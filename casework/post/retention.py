"""What of the post room goes when: with its case, or a while after it became none. The history of a batch stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from casework.cases.erasure import erases
from casework.clocks import london
from casework.database import rows
from casework.deletion import deletes
from casework.exchanges import store
from casework.extensions import db
from casework.post.models import FieldCheck, FieldSum, Item, KeyedField, Keying, Page, Scan
from casework.settings import service as settings

# What the night's sweep of the store forgets, because no row names it any longer.
_GONE: dict[str, Any] = {"stored": "", "code": ""}


@store.keeps
def used(names: Iterable[str]) -> set[str]:
    """Which of these names in the store are of a scan or a page."""
    some = list(names)
    scans = db.session.scalars(select(Scan.stored).where(Scan.stored.in_(some)))
    return {*scans, *db.session.scalars(select(Page.stored).where(Page.stored.in_(some)))}


@erases
def items(case_ids: Sequence[int]) -> None:
    """With a case goes what was keyed for it, who sent it, and the pictures of its pages."""
    _forget(Item.case_id.in_(case_ids))


@deletes("post that became no case")
def others(today: date) -> int:
    """Pictures and senders of what was forwarded, returned or set aside, after its period."""
    before = london.start_of_day(settings.first_within("keep.post", today))
    ended = Item.state.in_(("forwarded", "returned", "destroyed", "filed"))
    return _forget(Item.case_id.is_(None), ended, Item.state_since < before)


@deletes("files from the scanner")
def scans(today: date) -> int:
    """The file itself as long as the paper: its pages are kept as pictures with what they belong to."""
    before = london.start_of_day(settings.first_within("post.paper", today))
    gone = db.session.execute(
        update(Scan).where(Scan.stored != "", Scan.state != "waiting", Scan.at < before).values(stored="", name="")
    )
    left = Page.item_id.is_(None) | Page.removed_at.is_not(None)
    old = Page.scan_id.in_(select(Scan.id).where(Scan.at < before))
    db.session.execute(update(Page).where(Page.stored != "", left, old).values(**_GONE))
    return rows(gone)


@deletes("checks of what was keyed")
def checks(today: date) -> int:
    """Whether a clerk keyed a field right, after two years of figures."""
    first = settings.first_within("keep.feedback", today)
    gone = db.session.execute(delete(FieldCheck).where(FieldCheck.at < london.start_of_day(first)))
    db.session.execute(delete(FieldSum).where(FieldSum.month < first.replace(day=1)))
    return rows(gone)


@deletes("what was keyed of letters")
def keyed(today: date) -> int:
    """What each clerk typed, as long as the paper: its facts are in the case, with the pictures of its pages."""
    old = select(Item.id).where(Item.state.in_(("filed", "destroyed")), Item.paper_due_on < today)
    keyings = select(Keying.id).where(Keying.item_id.in_(old))
    gone = db.session.execute(delete(KeyedField).where(KeyedField.keying_id.in_(keyings)))
    return rows(gone)


def _forget(*which: ColumnElement[bool]) -> int:
    ids = select(Item.id).where(*which)
    pages = db.session.execute(update(Page).where(Page.item_id.in_(ids), Page.stored != "").values(**_GONE))
    db.session.execute(update(Item).where(Item.id.in_(ids), Item.sender_sealed.is_not(None)).values(sender_sealed=None))
    keyings = select(Keying.id).where(Keying.item_id.in_(ids))
    db.session.execute(delete(KeyedField).where(KeyedField.keying_id.in_(keyings)))
    return rows(pages)
