"""What people do with feedback, in their words. Never commits; never reads the request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from casework import references
from casework.areas import queries as areas
from casework.cases import service as cases
from casework.cases.models import Case, CaseLink
from casework.clocks.london import london_date
from casework.extensions import db
from casework.feedback import effects, queries
from casework.feedback.models import Encounter, Feedback, Preservation
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now
from casework.parties import service as parties
from casework.parties.models import Party
from casework.roles import SYSTEM, Actor
from casework.sealed import next_id

PRIVACY_VERSION = "2026-11"


@dataclass(frozen=True)
class Person:
    """Somebody in a case, from whatever channel. `channel` "page": reached only through the tracking page."""

    name: str = ""
    born_on: date | None = None
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    channel: str = "email"
    voicemail: bool = False
    safe_times: str = ""
    adjustments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """The facts of what somebody says, from whatever channel they came. Only `what` is always there."""

    what: str
    intent: str = "concern"  # thanks, comment, concern, question, complaint
    happened_on: date | None = None
    happened_at: str = ""
    place: str = ""
    borough_id: int | None = None
    searched: bool | None = None
    arrested: bool | None = None
    receipt: str = ""
    officers: str = ""
    vehicle: str = ""
    effect: str = ""
    wish: str = ""
    witnesses: str = ""
    evidence: str = ""
    relation: str = ""
    authority: str = ""
    community: bool = False
    panel: str = ""
    anonymous: bool = False
    # Who it happened to or who says it; and who acts for them, if somebody does.
    person: Person = field(default_factory=Person)
    representative: Person | None = None


def submit(
    told: Told, actor: Actor, *, received_on: date | None = None, via: str = "online", at: datetime | None = None
) -> Feedback:
    """Open feedback. A complaint is opened by `casework.complaints.service.submit`, by the very same facts."""
    moment = at or now()
    feedback = Feedback(
        reference=references.new("FB"),
        encounter=encounter(told),
        sort=told.intent if told.intent in {"thanks", "comment", "concern", "question"} else "",
        intent=told.intent,
        anonymous=told.anonymous,
        **opening(told, via, received_on, moment),
    )
    people(feedback, told)
    ask_for_authority(feedback, cases.perform(feedback, "submit", actor, at=moment, via=via, intent=told.intent))
    return feedback


def opening(told: Told, via: str, received_on: date | None, moment: datetime) -> dict[str, Any]:
    """What every case that begins with somebody's words has in common: id, stream, area, day of receipt."""
    borough = areas.by_id(told.borough_id)
    return {
        "id": next_id("cases"),
        "stream_id": history.open_stream("case").id,
        # Where the encounter was; without a place only force-wide staff see it, who send it on.
        "area_id": borough.parent_id if borough else None,
        "channel": via,
        "received_on": received_on or london_date(moment),
        "opened_at": moment,
    }


def encounter(told: Told) -> Encounter:
    """The encounter of what somebody says, not added yet."""
    return Encounter(
        happened_on=told.happened_on,
        happened_at=told.happened_at,
        place=told.place,
        borough_id=told.borough_id,
        searched=told.searched,
        arrested=told.arrested,
        receipt=told.receipt,
        officers=told.officers,
        vehicle=told.vehicle,
        what=told.what,
        effect=told.effect,
        wish=told.wish,
        witnesses=told.witnesses,
        evidence=told.evidence,
        relation=told.relation,
        authority=told.authority,
        community=told.community,
        panel=told.panel,
    )


def people(case: Case, told: Told) -> list[Party]:
    """Add the people of a case: the person concerned, and who acts for them.

    Somebody who acts for a person of 16 or more is told nothing of the case until that person says yes (by their own
    link or our paper). For a child under 16 a parent acts alone, and the child is not written to.
    """
    other = told.representative
    alone = other is not None and told.authority in effects.ACTS_ALONE
    added = [add_concerned(case.id, told, alone)]
    if other is not None:
        added.append(_add(case.id, "guardian" if alone else "representative", other, acts=alone))
    return added


def add_concerned(case_id: int, told: Told, alone: bool) -> Party:
    """Add the person whom it happened to; `alone`: somebody acts for a child, who is not written to."""
    person = replace(told.person, channel="page") if told.anonymous or alone else told.person
    return _add(case_id, "complainant", person, acts=not alone)


def ask_for_authority(case: Case, event: Event) -> None:
    """Ask the person concerned, if they can be reached, whether somebody may act for them: where nobody said so yet."""
    if any(not party.acts for party in cases.parties_of(case.id, "representative")):
        for party in cases.parties_of(case.id, "complainant"):
            if party.channel != "page":
                cases.tell_party(event, party, "authority-wanted")


