"""Edits of the same facts by several people, as a pure sum."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from casework.triage import merging

NAMES = ("place", "vehicle", "officers", "searched", "happened_on")
VALUES: tuple[Any, ...] = ("", "a", "b", None, True, False, date(2026, 11, 1))


def test_an_untouched_fact_keeps_what_a_colleague_put_there():
    shown = merging.marks({"place": "old", "vehicle": "old"})
    found = merging.merge(shown, {"place": "old", "vehicle": "mine"}, {"place": "theirs", "vehicle": "old"})
    assert found.changes == {"vehicle": "mine"} and found.clashes == []


def test_a_fact_that_both_changed_is_asked_about_and_the_same_change_is_none():
    shown = merging.marks({"place": "old", "vehicle": "old"})
    found = merging.merge(shown, {"place": "mine", "vehicle": "new"}, {"place": "theirs", "vehicle": "new"})
    assert found.changes == {} and found.clashes == ["place"]


def test_a_fact_that_the_form_did_not_show_is_left_alone():
    found = merging.merge(
        merging.marks({"place": "old"}), {"place": "old", "vehicle": ""}, {"place": "old", "vehicle": "x"}
    )
    assert found.changes == {} and found.clashes == []


def test_marks_come_back_as_they_went_and_nonsense_is_no_marks():
    marks = merging.marks({"place": "ä", "happened_on": date(2026, 1, 2), "searched": None})
    assert merging.read(merging.write(marks)) == marks
    for text in ("", "[]", "{", "null", '{"place": 1}', "[" * 5000, "9" * 400):
        assert merging.read(text) == {}


def test_no_update_is_lost_and_none_is_overwritten_unseen_in_ten_thousand_random_edits():
    """An oracle by hand: whoever's change is not in the end was asked, and what nobody touched is as it was."""
    rng = random.Random(20261)
    for _ in range(10_000):
        start = {name: rng.choice(VALUES) for name in NAMES}
        stored = dict(start)
        seen_by = [dict(start) for _ in range(3)]
        for before in seen_by:
            showed = rng.sample(NAMES, rng.randint(1, len(NAMES)))
            typed = {name: rng.choice(VALUES) if rng.random() < 0.5 else before[name] for name in showed}
            then = dict(stored)
            found = merging.merge(merging.marks({name: before[name] for name in showed}), typed, stored)
            stored |= found.changes
            for name in NAMES:
                touched = name in typed and typed[name] is not before[name]
                if not touched:
                    assert stored[name] is then[name]
                elif then[name] is before[name]:
                    assert stored[name] is typed[name]
                elif typed[name] is then[name]:
                    assert name not in found.clashes
                else:
                    assert name in found.clashes and stored[name] is then[name]
