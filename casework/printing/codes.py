"""What our own paper says in its QR code: which form it is, which letter a reply belongs to, or that a sheet separates.

Pure. Each text ends in a keyed digest: what is damaged, or comes from somebody else, is no code of ours. The key is an
argument (`sealed.key_for(PURPOSE)`).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from casework import references

PURPOSE = "code on paper"
# 60 bits: guessing or damage meets it by chance once in 10^18 tries.
SYMBOLS = 12
LONGEST = 64


@dataclass(frozen=True)
class FormCode:
    """A page of a blank form of ours."""

    form: str
    version: int
    page: int = 1
    large: bool = False  # the large print of it, which is laid out otherwise


@dataclass(frozen=True)
class ReplyCode:
    """The reply form of a letter: the case, and the owed row (the letter) that it answers."""

    reference: str
    owed_id: int


@dataclass(frozen=True)
class SeparatorCode:
    """A sheet between two items of a batch."""


Code = FormCode | ReplyCode | SeparatorCode


def write(code: Code, key: bytes) -> str:
    """The text of a code: capital letters, digits and dots, so that the drawing stays coarse."""
    if isinstance(code, FormCode):
        said = f"CWF.{code.form.upper()}.{code.version}.{code.page}{'.L' if code.large else ''}"
    elif isinstance(code, ReplyCode):
        said = f"CWR.{references.read(code.reference).replace('-', '')}.{code.owed_id}"
    else:
        said = "CWS"
    return f"{said}.{_digest(said, key)}"


def read(text: str, key: bytes) -> Code | None:
    """The code that `write` wrote with the same key, character by character; None for anything else."""
    said, dot, digest = text[: LONGEST + 1].rpartition(".")
    if not dot or len(text) > LONGEST or not text.isascii() or not hmac.compare_digest(digest, _digest(said, key)):
        return None
    kind, *parts = said.split(".")
    if kind == "CWS" and not parts:
        return SeparatorCode()
    if kind == "CWF" and re.fullmatch(r"[A-Z]+\.\d{1,6}\.\d{1,3}(\.L)?", ".".join(parts)):
        return FormCode(parts[0].lower(), int(parts[1]), int(parts[2]), len(parts) == 4)
    if kind == "CWR" and re.fullmatch(r"[0-9A-Z]+\.\d{1,19}", ".".join(parts)):
        return ReplyCode(references.read(parts[0]), int(parts[1]))
    return None


def _digest(said: str, key: bytes) -> str:
    raw = hmac.new(key, said.encode(), hashlib.sha256).digest()
    return references.encode(int.from_bytes(raw[:8], "big") >> (64 - 5 * SYMBOLS), SYMBOLS)
