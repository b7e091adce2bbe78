"""Writing down what comes by phone, in person, by letter or by email: the questions of the public form on one page."""

from __future__ import annotations

import secrets as chance
from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework import references
from casework.accounts import door
from casework.accounts.door import current
from casework.cases.models import Case
from casework.drafting.journey import Page, Typed
from casework.extensions import db
from casework.feedback.service import Told
from casework.forms import Asked, DateParts, Form, Hidden, Radios
from casework.history import service as history
from casework.moments import today
from casework.parties import secrets
from casework.roles import Role
from casework.saying import draft as said
from casework.saying import service as saying
from casework.saying.questions import PAGES, for_somebody_else, is_anonymous
from casework.triage import keyed
from casework.triage.blueprint import DESK, bp, home, in_scope

OLDEST = timedelta(days=60)
TAKERS = (*DESK, Role.CLERK)


class ArrivedForm(Form):
    """How and when something reached us."""

    key = Hidden(max=40)
    via = Radios(
        "How did it come?",
        choices=[("phone", "By phone"), ("in person", "In person"), ("post", "By letter"), ("email", "By email")],
        missing="Choose how it came",
        inline=True,
    )
    received_on = DateParts(
        "On which day did it reach us?",
        what="The day",
        latest=today,
        earliest=lambda: today() - OLDEST,
        hint="Every period counts from it. Leave it empty for today; for a letter or email, enter when it arrived.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        written = {"post": "letter", "email": "email"}.get(self.via.data or "")
        if good and written and self.received_on.data is None:
            self.received_on.fail(f"Enter the day on which the {written} arrived")
            return False
        return good


class Sheet:
    """All questions of the public form together, with how and when it reached us."""

    def __init__(self) -> None:
        self.arrived = ArrivedForm()
        self.forms: dict[str, Form] = {page.slug: page.form(prefix=f"{page.slug}-") for page in PAGES}
        if not self.arrived.key.typed:
            self.arrived.key.raw_data = [chance.token_urlsafe(16)]

    def sections(self) -> list[tuple[Page, list[Asked]]]:
        """The pages of the public form with what they ask; files are added to the case afterwards."""
        return [(page, [field for field in self.forms[page.slug].shown() if field.kind != "files"]) for page in PAGES]

    def problems(self) -> list[tuple[str, str]]:
        """Every message with where it stands, for the summary."""
        return [each for form in (self.arrived, *self.forms.values()) for each in form.problems()]

    def is_good(self) -> bool:
        """Whether everything can be kept: each answer by the rules of its page, and all of them together."""
        self.arrived.validate()
        for form in self.forms.values():
            form.validate()
        self._fits()
        if not self.arrived.key.data and not self.problems():
            self.arrived.form_errors.append("Look through it and send it once more.")
        return not self.problems()

    def told(self) -> Told:
        """The facts, by the very rules that make them of what comes online."""
        kept = self._chosen()
        return said.facts_of(kept, {page.slug: self.forms[page.slug] for page in PAGES if _asked(page, kept)})

    def _chosen(self) -> Typed:
        you: Any = self.forms["you"]
        chosen = {"named": you.named.data, "relation": you.relation.data}
        return {"you": {name: [value] for name, value in chosen.items() if value}}

    def _fits(self) -> None:
        """Nothing that was typed is left out unsaid: what would not be asked online has to be empty here too."""
        kept, you, when = self._chosen(), self.forms["you"], self.forms["when"]
        anonymous = is_anonymous(kept)
        if anonymous and (self._typed("contact") or self._typed("needs") or self._typed("other")):
            _fail(you, "named", "Without a name we keep no details: empty what you entered below, or choose “Yes”")
        elif self._typed("other") and not for_somebody_else(kept):
            _fail(you, "relation", "You entered for whom somebody acts: choose that they act for them, or empty it")
        on, arrived = when._fields["on"].data, self.arrived.received_on.data
        if on is not None and arrived is not None and on > arrived:
            _fail(when, "on", "The date must not be after the day on which it reached us")

    def _typed(self, slug: str) -> bool:
        return any(field.inputs() for field in self.forms[slug].questions())


@bp.route("/feedback/key-in", methods=["GET", "POST"])
@door.staff(*TAKERS)
def take_down() -> ResponseReturnValue:
    """Write down what somebody says. It is opened as if they had said it online, on the day on which it reached us."""
    sheet = Sheet()
    if request.method == "GET":
        return _shown(sheet)
    if not sheet.is_good():
        return _shown(sheet), 400
    arrived = sheet.arrived
    case = keyed.take_down(
        sheet.told(),
        current.actor,
        arrived.key.data or "",
        received_on=arrived.received_on.data or today(),
        via=str(arrived.via.data),
    )
    reference, sender = case.reference, saying.sent_by(case)
    db.session.commit()
    flash(f"It is written down as {reference}.", "success")
    # Whom we write to nowhere can be told reference and code only now; and not everybody may open the case.
    if sender is None or sender.channel == "page" or in_scope(reference) is None:
        return redirect(url_for("triage.taken", reference=reference), 303)
    return redirect(home(case), 303)


@bp.get("/feedback/taken/<reference>")
@door.staff(*TAKERS)
def taken(reference: str) -> ResponseReturnValue:
    """Reference and code to tell the person: for whoever has just written it down, and for nobody else."""
    try:
        case = keyed.just_taken(references.read(reference), current.actor)
    except references.BadReference:
        abort(404)
    if case is None:
        abort(404)
    sender = saying.sent_by(case)
    code = secrets.code(sender.id, sender.code_generation) if sender is not None else ""
    history.record_access(current.actor, "code", case.id)
    db.session.commit()
    return render_template("triage/taken.html", case=case, code=code, mine=_opens(case))


def _opens(case: Case) -> bool:
    return in_scope(case.reference) is not None


def _shown(sheet: Sheet) -> str:
    return render_template("triage/taking.html", sheet=sheet)


def _asked(page: Page, kept: Typed) -> bool:
    return page.when is None or page.when(kept)


def _fail(form: Form, name: str, message: str) -> None:
    field: Any = form._fields[name]
    field.fail(message)
