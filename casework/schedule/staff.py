"""Places on shifts: the list by week, planning, publishing, correcting, cancelling. For coordinators and supervisors.

What is done with bookings: `bookings`. The day of the ride stands beside the rides, whose health notes it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.cases import clashes
from casework.cases import service as cases
from casework.clocks.words import weekday
from casework.extensions import db
from casework.moments import today
from casework.roles import Role
from casework.schedule import bookings, queries, service
from casework.schedule.blueprint import bp
from casework.schedule.forms import DetailsForm, PlanForm, ReasonForm, SlotForm
from casework.schedule.models import Slot
from casework.schedule.workflow import BOOKING, SLOT, TEAMS, BookingState, SlotState
from casework.settings import service as settings
from casework.workflow import Refused

__all__ = ["bookings", "bp"]

WEEKS = 4
MOST = 300


@bp.get("")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def plan() -> ResponseReturnValue:
    """Places by week. The address holds every filter. A host's own shifts are on a page of their own."""
    start = monday(_day(request.args.get("from", "")) or today())
    until = start + timedelta(weeks=WEEKS)
    area = next((each for each in my_bcus() if each.slug == request.args.get("area")), None)
    state = request.args.get("state", "")
    team = request.args.get("team", "")
    shown = queries.slots(
        areas.within([area.id]) & current.area_ids if area else current.area_ids,
        since=start,
        until=until,
        states=(state,) if state in SLOT.states else (),
        team=team if team in teams() else "",
        limit=MOST + 1,
    )
    held = queries.bookings_of([slot.id for slot in shown])
    live = {
        BookingState.OFFERED,
        BookingState.ACCEPTED,
        BookingState.STARTED,
        BookingState.COMPLETED,
        BookingState.ENDED_EARLY,
    }
    held = {slot_id: [each for each in rows if each.state in live] for slot_id, rows in held.items()}
    return render_template(
        "schedule/plan.html",
        weeks=[(week, list(rows)) for week, rows in groupby(shown[:MOST], key=lambda slot: monday(slot.on))],
        too_many=len(shown) > MOST,
        bookings=held,
        riders=queries.riders([each for rows in held.values() for each in rows]),
        hosts=accounts.names_of(slot.host_id for slot in shown if slot.host_id),
        start=start,
        until=until,
        chosen={"area": area.slug if area else None, "state": state or None, "team": team or None},
        step=timedelta(weeks=WEEKS),
        last=until - timedelta(days=1),
        weekday=weekday,
        bcus=my_bcus(),
        areas=areas.by_id,
        teams=teams(),
        slot_table=SLOT,
        booking_table=BOOKING,
        may_plan=current.role == Role.COORDINATOR,
    )


@bp.route("/new", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR)
def new() -> ResponseReturnValue:
    """Plan a place, or the same shift in several weeks."""
    form = PlanForm()
    _offer(form)
    if not form.validate_on_submit() or not _host_fits(form, form.times.data):
        return render_template("schedule/new.html", form=form), 200 if request.method == "GET" else 400
    try:
        planned = service.plan_weekly(current.actor, form.times.data, form.publish.data, **form.given())
    except Refused as no:
        db.session.rollback()
        form.form_errors.append(no.sentence)
        return render_template("schedule/new.html", form=form), 409
    db.session.commit()
    words = "published" if form.publish.data else "planned"
    flash(f"{len(planned)} places are {words}." if len(planned) > 1 else f"The place is {words}.")
    if len(planned) > 1:
        query: dict[str, Any] = {"from": planned[0].on.isoformat()}
        return redirect(url_for("schedule.plan", **query), 303)
    return back(planned[0])()


@bp.get("/<int:slot_id>")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def show(slot_id: int) -> ResponseReturnValue:
    """One place: facts, what may be done, who was offered it, history."""
    return bookings.slot_page(found(slot_id))


@bp.post("/<int:slot_id>/publish")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def publish(slot_id: int) -> ResponseReturnValue:
    """Publish a place, so that it can be offered."""
    slot = found(slot_id)
    form = clashes.Decision()
    form.validate()
    try:
        cases.lock(Slot, slot.id)
        clashes.check(slot, form.version.data, "publish", current.actor)
        service.publish(slot, current.actor)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, slot, "publish", form, lambda: bookings.slot_page(slot, form), back(slot))
    db.session.commit()
    flash("The place is published.")
    return back(slot)()


