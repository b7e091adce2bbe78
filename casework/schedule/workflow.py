"""The life of a slot (a place on a shift), and of a booking (one person and one place)."""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Now, StateSpec, Tell, Workflow, period, row

COORDINATOR, SUPERVISOR, HOST = Role.COORDINATOR, Role.SUPERVISOR, Role.HOST
APPLICANT, CLOCK, SYSTEM = Role.APPLICANT, Role.CLOCK, Role.SYSTEM


class SlotState(StrEnum):
    """What a place is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    HELD = "held"
    BOOKED = "booked"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """What a booking is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED_BY_POLICE = "cancelled_by_police"
    CANCELLED_BY_RIDER = "cancelled_by_rider"
    NO_SHOW = "no_show"
    STARTED = "started"
    COMPLETED = "completed"
    ENDED_EARLY = "ended_early"


L, B = SlotState, BookingState

has_host = Check("has_host", "Choose a host before you publish this place.")
is_ahead = Check("is_ahead", "The shift has begun. Choose a place in the future.")
place_free = Check("place_free", "This place is held for somebody else.")
wants_place = Check("wants_place", "This application is not waiting for a place.")
clearance_valid = Check("clearance_valid", "The checks on this person are not valid on the day of the ride.")
conditions_kept = Check("conditions_kept", "The conditions of this person's clearance do not allow this place.")
old_enough = Check("old_enough", "This person is too young for this place.")
area_allowed = Check("area_allowed", "This person asked not to ride in this area, or must not.")
not_too_soon = Check("not_too_soon", "This person has ridden too recently.")
enough_notice = Check("enough_notice", "There is too little notice for this place.")
under_cap = Check("under_cap", "This area has reached its limit of rides for that month.")
nothing_booked = Check("nothing_booked", "This person already has a ride booked.")
next_part_given = Check(
    "next_part_given", "The part before a booking (emergency contact, health, identity) is not given yet."
)
day_list_done = Check("day_list_done", "Tick every point of the list before the ride starts.")
day_has_come = Check("day_has_come", "This is possible on the day of the ride.")
late_enough = Check("late_enough", "Wait until 30 minutes after the start of the shift.")
reason_given = Check("reason_given", "Say why.")
times_given = Check("times_given", "Enter when the ride started and ended.")

RULES = [
    clearance_valid,
    conditions_kept,
    old_enough,
    area_allowed,
    not_too_soon,
    enough_notice,
    under_cap,
    nothing_booked,
]

# fmt: off
SLOT = Workflow.of("slot", {
    L.DRAFT:     StateSpec("This place is being planned.", "Draft", COORDINATOR, period("slot.publish")),
    L.PUBLISHED: StateSpec("This place is free.", "Free", COORDINATOR, period("slot.fill")),
    L.HELD:      StateSpec("This place is held for somebody.", "Held for somebody", APPLICANT, period("ride.offer")),
    L.BOOKED:    StateSpec("This place is booked.", "Booked", HOST, period("booking.ride")),
    L.RUNNING:   StateSpec("The ride is under way.", "Under way", HOST, period("booking.ride")),
    L.FINISHED:  StateSpec("The ride is over.", "Finished", final=True),
    L.CANCELLED: StateSpec("This place was cancelled.", "Cancelled", final=True),
}, [
    row("plan", None, L.DRAFT, by=COORDINATOR),
    row("publish", L.DRAFT, L.PUBLISHED, by=(COORDINATOR, SUPERVISOR), needs=[has_host, is_ahead], button="Publish"),
    row("hold", L.PUBLISHED, L.HELD, by=SYSTEM),
    row("book", [L.PUBLISHED, L.HELD], L.BOOKED, by=SYSTEM),
    row("free", [L.HELD, L.BOOKED], L.PUBLISHED, by=SYSTEM),
    row("run", L.BOOKED, L.RUNNING, by=SYSTEM),
    row("finish", [L.RUNNING, L.BOOKED], L.FINISHED, by=SYSTEM),
    row("cancel", [L.DRAFT, L.PUBLISHED, L.HELD, L.BOOKED], L.CANCELLED, by=(COORDINATOR, SUPERVISOR), asks=["reason"],
        then=[Now("cancel_bookings")], button="Cancel this place"),
    row("pass", [L.DRAFT, L.PUBLISHED, L.HELD], L.CANCELLED, by=SYSTEM),
], {
    "plan": "place planned", "publish": "place published", "hold": "place held", "book": "place booked", "free": "place free again",
    "correct": "place corrected", "run": "ride under way", "finish": "ride over", "cancel": "place cancelled", "pass": "shift passed without a rider",
})

