"""The stories that the demonstration tells: how far each application got, how long ago it was made, how often it happens.

Ages are days before today. The first stories of the list bring every state there is; the weights then make the whole
look like a scheme that has run for eighteen months.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from casework.demo import words
from casework.demo.life import Life
from casework.roles import Role
from casework.schedule.service import Log

Tell = Callable[[Life, float], None]
SUPERVISOR = Role.SUPERVISOR
_ANSWERS = {"safe": "yes", "briefed": "yes", "searches": "1", "view_changed": "more", "recommend": "yes", "concern": "no"}


@dataclass(frozen=True)
class Story:
    """A way that an application goes. It was made between `newest` and `oldest` days ago, `weight` times in 300."""

    name: str
    tell: Tell
    newest: float
    oldest: float
    weight: int
    full: bool = False  # needs a BCU with a second person in each role
    first: bool = False  # happens in the first BCU
    age: int = 0  # how old the applicant is, where the story turns on it

    def pace(self, age: float, rng: random.Random) -> float:
        """How much longer than usual it took. What is told for the present has no time to spare."""
        return rng.triangular(0.85, max(1.0, min(2.2, age / self.newest)), 1.0) if self.oldest >= 300 else 1.0


# As far as a step; each story starts with one of these.


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
    low = {"satisfaction": life.rng.choice((1, 2)), "respect": 2, "safe": "no", "concern": "yes", "view_changed": "less"}
    answers = _ANSWERS | low
    life.feed_back(age, answers, life.rng.choice(words.BAD))


# Still open.


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


def decision_not_clear(life: Life, age: float) -> None:
    to_adverse(life, age)
    life.conclude(age - 22, "bar", which=1, detail=words.FINDINGS[0])


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


# Ended.


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


def refused_suitability(life: Life, age: float) -> None:
    decision_not_clear(life, age)
    life.refuse(age - 26, "suitability", SUPERVISOR)


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


# fmt: off
STORIES = (
    # Every state, once.
    Story("submitted", submitted, 0, 30, 22),
    Story("invited", invited, 3, 29, 9),
    Story("asked", asked, 3, 29, 6),
    Story("checks going", checks_going, 16, 45, 9),
    Story("checks asked", checks_asked, 16, 36, 4),
    Story("adverse review", to_adverse, 19, 45, 4, full=True),
    Story("decision", to_decision, 23, 40, 5),
    Story("decision, conditions", decision_conditions, 24, 34, 2, full=True),
    Story("decision, not clear", decision_not_clear, 24, 34, 2, full=True),
    Story("approved", to_approved, 26, 125, 10),
    Story("approved, first", approved_first, 60, 100, 3),
    Story("offered", offered, 34, 70, 7),
    Story("booked", booked, 56, 87, 12),
    Story("booked today", booked_today, 52, 56, 1, first=True),
    Story("under way", running, 52, 56, 1, first=True),
    Story("done", done, 45, 68, 8),
    Story("closed", closed, 60, 545, 56),
    Story("closed, no feedback", closed_silent, 80, 545, 20),
    Story("closed, ended early", closed_early, 60, 500, 4),
    Story("refused, residence", refused("residence"), 10, 540, 6),
    Story("refused, suitability", refused_suitability, 30, 500, 7, full=True),
    Story("refused, no answer", refused_no_answer, 52, 500, 2, full=True),
    Story("withdrawn", withdrawn, 6, 540, 9),
    Story("withdrawn from the checks", withdrawn_checks, 20, 520, 8),
    Story("withdrawn, booked", withdrawn_booked, 62, 520, 5),
    Story("expired", expired, 35, 540, 13),
    Story("expired, offers", expired_offers, 70, 520, 4),
    Story("expired, missed", expired_missed, 75, 520, 2),
    Story("declined", approved_declined, 55, 80, 2),
    # The rest of life.
    Story("answered", answered, 14, 26, 3),
    Story("checks new", to_checks, 6, 15, 6),
    Story("checks late", checks_late, 64, 82, 4),
    Story("checks again", checks_again, 215, 250, 2),
    Story("decision, unable", decision_unable, 22, 32, 1, full=True),
    Story("decision, again", decision_again, 40, 66, 1, full=True),
    Story("lapsed", approved_lapsed, 55, 85, 2),
    Story("closed, unhappy", closed_unhappy, 55, 520, 7),
    Story("closed, incident", closed_incident, 60, 500, 2),
    Story("closed after a miss", closed_after_miss, 80, 500, 3),
    Story("closed after we cancelled", closed_after_police, 80, 500, 6),
    Story("closed after a change", closed_after_change, 85, 500, 3),
    Story("closed with conditions", closed_conditions, 60, 500, 4, full=True),
    Story("closed, overturned", closed_overturned, 90, 400, 1, full=True),
    Story("refused, age", refused("age"), 10, 540, 4, age=17),
    Story("refused, recent", refused("recent"), 10, 540, 3),
    Story("refused, paperwork", refused("paperwork"), 10, 540, 3),
    Story("refused, capacity", refused("capacity"), 100, 300, 4),
    Story("refused, upheld", refused_upheld, 56, 500, 2, full=True),
    Story("refused later", refused_later, 45, 500, 1),
    Story("withdrawn, approved", withdrawn_approved, 50, 540, 5),
    Story("withdrawn, offered", withdrawn_offered, 60, 540, 3),
    Story("expired, question", expired_question, 35, 540, 4),
)
# fmt: on


def shares(total: int) -> list[tuple[Story, float]]:
    """Which stories are told, and how many days ago each begins: the oldest first. Every story once, then by weight."""
    counts = [1 if number < total else 0 for number in range(len(STORIES))]
    weights = sum(story.weight for story in STORIES)
    left = total - sum(counts)
    wanted = [max(story.weight * total / weights - 1, 0) for story in STORIES]
    scale = left / sum(wanted)
    extra = [int(each * scale) for each in wanted]
    # what rounding left over goes to the largest remainders
    order = sorted(range(len(STORIES)), key=lambda n: (extra[n] - wanted[n] * scale, n))
    for number in order[: left - sum(extra)]:
        extra[number] += 1
    told = []
    for number, story in enumerate(STORIES):
        count = counts[number] + extra[number]
        for place in range(count):
            # spread evenly, with somewhat more of the recent ones: the scheme grows
            part = ((place + 0.5) / count) ** 1.25
            told.append((story, story.newest + part * (story.oldest - story.newest)))
    return sorted(told, key=lambda pair: -pair[1])
