"""What the tracking page says: where it stands, whom it waits for, by when, what one can do, what happened."""

from __future__ import annotations

from typing import Any

from flask import render_template

from casework.areas import queries as areas
from casework.cases import queries as case_queries
from casework.cases import service as cases
from casework.cases.page import explained
from casework.parties.models import Party
from casework.rides import queries
from casework.rides.models import Ride
from casework.rides.workflow import GROUNDS, RIDE, State
from casework.schedule import queries as places
from casework.settings import service as settings
from casework.tracking import entry, pages
from casework.vetting import service as vetting

# What the public may read of the history, in their words. Whatever is not here is not theirs to see.
PUBLIC_WORDS = {
    "ride.apply": "You applied",
    "ride.ask": "We asked you a question",
    "ride.answer": "You answered our question",
    "ride.invite": "We asked you for the next part of your application",
    "ride.provide": "You gave the next part of your application, and our checks began",
    "ride.vet": "Our checks began",
    "ride.recheck": "We began to make our checks again",
    "ride.return_to_triage": "We went on without waiting for an answer",
    "ride.conclude": "Our checks were finished",
    "ride.approve": "We approved your application",
    "ride.refuse": "We refused your application",
    "ride.reconsider": "You asked us to look at our decision again",
    "ride.uphold": "We looked at our decision again. It stands",
    "ride.overturn": "We looked at our decision again and are making our checks again",
    "ride.lapse": "Your application expired",
    "ride.give_up": "Your application expired",
    "ride.withdraw": "You withdrew your application",
    "ride.feed_back": "You told us how it was",
    "ride.close": "Your application was closed",
    "ride.get_ready": "You gave us what we need before a ride",
    "booking.offer": "We offered you a place",
    "booking.accept": "You accepted a place",
    "booking.decline": "You said no to a place",
    "booking.lapse": "An offer ended without an answer",
    "booking.take_back": "We had to take an offer back",
    "booking.cancel": "We had to cancel your ride",
    "booking.cancel_own": "You cancelled your ride",
    "booking.change": "Details of your ride changed",
    "booking.start": "Your ride began",
    "booking.miss": "You were not there for your ride",
    "booking.complete": "Your ride took place",
    "booking.end_early": "Your ride ended early",
    "check.ask": "We asked you a question for our checks",
    "check.answer": "You answered a question for our checks",
    "ride.contact": "Your contact details changed",
    "ride.email": "Your email address changed",
}
WAITS = {"applicant": "you", "host": "the day of your ride"}


@pages.shows("ride")
def show(ride: Ride, party: Party) -> str:
    """The tracking page of an application."""
    return render_template("rides/case.html", **page(ride, party))


def page(ride: Ride, party: Party) -> dict[str, Any]:
    """Everything that the tracking page shows of a case to one of its people."""
    events = [
        (event, PUBLIC_WORDS[event.qualified])
        for event, _, _ in case_queries.timeline(ride.stream_id)
        if event.qualified in PUBLIC_WORDS
    ]
    sent = [
        (owed, kept)
        for owed, kept in case_queries.messages(ride.stream_id)
        if owed.part == f"party:{party.id}" and owed.done_at is not None
    ]
    current = places.current(ride.id)
    return {
        "ride": ride,
        "party": party,
        "spec": RIDE.states[ride.state],
        "waits": WAITS.get(ride.waits_for, "us"),
        "sum": explained(ride),
        "events": events,
        "sent": sent,
        "question": queries.open_question(ride.id),
        "check_question": vetting.open_question(ride.id) if ride.state == State.CHECKS else None,
        "offers": places.offers(ride.id) if ride.state == State.OFFERED else [],
        "booking": current,
        "area_names": {area.id: area.name for area in areas.everything()},
        "may": may(ride, party),
        "ground": GROUNDS[ride.ground][1] if ride.ground in GROUNDS else "",
        "reconsider_by": _reconsider_by(ride),
        "feedback": queries.feedback(ride.id) if ride.state == State.DONE else None,
        "ready": ride.ready_at is not None,
    }


def may(ride: Ride, party: Party) -> set[str]:
    """The actions of the table that are open to this person now."""

    return {offer.row.action for offer in cases.open_to(ride, entry.actor(party)) if not offer.refused}


def _reconsider_by(ride: Ride) -> Any:
    if ride.state != State.REFUSED or ride.refused_on is None or ride.reconsidered:
        return None
    return settings.rule("ride.reconsider").due(ride.refused_on, settings.calendar())
