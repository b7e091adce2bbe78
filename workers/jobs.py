"""What RQ may run, by name. Whoever can write to Redis can ask for these, with one whole number, and for nothing else.

A job that an outbox row names runs inside the drain's transaction and must not commit; it is given the id of the event
that owes it, and may be run again after a crash.
"""

from __future__ import annotations

from collections.abc import Callable

from workers import drain, files, periodic, scans

Job = Callable[[int], object]

# The queue's jobs: started by RQ, each opens its own transaction.
JOBS: dict[str, Job] = {
    "drain": drain.drain,
    "probe": drain.probe,
    "birthdays": periodic.birthdays,
    "nightly": periodic.nightly,
    "figures": periodic.figures,
    "packs": periodic.packs,
    "escalate": periodic.escalate,
    "digest": periodic.digest,
    "letters": periodic.letters,
    "sweep": periodic.sweep,
    "pick_up": periodic.pick_up,
    "scan": files.scan,
    "ingest": scans.ingest,
}
