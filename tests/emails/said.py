"""Owes every message about feedback and complaints, in each state that can owe it, for people reached in every way.

What people and staff wrote is planted, so that a test finds where it turns up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from casework.cases import registry
from casework.cases import service as cases
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.drafting import service as drafts
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback.service import Person
from casework.history import service as history
from casework.moments import now, today
from casework.outbox import service as outbox
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.roles import SYSTEM
from casework.workflow import Row, Tell
from tests import factories, sayings
from tests.emails.every import Sending

# Those that no row of a table owes, of both kinds of case or of one.
BOTH = {"case-message": "write", "authority-wanted": "submit", "authority-given": "authorise",
        "authority-refused": "forbid", "authority-ended": "come_of_age", "lost-link": "lost_link", "contact-changed": "contact"}  # fmt: skip
OF_COMPLAINTS = {"complaint-referred": ("refer", "recorded", "referred"), "complaint-update": ("update", None, None),
                 "complaint-finalised": ("finalise", "sent", "finalised"),
                 "complaint-delayed": ("report", None, None)}  # fmt: skip
# Those that are for nobody in a case.
OTHERS = frozenset({"officer-thanked", "feedback-draft-link"})
WHYS = ("accept_complaint", "ask_complaint", "convert", "log_unanswered")

WHAT = "Two officers emptied my rucksack <on the ground> & laughed.\nNobody said why."
EFFECT, WISH, PLACE = "I have not slept since.", "An apology from both.", "Fennel Lane"
REPLY = "We have watched the film.\nIt shows <both> of you & the bag."
ALLEGED, RESULT, OUTCOME = "The rucksack was emptied.", "The film bears that out.", "We are sorry for how this went."
NOTE = "The trial of the second man begins in May."
REPORT = "The film is still with the laboratory."
# Where each of them may be read.
MAY_SAY = {
    WHAT: {"complaint-recorded"},
    EFFECT: {"complaint-recorded"},
    WISH: {"complaint-recorded"},
    PLACE: {"complaint-recorded"},
    REPLY: {"feedback-question", "feedback-question-reminder", "feedback-reply", "case-message", "complaint-update"},
    ALLEGED: {"complaint-recorded", "complaint-outcome"},
    RESULT: {"complaint-outcome"},
    OUTCOME: {"complaint-outcome"},
    REPORT: {"complaint-delayed"},
    NOTE: set(),
    "PC 4417 Hobbs": set(),
    "7946 0021": set(),
    "4 May 1991": set(),
    "1991-05-04": set(),
    "9 Sorrel Walk": set(),
}


def sendings() -> Iterator[Sending]:
    """Every message of every row of both tables with each choice that its words depend on, and those beside them."""
    for name in ("feedback", "complaint"):
        kind = registry.named(name)
        for row in kind.workflow.rows:
            for effect in row.then:
                if isinstance(effect, Tell):
                    for facts in _choices(name, row):
                        yield Sending(effect.name, name, row.action, row.from_state, row.to_state, facts)
        for message, action in BOTH.items():
            yield Sending(message, name, action)
        for message in ("post-more-wanted", "post-more-wanted-reminder"):
            yield Sending(message, name, "ask_sender", facts={"wanted": ["signature", "born"]})
    for message, (action, before, after) in OF_COMPLAINTS.items():
        yield Sending(message, "complaint", action, before, after)


def _choices(kind: str, row: Row) -> list[dict[str, Any]]:
    if kind == "complaint" and row.action == "submit":
        return [{}, *({"came_from": 1, "why": why} for why in WHYS)]
    if "body" in row.asks:
        return [{"body": "British Transport\n Police"}, {}]
    return [{}]


class Said:
    """Feedback and a complaint of one person, with everything in them that a message could say."""

    def __init__(self, recorded: bool = True, cast: factories.Cast | None = None, **facts: Any) -> None:
        self.cast = cast or factories.Cast()
        self.feedback = sayings.concern(**self._facts(facts))
        self.complaint: Complaint = self._complaint(recorded, self._facts(facts))
        self.subjects: dict[str, Any] = {"feedback": self.feedback, "complaint": self.complaint}
        db.session.commit()

    def _facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        person = facts.get("person") or Person(
            name="Chidi Abara", email="chidi@example.org", phone="020 7946 0021", address="9 Sorrel Walk",
            born_on=datetime(1991, 5, 4).date(),
        )  # fmt: skip
        planted = {"what": WHAT, "effect": EFFECT, "wish": WISH, "place": PLACE, "officers": "PC 4417 Hobbs"}
        return planted | {"happened_on": today() - timedelta(days=2)} | facts | {"person": person}

    def _complaint(self, recorded: bool, facts: dict[str, Any]) -> Complaint:
        case = sayings.complaint(**facts)
        said = complaints.allege(case, ALLEGED, self.cast.triage, "B1")
        if recorded:
            case.recorded_on, case.recorded_reason, case.route = today(), "wishes", "investigating"
            case.review_body, case.review_answers = "local", {}
        else:
            case.route, case.review_body = "outside", "none"
        case.outcome, case.assigned_to = OUTCOME, self.cast.handler.account_id
        result = "acceptable" if recorded else "resolved"
        complaints.resolve(said, result, RESULT, ["apology", "individual-learning"], self.cast.handler)
        return case

    def person(self, sending: Sending) -> Party:
        """Whom a message is for: who acts for somebody, where it is about that."""
        case = self.subjects[sending.kind]
        part = (
            "representative"
            if sending.name in {"authority-given", "authority-refused", "authority-ended"}
            else "complainant"
        )
        people = {party.part: party for party in cases.parties_of(case.id, "everyone")}
        return people.get(part) or people["complainant"]

    def owe(self, sending: Sending, channel: str = "email") -> Owed:
        """Owe a message as if its row had just been taken; the case stands where that row leads."""
        case = self.subjects[sending.kind]
        if sending.to_state is not None:
            values = {"state": sending.to_state, "id": case.id}
            db.session.execute(text("update cases set state = :state where id = :id"), values)
        if sending.kind == "complaint":
            case.came_from_id = self.feedback.id if sending.facts.get("came_from") else None
        party = self.person(sending)
        if sending.action in {"authorise", "forbid"}:
            party.acts = sending.action == "authorise"
        event = history.append(
            case.stream_id, sending.action, SYSTEM, subject=(sending.kind, case.id), facts=sending.facts,
            states=(sending.from_state, sending.to_state), note=REPORT if sending.action == "report" else NOTE,
        )  # fmt: skip
        exchanges.say(case.id, REPLY, self.cast.triage, event_number=event.number)
        outbox.owe(event, sending.name, f"party:{party.id}", channel=channel)
        return last()


def others(said: Said) -> Iterator[Owed]:
    """The messages that are for nobody in a case."""
    event = history.append(
        said.feedback.stream_id, "pass_thanks", SYSTEM, subject=("feedback", said.feedback.id), note=NOTE
    )
    outbox.owe(event, "officer-thanked", f"account:{said.cast.account('supervisor').id}")
    yield last()
    drafts.send_link(drafts.begin("feedback"), "draft@example.org", "feedback-draft-link")
    yield last()


def with_somebody_acting(**facts: Any) -> Said:
    """Cases in which a representative acts, or would like to."""
    other = Person(name="Ruth Mbeki", email="ruth@example.org")
    return Said(relation="behalf", authority="friend", representative=other, **facts)


def last() -> Owed:
    """The row that was owed last."""
    db.session.commit()
    row = db.session.query(Owed).order_by(Owed.id.desc()).first()
    assert row is not None
    return row


__all__ = ["MAY_SAY", "OTHERS", "Said", "now", "others", "sendings"]
