"""A child for whom a parent acts turns sixteen: from that day the young person says who may act for them.

Asked at every access, so that no day is missed, and brought into the case once a day: the parent is from then on
somebody who would like to act, the young person is asked, and both are told. Never commits.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks import Months
from casework.extensions import db
from casework.feedback import service
from casework.history.models import Event
from casework.moments import today
from casework.outbox.models import Owed
from casework.parties import service as parties
from casework.parties.models import Party
from casework.roles import CLOCK, Actor
from casework.settings import service as settings

# Under this age a parent or guardian acts alone for a child (domain 2.1, S68).
ALONE_UNDER = Months(12 * 16)
# Where something went on in another case, the young person is asked there.
ELSEWHERE = frozenset({"converted", "merged"})


def is_of_age(born_on: date) -> bool:
    """Whether somebody is sixteen today."""
    return ALONE_UNDER.due(born_on, settings.calendar()) <= today()


def is_over(case: Case, party: Party) -> bool:
    """Whether a parent's acting alone in a case is over: its child is sixteen by now, as far as is known."""
    if party.part != "guardian":
        return False
    return any(_is_of_age(child) for child in cases.parties_of(case.id, "complainant"))


def due() -> list[int]:
    """The cases in which a child has turned sixteen, or somebody has to be asked whom we know how to reach only now."""
    children = select(Party).where(Party.part == "complainant", Party.acts.is_(False), Party.erased_at.is_(None))
    grown = {child.case_id for child in db.session.scalars(children) if _is_of_age(child)}
    return sorted(grown | set(db.session.scalars(_unasked())))


def see_to(case: Case) -> None:
    """Do what is due in a case, which the caller holds. Doing it again changes nothing."""
    children = [child for child in cases.parties_of(case.id, "complainant") if not child.acts and _is_of_age(child)]
    if children:
        _come_of_age(case, children)
    elif db.session.scalar(_unasked().where(Case.id == case.id)) is not None:
        service.ask_for_authority(case, cases.record(case, "ask_authority", CLOCK))


def note_birth(case: Case, child: Party, born_on: date, actor: Actor) -> None:
    """Write down when somebody was born. The day itself stands in no history; who is sixteen is asked at once."""
    child.born_on_text = born_on.isoformat()
    parties.index(child)
    db.session.flush()
    cases.record(case, "note_birth", actor)
    see_to(case)


def _come_of_age(case: Case, children: list[Party]) -> None:
    for child in children:
        child.acts = True
    parents = list(cases.parties_of(case.id, "guardian"))
    for parent in parents:
        parent.part, parent.acts = "representative", False
    db.session.flush()
    event = cases.record(case, "come_of_age", CLOCK)
    if case.state not in ELSEWHERE:
        service.ask_for_authority(case, event)
        for parent in parents:
            cases.tell_party(event, parent, "authority-ended")


def _unasked() -> Select[int]:
    """Cases in which a person whom we can reach was never asked whether somebody may act for them, and did not say."""
    other = aliased(Party)
    reachable = or_(
        and_(Party.channel == "email", Party.email.is_not(None)),
        and_(Party.channel == "letter", func.length(Party.address_sealed) > 0),
        and_(Party.channel == "phone", func.length(Party.phone_sealed) > 0),
    )
    asked = select(Owed.id).where(Owed.stream_id == Case.stream_id, Owed.name == "authority-wanted")
    said = select(Event.id).where(Event.stream_id == Case.stream_id, Event.action.in_(["authorise", "forbid"]))
    return (
        select(Case.id)
        .join(other, (other.case_id == Case.id) & (other.part == "representative") & other.acts.is_(False))
        .join(Party, (Party.case_id == Case.id) & (Party.part == "complainant") & Party.acts)
        .where(other.erased_at.is_(None), Party.erased_at.is_(None), reachable)
        .where(Case.state.not_in(ELSEWHERE), ~asked.exists(), ~said.exists())
    )


def _is_of_age(party: Party) -> bool:
    born_on = parties.born_on(party)
    return born_on is not None and is_of_age(born_on)
