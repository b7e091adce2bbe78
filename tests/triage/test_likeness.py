"""What may come from the same person, or be about the same incident, and why."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import pytest

from casework.cases.queries import Scope
from casework.extensions import db
from casework.feedback.service import Person
from casework.triage import likeness
from tests import factories, sayings
from tests.factories import Cast

_NUMBERS = count()
DAY, OTHER_DAY = date(2026, 11, 20), date(2026, 11, 19)


@pytest.fixture
def scope(app: Any) -> Scope:
    """All kinds in both BCUs."""
    return Scope(frozenset({factories.area("north").id, factories.area("south").id}), True)


def told(name: str, **facts: Any) -> Any:
    """What somebody says who left a name and nothing else by which they are known."""
    return sayings.concern(person=Person(name=name, email=f"{next(_NUMBERS)}@example.org"), **facts)


def reasons(case: Any, scope: Scope) -> dict[str, tuple[str, ...]]:
    """Which cases are pointed out, by reference, with their reasons."""
    db.session.flush()
    return {near.reference: near.reasons for near in likeness.near(case, scope, most=20)}


def test_each_reason_points_out_its_own_cases_and_no_others(cast: Cast, scope: Scope) -> None:
    south = factories.area("south-borough").id
    mine = told("Bronagh Farrow", happened_on=DAY, receipt="77-123", officers="PC 1234 and 77NI")
    alike = told("Bronagh Farow", happened_on=DAY, borough_id=south)
    receipt = told("Kofi Dhillon", happened_on=OTHER_DAY, receipt="77-123")
    officer = told("Leila Kaur", happened_on=DAY, officers="1234")
    for unlike in ({"happened_on": OTHER_DAY}, {"happened_on": None}):
        told("Bronagh Farrow", **unlike)
    told("Hamza Mbeki", happened_on=DAY, officers="PC 4321")
    told("Hamza Mbeki", happened_on=DAY, officers="PC 1234", borough_id=south)
    assert reasons(mine, scope) == {
        receipt.reference: ("same search receipt",),
        officer.reference: ("same day, borough and officer",),
        alike.reference: ("similar name, same day",),
    }


def test_on_the_day_of_a_crowd_the_same_borough_comes_first(
    cast: Cast, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = [told("Bronagh Farrow", happened_on=DAY) for _ in range(3)]
    there = [told("Bronagh Farrow", happened_on=DAY, borough_id=factories.area("south-borough").id) for _ in range(3)]
    assert reasons(here[0], scope).keys() == {case.reference for case in (*here[1:], *there)}
    monkeypatch.setattr(likeness, "SAME_DAY", 4)
    assert reasons(here[0], scope).keys() == {case.reference for case in (*here[1:], there[2])}
