"""Health and numbers, for machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.outbox.models import Beat, Owed
from casework.roles import SYSTEM
from tests.accounts.conftest import Visitor


def owe(**facts: Any) -> None:
    stream = history.open_stream("test")
    event = history.append(stream.id, "test", SYSTEM, subject=("test", None))
    row = {
        "stream_id": event.stream_id, "event_number": event.number, "kind": "message", "name": "ride-received",
        "part": "party:1", "channel": "email", "due_at": now(), "created_at": now(),
    }  # fmt: skip
    db.session.add(Owed(**(row | facts)))
    db.session.commit()


def test_ready_says_how_everything_does(visitor: Visitor) -> None:
    for name in ("redis", "smtp", "workers", "ticker"):
        db.session.add(Beat(name=name, at=now(), ok=True))
    db.session.commit()
    answer = visitor.get("/health/ready")
    assert answer.status_code == 200 and answer.json["status"] == "ready", answer.json
    assert answer.json["checks"]["migrations"]["ok"] is True
    assert "Set-Cookie" not in answer.headers


def test_ready_is_degraded_while_mail_is_late_or_a_part_was_not_seen(visitor: Visitor) -> None:
    owe(due_at=now() - timedelta(minutes=10))
    db.session.add(Beat(name="redis", at=now() - timedelta(minutes=5), ok=True))
    db.session.commit()
    state = visitor.get("/health/ready").json
    assert state["status"] == "degraded"
    assert not state["checks"]["outbox"]["ok"] and 590 <= state["checks"]["outbox"]["late_seconds"] <= 620
    assert not state["checks"]["redis"]["ok"] and state["checks"]["smtp"] == {"ok": False, "seen": "never"}


def test_numbers_count_what_is_owed_and_what_failed(app: Any) -> None:
    owe()
    owe(due_at=now() + timedelta(days=1))
    owe(channel="letter")
    owe(failed_at=now(), closed_at=now())
    here = Visitor(app, address="127.0.0.1")
    assert here.get("/metrics").status_code == 200
    assert "casework_outbox_owed 1.0" in here.text and "casework_outbox_failed 1.0" in here.text
    assert 'casework_requests_total{status="2xx"}' in here.text


def test_numbers_are_for_this_machine_only(app: Any) -> None:
    assert Visitor(app, address="192.0.2.1").get("/metrics").status_code == 404
    here = Visitor(app, address="127.0.0.1")
    assert here.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 404


@pytest.mark.parametrize(("given", "status"), [("t" * 43, 200), ("u" * 43, 404), ("", 404), ("é", 404)])
def test_with_a_token_set_the_numbers_need_it(app: Any, given: str, status: int) -> None:
    app.config["METRICS_TOKEN"] = "t" * 43
    try:
        for address in ("127.0.0.1", "192.0.2.1"):
            sent = {"Authorization": f"Bearer {given}".encode().decode("latin-1")}
            assert Visitor(app, address=address).get("/metrics", headers=sent).status_code == status
    finally:
        app.config["METRICS_TOKEN"] = None
