"""What a declared setting is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Declared:
    """A setting: its key, its default, what it decides, where the default comes from, whether that is confirmed."""

    key: str
    default: Any
    words: str
    source: str
    confirmed: bool = False
    kind: str = "period"  # period, number, text, list, flag
