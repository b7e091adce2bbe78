"""The jobs that a transition may owe (`Do`), registered by features and run in the transaction of their row.

A job is given the number of the event that owes it. It must not commit, and may be run again after a crash.
"""

from __future__ import annotations

from collections.abc import Callable

Job = Callable[[int], object]
JOBS: dict[str, Job] = {}


def job(name: str) -> Callable[[Job], Job]:
    """Let a table owe this function under a name."""

    def keep(function: Job) -> Job:
        JOBS[name] = function
        return function

    return keep
