"""Very many messages at once: reminders of one minute, a backlog after an outage, and a limit on how fast they go.

In the suite the numbers are small; FULL=1 runs them as large as the promise is made (20,000 and 10,000).
"""

from __future__ import annotations

import os
import time

import pytest

from casework.outbox.messages import BULK, SOON
from tests.faults.ground import Ground

FULL = os.environ.get("FULL") == "1"
REMINDERS = 20_000 if FULL else 600
BACKLOG = 10_000 if FULL else 200
CONFIRMATIONS = 12 if FULL else 5

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800 if FULL else 400)]


def test_reminders_of_one_minute_reach_everybody_once_and_nobody_waits_behind_them(ground: Ground) -> None:
    """The tickers were away over that minute, and are killed again and again while the reminders go."""
    ground.crowd(REMINDERS)
    ground.owe_all("ride-next-part-reminder", BULK, "date_trunc('minute', now())")
    ticker = ground.start("ticker")
    for _ in range(2):
        ground.start("worker")
    ground.until(lambda: len(ground.sink.received) > 20)
    left: list[int] = []
    for number in range(CONFIRMATIONS):
        (address,) = ground.submit(1, first=number)
        assert ground.sink.wait(lambda sink, to=address: bool(sink.to(to)), 60), "a confirmation waits behind reminders"
        left.append(ground.open_rows())
        if number % 4 == 0:
            ground.kill(ticker)
            ticker = ground.start("ticker")
    ground.drained(1500 if FULL else 150)
    # How long it took is for the bench to say; that most of the reminders still waited is the proof.
    assert left[0] > 0, "the reminders were gone before a confirmation came: nothing was proved"
    counts = ground.sink.counts()
    assert len(counts) == REMINDERS + CONFIRMATIONS
    assert ground.sink.repeats() == 0
    assert ground.rows(
        "select count(*) from outbox where name = 'ride-next-part-reminder' and done_at is not null"
    ) == [(REMINDERS,)]


def test_a_backlog_that_grew_while_the_relay_was_down_is_gone_soon_after_it_is_back(ground: Ground) -> None:
    """With Redis wiped meanwhile and a worker killed; at full size at twenty a second or more."""
    ground.crowd(BACKLOG)
    ground.sink.down()
    try:
        ground.owe_all("ride-withdrawn", SOON)
        ground.start("ticker")
        workers = [ground.start("worker") for _ in range(2)]
        ground.until(lambda: ground.rows("select ok from beats where name = 'smtp'") == [(False,)])
        ground.redis().flushall()
    finally:
        ground.sink.up()
    begun = time.monotonic()
    ground.until(lambda: len(ground.sink.received) > BACKLOG // 4, 600)
    ground.kill(workers[0])
    ground.drained(1500 if FULL else 150)
    if FULL:
        assert BACKLOG / (time.monotonic() - begun) >= 20
    assert len(ground.sink.counts()) == BACKLOG
    assert ground.sink.repeats() <= 1


def test_no_more_messages_go_in_a_second_than_was_set_over_all_workers(ground: Ground) -> None:
    addresses = ground.submit(50)
    ground.run(
        "insert into settings (key, value, from_at, set_by, why) values ('mail.rate', '20', now() - interval '1 day', null, 'test')"
    )
    ground.start("ticker")
    for _ in range(3):
        ground.start("worker")
    ground.drained()
    ground.check(addresses, crashes=0)
    at = sorted(received.at for received in ground.sink.received)
    assert at[-1] - at[0] > 2.0
    assert max(sum(first <= each < first + 1 for each in at) for first in at) <= 24
