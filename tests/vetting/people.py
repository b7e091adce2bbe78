"""What tests of the vetting unit share: somebody in checks, and the buttons of a person's page."""

from __future__ import annotations

from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.rides import service as rides
from casework.vetting import queries
from casework.vetting.models import VettingCheck
from tests import factories
from tests.browser import Browser
from tests.desks import value_of

FOUND = "SECRETFINDING a caution of 2009"


def in_checks(cast: Any, **facts: Any) -> factories.Made:
    """Somebody whose checks have begun, with a declaration worth hiding."""
    made = factories.ride(**facts)
    cases.perform(made.ride, "invite", cast.coordinator)
    declared = {
        "other_names": "SECRETNAME",
        "addresses": "SECRETSTREET",
        "convictions": "SECRETCONVICTION",
        "police_matters": "SECRETMATTER",
    }
    rides.give_next_part(made.ride, made.applicant, **declared)
    db.session.commit()
    return made


def checks(made: factories.Made) -> list[VettingCheck]:
    clearance = queries.clearance(made.ride.id)
    assert clearance is not None
    return clearance.checks


def finish(desk: Browser, made: factories.Made, check: VettingCheck, action: str, detail: str = "") -> Any:
    """Press one of a check's buttons."""
    path = f"/staff/vetting/{made.ride.reference}"
    desk.get(path)
    name = f"check-{check.id}-"
    fields = {f"{name}version": value_of(desk, f"{name}version"), f"{name}detail": detail}
    return desk.post(f"{path}/checks/{check.id}/{action}", fields)


def conclude(desk: Browser, made: factories.Made, action: str, detail: str = "", **more: Any) -> Any:
    """Record a result."""
    path = f"/staff/vetting/{made.ride.reference}"
    desk.get(path)
    fields = {"result-action": action, "result-detail": detail} | {
        f"result-{key}": value for key, value in more.items()
    }
    if 'name="result-version"' in desk.text:
        fields["result-version"] = value_of(desk, "result-version")
    return desk.post(f"{path}/result", fields)


def all_but_one_clear(desk: Browser, made: factories.Made) -> None:
    """Three checks are clear, the last found something."""
    rows = checks(made)
    for check in rows:
        finish(desk, made, check, "begin")
    for check in rows[:-1]:
        finish(desk, made, check, "clear")
    finish(desk, made, rows[-1], "find", FOUND)
