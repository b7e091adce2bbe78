"""The desk: the queue, the case page, the one route that takes any transition which needs no more than a note."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    has_request_context,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from casework import references
from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import clashes, desk, finding, page, queries, registry, service, sight, tagged, tags
from casework.cases.models import Case, Note, Search
from casework.cases.queries import Filter
from casework.extensions import db
from casework.history import service as history
from casework.moments import now, today
from casework.roles import Role
from casework.workflow import Refused

bp = Blueprint("cases", __name__)

# Everybody who works on cases of some kind; which kinds a role sees, the tables say.
DESK = (Role.COORDINATOR, Role.SUPERVISOR, Role.TRIAGE, Role.HANDLER)
READERS = (*DESK, Role.DATA_PROTECTION)
# What the kinds are called where several are shown together, in their order.
KIND_WORDS = {"feedback": "Feedback", "complaint": "Complaint", "ride": "Ride along"}
# Where the day of those begins who have no queue of cases.
HOMES = {
    Role.VETTING_OFFICER: "vetting.queue",
    Role.HOST: "schedule.today",
    Role.ADMIN: "accounts.settings",
    Role.ANALYST: "releases_staff.index",
}


@bp.app_context_processor
def words() -> dict[str, object]:
    """Whether the role that acts may search: the layout shows the box only then."""
    who = g.get("current") if has_request_context() else None
    return {"may_search": who is not None and who.role in DESK}


@bp.get("/staff/")
@staff()
def queue() -> str | Response:
    """The queue of the areas of the acting role, or the page where that role's day begins."""
    if current.role not in DESK:
        return _home()
    scope = sight.scope()
    chosen = filter_of(request.args)
    day = today()
    rows, counts = queries.inbox_with_counts(scope, current.account.id, chosen, day)
    more = rows[queries.PAGE :]
    shown = [(queries.group_of(row.next_due_on, day), row) for row in rows[: queries.PAGE]]
    last = shown[-1][1] if more else None
    top_parts, above = desk.queue_parts(address_of(chosen), top=True)
    parts, below = desk.queue_parts([row for _, row in shown])
    return render_template(
        "cases/queue.html",
        rows=shown,
        chosen=chosen,
        counts=counts,
        next_after=f"{last.next_due_on.isoformat()}.{last.id}" if last else "",
        areas=[a for a in areas.bcus() if a.id in current.area_ids],
        area_names={a.id: a.name for a in areas.everything()},
        workflows={kind.workflow.name: kind.workflow for kind in registry.everything()},
        kinds=[name for name in KIND_WORDS if name in registry.kinds_of(current.role)],
        kind_words=KIND_WORDS,
        duty_words=registry.duty_words,
        address=address_of(chosen),
        top_parts=top_parts,
        parts=parts,
        **{"marks": {}, "boxes": False} | above | below,
    )


@bp.get("/staff/cases/<reference>")
@staff(*READERS)
def show(reference: str) -> str:
    """The case: facts, what may be done now, whom it waits for and why, history, messages, notes."""
    case = case_or_404(reference)
    history.record_access(current.actor, "case", case.id, request.args.get("from", "")[:20])
    desk.opened(case, current.account.id)
    shown = page.render(case)
    # Before anybody sees it. After a commit all that the page is made of would be read a second time.
    db.session.commit()
    return shown


@bp.post("/staff/cases/<reference>/do/<action>")
@staff(*DESK)
def act(reference: str, action: str) -> Response | tuple[str, int]:
    """Take a transition that needs no more than a note."""
    case = case_or_404(reference)
    note = request.form.get("note", "").strip()[:4000]
    if desk.page_of(case.kind, action):
        return redirect(url_for(desk.page_of(case.kind, action), reference=case.reference))
    service.lock(type(case), case.id)
    try:
        clashes.check(case, request.form.get("version"), action, current.actor)
        service.perform(case, action, current.actor, note)
    except clashes.DoneAlready:
        db.session.rollback()
    except Refused as no:
        db.session.rollback()
        return page.render(case_or_404(reference), problem=no.sentence, typed=note), 409
    except service.Clash:
        db.session.rollback()
        case = case_or_404(reference)
        return page.render(case, problem=clashes.sentence(case), typed=note), 409
    done = page.done_words(case, action)
    after = url_for("cases.show", reference=case.reference)
    db.session.commit()
    flash(done)
    return redirect(after)


@bp.post("/staff/cases/<reference>/assign")
@staff(*DESK)
def assign(reference: str) -> Response:
    """Claim a case, give it to somebody who may see it, or put it back."""
    case = case_or_404(reference)
    to = request.form.get("to", "")
    whom = None if to == "" else current.account.id if to == "me" else int(to) if to.isdecimal() and len(to) < 18 else 0
    if page.is_barred(case):
        flash("This case is about you, or about your team. Somebody else must do this.")
        return redirect(url_for("cases.show", reference=case.reference))
    if whom is not None and whom not in {person.id for person in page.assignable(case)}:
        flash("Choose somebody who works in this area and is not concerned in the case.")
        return redirect(url_for("cases.show", reference=case.reference))
    service.lock(Case, case.id)
    try:
        service.assign(case, whom, current.actor)
        db.session.commit()
    except IntegrityError:
        # What the list leaves out the database refuses as well, however somebody got here.
        db.session.rollback()
        flash("This case is about them, or about their team. Choose somebody else.")
        return redirect(url_for("cases.show", reference=case.reference))
    flash(
        "This case is yours."
        if to == "me"
        else "The case is back in the queue."
        if to == ""
        else "The case was handed over."
    )
    return redirect(
        request.form.get("back") == "queue"
        and url_for("cases.queue")
        or url_for("cases.show", reference=case.reference)
    )


