"""What a tag is: a short word or two in small letters. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
# How many a case may bear: beyond that they help nobody to find it again.
MOST = 20

_UNFIT = re.compile(r"[^\w &'./+-]")


def clean(typed: str) -> str:
    """A tag as it is stored, from what was typed; empty where nothing usable was."""
    plain = _UNFIT.sub(" ", unicodedata.normalize("NFC", typed[:200]).casefold().replace("_", " "))
    return " ".join(plain.split())[:LONGEST].strip()
