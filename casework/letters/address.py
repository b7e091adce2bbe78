"""The lines of an address as they fit into the window of an envelope. Pure."""

from __future__ import annotations

import unicodedata

# What the window of a DL envelope shows however the sheet slips in it.
MOST_LINES = 7


def lines(name: str, address: str, postcode: str) -> list[str]:
    """Name, address and postcode in at most seven lines, the postcode on the last; nothing is left out."""
    parts = [_clean(each) for each in (name, *address.splitlines())]
    parts = [each for each in parts if each]
    last = _clean(postcode)
    if last and parts and parts[-1].replace(" ", "").upper() == last.replace(" ", "").upper():
        parts.pop()
    room = MOST_LINES - bool(last)
    while len(parts) > room:
        # The two neighbours that are shortest together share a line; the name stays alone.
        at = min(range(1, len(parts) - 1), key=lambda number: len(parts[number]) + len(parts[number + 1]))
        parts[at : at + 2] = [f"{parts[at]}, {parts[at + 1]}"]
    return [*parts, *([last] if last else [])]


def _clean(line: str) -> str:
    kept = "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in line)
    return " ".join(kept.split())
