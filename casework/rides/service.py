"""What people do with an application, in their words. Never commits; never reads the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from casework import references
from casework.cases import service as cases
from casework.cases.models import Case, Question
from casework.clocks.london import london_date
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event
from casework.moments import now, today
from casework.parties import service as parties
from casework.parties.models import Match, Party
from casework.rides import effects, queries
from casework.rides.models import EqualityAnswer, Health, Ride, RideFeedback, Scheme, SchemeNotice
from casework.roles import SYSTEM, Actor
from casework.schedule import service as schedule
from casework.sealed import next_id
from casework.vetting import service as vetting

PRIVACY_VERSION = "2026-11"


@dataclass(frozen=True)
class Application:
    """The facts of the first part, from whatever channel they came."""

    name: str
    born_on: date | None
    email: str = ""
    phone: str = ""
    address: str = ""
    postcode: str = ""
    channel: str = "email"
    voicemail: bool = False
    safe_times: str = ""
    connections: tuple[str, ...] = ()
    borough_id: int | None = None
    why: str = ""
    interests: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    wishes: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    earliest_on: date | None = None
    latest_on: date | None = None
    rode_before: str = ""
    rode_on: date | None = None
    heard_from: str = ""
    adjustments: dict[str, Any] = field(default_factory=dict)


def apply(
    facts: Application,
    actor: Actor,
    *,
    received_on: date | None = None,
    via: str = "online",
    at: datetime | None = None,
) -> Ride:
    """Open an application. The same person's other applications are proposed as matches to staff."""
    moment = at or now()
    ride = Ride(
        id=next_id("cases"),
        reference=references.new("RA"),
        stream_id=history.open_stream("case").id,
        area_id=facts.wishes[0] if facts.wishes else None,
        channel=via,
        received_on=received_on or london_date(moment),
        opened_at=moment,
        connections=list(facts.connections),
        borough_id=facts.borough_id,
        why=facts.why,
        interests=list(facts.interests),
        teams=list(facts.teams),
        wishes=list(facts.wishes),
        days=list(facts.days),
        shifts=list(facts.shifts),
        earliest_on=facts.earliest_on,
        latest_on=facts.latest_on,
        rode_before=facts.rode_before,
        rode_on=facts.rode_on,
        heard_from=facts.heard_from,
        privacy_version=PRIVACY_VERSION,
        consented_at=moment,
    )
    party = parties.add(
        ride.id,
        "applicant",
        facts.name,
        born_on=facts.born_on,
        email=facts.email or None,
        phone=facts.phone,
        address=facts.address,
        postcode=facts.postcode,
        channel=facts.channel,
        voicemail=facts.voicemail,
        safe_times=facts.safe_times,
        adjustments=facts.adjustments,
    )
    cases.perform(ride, "apply", actor, at=moment, via=via)
    propose_matches(party)
    return ride


def propose_matches(party: Party) -> None:
    """Propose other cases of what seems to be the same person as somebody new; staff decide.

    There is no master record of people.
    """
    alike: dict[int, str] = {}
    for column, why in ((Party.person_digest, "name and birth date"), (Party.email_digest, "e-mail")):
        value = getattr(party, column.key)
        if value is None:
            continue
        others = select(Party.id).where(column == value, Party.case_id != party.case_id, Party.erased_at.is_(None))
        alike = dict.fromkeys(db.session.scalars(others.limit(20)), why) | alike
    db.session.add_all(Match(party_id=party.id, other_id=other, why=why) for other, why in alike.items())
    db.session.flush()


def decide_match(match: Match, same: bool, actor: Actor, case: Case) -> None:
    """Say whether two cases are of the same person."""
    match.confirmed, match.decided_by, match.decided_at = same, actor.account_id, now()
    cases.record(case, "match" if same else "unmatch", actor, match=match.id)


def ask(ride: Ride, words: str, actor: Actor, at: datetime | None = None) -> Event:
    """Ask the applicant a question; the answer comes back on the case."""
    return cases.perform(ride, "ask", actor, at=at, private={"question": words})