@bp.post("/staff/cases/<reference>/notes")
@staff(*DESK)
def note(reference: str) -> Response | tuple[str, int]:
    """Add a note for colleagues. It is never sent."""
    case = case_or_404(reference)
    words = request.form.get("words", "").replace("\x00", "").strip()
    if not words or len(words) > 4000:
        problem = "Enter a note." if not words else "A note can have 4,000 characters. Shorten it."
        return page.render(case, problem=problem, typed_note=words), 400
    db.session.add(Note(case_id=case.id, at=now(), account_id=current.account.id, words=words))
    service.record(case, "note", current.actor)
    db.session.commit()
    return redirect(url_for("cases.show", reference=case.reference) + "#notes")


@bp.post("/staff/cases/<reference>/tags")
@staff(*DESK)
def tag(reference: str) -> Response | tuple[str, int]:
    """Add a tag to a case, or take one away."""
    case = case_or_404(reference)
    service.lock(Case, case.id)
    gone = tags.clean(request.form.get("remove", ""))
    word = tags.clean(request.form.get("tag", ""))
    if gone:
        service.untag(case, gone, current.actor)
    elif not word:
        problem = "Enter a tag: a word or two, such as custody."
        return page.render(case, problem=problem), 400
    elif not service.tag(case, word, current.actor) and word not in tagged.of(case.id):
        return page.render(case, problem=f"A case can have {tags.MOST} tags. Take one away first."), 400
    db.session.commit()
    return redirect(url_for("cases.show", reference=case.reference) + "#tags", 303)


@bp.post("/staff/search")
@staff(*DESK)
def search() -> Response:
    """Look for a reference, a name, an e-mail or words. What was typed never stands in an address."""
    words = request.form.get("words", "").replace("\x00", "").strip()[:200]
    if not words:
        flash("Enter a reference, a name, an email address or words.")
        return redirect(url_for("cases.queue"))
    if references.looks_like(words):
        try:
            return redirect(url_for("cases.show", reference=references.read(words)) + "?from=search")
        except references.BadReference as wrong:
            flash(str(wrong))
            return redirect(url_for("cases.queue"))
    kept = Search(key=secrets.token_urlsafe(12), account_id=current.account.id, at=now())
    kept.words = words
    db.session.add(kept)
    history.record_access(current.actor, "search")
    db.session.commit()
    return redirect(url_for("cases.found", key=kept.key))


@bp.get("/staff/search/<key>")
@staff(*DESK)
def found(key: str) -> str:
    """What a search found, in the searcher's own areas."""
    kept = db.session.scalars(
        select(Search).where(Search.key == key, Search.account_id == current.account.id)
    ).one_or_none()
    if kept is None:
        abort(404)
    words = kept.words or ""
    scope = sight.scope()
    rows = finding.by_person(scope, words)
    hits = desk.search(scope, words)
    workflows = {kind.workflow.name: kind.workflow for kind in registry.everything()}
    return render_template("cases/found.html", words=words, rows=rows, hits=hits, workflows=workflows)


def case_or_404(reference: str) -> Case:
    """The case of a reference as typed, if it lies in the areas of the acting role."""
    return sight.case(reference) or abort(404)


def _home() -> str | Response:
    endpoint = HOMES.get(current.role, "")
    if endpoint in current_app.view_functions:
        return redirect(url_for(endpoint))
    return render_template("cases/home.html")


def filter_of(given: Mapping[str, str]) -> Filter:
    """The filter that an address holds. What makes no sense, or is not for the role that acts, filters nothing."""
    kinds = registry.kinds_of(current.role)
    view, kind = given.get("view", ""), given.get("kind", "")
    area = areas.by_slug(given.get("area", ""))
    of_kind, _, state = given.get("state", "").rpartition(".")
    if of_kind in kinds and kind in ("", of_kind):
        kind = of_kind
    kind = kind if kind in kinds else ""
    states = {name for each in ([kind] if kind else kinds) for name in registry.named(each).workflow.states}
    if view not in queries.VIEWS:
        view = "mine" if view or queries.holds_any(current.account.id) else "unassigned"
    return Filter(
        view=view,
        state=state if state in states and of_kind in ("", kind) else "",
        area_id=area.id if area else None,
        kind=kind,
        after=_after(given.get("after", "")),
        tag=tags.clean(given.get("tag", "")),
    )


def address_of(chosen: Filter) -> dict[str, Any]:
    """A filter as the parameters of an address, without the page."""
    area = areas.by_id(chosen.area_id)
    given = {
        "view": chosen.view,
        "kind": chosen.kind,
        "state": chosen.state,
        "area": area.slug if area else "",
        "tag": chosen.tag,
    }
    return {name: value for name, value in given.items() if value}


def _after(text: str) -> tuple[date, int] | None:
    day, _, number = text.partition(".")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None
