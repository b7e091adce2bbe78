"""Letters that are due today are posted today: otherwise the clerks and supervisors of their areas are told. Daily."""

from __future__ import annotations

from sqlalchemy import select

from casework.accounts import queries as accounts
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event, Stream
from casework.moments import today
from casework.outbox import service as outbox
from casework.owed import queries
from casework.roles import SYSTEM, Role
from casework.settings import service as settings

ACTION = "letters_not_posted"


def run() -> int:
    """Alarm whoever may post them, area by area, once a day. Never commits; returns how many letters there are."""
    day = today()
    if not settings.calendar().is_working(day):
        return 0
    waiting = queries.late(day)
    found = db.session.scalars(select(Stream).where(Stream.kind == "alarms").order_by(Stream.id).limit(1)).first()
    stream = found or history.open_stream("alarms")
    told = select(Event.facts["area"].as_integer()).where(
        Event.stream_id == stream.id, Event.action == ACTION, Event.facts["day"].as_string() == day.isoformat()
    )
    already = set(db.session.scalars(told))
    for area_id, before, now_due in waiting:
        if (area_id or 0) in already:
            continue
        facts = {"words": _words(before, now_due), "area": area_id or 0, "day": day.isoformat()}
        event = history.append(stream.id, ACTION, SYSTEM, subject=("alarm", None), facts=facts)
        for account_id in sorted({each.id for _, each in accounts.holders([Role.CLERK, Role.SUPERVISOR], area_id)}):
            outbox.owe(event, "staff-alarm", f"account:{account_id}")
    return sum(before + now_due for _, before, now_due in waiting)


def _words(before: int, now_due: int) -> str:
    parts = []
    if now_due:
        parts.append(f"{_letters(now_due)} due today and not posted yet")
    if before:
        parts.append(f"{_letters(before)} that should have been posted on an earlier day")
    return " and ".join(parts)


def _letters(number: int) -> str:
    return "one letter" if number == 1 else f"{number} letters"
