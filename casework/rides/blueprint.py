"""The blueprint of the staff pages of rides, and how each of them begins and ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from casework.accounts.door import current
from casework.cases import service as cases
from casework.cases import sight
from casework.rides.models import Ride
from casework.roles import Role

bp = Blueprint("rides_staff", __name__, url_prefix="/staff")


def found(reference: str) -> Ride:
    """The application of a reference, if it lies in the areas of the acting role; else 404, whatever is wrong."""
    case = sight.case(reference, every_kind=True)
    if not isinstance(case, Ride):
        abort(404)
    return case


@bp.context_processor
def _links() -> dict[str, Callable[[Ride], str]]:
    """`home(ride)` in templates: the page that the one who acts came from."""
    return {"home": home}


def home(ride: Ride) -> str:
    """Where one goes on from a page of an application: to its case, or for a clerk to the next keying in."""
    if current.role == Role.CLERK:
        return url_for("rides_staff.key_in")
    return url_for("cases.show", reference=ride.reference)


def lock(ride: Ride) -> Ride:
    """Hold the application, as it is now."""
    held: Ride = cases.lock(Ride, ride.id)
    return held


def back(ride: Ride, endpoint: str = "") -> Callable[[], ResponseReturnValue]:
    """The way on from a page of an application."""
    where = url_for(endpoint, reference=ride.reference) if endpoint else home(ride)
    return lambda: redirect(where, 303)
