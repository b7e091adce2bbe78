"""The keying desk: a letter's picture beside its fields, by keyboard, kept field by field. Shows nothing of any case.

The first and the second keying are one page; the second one asks for some fields only and knows nothing of the first.
"""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current, staff
from casework.extensions import db
from casework.post import desk as desks
from casework.post import finishing, keying, leases, pictures
from casework.post.comparing import Read
from casework.post.desk import Desk, bp
from casework.post.sheets import BadRead, Blank
from casework.post.workflow import KINDS, ROOM
from casework.workflow import Refused


@bp.get("/key")
@staff(*ROOM)
def home() -> str:
    """What waits to be keyed, and the next one of it."""
    return render_template("post/keying.html", waiting=keying.waiting(desks.me(), *desks.scope()))


@bp.post("/key/next")
@staff(*ROOM)
def take_next() -> ResponseReturnValue:
    """Take the letter that waits longest for a round."""
    return desks.take_on(request.form.get("round", type=int) or 0)


@bp.post("/key/<int:item_id>/take")
@staff(*ROOM)
def take(item_id: int) -> ResponseReturnValue:
    """Take a letter again that one let go."""
    return desks.take(desks.in_scope(item_id).id)


@bp.get("/key/<int:item_id>")
@staff(*ROOM)
def show(item_id: int) -> ResponseReturnValue:
    """The letter that one holds."""
    item = desks.in_scope(item_id)
    desk = desks.of(item)
    if desk is None:
        return render_template("post/not_held.html", item=item, round=keying.round_of(item))
    if desk.round == keying.THIRD:
        return redirect(url_for("keying.settle", item_id=item_id), 303)
    desks.reads(item)
    page = _shown(desk)
    db.session.commit()
    return page


@bp.post("/key/<int:item_id>/field")
@staff(*ROOM)
def keep_field(item_id: int) -> ResponseReturnValue:
    """Keep one field as soon as it is left: what script sends. Says in a sentence why something was not kept."""
    name = request.form.get("field", "")
    try:
        desk = desks.held(item_id)
        blank = next((b for b in keying.blanks(desk.item, desk.round) if b.name == name), None)
        if blank is None or desk.round == keying.THIRD:
            return {"why": "This field is not asked for here."}, 400
        keying.keep(desk.keying, {name: blank.read(request.form)})
    except BadRead as bad:
        return {"why": str(bad)}, 400
    except Refused as refused:
        return {"why": refused.sentence}, 409
    leases.renew(desk.item)
    db.session.commit()
    return {"kept": True}


@bp.post("/key/<int:item_id>")
@staff(*ROOM)
def save(item_id: int) -> ResponseReturnValue:
    """Keep what was typed; with that, end the round or let the letter go. Nothing that was typed is lost."""
    try:
        desk = desks.held(item_id, ending=True)
    except Refused as refused:
        flash(refused.sentence, "warning")
        return redirect(url_for("keying.show", item_id=item_id), 303)
    if desk.round == keying.THIRD:
        return redirect(url_for("keying.settle", item_id=item_id), 303)
    do = request.form.get("do", "keep")
    reads, wrong = _sent(keying.blanks(desk.item, desk.round))
    keying.keep(desk.keying, reads)
    leases.renew(desk.item)
    left = keying.unanswered(desk.item, desk.round) if do == "finish" else []
    if wrong or left:
        db.session.commit()
        return _shown(desk, wrong, left), 400
    if do in ("finish", "rest"):
        finishing.end(desk.item, desk.keying, current.actor, rest_missing=do == "rest")
        round = desk.round
        db.session.commit()
        return desks.take_on(round, after=True)
    if do == "later":
        leases.give_back(desk.item)
    db.session.commit()
    return redirect(url_for("keying.home") if do == "later" else url_for("keying.show", item_id=item_id), 303)


@bp.get("/key/<int:item_id>/pages/<int:page_id>")
@staff(*ROOM)
def picture(item_id: int, page_id: int) -> Response:
    """The picture of a page, for whoever may work on its item."""
    return desks.shown(desks.in_scope(item_id), page_id)


def _sent(blanks: list[Blank]) -> tuple[dict[str, Read], dict[str, str]]:
    """What was sent for these fields, and what cannot be kept of it, each with why."""
    reads: dict[str, Read] = {}
    wrong: dict[str, str] = {}
    for blank in blanks:
        if f"{blank.id}-here" not in request.form:
            continue  # a page that did not ask for it
        try:
            reads[blank.name] = blank.read(request.form)
        except BadRead as bad:
            wrong[blank.name] = str(bad)
    return reads, wrong


def _shown(desk: Desk, wrong: dict[str, str] | None = None, left: list[Blank] | None = None) -> str:
    blanks = keying.blanks(desk.item, desk.round)
    known = {name: one.read for name, one in keying.kept(desk.item.id, desk.round).items()}
    refused = {blank.name: blank.typed(request.form) for blank in blanks if blank.name in (wrong or {})}
    reads = {blank.name: refused.get(blank.name) or known.get(blank.name) or Read() for blank in blanks}
    return render_template(
        "post/key.html",
        desk=desk,
        item=desk.item,
        kind=KINDS[desk.item.kind],
        blanks=blanks,
        reads=reads,
        answered=sum(known[b.name].is_answered for b in blanks if b.name in known),
        wrong=wrong or {},
        left=left or [],
        pages=pictures.of(desk.item),
        letter=not any(blank.box for blank in blanks),
    )
