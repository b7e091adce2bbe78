"""Settling: what two people read differently, beside the paper, without their names and in no order that tells them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current, staff
from casework.extensions import db
from casework.post import desk as desks
from casework.post import finishing, keying, leases, pictures
from casework.post.comparing import Mark, Read
from casework.post.desk import Desk, bp
from casework.post.models import Item
from casework.post.sheets import BadRead, Blank
from casework.post.workflow import KINDS, ROOM
from casework.sealed import digest
from casework.workflow import Refused

OTHER = "other"


@dataclass(frozen=True)
class Dispute:
    """A field that two people read differently: both readings, shuffled, and what was chosen so far."""

    blank: Blank
    readings: tuple[Read, Read]
    chosen: Read

    @property
    def picked(self) -> str:
        """Which of the answers offered is chosen."""
        if not self.chosen.is_answered:
            return ""
        return next((str(n) for n, each in enumerate(self.readings) if each == self.chosen), OTHER)


@bp.get("/key/<int:item_id>/settle")
@staff(*ROOM)
def settle(item_id: int) -> ResponseReturnValue:
    """What differs on the letter that one holds."""
    desk = desks.of(desks.in_scope(item_id))
    if desk is None or desk.round != keying.THIRD:
        return redirect(url_for("keying.show", item_id=item_id), 303)
    desks.reads(desk.item)
    page = _shown(desk)
    db.session.commit()
    return page


@bp.post("/key/<int:item_id>/settle")
@staff(*ROOM)
def save_settled(item_id: int) -> ResponseReturnValue:
    """Keep what was chosen, and end the dispute once every field has its answer."""
    try:
        desk = desks.held(item_id, ending=True)
    except Refused as refused:
        flash(refused.sentence, "warning")
        return redirect(url_for("keying.settle", item_id=item_id), 303)
    if desk.round != keying.THIRD:
        return redirect(url_for("keying.show", item_id=item_id), 303)
    disputes, wrong, reads = _disputes(desk.item), {}, {}
    for dispute in disputes:
        try:
            reads[dispute.blank.name] = _chosen(dispute)
        except BadRead as bad:
            wrong[dispute.blank.name] = str(bad)
    keying.keep(desk.keying, reads)
    do = request.form.get("do", "finish")
    left = {b.name: "Choose what stands on the paper." for b in keying.unanswered(desk.item, desk.round)}
    if do == "later":
        leases.give_back(desk.item)
        db.session.commit()
        return redirect(url_for("keying.home"), 303)
    if wrong or left:
        leases.renew(desk.item)
        db.session.commit()
        return _shown(desk, left | wrong), 400
    finishing.end(desk.item, desk.keying, current.actor)
    db.session.commit()
    return desks.take_on(keying.THIRD, after=True)


def _chosen(dispute: Dispute) -> Read:
    """What was chosen for a field: one of the two readings, or what was typed instead."""
    picked = request.form.get(f"{dispute.blank.id}-pick", "")
    if picked in ("0", "1"):
        return dispute.readings[int(picked)]
    if picked != OTHER:
        return Read()
    read = dispute.blank.read(request.form)
    if not read.is_answered:
        raise BadRead("Key what stands on the paper, or say that it is unreadable or missing.")
    return read


def _disputes(item: Item) -> list[Dispute]:
    first, second, third = (keying.kept(item.id, round) for round in (keying.FIRST, keying.SECOND, keying.THIRD))
    found = []
    for blank in keying.blanks(item, keying.THIRD):
        both = (first[blank.name].read, second[blank.name].read)
        if digest("post-order", f"{item.id} {blank.name}")[0] % 2:
            both = both[::-1]
        settled = third.get(blank.name)
        found.append(Dispute(blank, both, settled.read if settled else Read()))
    return found


def _shown(desk: Desk, wrong: dict[str, str] | None = None) -> str:
    disputes = _disputes(desk.item)
    return render_template(
        "post/settle.html",
        desk=desk,
        item=desk.item,
        kind=KINDS[desk.item.kind],
        disputes=disputes,
        wrong=wrong or {},
        pages=pictures.of(desk.item),
        other=OTHER,
        letter=not any(each.blank.box for each in disputes),
    )


@bp.app_template_filter("reading")
def reading(read: Read, blank: Blank) -> str:
    """A reading in words."""
    if read.mark == Mark.UNREADABLE:
        return "Unreadable"
    if read.mark == Mark.MISSING:
        return "Nothing there"
    if blank.widget == "date":
        return " / ".join(text or "–" for text in read.texts)
    labels = dict(blank.options)
    words = ", ".join(labels.get(text, text) for text in read.texts)
    return f"Summary: {words}" if read.mark == Mark.SUMMARY else words
