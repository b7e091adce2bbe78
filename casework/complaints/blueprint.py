"""The blueprint of the staff pages of complaints, and how each of them begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current
from casework.cases import clashes, reading, sight
from casework.cases import service as cases
from casework.complaints import independence, queries
from casework.complaints.models import Complaint
from casework.complaints.workflow import COMPLAINT, independent
from casework.forms import Form, Hidden
from casework.moments import now
from casework.parties import needs
from casework.workflow import Refused

__all__ = ["Entry", "back", "bp", "found", "hold", "once", "queries", "refusal", "sheet"]
bp = Blueprint("complaints", __name__, url_prefix="/staff")
reading.recorded(bp)
sight.hides(independence.about)

# Within this time the same entry of the same person is the same press of a button.
_TWICE = timedelta(minutes=2)


class Entry(Form):
    """A form that adds something to a complaint. `seen` is how long its history was when the page was shown."""

    seen = Hidden(max=20)


@bp.context_processor
def _words() -> dict[str, Callable[[Complaint], str]]:
    """`standing_of(complaint)` in templates: where it stands, as staff say it."""
    return {"standing_of": lambda complaint: COMPLAINT.states[complaint.state].staff}


def found(reference: str) -> Complaint:
    """The complaint of a reference, if it lies in the areas of the acting role; else 404, whatever is wrong."""
    case = sight.case(reference, every_kind=True)
    if not isinstance(case, Complaint):
        abort(404)
    reading.shows(case)
    return case


def hold(complaint: Complaint) -> Complaint:
    """Hold the complaint as it is now. `Refused` where it is about the one who acts or about their team."""
    held: Complaint = cases.lock(Complaint, complaint.id)
    if not independence.is_independent(held, current.account.id):
        raise Refused(independent.sentence, independent.name)
    return held


def once(complaint: Complaint, seen: str | None, *actions: str) -> None:
    """Raise `DoneAlready` where this person has just made the same entry since the page was shown.

    What others added meanwhile is no clash: entries stand beside each other. Hold the complaint before you ask.
    """
    number = int(seen) if seen and seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    for event in queries.events_since(complaint.stream_id, number, actions):
        if event.account_id == current.account.id and now() - event.at < _TWICE:
            raise clashes.DoneAlready


def sheet(template: str, form: Form, complaint: Complaint, **values: Any) -> clashes.Sheet:
    """A page of a complaint, which shows beside its form what the complaint is about."""
    values.setdefault("refused", "")
    return clashes.Sheet(
        f"complaints/{template}.html",
        form,
        complaint=complaint,
        allegations=queries.allegations(complaint.id),
        needs=[(each, words) for each in complaint.parties if (words := needs.in_words(each))],
        home=url_for("cases.show", reference=complaint.reference),
        **values,
    )


def back(complaint: Complaint, endpoint: str = "", part: str = "") -> Callable[[], ResponseReturnValue]:
    """The way on from a page of a complaint."""
    where = url_for(endpoint or "cases.show", reference=complaint.reference) + (f"#{part}" if part else "")
    return lambda: redirect(where, 303)


def refusal(complaint: Complaint, action: str) -> str | None:
    """Why the one who acts may not do something now; empty where they may, None where it is not offered at all."""
    offers = cases.open_to(complaint, current.actor)
    return next((each.refused for each in offers if each.row.action == action), None)
