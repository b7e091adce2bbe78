"""The scheme of each BCU: open, paused or closed, what the public reads, how many it takes in, its numbers."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.cases import clashes
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.extensions import db
from casework.moments import today
from casework.rides import intake, queries
from casework.rides.blueprint import bp
from casework.rides.models import Scheme
from casework.rides.staff_forms import CapForm, SchemeForm
from casework.rides.workflow import SCHEME
from casework.roles import Role
from casework.settings import service as settings

_MEANS = {
    "pause": "No new applications. What was sent before goes on.",
    "close": "No new applications, for good or for long. What was sent before goes on.",
    "reopen": "People can apply again. Everybody who asked to be told is told now.",
}


@bp.get("/schemes")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def schemes() -> ResponseReturnValue:
    """The schemes of my BCUs."""
    mine = [each for each in areas.bcus() if each.id in current.area_ids]
    kept = queries.schemes()
    return render_template(
        "rides/staff_schemes.html",
        rows=[(each, kept[each.id]) for each in mine if each.id in kept],
        figures=queries.figures([each.id for each in mine], today()),
        cap=settings.value("ride.cap"),
        table=SCHEME,
    )


@bp.route("/schemes/<slug>", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def scheme(slug: str) -> ResponseReturnValue:
    """Open, pause or close the scheme of a BCU."""
    area, row = _found(slug)
    form = _offered(row, SchemeForm(version=row.version))
    if request.method == "GET" or not _complete(form):
        return _page(area, row, form=form), 200 if request.method == "GET" else 400
    action = form.action.data
    try:
        clashes.check(cases.lock(Scheme, row.id), form.version.data, action, current.actor)
        intake.move(row, action, form.message.data or "", current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, row, action, form, lambda: _page(area, row, form=form), _back(slug))
    db.session.commit()
    flash(f"{area.name}: {SCHEME.words[action]}.")
    return _back(slug)()


@bp.post("/schemes/<slug>/limit")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def limit(slug: str) -> ResponseReturnValue:
    """Set how many undecided applications a BCU can handle."""
    area, row = _found(slug)
    form = CapForm()
    if not form.validate():
        return _page(area, row, cap=form), 400
    try:
        clashes.check(cases.lock(Scheme, row.id), form.version.data, "limit", current.actor)
        intake.limit(row, form.cap.data, current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, row, "limit", form, lambda: _page(area, row, cap=form), _back(slug))
    db.session.commit()
    flash(f"{area.name}: the limit is set." if row.intake_cap else f"{area.name}: there is no limit now.")
    return _back(slug)()


def _page(area: Area, row: Scheme, form: SchemeForm | None = None, cap: CapForm | None = None) -> str:
    """The page of a scheme; the form that was sent is shown as it was sent."""
    form = form or _offered(row, SchemeForm.fresh(row.version))
    fresh = cap or CapForm.fresh(row.version)
    if cap is None:
        fresh.cap.raw_data = [str(row.intake_cap or "")]
    return render_template(
        "rides/staff_scheme.html",
        area=area,
        scheme=row,
        form=cap or form,
        move=form,
        limit=fresh,
        figures=queries.figures([area.id], today())[area.id],
        ride_cap=settings.value("ride.cap"),
        events=case_queries.timeline(row.stream_id, limit=30),
        history_words={f"scheme.{action}": words for action, words in SCHEME.words.items()}
        | {"scheme.limit": "limit changed"},
        table=SCHEME,
    )


def _offered(row: Scheme, form: SchemeForm) -> SchemeForm:
    offers = cases.open_to(row, current.actor)
    form.action.choices = [
        (each.row.action, each.row.button, _MEANS[each.row.action]) for each in offers if not each.refused
    ]
    return form


def _complete(form: SchemeForm) -> bool:
    """The message is asked for only where the public has something to read."""
    if form.action.data == "reopen":
        form.message.missing = ""
    return form.validate()


def _found(slug: str) -> tuple[Area, Scheme]:
    area = areas.by_slug(slug)
    row = queries.scheme(area.id) if area and area.kind == "bcu" and area.id in current.area_ids else None
    if area is None or row is None:
        abort(404)
    return area, row


def _back(slug: str) -> Callable[[], ResponseReturnValue]:
    return lambda: redirect(url_for("rides_staff.scheme", slug=slug), 303)
