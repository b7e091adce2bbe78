"""What staff do with messages that failed, and what is told of the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from casework.extensions import db
from casework.history.models import Event
from casework.moments import now
from casework.outbox import queries, service
from casework.outbox.models import Owed, Sent
from tests.sinks import Sink
from workers.claims import delay
from workers.drain import drain


@pytest.fixture
def failed(owe: Callable[..., Any], sink: Sink) -> Owed:
    row = owe("gone@example.org")
    sink.be(permfail=frozenset({"gone@example.org"}))
    drain()
    sink.be()
    db.session.expire_all()
    return db.session.get_one(Owed, row.id)


def test_a_failed_message_is_sent_by_post_instead(failed: Owed, cast: Any, sink: Sink) -> None:
    service.switch_to_letter(failed.id, cast.coordinator)
    db.session.commit()
    assert failed.channel == "letter" and failed.failed_at is None and failed.closed_at is None
    assert [row.id for row in queries.by_hand("letter")] == [failed.id]
    assert drain() == 0 and not sink.received
    event = db.session.query(Event).filter_by(action="send_by_post").one()
    assert event.facts == {"name": "lost-link"} and event.account_id == cast.coordinator.account_id
    service.done_by_hand(failed.id, cast.coordinator)
    db.session.commit()
    assert failed.done_at and queries.by_hand("letter") == []


def test_a_failed_message_is_sent_again_once_the_address_is_right(failed: Owed, cast: Any, sink: Sink) -> None:
    db.session.execute(text("update parties set email = 'here@example.org'"))
    service.try_again(failed.id, cast.coordinator)
    db.session.commit()
    assert drain() == 1 and sink.received[0].recipient == "here@example.org"
    with pytest.raises(service.CannotSettle):
        service.try_again(failed.id, cast.coordinator)


def test_a_failed_message_is_settled_once(failed: Owed, cast: Any) -> None:
    assert queries.summary().failed == 1 and [row.id for row in queries.failed()] == [failed.id]
    service.settle(failed.id, cast.coordinator, "called")
    db.session.commit()
    assert queries.summary().failed == 0 and failed.settled_at
    with pytest.raises(service.CannotSettle):
        service.settle(failed.id, cast.coordinator)
    with pytest.raises(service.CannotSettle):
        service.settle(10**9, cast.coordinator)


def test_a_message_that_went_out_or_is_going_out_is_not_made_a_letter(owe: Any, cast: Any, sink: Sink) -> None:
    row = owe("ada@example.org")
    db.session.execute(text("update outbox set lease_token = 'many:a', lease_until = now() + interval '1 minute'"))
    db.session.commit()
    with pytest.raises(service.CannotSettle):
        service.switch_to_letter(row.id, cast.coordinator)
    db.session.execute(text("update outbox set lease_token = null, lease_until = null"))
    db.session.commit()
    drain()
    with pytest.raises(service.CannotSettle):
        service.switch_to_letter(row.id, cast.coordinator)


def test_the_summary_counts_what_is_owed_late_and_waiting_for_people(owe: Any, sink: Sink) -> None:
    owe("a@example.org", due_at=now() - timedelta(minutes=2))
    owe("b@example.org", due_at=now() + timedelta(days=2))
    owe("c@example.org", channel="letter")
    owe("d@example.org", channel="call", kind="call")
    found = queries.summary()
    assert (found.owed, found.letters, found.calls, found.failed) == (2, 1, 1, 0)
    assert 119 < found.late < 130 and 119 < queries.late() < 130
    assert "late      1" in str(found)
    drain()
    assert queries.late() == 0 and queries.summary().late == 0


def test_what_the_demo_keeps_as_sent_is_never_mailed(owe: Any, sink: Sink) -> None:
    row = owe("ada@example.org")
    at = now() - timedelta(days=30)
    service.keep_as_sent(row.id, "Subject", "Text", at, "<a@b>", now().date())
    db.session.commit()
    assert drain() == 0 and not sink.received
    kept = db.session.query(Sent).one()
    assert (kept.subject, kept.body, kept.at) == ("Subject", "Text", at)


def test_delays_grow_from_a_minute_to_an_hour_and_end_after_72_hours() -> None:
    delays = []
    while (seconds := delay(len(delays) + 1)) is not None:
        delays.append(seconds)
    assert all(60 <= each <= 3600 for each in delays)
    assert 60 <= delays[0] <= 72 and 96 <= delays[1] <= 144 and min(delays[10:]) >= 2400
    assert 68 * 3600 < sum(delays) < 76 * 3600
    assert len({delay(8) for _ in range(20)}) > 1, "not all at the same moment"
