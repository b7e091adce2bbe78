"""What time brings: drains, transitions that only time takes, periodic work, and who leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import moved_to, now
from casework.outbox.models import Beat, Owed, Tick
from tests import factories
from tests.sinks import Sink
from workers import clock, periodic, queues
from workers.connection import connection as own_connection
from workers.ticker import Ticker


@pytest.fixture
def connection(app: Any) -> Iterator[Any]:
    with own_connection() as made:
        yield made


@pytest.fixture
def ticker(app: Any, queue: Any, connection: Any, monkeypatch: pytest.MonkeyPatch) -> Ticker:
    """A ticker that has no periodic work to begin: tests of that ask for it."""
    monkeypatch.setattr(periodic, "PERIODIC", ())
    made = Ticker(app)
    made._last["health"] = float("inf")
    return made


def waiting(queue: Any) -> list[str]:
    return [queue.hget(b"rq:job:" + name, "description").decode() for name in queue.lrange("rq:queue:casework", 0, -1)]


def test_a_drain_is_asked_for_when_something_is_due(ticker: Ticker, connection: Any, queue: Any, owe: Any) -> None:
    ticker.tick(connection)
    assert waiting(queue) == []
    owe("later@example.org", due_at=now() + timedelta(minutes=5))
    ticker.tick(connection)
    assert waiting(queue) == []
    owe("now@example.org")
    for _ in range(5):
        ticker.tick(connection)
    assert waiting(queue) == ["drain 50"] * 2, "as many as are allowed, and no more"


def test_running_drains_count(ticker: Ticker, connection: Any, queue: Any, owe: Any) -> None:
    rows = [owe(f"person{n}@example.org") for n in range(2)]
    db.session.execute(
        text("update outbox set lease_token = 'many:a', lease_until = now() + interval '1 minute' where id = :id"),
        {"id": rows[0].id},
    )
    db.session.commit()
    for _ in range(5):
        ticker.tick(connection)
    assert len(waiting(queue)) == 1


def test_while_the_relay_is_down_nobody_is_asked_to_send(ticker: Ticker, connection: Any, queue: Any, owe: Any) -> None:
    owe("ada@example.org")
    db.session.execute(text("insert into leases values ('relay', 'down', now() + interval '1 minute')"))
    db.session.commit()
    ticker.tick(connection)
    assert waiting(queue) == []
    db.session.execute(text("update leases set until = now() - interval '1 second' where name = 'relay'"))
    db.session.commit()
    ticker.tick(connection)
    assert waiting(queue) == ["drain 50"]


def test_of_three_tickers_one_leads_and_another_takes_over(app: Any, connection: Any, queue: Any) -> None:
    tickers = [Ticker(app) for _ in range(3)]
    assert [each._leads(connection) for each in tickers] == [True, False, False]
    tickers[0]._resign()
    for each in tickers:
        each._last.clear()
    assert [each._leads(connection) for each in tickers[1:]] == [True, False]
    db.session.execute(text("update leases set until = now() - interval '1 second'"))
    db.session.commit()
    for each in tickers:
        each._last.clear()
    assert tickers[2]._leads(connection) is True, "a leader that says nothing is replaced"


def test_without_redis_the_ticker_goes_on_and_says_so(
    app: Any, connection: Any, owe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe("ada@example.org")
    monkeypatch.setitem(app.config, "REDIS_URL", "unix:///nowhere/valkey.sock")
    ticker = Ticker(app)
    ticker.tick(connection)
    assert db.session.get_one(Beat, "redis").ok is False and db.session.get_one(Beat, "ticker").ok is True


def test_time_takes_what_only_time_may_take(ticker: Ticker, connection: Any, cast: Any, sink: Sink) -> None:
    made = factories.ride()
    cases.perform(made.ride, "invite", cast.coordinator)
    db.session.commit()
    last = made.ride.clock_on
    assert last is not None
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    with moved_to(noon):
        assert clock.take_due({}) == 0, "the last day is still the applicant's"
    with moved_to(noon + timedelta(days=1)):
        assert clock.take_due({}) == 1
        assert clock.take_due({}) == 0
    db.session.expire_all()
    assert made.ride.state == "expired"
    assert db.session.query(Owed).filter_by(name="ride-expired").count() == 1


def test_one_bad_case_never_stops_the_others(app: Any, cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rides = []
    for n in range(3):
        made = factories.ride(email=f"person{n}@example.org")
        cases.perform(made.ride, "invite", cast.coordinator)
        rides.append(made.ride.id)
    db.session.execute(text("update cases set clock_on = '2020-01-01', state_since = '2020-01-01'"))
    db.session.commit()
    take_time, tried = cases.take_time, []

    def broken(kind: Any, subject: Any) -> bool:
        if subject.id == rides[0]:
            tried.append(subject.id)
            db.session.execute(text("select 1 / 0"))
        return take_time(kind, subject)

    monkeypatch.setattr(cases, "take_time", broken)
    left_alone: clock.Broken = {}
    assert clock.take_due(left_alone) == 2
    assert clock.take_due(left_alone) == 0 and len(tried) == 1, "what broke is left alone for a while"
    states = dict(db.session.execute(text("select id, state from cases")).all())
    assert states == {rides[0]: "waiting", rides[1]: "expired", rides[2]: "expired"}


def test_a_case_that_somebody_works_on_is_left_for_later(app: Any, cast: Any, database: dict[str, str]) -> None:
    import psycopg

    made = factories.ride()
    cases.perform(made.ride, "invite", cast.coordinator)
    db.session.execute(text("update cases set clock_on = '2020-01-01', state_since = '2020-01-01'"))
    db.session.commit()
    with psycopg.connect(database["url"]) as other:
        other.execute("select id from cases for update")
        assert clock.take_due({}) == 0
        other.rollback()
    assert clock.take_due({}) == 1


def test_periodic_work_is_wanted_once_per_due_moment_and_caught_up_when_missed(app: Any, connection: Any) -> None:
    at_three = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)  # 3 o'clock in London
    wanted = dict(periodic.wanted(connection, at_three))
    assert set(wanted) == {"birthdays", "figures", "nightly", "packs", "sweep", "pick_up"}, (
        "nobody gets a morning digest of yesterday"
    )
    assert dict(periodic.wanted(connection, at_three + timedelta(seconds=1))) == wanted, "until it is done"
    tick = db.session.get_one(Tick, wanted["nightly"])
    assert tick.due_at == datetime(2026, 7, 1, 1, 30, tzinfo=UTC)
    assert periodic.nightly(tick.id) is True and periodic.nightly(tick.id) is False
    later = dict(periodic.wanted(connection, at_three + timedelta(hours=5)))
    assert (
        set(later) == {"birthdays", "digest", "escalate", "figures", "packs", "sweep", "pick_up"}
        and later["sweep"] != wanted["sweep"]
    )


def test_periodic_work_is_not_done_by_two_at_once(app: Any, connection: Any) -> None:
    (row,) = [row for name, row in periodic.wanted(connection, now()) if name == "sweep"]
    db.session.execute(text("insert into leases values ('tick sweep', 'another', now() + interval '1 minute')"))
    db.session.commit()
    assert periodic.sweep(row) is False
    db.session.execute(text("delete from leases"))
    db.session.commit()
    assert periodic.digest(row) is False, "a row is for the work that it names"
    assert periodic.sweep(row) is True and db.session.get_one(Beat, "calendar").ok is True


def test_staff_with_work_get_one_digest_with_numbers_only(
    app: Any, connection: Any, cast: Any, sink: Sink, owe: Callable[..., Any]
) -> None:
    from workers.drain import drain

    made = factories.ride()
    cases.assign(made.ride, cast.coordinator.account_id, cast.coordinator)
    db.session.execute(text("update cases set next_due_on = '2020-01-01'"))
    factories.ride(email="ben@example.org")
    cast.account("host")
    db.session.commit()
    db.session.execute(text("delete from outbox"))
    db.session.commit()
    morning = datetime.now(UTC).replace(hour=8, minute=0)
    (row,) = [row for name, row in periodic.wanted(connection, morning) if name == "digest"]
    assert periodic.digest(row) is True
    db.session.execute(text("update ticks set done_at = null"))
    db.session.commit()
    assert periodic.digest(row) is True, "run again, it adds nothing"
    drain()
    (received,) = sink.received
    assert received.recipient == "coordinator@force.example"
    assert received.message["Subject"] == "Casework this morning: 1 overdue, 0 due soon"
    body = received.message.get_body(("plain",))
    assert body is not None and "nobody, in your areas: 1" in body.get_content()
    assert "Adaeze" not in body.get_content() and made.ride.reference not in body.get_content()


def test_the_queue_holds_no_more_than_names_and_numbers(ticker: Ticker, connection: Any, queue: Any, owe: Any) -> None:
    owe("canary@example.org")
    ticker.tick(connection)
    dump = b"".join(queue.dump(key) or b"" for key in queue.keys("*"))
    assert dump and b"canary" not in dump and b"example.org" not in dump
    assert queues.waiting(queue) == 1
