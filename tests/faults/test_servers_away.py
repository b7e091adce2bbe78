"""Redis wiped and restarted, the relay in every bad mood, PostgreSQL restarted: amid it all, applications come in."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from tests.faults.ground import Ground

pytestmark = pytest.mark.faults


class Submitting:
    """Submits at a steady rate while something else happens."""

    def __init__(self, ground: Ground, count: int, pause: float) -> None:
        self.addresses: list[str] = []
        self._thread = threading.Thread(target=lambda: self.addresses.extend(ground.submit(count, pause=pause)))

    def __enter__(self) -> Submitting:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(60)


def test_a_wiped_redis_loses_nothing(ground: Ground) -> None:
    ground.start("ticker")
    ground.start("worker")
    with Submitting(ground, 80, 0.02) as submitting:
        for _ in range(5):
            time.sleep(0.4)
            ground.redis().flushall()
    ground.drained()
    ground.check(submitting.addresses, crashes=0)


def test_redis_killed_and_started_again_empty_or_not_loses_nothing(ground: Ground) -> None:
    ground.start("ticker")
    ground.start("worker")
    with Submitting(ground, 80, 0.02) as submitting:
        for wipe in (True, False):
            time.sleep(0.8)
            ground.restart_valkey(wipe)
    ground.drained()
    ground.check(submitting.addresses, crashes=0)


@pytest.mark.parametrize("how", ["fast", "as in a crash"])
def test_a_database_that_is_restarted_loses_and_repeats_nothing(ground: Ground, how: str) -> None:
    ground.start("ticker")
    ground.start("worker")
    with Submitting(ground, 80, 0.02) as submitting:
        ground.until(lambda: len(ground.sink.received) > 10)
        ground.restart_postgres(signal.SIGINT if how == "fast" else signal.SIGQUIT)
    ground.drained(40)
    ground.check(submitting.addresses, crashes=1)


def test_a_relay_in_bad_moods_delays_and_loses_nothing(ground: Ground) -> None:
    """Away, hanging, closing, slow, refusing at random: what it refused is tried again, and nothing comes twice."""
    ground.start("ticker")
    ground.start("worker")
    addresses = ground.submit(20)
    ground.drained()
    ground.sink.down()
    addresses += ground.submit(20, first=20)
    ground.until(lambda: ground.rows("select ok from beats where name = 'smtp'") == [(False,)])
    ground.sink.up()
    ground.sink.be(hang=True)
    time.sleep(1.0)
    assert ground.rows("select ok from beats where name = 'smtp'") == [(False,)]
    ground.sink.be(flaky=0.3)
    addresses += ground.submit(40, first=40)
    ground.until(lambda: ground.rows("select count(*) from outbox where closed_at is null and attempts = 0") == [(0,)])
    assert all(
        60 <= seconds <= 75
        for (seconds,) in ground.rows("select extract(epoch from due_at - now()) + 2 from outbox where attempts = 1")
    ), "the first new try is not within a minute"
    ground.sink.be(slow=0.05)
    ground.run("update outbox set due_at = now() where closed_at is null")
    ground.drained(40)
    ground.check(addresses, crashes=0)


def test_lost_answers_repeat_at_most_one_message_each_under_the_same_id(ground: Ground) -> None:
    ground.start("ticker")
    ground.start("worker")
    ground.sink.be(lostack=0.2)
    addresses = ground.submit(40)
    ground.until(lambda: len({recipient for recipient, _, _ in ground.sink.counts()}) == 40)
    lost = ground.sink.lost()
    ground.sink.be()
    ground.drained()
    assert lost > 0
    # Those that were in doubt three times wait for a person: they did arrive.
    left = ground.rows("select count(*) from outbox where failed_at is not null and ambiguous = 3")[0][0]
    assert ground.rows("select count(*) from outbox where done_at is null")[0][0] == left
    assert ground.sink.repeats() <= ground.sink.lost()
    assert len({recipient for recipient, _, _ in ground.sink.counts()}) == len(addresses) == len(ground.sink.counts())
