"""The rules of booking and of the day: what the tables of this folder check and do at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.clocks import london
from casework.clocks.london import london_date
from casework.extensions import db
from casework.outbox import service as outbox
from casework.parties.models import Party
from casework.roles import SYSTEM
from casework.schedule import queries
from casework.schedule.known import month_of, once
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import BOOKING, DAY_LIST, SLOT, BookingState, SlotState
from casework.settings import service as settings
from casework.vetting import queries as vetting


def _place_free(step: Step) -> bool | str:
    slot = step.subject.slot
    if slot.state not in {SlotState.PUBLISHED, SlotState.HELD}:
        return "This place is not free."
    held = once(step, ("offers", slot.id), lambda: queries.offers_of([slot.id])[slot.id])
    return held < settings.value("ride.offers.per_place")


def result_of(step: Step) -> vetting.Result | None:
    """The outcome of the rider's vetting."""
    return once(step, "result", lambda: vetting.result(step.subject.case_id))


def _clearance_valid(step: Step) -> bool | str:
    result = result_of(step)
    if result is None or not result.valid_on(step.subject.slot.on):
        return False
    return result.valid_on(london_date(step.at))


def _conditions_kept(step: Step) -> bool | str:
    result, slot = result_of(step), step.subject.slot
    conditions = result.conditions if result else ()
    if "daytime" in conditions and _ends_late(slot):
        return "This person's clearance is for daytime shifts only."
    if "not-response" in conditions and slot.team == "response":
        return "This person's clearance is not for a response team."
    return True


def _ends_late(slot: Slot) -> bool:
    latest = time.fromisoformat(settings.value("ride.night.from"))
    return slot.ends <= slot.starts or slot.ends > latest


def _enough_notice(step: Step) -> bool:
    earliest = settings.rule("ride.notice").due(london_date(step.at), settings.calendar())
    return bool(step.subject.slot.on >= earliest)


def _under_cap(step: Step) -> bool:
    month = month_of(step.subject.slot.area_id, step.subject.slot.on)
    taken = once(step, ("month", *month), lambda: queries.rides_in_months({month})[month])
    return taken < settings.value("ride.cap")


def _nothing_booked(step: Step) -> bool:
    taken = once(step, "booked", lambda: queries.current(step.subject.case_id))
    return taken is None or taken.id == step.subject.id


def _day_has_come(step: Step) -> bool:
    # A shift that begins after midnight is still the day's; nobody starts a day early.
    return bool(london_date(step.at) == step.subject.slot.on or step.subject.slot.begins_at <= step.at)


def _late_enough(step: Step) -> bool:
    return bool(step.at >= step.subject.slot.begins_at + timedelta(minutes=30))


def _day_list_done(step: Step) -> bool | str:
    if step.asking:
        return True
    missing = [words for key, words in DAY_LIST.items() if key not in step.facts.get("ticked", [])]
    return True if not missing else "Not ticked: " + "; ".join(missing) + "."


def _reason_given(step: Step) -> bool:
    return step.asking or bool(step.facts.get("reason"))


def _times_given(step: Step) -> bool:
    return step.asking or bool(step.facts.get("times"))


def _has_host(step: Step) -> bool:
    return step.subject.host_id is not None


def _slot_ahead(step: Step) -> bool:
    return bool(step.subject.begins_at > step.at)


def _booking_ahead(step: Step) -> bool:
    return bool(step.subject.slot.begins_at > step.at)


def _unknown(step: Step) -> bool:
    """Until rides say what they know of the person: closed by default."""
    return False


# At once.


def _place(action: str, *states: str) -> registry.NowFunction:
    """The place follows its booking."""

    def follow(step: Step) -> None:
        slot = cases.lock(Slot, step.subject.slot_id)
        if slot.state in states:
            cases.perform(slot, action, SYSTEM, at=step.at)

    return follow


