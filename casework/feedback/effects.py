"""What the feedback table checks and does at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.registry import Step
from casework.clocks.london import london_date
from casework.exchanges import service as exchanges
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.feedback.workflow import DESK, FEEDBACK, QUALIFY, SORTS
from casework.parties.models import Party
from casework.roles import Role
from casework.settings import service as settings

# The parts of the people in a case of this kind.
PEOPLE = ("complainant", "guardian", "representative")
# By what right somebody may act alone for another: a parent for a child under 16.
ACTS_ALONE = frozenset({"parent-under-16"})
# Sorts of which there may be footage that matters.
MAY_HAVE_FOOTAGE = frozenset({"concern", "question", "complaint", ""})


def footage_last_on(happened_on: date | None, heard_on: date) -> date:
    """The likely last day of body-worn footage of an encounter: counted from that day, else from the day we heard."""
    return settings.rule("footage.keep").due(happened_on or heard_on, settings.calendar())


def meets(feedback: Feedback) -> bool:
    """Whether this is a complaint in law as far as is known: dissatisfaction, of somebody who qualifies."""
    if feedback.meets is not None:
        return feedback.meets
    return feedback.sort in {"concern", ""} and feedback.intent != "thanks" and feedback.encounter.relation in QUALIFY


def _not_buried(step: Step) -> bool:
    """Offered and answered no, or no complaint at all."""
    feedback: Feedback = step.subject
    return feedback.complaint_answer in {"no"} or not meets(feedback)


def _may_act(step: Step) -> bool:
    if step.actor.role != Role.REPRESENTATIVE:
        return True
    party = db.session.get(Party, step.actor.party_id)
    return party is not None and party.acts


def _has_words(step: Step) -> bool:
    return step.asking or bool((step.private.get("words") or "").strip())


def _answered_or_silent(step: Step) -> bool:
    if step.asking or step.note:
        return True
    if step.subject.anonymous:
        return True
    ours = (Exchange.account_id.is_not(None), Exchange.party_id.is_(None))
    told = select(Exchange.id).where(Exchange.case_id == step.subject.id, *ours).limit(1)
    return db.session.scalar(told) is not None


def _say(step: Step) -> None:
    event = step.event
    assert event is not None
    written_down = step.action == "answer" and step.actor.is_staff
    exchanges.say(
        step.subject.id,
        step.private["words"].strip(),
        step.actor,
        at=step.at,
        asks=step.action == "ask",
        canned=str(step.facts.get("canned") or ""),
        event_number=event.number,
        attachments=tuple(step.private.get("attachments") or ()),
        said_by=_speaker(step.subject.id) if written_down else None,
    )


def _speaker(case_id: int) -> int | None:
    """Who answers in a case: the person concerned, unless somebody acts alone for them."""
    acting = sorted(cases.parties_of(case_id, "people"), key=lambda party: party.part != "complainant")
    return acting[0].id if acting else None


def _sort(step: Step) -> None:
    step.subject.sort = step.facts["sort"]


def _note_offer(step: Step) -> None:
    step.subject.offered_on = london_date(step.at)
    step.subject.complaint_answer = ""


def _note_answer(step: Step) -> None:
    said = {"accept_complaint": "yes", "decline_complaint": "no"}
    step.subject.complaint_answer = said.get(step.action, "none")


def _owe_preservation(step: Step) -> None:
    from casework.feedback import service

    feedback: Feedback = step.subject
    if feedback.sort in MAY_HAVE_FOOTAGE:
        service.keep_preservation(feedback, feedback.encounter)


def _follow_other(step: Step) -> None:
    """What comes later is written to the other case; the day of receipt stays where it is."""
    other = db.session.get(Case, step.facts["into"])
    assert other is not None
    step.subject.merged_into_id = other.id
    cases.record(other, "merged_here", step.actor, at=step.at, of=step.subject.id)


def _leave_other(step: Step) -> None:
    step.subject.merged_into_id = None


def _nothing(step: Step) -> None:
    """Supplied by a feature to the left, where there is one."""


registry.register(
    registry.Kind(
        FEEDBACK,
        Feedback,
        workers=DESK,
        stream_of=lambda feedback: feedback.stream_id,
        case_of=lambda feedback: feedback,
        checks={
            "not_buried": _not_buried,
            "meets_definition": lambda step: meets(step.subject),
            "does_not_meet": lambda step: not meets(step.subject),
            "is_thanks": lambda step: step.subject.sort == "thanks",
            "has_words": _has_words,
            "may_act": _may_act,
            "sort_known": lambda step: step.asking or step.facts.get("sort") in SORTS,
            "body_known": lambda step: step.asking or bool(step.facts.get("body")),
            "other_known": lambda step: (
                step.asking or (bool(step.facts.get("into")) and step.facts["into"] != step.subject.id)
            ),
            "answered_or_silent": _answered_or_silent,
        },
        nows={
            "say": _say,
            "sort": _sort,
            "note_offer": _note_offer,
            "note_answer": _note_answer,
            "owe_preservation": _owe_preservation,
            "follow_other": _follow_other,
            "leave_other": _leave_other,
            "open_complaint": _nothing,
            "route": _nothing,
            "thank_officers": _nothing,
        },
    )
)
