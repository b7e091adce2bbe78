"""A tray as a clerk opens it and takes its letters, page by page, without script."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from casework.cases.models import Case
from casework.extensions import db
from casework.moments import today
from casework.outbox.models import Owed
from casework.post import indexing
from casework.post.models import Batch, Item
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import value_of
from tests.triage.channels import parts


def sent(clerk: Browser, count: int, on: date | None = None, **more: str) -> Any:
    """The page on which a tray is opened, sent."""
    clerk.get("/staff/post/batches/new")
    fields = {"tray": "A", "envelopes": str(count), "key": value_of(clerk, "key")}
    fields |= parts("arrived_on", on or today() - timedelta(days=1))
    area = {"area_id": str(factories.area("north").id)}
    return clerk.post("/staff/post/batches/new", fields | area | more)


def opened(clerk: Browser, count: int = 3, on: date | None = None, **more: str) -> Batch:
    """A tray that the clerk has opened."""
    clerk.follow(sent(clerk, count, on, **more))
    return db.session.scalars(select(Batch).order_by(Batch.id.desc()).limit(1)).one()


def items(batch: Batch) -> list[Item]:
    db.session.expire_all()
    return list(db.session.scalars(select(Item).where(Item.batch_id == batch.id).order_by(Item.number)))


def take(clerk: Browser, item: Item) -> str:
    """Take an item; returns the token."""
    clerk.get(f"/staff/post/items/{item.id}")
    clerk.follow(clerk.post(f"/staff/post/items/{item.id}/take"))
    return value_of(clerk, "token")


def index(clerk: Browser, item: Item, **fields: Any) -> Any:
    token = take(clerk, item)
    return clerk.post(f"/staff/post/items/{item.id}/index", {"token": token, "kind": "feedback"} | fields)


def concern(**facts: Any) -> Any:
    case = sayings.concern(**facts)
    db.session.commit()
    return case


def case_of(item: Item) -> Any:
    db.session.expire_all()
    return db.session.get(Case, item.case_id)


def attached(clerk: Browser, cast: Any, case: Any, owed: Owed | None = None) -> Item:
    """A letter that belongs to a case, on the clerk's desk."""
    item = items(opened(clerk, 1))[0]
    indexing.attach(item, case, cast.clerk, owed=owed)
    db.session.commit()
    return item


def answer(clerk: Browser, item: Item, said: str, words: str = "") -> None:
    token = take(clerk, item)
    clerk.follow(clerk.post(f"/staff/post/items/{item.id}/answer", {"token": token, "said": said, "words": words}))
    assert "is done" in clerk.words, clerk.words[:500]
    db.session.expire_all()
