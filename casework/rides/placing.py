"""Who is ready for a place, and the offer: which free places there are and what stands against each."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts import queries as accounts
from casework.accounts.door import current
from casework.areas import queries as areas
from casework.cases import clashes
from casework.clocks.words import long_date, time_of_day
from casework.extensions import db
from casework.forms import Option
from casework.moments import today
from casework.rides import queries
from casework.rides.blueprint import back, bp, found, lock
from casework.rides.models import Ride
from casework.rides.questions import DAYS, SHIFTS
from casework.rides.staff_forms import OfferForm
from casework.rides.workflow import TEAMS
from casework.roles import Role
from casework.schedule import queries as schedule_queries
from casework.schedule import service as schedule
from casework.schedule.models import Slot
from casework.schedule.workflow import SlotState
from casework.settings import service as settings
from casework.vetting import queries as vetting
from casework.vetting.workflow import CONDITIONS

MOST = 40


@bp.get("/rides/ready")
@door.staff(Role.COORDINATOR, Role.SUPERVISOR)
def ready() -> ResponseReturnValue:
    """Approved riders without a place: those on whom we cancelled first, then by waiting time."""
    rides = queries.ready_for_a_place(current.area_ids)
    results = vetting.results([ride.id for ride in rides])
    return render_template(
        "rides/staff_ready.html",
        rides=[(ride, results.get(ride.id)) for ride in rides],
        wishes=_wishes,
        conditions=CONDITIONS,
        may_offer=current.role == Role.COORDINATOR,
    )


@bp.route("/rides/<reference>/offer", methods=["GET", "POST"])
@door.staff(Role.COORDINATOR)
def offer(reference: str) -> ResponseReturnValue:
    """Offer one free place, or several to choose from, with the rule that stands against each of the others."""
    ride = found(reference)
    slots = _slots(ride)
    against = schedule.stands_against(slots, ride, current.actor)
    hosts = accounts.names_of(slot.host_id for slot in slots if slot.host_id)
    form = OfferForm(version=ride.version)
    form.places.choices = [_place(slot, hosts) for slot in slots if not against[slot.id] or _chosen(form, slot)]
    page = clashes.Sheet(
        "rides/staff_offer.html",
        form,
        ride=ride,
        wishes=_wishes(ride),
        result=vetting.result(ride.id),
        conditions=CONDITIONS,
        barred=[(_place(slot, hosts), against[slot.id]) for slot in slots if against[slot.id]],
        open=any(not sentence for sentence in against.values()),
        elsewhere=[area.name for each in ride.wishes if each not in current.area_ids and (area := areas.by_id(each))],
    )
    if not form.validate_on_submit():
        return page.shown()
    try:
        clashes.check(lock(ride), form.version.data, "offer", current.actor)
        for slot_id in sorted(form.places.data):
            schedule.offer(slot_id, ride, current.actor)
    except clashes.STOPS as stop:
        return page.stopped(stop, ride, "offer", back(ride))
    db.session.commit()
    flash("The place is offered." if len(form.places.data) == 1 else f"{len(form.places.data)} places are offered.")
    return back(ride)()


def _slots(ride: Ride) -> list[Slot]:
    """Free places in the areas that the applicant wishes for, as far as they are mine."""
    inside = areas.within(each for each in ride.wishes if each in current.area_ids) & current.area_ids
    states = (
        (SlotState.PUBLISHED, SlotState.HELD) if settings.value("ride.offers.per_place") > 1 else (SlotState.PUBLISHED,)
    )
    return schedule_queries.slots(inside, since=today(), states=states, limit=MOST)


def _chosen(form: OfferForm, slot: Slot) -> bool:
    """Whether a place was sent, so that a rule which stands against it now is said and not swallowed."""
    return str(slot.id) in (form.places.raw_data or [])


def _place(slot: Slot, hosts: dict[int, str]) -> Option:
    area = areas.by_id(slot.area_id)
    over = " the next day" if slot.ends <= slot.starts else ""
    facts = [
        area.name if area else "",
        TEAMS.get(slot.team, slot.team),
        f"host {hosts.get(slot.host_id or 0, 'not known')}",
    ]
    if slot.state == SlotState.HELD:
        facts.append("already on offer to somebody else")
    if slot.conditions:
        facts.append(slot.conditions)
    return Option(
        slot.id,
        f"{long_date(slot.on)}, {time_of_day(slot.starts)} to {time_of_day(slot.ends)}{over}",
        hint=" · ".join(facts),
    )


def _wishes(ride: Ride) -> dict[str, str]:
    """What the applicant wished for, in words."""
    names = {area.id: area.name for area in areas.everything()}
    return {
        "where": ", then ".join(names.get(each, "") for each in ride.wishes),
        "team": ", then ".join(TEAMS.get(each, each) for each in ride.teams) or "No preference",
        "days": ", ".join(DAYS.get(each, each) for each in ride.days) or "Any day",
        "shifts": ", ".join(SHIFTS.get(each, each).partition(":")[0] for each in ride.shifts) or "Any shift",
        "avoid": ", ".join(names.get(each, "") for each in ride.avoid),
    }
