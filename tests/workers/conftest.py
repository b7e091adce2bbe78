"""The program as workers have it, with a sink as its relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from tests.sinks import Sink


@pytest.fixture(scope="session")
def shared_sink() -> Iterator[Sink]:
    """One sink for the session; each test finds it empty and in a good mood."""
    with Sink() as sink:
        yield sink


@pytest.fixture
def sink(shared_sink: Sink) -> Sink:
    """The relay of this test."""
    shared_sink.be()
    shared_sink.received.clear()
    shared_sink.refused.clear()
    return shared_sink


@pytest.fixture(scope="session")
def program(settings: dict[str, str], shared_sink: Sink, redis_url: str) -> Iterator[Any]:
    """The program without pages: a lease of 2 seconds, a time-out of 1."""
    import config
    from casework.extensions import db
    from workers import connection, program

    given = settings | {"SMTP_URL": shared_sink.url, "REDIS_URL": redis_url, "LEASE_SECONDS": "2", "SMTP_TIMEOUT": "1"}
    made = program.make(config.WORKER, config.load(given) | {"TESTING": True, "MAIL_SUPPRESS_SEND": False})
    yield made
    with made.app_context():
        db.engine.dispose()
        connection.dispose()


@pytest.fixture
def app(program: Any, database: dict[str, str]) -> Iterator[Any]:
    """The program on an empty database with areas and a calendar; an application context is open."""
    from casework.extensions import db
    from tests import factories
    from tests.conftest import empty

    empty(database["admin_url"])
    with program.app_context():
        factories.house()
        db.session.commit()
        yield program
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def owe(app: Any, sink: Sink) -> Callable[..., Any]:
    """Owe somebody a message, and give back its row: `owe("ada@example.org")`, several with `count`."""
    from casework.extensions import db
    from casework.history import service as history
    from casework.outbox import service as outbox
    from casework.outbox.models import Owed
    from casework.roles import SYSTEM
    from tests import factories

    def make(email: str = "ada@example.org", name: str = "lost-link", **more: Any) -> Owed:
        made = factories.ride(email=email)
        party = made.ride.applicant
        assert party is not None
        db.session.query(Owed).filter_by(stream_id=made.ride.stream_id).delete()
        event = history.append(made.ride.stream_id, "lost_link", SYSTEM, subject=("ride", made.ride.id))
        outbox.owe(event, name, f"party:{party.id}", **more)
        db.session.commit()
        return db.session.scalars(select(Owed).where(Owed.stream_id == made.ride.stream_id)).one()

    return make


@pytest.fixture(scope="session")
def redis_url(servers: dict[str, Any], worker: str) -> str:
    """A database of its own on the session's Valkey for each test worker."""
    number = 1 + int(worker.removeprefix("gw") or 0) if worker.startswith("gw") else 15
    return str(servers["redis_url"]).replace("db=0", f"db={number}")


@pytest.fixture
def queue(redis_url: str) -> Iterator[Any]:
    """A connection to an empty queue."""
    from workers import queues

    connection = queues.connect(redis_url)
    connection.flushdb()
    yield connection
    connection.close()