@bp.route("/<int:slot_id>/correct", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def correct(slot_id: int) -> ResponseReturnValue:
    """Correct a place: all of it while nobody was offered it, afterwards what does not move the shift."""
    slot = found(slot_id)
    if slot.state not in {SlotState.DRAFT, SlotState.PUBLISHED, SlotState.HELD, SlotState.BOOKED}:
        abort(404)
    whole = slot.state in {SlotState.DRAFT, SlotState.PUBLISHED} and current.role == Role.COORDINATOR
    start = {name: getattr(slot, name) for name in ("place", "vehicle", "conditions", "notes", "version")}
    start["host"] = slot.host_id
    if whole:
        start |= {name: getattr(slot, name) for name in ("team", "on", "starts", "ends", "minimum_age")} | {
            "area": slot.area_id
        }
    form = SlotForm(data=start) if whole else DetailsForm(data=start)
    _offer(form, slot)

    def page() -> str:
        return render_template("schedule/correct.html", form=form, slot=slot, whole=whole, areas=areas.by_id)

    if not form.validate_on_submit() or not _host_fits(form, 1, slot):
        return page(), 200 if request.method == "GET" else 400
    try:
        clashes.check(service.lock_place(slot.id), form.version.data, "correct", current.actor)
        if whole:
            service.change_slot(slot, current.actor, **form.given())
        else:
            service.change_details(slot.id, current.actor, **form.given())
    except clashes.STOPS as stop:
        return clashes.stopped(stop, slot, "correct", form, page, back(slot))
    db.session.commit()
    flash("The place is corrected.")
    return back(slot)()


@bp.route("/<int:slot_id>/cancel", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def cancel(slot_id: int) -> ResponseReturnValue:
    """Cancel a place with a reason. Whoever was offered it or has booked it is told."""
    slot = found(slot_id)
    form = ReasonForm(version=slot.version)

    def page() -> str:
        held = queries.live_bookings(slot.id)
        return render_template(
            "schedule/cancel.html", form=form, slot=slot, bookings=held, riders=queries.riders(held), areas=areas.by_id
        )

    if not form.validate_on_submit():
        return page(), 200 if request.method == "GET" else 400
    try:
        clashes.check(service.lock_place(slot.id), form.version.data, "cancel", current.actor)
        service.cancel_slot(slot.id, current.actor, form.reason.data)
    except clashes.STOPS as stop:
        return clashes.stopped(stop, slot, "cancel", form, page, back(slot))
    db.session.commit()
    flash("The place is cancelled.")
    return back(slot)()


def found(slot_id: int) -> Slot:
    """The slot of a number in my areas, or 404."""
    slot = queries.slot(slot_id, current.area_ids)
    if slot is None:
        abort(404)
    return slot


def back(slot: Slot) -> Callable[[], ResponseReturnValue]:
    """The way to the page of a place."""
    slot_id = slot.id
    return lambda: redirect(url_for("schedule.show", slot_id=slot_id), 303)


def my_bcus() -> list[Area]:
    """The BCUs in which the acting role is granted."""
    return [each for each in areas.bcus() if each.id in current.area_ids]


def teams() -> dict[str, str]:
    """The teams that take riders, in words."""
    return {slug: TEAMS.get(slug, slug.replace("-", " ").capitalize()) for slug in settings.value("ride.teams")}


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _offer(form: SlotForm | DetailsForm, slot: Slot | None = None) -> None:
    """Fill in what can be chosen: my BCUs, the teams, and who holds the host's role there today."""
    where = [areas.by_id(slot.area_id)] if slot else my_bcus()
    hosts: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for area in where:
        for _, account in accounts.holders([Role.HOST], area.id if area else None):
            hosts.setdefault(account.id, []).append(area.name if area else "")
            names[account.id] = account.name
    if slot and slot.host_id and slot.host_id not in names:
        names |= accounts.names_of([slot.host_id])
        hosts[slot.host_id] = ["no host here today"]
    form.host.choices = [
        (id, f"{name} ({', '.join(hosts[id])})")
        for id, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    ]
    if isinstance(form, SlotForm):
        chosen = {slot.area_id} if slot else set()
        form.area.choices = [(each.id, each.name) for each in my_bcus() if not chosen or each.id in chosen]
        form.team.choices = list(teams().items())


def _host_fits(form: SlotForm | DetailsForm, times: int, slot: Slot | None = None) -> bool:
    """Whether the host holds that role in that BCU on each day of the shift."""
    if form.host.data is None or (slot and form.host.data == slot.host_id):
        return True
    area_id = form.area.data if isinstance(form, SlotForm) else slot.area_id if slot else None
    first = form.on.data if isinstance(form, SlotForm) else slot.on if slot else today()
    for week in range(times):
        day = first + timedelta(weeks=week)
        if form.host.data not in {account.id for _, account in accounts.holders([Role.HOST], area_id, day)}:
            form.host.fail(f"Choose a host who has that role in this BCU on {day:%-d %B %Y}")
            return False
    return True
