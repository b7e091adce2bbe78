"""The secret link and the code of a party: derived with keys that the database does not hold, looked up by digest.

Raising the generation replaces a link; each posting of letters carries a fresh code. Nothing here reads or writes rows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app

from casework.references import encode, group
from casework.sealed import digest


def link_secret(party_id: int, generation: int) -> str:
    """The secret of a party's link: 128 bits, URL-safe, always the same for one generation."""
    return _derive("CASEWORK_LINK_KEY", f"link:{party_id}:{generation}")


def purpose_secret(purpose: str, row_id: int, generation: int = 1) -> str:
    """A derived secret for another purpose (a draft, a confirmation), of the same strength."""
    return _derive("CASEWORK_LINK_KEY", f"{purpose}:{row_id}:{generation}")


def link_digest(secret: str) -> bytes:
    """What the database keeps of a link. A plain hash is enough for 128 random bits (ASVS 6.5.2)."""
    return hashlib.sha256(secret.encode()).digest()


def code(party_id: int, generation: int) -> str:
    """The code to read out or type from a letter: 12 symbols, 60 bits, in groups of four."""
    key: bytes = current_app.config["CASEWORK_CODE_KEY"]
    raw = hmac.new(key, f"code:{party_id}:{generation}".encode(), hashlib.sha256).digest()
    return group(encode(int.from_bytes(raw[:8], "big") >> 4, 12))


def code_digest(plain: str) -> bytes:
    """What the database keeps of a code: a keyed hash of its 12 symbols."""
    return digest("code", plain.replace("-", ""))


def _derive(key_name: str, what: str) -> str:
    key: bytes = current_app.config[key_name]
    raw = hmac.new(key, what.encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
