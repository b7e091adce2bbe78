"""What each message says beyond names and links: dates worked out from settings, places of rides, grounds in words.

One function per message or family of messages. It may raise `NotWanted` where what the message tells is over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import select

from casework.accounts.models import Token
from casework.areas.models import Area
from casework.cases.models import Case, Question
from casework.clocks.london import london_date
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.extensions import db
from casework.history.models import Event
from casework.moments import now, today
from casework.parties import secrets
from casework.rides.models import Ride, Scheme
from casework.rides.workflow import GROUNDS, TEAMS
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import CANCEL_REASONS
from casework.settings import service as settings

Facts = dict[str, Any]
Builder = Callable[[Event, Reader], Facts]
_builders: dict[str, Builder] = {}

STILL_IN = frozenset({"approved", "offered", "booked"})


def facts_for(name: str, event: Event, reader: Reader) -> Facts:
    """What the templates of a message are given beside what all are given."""
    builder = _builders.get(name)
    return builder(event, reader) if builder else {}


def about(*names: str) -> Callable[[Builder], Builder]:
    """Register what these messages say."""

    def keep(builder: Builder) -> Builder:
        for name in names:
            _builders[name] = builder
        return builder

    return keep


def due(key: str, start: date) -> date:
    """The day on which a period from the settings ends."""
    return settings.rule(key).due(start, settings.calendar())


def _from_event(key: str) -> Builder:
    def build(event: Event, reader: Reader) -> Facts:
        return {"by": words.day(due(key, london_date(event.at)))}

    return build


for _name, _key in {
    "ride-next-part": "ride.answer",
    "ride-checks-question": "vetting.info",
    "ride-delayed": "ride.checks",
    "ride-reconsideration-received": "ride.reconsideration",
}.items():
    about(_name)(_from_event(_key))


@about("ride-received")
def _received(event: Event, reader: Reader) -> Facts:
    start = reader.case.received_on if reader.case else london_date(event.at)
    return {"by": words.day(due("ride.triage", start))}


@about("ride-question", "ride-question-reminder")
def _question(event: Event, reader: Reader) -> Facts:
    """The question that this event put, which stands in the case under the same moment."""
    asked = select(Question).where(Question.case_id == _case(reader).id, Question.room == "")
    question = db.session.scalars(asked.where(Question.asked_at <= event.at).order_by(Question.id.desc())).first()
    if question is None or not question.words:
        raise NotWanted("the question is gone")
    return {"question": question.words, **_answer_by(event)}


@about("ride-next-part-reminder")
def _part_again(event: Event, reader: Reader) -> Facts:
    return _answer_by(event)


@about("ride-expired")
def _expired(event: Event, reader: Reader) -> Facts:
    again = _ride(reader).reapply_on
    return {
        "unanswered": event.action == "lapse",
        "missed": event.action != "lapse" and again is not None,
        "reapply_on": _future(again),
        "apply_link": _apply_link(),
    }


@about("ride-checks-started")
def _checks(event: Event, reader: Reader) -> Facts:
    return {"again": event.action == "recheck", "by": words.day(due("ride.checks", london_date(event.at)))}


@about("ride-approved")
def _approved(event: Event, reader: Reader) -> Facts:
    return {"by": words.day(due("ride.place", london_date(event.at))), "ready": _ride(reader).ready_at is not None}


@about("ride-refused")
def _refused(event: Event, reader: Reader) -> Facts:
    ground = event.facts.get("ground") or ""
    again = event.facts.get("reapply_on")
    last = due("ride.reconsider", london_date(event.at))
    once_more = not _ride(reader).reconsidered and last >= today()
    return {
        "ground": GROUNDS[ground][1],
        "reapply_on": _future(date.fromisoformat(again)) if again else "",
        "reconsider_by": words.day(last) if once_more else "",
        "home_link": _link("/"),
    }


@about("ride-reconsidered")
def _reconsidered(event: Event, reader: Reader) -> Facts:
    return {
        "overturned": event.action == "overturn",
        "by": words.day(due("ride.checks", london_date(event.at))),
        "reapply_on": _future(_ride(reader).reapply_on),
        "home_link": _link("/"),
    }


@about("ride-offered", "ride-offer-lapsing")
def _offered(event: Event, reader: Reader) -> Facts:
    booking = _booking(event)
    if booking.state != "offered":
        raise NotWanted("the offer was answered")
    last = booking.clock_on or due("ride.offer", london_date(booking.offered_at))
    return {
        "ride": _place(booking.slot),
        "by": words.day(last),
        "ready": _ride(reader).ready_at is not None,
    }


@about("ride-offer-lapsed")
def _offer_lapsed(event: Event, reader: Reader) -> Facts:
    return {
        "ride": _place(_booking(event).slot),
        "still_in": _case(reader).state in STILL_IN,
        "limit": settings.value("ride.offers.lapsed"),
    }


@about("ride-booked", "ride-changed", "ride-reminder-week", "ride-reminder-two-days", "ride-reminder-morning")
def _booked(event: Event, reader: Reader) -> Facts:
    """What somebody needs who is to come: never said about a ride that is off or has begun."""
    booking = _booking(event)
    if booking.state != "accepted":
        raise NotWanted("the ride is off, or has begun")
    if booking.slot.during.lower is not None and booking.slot.during.lower <= now():
        raise NotWanted("the ride has begun")
    days = (booking.slot.on - today()).days
    return {
        "ride": _place(booking.slot) | {"place": booking.slot.place},
        "when": {0: "today", 1: "tomorrow"}.get(days, f"on {words.day(booking.slot.on)}"),
    }


@about("ride-cancelled-by-police")
def _cancelled_by_police(event: Event, reader: Reader) -> Facts:
    slot = _booking(event).slot
    nearest = settings.delay("ride.cancel.urgent").after(event.at, settings.calendar())
    was_offer = event.from_state == "offered"
    soon = slot.during.lower is not None and slot.during.lower <= nearest
    return {
        "ride": _place(slot),
        "was_offer": was_offer,
        "reason": CANCEL_REASONS.get(event.facts.get("reason") or "", ""),
        "urgent": soon and not was_offer,
        "still_in": _case(reader).state in STILL_IN,
    }


@about("ride-cancelled-by-rider")
def _cancelled_by_rider(event: Event, reader: Reader) -> Facts:
    return {"ride": _place(_booking(event).slot), "still_in": _case(reader).state in STILL_IN}


@about("ride-missed")
def _missed(event: Event, reader: Reader) -> Facts:
    return {
        "ride": _place(_booking(event).slot),
        "still_in": _case(reader).state in STILL_IN,
        "limit": settings.value("ride.no_show.limit"),
        "pause": str(settings.rule("ride.no_show.pause")),
    }


@about("ride-thanks", "ride-feedback-again")
def _thanks(event: Event, reader: Reader) -> Facts:
    if _case(reader).state != "done":
        raise NotWanted("the feedback was given, or its time is over")
    return {
        "ride": _place(_booking(event).slot),
        "by": words.day(due("ride.close", london_date(event.at))),
    }


@about("ride-withdrawn")
def _withdrawn(event: Event, reader: Reader) -> Facts:
    return {"privacy_link": _link("/privacy")}


@about("contact-change-confirm")
def _confirm(event: Event, reader: Reader) -> Facts:
    return {"confirm_link": _link("/track/confirm/" + secrets.purpose_secret("change", reader.row.id))}


@about("contact-change-told")
def _change_told(event: Event, reader: Reader) -> Facts:
    return {
        "object_link": _link("/track/object/" + secrets.purpose_secret("objection", reader.row.id)),
        "until": words.day(due("contact.objection", london_date(event.at))),
    }


@about("draft-link")
def _draft(event: Event, reader: Reader) -> Facts:
    link = _link("/ride-along/apply/back/" + secrets.purpose_secret("draft", reader.row.id))
    return {"draft_link": link, "until": words.day(reader.row.expires_on)}


@about("scheme-open")
def _scheme(event: Event, reader: Reader) -> Facts:
    scheme = db.session.scalars(select(Scheme).where(Scheme.area_id == reader.row.area_id)).one_or_none()
    if scheme is None or scheme.state != "open":
        raise NotWanted("the scheme has closed again")
    return {"area": _area_name(scheme.area_id), "apply_link": _apply_link()}


@about("staff-invitation", "staff-reset")
def _token(event: Event, reader: Reader) -> Facts:
    token = db.session.get(Token, event.facts["token"])
    if token is None or token.used_at is not None or token.expires_at <= now():
        raise NotWanted("the link was used or has expired")
    link = _link(f"/staff/{token.kind}/" + secrets.purpose_secret("token", token.id))
    return {"token_link": link, "until": words.moment(token.expires_at)}


@about("staff-sign-in")
def _sign_in(event: Event, reader: Reader) -> Facts:
    return {"when": words.moment(event.at), "sign_in_link": _link("/staff/reset")}


@about("staff-digest")
def _digest(event: Event, reader: Reader) -> Facts:
    counts = ("overdue", "due_soon", "unassigned", "failed")
    return {name: int(event.facts.get(name, 0)) for name in counts} | {"queue_link": _link("/staff/")}


@about("staff-alarm")
def _alarm(event: Event, reader: Reader) -> Facts:
    reference = event.facts.get("reference") or ""
    link = _link(f"/staff/cases/{reference}" if reference else "/staff/")
    return {"about": reference or "Casework", "words": event.facts["words"], "about_link": link}


def _case(reader: Reader) -> Case:
    if reader.case is None:
        raise NotWanted("the case is gone")
    return reader.case


def _ride(reader: Reader) -> Ride:
    case = _case(reader)
    assert isinstance(case, Ride)
    return case


def _answer_by(event: Event) -> Facts:
    start = london_date(event.at)
    return {"by": words.day(due("ride.answer", start)), "since": words.day(start)}


def _booking(event: Event) -> Booking:
    """The booking that an event is about."""
    number = event.subject_id if event.subject_kind == "booking" else event.facts.get("booking")
    booking = db.session.get(Booking, number) if number else None
    if booking is None:
        raise NotWanted("the booking is gone")
    return booking


def _place(slot: Slot) -> dict[str, str]:
    """A place as an offer shows it: everything but where to come."""
    return {
        "day": words.day(slot.on),
        "starts": words.clock(slot.starts),
        "shift": words.shift(slot.starts, slot.ends),
        "area": _area_name(slot.area_id),
        "team": TEAMS.get(slot.team, slot.team),
        "conditions": slot.conditions,
    }


def _area_name(area_id: int) -> str:
    area = db.session.get(Area, area_id)
    return area.name if area else ""


def _future(day: date | None) -> str:
    """A day in words if it is still to come; empty otherwise."""
    return words.day(day) if day is not None and day > today() else ""


def _link(path: str) -> str:
    return f"{current_app.config['PUBLIC_URL']}{path}"


def _apply_link() -> str:
    return _link("/ride-along")