def answer(ride: Ride, words: str, actor: Actor, at: datetime | None = None) -> Event:
    """Answer the open question."""
    return cases.perform(ride, "answer", actor, at=at, private={"answer": words})


def give_next_part(ride: Ride, actor: Actor, *, at: datetime | None = None, **declared: str) -> Event:
    """Give the part before checks (other names, addresses, convictions, police matters): the checks begin."""
    vetting.declare(ride.id, **declared)
    return cases.perform(ride, "provide", actor, at=at)


@dataclass(frozen=True)
class Ready:
    """The part before a booking: whom to call, health, areas to avoid, identity, armour."""

    contact_name: str
    contact_relation: str
    contact_phone: str
    health: str = ""
    adjustments: str = ""
    avoid: tuple[int, ...] = ()
    id_kind: str = ""
    armour: str = ""


def get_ready(ride: Ride, part: Ready, actor: Actor) -> None:
    """Give the part before a booking. Giving it again replaces it."""
    schedule.keep_contact(ride.id, part.contact_name, part.contact_relation, part.contact_phone)
    kept = queries.health(ride.id) or Health(case_id=ride.id)
    kept.words, kept.adjustments = part.health, part.adjustments
    db.session.add(kept)
    ride.avoid, ride.id_kind, ride.armour = list(part.avoid), part.id_kind, part.armour
    ride.ready_at = now()
    cases.record(ride, "get_ready", actor)


def withdraw(ride: Ride, actor: Actor, at: datetime | None = None) -> Event:
    """Withdraw. No reason is asked for."""
    return cases.perform(ride, "withdraw", actor, at=at)


def refuse(ride: Ride, ground: str, actor: Actor, at: datetime | None = None, note: str = "") -> Event:
    """Refuse, with a ground that says nothing of the checks, and a day from which to apply again."""
    return cases.perform(
        ride, "refuse", actor, note, at, ground=ground, reapply_on=effects.reapply_on(ride, ground, at or now())
    )


def give_feedback(
    ride: Ride, answers: dict[str, Any], words: str, actor: Actor, at: datetime | None = None
) -> RideFeedback:
    """Keep the rider's feedback and close the application. What sounds like dissatisfaction is pointed out to staff."""
    kept = RideFeedback(case_id=ride.id, at=at or now(), answers=answers, words=words)
    kept.satisfaction = answers.get("satisfaction")
    kept.dissatisfied = effects.sounds_dissatisfied(answers, words)
    db.session.add(kept)
    db.session.flush()
    cases.perform(ride, "feed_back", actor, at=at, dissatisfied=kept.dissatisfied)
    return kept


def look_at_feedback(feedback: RideFeedback, actor: Actor, ride: Ride, note: str = "") -> None:
    """Note that a member of staff has seen feedback that was pointed out."""
    feedback.looked_at, feedback.looked_by = now(), actor.account_id
    cases.record(ride, "look_at_feedback", actor, note)


def put_equality_answers(answers: dict[str, Any]) -> None:
    """Keep answers to the equality questions with a random id and the month: nobody can say whose they are."""
    db.session.add(EqualityAnswer(month=today().replace(day=1), answers=answers))


def open_scheme(area_id: int, at: datetime | None = None) -> Scheme:
    """Begin the scheme in a BCU."""
    scheme = Scheme(area_id=area_id, stream_id=history.open_stream("scheme").id)
    cases.perform(scheme, "begin", SYSTEM, at=at)
    return scheme


def ask_to_be_told(area_id: int, email: str) -> None:
    """Tell somebody when the scheme opens in a BCU. Asking twice is asking once."""
    digest = parties.email_digest(email)
    known = db.session.scalar(
        select(SchemeNotice.id).where(SchemeNotice.area_id == area_id, SchemeNotice.email_digest == digest)
    )
    if known is None:
        notice = SchemeNotice(area_id=area_id, email_digest=digest, at=now())
        notice.email = email
        db.session.add(notice)
        db.session.flush()


def question_of(ride: Ride) -> Question | None:
    """The question that waits for the applicant's answer, if one does."""
    return queries.open_question(ride.id)
