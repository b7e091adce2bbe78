"""Worker and ticker asked to end, in the midst of work: at once, with nothing half done."""

from __future__ import annotations

import signal
import time

import pytest

from tests.faults.ground import Ground

pytestmark = pytest.mark.faults


def test_a_worker_that_is_asked_to_end_finishes_the_message_in_hand_and_gives_back_the_rest(ground: Ground) -> None:
    addresses = ground.submit(30)
    ground.sink.be(slow=0.2)
    ticker, worker = ground.start("ticker"), ground.start("worker")
    ground.until(lambda: len(ground.sink.received) > 2)
    begun = time.monotonic()
    for process in (ticker, worker):
        process.send_signal(signal.SIGTERM)
    for process in (ticker, worker):
        assert process.wait(5) == 0
    assert time.monotonic() - begun < 3
    assert ground.rows("select count(*) from outbox where lease_token is not null") == [(0,)]
    assert ground.rows("select count(*) from leases where name = 'ticker'") == [(0,)]
    assert ground.rows("select count(*) from outbox where done_at is not null")[0][0] == len(ground.sink.received)
    ground.processes.clear()
    ground.sink.be()
    ground.start("ticker")
    ground.start("worker")
    ground.drained()
    ground.check(addresses, crashes=0)
