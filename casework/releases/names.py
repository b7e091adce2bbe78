"""The name of a release in its address: metropolitan-2018-04-v1, ride-along-2026-10-v1. Pure."""

from __future__ import annotations

import re
from datetime import date

STOPS = "stops"
# Tables made from our own cases: what their addresses and their readers call them.
OWN = {"rides": "ride-along", "feedback": "feedback", "complaints": "complaints"}
WORDS = {
    STOPS: "Stop and search",
    "rides": "Ride along figures",
    "feedback": "Feedback figures",
    "complaints": "Complaint figures",
}
_NAME = re.compile(r"([a-z0-9-]{1,60})-(\d{4}-\d{2})-v([1-9]\d{0,5})")
_KINDS = {name: kind for kind, name in OWN.items()}


def write(kind: str, force: str, month: date, number: int) -> str:
    """The name of a release."""
    return f"{OWN.get(kind) or force or STOPS}-{month:%Y-%m}-v{number}"


def read(name: str) -> tuple[str, str, date, int] | None:
    """Kind, force, month and version of a name; None for anything else."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    what, month, number = found.groups()
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    if what in _KINDS:
        return _KINDS[what], "", first, int(number)
    return STOPS, "" if what == STOPS else what, first, int(number)
