"""Whether two people read the same on a sheet of paper. Pure: kinds of field and what was typed, no form, no database.

What does not change what the paper says is no difference: blanks, capitals, the sort of a quotation mark or dash, a
nought before a day. "Unreadable" and "missing" are answers of their own and differ from anything that was read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds, and so what counts as a difference."""

    LINE = "line"  # a place, a vehicle, a time in words
    NAME = "name"  # a letter with an accent is another letter; full stops are nothing
    DATE = "date"  # day, month and year as written: "3 April 90" is not "3 April 1990"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    CODE = "code"  # a number on a receipt or a shoulder: letters and digits alone count
    ADDRESS = "address"
    WORDS = "words"  # free text: the words in their order
    CHOICE = "choice"  # boxes ticked, in any order


class Mark(StrEnum):
    """What is said of a field instead of, or beside, what it holds."""

    READ = ""
    UNREADABLE = "unreadable"
    MISSING = "missing"  # nothing stands there
    SUMMARY = "summary"  # free text, in the clerk's own words


SAID_WITHOUT = frozenset({Mark.UNREADABLE, Mark.MISSING})


@dataclass(frozen=True)
class Read:
    """What one person read in a field: the text of each of its inputs, and a mark."""

    texts: tuple[str, ...] = ()
    mark: Mark = Mark.READ

    @property
    def is_answered(self) -> bool:
        """Whether anything was said of the field at all."""
        return self.mark in SAID_WITHOUT or any(text.strip() for text in self.texts)


def differ(kind: Kind, one: Read, other: Read) -> bool:
    """Whether somebody has to look at the paper again. The same both ways round.

    A summary is a clerk's own words, so its wording is never compared: only whether both could read the field.
    """
    without = {one.mark, other.mark} & SAID_WITHOUT
    if without:
        return one.mark != other.mark
    if Mark.SUMMARY in (one.mark, other.mark):
        return one.is_answered != other.is_answered
    return essence(kind, one.texts) != essence(kind, other.texts)


def essence(kind: Kind, texts: Iterable[str]) -> tuple[str, ...]:
    """What is left of the text of a field when all is taken away that does not matter for its kind."""
    plain = [_plain(text) for text in texts]
    match kind:
        case Kind.CHOICE:
            return tuple(sorted({text for text in plain if text}))
        case Kind.DATE:
            return tuple(_part(text) for text in plain)
        case Kind.POSTCODE:
            return (_postcode(" ".join(plain)),)
        case Kind.PHONE:
            return (_phone(" ".join(plain)),)
        case Kind.EMAIL:
            return (re.sub(r"\s", "", " ".join(plain)),)
        case Kind.CODE:
            return (_letters_and_digits(" ".join(plain)),)
        case Kind.NAME:
            return (_blanks(re.sub(r"[.,]", " ", " ".join(plain))),)
        case Kind.ADDRESS | Kind.WORDS:
            return tuple(_words(" ".join(plain)))
        case _:
            return (_blanks(re.sub(r"[.,;:]+(?=\s|$)", " ", " ".join(plain))),)


_QUOTES = str.maketrans({**dict.fromkeys("‘’‛ʼ`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")})
_MONTHS = {
    name: str(number)
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}


def _plain(text: str) -> str:
    """Composed, without capitals, with one sort of quotation mark, dash and blank."""
    return _blanks(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold())


def _blanks(text: str) -> str:
    return " ".join(text.split())


def _letters_and_digits(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _words(text: str) -> list[str]:
    """The words with what stands inside them ("don't", "9.30"), without the punctuation around them."""
    return re.findall(r"\w+(?:['.:/-]\w+)*", text)


def _part(text: str) -> str:
    """A day, a month or a year: no nought before it, no "st", a month's name as its number."""
    plain = _letters_and_digits(text)
    if re.fullmatch(r"\d+(st|nd|rd|th)", plain):
        plain = plain[:-2]
    if plain.isdecimal():
        return str(int(plain)) if len(plain) < 3 else plain
    return _MONTHS.get(plain[:3], plain) if len(plain) >= 3 else plain


def _postcode(text: str) -> str:
    """O and 0, I, L and 1 look alike on paper and only one of them can stand where the inward part begins."""
    compact = _letters_and_digits(text)
    if 5 <= len(compact) <= 7:
        first = {"o": "0", "i": "1", "l": "1"}.get(compact[-3], compact[-3])
        return compact[:-3] + first + compact[-2:]
    return compact


def _phone(text: str) -> str:
    """The digits; +44, 0044 and +44 (0) are the 0 of a British number."""
    digits = ("+" if text.lstrip("( ").startswith("+") else "") + "".join(c for c in text if c.isdecimal())
    for abroad in ("+440", "00440", "+44", "0044"):
        if digits.startswith(abroad):
            return "0" + digits[len(abroad) :]
    return digits
