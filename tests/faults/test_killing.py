"""Workers that are killed or frozen in the midst of sending, and tickers of which there are too many."""

from __future__ import annotations

import random
import signal
import time

import pytest

from tests.faults.ground import Ground

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]


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
    print("REPEATS", ground.sink.repeats(), ground.rows("select ambiguous, faults, count(*) from outbox group by 1,2"))


def test_a_frozen_worker_that_wakes_does_not_send_what_is_not_its_own_any_more(ground: Ground) -> None:
    """It is stopped with the relay just about to take the content, for longer than its lease."""
    addresses = ground.submit(60)
    ground.sink.be(slow=0.03)
    ground.start("ticker")
    first = ground.start("worker")
    ground.until(lambda: len(ground.sink.received) > 5)
    repeats = 0
    for _ in range(2):
        first.send_signal(signal.SIGSTOP)
        before = ground.sink.repeats()
        second = ground.start("worker")
        time.sleep(2.6)
        first.send_signal(signal.SIGCONT)
        time.sleep(0.3)
        repeats += ground.sink.repeats() - before
        ground.kill(second)
    ground.drained(30)
    # One whose content had left when it was stopped may come twice; whatever it had not begun may not.
    ground.check(addresses, crashes=4)


def test_of_three_tickers_and_two_workers_nothing_comes_twice(ground: Ground) -> None:
    tickers = [ground.start("ticker") for _ in range(3)]
    for _ in range(2):
        ground.start("worker")
    addresses = ground.submit(60, pause=0.01)
    ground.kill(tickers[0])
    addresses += ground.submit(60, first=60)
    ground.kill(tickers[1])
    addresses += ground.submit(30, first=120)
    ground.drained(30)
    ground.check(addresses, crashes=0)
    assert ground.rows("select count(*) from (select name, due_at from ticks group by 1, 2 having count(*) > 1) x") == [
        (0,)
    ]
