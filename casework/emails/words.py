"""Dates and times as messages say them, and the lines of the plain text. Pure."""

from __future__ import annotations

import re
import textwrap
from datetime import date, datetime, time

from markupsafe import Markup, escape

from casework.clocks.london import london_time
from casework.clocks.words import long_date

WIDTH = 76
_HELD = "\N{NO-BREAK SPACE}"

# What the people in a case of a kind call it, and the page on which they see it.
MATTERS = {"ride": "ride-along application", "feedback": "feedback", "complaint": "complaint"}
PAGES = {"ride": "application", "feedback": "feedback", "complaint": "complaint"}


def clock(wall: time) -> str:
    """A time as people write it: "2pm", "10:30pm", "midnight", "midday"."""
    if wall == time(0):
        return "midnight"
    if wall == time(12):
        return "midday"
    hour = wall.hour % 12 or 12
    minutes = f":{wall.minute:02}" if wall.minute else ""
    return f"{hour}{minutes}{'am' if wall.hour < 12 else 'pm'}"


def shift(starts: time, ends: time) -> str:
    """A shift: "2pm to 10pm", "6pm to 2am the next day"."""
    over = "" if ends > starts else " the next day"
    return f"{clock(starts)} to {clock(ends)}{over}"


def moment(at: datetime) -> str:
    """A moment in London: "3:05pm on Thursday 18 May 2017"."""
    local = london_time(at)
    return f"{clock(local.time().replace(second=0, microsecond=0))} on {day(local.date())}"


def day(on: date) -> str:
    """A day in full, with its year."""
    return long_date(on)


def indented(text: str) -> str:
    """What somebody wrote, set in by two spaces, as the plain text shows it."""
    return "\n".join(f"  {line}" if line else "" for line in text.strip().splitlines())


def broken(text: str) -> Markup:
    """What somebody wrote, with its line breaks, as the HTML shows it. Everything in it is escaped."""
    return Markup("<br>").join(escape(line) for line in text.strip().splitlines())


def tidy(text: str) -> str:
    """Plain text with lines of at most 76 characters (links stay whole) and no more than one empty line at a time."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        # A telephone number stays on one line.
        stripped = re.sub(r"(?<=\d) (?=\d)", _HELD, line.rstrip())
        if not stripped and (not lines or not lines[-1]):
            continue
        indent = stripped[: len(stripped) - len(stripped.lstrip())]
        hanging = indent + ("  " if stripped.lstrip().startswith("- ") else "")
        lines += textwrap.wrap(
            stripped, WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
        ) or [""]
    return "\n".join(_headed(lines)).replace(_HELD, " ").rstrip() + "\n"


def _headed(lines: list[str]) -> list[str]:
    """No empty line between an underlined heading and what it heads."""
    kept: list[str] = []
    for line in lines:
        if not line and kept and set(kept[-1]) == {"-"}:
            continue
        kept.append(line)
    return kept
