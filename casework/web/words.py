"""What templates can say: dates as people write them, who the force is, how to reach it. Nothing here asks the database
but `contact`, and that only where a page uses it.
"""

from __future__ import annotations

import math
import re
import time
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from casework.clocks.london import london_date, london_time
from casework.clocks.words import MONTHS, listed, long_date, number_of
from casework.extensions import db
from casework.moments import now, today
from casework.roles import ROLE_WORDS, Role
from casework.settings import service as settings

# The addresses that open a case or a draft for whoever has them.
_SECRET_LINK = re.compile(r"https?://\S+/(?:cases|back|confirm|object)/[\w-]{16,}")

CONTACT = ("phone", "email", "post")
# How many seconds a database that did not answer is not asked for these again.
ASK_AGAIN = 10


def set_up(app: Flask) -> None:
    """Give an app's templates their words."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "day": day,
        "short_day": short_day,
        "moment": moment,
        "clock": clock,
        "paragraphs": paragraphs,
        "without_links": without_links,
        "listed": listed,
        "number_of": number_of,
        "role_words": ROLE_WORDS.__getitem__,
        "the_role": the_role,
    }
    env.globals |= {
        "force_name": app.config["FORCE_NAME"],
        "service_name": "Ride Along and stop and search",
        "demo": bool(app.config["CASEWORK_DEMO"]),
        "london": london_time,
        "today": today,
        "now": now,
        "contact": contact,
    }


def day(value: date | datetime | None) -> str:
    """A day in full: "Friday 2 June 2017". A moment is put on its London day; nothing gives nothing."""
    if value is None:
        return ""
    return long_date(london_date(value) if isinstance(value, datetime) else value)


def short_day(value: date | datetime | None) -> str:
    """A day for tables: "2 Jun 2017"."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = london_date(value)
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def clock(value: Any) -> str:
    """A time of day: "3:05pm", "9am", "midday", "midnight". Moments are put on a London wall."""
    if value is None:
        return ""
    wall = london_time(value) if isinstance(value, datetime) else value
    if wall.minute == 0 and wall.hour in (0, 12):
        return "midday" if wall.hour else "midnight"
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{wall.hour % 12 or 12}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def moment(value: datetime | None) -> str:
    """A moment in London: "2 June 2017 at 3:05pm"."""
    if value is None:
        return ""
    wall = london_time(value)
    return f"{wall.day} {MONTHS[wall.month - 1]} {wall.year} at {clock(wall.time())}"


def the_role(role: str) -> str:
    """A role as somebody of a case: "the ride coordinator", "the applicant"."""
    words = ROLE_WORDS[Role(role)]
    return words if words.startswith(("the ", "a ")) or role == Role.SYSTEM else f"the {words}"


def without_links(text: str | None) -> str:
    """What was sent to somebody without their secret links: nobody who works on a case can act as its people."""
    return _SECRET_LINK.sub("[their own link]", text or "")


def paragraphs(text: str | None, css: str = "govuk-body") -> Markup:
    """Typed text as paragraphs, escaped; single line ends stay line ends by style (`cw-lines`), never as markup."""
    parts = [part.strip("\n") for part in str(text or "").replace("\r\n", "\n").split("\n\n")]
    tag = Markup('<p class="%s cw-lines" dir="auto">%s</p>')
    return Markup("\n").join(tag % (css, part) for part in parts if part.strip())


def contact(key: str) -> str:
    """How to reach the force: `phone`, `email` or `post`, as set; where the database is away, as last known."""
    known: dict[str, str] = current_app.extensions.setdefault("casework_contact", {})
    away: list[float] = current_app.extensions.setdefault("casework_contact_away", [-math.inf])
    if time.monotonic() - away[0] > ASK_AGAIN:
        try:
            known.update({each: str(settings.value(f"contact.{each}")) for each in CONTACT})
        except SQLAlchemyError:  # a page that says how to reach us must not fail over its telephone number
            db.session.rollback()
            away[0] = time.monotonic()
    return known.get(key) or str(settings.BY_KEY[f"contact.{key}"].default)
