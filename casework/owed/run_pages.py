"""The pages of print runs: make one, print it, count the envelopes, say that it was posted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.cases.service import Clash
from casework.exchanges import store
from casework.extensions import db
from casework.forms import Form
from casework.history import service as history
from casework.outbox.messages import MESSAGES
from casework.owed import queries, runs, service
from casework.owed.blueprint import DESK, bp, pdf, scope
from casework.owed.forms import CountForm, ExplainForm, PostRunForm
from casework.owed.models import Run
from casework.owed.workflow import LIVE, RUN, RunState
from casework.printing import document
from casework.settings import service as settings
from casework.workflow import Refused


@bp.post("/letters/runs")
@door.staff(*DESK)
def make_run() -> ResponseReturnValue:
    """Make a run of the letters that wait, the most pressing first, as many as a run takes."""
    waiting = queries.waiting("letter", scope(), limit=settings.value("letter.run"), free=True)
    reachable = [owed.id for owed, case in waiting if service.has_address(owed, case)]
    try:
        run = runs.make(reachable, current.actor)
    except Refused as no:
        db.session.rollback()
        flash(no.sentence)
        return redirect(url_for("owed.letters"), 303)
    db.session.commit()
    return redirect(url_for("owed.show_run", run_id=run.id), 303)


@bp.get("/letters/runs/<int:run_id>")
@door.staff(*DESK)
def show_run(run_id: int) -> ResponseReturnValue:
    """One run: how it stands, what is to be done next, and its letters."""
    run = _found(run_id)
    history.record_access(current.actor, "letter_run")
    db.session.commit()
    return _page(run)


@bp.get("/letters/runs/<int:run_id>/letters.pdf")
@door.staff(*DESK)
def run_file(run_id: int) -> ResponseReturnValue:
    """What is to be printed: the letters of a run as they are, or as copies if it was printed before."""
    run = _found(run_id)
    if run.prints == 0 or not run.stored or run.state not in LIVE:
        abort(404)
    try:
        content = b"".join(store.get(run.stored))
    except store.Missing:
        abort(404)
    for case_id in sorted({case.id for place, _, case in queries.letters_of(run.id) if place.live}):
        history.record_access(current.actor, "letter", case_id)
    db.session.commit()
    return pdf(document.stamped(content, "Copy") if run.prints > 1 else content, f"run-{run.id}.pdf")


@bp.post("/letters/runs/<int:run_id>/<any(print, renew, abandon):what>")
@door.staff(*DESK)
def act_on_run(run_id: int, what: str) -> ResponseReturnValue:
    """Print a run (again), make it again for today, or give it up."""
    verbs: dict[str, Callable[[Run, Any], object]] = {
        "print": runs.print_out,
        "renew": runs.renew,
        "abandon": runs.abandon,
    }
    return _done(run_id, None, lambda run: verbs[what](run, current.actor))


@bp.post("/letters/runs/<int:run_id>/take-out")
@door.staff(*DESK)
def take_out(run_id: int) -> ResponseReturnValue:
    """Take a letter out of a run that is printed."""
    owed_id = request.form.get("letter", type=int) or 0
    return _done(run_id, None, lambda run: runs.take_out(run, owed_id, current.actor))


@bp.post("/letters/runs/<int:run_id>/count")
@door.staff(*DESK)
def count_run(run_id: int) -> ResponseReturnValue:
    """The count of the envelopes. A wrong one blocks the run."""
    form = CountForm()
    return _done(run_id, form, lambda run: runs.count(run, form.envelopes.data or 0, current.actor))


@bp.post("/letters/runs/<int:run_id>/explain")
@door.staff(*DESK)
def explain_run(run_id: int) -> ResponseReturnValue:
    """Let a run with a wrong count go on, with a reason."""
    form = ExplainForm()
    return _done(run_id, form, lambda run: runs.explain(run, form.why.data or "", current.actor))


@bp.post("/letters/runs/<int:run_id>/post")
@door.staff(*DESK)
def post_run(run_id: int) -> ResponseReturnValue:
    """All letters of a run were posted."""
    form = PostRunForm()
    return _done(run_id, form, lambda run: runs.post(run, form.on.data, form.post_class.data, current.actor))


def _done(run_id: int, form: Form | None, verb: Callable[[Run], object]) -> ResponseReturnValue:
    """Do something with a run, under its lock. What is refused is said, and what was typed stays."""
    run = _found(run_id)
    if form is not None and not form.validate_on_submit():
        return _page(run, form), 400
    run = _found(run_id, lock=True)
    try:
        verb(run)
    except (Refused, Clash) as no:
        db.session.rollback()
        sentence = no.sentence if isinstance(no, Refused) else "Somebody else was faster. Look at the run as it is now."
        if form is None:
            flash(sentence)
            return redirect(url_for("owed.show_run", run_id=run_id), 303)
        form.form_errors.append(sentence)
        return _page(_found(run_id), form), 409
    db.session.commit()
    return redirect(url_for("owed.show_run", run_id=run_id), 303)


def _page(run: Run, wrong: Form | None = None) -> str:
    rows = queries.letters_of(run.id)
    forms = {kind: wrong if isinstance(wrong, kind) else kind() for kind in (CountForm, ExplainForm, PostRunForm)}
    return render_template(
        "owed/run.html",
        run=run,
        rows=rows,
        returned=queries.returned_in(run.id),
        live=sum(1 for place, _, _ in rows if place.live),
        words=MESSAGES,
        spec=RUN.states[run.state],
        states=RunState,
        is_over=run.state not in LIVE,
        wrong=wrong,
        count_form=forms[CountForm],
        explain_form=forms[ExplainForm],
        post_form=forms[PostRunForm],
        classes=service.CLASSES,
        made_by=accounts.names_of([run.made_by]).get(run.made_by, ""),
        is_supervisor=str(current.role) == "supervisor",
    )


def _found(run_id: int, lock: bool = False) -> Run:
    run = queries.run(run_id, scope(), lock)
    if run is None:
        abort(404)
    return run
