"""Joining what was keyed later to a case that people have worked on meanwhile. Pure: no database, no request.

Each fact has three readings: as the case was opened with, as it was keyed, and as it stands now. What nobody touched
takes what was keyed. What staff changed stays, and where the paper says something else, that is pointed out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Joined:
    """What to set, and what the paper says where staff have written something else."""

    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: dict[str, Any] = field(default_factory=dict)


def join(opened: Mapping[str, Any], keyed: Mapping[str, Any], stands: Mapping[str, Any]) -> Joined:
    """Compare fact by fact. A fact that the paper does not give changes nothing."""
    found = Joined()
    for name, said in keyed.items():
        now, before = stands.get(name), opened.get(name)
        if is_empty(said) or said == now:
            continue
        if now == before or is_empty(now):
            found.changes[name] = said
        elif said != before:
            found.conflicts[name] = said
    return found


def is_empty(value: Any) -> bool:
    """Whether a fact says nothing. No is an answer, nought is a number."""
    return value is None or value in ("", [], {}, ())
