"""Says why something may not be a password. Offline: nothing leaves the machine.

Fifteen characters make most lists of common passwords moot, so what is looked for is how people reach fifteen: common
words strung together, padded, repeated, run along the keyboard, or taken from their own name and work.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from casework.accounts.passwords import LONGEST, SHORTEST

TOO_SHORT = (
    f"Enter at least {SHORTEST} characters. Three or four words that do not belong together are a good password."
)
TOO_LONG = f"Enter at most {LONGEST} characters."
TOO_COMMON = (
    "This is too easy to guess: it is made of words and patterns that are tried first, or of your own name and work. "
    "Enter three or four words that do not belong together."
)

# What must be left when everything guessable is taken away.
_LEFT = 6
# A password may contain this many common words for nothing; four words at random remain a good password.
_COMMON_WORDS = 2
_LONGEST_PIECE = 32
_OWN_WORDS = ("casework", "police", "constable", "officer", "service", "password", "staff")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "azertyuiop", "qwertzuiop")
_COLUMNS = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik", "9ol")
_WOVEN = ("1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1a2b3c4d5e6f7g8h9i", "a1b2c3d4e5f6g7h8i9")


def why_not(password: str, *own: str) -> str:
    """The sentence to show, or an empty string where the password is good. `own`: the person's name and address."""
    if len(password) > 4 * LONGEST:
        return TOO_LONG
    plain = unicodedata.normalize("NFC", password)
    if len(plain) < SHORTEST:
        return TOO_SHORT
    if len(plain) > LONGEST:
        return TOO_LONG
    return TOO_COMMON if _is_guessable(plain, [*own, *_context()]) else ""


def _is_guessable(password: str, own: Iterable[str]) -> bool:
    folded = unicodedata.normalize("NFKC", password).casefold()
    words = frozenset(word for text in own for word in _words(text)) | frozenset(_OWN_WORDS)
    if len(set(folded)) < 5 or _repeats(folded) or _repeats(re.sub(r"[\W\d_]+", "", folded)):
        return True
    forms = {folded, folded.translate(_LEET)}
    letters = "".join(each for each in folded if each.isalnum())
    if len(letters) * 5 >= len(folded) * 4:
        forms.add(letters)  # the same words with spaces between them
    return any(_left(form, words) < _LEFT for form in forms)


def _repeats(text: str) -> bool:
    """Whether something short stands there again and again: "gooseberry gooseberry", "abcabcabcabcabc"."""
    spaced = re.findall(r"\w+", text)
    if len(spaced) > 1 and len(set(spaced)) * 2 <= len(spaced):
        return True
    return any(
        text == (text[:unit] * (len(text) // unit + 1))[: len(text)]
        for unit in range(1, min(SHORTEST - 1, len(text) // 2) + 1)
    )


def _left(text: str, own: frozenset[str]) -> int:
    """How many characters are left when what is guessable is taken away as well as it can be."""
    common, runs = _common(), _runs()
    best = [[0] * (_COMMON_WORDS + 1) for _ in range(len(text) + 1)]
    for start in reversed(range(len(text))):
        here, sign = best[start], _separator(text, start)
        for spare in range(_COMMON_WORDS + 1):
            here[spare] = (0 if sign else 1) + best[start + 1][spare]
        for length in range(3, min(_LONGEST_PIECE, len(text) - start) + 1):
            piece, after = text[start : start + length], best[start + length]
            if piece in own or piece in runs or _is_year(piece) or (length > 3 and len(set(piece)) == 1):
                for spare in range(_COMMON_WORDS + 1):
                    here[spare] = min(here[spare], after[spare])
            elif piece in common:
                for spare in range(1, _COMMON_WORDS + 1):
                    here[spare] = min(here[spare], after[spare - 1])
    return best[0][_COMMON_WORDS]


def _separator(text: str, at: int) -> bool:
    """Whether this is one of at most two signs between words: what people put there is no secret."""
    if text[at].isalnum():
        return False
    first, last = at, at
    while first > 0 and not text[first - 1].isalnum():
        first -= 1
    while last + 1 < len(text) and not text[last + 1].isalnum():
        last += 1
    return last - first < 2


def _is_year(piece: str) -> bool:
    return len(piece) == 4 and piece.isdigit() and piece[:2] in ("19", "20")


def _context() -> list[str]:
    host = urlsplit(str(current_app.config.get("PUBLIC_URL", ""))).hostname or ""
    return [str(current_app.config.get("FORCE_NAME", "")), host]


def _words(text: str) -> list[str]:
    """The words of a name or an address, whole and in parts, without those that mean nothing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = [part for part in re.split(r"[\W_\d]+", folded) if len(part) >= 3]
    return parts + ["".join(parts)]


@lru_cache(1)
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("denied.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.casefold() for line in lines if not line.startswith("#"))


@lru_cache(1)
def _runs() -> frozenset[str]:
    """Every stretch of four or more keys in a row, forwards and backwards, and the columns of a keyboard."""
    found: set[str] = set()
    for line in (*_ROWS, *_WOVEN, "".join(_COLUMNS), *_COLUMNS):
        for run in (line * 2, line[::-1] * 2):
            found.update(run[i : i + n] for n in range(4, 25) for i in range(len(run) - n + 1))
    return frozenset(found) | frozenset(_COLUMNS)
