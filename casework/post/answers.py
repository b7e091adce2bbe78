"""What a letter says that belongs to a case which is there: entered by the very verbs of the tracking page.

The clerk sees the paper and nothing of the case: what the letter asks for and the case does not allow now is kept as a
message, so that whoever works on the case decides. Never commits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.cases import service as cases
from casework.cases.models import Case, Note
from casework.complaints.models import Complaint
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.moments import now
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.post import effects
from casework.post.models import Batch, Item
from casework.rides.models import Ride
from casework.roles import Actor, Role
from casework.saying import service as saying
from casework.saying import track_service
from casework.tracking import entry
from casework.workflow import Refused

LONGEST = exchanges.LONGEST
NO_WORDS = "They wrote by letter. Its pages are with the case."
SAID = {
    "message": "They tell us something, or ask something",
    "answer": "They answer our question",
    "complaint": "They want it handled as a complaint",
    "no-complaint": "They do not want a complaint",
    "record": "They want the complaint recorded",
    "review": "They apply for a review",
    "withdraw": "They take it back, and have signed that",
    "authorise": "The person says yes: somebody may act for them",
    "forbid": "The person says no: nobody may act for them",
    "panel": "A panel of citizens may look at it",
    "no-panel": "No panel of citizens may look at it",
    "keyed": "A part of the ride application, which I keyed on its own page",
}
# What a letter of ours asked for comes first, and is chosen.
ASKED = {
    "feedback-question": ("answer",), "feedback-question-reminder": ("answer",),
    "ride-question": ("answer",), "ride-question-reminder": ("answer",), "ride-checks-question": ("message",),
    "complaint-offered": ("complaint", "no-complaint"), "complaint-offered-reminder": ("complaint", "no-complaint"),
    "authority-wanted": ("authorise", "forbid"), "complaint-outcome": ("review", "record"),
    "complaint-outside": ("record",), "ride-next-part": ("keyed",), "ride-next-part-reminder": ("keyed",),
    "ride-approved": ("keyed",), "ride-thanks": ("keyed",), "ride-feedback-again": ("keyed",),
}  # fmt: skip
_BOTH = ("authorise", "forbid", "panel", "no-panel")
OF_KIND: dict[str, tuple[str, ...]] = {
    "feedback": ("message", "answer", "complaint", "no-complaint", "withdraw", *_BOTH),
    "complaint": ("message", "record", "review", "withdraw", *_BOTH),
    "ride": ("message", "answer", "withdraw", "keyed"),
}  # fmt: skip


def offered(case: Case, owed: Owed | None) -> list[tuple[str, str]]:
    """What a letter to this kind of case may say, what our own letter asked for first."""
    first = [each for each in ASKED.get(owed.name if owed else "", ()) if each in OF_KIND[case.kind]]
    return [(code, SAID[code]) for code in dict.fromkeys((*first, *OF_KIND[case.kind]))]


def enter(item: Item, said: str, words: str, actor: Actor, at: datetime | None = None) -> bool:
    """Enter what a letter says into its case and file it. Hold the case, then the item.

    Returns whether it was done as it was said; otherwise it stands in the case as a message.
    """
    case = effects.case_of(item)
    if case is None or not item.attached:
        raise Refused("It does not belong to a case that was there before.", "is_attached")
    if said not in OF_KIND[case.kind]:
        raise Refused("Choose what the letter says.", "answer")
    party, day = _who(item, case), db.session.get_one(Batch, item.batch_id).arrived_on
    done = False
    if said != "message" and (party is None or party.acts):
        try:
            with db.session.begin_nested():
                _as_said(case, said, words.strip(), party, actor, str(day))
            done = True
        except Refused:
            db.session.refresh(case)
    if not done:
        _message(case, (f"{SAID[said]}. " if said != "message" else "") + (words.strip() or NO_WORDS), party, actor)
    cases.perform(item, "enter", actor, at=at, answer=said, done=done)
    effects.filed(item, at or now())
    return done or said == "message"


def _who(item: Item, case: Case) -> Party | None:
    """Whose letter it is: whoever our own letter went to, else whoever wrote before."""
    owed = db.session.get(Owed, item.owed_id) if item.owed_id else None
    party = db.session.get(Party, int(owed.part[6:])) if owed is not None and owed.part.startswith("party:") else None
    if party is not None and party.case_id == case.id:
        return party
    return case.applicant if isinstance(case, Ride) else saying.sent_by(case)


def _as_said(case: Case, said: str, words: str, party: Party | None, actor: Actor, day: str) -> None:
    clerk = Actor(Role.CLERK, actor.account_id)
    match said:
        case "answer":
            private = {"answer": words} if isinstance(case, Ride) else {"words": words or NO_WORDS}
            cases.perform(case, "answer", clerk, private=private, on=day)
            return
        case "authorise" | "forbid":
            if not isinstance(case, Feedback | Complaint) or party is None or party.part != "complainant":
                raise Refused("The person concerned says so themselves.")
            if not list(cases.parties_of(case.id, "representative")):
                raise Refused("Nobody wants to act for them.")
            feedback.agree_to_representative(case, party, said == "authorise", clerk, "paper")
        case "panel" | "no-panel":
            track_service.say_panel(case, "yes" if said == "panel" else "no", clerk)
        case "keyed":
            return
        case _:
            _take(case, said, clerk, day)
    if words:
        _message(case, words, party, actor)


def _take(case: Case, said: str, clerk: Actor, day: str) -> None:
    """The row of the table that the letter asks for, by the kind of case and where it stands."""
    rows = {
        ("feedback", "complaint"): ("accept_complaint", "ask_complaint"),
        ("feedback", "no-complaint"): ("decline_complaint",),
        ("feedback", "withdraw"): ("withdraw",),
        ("complaint", "record"): ("record", "record_after"),
        ("complaint", "review"): ("apply_for_review",),
        ("complaint", "withdraw"): ("ask_to_withdraw",),
        ("ride", "withdraw"): ("withdraw",),
    }
    facts: dict[str, Any] = {"on": day} | ({"signed": "paper"} if said == "withdraw" else {})
    refused = Refused("The case does not allow this now.")
    for action in rows.get((case.kind, said), ()):
        try:
            cases.perform(case, action, clerk, **facts)
            return
        except Refused as no:
            refused = no
    raise refused


def _message(case: Case, words: str, party: Party | None, actor: Actor) -> None:
    """Keep words as theirs, so that staff see that there is something new."""
    words = words[:LONGEST]
    if isinstance(case, Feedback | Complaint) and party is not None:
        track_service.write(case, words, (), entry.actor(party))
        return
    db.session.add(Note(case_id=case.id, at=now(), account_id=actor.account_id, words=f"By letter: {words}"[:4000]))
    cases.record(case, "note", actor)
