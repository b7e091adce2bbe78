"""Two people correct the same facts. What each changed is kept; where both changed the same, nobody is overwritten.

A form carries, for every fact that it showed, a mark of what it showed. A fact whose mark is missing was not on the
form and is left alone. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Merge:
    """What to change, and which facts both sides changed since the form was shown."""

    changes: dict[str, Any] = field(default_factory=dict)
    clashes: list[str] = field(default_factory=list)


def mark(value: Any) -> str:
    """A short mark of a value: equal values have equal marks."""
    plain = value.isoformat() if isinstance(value, date) else value
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]


def marks(values: Mapping[str, Any]) -> dict[str, str]:
    """The marks of what a form shows."""
    return {name: mark(value) for name, value in values.items()}


def merge(shown: Mapping[str, str], typed: Mapping[str, Any], stored: Mapping[str, Any]) -> Merge:
    """Compare what was shown, what was typed and what is stored now."""
    found = Merge()
    for name, value in typed.items():
        if name not in shown or name not in stored:
            continue
        if mark(value) in {shown[name], mark(stored[name])}:
            continue  # not touched here, or both mean the same
        if mark(stored[name]) == shown[name]:
            found.changes[name] = value
        else:
            found.clashes.append(name)
    return found


def write(found: Mapping[str, str]) -> str:
    """Marks as a form carries them."""
    return json.dumps(dict(found), separators=(",", ":"))


def read(text: str) -> dict[str, str]:
    """Marks as they came back; none where that is no list of marks."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
