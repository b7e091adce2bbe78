"""The pages of the post room: who may open them, and how each finds its batch or item. Nothing of a case is shown."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, url_for
from sqlalchemy import ColumnElement, false, or_, select, true

from casework import references
from casework.accounts.door import current
from casework.cases import service as cases
from casework.cases import sight
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.post import effects, queries
from casework.post.models import Batch, Item
from casework.post.workflow import EXCEPTIONS, ITEM, KINDS, OPENS, State
from casework.roles import Role

bp = Blueprint("post", __name__, url_prefix="/staff/post")
CLERK, SUPERVISOR = Role.CLERK, Role.SUPERVISOR


def covers() -> ColumnElement[bool]:
    """The condition on a batch: of a post room in the areas of the acting role; force-wide staff see all."""
    if current.force_wide:
        return true()
    return Batch.area_id.in_(current.area_ids) if current.area_ids else false()


def of_items() -> tuple[ColumnElement[bool], ...]:
    """The same for items, without what came for a case that is about whoever acts."""
    return Item.batch_id.in_(select(Batch.id).where(covers())), seen()


def seen() -> ColumnElement[bool]:
    """The condition that an item did not come for a case that is about whoever acts."""
    return sight.apart(Item.case_id)


def batch_of(batch_id: int, lock: bool = False) -> Batch:
    """The batch of an id in the acting role's post rooms; else 404."""
    found = _row(select(Batch).where(Batch.id == _whole(batch_id), covers()))
    return cases.lock(Batch, found.id) if lock else found


def item_of(item_id: int) -> Item:
    """The item of an id in the acting role's post rooms; else 404."""
    return _row(select(Item).where(Item.id == _whole(item_id), *of_items()))


def hold(item: Item) -> Item:
    """The item with its case before it, both locked, as they are now."""
    if item.case_id is not None:
        cases.lock(Case, item.case_id)
    held: Item = cases.lock(Item, item.id)
    if held.case_id != item.case_id:
        abort(409)
    return held


def case_by(reference: str) -> Case | None:
    """The case of a reference in the acting role's areas, or in none yet; None for anything else.

    Raises `BadReference` for what is none. The clerk learns no more of it than that it is there.
    """
    here = or_(scope().covers(), Case.area_id.is_(None))
    wanted = Case.reference == references.read(reference), here, Case.kind.in_(OPENS), sight.apart(Case.id)
    return db.session.scalars(select(Case).where(*wanted)).one_or_none()


def scope() -> Scope:
    """The cases that a letter may belong to."""
    return Scope(current.area_ids, current.force_wide, frozenset(OPENS), sight.hidden())


def reads(item: Item) -> None:
    """Note that somebody looked at the paper of a case."""
    history.record_access(current.actor, "post item", item.case_id, str(item.id))


def me() -> int:
    """The account that acts."""
    return current.account.id


def home_of(item: Item) -> str:
    """The page of an item."""
    return url_for("post.item", item_id=item.id)


@bp.context_processor
def _words() -> dict[str, Any]:
    """What the templates of the post room ask for."""
    return {
        "step_words": _step,
        "stage": queries.stage,
        "kinds": KINDS,
        "exceptions": EXCEPTIONS,
        "has_case": effects.case_of,
        "S": State,
    }


_STEPS = {"point_out": "pointed out", "return_originals": "originals returned"}


def _step(event: Event) -> str:
    return ITEM.words.get(event.action) or _STEPS.get(event.action, event.action.replace("_", " "))


def _row(wanted: Any) -> Any:
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        abort(404)
    return found


def _whole(number: int) -> int:
    if not 0 < number < 2**63:
        abort(404)
    return number
