"""What the ride's table checks and does at once, and how a ride follows its vetting and its bookings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from casework.areas import queries as areas
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case, CaseArea, Question
from casework.cases.registry import Step
from casework.clocks import Months
from casework.clocks.london import london_date
from casework.extensions import db
from casework.outbox import service as outbox
from casework.parties import service as parties
from casework.parties.models import Party
from casework.rides import queries
from casework.rides.models import Ride, Scheme, SchemeNotice
from casework.rides.workflow import ELIGIBILITY_GROUNDS, GROUNDS, RIDE, SCHEME, State
from casework.roles import SYSTEM, Role
from casework.schedule import queries as places
from casework.schedule import service as schedule
from casework.schedule.known import once
from casework.schedule.rules import result_of
from casework.schedule.workflow import BookingState
from casework.settings import service as settings
from casework.vetting import queries as vetting
from casework.vetting import service as vetting_service
from casework.vetting.workflow import State as Vetting

PUBLIC = Role.PUBLIC

# Words that make feedback worth a second look by a person; never a decision.
_UNHAPPY = (
    "complain", "rude", "racis", "sexis", "aggressiv", "assault", "unsafe", "scared", "frighten", "hurt", "injur",
    "swore", "insult", "bully", "humiliat", "illegal", "unlawful", "discriminat", "hit ", "punch", "force was",
)  # fmt: skip


def reapply_on(ride: Ride, ground: str, at: datetime) -> date | None:
    """From which day the applicant may apply again after a refusal on this ground."""
    if ground not in GROUNDS:
        return None
    rule = GROUNDS[ground][2]
    start = london_date(at)
    if rule == "birthday":
        person = ride.applicant
        born = parties.born_on(person) if person else None
        return Months(12 * settings.value("ride.age")).due(born, settings.calendar()) if born else None
    if rule == "frequency":
        rode = [day for day in (places.last_ride_on(queries.same_person(ride)), ride.rode_on) if day]
        return settings.rule("ride.frequency").due(max(rode), settings.calendar()) if rode else None
    return settings.rule(rule).due(start, settings.calendar())


def sounds_dissatisfied(answers: dict[str, object], words: str) -> bool:
    """Whether a person should look at this feedback: a low mark, a concern ticked, or words of that kind."""
    low = any(isinstance(v, int) and v <= 2 for k, v in answers.items() if k in {"satisfaction", "respect"})
    text = words.casefold()
    return low or answers.get("concern") == "yes" or answers.get("safe") == "no" or any(w in text for w in _UNHAPPY)


# The ride's checks.


def _part_given(step: Step) -> bool:
    return vetting.has_declaration(step.subject.id)


def _result_clear(step: Step) -> bool:
    result = vetting.result(step.subject.id)
    return result is not None and result.state == Vetting.CLEAR and result.valid_on(london_date(step.at))


def _result_usable(step: Step) -> bool:
    result = vetting.result(step.subject.id)
    return result is not None and result.valid_on(london_date(step.at))


def _ground_given(step: Step) -> bool:
    return step.asking or step.facts.get("ground") in GROUNDS


def _ground_is_eligibility(step: Step) -> bool:
    return step.asking or step.facts.get("ground") in ELIGIBILITY_GROUNDS


def _may_reconsider(step: Step) -> bool | str:
    ride: Ride = step.subject
    if ride.reconsidered:
        return "This decision was already looked at again. That is possible once."
    if ride.refused_on is None:
        return False
    last = settings.rule("ride.reconsider").due(ride.refused_on, settings.calendar())
    return london_date(step.at) <= last or f"The last day to ask was {last:%-d %B %Y}."


# What the ride does at once.


def _put_question(step: Step) -> None:
    _close_questions(step)
    question = Question(case_id=step.subject.id, room="", asked_at=step.at, asked_by=step.actor.account_id)
    question.words = step.private.get("question", "")
    db.session.add(question)
    step.subject.wants = "question"
    db.session.flush()


def _keep_answer(step: Step) -> None:
    question = queries.open_question(step.subject.id)
    if question is not None:
        question.answer, question.answered_at = step.private.get("answer", ""), step.at
    step.subject.wants = ""
    db.session.flush()


def _close_questions(step: Step) -> None:
    step.subject.wants = ""
    question = queries.open_question(step.subject.id)
    if question is not None:
        question.closed_at = step.at
        db.session.flush()


def _want_part(step: Step) -> None:
    step.subject.wants = "part"


def _open_checks(step: Step) -> None:
    step.subject.wants = ""
    if vetting.clearance(step.subject.id) is None:
        vetting_service.open_for(step.subject, step.at)
    else:
        _renew_checks(step)


def _renew_checks(step: Step) -> None:
    clearance = vetting.clearance(step.subject.id)
    if clearance is None:
        vetting_service.open_for(step.subject, step.at)
    else:
        vetting_service.renew(clearance, step.at)


def _share_wishes(step: Step) -> None:
    """Once approved, coordinators of every BCU wished for see the case."""
    ride: Ride = step.subject
    have = set(db.session.scalars(select(CaseArea.area_id).where(CaseArea.case_id == ride.id)))
    for area_id in ride.wishes:
        if area_id != ride.area_id and area_id not in have:
            db.session.add(CaseArea(case_id=ride.id, area_id=area_id))


def _close_room(step: Step) -> None:
    ride: Ride = step.subject
    ride.refused_on = london_date(step.at)
    if step.action == "refuse":
        ride.ground = step.facts["ground"]
        ride.reapply_on = reapply_on(ride, ride.ground, step.at)
    db.session.execute(delete(CaseArea).where(CaseArea.case_id == ride.id))


def _look_again(step: Step) -> None:
    step.subject.reconsidered = True
    cases.project(registry.of(step.subject), step.subject)


def _let_everything_go(step: Step) -> None:
    _close_questions(step)
    vetting_service.stop(step.subject.id, step.at)
    schedule.let_everything_go(step.subject.id, step.at)


def _case(ride: Ride) -> Case:
    return ride


def _due_key(ride: Ride) -> str:
    """Which period runs: a reconsideration has its own."""
    if ride.state == State.DECISION and ride.reconsidered:
        return "ride.reconsideration"
    within = RIDE.states[ride.state].within
    return within.key if within else ""


def _waits_for(ride: Ride) -> str:
    """A decision that is adverse, conditional or looked at again waits for a supervisor."""
    if ride.state == State.DECISION:
        result = vetting.result(ride.id)
        if ride.reconsidered or result is None or result.state != Vetting.CLEAR:
            return str(Role.SUPERVISOR)
    return str(RIDE.states[ride.state].waits_for or "")


registry.register(
    registry.Kind(
        RIDE,
        Ride,
        workers=(Role.COORDINATOR, Role.SUPERVISOR),
        stream_of=lambda ride: ride.stream_id,
        case_of=_case,
        checks={
            "question_open": lambda step: step.subject.wants == "question",
            "part_wanted": lambda step: step.subject.wants == "part",
            "part_given": _part_given,
            "result_clear": _result_clear,
            "result_usable": _result_usable,
            "ground_given": _ground_given,
            "ground_is_eligibility": _ground_is_eligibility,
            "may_reconsider": _may_reconsider,
            "is_reconsidered": lambda step: step.subject.reconsidered,
            "feedback_given": lambda step: queries.feedback(step.subject.id) is not None,
        },
        nows={
            "put_question": _put_question,
            "keep_answer": _keep_answer,
            "close_questions": _close_questions,
            "want_part": _want_part,
            "open_checks": _open_checks,
            "renew_checks": _renew_checks,
            "share_wishes": _share_wishes,
            "close_room": _close_room,
            "look_again": _look_again,
            "let_everything_go": _let_everything_go,
        },
        due_key=_due_key,
        waits_for=_waits_for,
    )
)


# How a ride follows its vetting.


@registry.also("vetting", "report")
def _report(step: Step) -> None:
    """The outcome brings the application to its decision: plainly clear to a coordinator, else to a supervisor."""
    ride = cases.lock(Ride, step.subject.case_id)
    if ride.state != State.CHECKS:
        return
    cases.perform(ride, "conclude", SYSTEM, at=step.at)


@registry.also("vetting", "expired")
def _expired(step: Step) -> None:
    """A clearance that ended sends an approved application back to the checks and takes offers and bookings back."""
    ride = cases.lock(Ride, step.subject.case_id)
    for booking in places.of_case(ride.id):
        if booking.state == BookingState.OFFERED:
            cases.perform(booking, "take_back", SYSTEM, at=step.at, reason="checks")
        elif booking.state == BookingState.ACCEPTED and booking.slot.begins_at > step.at:
            cases.perform(booking, "cancel", SYSTEM, at=step.at, reason="checks")
    if ride.state in {State.APPROVED, State.DECISION}:
        cases.perform(ride, "recheck", SYSTEM, at=step.at)


# How a ride follows its bookings.


@registry.also("booking", "move_ride")
def _move_ride(step: Step) -> None:
    booking = step.subject
    ride: Ride = db.session.get_one(Ride, booking.case_id)
    moves = {
        "offer": ({State.APPROVED}, "offer"),
        "accept": ({State.OFFERED, State.APPROVED}, "book"),
        "cancel": ({State.BOOKED}, "lose_place"),
        "cancel_own": ({State.BOOKED}, "lose_place"),
        "miss": ({State.BOOKED}, "lose_place"),
        "complete": ({State.BOOKED}, "finish"),
        "end_early": ({State.BOOKED}, "finish"),
    }
    if step.action == "cancel" and step.facts.get("reason") != "checks":
        ride.first = True
    if step.action in {"accept", "complete", "end_early"}:
        ride.first = False
    if step.action in moves:
        states, action = moves[step.action]
        if ride.state in states:
            cases.perform(ride, action, SYSTEM, at=step.at)
    if step.action in {"decline", "lapse", "take_back"} and ride.state == State.OFFERED and not places.offers(ride.id):
        lapsed = places.count(ride.id, BookingState.LAPSED)
        last = step.action == "lapse" and lapsed >= settings.value("ride.offers.lapsed")
        cases.perform(ride, "give_up" if last else "go_without", SYSTEM, at=step.at)
    if step.action == "miss" and _missed(ride) >= settings.value("ride.no_show.limit"):
        cases.perform(ride, "give_up", SYSTEM, at=step.at)
        ride.reapply_on = settings.rule("ride.no_show.pause").due(london_date(step.at), settings.calendar())


def _missed(ride: Ride) -> int:
    """How many rides this person missed, in all of their cases."""
    return sum(places.count(case_id, BookingState.NO_SHOW) for case_id in queries.same_person(ride))


@registry.also_checks("booking", "wants_place")
def _wants_place(step: Step) -> bool:
    ride: Ride = db.session.get_one(Ride, step.subject.case_id)
    return ride.state in {State.APPROVED, State.OFFERED}


@registry.also_checks("booking", "old_enough")
def _old_enough(step: Step) -> bool:
    born = once(step, "born", lambda: _born_on(step.subject.case_id))
    if born is None:
        return False
    slot = step.subject.slot
    return Months(12 * slot.minimum_age).due(born, settings.calendar()) <= slot.on


@registry.also_checks("booking", "area_allowed")
def _area_allowed(step: Step) -> bool | str:
    ride: Ride = db.session.get_one(Ride, step.subject.case_id)
    barred = areas.within(ride.avoid) if ride.avoid else frozenset()
    if step.subject.slot.area_id in barred:
        return "This person asked not to ride in this area."
    result = result_of(step)
    if result and "not-own-area" in result.conditions:
        own = areas.by_id(ride.borough_id)
        if own is not None and step.subject.slot.area_id in {own.id, own.parent_id}:
            return "This person may not ride where they live, work or study."
    return True


@registry.also_checks("booking", "not_too_soon")
def _not_too_soon(step: Step) -> bool | str:
    ride: Ride = db.session.get_one(Ride, step.subject.case_id)
    last = once(step, "last ride", lambda: places.last_ride_on(queries.same_person(ride)))
    if last is None:
        return True
    from_on = settings.rule("ride.frequency").due(last, settings.calendar())
    if step.subject.slot.on >= from_on:
        return True
    return f"This person rode on {last:%-d %B %Y}. The next ride is possible from {from_on:%-d %B %Y}."


@registry.also_checks("booking", "next_part_given")
def _next_part_given(step: Step) -> bool:
    return db.session.get_one(Ride, step.subject.case_id).ready_at is not None


def _born_on(case_id: int) -> date | None:
    wanted = select(Party).where(Party.case_id == case_id, Party.part == "applicant").limit(1)
    person = db.session.scalars(wanted).first()
    return parties.born_on(person) if person else None


# The scheme of a BCU.


def _tell_waiting(step: Step) -> None:
    """Tell everybody who asked that the scheme is open; they are forgotten once told."""
    assert step.event is not None
    step.subject.paused_at = None
    for notice in db.session.scalars(select(SchemeNotice).where(SchemeNotice.area_id == step.subject.area_id)):
        outbox.owe(step.event, "scheme-open", f"notice:{notice.id}")


registry.register(
    registry.Kind(
        SCHEME,
        Scheme,
        stream_of=lambda scheme: scheme.stream_id,
        case_of=lambda scheme: None,
        nows={"tell_waiting": _tell_waiting},
    )
)
