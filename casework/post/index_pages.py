"""One item: its pages beside a short form. What is it, whom is it from; or which case it belongs to, and what it says.

The one who indexes holds the item. What was typed stays when somebody else was faster or a lease ran out.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from casework import references
from casework.accounts.door import current, staff
from casework.cases import service as cases
from casework.cases import sight
from casework.cases.models import Case
from casework.clocks.words import long_date
from casework.extensions import db
from casework.forms import Form
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed
from casework.post import answers, completing, effects, indexing, leases, pictures, queries
from casework.post.blueprint import bp, case_by, covers, hold, home_of, item_of, me, of_items, reads, scope
from casework.post.forms import AnswerForm, AttachForm, IndexForm
from casework.post.models import Item
from casework.post.workflow import ROOM, UNSORTED, State
from casework.roles import Role
from casework.workflow import Refused

CLERK = Role.CLERK


@bp.get("/items/<int:item_id>")
@staff(*ROOM)
def item(item_id: int) -> ResponseReturnValue:
    """An item: to be indexed or entered by whoever takes it; else how it stands."""
    found = item_of(item_id)
    reads(found)
    shown = _page(found)
    db.session.commit()
    return shown


@bp.post("/items/<int:item_id>/take")
@staff(*ROOM)
def take(item_id: int) -> ResponseReturnValue:
    """Take an item, so that nobody else works on it meanwhile."""
    found = item_of(item_id)
    try:
        leases.take(found.id, me())
    except Refused as no:
        db.session.rollback()
        flash(no.sentence, "warning")
    else:
        db.session.commit()
    return redirect(url_for("post.item", item_id=item_id), 303)


@bp.post("/items/<int:item_id>/index")
@staff(CLERK)
def index(item_id: int) -> ResponseReturnValue:
    """Open the case of an item. First, once, what it may belong to is shown."""
    found, form = item_of(item_id), _index_form()
    if not form.validate():
        return _page(found, index=form), 400
    indexed = form.indexed(found.form)
    near = queries.alike(indexed, or_(scope().covers(), covers()), sight.apart(Case.id))
    shown = ",".join(each.reference for each in near)
    if near and form.seen.data != shown:
        form.seen.raw_data = [shown]
        return _page(found, index=form, near=near), 200
    return _done(found, lambda held: indexing.open_case(held, indexed, current.actor), index=form)


@bp.post("/items/<int:item_id>/attach")
@staff(CLERK)
def attach(item_id: int) -> ResponseReturnValue:
    """Attach an item to the case whose reference stands on it. What it says is entered next."""
    found, form = item_of(item_id), AttachForm()
    if not form.validate():
        return _page(found, attach=form), 400
    try:
        case = case_by(form.reference.data)
    except references.BadReference as wrong:
        form.reference.fail(str(wrong))
        return _page(found, attach=form), 400
    if case is None:
        form.reference.fail("There is no such case in your areas. Check the reference, or index it as a new matter")
        return _page(found, attach=form), 400
    return _done(found, lambda held: indexing.attach(held, case, current.actor), attach=form, stay=True)


@bp.post("/items/<int:item_id>/detach")
@staff(*ROOM)
def detach(item_id: int) -> ResponseReturnValue:
    """Undo that: it belongs elsewhere."""
    found, note = item_of(item_id), request.form.get("note", "").strip()[:400]
    try:
        held = hold(found)
        indexing.detach(held, current.actor, note)
    except Refused as no:
        db.session.rollback()
        return _page(item_of(item_id), problem=no.sentence), 409
    db.session.commit()
    flash("It is taken off the case, and is to be indexed again.", "success")
    return redirect(url_for("post.item", item_id=item_id), 303)


@bp.post("/items/<int:item_id>/answer")
@staff(CLERK)
def answer(item_id: int) -> ResponseReturnValue:
    """Enter what a letter says into the case that it belongs to."""
    found = item_of(item_id)
    form = _answer_form(found)
    if form is None:
        return redirect(home_of(found), 303)
    if not form.validate():
        return _page(found, answer=form), 400
    said, words = str(form.said.data), form.words.data or ""
    return _done(found, lambda held: answers.enter(held, said, words, current.actor), answer=form)


def _done(found: Item, does: Any, stay: bool = False, **forms: Form) -> ResponseReturnValue:
    """Do it for whoever holds the item, and go on with the next; or show the page with what stopped it."""
    token = next(iter(forms.values()))._fields["token"].data or ""
    item_id, number = found.id, found.number
    try:
        hold(found)
        held = leases.held(item_id, me(), token)
        does(held)
        if stay:
            leases.take(item_id, me())
    except (Refused, cases.Clash) as stop:
        db.session.rollback()
        sentence = stop.sentence if isinstance(stop, Refused) else "Somebody changed it just now. Look at it again."
        return _page(item_of(item_id), problem=sentence, **forms), 409
    db.session.commit()
    if stay:
        return redirect(url_for("post.item", item_id=item_id), 303)
    flash(f"Item {number} is done.", "success")
    return redirect(url_for("post.go_on"), 303)


@bp.get("/go-on")
@staff(*ROOM)
def go_on() -> str:
    """Between two letters: how much waits, and the next one at the press of a key."""
    return render_template("post/go_on.html", waiting=queries.waiting(*of_items()))


def _page(found: Item, problem: str = "", near: Any = (), **forms: Any) -> str:
    mine = found.lease_account == me() and bool(found.lease_token) and leases.is_held(found)
    token = found.lease_token if mine else ""
    return render_template(
        "post/item.html",
        item=found,
        batch=found.batch,
        spec_words=queries.stage(found),
        mine=mine,
        typed=bool(forms),
        holder="" if mine else leases.holder(found),
        token=token,
        pages=pictures.of(found),
        index=forms.get("index") or _index_form(found),
        attach=forms.get("attach") or AttachForm(formdata=None),
        answer=forms.get("answer") or _answer_form(found, fresh=True),
        near=near,
        problem=problem,
        unsorted=found.state in UNSORTED,
        entering=found.state == State.INDEXED and found.attached,
        steps=queries.history_of(found),
        indexed=indexing.read(found),
        conflicts=completing.conflicts(found),
        asked=_asked(found),
        offers={offer.row.action: offer for offer in cases.open_to(found, current.actor)},
        long_date=long_date,
    )


def _index_form(found: Item | None = None) -> IndexForm:
    start: dict[str, Any] = {}
    if found is not None:
        kind = found.kind if found.kind in {"ride", "feedback", "complaint"} else found.form.partition("/")[0]
        start = {"kind": kind or None}
    form = IndexForm(data=start) if found is None or request.method == "GET" else IndexForm(formdata=None, data=start)
    form.offer()
    return form


def _answer_form(found: Item, fresh: bool = False) -> AnswerForm | None:
    case = effects.case_of(found) if found.attached else None
    if case is None:
        return None
    form = AnswerForm(formdata=None) if fresh else AnswerForm()
    form.said.choices = answers.offered(case, _owed(found))
    return form


def _owed(found: Item) -> Owed | None:
    return db.session.get(Owed, found.owed_id) if found.owed_id else None


def _asked(found: Item) -> str:
    """What our letter asked for that this one answers: in the words for staff; nothing else of the case."""
    owed = _owed(found)
    return MESSAGES[owed.name].words if owed is not None and owed.name in MESSAGES else ""