BOOKING = Workflow.of("booking", {
    B.OFFERED:   StateSpec("We have offered you a place.", "Offered", APPLICANT, period("ride.offer")),
    B.ACCEPTED:  StateSpec("Your ride is booked.", "Accepted", HOST, period("booking.ride")),
    B.STARTED:   StateSpec("Your ride is under way.", "Started", HOST, period("booking.ride")),
    B.DECLINED:  StateSpec("You said no to this place.", "Declined", final=True),
    B.LAPSED:    StateSpec("This offer has ended.", "Lapsed", final=True),
    B.CANCELLED_BY_POLICE: StateSpec("We had to cancel this ride.", "Cancelled by us", final=True),
    B.CANCELLED_BY_RIDER:  StateSpec("You cancelled this ride.", "Cancelled by the rider", final=True),
    B.NO_SHOW:   StateSpec("You were not there for this ride.", "Did not come", final=True),
    B.COMPLETED: StateSpec("You have been on your ride.", "Completed", final=True),
    B.ENDED_EARLY: StateSpec("Your ride ended early.", "Ended early", final=True),
}, [
    row("offer", None, B.OFFERED, by=COORDINATOR, needs=[wants_place, place_free, *RULES],
        then=[Now("hold_place"), Now("move_ride"), Tell("ride-offered"), Tell("ride-offer-lapsing", delay=period("ride.offer.reminder"))]),
    row("accept", B.OFFERED, B.ACCEPTED, by=(APPLICANT, COORDINATOR), needs=[wants_place, *RULES, next_part_given],
        then=[Now("book_place"), Now("move_ride"), Now("owe_reminders"), Tell("ride-booked")], button="Accept for the applicant"),
    row("decline", B.OFFERED, B.DECLINED, by=(APPLICANT, COORDINATOR), then=[Now("free_place"), Now("move_ride")], button="Decline for the applicant"),
    row("lapse", B.OFFERED, B.LAPSED, by=CLOCK, after=period("ride.offer"),
        then=[Now("free_place"), Now("move_ride"), Tell("ride-offer-lapsed")]),
    row("let_go", B.OFFERED, B.DECLINED, by=SYSTEM, then=[Now("free_place")]),
    row("let_go", B.ACCEPTED, B.CANCELLED_BY_RIDER, by=SYSTEM, then=[Now("free_place")]),
    row("take_back", B.OFFERED, B.CANCELLED_BY_POLICE, by=(COORDINATOR, SUPERVISOR, SYSTEM), needs=[reason_given], asks=["reason"],
        then=[Now("free_place"), Now("move_ride"), Tell("ride-cancelled-by-police")], button="Take the offer back"),
    row("cancel", B.ACCEPTED, B.CANCELLED_BY_POLICE, by=(COORDINATOR, SUPERVISOR, HOST, SYSTEM), needs=[reason_given], asks=["reason"],
        then=[Now("free_place"), Now("move_ride"), Tell("ride-cancelled-by-police"), Now("owe_call")], button="Cancel for the police"),
    row("cancel_own", B.ACCEPTED, B.CANCELLED_BY_RIDER, by=(APPLICANT, COORDINATOR), then=[Now("free_place"), Now("move_ride"), Tell("ride-cancelled-by-rider")],
        button="Cancel for the rider"),
    row("change", B.ACCEPTED, B.ACCEPTED, by=COORDINATOR, needs=[is_ahead], asks=["place", "notes"], then=[Tell("ride-changed")], button="Change the details"),
    # Whatever was true when it was booked must still be true at the door.
    row("start", B.ACCEPTED, B.STARTED, by=HOST, needs=[day_has_come, clearance_valid, conditions_kept, day_list_done],
        asks=["identity_seen", "agreements_signed", "briefed", "kit", "control_told", "contact_known"], then=[Now("run_place")], button="Start the ride"),
    row("miss", B.ACCEPTED, B.NO_SHOW, by=HOST, needs=[late_enough], then=[Now("finish_place"), Now("move_ride"), Tell("ride-missed")], button="Did not come"),
    row("complete", B.STARTED, B.COMPLETED, by=HOST, needs=[times_given], asks=["log"],
        then=[Now("finish_place"), Now("move_ride"), Tell("ride-thanks"), Tell("ride-feedback-again", delay=period("ride.feedback.again"))], button="Ride completed"),
    row("end_early", B.STARTED, B.ENDED_EARLY, by=HOST, needs=[times_given, reason_given], asks=["log", "ended_by", "reason"],
        then=[Now("finish_place"), Now("move_ride"), Tell("ride-thanks"), Tell("ride-feedback-again", delay=period("ride.feedback.again"))], button="Ended early"),
], {
    "offer": "place offered", "accept": "offer accepted", "decline": "offer declined", "lapse": "offer lapsed", "let_go": "other offer let go",
    "take_back": "offer taken back", "cancel": "ride cancelled by us", "cancel_own": "ride cancelled by the rider", "change": "details of the ride changed",
    "start": "ride started", "miss": "rider did not come", "complete": "ride completed", "end_early": "ride ended early",
})
# fmt: on

TAKEN = (B.ACCEPTED, B.STARTED, B.COMPLETED, B.ENDED_EARLY)
DAY_LIST = {
    "identity_seen": "I have seen photo identity and it is the person booked",
    "agreements_signed": "The paper agreements are signed",
    "briefed": "The safety briefing is done",
    "kit": "Body armour and observer tabard are issued",
    "control_told": "The control room knows that an observer is aboard",
    "contact_known": "The emergency contact is known to me",
}
CANCEL_REASONS = {
    "operational": "Operational need",
    "staffing": "Not enough officers",
    "safety": "Safety",
    "weather": "Weather",
    "host": "The host is not available",
}
TEAMS = {
    "response": "Emergency response",
    "neighbourhood": "Neighbourhood",
    "roads": "Roads policing",
    "support": "Area support",
}
ENDED_BY = {"rider": "The rider", "police": "The police"}
