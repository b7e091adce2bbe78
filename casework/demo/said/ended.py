"""Complaints that have come to an end, good or bad. Ages are days before today."""

from __future__ import annotations

from casework.demo.said.complaints import Tell, to_contacted, to_investigating, to_logged, to_outside_sent, to_sent
from casework.demo.said.life import HANDLER, SUPERVISOR, Said


def finalised(life: Said, age: float) -> None:
    """Answered; nobody asked for a review within the time."""
    to_sent(life, age, age - 50 - life.rng.random() * 40)


def finalised_unclear(life: Said, age: float) -> None:
    to_sent(life, age, age - 60, "undetermined", "unclear")
    life.learn(age - 62, done=True)


def finalised_not_acceptable(life: Said, age: float) -> None:
    to_sent(life, age, age - 65, "not-acceptable", "bad")
    life.learn(age - 68, done=life.rng.random() < 0.6)


def finalised_learning_late(life: Said, age: float) -> None:
    to_sent(life, age, age - 65, "not-acceptable", "bad")
    life.learn(age - 68, done=False, late=True)


def outside(result: str) -> Tell:
    return lambda life, age: to_outside_sent(life, age, result)


def reviewed(life: Said, age: float) -> None:
    """A review, which found it reasonable and proportionate."""
    to_sent(life, age, age - 70)
    life.answers(age - 84, "apply_for_review")
    life.do(age - 115, "find_reasonable", HANDLER)


def acted_on_review(life: Said, age: float) -> None:
    to_sent(life, age, age - 70)
    life.answers(age - 84, "apply_for_review")
    life.do(age - 112, "uphold", HANDLER)
    life.learn(age - 116, done=True)
    life.do(age - 118, "act_on_review", SUPERVISOR, note="Written to again with the reasons; the team was briefed.")


def withdrawn(life: Said, age: float) -> None:
    to_contacted(life, age)
    life.answers(age - 7, "ask_to_withdraw", signed="online")
    life.do(age - 9, "withdraw", SUPERVISOR, interest="no")


def withdrawn_late(life: Said, age: float) -> None:
    """Withdrawn while it was investigated."""
    to_investigating(life, age)
    life.keep_told(age, age - 24)
    life.do(age - 25, "ask_to_withdraw", HANDLER, signed="letter")
    life.do(age - 28, "withdraw", SUPERVISOR, interest="no")


def transferred(life: Said, age: float) -> None:
    to_logged(life, age)
    life.do(age - 2, "transfer", body=life.rng.choice(("British Transport Police", "City of London Police")))


def merged(life: Said, age: float) -> None:
    """The same person complained twice of one evening."""
    to_contacted(life, age)
    other = life.twin(age - 5)
    other.complain(age - 5, life.told)
    other.log(age - 6)
    other.do(age - 6, "merge", HANDLER, into=life.case.id)
    life.do(age - 7, "record", HANDLER, reason="wishes")
    life.check(age - 7, HANDLER)
    life.do(age - 8, "investigate", SUPERVISOR)
    life.keep_told(age, max(age - 60, 1))
