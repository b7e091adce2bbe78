"""What vetting staff write about a person: several people's words in one sealed text, none of them lost. Pure.

Read the result only inside this folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class Finding:
    """What one person wrote when they did something. `at` is a moment in UTC, as ISO text."""

    at: str
    by: int | None
    action: str
    words: str

    @property
    def moment(self) -> datetime | None:
        """When it was written."""
        return datetime.fromisoformat(self.at) if self.at else None


def read(text: str | None) -> list[Finding]:
    """What was written so far, oldest first."""
    if not text:
        return []
    try:
        rows = json.loads(text)
        return [Finding(row["at"], row["by"], row["action"], row["words"]) for row in rows]
    except (ValueError, TypeError, KeyError):
        return [Finding("", None, "", text)]


def add(text: str | None, at: datetime, by: int | None, action: str, words: str) -> str:
    """The text with somebody's words added at its end."""
    rows = [*read(text), Finding(at.isoformat(), by, action, words)]
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False)