def agree_to_representative(case: Case, person: Party, yes: bool, actor: Actor, how: str = "") -> Event:
    """The person concerned says yes or no to somebody acting for them; `how`, where staff write it down.

    It counts in every case that was split off this one, merged with it or became of it, for the same two people. Who
    acts is told once. Hold them all before: `hold_family`.
    """
    facts: dict[str, Any] = {"how": how} if how else {}
    action = "authorise" if yes else "forbid"
    event = cases.record(case, action, actor, **facts)
    others = list(cases.parties_of(case.id, "representative"))
    for other in others:
        other.acts = yes
        cases.tell_party(event, other, "authority-given" if yes else "authority-refused")
    same = {_who(other) for other in others}
    for relative in [each for each in hold_family(case) if each.id != case.id]:
        concerned = {_who(each) for each in cases.parties_of(relative.id, "complainant")}
        theirs = [each for each in cases.parties_of(relative.id, "representative") if _who(each) in same]
        changed = [each for each in theirs if each.acts != yes] if _who(person) in concerned else []
        for other in changed:
            other.acts = yes
        if changed:
            cases.record(relative, action, actor, said_in=case.id, **facts)
    return event


def hold_family(case: Case) -> list[Case]:
    """Every case of a story, this one among them, locked as it is now; the one with the lowest id first."""
    wanted = select(Case).where(Case.id.in_(queries.family(case.id))).order_by(Case.id).with_for_update(of=Case)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def ask_for_saving(case: Case, actor: Actor, at: datetime | None = None) -> None:
    """Note that those who hold the footage were asked to keep it."""
    kept = queries.preservation(case.id)
    if kept is not None and kept.asked_at is None:
        kept.asked_at, kept.asked_by = at or now(), actor.account_id
        cases.record(case, "preserve", actor, at=at)


def note_saving(case: Case, result: str, actor: Actor, at: datetime | None = None) -> None:
    """Note what came of asking: saved, none (there was no footage) or gone (it was overwritten)."""
    kept = queries.preservation(case.id)
    if kept is not None and result in {"saved", "none", "gone"}:
        kept.result, kept.result_at = result, at or now()
        cases.record(case, "preservation", actor, at=at, result=result)


def link(case: Case, other: Case, kind: str, actor: Actor) -> None:
    """Note that two cases belong together; both say so. Linking twice is linking once."""
    if queries.linked(case.id, other.id, kind):
        return
    db.session.add(CaseLink(case_id=case.id, other_id=other.id, kind=kind, at=now()))
    db.session.flush()
    cases.record(case, "link", actor, to=other.id, how=kind)
    cases.record(other, "link", actor, to=case.id, how=kind)


def copy_people(from_case: Case, to_case: Case) -> None:
    """Give a case the people of another, with links and codes of their own."""
    for party in from_case_people(from_case.id):
        parties.add(
            to_case.id, party.part, party.name, born_on=parties.born_on(party), email=party.email, phone=party.phone,
            address=party.address, postcode=party.postcode, channel=party.channel, voicemail=party.voicemail,
            safe_times=party.safe_times, adjustments=dict(party.adjustments), acts=party.acts,
        )  # fmt: skip


def from_case_people(case_id: int) -> list[Party]:
    """Everybody in a case who has not been erased."""
    return [party for part in effects.PEOPLE for party in cases.parties_of(case_id, part)]


def keep_preservation(case: Case, place: Encounter) -> None:
    """Owe the saving of footage for a case, once. Its last day counts from the encounter, else from when we heard."""
    if queries.preservation(case.id) is None:
        db.session.add(
            Preservation(case_id=case.id, last_on=effects.footage_last_on(place.happened_on, case.received_on))
        )
        db.session.flush()


def _who(party: Party) -> tuple[str, str]:
    """By what two people of two cases are the same: name and e-mail address, as both were given."""
    return (party.name_folded, (party.email or "").casefold())


def _add(case_id: int, part: str, person: Person, acts: bool) -> Party:
    return parties.add(
        case_id,
        part,
        person.name,
        born_on=person.born_on,
        email=person.email or None,
        phone=person.phone,
        address=person.address,
        postcode=person.postcode,
        channel=person.channel,
        voicemail=person.voicemail,
        safe_times=person.safe_times,
        adjustments=person.adjustments,
        acts=acts,
    )


__all__ = ["SYSTEM", "Person", "Told", "submit"]
