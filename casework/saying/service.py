"""Takes what somebody says, whatever it is and whichever way it came. Never commits; never reads the request."""

from __future__ import annotations

from datetime import date

from casework.cases import service as cases
from casework.cases.models import Case, Draft
from casework.complaints import service as complaints
from casework.exchanges import files
from casework.feedback import service as feedback
from casework.feedback.service import Told
from casework.parties.models import Party
from casework.roles import Actor
from casework.settings import service as settings


def say(told: Told, actor: Actor, *, received_on: date | None = None, via: str = "online") -> Case:
    """Open the case of what somebody says: a complaint by its own door, anything else as feedback."""
    door = complaints.submit if told.intent == "complaint" else feedback.submit
    return door(told, actor, received_on=received_on, via=via)


def bring_files(draft: Draft, case: Case) -> None:
    """What was added to a draft belongs to its case from now on, and no longer to the draft."""
    sender = sent_by(case)
    anonymous = bool(getattr(case, "anonymous", False))
    files.move_to_case(draft.id, case.id, sender.id if sender else None, anonymous)


def concerned(case: Case) -> Party:
    """The person whom it happened to, or who says it."""
    return next(iter(cases.parties_of(case.id, "complainant")))


def sent_by(case: Case) -> Party | None:
    """Who said it: whoever acts for another, else the person concerned."""
    found = {party.part: party for party in cases.parties_of(case.id, "everyone")}
    return found.get("guardian") or found.get("representative") or found.get("complainant")


def record_until(searched: bool | None, receipt: str, happened_on: date | None, arrested: bool | None) -> date | None:
    """The last day on which a copy of the record of a search can be asked for, where there was a search on a day."""
    if happened_on is None or not (searched or receipt):
        return None
    key = "search.record.arrested" if arrested else "search.record"
    return settings.rule(key).due(happened_on, settings.calendar())
