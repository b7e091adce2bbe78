"""The stories that the demonstration tells: how far an application got, how long ago it was made, how often it happens.

Ages are days before today. The first stories of the list bring every state there is; the weights then make the whole
look like a scheme that has run for eighteen months.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from casework.demo.ended import (
    closed,
    closed_after_change,
    closed_after_miss,
    closed_after_police,
    closed_conditions,
    closed_early,
    closed_incident,
    closed_overturned,
    closed_silent,
    closed_unhappy,
    expired,
    expired_missed,
    expired_offers,
    expired_question,
    refused,
    refused_later,
    refused_no_answer,
    refused_upheld,
    withdrawn,
    withdrawn_approved,
    withdrawn_booked,
    withdrawn_checks,
    withdrawn_offered,
)
from casework.demo.steps import (
    decision_not_clear,
    refused_suitability,
    to_adverse,
    to_approved,
    to_checks,
    to_decision,
)
from casework.demo.under_way import (
    answered,
    approved_declined,
    approved_first,
    approved_lapsed,
    asked,
    booked,
    booked_today,
    checks_again,
    checks_asked,
    checks_going,
    checks_late,
    decision_again,
    decision_conditions,
    decision_unable,
    done,
    invited,
    offered,
    running,
    submitted,
)


@dataclass(frozen=True)
class Story:
    """A way that a case goes. It began between `newest` and `oldest` days ago; `weight` says how often it is told."""

    name: str
    tell: Callable[[Any, float], None]
    newest: float
    oldest: float
    weight: int
    full: bool = False  # needs a BCU with a second person in each role
    first: bool = False  # happens in the first BCU
    age: int = 0  # how old the applicant is, where the story turns on it
    channel: str = ""  # how the person is reached, where the story turns on it

    def pace(self, age: float, rng: random.Random) -> float:
        """How much longer than usual it took. What is told for the present has no time to spare."""
        return rng.triangular(0.85, max(1.0, min(2.2, age / self.newest)), 1.0) if self.oldest >= 300 else 1.0


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


def shares(total: int, stories: Sequence[Story] = STORIES) -> list[tuple[Story, float]]:
    """Which stories are told, and how many days ago each begins: the oldest first. Every story once, then by weight."""
    counts = [1 if number < total else 0 for number in range(len(stories))]
    weights = sum(story.weight for story in stories)
    left = total - sum(counts)
    wanted = [max(story.weight * total / weights - 1, 0) for story in stories]
    scale = left / (sum(wanted) or 1)
    extra = [int(each * scale) for each in wanted]
    # what rounding left over goes to the largest remainders
    order = sorted(range(len(stories)), key=lambda n: (extra[n] - wanted[n] * scale, n))
    for number in order[: left - sum(extra)]:
        extra[number] += 1
    told = []
    for number, story in enumerate(stories):
        count = counts[number] + extra[number]
        for place in range(count):
            # spread evenly, with somewhat more of the recent ones: the scheme grows
            part = ((place + 0.5) / count) ** 1.25
            told.append((story, story.newest + part * (story.oldest - story.newest)))
    return sorted(told, key=lambda pair: -pair[1])
