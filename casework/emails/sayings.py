"""What messages say about feedback, about who may act for whom, and about what both kinds of case begin with.

What people and staff wrote stands in the body of a message that is there to carry it, never in a subject.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.emails import words
from casework.emails.readers import NotWanted, Reader, clean_name
from casework.emails.telling import Facts, about, case_of, due, link, period, still
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback.effects import MAY_HAVE_FOOTAGE
from casework.feedback.models import Encounter, Feedback
from casework.history.models import Event
from casework.moments import today
from casework.parties import secrets
from casework.parties.models import Party


@about("feedback-draft-link")
def _draft(event: Event, reader: Reader) -> Facts:
    back = link("/feedback/back/" + secrets.purpose_secret("draft", reader.row.id))
    return {"draft_link": back, "until": words.day(reader.row.expires_on)}


@about("feedback-received")
def _received(event: Event, reader: Reader) -> Facts:
    feedback = feedback_of(reader)
    thanks = feedback.sort == "thanks"
    return {
        "thanks": thanks,
        "by": still("feedback.triage", feedback.received_on),
        "reply": period("feedback.reply"),
        **beginning(reader, feedback.encounter, footage=feedback.sort in MAY_HAVE_FOOTAGE, panels=not thanks),
    }


@about("feedback-question", "feedback-question-reminder")
def _question(event: Event, reader: Reader) -> Facts:
    asked_on = london_date(event.at)
    return {
        "words": written(event, reader),
        "by": words.day(due("feedback.answer", asked_on)),
        "since": words.day(asked_on),
    }


@about("complaint-offered", "complaint-offered-reminder")
def _offered(event: Event, reader: Reader) -> Facts:
    if feedback_of(reader).state != "offered":
        raise NotWanted("they have answered, or it has moved on since")
    asked_on = london_date(event.at)
    return {
        "by": words.day(due("feedback.offer", asked_on)),
        "within": period("feedback.offer"),
        "since": words.day(asked_on),
    }


@about("feedback-reply")
def _reply(event: Event, reader: Reader) -> Facts:
    return {
        "words": written(event, reader),
        "closed": event.to_state == "closed",
        "thanks": feedback_of(reader).sort == "thanks",
    }


@about("feedback-closed")
def _closed(event: Event, reader: Reader) -> Facts:
    return {"thanks": feedback_of(reader).sort == "thanks"}


@about("feedback-redirected")
def _redirected(event: Event, reader: Reader) -> Facts:
    return {"body": other_body(event)}


@about("feedback-withdrawn")
def _withdrawn(event: Event, reader: Reader) -> Facts:
    return {"privacy_link": link("/privacy"), "feedback_link": link("/feedback")}


@about("case-message")
def _message(event: Event, reader: Reader) -> Facts:
    return {"words": written(event, reader)}


@about("authority-wanted")
def _authority_wanted(event: Event, reader: Reader) -> Facts:
    """Asked until it is answered. The name is the one that the other person gave."""
    case = case_of(reader)
    answered = select(Event.id).where(
        Event.stream_id == event.stream_id, Event.number > event.number, Event.action.in_(["authorise", "forbid"])
    )
    waiting = select(Party.name).where(
        Party.case_id == case.id, Party.part == "representative", Party.acts.is_(False), Party.erased_at.is_(None)
    )
    who = db.session.scalars(waiting.order_by(Party.id).limit(1)).first()
    if who is None or db.session.scalar(answered.limit(1)) is not None:
        raise NotWanted("it was answered")
    return {"who": clean_name(who)}


@about("authority-given", "authority-refused")
def _authority_answered(event: Event, reader: Reader) -> Facts:
    if reader.party is not None and reader.party.acts != (event.action == "authorise"):
        raise NotWanted("the person concerned has changed their mind")
    return {}


@about("authority-ended")
def _authority_ended(event: Event, reader: Reader) -> Facts:
    if reader.party is not None and reader.party.acts:
        raise NotWanted("the person concerned has said yes")
    return {}


@about("officer-thanked")
def _thanked(event: Event, reader: Reader) -> Facts:
    """For staff: where it is, and nothing of what was written or by whom."""
    case = db.session.scalars(select(Case).where(Case.stream_id == event.stream_id)).one_or_none()
    if case is None:
        raise NotWanted("the case is gone")
    return {"reference": case.reference, "about_link": link(f"/staff/cases/{case.reference}")}


def feedback_of(reader: Reader) -> Feedback:
    """The feedback that a reader is written to about."""
    case = case_of(reader)
    assert isinstance(case, Feedback)
    return case


def written(event: Event, reader: Reader) -> str:
    """What staff wrote to the people of a case on the occasion of this event. `NotWanted` if it is gone."""
    wanted = select(Exchange.words).where(
        Exchange.case_id == case_of(reader).id,
        Exchange.event_number == event.number,
        Exchange.account_id.is_not(None),
    )
    found = db.session.scalars(wanted.order_by(Exchange.id.desc()).limit(1)).first() or ""
    if not found.strip():
        raise NotWanted("what was written is gone")
    return found


def other_body(event: Event) -> str:
    """The other body to which a case went, as staff named it."""
    return " ".join(str(event.facts.get("body") or "another body").split())


def beginning(reader: Reader, encounter: Encounter, *, footage: bool, panels: bool) -> Facts:
    """What everybody is told at first: of searches and their record, of video, of panels of citizens.

    Who would like to act for somebody is told hardly more than that we have it.
    """
    party = reader.party
    assert party is not None
    record = "search.record.arrested" if encounter.arrested else "search.record"
    known = bool(encounter.searched or encounter.receipt)
    return {
        "acting": party.acts,
        "through": party.part == "complainant" and encounter.relation == "behalf",
        "searched": encounter.searched is not False,
        "copy_until": _copy_until(record, encounter.happened_on) if known else "",
        "copy_within": period(record) if known and encounter.happened_on is None else "",
        "footage": footage,
        "footage_kept": period("footage.keep"),
        "panel": (encounter.panel or "ask") if panels else "none",
    }


def _copy_until(key: str, happened_on: date | None) -> str:
    """The last day on which a copy of the record of a search can be asked for, while it is still to come."""
    if happened_on is None or happened_on > today():
        return ""
    return still(key, happened_on)
