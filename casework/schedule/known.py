"""What the rules of booking ask of the database, asked once where a page asks them about many places.

Only for asking: whoever writes (`perform`) is given nothing from here, and reads what is true under its locks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, TypeVar

from casework.cases.registry import Step
from casework.schedule import queries
from casework.schedule.models import Slot

T = TypeVar("T")
_KEY = "known"


def about(slots: list[Slot]) -> dict[str, Any]:
    """What is known of these places, for the `private` part of every step that asks about one of them."""
    offers = queries.offers_of([slot.id for slot in slots])
    months = queries.rides_in_months({month_of(slot.area_id, slot.on) for slot in slots})
    known: dict[Hashable, Any] = {("offers", slot_id): number for slot_id, number in offers.items()}
    known |= {("month", *month): number for month, number in months.items()}
    return {_KEY: known}


def once(step: Step, question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question; steps that share what is known ask it once between them."""
    known = step.private.get(_KEY)
    if known is None:
        return ask()
    if question not in known:
        known[question] = ask()
    answer: T = known[question]
    return answer


def month_of(area_id: int, day: date) -> tuple[int, date]:
    """What the cap on rides counts by: a BCU, and the first day of a month."""
    return area_id, day.replace(day=1)
