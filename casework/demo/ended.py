"""Stories that have come to an end, good or bad. Ages are days before today."""

from __future__ import annotations

from collections.abc import Callable

from casework.demo import words
from casework.demo.life import Life
from casework.demo.steps import SUPERVISOR, happy, ride, to_approved, to_booked, to_checks, to_done, unhappy
from casework.demo.under_way import approved_first, asked, decision_again, decision_conditions, invited

Tell = Callable[[Life, float], None]


def closed(life: Life, age: float) -> None:
    to_done(life, age, age - 48)
    happy(life, age - 49 - life.rng.random() * 6)


def closed_silent(life: Life, age: float) -> None:
    to_done(life, age, age - 46)


def closed_unhappy(life: Life, age: float) -> None:
    to_done(life, age, age - 47)
    unhappy(life, age - 48 - life.rng.random() * 3)


def closed_early(life: Life, age: float) -> None:
    to_done(life, age, age - 47, "end_early", ended_by="rider", reason="The rider felt unwell.")
    happy(life, age - 50)


def closed_incident(life: Life, age: float) -> None:
    to_done(life, age, age - 47, "end_early", ended_by="host", reason="A collision.", incident="yes")
    happy(life, age - 51)


def closed_after_miss(life: Life, age: float) -> None:
    to_booked(life, age, age - 45)
    life.miss()
    life.offer(age - 50, age - 70)
    life.accept(age - 52)
    ride(life)
    happy(life, age - 72)


def closed_after_police(life: Life, age: float) -> None:
    approved_first(life, age)
    life.offer(age - 52, age - 70)
    life.accept(age - 53)
    ride(life)
    happy(life, age - 71)


def closed_after_change(life: Life, age: float) -> None:
    to_booked(life, age, age - 55)
    life.booking(age - 50, "cancel_own")
    life.offer(age - 54, age - 75)
    life.accept(age - 55)
    ride(life)
    happy(life, age - 76)


def closed_conditions(life: Life, age: float) -> None:
    decision_conditions(life, age)
    life.act(age - 25, "approve", SUPERVISOR)
    life.offer(age - 30, age - 48, hours=(10, 18))
    life.accept(age - 31)
    ride(life)
    happy(life, age - 49)


def closed_overturned(life: Life, age: float) -> None:
    decision_again(life, age)
    life.act(age - 50, "overturn", SUPERVISOR, which=1)
    life.conclude(age - 56, "clear", which=2, detail=words.FINDINGS[1])
    life.act(age - 58, "approve", SUPERVISOR, which=1)
    life.offer(age - 60, age - 80)
    life.accept(age - 61)
    ride(life)
    happy(life, age - 82)


def refused(ground: str) -> Tell:
    def tell(life: Life, age: float) -> None:
        life.refuse(age - 3 - life.rng.random() * 4, ground)

    return tell


def refused_upheld(life: Life, age: float) -> None:
    decision_again(life, age)
    life.act(age - 52, "uphold", SUPERVISOR, which=1)


def refused_later(life: Life, age: float) -> None:
    to_approved(life, age)
    life.refuse(age - 40, "conduct", SUPERVISOR)


def refused_no_answer(life: Life, age: float) -> None:
    """The vetting unit's question was never answered: time ends the check, and the checks cannot be completed."""
    to_checks(life, age)
    life.clear_checks(age - 8, except_for=0)
    life.check(age - 9, 0, "begin")
    life.check(age - 10, 0, "ask", words.CHECK_QUESTION[0])
    life.conclude(age - 45, "give_up")
    life.refuse(age - 48, "paperwork", SUPERVISOR)


def withdrawn(life: Life, age: float) -> None:
    life.withdraw(age - 2 - life.rng.random() * 3)


def withdrawn_checks(life: Life, age: float) -> None:
    to_checks(life, age)
    life.check(age - 8, 0, "begin")
    life.withdraw(age - 15)


def withdrawn_approved(life: Life, age: float) -> None:
    to_approved(life, age)
    life.withdraw(age - 45)


def withdrawn_offered(life: Life, age: float) -> None:
    to_approved(life, age)
    life.offer(age - 28, age - 55)
    life.withdraw(age - 31)


def withdrawn_booked(life: Life, age: float) -> None:
    to_booked(life, age, age - 60)
    life.withdraw(age - 44)


def expired(life: Life, age: float) -> None:
    invited(life, age)


def expired_question(life: Life, age: float) -> None:
    asked(life, age)


def expired_offers(life: Life, age: float) -> None:
    to_approved(life, age)
    life.offer(age - 27, age - 60)
    life.offer(age - 40, age - 65)


def expired_missed(life: Life, age: float) -> None:
    to_booked(life, age, age - 45)
    life.miss()
    life.offer(age - 50, age - 70)
    life.accept(age - 52)
    life.miss()
