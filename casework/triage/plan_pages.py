"""The pages of a plan: begun from the queue, filled in, shown as it would happen, confirmed, agreed to or stopped."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import selectinload

from casework.accounts import queries as accounts
from casework.accounts.door import current, staff
from casework.cases import clashes, registry, sight, tags
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.staff import DESK, address_of, filter_of
from casework.exchanges import queries as exchanges
from casework.exchanges.models import CannedText
from casework.extensions import db
from casework.forms import Select, Text, Words
from casework.history import service as history
from casework.outbox.messages import MESSAGES
from casework.settings import service as settings
from casework.triage import plans, workers
from casework.triage.many import bp
from casework.triage.models import Plan, PlanItem
from casework.triage.workflow import PLAN, State
from casework.workflow import Refused

# How many plans the list shows.
SHOWN = 50


class ToForm(clashes.Decision):
    """To whom the cases are given."""

    to = Select("Give them to", missing="Choose somebody")


class TagForm(clashes.Decision):
    """Which tag."""

    tag = Text("Tag", missing="Enter a tag: a word or two", max=tags.LONGEST, width=20, what="The tag")


class CannedForm(clashes.Decision):
    """Which text answers them."""

    canned = Select("Answer with", missing="Choose a text")


class NoteForm(clashes.Decision):
    """What colleagues should know of it."""

    note = Words("Note for colleagues (optional)", max=2000, rows=2, count=False, what="The note",
                 hint="It stands in the history of each case and is never sent.")  # fmt: skip


FORMS: dict[str, type[clashes.Decision]] = {"to": ToForm, "tag": TagForm, "canned": CannedForm, "note": NoteForm}


@bp.post("/plans")
@staff(*DESK)
def draft() -> ResponseReturnValue:
    """Begin a plan with the cases that were ticked, or with all that the filter finds."""
    action = request.form.get("action", "")
    chosen = filter_of(request.form)
    back = redirect(url_for("cases.queue", **address_of(chosen)), 303)
    if action not in plans.ACTIONS:
        flash("Choose what is to be done with them.")
        return back
    if request.form.get("whole") == "yes":
        ids = case_queries.matching(sight.scope(), current.account.id, chosen, plans.MOST)
    else:
        ticked = request.form.getlist("case")[: plans.MOST]
        ids = [int(each) for each in ticked if each.isascii() and each.isdecimal() and len(each) < 18]
    plan = plans.draft(action, ids, current.actor, sight.scope()) if ids else None
    if plan is None or not plans.items(plan):
        db.session.rollback()
        flash("Tick at least one case.")
        return back
    db.session.commit()
    return redirect(url_for("desk.plan", plan_id=plan.id), 303)


@bp.get("/plans")
@staff(*DESK)
def plan_list() -> ResponseReturnValue:
    """One's own plans, and those of others that wait for a second person and may be seen whole."""
    open_ones = Plan.state == State.WAITING_SECOND
    wanted = select(Plan).where(or_(Plan.account_id == current.account.id, open_ones), _seen_whole())
    found = list(db.session.scalars(wanted.order_by(Plan.id.desc()).limit(SHOWN)))
    names = accounts.names_of(each.account_id for each in found)
    return render_template("triage/plans.html", plans=found, names=names, actions=plans.ACTIONS, spec=PLAN.states)


@bp.get("/plans/<int:plan_id>")
@staff(*DESK)
def plan(plan_id: int) -> ResponseReturnValue:
    """What the plan would do, or has done."""
    found = _found(plan_id)
    history.record_access(current.actor, "plan")
    db.session.commit()
    return _page(found, _form(found))


@bp.post("/plans/<int:plan_id>/settle")
@staff(*DESK)
def settle(plan_id: int) -> ResponseReturnValue:
    """Say to whom, which tag, which text; then see what would happen."""
    found = _found(plan_id)
    form = _form(found)
    if not form.validate_on_submit():
        return _page(found, form), 400
    values = _values(found, form)
    if values is None:
        return _page(found, form), 400
    held = cases.lock(Plan, found.id)
    try:
        clashes.check(held, form.version.data, "settle", current.actor)
        if held.state != State.DRAFTED or held.account_id != current.account.id:
            raise Refused("This plan cannot be changed any more.")
        plans.settle(held, **values)
    except clashes.STOPS as stop:
        return _stopped(stop, found, "settle", form)
    db.session.commit()
    return redirect(url_for("desk.plan", plan_id=found.id), 303)


@bp.post("/plans/<int:plan_id>/do/<any(confirm, agree, stop):action>")
@staff(*DESK)
def decide(plan_id: int, action: str) -> ResponseReturnValue:
    """Confirm a plan (or ask a second person, where it is a large one), agree to one, or stop it."""
    found = _found(plan_id)
    form = clashes.Decision()
    held = cases.lock(Plan, found.id)
    if action == "confirm" and not plans.is_for_one(held):
        action = "ask_second"
    try:
        clashes.check(held, form.version.data, action, current.actor)
        if action != "agree" and held.account_id != current.account.id and not _may_stop(held, action):
            raise Refused("This is somebody else's plan.")
        cases.perform(held, action, current.actor)
    except clashes.STOPS as stop:
        return _stopped(stop, found, action, form)
    db.session.commit()
    flash(f"The plan is {PLAN.words[action]}.")
    return redirect(url_for("desk.plan", plan_id=found.id), 303)


