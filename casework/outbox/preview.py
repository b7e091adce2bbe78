"""What a message would look like to the one who gets it, before it is owed for good.

Who renders messages stands far above whoever wants to see one first; so it registers here. The row that is shown was
owed by the real transition in a transaction that is then rolled back: what is shown is what would go out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from casework.outbox.models import Owed


@dataclass(frozen=True)
class Seen:
    """A message as its reader will see it. `to` names them, `channel` is email, letter, call or page."""

    channel: str
    to: str
    address: str
    subject: str
    text: str
    why_not: str = ""  # why it would reach nobody; then there is nothing else


_renderers: list[Callable[[Owed], Seen]] = []


def renders(function: Callable[[Owed], Seen]) -> Callable[[Owed], Seen]:
    """Register what renders a row without sending it."""
    _renderers[:] = [function]
    return function


def of(owed: Owed) -> Seen:
    """A row as its reader will see it."""
    return _renderers[0](owed)
