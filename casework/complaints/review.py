"""Which body reviews the handling of a complaint, and until when it may be asked. Pure.

Sources: Regulations 2020 reg 29 (28 days, starting the day after the information was provided) and reg 32 (the review
body, not confirmed [K]); Interpretation Act 1978 s.7 and the practice direction on deemed service (domain 2.3, 2.6, 5.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from casework.clocks import Calendar, Rule

IOPC, LOCAL, NONE = "iopc", "local", "none"

# Asked before the outcome may be approved; a yes to any makes the IOPC the review body.
QUESTIONS = {
    "senior": "Is it about a senior officer (above chief superintendent)?",
    "conduct": (
        "From the complaint alone, can it not be ruled out that the conduct would justify criminal or disciplinary"
        " proceedings, or would breach article 2 or 3?"
    ),
    "referred": "Was it referred to the IOPC, or did it have to be?",
    "incident": "Does it arise from the same incident as a complaint to which one of these applies?",
    "part": "Does one of these apply to a part of it?",
}
WHY = {
    "senior": "it is about a senior officer",
    "conduct": "it cannot be ruled out from the complaint alone that the conduct would justify proceedings or breach article 2 or 3",
    "referred": "it was referred to the IOPC or had to be",
    "incident": "it arises from the same incident as such a complaint",
    "part": "a part of it is of such a kind",
}


@dataclass(frozen=True)
class Body:
    """The review body and the reason, as the page and the outcome say it."""

    slug: str
    why: str


def body(recorded: bool, answers: Mapping[str, bool], referred: bool) -> Body:
    """The review body. None for what was handled outside Schedule 3."""
    if not recorded:
        return Body(NONE, "it was handled outside Schedule 3")
    given = dict(answers) | ({"referred": True} if referred else {})
    for key in QUESTIONS:
        if given.get(key):
            return Body(IOPC, WHY[key])
    return Body(LOCAL, "none of the questions that lead to the IOPC applies")


def is_complete(answers: Mapping[str, object]) -> bool:
    """Whether every question has its yes or no."""
    return all(isinstance(answers.get(key), bool) for key in QUESTIONS)


@dataclass(frozen=True)
class Window:
    """The last safe day, as printed, and the last day on which we take an application."""

    printed: date
    open_until: date


def window(told_on: date, period: Rule, delivery: Rule, calendar: Calendar, misdirected_days: int = 0) -> Window:
    """The days of the review window of an outcome that was sent or posted on a day.

    Printed is the earlier of two readings (the date of the letter and the period); ours stays open until the later one
    (deemed delivery and the period). Time while an application lay with the wrong body is added.
    """
    delivered = delivery.due(told_on, calendar)
    return Window(period.due(told_on, calendar), period.due(delivered, calendar) + timedelta(days=misdirected_days))
