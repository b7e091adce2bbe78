"""The page on which staff put right how to reach somebody, for every kind of case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue

from casework.accounts.door import current
from casework.cases import clashes
from casework.cases import service as cases
from casework.extensions import db
from casework.forms import Confirm, Radios, Text
from casework.parties.models import Party
from casework.tracking import corrections
from casework.tracking.forms import DetailsForm

CHANNELS = {"email": "Email", "letter": "Letter", "phone": "Phone call"}


class CorrectDetailsForm(DetailsForm, clashes.Decision):
    """How to reach somebody, corrected by staff."""

    voicemail = Confirm("We may leave a message on their voicemail")
    safe_times = Text("When is it best to call, or when not? (optional)", max=200, what="When to call")

    channel = Radios(
        "How do they want to hear from us?",
        choices=list(CHANNELS.items()),
        missing="Choose how they want to hear from us",
    )
    checked = Radios(
        "How did you make sure who they are?",
        choices=[
            ("called-back", "I called back on the number that we hold"),
            ("code", "They gave the reference and the code of our letter"),
            ("identity", "I have seen photo identity"),
            ("questions", "They answered questions about the case"),
        ],
        missing="Choose how you made sure who they are",
    )


def is_reachable(party: Party) -> bool:
    """Whether we reach somebody, or would: not who stays anonymous, and no child for whom a parent acts."""
    asked = party.acts or party.part == "representative"
    return bool(party.erased_at is None and asked and (party.name or party.channel != "page"))


def page(
    case: Any,
    person: Party,
    back: Callable[[], ResponseReturnValue],
    template: str,
    *,
    allowed: Callable[[Any], None] = lambda held: None,
    then: Callable[[Any], None] = lambda held: None,
    **values: Any,
) -> ResponseReturnValue:
    """Show the form and keep what it says. A new e-mail address has to be confirmed; the old one is told.

    `allowed` raises `Refused` where the one who acts may not do this in the case as it is now; `then` is done after it.
    """
    start = {name: getattr(person, name) for name in ("voicemail", "safe_times", "channel")}
    form = CorrectDetailsForm(data=start | {"version": case.version})
    sheet = clashes.Sheet(template, form, case=case, person=person, **values)
    if not form.validate_on_submit() or not _reachable(form, person):
        return sheet.shown()
    try:
        held = cases.lock(type(case), case.id)
        allowed(held)
        clashes.check(held, form.version.data, "contact", current.actor)
        db.session.refresh(person)
        changed = corrections.correct_details(
            held,
            person,
            current.actor,
            checked=form.checked.data,
            phone=form.phone.data,
            address=form.address.data,
            postcode=form.postcode.data,
            channel=form.channel.data,
            voicemail=form.voicemail.data,
            safe_times=form.safe_times.data or "",
        )
        asked = bool(form.email.data) and form.email.data != person.email
        if asked:
            corrections.ask_email(held, person, str(form.email.data), current.actor, checked=form.checked.data)
        then(held)
    except clashes.STOPS as stop:
        return sheet.stopped(stop, case, "contact", back)
    db.session.commit()
    flash(_done(changed, asked))
    return back()


def _reachable(form: CorrectDetailsForm, person: Party) -> bool:
    """Whether there is what the chosen way needs."""
    if form.channel.data == "phone" and not (form.phone.data or person.phone):
        form.phone.fail("Enter the phone number that we should call")
    if form.channel.data == "letter" and not (form.address.data or person.address):
        form.address.fail("Enter the address that we should write to")
    if form.channel.data == "email" and not (form.email.data or person.email):
        form.email.fail("Enter an email address, like name@example.com")
    return not any(field.errors for field in form.questions())


def _done(changed: list[str], asked: bool) -> str:
    if asked:
        return "The new email address gets a message to confirm it. Until then we write to the old one."
    return "The details are corrected." if changed else "Nothing was different."
