"""What each message says beyond names and links: dates worked out from settings, grounds in words, places of rides.

Here: messages about an application. One function per message or family of messages; it may raise `NotWanted` where what
the message tells is over.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from casework.cases.models import Question
from casework.clocks.london import london_date
from casework.emails import complaints, others, places, post, sayings, words
from casework.emails.readers import NotWanted, Reader
from casework.emails.telling import BUILDERS, Builder, Facts, about, apply_link, case_of, due, future, link, ride_of
from casework.extensions import db
from casework.history.models import Event
from casework.moments import today
from casework.rides.workflow import GROUNDS

# Messages about places, about what people say of encounters, and those that belong to no case have rooms of their own.
ROOMS = (places, sayings, complaints, others, post)


def facts_for(name: str, event: Event, reader: Reader) -> Facts:
    """What the templates of a message are given beside what all are given."""
    builder = BUILDERS.get(name)
    return builder(event, reader) if builder else {}


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
    asked = select(Question).where(Question.case_id == case_of(reader).id, Question.room == "")
    question = db.session.scalars(asked.where(Question.asked_at <= event.at).order_by(Question.id.desc())).first()
    if question is None or not question.words:
        raise NotWanted("the question is gone")
    return {"question": question.words, **_answer_by(event)}


@about("ride-next-part-reminder")
def _part_again(event: Event, reader: Reader) -> Facts:
    return _answer_by(event)


@about("ride-expired")
def _expired(event: Event, reader: Reader) -> Facts:
    again = ride_of(reader).reapply_on
    return {
        "unanswered": event.action == "lapse",
        "missed": event.action != "lapse" and again is not None,
        "reapply_on": future(again),
        "apply_link": apply_link(),
    }


@about("ride-checks-started")
def _checks(event: Event, reader: Reader) -> Facts:
    return {"again": event.action == "recheck", "by": words.day(due("ride.checks", london_date(event.at)))}


@about("ride-approved")
def _approved(event: Event, reader: Reader) -> Facts:
    return {"by": words.day(due("ride.place", london_date(event.at))), "ready": ride_of(reader).ready_at is not None}


@about("ride-refused")
def _refused(event: Event, reader: Reader) -> Facts:
    ground = event.facts.get("ground") or ""
    again = event.facts.get("reapply_on")
    last = due("ride.reconsider", london_date(event.at))
    once_more = not ride_of(reader).reconsidered and last >= today()
    return {
        "ground": GROUNDS[ground][1],
        "reapply_on": future(date.fromisoformat(again)) if again else "",
        "reconsider_by": words.day(last) if once_more else "",
        "home_link": link("/"),
    }


@about("ride-reconsidered")
def _reconsidered(event: Event, reader: Reader) -> Facts:
    return {
        "overturned": event.action == "overturn",
        "by": words.day(due("ride.checks", london_date(event.at))),
        "reapply_on": future(ride_of(reader).reapply_on),
        "home_link": link("/"),
    }


@about("ride-withdrawn")
def _withdrawn(event: Event, reader: Reader) -> Facts:
    return {"privacy_link": link("/privacy")}


def _answer_by(event: Event) -> Facts:
    start = london_date(event.at)
    return {"by": words.day(due("ride.answer", start)), "since": words.day(start)}
