"""Joining what is keyed later to what people wrote meanwhile: nothing of theirs is lost, nothing of the paper hidden."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from casework.joining import is_empty, join

NAMES = some.sampled_from(["place", "officers", "searched", "panel"])
VALUES = some.sampled_from(["", "a", "b", "c", None, True, False, 0])
FACTS = some.dictionaries(NAMES, VALUES)


@given(FACTS, FACTS, FACTS)
def test_what_staff_wrote_stays_and_what_the_paper_says_else_is_pointed_out(
    opened: Any, keyed: Any, stands: Any
) -> None:
    found = join(opened, keyed, stands)
    assert not found.changes.keys() & found.conflicts.keys()
    for name, said in keyed.items():
        now, before = stands.get(name), opened.get(name)
        touched = now != before and not is_empty(now)
        after = found.changes.get(name, now)
        if touched:
            assert after == now and type(after) is type(now)
        elif not is_empty(said):
            assert after == said
        if after != said and not is_empty(said) and said != before:
            assert found.conflicts[name] == said


@given(FACTS, FACTS, FACTS)
def test_joining_twice_is_joining_once(opened: Any, keyed: Any, stands: Any) -> None:
    once = join(opened, keyed, stands)
    after = dict(stands) | once.changes
    again = join(opened, keyed, after)
    assert again.changes == {}
    assert again.conflicts == once.conflicts
