"""Where does it stand? The tracker: by reference and code, by secret link, by a lost link.

Wrong and unknown look alike. A page here never shows birth date, address, health or declarations.
"""

from __future__ import annotations

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from casework import references
from casework.accounts import throttle
from casework.accounts.door import public
from casework.cases import queries as case_queries
from casework.cases.models import Case
from casework.extensions import db
from casework.forms import Code, Email, Form
from casework.history import service as history
from casework.outbox import service as outbox
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.models import Party
from casework.roles import Actor, Role
from casework.tracking import entry, pages
from casework.tracking.visits import gone

bp = Blueprint("track", __name__)


class FindForm(Form):
    """Reference and code, as on a letter or a confirmation."""

    reference = Code(
        "Reference",
        missing="Enter your reference, like RA-7K4M-Q2XT-9",
        hint="It begins with two letters, like RA, FB or CM.",
    )
    code = Code(
        "Code",
        missing="Enter your code of 12 letters and numbers",
        hint="12 letters and numbers. Spaces, hyphens and capitals do not matter.",
    )


class LostForm(Form):
    """The address to send fresh links to."""

    email = Email("Email address", missing="Enter an email address, like name@example.com")


@bp.route("/track", methods=["GET", "POST"])
@public
def find() -> str | Response | tuple[str, int]:
    """Open a case with its reference and the code from a letter or the confirmation."""
    form = FindForm()
    if request.method == "GET":
        return render_template("tracking/find.html", form=form)
    if not form.validate_on_submit():
        return render_template("tracking/find.html", form=form), 400
    typed = _canonical(form.reference.data)
    wait = throttle.take_code(typed or form.reference.data.upper(), request.remote_addr)
    db.session.commit()
    if wait:
        form.code.fail(f"There were too many tries. Wait {max(1, wait // 60)} minutes, then try again.")
        answer = make_response(render_template("tracking/find.html", form=form), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    party = _by_code(typed, form.code.data)
    if party is None:
        form.code.fail("We cannot find anything with this reference and code. Check both, then try again.")
        return render_template("tracking/find.html", form=form), 400
    throttle.forget("track-reference", typed)
    _opened(party, "code")
    return redirect(url_for("track.case"))


@bp.get("/cases/<secret>")
@public
def link(secret: str) -> Response | tuple[str, int]:
    """Open a case by its secret link. Looking at it consumes nothing; the address is clean at once."""
    party = db.session.scalars(
        select(Party).where(Party.link_digest == secrets.link_digest(secret), Party.erased_at.is_(None))
    ).one_or_none()
    if party is None:
        return render_template("tracking/link_ended.html"), 404
    _opened(party, "link")
    answer = redirect(url_for("track.case"))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.route("/track/lost", methods=["GET", "POST"])
@public
def lost() -> str | tuple[str, int]:
    """Send fresh links to an address that we know. The page is the same either way."""
    form = LostForm()
    if request.method == "GET":
        return render_template("tracking/lost.html", form=form, sent=False)
    if not form.validate_on_submit():
        return render_template("tracking/lost.html", form=form, sent=False), 400
    send_fresh_links(form.email.data, request.remote_addr)
    db.session.commit()
    return render_template("tracking/lost.html", form=form, sent=True)


def send_fresh_links(email: str, address: str | None) -> None:
    """Owe a message with its link for each open or recent case of an address: at most three an hour and address."""
    digest = parties.email_digest(email)
    if throttle.take("lost-address", throttle.place(address), throttle.RESET_ADDRESS):
        return
    if throttle.take("lost", email.strip().casefold(), throttle.RESET):
        return
    found = db.session.execute(
        select(Party, Case.stream_id, Case.id, Case.kind)
        .join(Case, Case.id == Party.case_id)
        .where(Party.email_digest == digest, Party.erased_at.is_(None))
        .order_by(Case.id.desc())
        .limit(5)
    )
    for party, stream_id, case_id, kind in found.all():
        event = history.append(stream_id, "lost_link", Actor(Role.PUBLIC), subject=(kind, case_id))
        outbox.owe(event, "lost-link", f"party:{party.id}")


@bp.get("/track/case")
@public
def case() -> str | Response:
    """Where it stands in plain words, whom it waits for, by when; the timeline; what was sent."""
    found = entry.visitor()
    if found is None:
        return gone()
    answer: str | Response = pages.of(*found)
    return answer


@bp.post("/track/leave")
@public
def leave() -> Response:
    """Close the case on this device."""
    entry.leave()
    flash("You have closed it on this device.", "success")
    return redirect(url_for("track.find"))


@bp.get("/track/message/<int:sent_id>")
@public
def message(sent_id: int) -> str | Response:
    """A message as it was sent to this person."""
    found = entry.visitor()
    if found is None:
        return gone()
    kept, party = found
    for owed, sent in case_queries.messages(kept.stream_id):
        if sent is not None and sent.id == sent_id and owed.part == f"party:{party.id}" and party.acts:
            return render_template("tracking/message.html", case=kept, sent=sent)
    abort(404)


def _opened(party: Party, how: str) -> None:
    entry.let_in(party)
    history.record_access(entry.actor(party), "case", party.case_id, how)
    db.session.commit()


def _canonical(typed: str) -> str:
    try:
        return references.read(typed)
    except references.BadReference:
        return ""


def _by_code(reference: str, typed: str) -> Party | None:
    """The party of a reference and a code. The same look-ups are made whatever is wrong."""
    try:
        code = references.read_code(typed)
    except references.BadCode:
        code = "0" * 12
    return db.session.scalars(
        select(Party).join(Case, Case.id == Party.case_id).where(parties.opened_by(code), Case.reference == reference)
    ).one_or_none()
