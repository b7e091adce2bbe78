"""Scans of a batch: files are added, pages that belong to nothing or seem to be empty are looked at and put right."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import sealed
from casework.accounts.door import current, staff
from casework.exchanges import store
from casework.extensions import db
from casework.forms import with_files
from casework.history import service as history
from casework.post import intake, pictures, queries, room_pages, sorting
from casework.post.blueprint import batch_of, bp, me, seen
from casework.post.forms import PagesForm, ScansForm
from casework.post.models import Batch, Page
from casework.post.workflow import ROOM
from casework.printing import codes, document, qr
from casework.workflow import Refused


@bp.post("/batches/<int:batch_id>/scans")
@with_files
@staff(*ROOM)
def add_scans(batch_id: int) -> ResponseReturnValue:
    """Add files from the scanner. Each is kept at once; what is none is refused, and stands there with its reason."""
    batch, form = batch_of(batch_id), ScansForm()
    if not form.validate():
        return room_pages.shown(batch, scanning=form), 400
    added = []
    for upload in sorted(form.files.data, key=lambda each: _natural(each.filename)):
        try:
            added.append(intake.add(batch, upload.filename, upload.stream, me()))
        except Refused as refused:
            db.session.rollback()
            return room_pages.shown(batch_of(batch_id), problem=refused.sentence), 409
        db.session.commit()
    if not added:
        form.files.fail("Choose the files that the scanner made")
        return room_pages.shown(batch, scanning=form), 400
    flash(_said(added), "success")
    return redirect(url_for("post.batch", batch_id=batch_id, _anchor="scans"), 303)


@bp.route("/batches/<int:batch_id>/pages", methods=["GET", "POST"])
@staff(*ROOM)
def pages(batch_id: int) -> ResponseReturnValue:
    """Pages without an item, empty ones, those of one item (`?item=`), those taken away; and putting them right."""
    batch, form = batch_of(batch_id, lock=request.method == "POST"), PagesForm()
    if request.method == "GET":
        return _shown(batch, PagesForm(formdata=None))
    if not form.validate():
        return _shown(batch, form), 400
    chosen = queries.pages_in(batch.id, request.form.getlist("pages"), seen())
    if not chosen:
        return _shown(batch, form, "Choose the pages first."), 400
    try:
        done = _WAYS.get(request.form.get("do", ""), _move)(batch, chosen, form)
    except Refused as refused:
        db.session.rollback()
        return _shown(batch_of(batch_id), form, refused.sentence), 409
    db.session.commit()
    flash(done, "success")
    return redirect(url_for("post.pages", batch_id=batch_id, item=request.args.get("item")), 303)


@bp.get("/batches/<int:batch_id>/pages/<int:page_id>")
@staff(*ROOM)
def scanned_page(batch_id: int, page_id: int) -> Response:
    """The picture of a page; who looked is recorded."""
    found = queries.pages_in(batch_of(batch_id).id, [str(page_id)], seen())
    if not found or not store.has(found[0].stored):
        abort(404)
    item = queries.item_of_page(found[0])
    history.record_access(current.actor, "post page", item.case_id if item else None, f"{batch_id}.{page_id}")
    kind, content = pictures.content(found[0].stored)
    db.session.commit()
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.get("/batches/<int:batch_id>/sheets")
@staff(*ROOM)
def sheets(batch_id: int) -> Response:
    """The separator sheet as a PDF. It may be printed as often as there are envelopes, and used again."""
    batch_of(batch_id)
    drawn = qr.drawing(codes.write(codes.SeparatorCode(), sealed.key_for(codes.PURPOSE)), "", 60)
    html = render_template("papers/separator.html")
    try:
        content = document.render(html, given={"code": str(drawn).encode()})
    except document.CannotPrint as no:
        current_app.logger.error("%s", no)
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="separator.pdf"'
    return answer


def _shown(batch: Batch, form: PagesForm, problem: str = "") -> str:
    wanted = request.args.get("item", "")
    item = queries.item_by_number(batch.id, wanted, seen())
    if item is not None:
        history.record_access(current.actor, "post item", item.case_id, str(item.id))
        db.session.commit()
    return render_template(
        "post/pages.html",
        batch=batch,
        item=item,
        groups=queries.page_groups(batch.id, item, seen()),
        form=form,
        problem=problem,
    )


def _move(batch: Batch, chosen: Sequence[Page], form: PagesForm) -> str:
    item = queries.item_by_number(batch.id, form.number.data or "", seen())
    if item is None:
        raise Refused("Enter the number of an item of this batch.", "item_there")
    sorting.move(chosen, item, current.actor)
    return f"They belong to item {item.number} now."


def _remove(batch: Batch, chosen: Sequence[Page], form: PagesForm) -> str:
    sorting.remove(chosen, current.actor)
    return "They are taken away. You can put them back."


def _keep(batch: Batch, chosen: Sequence[Page], form: PagesForm) -> str:
    sorting.put_back(chosen, current.actor)
    return "They are kept."


_WAYS: dict[str, Callable[[Batch, Sequence[Page], PagesForm], str]] = {"move": _move, "remove": _remove, "keep": _keep}


def _said(added: Sequence[intake.Added]) -> str:
    """What became of files that were added, in a sentence each."""
    refused = sum(each.scan.state == intake.REFUSED for each in added)
    again = sum(not each.new for each in added)
    said = [f"{len(added) - refused - again} of {len(added)} files wait to be taken in."]
    if again:
        said.append(f"{again} were there already.")
    if refused:
        said.append(f"{refused} are refused: see why below.")
    return " ".join(said)


def _natural(name: str) -> list[tuple[int, str]]:
    """Scan 2 before scan 10."""
    return [(int(part[:18]), "") if part.isdecimal() else (0, part.casefold()) for part in re.split(r"(\d+)", name)]
