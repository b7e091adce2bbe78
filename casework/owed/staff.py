"""Calls to make and letters to post: the lists, one call, the print page. What was told is kept like an e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import emails, letters
from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases import service as cases
from casework.cases import sight
from casework.cases.models import Case
from casework.clocks import london
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import today
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed
from casework.owed import format_pages, formats, queries, run_pages, service
from casework.owed.blueprint import DESK, bp, pdf, scope
from casework.owed.forms import CallForm, PostForm
from casework.owed.workflow import RUN
from casework.parties import needs
from casework.parties.models import Party
from casework.printing import document
from casework.roles import Role
from casework.settings import service as settings
from casework.workflow import Refused

__all__ = ["bp", "format_pages", "run_pages"]


@dataclass(frozen=True)
class Item:
    """A call or a letter: its row, its case, whom it is for, what it says; or why nobody wants it any more."""

    owed: Owed
    case: Case
    person: Party | None
    paper: emails.Paper | None
    unwanted: str = ""

    @property
    def code(self) -> str:
        """The code on a letter that was printed before; else empty."""
        return self.paper.code if self.paper else ""

    @property
    def needs(self) -> list[str]:
        """What the person needs so that contact works and is safe."""
        return needs.in_words(self.person) if self.person else []

    @property
    def words(self) -> str:
        """What staff call it."""
        return MESSAGES[self.owed.name].words if self.owed.name in MESSAGES else self.owed.name


@bp.get("/calls")
@door.staff(*DESK)
def calls() -> ResponseReturnValue:
    """Calls that are owed in my areas, the urgent first."""
    items = [_item(owed, case, render=False) for owed, case in queries.waiting("call", scope())]
    tries = queries.tries([each.owed.id for each in items])
    history.record_access(current.actor, "calls")
    db.session.commit()
    return render_template(
        "owed/calls.html",
        items=items,
        tries=tries,
        counted=service.counted,
        results=service.RESULTS,
        wanted=settings.value("ride.call.tries"),
    )


@bp.route("/calls/<int:owed_id>", methods=["GET", "POST"])
@door.staff(*DESK)
def call(owed_id: int) -> ResponseReturnValue:
    """One call: whom, when it suits, what to say, the tries so far, and the next one."""
    owed, case = _found(owed_id, "call")
    form = CallForm(tries=len(queries.tries([owed.id])[owed.id]))
    if not form.validate_on_submit():
        if request.method == "GET":
            history.record_access(current.actor, "call", case.id)
            db.session.commit()
        return _call_page(owed, case, form), 200 if request.method == "GET" else 400
    owed, case = _found(owed_id, "call", lock=True)
    before = queries.tries([owed.id])[owed.id]
    if owed.closed_at is not None or form.tries.data != str(len(before)):
        if before and before[-1].account_id == current.account.id and before[-1].result == form.result.data:
            return redirect(url_for("owed.calls"), 303)
        who = accounts.names_of([before[-1].account_id]).get(before[-1].account_id, "") if before else ""
        form.form_errors.append(
            f"{who or 'Somebody'} was faster. Your try was not saved. Look at the tries as they are now."
        )
        form.tries.raw_data = [str(len(before))]
        db.session.rollback()
        return _call_page(owed, case, form), 409
    closed = service.log_try(owed, case, form.result.data, before, current.actor)
    db.session.commit()
    flash(f"{case.reference}: the call is done." if closed else f"{case.reference}: the try is kept. Call again later.")
    return redirect(url_for("owed.calls"), 303)


@bp.route("/letters", methods=["GET", "POST"], endpoint="letters")
@door.staff(*DESK)
def waiting() -> ResponseReturnValue:
    """Letters that are owed in my areas: print them, then say that they were posted."""
    items = _letters()
    form = PostForm()
    form.letters.choices = [(each.owed.id, each.case.reference) for each in items if each.paper]
    if not form.validate_on_submit():
        if request.method == "GET":
            history.record_access(current.actor, "letters")
            db.session.commit()
        return _letters_page(items, form), 200 if request.method == "GET" else 400
    done = 0
    chosen = [_found(owed_id, "letter", lock=True) for owed_id in sorted(form.letters.data)]
    service.hold([owed for owed, _ in chosen])
    try:
        for owed, case in chosen:
            if owed.closed_at is None:
                service.post(owed, case, form.on.data, form.post_class.data, current.actor)
                done += 1
    except Refused as no:
        db.session.rollback()
        form.on.fail(no.sentence)
        return _letters_page(_letters(), form), 409
    db.session.commit()
    flash("One letter is marked as posted." if done == 1 else f"{done} letters are marked as posted.")
    return redirect(url_for("owed.letters"), 303)


@bp.post("/letters/print")
@door.staff(*DESK)
def prepare_letters() -> ResponseReturnValue:
    """Give the letters that are to be printed their codes, then show them: all of them, or the one of `letter`."""
    only = request.form.get("letter", type=int)
    wanted = sorted(each.owed.id for each in _letters() if each.paper and only in (None, each.owed.id))
    if only is not None and not wanted:
        abort(404)
    rows = [_found(owed_id, "letter", lock=True) for owed_id in wanted]
    service.hold([owed for owed, _ in rows])
    for owed, case in rows:
        if owed.closed_at is None:
            service.print_one(owed, case, current.actor)
    db.session.commit()
    return redirect(url_for("owed.print_letters", letter=only), 303)


@bp.get("/letters/print")
@door.staff(*DESK)
def print_letters() -> ResponseReturnValue:
    """The letters themselves, each on its own sheet, as soon as they have their codes: all, or the one of `letter`."""
    only = request.args.get("letter", type=int)
    items = [each for each in _letters() if each.paper and only in (None, each.owed.id)]
    if only is not None and not items:
        abort(404)
    items = [each for each in items if each.paper and (each.paper.code or not each.paper.party.acts)]
    made = _as_pdf(items[0].owed) if only is not None and items else None
    for case_id in {each.case.id for each in items}:
        history.record_access(current.actor, "letter", case_id)
    db.session.commit()
    return pdf(made, f"letter-{only}.pdf") if made else render_template("owed/print.html", items=items)


@bp.post("/letters/<int:owed_id>/address-good")
@door.staff(*DESK)
def address_good(owed_id: int) -> ResponseReturnValue:
    """Post came back, but the address is right: the letters that are held go on."""
    owed, case = _found(owed_id, "letter")
    cases.lock(type(case), case.id)
    service.address_good(owed, case, current.actor)
    db.session.commit()
    flash(f"{case.reference}: letters are posted to this address again.")
    return redirect(url_for("owed.letters"), 303)


@bp.post("/owed/<any(call, letter):channel>/<int:owed_id>/drop")
@door.staff(*DESK)
def drop(channel: str, owed_id: int) -> ResponseReturnValue:
    """Close what nobody wants any more. What somebody still wants cannot be closed like this."""
    owed, case = _found(owed_id, channel, lock=True)
    item = _item(owed, case)
    if owed.closed_at is None and item.unwanted:
        service.drop(owed, case, item.unwanted, current.actor)
        db.session.commit()
        flash(f"{case.reference}: closed.")
    elif owed.closed_at is None:
        flash("This is still wanted.")
    return redirect(url_for("owed.calls" if channel == "call" else "owed.letters"), 303)


@bp.post("/cases/<reference>/messages/<int:owed_id>/by-post")
@door.staff(*(role for role in DESK if role != Role.CLERK))
def by_post(reference: str, owed_id: int) -> ResponseReturnValue:
    """Send by post what could not be delivered."""
    case = sight.case(reference)
    owed = db.session.get(Owed, owed_id, with_for_update=True)
    if case is None or owed is None or owed.stream_id != case.stream_id:
        abort(404)
    try:
        service.by_post(owed, case, current.actor)
    except Refused as no:
        db.session.rollback()
        flash(no.sentence)
        return redirect(url_for("cases.show", reference=case.reference), 303)
    db.session.commit()
    flash("A letter is owed instead. It is among the letters to print.")
    return redirect(url_for("cases.show", reference=case.reference), 303)


def _as_pdf(owed: Owed) -> bytes | None:
    """One letter as it is posted today; None where this machine prints none, and the page has to do."""
    try:
        return letters.write(owed, owed.printed_for or today(), copy=owed.prints > 1).document().pdf()
    except document.CannotPrint:
        return None


def _call_page(owed: Owed, case: Case, form: CallForm) -> str:
    tries = queries.tries([owed.id])[owed.id]
    good = service.counted(tries)
    return render_template(
        "owed/call.html",
        item=_item(owed, case),
        form=form,
        tries=tries,
        names=accounts.names_of(each.account_id for each in tries),
        results=service.RESULTS,
        counted=len(good),
        wanted=settings.value("ride.call.tries"),
        again_at=good[-1].at + service.APART if good else None,
    )


def _letters_page(items: list[Item], form: PostForm) -> str:
    return render_template(
        "owed/letters.html",
        items=items,
        held=queries.held(scope()),
        words=MESSAGES,
        form=form,
        can_print=not document.missing(),
        runs=queries.runs(scope()),
        states=RUN.states,
        formats_open=len(formats.waiting(scope())),
        late_before=london.start_of_day(today()),
    )


def _letters() -> list[Item]:
    """The letters that wait and are in no run; what they need is read for all of them at once."""
    rows = queries.waiting("letter", scope(), free=True)
    causes = queries.causes([owed.id for owed, _ in rows])
    kept = emails.preload([owed.id for owed, _ in rows], [cause.id for cause in causes.values()])
    items = [_item(owed, case, cause=causes[owed.id]) for owed, case in rows]
    kept.clear()
    return items


def _item(owed: Owed, case: Case, render: bool = True, cause: Event | None = None) -> Item:
    person = next((each for each in case.parties if f"party:{each.id}" == owed.part), None)
    if not render:
        return Item(owed, case, person, None)
    try:
        return Item(owed, case, person, emails.on_paper(owed, event=cause))
    except emails.NotWanted as why:
        return Item(owed, case, person, None, str(why))


def _found(owed_id: int, channel: str, lock: bool = False) -> Any:
    found = queries.one(owed_id, channel, scope(), lock)
    if found is None:
        abort(404)
    return found
