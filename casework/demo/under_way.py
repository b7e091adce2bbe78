"""Stories that are still going on: what stands in the queues today. Ages are days before today."""

from __future__ import annotations

from casework.demo import words
from casework.demo.life import Life
from casework.demo.steps import refused_suitability, to_adverse, to_approved, to_booked, to_checks, to_done
from casework.roles import Role


def submitted(life: Life, age: float) -> None:
    if age > 3 and life.rng.random() < 0.4:
        life.claim(age - 1)


def answered(life: Life, age: float) -> None:
    question, answer = life.rng.choice(words.QUESTIONS)
    life.ask(age - 3, question)
    life.answer(max(age - 12, 1), answer)


def asked(life: Life, age: float) -> None:
    life.claim(age - 1)
    life.ask(age - 2, life.rng.choice(words.QUESTIONS)[0])


def invited(life: Life, age: float) -> None:
    life.act(age - 2, "invite")


def checks_going(life: Life, age: float) -> None:
    to_checks(life, age)
    life.check(age - 8, 0, "begin")
    life.check(age - 9, 1, "begin")
    life.check(age - 11, 0, "clear")


def checks_asked(life: Life, age: float) -> None:
    to_checks(life, age)
    life.clear_checks(age - 8, except_for=0)
    life.check(age - 9, 0, "begin")
    life.check(max(age - 13, 2), 0, "ask", words.CHECK_QUESTION[0])


def checks_late(life: Life, age: float) -> None:
    to_checks(life, age)
    life.clear_checks(age - 20, except_for=3)
    life.check(age - 21, 3, "begin")


def checks_again(life: Life, age: float) -> None:
    """Approved, but no place came up while the clearance held: time sends it back to the checks."""
    to_approved(life, age)


def decision_conditions(life: Life, age: float) -> None:
    to_adverse(life, age)
    life.conclude(age - 22, "clear_with_conditions", which=1, conditions=("daytime",), detail=words.FINDINGS[1])


def decision_unable(life: Life, age: float) -> None:
    to_checks(life, age)
    life.clear_checks(age - 8, except_for=0)
    life.check(age - 10, 0, "give_up", words.FINDINGS[2])
    life.conclude(age - 20, "give_up", detail=words.FINDINGS[2])


def decision_again(life: Life, age: float) -> None:
    refused_suitability(life, age)
    life.look_again(age - 38)


def approved_first(life: Life, age: float) -> None:
    """Booked, and then cancelled by the police: rebooked first."""
    to_booked(life, age, age - 50)
    life.booking(age - 46, "cancel", life.staff(Role.COORDINATOR), reason="staffing")


def approved_declined(life: Life, age: float) -> None:
    to_approved(life, age)
    life.offer(age - 27, age - 50)
    life.booking(age - 29, "decline")


def approved_lapsed(life: Life, age: float) -> None:
    to_approved(life, age)
    life.offer(age - 27, age - 50)


def offered(life: Life, age: float) -> None:
    to_approved(life, age)
    given = 1 + life.rng.random() * 4
    life.offer(given, -life.rng.randrange(14, 40))


def booked(life: Life, age: float) -> None:
    to_booked(life, age, -(3 + int(90 - age)))


def booked_today(life: Life, age: float) -> None:
    to_booked(life, age, 0, hours=(14, 22), host=0)


def running(life: Life, age: float) -> None:
    to_booked(life, age, 1, hours=(18, 2))
    life.start()


def done(life: Life, age: float) -> None:
    to_done(life, age, age - 44)
