"""What belongs to how a case was opened: its first day, and the receipt that its people are sent. Never commits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from casework.cases import duties, registry
from casework.cases import service as cases
from casework.cases.models import Case, CaseLink
from casework.extensions import db
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.roles import Actor
from casework.workflow import Tell

# What else counts from the day of receipt, by kind: given the case and the day that stood there.
_follows: list[Callable[[Case, date], None]] = []


def follows_receipt(function: Callable[[Case, date], None]) -> Callable[[Case, date], None]:
    """Register what moves with the day on which a case was received."""
    _follows.append(function)
    return function


def acknowledge(case: Case, event: Event) -> None:
    """Owe the receipt to whoever was not sent one when the case was opened, because we could not reach them."""
    first = next(row for row in registry.of(case).workflow.rows if row.from_state is None)
    for effect in first.then:
        if not isinstance(effect, Tell):
            continue
        had = was_told(case, effect.name)
        for party in cases.parties_of(case.id, effect.to):
            part = f"party:{party.id}"
            if (part, False) not in had and (party.channel != "page" or (part, True) not in had):
                cases.tell_party(event, party, effect.name)


def was_told(case: Case, name: str) -> set[tuple[str, bool]]:
    """To which parts of a case a message is owed or went, and whether to their page alone."""
    wanted = select(Owed.part, Owed.channel).where(
        Owed.stream_id == case.stream_id, Owed.name == name, Owed.kind == "message"
    )
    return {(part, channel == "page") for part, channel in db.session.execute(wanted)}


def correct_received(case: Case, on: date, actor: Actor, note: str) -> list[Case]:
    """Move the day on which a case was received, and every clock with it; so for what it became and was split into.

    Each says so in its history. Returns the cases that moved. Nothing else ever moves that day.
    """
    was = case.received_on
    held = [cases.lock(Case, case_id) for case_id in _with_followers(case)]
    moved = [each for each in held if each.received_on == was]
    for each in moved:
        each.received_on = on
        cases.project(registry.of(each), each)
        for follow in _follows:
            follow(each, was)
        db.session.flush()
        cases.record(each, "correct_day", actor, note, was=was, to=on)
        if registry.of(each).mentions:
            duties.project(each)
    return moved


def _with_followers(case: Case) -> list[int]:
    """The ids of a case and of all that it became or was split into, in the order in which they are locked."""
    found = {case.id}
    new = {case.id}
    while new:
        links = select(CaseLink.other_id).where(CaseLink.case_id.in_(new), CaseLink.kind.in_(("became", "split")))
        new = set(db.session.scalars(links)) - found
        found |= new
    return sorted(found)
