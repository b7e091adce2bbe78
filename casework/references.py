"""References such as `RA-7K4M-Q2XT-9`, and codes such as `7K4M-Q2XT-91AB`: made, checked and read as people write them.

A reference is not a secret; its last symbol only finds mistakes. Knows no case, no database and no kind by name.
"""

from __future__ import annotations

import random as randomness
import secrets
import unicodedata
from collections.abc import Collection

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: digits and letters without I, L, O and U (crockford.com/base32)."""

KIND_LETTERS = "ABCDEFGHIJKMNOPQRSTUVWXYZ"
"""What a kind is written with. All letters but L, because L is read as I and the two could not be told apart."""

SYMBOLS = 8
LENGTH = 2 + SYMBOLS + 1
LONGEST_INPUT = 200

_SYSTEM_RANDOM = secrets.SystemRandom()


class BadReference(ValueError):
    """The text is not a reference. The message is a sentence for whoever typed it."""


class BadCode(ValueError):
    """The text is not a code. The message is a sentence for whoever typed it."""


def new(kind: str, random: randomness.Random = _SYSTEM_RANDOM) -> str:
    """A fresh reference of a kind: 40 random bits and a check symbol. That it is unique is for the caller to see to.

    The kind is two capital letters, not L; ValueError for any other. `random` is for tests; else it is the system's.
    """
    symbols = encode(random.getrandbits(5 * SYMBOLS), SYMBOLS)
    return _written(kind, symbols, check_symbol(kind, symbols))


def read(text: str, kinds: Collection[str] | None = None) -> str:
    """The reference as `new` wrote it, from what a person typed, spoke or scanned. With `kinds`, of one of these only.

    Case, spaces, any hyphens and other punctuation and full-width forms do not matter. O is read as 0, I and L as 1;
    in the kind, where only letters stand, 0 is read as O, and 1 and L as I. Any other wrong symbol, and any swap of two
    different neighbours, raises BadReference.
    """
    found = _plain(text)
    if len(found) != LENGTH:
        raise BadReference(
            "That reference number is not right. It has 11 letters and digits, in groups such as RA-7K4M-Q2XT-9."
        )
    kind, symbols, check = _kind(found[:2]), _symbols(found[2:-1]), _symbols(found[-1])
    if kind is None or (kinds is not None and kind not in kinds):
        raise BadReference("That reference number is not right. Check the two letters that it starts with.")
    if symbols is None or check is None or check_symbol(kind, symbols) != check:
        raise BadReference(
            "That reference number is not right. Check for mixed-up characters, or copy it from our message or letter."
        )
    return _written(kind, symbols, check)


def looks_like(text: str, kinds: Collection[str] | None = None) -> bool:
    """Whether somebody who typed this into a search box meant a reference, be it right or with a slip in it.

    A word of eleven letters (a name) is taken for a reference only if it is written in groups or its check symbol fits.
    """
    found = _plain(text)
    if len(found) != LENGTH:
        return False
    kind = _kind(found[:2])
    if kind is None or (kinds is not None and kind not in kinds) or _symbols(found[2:]) is None:
        return False
    grouped = [len(_plain(part)) for part in _dashes_alike(text).split("-")] == [2, 4, 4, 1]
    return grouped or any(each.isdigit() for each in found[2:]) or is_right(text)


def is_right(text: str) -> bool:
    """Whether `read` takes the text."""
    try:
        read(text)
    except BadReference:
        return False
    return True


def check_symbol(kind: str, symbols: str) -> str:
    """The check symbol for a kind and its 8 symbols, both as `new` writes them; ValueError if they are not.

    Each of the 11 symbols stands for an element of GF(32); the check symbol makes their weighted sum 0. All weights are
    nonzero, so no single wrong symbol leaves the sum 0; all differ, so no swap of two different symbols does either.
    """
    if len(kind) != 2 or not set(kind) <= set(KIND_LETTERS):
        raise ValueError(f"A kind is two capital letters other than L, not “{kind}”.")
    if len(symbols) != SYMBOLS or not set(symbols) <= set(CROCKFORD):
        raise ValueError(f"A reference has {SYMBOLS} symbols of Crockford's base 32, not “{symbols}”.")
    total = 0
    for each in [_KIND_VALUES[letter] for letter in kind] + [_VALUES[symbol] for symbol in symbols]:
        total = _STEP[total ^ each]
    return CROCKFORD[total]


def encode(value: int | bytes, length: int) -> str:
    """The value in `length` symbols of Crockford's base 32, five bits each, so that even bits give even symbols.

    An int must fit, 0 to 32 ** length - 1; of bytes the first 5 * length bits are taken. ValueError if that cannot be.
    """
    if isinstance(value, bytes):
        spare = 8 * len(value) - 5 * length
        if spare < 0:
            raise ValueError(f"{length} symbols need {5 * length} bits, but there are only {8 * len(value)}.")
        value = int.from_bytes(value, "big") >> spare
    if length < 1 or not 0 <= value < 1 << 5 * length:
        raise ValueError(f"The number does not fit into {length} symbols.")
    return "".join(CROCKFORD[value >> 5 * place & 31] for place in reversed(range(length)))


def read_code(text: str, length: int = 12) -> str:
    """The code's symbols without hyphens, from what a person typed, read by the same rules as a reference.

    BadCode if it has another length or a symbol that no code has. Whether the code is the right one is not known here.
    """
    found = _symbols(_plain(text))
    if found is None or len(found) != length:
        raise BadCode(
            f"That code is not right. It has {length} letters and digits. Check it against our message or letter."
        )
    return found


def group(code: str) -> str:
    """The code in groups of four, as it is shown: `7K4M-Q2XT-91AB`."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _written(kind: str, symbols: str, check: str) -> str:
    return f"{kind}-{group(symbols)}-{check}"


