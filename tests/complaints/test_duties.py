"""The duties of a complaint over random histories: equal to living through them day by day.

100,000 histories where CASEWORK_FULL is set; a sample of them in every run.
"""

from __future__ import annotations

import os
import random
from datetime import date, timedelta

from casework.clocks import Calendar, Happening, parse_rule
from casework.clocks.duties import duties
from casework.complaints.duties import declared
from casework.settings.declared import BY_KEY
from tests.clocks import oracle

HISTORIES = 100_000 if os.environ.get("CASEWORK_FULL") else 4_000
DUTIES = declared(lambda key: parse_rule(BY_KEY[key].default))
# The oracle begins here, so that no day is walked for nothing.
BEGIN = date(2026, 2, 20)


def history(chance: random.Random) -> list[Happening]:
    """A history of a few months: back-dated, converted, paused or not, in any order."""
    names = sorted({name for duty in DUTIES for name in duty.mentions})
    # feedback that became a complaint begins on the day of its first words
    start = BEGIN + timedelta(days=chance.randrange(20))
    found = [Happening("complaint.submit", start)]
    for _ in range(chance.randrange(1, 14)):
        # most things happen later, some were written down later than they happened
        found.append(Happening(chance.choice(names), start + timedelta(days=chance.randrange(-3, 90))))
    chance.shuffle(found)
    return found


def calendar(chance: random.Random) -> Calendar:
    """The holidays as they are, or as somebody has changed them."""
    entries = dict(oracle.ENGLAND_AND_WALES.entries)
    for _ in range(chance.randrange(4)):
        entries[BEGIN + timedelta(days=chance.randrange(120))] = "a day of mourning"
    if chance.random() < 0.3:
        entries.pop(date(2026, 4, 6), None)
    return Calendar.of("random", 1, entries.items(), known_until=date(2028, 12, 31))


def test_the_duties_of_any_history_equal_living_through_it_day_by_day(monkeypatch) -> None:
    monkeypatch.setattr(oracle, "FIRST", BEGIN - timedelta(days=10))
    chance = random.Random(26)
    for number in range(HISTORIES):
        happenings, known = history(chance), calendar(chance)
        today = BEGIN + timedelta(days=chance.randrange(20, 130))
        duty = DUTIES[number % len(DUTIES)]
        fast = duties([duty], happenings, known, today)
        seen = sorted((each for each in happenings if each.on <= today), key=lambda each: each.on)
        slow = oracle.simulate(duty, seen, known, today)
        as_rows = [
            (each.number, each.started_on, each.due, each.met_on, each.ended_on, each.days_late, each.working_days_late)
            for each in fast
        ]
        assert as_rows == [
            (s.number, s.started_on, s.due, s.met_on, s.ended_on, s.days_late, s.working_days_late) for s in slow
        ], (number, duty.name)


def test_a_complaint_that_is_not_over_always_has_a_next_update() -> None:
    chance = random.Random(27)
    progress = next(duty for duty in DUTIES if duty.name == "progress")
    for _ in range(HISTORIES):
        happenings = [each for each in history(chance) if each.name not in progress.ends]
        today = BEGIN + timedelta(days=130)
        found = duties([progress], happenings, oracle.ENGLAND_AND_WALES, today)
        assert [each for each in found if each.is_open], happenings


def test_rewriting_reassigning_and_retyping_reset_nothing() -> None:
    quiet = [
        Happening(f"complaint.{what}", BEGIN + timedelta(days=5))
        for what in ("assign", "note", "link", "email", "route", "log")
    ]
    start = [Happening("complaint.submit", BEGIN)]
    today = BEGIN + timedelta(days=60)
    assert duties(DUTIES, start, oracle.ENGLAND_AND_WALES, today) == duties(
        DUTIES, start + quiet, oracle.ENGLAND_AND_WALES, today
    )
