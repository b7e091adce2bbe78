"""What the page of a case shows of its paper: when it arrived, its pages, and where the two say different things.

The pages are seen by whoever may see the case, from the moment it is opened; every look is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from casework.accounts.door import current, staff
from casework.cases import desk
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.staff import DESK, READERS, case_or_404
from casework.exchanges import store
from casework.extensions import db
from casework.history import service as history
from casework.post import completing, queries
from casework.post.blueprint import bp
from casework.post.models import Item, Page
from casework.post.workflow import EXCEPTIONS, OPENS, State

# What facts are called where the paper and the case say different things.
FACTS = {
    "happened_on": "When it happened", "happened_at": "At what time", "place": "Where", "borough_id": "Borough",
    "area": "Area",
    "searched": "Searched", "arrested": "Arrested", "receipt": "Number on the receipt", "officers": "Officers",
    "vehicle": "Vehicle", "what": "What happened", "effect": "Effect", "wish": "What would put it right",
    "sort": "What it is", "intent": "What they want", "name": "Name", "born_on": "Date of birth", "email": "Email",
    "phone": "Telephone", "address": "Address", "postcode": "Postcode", "channel": "How to reach them",
    "adjustments": "What they need", "panel": "Review by citizens", "relation": "How they stand to it",
}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """One thing that came by post for a case."""

    item: Item
    pages: list[Page]
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def under_way(self) -> bool:
        """Whether facts are still to come."""
        return not self.item.attached and self.item.state not in {State.FILED, State.DESTROYED, State.AWAITING_SENDER}


@desk.part("post/_case.html", *OPENS, top=True)
def paper(case: Case) -> dict[str, Any]:
    """What came by post."""
    items = queries.of_case(case.id)
    if not items:
        return {}
    pages = queries.pages_of([each.id for each in items])
    return {
        "papers": [
            Paper(
                each,
                pages.get(each.id, []),
                [(FACTS.get(name, name), str(said)) for name, said in completing.conflicts(each).items()],
            )
            for each in items
        ],
        "exceptions": EXCEPTIONS,
        "acts": current.role in DESK,
    }


@bp.get("/cases/<reference>/pages/<int:page_id>")
@staff(*READERS)
def page(reference: str, page_id: int) -> Response:
    """The picture of a page that belongs to a case which one may see."""
    case = case_or_404(reference)
    if not 0 < page_id < 2**63:
        abort(404)
    wanted = select(Page).join(Item, Item.id == Page.item_id).where(Page.id == page_id, Item.case_id == case.id)
    found = db.session.scalars(wanted.where(Page.removed_at.is_(None))).one_or_none()
    if found is None or not store.has(found.stored):
        abort(404)
    history.record_access(current.actor, "post page", case.id, str(found.id))
    stored = found.stored
    db.session.commit()
    answer = Response(store.get(stored), mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/cases/<reference>/items/<int:item_id>/seen")
@staff(*DESK)
def seen(reference: str, item_id: int) -> ResponseReturnValue:
    """Note that somebody looked at what the paper says otherwise."""
    case = case_or_404(reference)
    cases.lock(type(case), case.id)
    item = next((each for each in queries.of_case(case.id) if each.id == item_id), None)
    if item is None:
        abort(404)
    if item.conflicts:
        item.conflicts = None
        cases.record(case, "settle_conflicts", current.actor, item=item.id)
    db.session.commit()
    flash("It is noted.", "success")
    return redirect(url_for("cases.show", reference=case.reference), 303)