def _plain(text: str) -> str:
    """Capital letters and digits, with nothing between them. Whatever else there is stays and will not be read."""
    if len(text) > LONGEST_INPUT:
        return ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(each.upper() if each.isascii() else each for each in text if not _is_separator(each))


def _is_separator(character: str) -> bool:
    # Spaces, punctuation (all dashes among it), control and invisible characters, and the minus sign, which is "math".
    return not character.isalnum() and (unicodedata.category(character)[0] in "ZPC" or character == "\N{MINUS SIGN}")


def _dashes_alike(text: str) -> str:
    dash = ("\N{MINUS SIGN}", "\N{SOFT HYPHEN}")
    return "".join("-" if unicodedata.category(each) == "Pd" or each in dash else each for each in text.strip())


def _kind(text: str) -> str | None:
    kind = text.translate(_READ_IN_KIND)
    return kind if set(kind) <= set(KIND_LETTERS) else None


def _symbols(text: str) -> str | None:
    symbols = text.translate(_READ_IN_SYMBOLS)
    return symbols if set(symbols) <= set(CROCKFORD) else None


def _times(a: int, b: int) -> int:
    """The product of two elements of GF(32), made with the primitive polynomial x^5 + x^2 + 1."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0b100000:
            a ^= 0b100101
        b >>= 1
    return product


_READ_IN_KIND = str.maketrans("01L", "OII")
_READ_IN_SYMBOLS = str.maketrans("OIL", "011")

# The weights are the powers 10 to 0 of this element. As 31 is prime, the first 31 powers of every element but 0 and 1
# differ; this one is taken because it makes the example in our documents, RA-7K4M-Q2XT-9, a right one.
_STEP = [_times(22, each) for each in range(32)]

_VALUES = {symbol: value for value, symbol in enumerate(CROCKFORD)}
# A letter has the same value in the kind as among the symbols, so that a swap across their border is found as well.
# O and I have the values of what they are read as; U, which no symbol has, takes one that no other letter has.
_KIND_VALUES = {letter: {"O": 0, "I": 1, "U": 2}.get(letter, _VALUES.get(letter, 0)) for letter in KIND_LETTERS}
