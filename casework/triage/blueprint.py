"""The blueprint of the triage desk, and how each of its pages begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from casework.cases import reading, sight
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.complaints.models import Complaint
from casework.feedback.models import Feedback
from casework.feedback.workflow import DESK
from casework.parties import needs

__all__ = ["DESK", "back", "bp", "case_of", "feedback_of", "hold", "home", "in_scope", "lock", "scope"]
bp = Blueprint("triage", __name__, url_prefix="/staff")
reading.recorded(bp)


def case_of(reference: str) -> Feedback | Complaint:
    """The feedback or complaint of a reference, if it lies in the areas of the acting role; else 404."""
    case = in_scope(reference)
    if not isinstance(case, Feedback | Complaint):
        abort(404)
    reading.shows(case)
    return case


def feedback_of(reference: str) -> Feedback:
    """The feedback of a reference, if it lies in the areas of the acting role; else 404."""
    case = in_scope(reference)
    if not isinstance(case, Feedback):
        abort(404)
    reading.shows(case)
    return case


def in_scope(reference: str) -> Case | None:
    """The case of a reference as typed, of any kind that the acting role works on, in its areas."""
    return sight.case(reference)


def scope() -> Scope:
    """What the acting role may see."""
    return sight.scope()


def lock(case: Any) -> Any:
    """Hold a case, as it is now."""
    return cases.lock(type(case), case.id)


def hold(*found: Case) -> None:
    """Hold several cases, as they are now, in one order: two people who act crosswise do not wait for each other."""
    for each in sorted(found, key=lambda case: case.id):
        lock(each)


def home(case: Case, at: str = "") -> str:
    """The page of a case, at one of its parts."""
    return url_for("cases.show", reference=case.reference, _anchor=at or None)


def back(case: Case, at: str = "") -> Callable[[], ResponseReturnValue]:
    """The way on from a page: to its case. Worked out now, so that it can be gone after a rollback too."""
    where = home(case, at)
    return lambda: redirect(where, 303)


@bp.context_processor
def _links() -> dict[str, Callable[..., Any]]:
    """`home(case)` and `needs_of(party)` in templates."""
    return {"home": home, "needs_of": needs.in_words}
