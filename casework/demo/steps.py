"""What stories have in common: how far an application gets, in the usual time. Ages are days before today."""

from __future__ import annotations

from datetime import time
from typing import Any

from casework.demo import words
from casework.demo.life import Life
from casework.roles import Role
from casework.schedule.service import Log

SUPERVISOR = Role.SUPERVISOR
_ANSWERS = {
    "safe": "yes",
    "briefed": "yes",
    "searches": "1",
    "view_changed": "more",
    "recommend": "yes",
    "concern": "no",
}


def to_checks(life: Life, age: float) -> None:
    life.claim(age - 1, which=int(life.rng.random() < 0.2))
    life.act(age - 2, "invite")
    life.provide(age - 2.2 - life.rng.random() * 2)


def to_result(life: Life, age: float) -> None:
    to_checks(life, age)
    life.clear_checks(age - 6 - life.rng.random() * 12)


def to_decision(life: Life, age: float) -> None:
    to_result(life, age)
    life.conclude(age - 21, "clear")


def to_approved(life: Life, age: float) -> None:
    to_decision(life, age)
    life.act(age - 24, "approve")


def to_booked(life: Life, age: float, ride_age: float, **where: Any) -> None:
    to_approved(life, age)
    life.offer(age - 28, ride_age, **where)
    life.accept(age - 30)


def to_done(life: Life, age: float, ride_age: float, action: str = "complete", **more: str) -> None:
    to_booked(life, age, ride_age)
    ride(life, action, **more)


def to_adverse(life: Life, age: float) -> None:
    """One check finds something, so a second person must decide."""
    to_checks(life, age)
    life.clear_checks(age - 7, except_for=2)
    life.check(age - 9, 2, "begin")
    life.check(age - 14, 2, "find", life.rng.choice(words.FINDINGS))
    life.conclude(age - 16, "refer")


def ride(life: Life, action: str = "complete", **more: str) -> None:
    life.start()
    searches = life.rng.choice((0, 0, 0, 1, 1, 2, 3))
    slot = life.bookings[-1].slot
    log = Log(slot.starts, slot.ends, searches=searches, crew="two officers", remarks=life.rng.choice(words.REMARKS))
    if more.pop("incident", ""):
        log = Log(
            slot.starts,
            time((slot.starts.hour + 3) % 24),
            searches=1,
            incident=True,
            incident_words="The car was hit at low speed.",
        )
    life.finish(log, action, **more)


def happy(life: Life, age: float) -> None:
    mark = life.rng.choice((5, 5, 5, 4, 4, 3))
    answers = {
        "satisfaction": mark,
        "respect": life.rng.choice((4, 5)),
        "safe": "yes",
        "briefed": "yes",
        "concern": "no",
    }
    life.feed_back(age, answers, life.rng.choice(words.GOOD))


def unhappy(life: Life, age: float) -> None:
    low = {
        "satisfaction": life.rng.choice((1, 2)),
        "respect": 2,
        "safe": "no",
        "concern": "yes",
        "view_changed": "less",
    }
    answers = _ANSWERS | low
    life.feed_back(age, answers, life.rng.choice(words.BAD))


def decision_not_clear(life: Life, age: float) -> None:
    to_adverse(life, age)
    life.conclude(age - 22, "bar", which=1, detail=words.FINDINGS[0])


def refused_suitability(life: Life, age: float) -> None:
    decision_not_clear(life, age)
    life.refuse(age - 26, "suitability", SUPERVISOR)
