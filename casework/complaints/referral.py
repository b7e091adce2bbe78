"""The mandatory referral checklist: what is alleged, never whether it is believed. Pure.

Sources: Police (Complaints and Misconduct) Regulations 2020 reg 4; Police Reform Act 2002 Sch 3 paras 2(6A)-(6B),
4(1)(a); R (Rose) v Chief Constable of Greater Manchester Police [2021]: the test is what is alleged (domain 2.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One line of the checklist. A yes to one that `refers` must be referred; to any of them, recorded."""

    key: str
    words: str
    hint: str = ""
    refers: bool = True


QUESTIONS = (
    Question(
        "death",
        "That the conduct or matter resulted in death or serious injury",
        "A fracture, a deep cut, or damage to an organ or to a bodily function.",
    ),
    Question("assault", "A serious assault"),
    Question("sexual", "A serious sexual offence"),
    Question(
        "corruption",
        "Serious corruption",
        "Also abuse of position for a sexual purpose or to pursue an improper emotional relationship.",
    ),
    Question(
        "aggravated",
        "A crime, or behaviour that could lead to disciplinary proceedings, aggravated by discrimination",
        "By race, sex, religion or another status. A search said to be made because of somebody’s race may be this.",
    ),
    Question("relevant", "A relevant offence", "One for which the law fixes the sentence, or an adult could get seven years or more."),
    Question("incident", "Anything above, in another complaint about the same incident"),
    Question("chief", "A complaint about a chief officer or their deputy that cannot be ruled out from the complaint alone"),
    Question(
        "discipline",
        "Conduct that, if proved, might be a crime or justify disciplinary proceedings",
        "It must then be recorded, not referred.",
        refers=False,
    ),
    Question(
        "rights",
        "Conduct that, if proved, might breach article 2 or 3 of the Convention on Human Rights",
        "The right to life; no torture, no inhuman or degrading treatment. It must then be recorded.",
        refers=False,
    ),
)  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}


def must_refer(answers: Mapping[str, bool]) -> bool:
    """Whether what is alleged must be referred to the IOPC."""
    return any(answers.get(question.key, False) for question in QUESTIONS if question.refers)


def must_record(answers: Mapping[str, bool]) -> bool:
    """Whether what is alleged must be recorded under Schedule 3."""
    return any(answers.get(question.key, False) for question in QUESTIONS)


def is_complete(answers: Mapping[str, object]) -> bool:
    """Whether every question has its yes or no."""
    return all(isinstance(answers.get(question.key), bool) for question in QUESTIONS)
