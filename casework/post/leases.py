"""One person at a time works on an item: whoever takes it holds it for a while, with a token. Never commits.

Nothing is written for an item without the token of now. A lease that ran out comes back to everybody by itself.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select, update

from casework.accounts import queries as accounts
from casework.cases import service as cases
from casework.database import rows
from casework.extensions import db
from casework.moments import now
from casework.post.models import Item
from casework.settings import service as settings
from casework.workflow import Refused


class Taken(Refused):
    """Somebody else works on this item, or the time for which it was taken is over."""


def free_for(account_id: int) -> ColumnElement[bool]:
    """The condition that nobody else holds an item."""
    return or_(Item.lease_until.is_(None), Item.lease_until < now(), Item.lease_account == account_id)


def take(item_id: int, account_id: int) -> str:
    """Take an item, or renew what is held; returns the token. `Taken` where somebody else holds it."""
    token = secrets.token_urlsafe(12)
    changed = db.session.execute(
        update(Item)
        .where(Item.id == item_id, free_for(account_id))
        .values(lease_account=account_id, lease_until=now() + _long(), lease_token=token)
        .execution_options(synchronize_session=False)
    )
    if not rows(changed):
        raise Taken("Somebody else is working on this item. Take another one.", "leased")
    return token


def take_next(account_id: int, *wanted: ColumnElement[bool]) -> int | None:
    """Take the next free item that fits, due first, and return its id; two people never get the same one."""
    # An item of one's own comes first: whoever comes back finds what they were at.
    mine = (Item.lease_account == account_id) & (Item.lease_until > now())
    found = db.session.scalars(
        select(Item.id)
        .where(*wanted, free_for(account_id))
        .order_by(mine.is_(True).desc(), Item.due_on, Item.id)
        .limit(1)
        .with_for_update(of=Item, skip_locked=True)
    ).first()
    if found is not None:
        take(found, account_id)
    return found


def held(item_id: int, account_id: int, token: str) -> Item:
    """The item, locked, for whoever holds it with this token; `Taken` otherwise."""
    item: Item | None = cases.lock(Item, item_id)
    good = (
        item is not None
        and token != ""
        and item.lease_account == account_id
        and item.lease_token == token
        and item.lease_until is not None
        and item.lease_until > now()
    )
    if item is None or not good:
        raise Taken("You no longer hold this item. What you typed is still here; take the item again.", "leased")
    return item


def is_held(item: Item) -> bool:
    """Whether somebody holds an item now."""
    return item.lease_until is not None and item.lease_until > now()


def holder(item: Item) -> str:
    """The name of who holds an item now; empty where nobody does."""
    if not is_held(item) or item.lease_account is None:
        return ""
    return accounts.names_of([item.lease_account]).get(item.lease_account, "")


def renew(item: Item) -> None:
    """Whoever works on an item goes on holding it."""
    item.lease_until = now() + _long()
    db.session.flush()


def give_back(item: Item) -> None:
    """Let an item go, so that others may take it."""
    item.lease_account, item.lease_until, item.lease_token = None, None, ""
    db.session.flush()


def _long() -> timedelta:
    return timedelta(minutes=settings.value("post.lease"))