def _free_place(step: Step) -> None:
    slot = cases.lock(Slot, step.subject.slot_id)
    others = db.session.scalar(
        select(func.count())
        .select_from(Booking)
        .where(Booking.slot_id == slot.id, Booking.state == BookingState.OFFERED)
    )
    if slot.state == SlotState.BOOKED or (slot.state == SlotState.HELD and not others):
        cases.perform(slot, "free", SYSTEM, at=step.at)


def _cancel_bookings(step: Step) -> None:
    reason = step.facts.get("reason") or "operational"
    for booking in db.session.scalars(select(Booking).where(Booking.slot_id == step.subject.id).order_by(Booking.id)):
        if booking.state == BookingState.ACCEPTED:
            cases.perform(booking, "cancel", SYSTEM, at=step.at, reason=reason)
        elif booking.state == BookingState.OFFERED:
            cases.perform(booking, "take_back", SYSTEM, at=step.at, reason=reason)


def _owe_reminders(step: Step) -> None:
    """Seven days, 48 hours and the last morning before; dropped when the booking has ended by then."""
    slot: Slot = step.subject.slot
    start: datetime = slot.begins_at
    morning = slot.on if slot.starts >= time(12) else slot.on - timedelta(days=1)
    whens = {
        "ride-reminder-week": start - timedelta(days=7),
        "ride-reminder-two-days": start - timedelta(hours=48),
        "ride-reminder-morning": london.at(morning, time(8)),
    }
    assert step.event is not None
    for name, due in whens.items():
        if due > step.at:
            cases.tell(step.event, _case(step.subject), name, due_at=due, recheck=True)


def _owe_call(step: Step) -> None:
    """A cancellation near to the ride is telephoned beside the message."""
    nearest = settings.delay("ride.cancel.urgent").after(step.at, settings.calendar())
    if step.subject.slot.begins_at > nearest:
        return
    assert step.event is not None
    for party in db.session.scalars(
        select(Party).where(Party.case_id == step.subject.case_id, Party.part == "applicant")
    ):
        outbox.owe(step.event, "ride-cancelled-by-police", f"party:{party.id}", channel="call", kind="call")


def _nothing(step: Step) -> None:
    """Until rides say what follows for the application."""


def _case(booking: Booking) -> Case:
    found = db.session.get(Case, booking.case_id)
    assert found is not None
    return found


registry.register(
    registry.Kind(
        SLOT,
        Slot,
        stream_of=lambda slot: slot.stream_id,
        case_of=lambda slot: None,
        checks={"has_host": _has_host, "is_ahead": _slot_ahead},
        nows={"cancel_bookings": _cancel_bookings},
    )
)
registry.register(
    registry.Kind(
        BOOKING,
        Booking,
        stream_of=lambda booking: booking.stream_id,
        case_of=_case,
        checks={
            "is_ahead": _booking_ahead,
            "place_free": _place_free,
            "clearance_valid": _clearance_valid,
            "conditions_kept": _conditions_kept,
            "enough_notice": _enough_notice,
            "under_cap": _under_cap,
            "nothing_booked": _nothing_booked,
            "day_has_come": _day_has_come,
            "late_enough": _late_enough,
            "day_list_done": _day_list_done,
            "reason_given": _reason_given,
            "times_given": _times_given,
            "wants_place": _unknown,
            "old_enough": _unknown,
            "area_allowed": _unknown,
            "not_too_soon": _unknown,
            "next_part_given": _unknown,
        },
        nows={
            "hold_place": _place("hold", SlotState.PUBLISHED),
            "book_place": _place("book", SlotState.PUBLISHED, SlotState.HELD),
            "run_place": _place("run", SlotState.BOOKED),
            "finish_place": _place("finish", SlotState.RUNNING, SlotState.BOOKED),
            "free_place": _free_place,
            "owe_reminders": _owe_reminders,
            "owe_call": _owe_call,
            "move_ride": _nothing,
        },
    )
)