def _may_stop(held: Plan, action: str) -> bool:
    """Whoever is asked to agree may also say no."""
    return action == "stop" and held.state == State.WAITING_SECOND


def _found(plan_id: int) -> Plan:
    """A plan that the one who acts may see: their own, or one all of whose cases they see. Else 404."""
    found = db.session.scalars(select(Plan).where(Plan.id == plan_id, _seen_whole())).one_or_none()
    if found is None:
        abort(404)
    return found


def _seen_whole() -> Any:
    """The condition that no case of a plan lies outside of what the one who acts may see."""
    unseen = select(PlanItem.id).join(Case, Case.id == PlanItem.case_id)
    return ~exists(unseen.where(PlanItem.plan_id == Plan.id, ~sight.scope().covers()))


def _form(found: Plan) -> clashes.Decision:
    """The form of what a plan needs, with its choices."""
    asks = plans.ACTIONS[found.action].asks
    start = {"to": found.to_account_id, "tag": found.tag, "canned": found.canned, "note": found.words}
    form = FORMS[asks](data={asks: start[asks] or None, "version": found.version})
    if isinstance(form, ToForm):
        form.to.choices = [(person_id, name) for person_id, name in _people(found)]
    if isinstance(form, CannedForm):
        form.canned.choices = [(each.key, each.title) for each in exchanges.canned_texts("thanks")]
    return form


def _people(found: Plan) -> list[tuple[int, str]]:
    """Everybody who could have at least one of the cases."""
    rows = select(Case.kind, Case.area_id).join(PlanItem, PlanItem.case_id == Case.id).distinct()
    places = db.session.execute(rows.where(PlanItem.plan_id == found.id)).all()
    roles = {role for kind, _ in places for role in registry.named(kind).workers}
    return workers.within(roles, {area_id for _, area_id in places})


def _values(found: Plan, form: Any) -> dict[str, Any] | None:
    """What the form says, as `plans.settle` wants it; None where something is wrong with it."""
    match plans.ACTIONS[found.action].asks:
        case "to":
            return {"to": form.to.data}
        case "tag":
            word = tags.clean(form.tag.data)
            if not word:
                form.tag.fail("Enter a tag of letters and figures")
                return None
            return {"tag": word}
        case "canned":
            text = db.session.scalars(select(CannedText).where(CannedText.key == form.canned.data)).one()
            return {"canned": text.key, "words": text.words}
    return {"words": form.note.data or ""}


def _stopped(stop: Exception, found: Plan, action: str, form: clashes.Decision) -> ResponseReturnValue:
    back = redirect(url_for("desk.plan", plan_id=found.id), 303)
    return clashes.stopped(stop, found, action, form, lambda: _page(found, form), lambda: back)


def _page(found: Plan, form: clashes.Decision) -> str:
    rows = db.session.execute(
        select(PlanItem, Case)
        .join(Case, Case.id == PlanItem.case_id)
        .options(selectinload(Case.parties))
        .where(PlanItem.plan_id == found.id)
        .order_by(PlanItem.id)
    ).all()
    shown = [(row[0], row[1]) for row in rows]
    letters = plans.letters(found) if found.weighed_at else []
    mine = found.account_id == current.account.id
    return render_template(
        "triage/plan.html",
        plan=found,
        action=plans.ACTIONS[found.action],
        form=form,
        may_settle=mine and found.state == State.DRAFTED,
        offers={offer.row.action: offer for offer in cases.open_to(found, current.actor)},
        mine=mine,
        meant=[(item, case) for item, case in shown if not item.excluded],
        excluded=[(item, case) for item, case in shown if item.excluded],
        why=Counter(item.excluded for item, _ in shown if item.excluded),
        letters=letters,
        letter_counts=Counter((each.name, each.channel) for each in letters),
        message_words=MESSAGES,
        alone=int(settings.value("bulk.alone")),
        before=plans.begun_alone(found) if mine and found.state == State.DRAFTED else 0,
        hours=int(settings.value("bulk.alone.hours")),
        wait=str(settings.value("bulk.wait")),
        spec=PLAN.states[found.state],
        workflows={kind.workflow.name: kind.workflow for kind in registry.everything()},
        names=accounts.names_of([found.account_id, *([found.to_account_id] if found.to_account_id else [])]),
        sample=plans.text_for(found, shown[0][1]) if found.action == "thank" and found.words and shown else "",
        problems=[str(message) for message in form.form_errors],
        summary=plans.summary(found),
        MOST=plans.MOST,
    )
