"""Views of the queue that somebody saved, the marks beside its cases, and likely duplicates on the case page."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import desk, sight
from casework.cases.models import Case
from casework.cases.staff import DESK, address_of, filter_of
from casework.extensions import db
from casework.forms.text import line, unusable
from casework.moments import now
from casework.triage import likeness, marks, plans
from casework.triage.many import bp
from casework.triage.models import SavedView

LONGEST = 60
# How many views of their own somebody may keep.
MOST = 30


@desk.queue_part("triage/_views.html", top=True)
def saved(address: dict[str, Any]) -> dict[str, Any]:
    """The views that somebody may choose from."""
    force = areas.force()
    within = current.area_ids | ({force.id} if force else set())
    return {"views": marks.views(current.account.id, within), "shareable": _shareable() is not None}


@desk.queue_part("triage/_bulk.html")
def marked(rows: list[Any]) -> dict[str, Any]:
    """The marks of the cases shown, and what may be done with several at once."""
    if not rows:
        return {}
    return {"marks": marks.of([row.id for row in rows]), "boxes": True, "bulk_actions": plans.ACTIONS}


@desk.part("triage/_near.html", *likeness.KINDS)
def alike(case: Case) -> dict[str, Any]:
    """Cases that may be about the same."""
    if current.role not in DESK:
        return {}
    found = likeness.near(case, sight.scope())
    return {"near": found} if found else {}


@bp.post("/views")
@staff(*DESK)
def save() -> ResponseReturnValue:
    """Save the filters of an address under a name."""
    kept = address_of(filter_of(request.form))
    back = redirect(url_for("cases.queue", **kept), 303)
    name = line(request.form.get("name", ""))
    if not name or len(name) > LONGEST or unusable(name, ""):
        flash(f"Enter a name for the view, of {LONGEST} characters or fewer.")
        return back
    if len([each for each in marks.views(current.account.id, ()) if each.account_id == current.account.id]) >= MOST:
        flash(f"You have {MOST} views. Delete one first.")
        return back
    shared = _shareable() if request.form.get("share") == "yes" else None
    db.session.add(SavedView(account_id=current.account.id, name=name, filters=kept, area_id=shared, at=now()))
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        flash("You have a view of that name. Choose another name, or delete it first.")
        return back
    flash("The view is saved.")
    return back


@bp.post("/views/<int:view_id>/<any(delete, share, unshare):what>")
@staff(*DESK)
def change(view_id: int, what: str) -> ResponseReturnValue:
    """Delete a view of one's own, share it with one's area, or keep it to oneself again."""
    view = marks.own_view(view_id, current.account.id)
    if view is None:
        abort(404)
    if what == "delete":
        db.session.delete(view)
    else:
        view.area_id = _shareable() if what == "share" else None
    db.session.commit()
    flash({"delete": "The view is deleted.", "share": "Your area sees the view now."}.get(what, "Only you see it now."))
    return redirect(url_for("cases.queue"), 303)


def _shareable() -> int | None:
    """The area with which somebody shares: the whole force, or the first of those that they work in."""
    force = areas.force()
    if current.force_wide and force is not None:
        return force.id
    return next((area.id for area in areas.bcus() if area.id in current.area_ids), None)
