"""What somebody needs so that contact works and is safe, in words: shown wherever staff write, call or post. Pure."""

from __future__ import annotations

from typing import Any

from casework.parties.models import Party

# What a person has to make, and no printer can: each is a task when something is told.
FORMATS = {
    "braille": "Braille",
    "audio": "Audio",
    "easy-read": "Easy Read",
    "bsl": "British Sign Language",
    "interpreter": "Translation",
}


def in_words(party: Party) -> list[str]:
    """The adjustments of a person and when to reach them, each in words; empty where nothing was said."""
    found = []
    # Safety first, whatever the order in which it is stored.
    for key, value in sorted(party.adjustments.items(), key=lambda each: each[0] != "not_home"):
        words = _plain(key)
        if value is True:
            found.append("Do not write to their home or call there" if key == "not_home" else words)
        elif isinstance(value, list):
            found += [_plain(str(each)) for each in value if each]
        elif isinstance(value, str) and value:
            found.append(f"{words}: {value}")
    if party.safe_times:
        found.append(f"When: {party.safe_times}")
    if party.channel == "phone" and not party.voicemail:
        found.append("Leave no message on the voicemail")
    return found


def formats(adjustments: dict[str, Any] | None) -> list[str]:
    """The formats that a person has to make for somebody with these adjustments."""
    wanted = (adjustments or {}).get("contact_needs") or []
    return [each for each in FORMATS if each in wanted]


def not_home(party: Party) -> bool:
    """Whether somebody asked us not to write to their home or call there."""
    return bool(party.adjustments.get("not_home"))


def _plain(key: str) -> str:
    words = key.replace("_", " ").replace("-", " ")
    return {"bsl": "British Sign Language"}.get(words, words[:1].upper() + words[1:])
