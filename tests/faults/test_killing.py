"""Workers that are killed or frozen in the midst of sending, and tickers of which there are too many."""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.faults.ground import Ground

pytestmark = pytest.mark.faults


def test_twenty_kills_over_500_messages_lose_none_and_repeat_at_most_one_each(ground: Ground) -> None:
    addresses = ground.submit(100)
    ground.multiply(["lost-link", "contact-changed", "ride-withdrawn", "ride-next-part"])
    ground.sink.be(slow=0.01)
    chance = random.Random(20)
    ground.start("ticker")
    workers = [ground.start("worker") for _ in range(4)]
    for _ in range(20):
        sent = len(ground.sink.received)
        # In the midst of sending, not before it has begun.
        ground.sink.wait(lambda sink, sent=sent: len(sink.received) > sent + 3, 5.0)
        time.sleep(chance.uniform(0, 0.05))
        ground.kill(workers.pop(0))
        workers.append(ground.start("worker"))
    ground.drained(40)
    ground.check(addresses, crashes=20, each=5)
    assert ground.rows("select count(*) from outbox where ambiguous > 0 or faults > 0")[0][0] > 0, (
        "no kill hit anything"
    )


def test_a_frozen_worker_that_wakes_does_not_send_what_is_not_its_own_any_more(ground: Ground) -> None:
    """It is stopped before the content has left, for longer than its lease, while another one goes on."""
    addresses = ground.submit(12)
    ground.sink.be(slow_rcpt=0.2)
    ground.start("ticker")
    frozen = ground.start("worker")
    ground.until(lambda: ground.sink.thinking > 0)
    frozen.send_signal(signal.SIGSTOP)
    ground.start("worker")
    ground.drained()
    before = len(ground.sink.received)
    frozen.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    assert len(ground.sink.received) == before, "the late one sent something"
    assert frozen.poll() is None
    addresses += ground.submit(5, first=12)
    ground.drained()
    ground.check(addresses, crashes=0)


def test_of_three_tickers_and_two_workers_nothing_comes_twice(ground: Ground) -> None:
    tickers = [ground.start("ticker") for _ in range(3)]
    for _ in range(2):
        ground.start("worker")
    addresses = ground.submit(30, pause=0.01)
    ground.kill(tickers[0])
    addresses += ground.submit(30, first=30)
    ground.kill(tickers[1])
    addresses += ground.submit(15, first=60)
    ground.drained(30)
    ground.check(addresses, crashes=0)
    assert ground.rows("select count(*) from (select name, due_at from ticks group by 1, 2 having count(*) > 1) x") == [
        (0,)
    ]
