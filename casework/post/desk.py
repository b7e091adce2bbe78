"""A clerk's desk: the letter that they hold, and how the pages of the keying desk begin and end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import contains_eager

from casework.accounts.door import current
from casework.cases import service as cases
from casework.cases import sight
from casework.cases.models import Case
from casework.exchanges import store
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.post import keying, leases, pictures
from casework.post.comparing import Read
from casework.post.models import Batch, Item, Keying
from casework.workflow import Refused

bp = Blueprint("keying", __name__, url_prefix="/staff/post")
ROUND_WORDS = {keying.FIRST: "first keying", keying.SECOND: "second keying", keying.THIRD: "settling"}


@dataclass(frozen=True)
class Desk:
    """A letter that somebody holds, with their keying of it."""

    item: Item
    keying: Keying

    @property
    def round(self) -> int:
        """The round of keying that they do."""
        return int(self.keying.round)

    @property
    def token(self) -> str:
        """What a form carries, so that nothing is written once somebody else holds it."""
        return str(self.item.lease_token)


def scope() -> tuple[ColumnElement[bool], ...]:
    """The items of post rooms in the areas of the acting role; those of the whole force for who is there for it.

    What came for a case that is about whoever acts is left out.
    """
    inside = Batch.area_id.in_(current.area_ids) if current.area_ids else false()
    return Item.batch_id == Batch.id, true() if current.force_wide else inside, sight.apart(Item.case_id)


def in_scope(item_id: int) -> Item:
    """The item of an id in a post room of the acting role; else 404."""
    if not 0 < item_id < 2**63:
        abort(404)
    found = select(Item).where(Item.id == item_id, *scope()).options(contains_eager(Item.batch))
    item = db.session.scalars(found).one_or_none()
    if item is None:
        abort(404)
    return item


def of(item: Item) -> Desk | None:
    """The desk of whoever acts, if they hold this item."""
    mine = item.lease_account == me() and item.lease_until is not None and item.lease_until > now()
    if not mine or keying.round_of(item) is None:
        return None
    found = select(Keying).where(Keying.item_id == item.id, Keying.account_id == me())
    own = db.session.scalars(found).one_or_none()
    return Desk(item, own) if own is not None and own.round == keying.round_of(item) else None


def held(item_id: int, ending: bool = False) -> Desk:
    """The same, locked, by the token that a form carries; `Refused` where it is no longer theirs.

    Where the round may end with that, its case is held first.
    """
    item = in_scope(item_id)
    if ending and item.case_id is not None:
        cases.lock(Case, item.case_id)
    item = leases.held(item_id, me(), request.form.get("token", ""))
    return Desk(item, keying.begin(item, me()))


def take(item_id: int) -> ResponseReturnValue:
    """Put an item on the desk and go there. Commits."""
    try:
        token = leases.take(item_id, me())
        round = keying.begin(leases.held(item_id, me(), token), me()).round
    except Refused as refused:
        db.session.rollback()
        flash(refused.sentence, "warning")
        return redirect(url_for("keying.home"), 303)
    db.session.commit()
    return redirect(url_for("keying.settle" if round == keying.THIRD else "keying.show", item_id=item_id), 303)


def take_on(round: int, after: bool = False) -> ResponseReturnValue:
    """Go on with the letter that waits longest for this round. Commits."""
    if round not in keying.STATES:
        abort(400)
    item_id = leases.take_next(me(), *keying.open_to(me(), round), *scope())
    if item_id is None:
        flash(f"Nothing {'more ' if after else ''}waits for its {ROUND_WORDS[round]}.", "success")
        return redirect(url_for("keying.home"), 303)
    return take(item_id)


def reads(item: Item) -> None:
    """Note that somebody looked at a letter to key it."""
    history.record_access(current.actor, "post item", item.case_id, f"key {item.id}")


def shown(item: Item, page_id: int) -> Response:
    """The picture of a page of an item that somebody may see; who looked is recorded. Commits."""
    page = pictures.page_of(item, page_id)
    if page is None or not store.has(page.stored):
        abort(404)
    history.record_access(current.actor, "post page", item.case_id, f"{item.id}.{page.id}")
    stored = page.stored
    db.session.commit()
    kind, content = pictures.content(stored)
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def me() -> int:
    """The account that acts."""
    return current.actor.account_id or 0


@bp.context_processor
def _words() -> dict[str, Callable[..., Any] | Any]:
    """What the templates of the desk ask for."""
    return {"crop": pictures.crop, "nothing": Read(), "words": ROUND_WORDS}
