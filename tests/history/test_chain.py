"""The history detects what is altered, moved, missing or cut off, and says where; erasing words leaves it whole."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Event, EventNote, Stream
from casework.history.verify import verify
from casework.roles import SYSTEM
from tests import factories


@pytest.fixture
def tampered(app: Any, database: dict[str, str]) -> Any:
    """Runs SQL with all the power of the server, past the triggers; then verifies."""

    def run(sql: str) -> list[str]:
        with psycopg.connect(database["admin_url"]) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql)
        db.session.expire_all()
        return [str(fault) for fault in verify()]

    return run


def story(cast: Any) -> Any:
    made = factories.decided(cast)
    cases.perform(made.ride, "approve", cast.coordinator, note="A careful decision.")
    db.session.commit()
    return made


def test_an_honest_history_has_no_fault(app: Any, cast: Any) -> None:
    story(cast)
    assert verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "action = 'refuse'", "at = at + interval '1 second'", "account_id = 999", "to_state = 'refused'", "role = 'admin'",
        "facts = '{\"x\": 1}'", "party_id = 7", "from_state = 'checks'", "subject_id = 77", "note_digest = '\\x00'", "mac = '\\x00'",
    ],
)  # fmt: skip
def test_an_altered_entry_is_found_where_it_is(app: Any, cast: Any, tampered: Any, change: str) -> None:
    made = story(cast)
    number = db.session.query(Event).filter_by(stream_id=made.ride.stream_id, action="approve").one().number
    stream = made.ride.stream_id
    faults = tampered(f"UPDATE events SET {change} WHERE stream_id = {stream} AND number = {number}")
    assert any(f"stream {stream}, entry {number}" in fault for fault in faults), faults


def test_a_missing_entry_is_found(app: Any, cast: Any, tampered: Any) -> None:
    made = story(cast)
    faults = tampered(f"DELETE FROM events WHERE stream_id = {made.ride.stream_id} AND number = 3")
    assert faults == [f"stream {made.ride.stream_id}, entry 3: an entry is missing"]


def test_a_cut_off_end_is_found(app: Any, cast: Any, tampered: Any) -> None:
    made = story(cast)
    faults = tampered(
        f"DELETE FROM events WHERE stream_id = {made.ride.stream_id} AND number = "
        f"(SELECT max(number) FROM events WHERE stream_id = {made.ride.stream_id})"
    )
    assert "the end of this stream was cut off" in faults[0]


def test_swapped_entries_are_found(app: Any, cast: Any, tampered: Any) -> None:
    made = story(cast)
    stream = made.ride.stream_id
    assert tampered(
        f"UPDATE events SET number = CASE number WHEN 2 THEN -3 WHEN 3 THEN -2 ELSE number END WHERE stream_id = {stream}"
    )


def test_a_whole_stream_that_is_gone_is_found(app: Any, cast: Any, tampered: Any) -> None:
    made = story(cast)
    assert tampered(f"DELETE FROM events WHERE stream_id = {made.ride.stream_id}")


def test_an_altered_note_is_found_and_an_erased_one_is_no_fault(app: Any, cast: Any, tampered: Any) -> None:
    story(cast)
    assert "the words beside this entry were altered" in tampered("UPDATE event_notes SET text = 'Something else.'")[0]
    db.session.query(EventNote).delete()
    db.session.commit()
    assert verify() == []


def test_many_writers_never_fork_a_chain(app: Any) -> None:
    stream_id = history.open_stream("settings").id
    db.session.commit()

    def write() -> None:
        with app.app_context():
            for _ in range(20):
                history.append(stream_id, "note", SYSTEM, subject=("settings", None))
                db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.get(Stream, stream_id, populate_existing=True).head == 160
    assert verify() == []
