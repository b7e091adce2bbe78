"""Pages on how somebody is reached: correct it, confirm a new e-mail address, object to one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy import select

from casework.accounts.door import public
from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.models import ContactChange, Party
from casework.tracking import entry, service
from casework.tracking.forms import DetailsForm
from casework.tracking.public import bp
from casework.tracking.visits import ask, in_case, thanks


@bp.route("/track/case/details", methods=["GET", "POST"])
@in_case()
def details(case: Case, party: Party) -> Any:
    """Correct how to be reached. The new e-mail address confirms, the old one is told."""
    form = (
        DetailsForm()
        if request.method == "POST"
        else DetailsForm(data={"voicemail": party.voicemail, "safe_times": party.safe_times})
    )
    if not form.validate_on_submit():
        return ask("tracking/details.html", form, case, party=party)
    cases.lock(Case, case.id)
    changed = parties.change_details(
        party, phone=form.phone.data, address=form.address.data, postcode=form.postcode.data
    )
    party.voicemail, party.safe_times = form.voicemail.data, form.safe_times.data or ""
    if changed:
        event = cases.record(case, "contact", entry.actor(party), fields=changed)
        cases.tell(event, case, "contact-changed", party.part)
    new_email = form.email.data
    if new_email and new_email != party.email:
        service.change_email(case, party, new_email, entry.actor(party))
    db.session.commit()
    if new_email and new_email != party.email:
        return thanks("We have sent an email to your new address. The address changes when you confirm it.")
    return thanks("We have changed your details.")


@bp.route("/track/confirm/<secret>", methods=["GET", "POST"])
@public
def confirm(secret: str) -> Any:
    """The new address says yes. Opening the link changes nothing; the button does."""
    change = _change("change", secret)
    if change is None or change.confirmed_at is not None or change.objected_at is not None:
        return render_template("tracking/link_ended.html"), 404
    if request.method == "GET":
        return render_template("tracking/confirm.html", change=change, object=False, done=False)
    service.confirm_email(change)
    db.session.commit()
    return render_template("tracking/confirm.html", change=change, object=False, done=True)


@bp.route("/track/object/<secret>", methods=["GET", "POST"])
@public
def object_to_change(secret: str) -> Any:
    """The old address says no: the change is undone, every link is replaced, staff are told."""
    change = _change("objection", secret)
    if change is None or change.objected_at is not None or not service.may_object(change):
        return render_template("tracking/link_ended.html"), 404
    if request.method == "GET":
        return render_template("tracking/confirm.html", change=change, object=True, done=False)
    service.object_to_email(change)
    db.session.commit()
    return render_template("tracking/confirm.html", change=change, object=True, done=True)


def _change(purpose: str, secret: str) -> ContactChange | None:
    column = ContactChange.confirm_digest if purpose == "change" else ContactChange.object_digest
    return db.session.scalars(
        select(ContactChange).where(column == secrets.link_digest(secret)).with_for_update()
    ).one_or_none()
