"""Machines whose clock jumps: an hour forward and back, over the turn of summer time, leap day and new year.

Only the clock of single processes is moved (libfaketime), never the machine's. The database keeps its own.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.ground import Ground

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed"),
]
ENV = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}


class Clock:
    """The clock of some processes, which can be set while they run."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set("+0")

    def set(self, offset: str) -> None:
        """Jump: "+1h", "-1h", "+0"."""
        new = self._file.with_suffix(".new")
        new.write_text(offset + "\n")
        new.replace(self._file)

    @property
    def env(self) -> dict[str, str]:
        return ENV | {"FAKETIME_TIMESTAMP_FILE": str(self._file), "FAKETIME_NO_CACHE": "1"}


def test_a_worker_whose_clock_jumps_takes_nothing_from_others_and_repeats_nothing(
    ground: Ground, tmp_path: Path
) -> None:
    clock = Clock(tmp_path)
    addresses = ground.submit(60)
    ground.multiply(["lost-link", "contact-changed"])
    ground.sink.be(slow=0.02)
    ground.start("ticker")
    ground.start("worker")
    ground.start("worker", **clock.env)
    jumps = 0
    while ground.open_rows():
        clock.set(("+1h", "-1h")[jumps % 2])
        jumps += 1
        time.sleep(0.3)
        assert jumps < 100, ground.last_words()
    assert jumps > 4
    ground.check(addresses, crashes=0, each=3)


def test_reminders_go_once_and_go_however_the_clock_jumps(ground: Ground, tmp_path: Path) -> None:
    """Due in half an hour: they go when the clocks jump ahead, not again when they jump back and forth; and what comes
    while the clocks are behind goes at the latest when they are right again."""
    clock = Clock(tmp_path)
    addresses = ground.submit(20)
    ground.run("update outbox set due_at = now() + interval '30 minutes'")
    ground.start("ticker", **clock.env)
    ground.start("worker", **clock.env)
    time.sleep(2)
    assert not ground.sink.received
    clock.set("+1h")
    ground.drained()
    ground.check(addresses, crashes=0)
    for offset in ("-1h", "+1h", "-1h"):
        clock.set(offset)
        time.sleep(0.5)
    addresses += ground.submit(10, first=20)
    clock.set("+0")
    ground.drained()
    ground.check(addresses, crashes=0)
    assert ground.rows("select name, due_at from ticks group by 1, 2 having count(*) > 1") == []


@pytest.mark.parametrize(
    "moment",
    ["2027-03-28 00:59:57", "2027-10-31 00:59:57", "2028-02-28 23:59:57", "2027-12-31 23:59:57"],
    ids=["summer time begins", "summer time ends", "leap day", "new year"],
)
def test_what_is_due_as_the_calendar_turns_goes_once(ground: Ground, moment: str) -> None:
    addresses = ground.submit(6)
    ground.run(f"update outbox set due_at = timestamptz '{moment}+00' + interval '4 seconds' + id * interval '0.1 s'")
    env = ENV | {"FAKETIME": f"@{moment}", "TZ": "UTC"}
    ground.start("ticker", **env)
    ground.start("worker", **env)
    ground.drained()
    ground.check(addresses, crashes=0)
