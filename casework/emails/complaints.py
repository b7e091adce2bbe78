"""What messages say about complaints: who handles one and how, how it stands, the outcome and who reviews it.

Periods that are proposals are said as what we aim at, never as law.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from casework.accounts.models import Account
from casework.clocks.london import london_date
from casework.complaints import queries, review, terms
from casework.complaints.models import Allegation, Complaint
from casework.complaints.workflow import BEFORE_OUTCOME, State
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.emails.sayings import beginning, other_body, written
from casework.emails.telling import Builder, Facts, about, case_of, due, period, still
from casework.extensions import db
from casework.history.models import Event, EventNote
from casework.moments import today
from casework.settings import service as settings

IOPC = "the Independent Office for Police Conduct (IOPC)"
ROUTES = {
    State.OUTSIDE: "We deal with it directly, to put things right.",
    State.HANDLING: "We handle your complaint without an investigation.",
    State.INVESTIGATING: "We investigate your complaint.",
    State.DIRECTED: f"We investigate your complaint under the direction of {IOPC}.",
    State.INDEPENDENT: f"{IOPC[0].upper()}{IOPC[1:]} investigates your complaint itself.",
}
# Why a complaint was recorded, as its copy says it: `casework.complaints.workflow.REASONS` are for staff.
BECAUSE = {
    "wishes": "you asked for it",
    "dissatisfied": "you were not satisfied with how we had dealt with it",
    "mandatory": "the law requires it for what you have told us",
    "authority": "we decided that it should be",
}
NO_REASON_FOR_THE_IOPC = f"it is not of a kind that {IOPC} reviews"


@about("complaint-received")
def _received(event: Event, reader: Reader) -> Facts:
    complaint = complaint_of(reader)
    return {
        "converted": complaint.came_from_id is not None,
        "unanswered": event.facts.get("why") == "log_unanswered",
        "since": words.day(complaint.received_on),
        "log_by": still("complaint.log", complaint.received_on),
        "contact_by": still("complaint.first_contact", complaint.received_on),
        **beginning(reader, complaint.encounter, footage=True, panels=True),
    }


@about("complaint-logged")
def _logged(event: Event, reader: Reader) -> Facts:
    """The day counts from the receipt; where that has passed, from the logging."""
    first = still("complaint.first_contact", complaint_of(reader).received_on)
    return {"by": first or still("complaint.contact", london_date(event.at))}


@about("complaint-transferred")
def _transferred(event: Event, reader: Reader) -> Facts:
    return {"body": other_body(event), "since": words.day(complaint_of(reader).received_on)}


def _by(key: str) -> Builder:
    def build(event: Event, reader: Reader) -> Facts:
        return {"by": still(key, london_date(event.at))}

    return build


for _name, _key in {
    "complaint-outside": "complaint.outside",
    "complaint-returned": "complaint.allocate",
    "complaint-withdrawal-noted": "complaint.withdrawal",
}.items():
    about(_name)(_by(_key))


@about("complaint-recorded")
def _recorded(event: Event, reader: Reader) -> Facts:
    """With the copy of the record that the person is to be given (SI 2020/2 reg 3)."""
    complaint = complaint_of(reader)
    told = complaint.encounter
    happened = ", ".join(
        part for part in (words.day(told.happened_on) if told.happened_on else "", told.happened_at) if part
    )
    return {
        "why": BECAUSE.get(complaint.recorded_reason, BECAUSE["authority"]),
        "received": words.day(complaint.received_on),
        "recorded": words.day(complaint.recorded_on or london_date(event.at)),
        "happened": _line(happened),
        "place": _line(told.place),
        "what": told.what,
        "effect": told.effect.strip(),
        "wish": told.wish.strip(),
        "allegations": [each for each in queries.allegations(complaint.id) if each.state != "withdrawn"],
        "by": still("complaint.allocate", london_date(event.at)),
    }


@about("complaint-allocated")
def _allocated(event: Event, reader: Reader) -> Facts:
    handler = select(Account.name).where(Account.id == complaint_of(reader).assigned_to)
    return {
        "again": event.action == "reinvestigate",
        "independent": event.to_state == State.INDEPENDENT,
        "handler": db.session.scalar(handler) or "",
        **_going_on(event),
    }


@about("complaint-resumed", "complaint-reopened")
def _resumed(event: Event, reader: Reader) -> Facts:
    return _going_on(event)


@about("complaint-update")
def _update(event: Event, reader: Reader) -> Facts:
    """The next one is counted from the day on which this one goes out (SI 2020/2 reg 34(2)(a))."""
    return {"words": written(event, reader), "by": words.day(due("complaint.progress", today()))}


@about("complaint-delayed")
def _delayed(event: Event, reader: Reader) -> Facts:
    """The words of the report are those of the event: they were written to be told (SI 2020/2 reg 13)."""
    note = db.session.scalar(select(EventNote.text).where(EventNote.event_id == event.id))
    every, again = period("complaint.progress"), period("complaint.report.again")
    return {"words": (note or "").strip(), "every": every, "again": again}


@about("complaint-suspended")
def _suspended(event: Event, reader: Reader) -> Facts:
    return {"every": period("complaint.suspension.review")}


@about("complaint-outcome")
def _outcome(event: Event, reader: Reader) -> Facts:
    """Every allegation with its result, and who reviews it until when: the last day is counted from today."""
    complaint = complaint_of(reader)
    # Whoever writes or approves it sees it before it is wanted; nothing of that stays.
    if complaint.state in BEFORE_OUTCOME and event.action != "preview":
        raise NotWanted("it is being dealt with again")
    body = review_body(complaint)
    return {
        "allegations": _answered(queries.allegations(complaint.id)),
        "outcome": complaint.outcome,
        "body": body,
        "why": _why(complaint) if body else "",
        "last_day": _last_day(complaint) if body else "",
    }


@about("complaint-finalised")
def _finalised(event: Event, reader: Reader) -> Facts:
    return {"acted": event.action == "act_on_review"}


@about("complaint-review-noted")
def _review_noted(event: Event, reader: Reader) -> Facts:
    return {"late": event.action == "allow_late_review", "body": _reviewer(reader)}


@about("complaint-review-result")
def _review_result(event: Event, reader: Reader) -> Facts:
    by = still("complaint.upheld", london_date(event.at))
    return {"upheld": event.to_state == State.UPHELD, "body": _reviewer(reader), "by": by}


def complaint_of(reader: Reader) -> Complaint:
    """The complaint that a reader is written to about."""
    case = case_of(reader)
    assert isinstance(case, Complaint)
    return case


def review_body(complaint: Complaint) -> str:
    """Who reviews a complaint, as letters name them; empty for one that was handled outside Schedule 3."""
    if complaint.recorded_on is None:
        return ""
    return {review.IOPC: IOPC, review.LOCAL: str(settings.value("complaint.review.local"))}.get(
        complaint.review_body, ""
    )


def _reviewer(reader: Reader) -> str:
    return review_body(complaint_of(reader)) or "the review body"


def _why(complaint: Complaint) -> str:
    found = review.body(True, complaint.review_answers, complaint.referred_at is not None)
    return found.why if found.slug == review.IOPC else NO_REASON_FOR_THE_IOPC


def _last_day(complaint: Complaint) -> str:
    """As printed: counted from the day on which the outcome was first told, which is today if it was not yet."""
    if complaint.review_by is not None:
        return words.day(complaint.review_by)
    delivery = settings.rule("delivery.email")  # moves only the day until which we keep it open
    window = review.window(today(), settings.rule("complaint.review"), delivery, settings.calendar())
    return words.day(window.printed)


def _answered(allegations: list[Allegation]) -> list[dict[str, Any]]:
    """Each allegation with its result and what is done, in words. `NotWanted` while one has no result."""
    if any(each.state == "open" for each in allegations):
        raise NotWanted("it is being dealt with again")
    results, actions = terms.names("result"), terms.names("action")
    return [
        {
            "number": each.number,
            "words": each.words,
            "result": "You withdrew this" if each.state == "withdrawn" else results.get(each.result, each.result),
            "more": each.result_words.strip(),
            "actions": "; ".join(actions.get(code, code) for code in each.actions),
        }
        for each in allegations
    ]


def _going_on(event: Event) -> Facts:
    """How it is handled, and how often we say how it goes (SI 2020/2 reg 34(2)(a))."""
    return {
        "route": ROUTES.get(State(event.to_state), "") if event.to_state else "",
        "every": period("complaint.progress"),
    }


def _line(text: str) -> str:
    """What somebody typed, on one line."""
    return " ".join(text.split())
