"""Batches: the list with its sums and ages, one batch with its items, and what is done with a whole tray."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import clashes
from casework.cases import service as cases
from casework.extensions import db
from casework.forms import Form
from casework.moments import today
from casework.post import leases, queries, service
from casework.post.blueprint import SUPERVISOR, batch_of, bp, covers, hold, item_of, me, of_items, seen
from casework.post.forms import AddForm, DayForm, OpenForm, ReasonForm, RecountForm, ScansForm
from casework.post.models import Batch, Item
from casework.post.workflow import ROOM, State
from casework.workflow import Refused

# What is taken first: what belongs to a case already, then what can be seen as a picture, then what is only on paper.
_TURNS = (
    (Item.state == State.INDEXED, Item.attached.is_(True)),
    (Item.state == State.SCANNED,),
    (Item.state == State.OPENED,),
)


@bp.get("")
@staff(*ROOM)
def home() -> str:
    """What waits in the post room, which trays are open and how they stand, what lies too long."""
    found = queries.open_batches(covers())
    closed = queries.closed_batches(covers(), after=_after())
    more = closed[queries.PAGE - 1] if len(closed) > queries.PAGE else None
    return render_template(
        "post/home.html",
        waiting=queries.waiting(*of_items()),
        batches=found,
        closed=closed[: queries.PAGE],
        next_after=f"{more.arrived_on.isoformat()}.{more.id}" if more else "",
        sums=queries.sums([*found, *closed]),
        aged=queries.aged(covers()),
        today=today(),
    )


@bp.route("/batches/new", methods=["GET", "POST"])
@staff(*ROOM)
def open_batch() -> ResponseReturnValue:
    """Open the batch of a tray. The same page sent twice opens one."""
    form = OpenForm(data={"arrived_on": today(), "area_id": None if current.force_wide else _only_area()})
    offered = [area for area in areas.everything() if area.id in current.area_ids and area.kind == "bcu"]
    form.area_id.choices = [(area.id, area.name) for area in offered]
    if not form.validate_on_submit() or not _placed(form):
        if not form.key.typed:
            form.key.raw_data = [secrets.token_urlsafe(12)]
        return render_template("post/open.html", form=form), 200 if request.method == "GET" else 400
    batch = service.open_once(
        current.actor,
        form.key.data or "",
        tray=form.tray.data,
        arrived_on=form.arrived_on.data,
        envelopes=form.envelopes.data,
        area_id=int(form.area_id.data) if form.area_id.data else None,
    )
    number, where = batch.number, url_for("post.batch", batch_id=batch.id)
    db.session.commit()
    flash(f"Batch {number} is open. Write its number on the separator sheet.", "success")
    return redirect(where, 303)


@bp.get("/batches/<int:batch_id>")
@staff(*ROOM)
def batch(batch_id: int) -> str:
    """One batch: its sum, its items, its scans."""
    return shown(batch_of(batch_id))


@bp.post("/batches/<int:batch_id>/items")
@staff(*ROOM)
def add(batch_id: int) -> ResponseReturnValue:
    """Add envelopes to an open batch."""
    found, form = batch_of(batch_id, lock=True), AddForm()
    if not form.validate():
        return shown(found, adding=form), 400
    if request.form.get("have", "") != str(service.last_number(found.id)):
        form.number.fail("Somebody has added envelopes meanwhile. Look at the sum, and add what is missing now")
        return shown(found, adding=form), 409
    return _do(found, lambda: service.add_items(found, form.number.data, current.actor), "The envelopes are added.")


@bp.post("/batches/<int:batch_id>/close")
@staff(*ROOM)
def close(batch_id: int) -> ResponseReturnValue:
    """Close a batch whose sum holds."""
    found = batch_of(batch_id, lock=True)
    return _do(found, lambda: service.close(found, current.actor), f"Batch {found.number} is closed. Its sum holds.")


@bp.route("/batches/<int:batch_id>/<any(recount, day, reopen):what>", methods=["GET", "POST"])
@staff(*ROOM)
def correct(batch_id: int, what: str) -> ResponseReturnValue:
    """Correct the count or the day of arrival, or open a closed batch again. Each with a reason."""
    found = batch_of(batch_id, lock=request.method == "POST" and what != "day")
    form, does = _correction(found, what)
    if not form.validate_on_submit():
        page = render_template("post/correct.html", form=form, batch=found, what=what)
        return page, 200 if request.method == "GET" else 400
    return _do(found, does, "It is corrected.")


@bp.post("/items/<int:item_id>/strike")
@staff(*ROOM)
def strike(item_id: int) -> ResponseReturnValue:
    """There was no such envelope."""
    item = hold(item_of(item_id))
    return _do(item.batch, lambda: service.strike(item, current.actor), f"Item {item.number} is struck out.")


@bp.post("/items/<int:item_id>/matter")
@staff(*ROOM)
def matter(item_id: int) -> ResponseReturnValue:
    """There is a second matter in the same envelope."""
    item = item_of(item_id)
    return _do(
        item.batch,
        lambda: service.add_matter(item, current.actor),
        f"The second matter of item {item.number} is an item of its own now, at the end of the list.",
    )


@bp.post("/next")
@staff(*ROOM)
def take_next() -> ResponseReturnValue:
    """Take the letter that waits longest: to be entered, or to be indexed, what is scanned first."""
    for wanted in _TURNS:
        found = leases.take_next(me(), *wanted, *of_items())
        if found is not None:
            db.session.commit()
            return redirect(url_for("post.item", item_id=found), 303)
    flash("Nothing waits to be indexed.", "success")
    return redirect(url_for("post.home"), 303)


def shown(batch: Batch, problem: str = "", adding: AddForm | None = None, scanning: ScansForm | None = None) -> str:
    """The page of a batch, with what stopped somebody."""
    return render_template(
        "post/batch.html",
        batch=batch,
        sum=queries.sums([batch])[batch.id],
        items=queries.items(batch.id, seen()),
        scans=queries.scans(batch.id),
        loose=queries.loose_pages(batch.id),
        last=service.last_number(batch.id),
        adding=adding or AddForm(formdata=None),
        scanning=scanning or ScansForm(formdata=None),
        offers=cases.open_to(batch, current.actor),
        problem=problem,
        today=today(),
    )


def _do(batch: Batch, does: Callable[[], Any], done: str) -> ResponseReturnValue:
    """Do something with a batch and go to it; or show it with what stopped that."""
    batch_id = batch.id
    try:
        does()
    except (Refused, cases.Clash) as stop:
        db.session.rollback()
        sentence = stop.sentence if isinstance(stop, Refused) else clashes.sentence(batch)
        return shown(batch_of(batch_id), problem=sentence), 409
    db.session.commit()
    flash(done, "success")
    return redirect(url_for("post.batch", batch_id=batch_id), 303)


def _correction(batch: Batch, what: str) -> tuple[Form, Callable[[], Any]]:
    actor = current.actor
    if what == "recount":
        count = RecountForm(data={"envelopes": batch.envelopes})
        return count, lambda: service.recount(batch, count.envelopes.data, actor, count.note.data)
    if current.role != SUPERVISOR:
        abort(403)
    if what == "day":
        day = DayForm(data={"arrived_on": batch.arrived_on})
        return day, lambda: service.correct_day(batch, day.arrived_on.data, actor, day.note.data)
    reason = ReasonForm()
    return reason, lambda: service.reopen(batch, actor, reason.note.data)


def _placed(form: OpenForm) -> bool:
    """Somebody who works in some areas opens a post room of theirs."""
    if form.area_id.data or current.force_wide:
        return True
    form.area_id.fail("Choose the area of the post room")
    return False


def _only_area() -> int | None:
    mine = [area.id for area in areas.bcus() if area.id in current.area_ids]
    return mine[0] if len(mine) == 1 else None


def _after() -> tuple[date, int] | None:
    day, _, number = request.args.get("after", "").partition(".")
    try:
        return date.fromisoformat(day), int(number) if len(number) < 18 else 0
    except ValueError:
        return None
