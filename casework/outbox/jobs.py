"""The jobs that a transition may owe (`Do`), registered by features and run in the transaction of their row.

A job is given the number of the event that owes it. It must not commit, and may be run again after a crash.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.outbox.messages import SOON

Job = Callable[[int], object]
JOBS: dict[str, Job] = {}
RANKS: dict[str, int] = {}


def job(name: str, rank: int = SOON) -> Callable[[Job], Job]:
    """Let a table owe this function under a name. What takes seconds ranks behind the messages."""

    def keep(function: Job) -> Job:
        JOBS[name], RANKS[name] = function, rank
        return function

    return keep
