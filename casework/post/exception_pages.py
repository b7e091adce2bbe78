"""What is not simply read and answered: set aside, passed on, sent back, asked for; and paper to destroy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import service as cases
from casework.clocks.london import london_date
from casework.clocks.words import long_date
from casework.extensions import db
from casework.forms import Form
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed
from casework.post import exceptions, indexing, leases, queries
from casework.post.blueprint import bp, hold, home_of, item_of, me, of_items, reads, scope
from casework.post.forms import AsideForm, CameBackForm, DestroyForm, ForwardForm, ReasonForm, SenderForm
from casework.post.models import Item
from casework.post.workflow import ROOM, UNSORTED, State
from casework.workflow import Refused

_TITLES = {
    "aside": "Set it aside",
    "forward": "Forward it",
    "back": "Send it back",
    "settle": "It is dealt with",
    "sender": "Ask the sender",
}


@bp.get("/aside")
@staff(*ROOM)
def aside() -> str:
    """What is set aside, and whom we asked for something."""
    return render_template(
        "post/aside.html",
        items=queries.listed(State.EXCEPTION, *of_items()),
        asked=queries.listed(State.AWAITING_SENDER, *of_items()),
    )


@bp.route("/items/<int:item_id>/<any(aside, forward, back, settle, sender):what>", methods=["GET", "POST"])
@staff(*ROOM)
def special(item_id: int, what: str) -> ResponseReturnValue:
    """Set an item aside, forward it, send it back, note that it is dealt with, or ask its sender."""
    found = item_of(item_id)
    form, does = _special(found, what)
    page: dict[str, Any] = {"item": found, "form": form, "what": what, "title": _TITLES[what], "problem": ""}
    if not form.validate_on_submit():
        if request.method == "GET":
            reads(found)
            db.session.commit()
        return render_template("post/special.html", **page), 200 if request.method == "GET" else 400
    stop = _take(found, does)
    if stop:
        page |= {"item": item_of(item_id), "problem": stop}
        return render_template("post/special.html", **page), 409
    if what == "forward":
        return redirect(url_for("post.slip", item_id=item_id), 303)
    flash("It is done.", "success")
    return redirect(url_for("post.go_on" if what == "aside" else "post.aside"), 303)


@bp.post("/items/<int:item_id>/do/<any(resume, hear, originals):what>")
@staff(*ROOM)
def settle(item_id: int, what: str) -> ResponseReturnValue:
    """Put an item back to work, note that its sender answered, or that its originals went back."""
    found = item_of(item_id)
    does = {"resume": exceptions.resume, "hear": exceptions.hear, "originals": exceptions.originals_returned}[what]
    stop = _take(found, lambda held: does(held, current.actor))
    flash(stop or "It is done.", "warning" if stop else "success")
    return redirect(url_for("post.item", item_id=item_id), 303)


@bp.get("/items/<int:item_id>/slip")
@staff(*ROOM)
def slip(item_id: int) -> str:
    """A sheet for the sender of what was forwarded: where it went, and when it reached us. To be printed."""
    found = item_of(item_id)
    if found.state != State.FORWARDED:
        abort(404)
    reads(found)
    forwarded = [row[0] for row in queries.history_of(found) if row[0].action == "forward"][-1]
    force = areas.force()
    shown = render_template(
        "post/slip.html",
        item=found,
        indexed=indexing.read(found),
        body=queries.words_of(forwarded),
        on=forwarded.at,
        force=force.name if force else "",
        long_date=long_date,
    )
    db.session.commit()
    return shown


@bp.route("/items/<int:item_id>/came-back", methods=["GET", "POST"])
@staff(*ROOM)
def came_back(item_id: int) -> ResponseReturnValue:
    """A letter of ours came back: which one."""
    found, form = item_of(item_id), CameBackForm()
    if found.state not in UNSORTED:
        return redirect(home_of(found), 303)
    letters: list[Owed] = []
    if form.reference.typed:
        form.reference.validate(form)
        try:
            letters = queries.letter(references.read(form.reference.typed), scope().covers())
        except references.BadReference as wrong:
            form.reference.errors = [str(wrong)]
    form.letter.choices = [
        (str(each.id), f"{MESSAGES[each.name].words}, posted {long_date(each.done_at.date())}")
        for each in letters
        if each.done_at
    ]
    page = {"item": found, "form": form, "letters": letters, "problem": ""}
    if request.method == "GET" or not letters or not form.letter.typed:
        if request.method == "POST" and not letters and not form.reference.errors:
            form.reference.fail("No letter was posted for this reference in your areas. Check the reference")
        return render_template("post/came_back.html", **page), 400 if form.errors else 200
    if not form.validate():
        return render_template("post/came_back.html", **page), 400
    owed = next(each for each in letters if str(each.id) == form.letter.data)
    stop = _take(found, lambda held: exceptions.came_back(held, owed, current.actor, form.note.data or ""))
    if stop:
        return render_template("post/came_back.html", **page | {"item": item_of(item_id), "problem": stop}), 409
    flash("It stands on the case that our letter came back. What it said counts as not told.", "success")
    return redirect(url_for("post.go_on"), 303)


@bp.route("/paper", methods=["GET", "POST"])
@staff(*ROOM)
def paper() -> ResponseReturnValue:
    """Paper that has been kept for long enough: destroy it, then say so here. Evidence and holds are not listed."""
    due = queries.paper_due(*of_items())
    offered = [each for each in due if not _kept(each)]
    form = DestroyForm()
    form.items.choices = [(str(each.id), f"{each.batch.number}, item {each.number}") for each in offered]
    page = {"form": form, "items": offered, "kept": len(due) - len(offered)}
    if not form.validate_on_submit():
        return render_template("post/paper.html", **page), 200 if request.method == "GET" else 400
    chosen = {int(each) for each in form.items.data}
    held = [cases.lock(Item, each.id) for each in offered if each.id in chosen]
    gone = exceptions.destroy(held, current.actor)
    db.session.commit()
    flash(f"{gone} destroyed." if gone == len(chosen) else f"{gone} destroyed; the others may not go now.", "success")
    return redirect(url_for("post.paper"), 303)


def _named(owed: Owed) -> str:
    assert owed.done_at is not None
    return f"{MESSAGES[owed.name].words}, posted {long_date(london_date(owed.done_at))}"


def _kept(item: Item) -> bool:
    return any(offer.row.action == "destroy" and offer.refused for offer in cases.open_to(item, current.actor))


def _take(found: Item, does: Callable[[Item], Any]) -> str:
    """Do it, unless somebody else holds the item. Returns the sentence that stopped it, or nothing."""
    try:
        held = hold(found)
        if leases.is_held(held) and held.lease_account != me():
            raise leases.Taken("Somebody else is working on this item. Take another one.", "leased")
        does(held)
    except (Refused, cases.Clash) as stop:
        db.session.rollback()
        return stop.sentence if isinstance(stop, Refused) else "Somebody changed it just now. Look at it again."
    db.session.commit()
    return ""


def _special(found: Item, what: str) -> tuple[Form, Callable[[Item], Any]]:
    actor = current.actor
    match what:
        case "aside":
            form = AsideForm()
            act = exceptions.set_aside if found.state in {*UNSORTED, State.INDEXED} else exceptions.point_out
            return form, lambda held: act(held, str(form.exception.data), actor, form.note.data or "")
        case "forward":
            known = indexing.read(found)
            to = ForwardForm(data={"name": known.name, "address": known.address})
            return to, lambda held: exceptions.forward(
                held, str(to.body.data), actor, name=to.name.data or "", address=to.address.data or ""
            )
        case "sender":
            asks = SenderForm()
            return asks, lambda held: exceptions.ask_sender(held, asks.wanted.data or (), actor)
    reason = ReasonForm()
    verb = exceptions.send_back if what == "back" else exceptions.settle
    return reason, lambda held: verb(held, actor, str(reason.note.data))
