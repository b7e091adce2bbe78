"""Folds names for search: case, accents, spaces and punctuation do not matter, in any script. Pure."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart, as people type them without the mark.
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})


def fold(name: str) -> str:
    """The name as search compares it: "Zoë  O’Brien-Müller" and "zoe obrien muller" fold alike."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = []
    for char in apart:
        kind = unicodedata.category(char)
        if kind.startswith(("L", "N")) or (kind == "Mc"):
            kept.append(char)
        elif kind in {"Mn", "Me", "Cf"} or char in "'’ʼ`´":
            continue
        else:
            kept.append(" ")
    return " ".join("".join(kept).translate(_PLAIN).split())
