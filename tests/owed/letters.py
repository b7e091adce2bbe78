"""Letters as a clerk deals with them: owed, printed, posted."""

from __future__ import annotations

import re
from typing import Any

from casework.extensions import db
from casework.moments import today
from casework.outbox.models import Owed
from tests import factories


def by_letter(**facts: Any) -> factories.Made:
    """An applicant who wants letters."""
    made = factories.ride(channel="letter", email="", address="1 High Street\nLondon", postcode="N1 1AA", **facts)
    db.session.commit()
    return made


def owed(channel: str) -> Owed:
    return db.session.query(Owed).filter_by(channel=channel).one()


def letters_of(desk: Any) -> list[int]:
    """The letters on the list, oldest first."""
    desk.get("/staff/letters")
    return sorted({int(number) for number in re.findall(r'name="letters" value="(\d+)"', desk.text)})


def print_letter(desk: Any, owed_id: int) -> str:
    """Print one letter, and give the code on it."""
    desk.get("/staff/letters")
    desk.follow(desk.post("/staff/letters/print", {"letter": str(owed_id)}))
    codes = re.findall(r"and this code: ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", desk.words)
    assert len(codes) == 1
    return codes[0]


def post_letter(desk: Any, *owed_ids: int) -> None:
    """Say that letters were posted today."""
    desk.get("/staff/letters")
    day = today()
    when = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year), "post_class": "first"}
    assert desk.post("/staff/letters", when | {"letters": [str(each) for each in owed_ids]}).status_code == 303
