"""Throttles: how many tries, how long the wait, and that many at once do not slip through."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.accounts import throttle
from casework.accounts.throttle import SIGN_IN, SIGN_IN_ADDRESS
from casework.extensions import db
from casework.moments import moved_to, now
from casework.outbox.models import Owed


def test_five_tries_a_minute_then_a_wait_that_ends(app: Any) -> None:
    start = now()
    with moved_to(start):
        assert [throttle.take("sign-in", "a", SIGN_IN) for _ in range(5)] == [0] * 5
        assert throttle.take("sign-in", "a", SIGN_IN) == 60
        assert throttle.take("sign-in", "b", SIGN_IN) == 0
    with moved_to(start + timedelta(seconds=59)):
        assert throttle.allowed("sign-in", "a", SIGN_IN) == 1
    with moved_to(start + timedelta(seconds=60)):
        assert throttle.take("sign-in", "a", SIGN_IN) == 0


def test_after_ten_tries_the_delay_grows_to_fifteen_minutes_and_never_further(app: Any) -> None:
    moment, waits = now(), []
    for _ in range(10):
        with moved_to(moment):
            assert throttle.take("sign-in", "a", SIGN_IN) == 0
        moment += timedelta(seconds=20)
    moment -= timedelta(seconds=20)
    for _ in range(40):
        with moved_to(moment):
            wait = throttle.take("sign-in", "a", SIGN_IN)
        waits.append(wait)
        moment += timedelta(seconds=wait)
        with moved_to(moment):
            assert throttle.take("sign-in", "a", SIGN_IN) == 0
    assert waits[:6] == [60, 120, 240, 480, 900, 900]
    assert max(waits) == 900


def test_no_more_than_ten_guesses_pass_in_the_first_hour_without_a_delay(app: Any) -> None:
    moment, end, passed = now(), now() + timedelta(hours=1), 0
    while moment < end:
        with moved_to(moment):
            passed += throttle.take("sign-in", "a", SIGN_IN) == 0
        moment += timedelta(seconds=5)
    assert passed <= 10 + 8


def test_a_success_clears_the_account_but_not_the_address(app: Any) -> None:
    for _ in range(5):
        throttle.take("sign-in", "a", SIGN_IN)
        throttle.take("sign-in-address", "192.0.2.1", SIGN_IN_ADDRESS)
    throttle.forget("sign-in", "a")
    assert throttle.allowed("sign-in", "a", SIGN_IN) == 0
    for _ in range(25):
        assert throttle.take("sign-in-address", "192.0.2.1", SIGN_IN_ADDRESS) == 0
    assert throttle.take("sign-in-address", "192.0.2.1", SIGN_IN_ADDRESS) > 0


def test_an_ipv6_network_counts_as_one_address(app: Any) -> None:
    assert throttle.place("2001:db8:1:2:3::4") == throttle.place("2001:db8:1:2:ffff::9")
    assert throttle.place("2001:db8:1:3::1") != throttle.place("2001:db8:1:2::1")
    assert throttle.place("::ffff:192.0.2.7") == throttle.place("192.0.2.7")
    assert throttle.place("nonsense") == throttle.place(None) == "unknown"


def test_a_clock_that_was_put_back_makes_nobody_wait_longer_than_the_limit(app: Any) -> None:
    with moved_to(now() + timedelta(hours=5)):
        for _ in range(12):
            throttle.note("sign-in", "a")
    assert 0 < throttle.allowed("sign-in", "a", SIGN_IN) <= 900


def test_tracking_codes_are_limited_by_reference_and_by_address(app: Any) -> None:
    assert [throttle.take_code("RA-1", f"192.0.2.{n}") for n in range(5)] == [0] * 5
    assert throttle.take_code("RA-1", "192.0.2.77") > 0
    assert [throttle.take_code(f"RA-{n}", "198.51.100.1") for n in range(2, 22)] == [0] * 20
    assert throttle.take_code("RA-99", "198.51.100.1") > 0
    assert throttle.code_tries_last_hour() == 25


def test_a_thousand_codes_in_an_hour_raise_one_alarm(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "TRACK_ALARM", 20)
    people = {f"account:{cast.account(name).id}" for name in ("admin", "data_protection")}
    cast.account("coordinator")
    for n in range(30):
        throttle.take_code(f"RA-{n}", f"192.0.2.{n}")
    owed = db.session.scalars(select(Owed).where(Owed.name == "staff-alarm")).all()
    assert {each.part for each in owed} == people and len(owed) == 2
    with moved_to(now() + timedelta(minutes=61)):
        for n in range(25):
            throttle.take_code(f"RA-{n}", f"192.0.2.{n}")
    assert len(db.session.scalars(select(Owed).where(Owed.name == "staff-alarm")).all()) == 4


def test_no_key_is_stored_in_plain(app: Any) -> None:
    throttle.take("sign-in", "ada@force.example", SIGN_IN)
    rows = db.session.execute(db.text("select key from attempts")).scalars().all()
    assert rows and all(b"ada" not in bytes(key) for key in rows)


def test_fifty_tries_at_once_let_exactly_five_through(app: Any) -> None:
    passed: list[int] = []
    barrier = threading.Barrier(10)

    def tries() -> None:
        with app.app_context():
            barrier.wait()
            for _ in range(5):
                passed.append(throttle.take("sign-in", "raced", SIGN_IN))
                db.session.commit()

    threads = [threading.Thread(target=tries) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed.count(0) == 5


def test_tries_older_than_a_day_go(app: Any) -> None:
    with moved_to(now() - timedelta(days=2)):
        throttle.note("sign-in", "a")
    throttle.note("sign-in", "a")
    assert throttle.delete_old() == 1
