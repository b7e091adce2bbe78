"""Texts for replies with places for facts of a case. Places are replaced one by one from a fixed list: what staff
write here is never a template that could ask for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select

from casework.exchanges.models import CannedText
from casework.extensions import db
from casework.moments import now

# Every place that a text may have, with what stands there in a reply.
PLACES = {
    "name": "the person's name",
    "reference": "the reference of the case",
    "received_on": "the day on which we received what they wrote",
    "handler": "the name of whoever replies",
    "search_record_until": "the last day on which a copy of the search record can be asked for",
}
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
# What whoever replies has to write themselves.
_GAP = re.compile(r"\[Say here[^\]\n]*\]")


def unknown(words: str) -> list[str]:
    """The places in a text that are none: as written, each once."""
    return list(dict.fromkeys(f"{{{found}}}" for found in _PLACE.findall(words) if found not in PLACES))


def places(words: str) -> list[str]:
    """The places of a text that we know, each once."""
    return list(dict.fromkeys(found for found in _PLACE.findall(words) if found in PLACES))


def fill(words: str, facts: Mapping[str, str]) -> str:
    """The text with every place filled of which the fact is known. What a fact holds is never looked at for places."""
    return _PLACE.sub(lambda found: facts.get(found[1]) or found[0], words)


def left_open(words: str) -> list[str]:
    """What still has to be filled in before a text may be sent: places without their fact, and "[Say here ...]"."""
    return [f"{{{place}}}" for place in places(words)] + list(dict.fromkeys(_GAP.findall(words)))


def ensure_defaults() -> int:
    """Add the texts that a new installation begins with, if there is none at all. Never commits; returns how many."""
    if db.session.scalar(select(CannedText.id).limit(1)) is not None:
        return 0
    for key, title, sorts, words in DEFAULTS:
        db.session.add(CannedText(key=key, title=title, sorts=sorts, words=words, active=True, changed_at=now()))
    db.session.flush()
    return len(DEFAULTS)


# The greeting and how to reach us stand around every message: these begin with what matters.
DEFAULTS: tuple[tuple[str, str, list[str], str], ...] = (
    (
        "thanks-for-thanks",
        "Thank you for your thanks",
        ["thanks"],
        "Thank you for taking the time to say that somebody did their job well. We received it on {received_on}.\n\n"
        "We have passed your words on to the officers' supervisor, so that they are told in person.\n\n{handler}",
    ),
    (
        "search-record-how",
        "How to get a copy of the search record",
        ["question", "concern"],
        "You can ask for a copy of the record of the search until {search_record_until}. It costs nothing.\n\n"
        "Give us the number on your receipt if you have one; without it, the day, the time and the place are enough. "
        "You can ask by answering this message or at any police station. Please bring something that shows who you "
        "are.\n\nThe record says who searched, under which law, for what, and why.\n\n{handler}",
    ),
    (
        "no-grounds-given",
        "They were not told why they were searched",
        ["concern"],
        "You told us that nobody said why you were searched. Before a search, officers have to say who they are, "
        "which law they use, what they look for and why they stopped you. They also have to offer you a record.\n\n"
        "[Say here what the record and the footage show.]\n\nIf you are not content with this, you can ask at any "
        "time for your words to be recorded as a complaint. You need not write them again.\n\n{handler}",
    ),
    (
        "learned-from-it",
        "We looked at it and what we do about it",
        ["concern", "comment"],
        "We have read what you wrote on {received_on}, and looked at the record of the search.\n\n"
        "[Say here what you found, in two or three sentences.]\n\n[Say here what is done about it, by whom and by "
        "when.]\n\nIf you are not content with this, you can ask at any time for your words to be recorded as a "
        "complaint. You need not write them again.\n\n{handler}",
    ),
    (
        "no-trace",
        "We cannot find the encounter",
        ["concern", "question", "comment"],
        "We looked for a record of what you describe and found none at that place and time.\n\n"
        "Whatever you remember helps us to look again: the day, the street, the number on the officers' shoulders "
        "or on their car. You can add it by answering this message.\n\n{handler}",
    ),
    (
        "comment-read",
        "Thank you for a comment",
        ["comment"],
        "Thank you for what you wrote on {received_on}. We have read it, and the people who decide how searches "
        "are done in your area will see it without your name.\n\nWe will not write again about it unless you ask "
        "us to.\n\n{handler}",
    ),
    (
        "who-may-search",
        "What officers may and may not do",
        ["question"],
        "You asked what officers may do. In public they may ask you to take off no more than an outer coat, a "
        "jacket and gloves. For anything more they have to take you out of public view. You need not give your "
        "name or address because of a search.\n\nBeing searched is not an arrest and gives you no police record."
        "\n\n{handler}",
    ),
    (
        "still-working",
        "We need more time",
        [],
        "We have not finished looking at what you wrote on {received_on} (reference {reference}).\n\n"
        "[Say here what is still missing and by when you will write again.]\n\nWe are sorry that it takes "
        "longer.\n\n{handler}",
    ),
)
