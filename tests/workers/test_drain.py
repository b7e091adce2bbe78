"""What happens to a message that is owed, whatever the relay does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from casework.extensions import db
from casework.moments import now
from casework.outbox.models import Beat, Lease, Owed, Sent
from tests.sinks import Sink
from workers import drain as draining
from workers.drain import drain


def fresh(row: Owed) -> Owed:
    db.session.expire_all()
    return db.session.get_one(Owed, row.id)


def test_a_message_that_is_owed_arrives_once_and_is_kept_as_it_was_sent(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    assert drain() == 1
    (received,) = sink.received
    assert received.recipient == "ada@example.org"
    row = fresh(row)
    assert row.done_at and row.closed_at and row.lease_token is None and row.sending_at is None
    kept = db.session.query(Sent).filter_by(owed_id=row.id).one()
    assert kept.subject == str(received.message["Subject"]) and "/cases/" in kept.body
    assert kept.message_id == received.message["Message-ID"]
    assert kept.delete_on > now().date() + timedelta(days=700)
    assert drain() == 0 and len(sink.received) == 1


def test_a_message_of_later_waits_for_its_time(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org", due_at=now() + timedelta(hours=1))
    assert drain() == 0
    assert fresh(row).closed_at is None and not sink.received


def test_letters_and_calls_are_left_to_people(owe: Callable[..., Any], sink: Sink) -> None:
    letter = owe("ada@example.org", channel="letter")
    call = owe("ben@example.org", channel="call", kind="call")
    assert drain() == 0
    assert fresh(letter).closed_at is None and fresh(call).closed_at is None and not sink.received


def test_urgent_messages_go_before_bulk(owe: Callable[..., Any], sink: Sink) -> None:
    owe("bulk@example.org", name="ride-withdrawn", due_at=now() - timedelta(hours=1))
    db.session.execute(text("update outbox set rank = 8"))
    owe("urgent@example.org")
    drain()
    assert [received.recipient for received in sink.received] == ["urgent@example.org", "bulk@example.org"]


@pytest.mark.parametrize("where", ["mail", "rcpt", "data"])
def test_a_temporary_refusal_is_tried_again_later_and_holds_up_nobody(
    where: str, owe: Callable[..., Any], sink: Sink
) -> None:
    row = owe("ada@example.org")
    sink.be(tempfail=where)
    before = now()
    drain()
    row = fresh(row)
    assert row.attempts == 1 and row.closed_at is None and row.faults == 0 and row.lease_token is None
    assert before + timedelta(seconds=59) < row.due_at < before + timedelta(seconds=75)
    sink.be()
    owe("ben@example.org")
    drain()
    assert [received.recipient for received in sink.received] == ["ben@example.org"]
    db.session.execute(text("update outbox set due_at = now() - interval '1 second'"))
    db.session.commit()
    drain()
    assert len(sink.to("ada@example.org")) == 1 and sink.repeats() == 0


def test_an_unknown_mailbox_is_not_tried_again_and_staff_are_told(owe: Callable[..., Any], sink: Sink) -> None:
    gone, here = owe("gone@example.org"), owe("here@example.org")
    sink.be(permfail=frozenset({"gone@example.org"}))
    drain()
    gone = fresh(gone)
    assert gone.failed_at and gone.closed_at and gone.why == "refused: 550 5.1.1" and gone.attempts == 0
    bounced = db.session.execute(text("select bounced_at from parties where email = 'gone@example.org'")).scalar()
    assert bounced is not None
    assert fresh(here).done_at
    assert drain() == 0


@pytest.mark.parametrize("how", ["down", "hang", "closing", "refuse_sender"])
def test_a_relay_that_takes_nothing_counts_against_no_message(how: str, owe: Callable[..., Any], sink: Sink) -> None:
    rows = [owe(f"person{n}@example.org") for n in range(3)]
    if how == "down":
        sink.down()
    else:
        sink.be(**{how: True})
    try:
        assert drain() == 0
        assert drain() == 0
    finally:
        if how == "down":
            sink.up()
    for row in rows:
        row = fresh(row)
        assert (row.attempts, row.faults, row.ambiguous, row.closed_at) == (0, 0, 0, None)
        assert row.lease_token is None
    assert db.session.get_one(Lease, "relay").until > now()
    assert db.session.get_one(Beat, "smtp").ok is False
    # Nobody asks the relay before the pause is over; then one does, and all goes out.
    sink.be()
    assert drain() == 0
    db.session.execute(text("update leases set until = now() - interval '1 second'"))
    db.session.commit()
    assert drain() == 3 and sink.repeats() == 0
    db.session.expire_all()
    assert db.session.get(Lease, "relay") is None and db.session.get_one(Beat, "smtp").ok is True


def test_a_lost_answer_leads_to_one_repeat_with_the_same_message_id(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    sink.be(lostack=1.0)
    drain()
    assert fresh(row).sending_at is not None
    sink.be()
    assert drain() == 0, "while the lease lasts nobody else may send it"
    expire_leases()
    assert drain() == 1
    assert fresh(row).ambiguous == 1
    assert list(sink.counts().values()) == [2]


def test_after_three_doubts_a_person_decides(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    sink.be(lostack=1.0)
    for _ in range(5):
        drain()
        expire_leases()
    row = fresh(row)
    assert row.failed_at and row.ambiguous == 3 and "nobody knows" in row.why
    assert list(sink.counts().values()) == [3]


def test_a_connection_that_was_dropped_while_idle_is_opened_again(owe: Callable[..., Any], sink: Sink) -> None:
    for n in range(20):
        owe(f"person{n}@example.org")
    sink.be(drop=0.4)
    for _ in range(60):
        drain()
        db.session.execute(text("delete from leases"))
        db.session.commit()
    assert len(sink.counts()) == 20 and sink.repeats() == 0 and sink.dropped > 0


def test_what_is_found_in_sending_is_sent_again_and_counted(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    db.session.execute(
        text("update outbox set sending_at = now(), lease_token = 'many:dead', lease_until = now() - interval '1 s'")
    )
    db.session.commit()
    assert drain() == 1
    assert fresh(row).ambiguous == 1 and len(sink.received) == 1


def test_whoever_lost_the_lease_does_not_send(
    owe: Callable[..., Any], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = owe("ada@example.org")
    begin = draining.Ledger.begin

    def late(self: Any, claimed: Any) -> bool:
        db.session.execute(text("update outbox set lease_token = 'many:other'"))
        db.session.commit()
        return begin(self, claimed)

    monkeypatch.setattr(draining.Ledger, "begin", late)
    assert drain() == 0
    assert not sink.received and fresh(row).lease_token == "many:other"


def test_a_row_that_breaks_our_code_steps_aside_after_five_times(
    owe: Callable[..., Any], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, well = owe("poison@example.org"), owe("well@example.org")
    render = draining.emails.render

    def broken(owed: Owed, event: Any) -> Any:
        if owed.id == poison.id:
            raise ZeroDivisionError("with a name in it: Ada")
        return render(owed, event)

    monkeypatch.setattr(draining.emails, "render", broken)
    drain()
    assert fresh(well).done_at, "others are not held up"
    for times in range(2, 6):
        db.session.execute(text("update outbox set due_at = now() - interval '1 minute'"))
        db.session.commit()
        drain()
        assert fresh(poison).faults == (times if times < 5 else 4)
    poison = fresh(poison)
    assert poison.failed_at and poison.why == "fault: ZeroDivisionError" and poison.attempts == 0


def test_a_row_whose_part_is_nonsense_steps_aside(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    db.session.execute(text("update outbox set part = 'nobody:x'"))
    db.session.commit()
    for _ in range(5):
        drain()
        db.session.execute(text("update outbox set due_at = now() - interval '1 minute'"))
        db.session.commit()
    assert fresh(row).why == "fault: KeyError"


def test_a_row_that_kills_its_worker_is_found_out(owe: Callable[..., Any], sink: Sink) -> None:
    """Held alone five times by workers that died, it steps aside; one that was held among others is not blamed."""
    row = owe("ada@example.org")
    for held_by in ["many:a", "one:b", "one:c", "one:d", "one:e", "one:f"]:
        db.session.execute(
            text("update outbox set lease_token = :t, lease_until = now() - interval '1 s'"), {"t": held_by}
        )
        db.session.commit()
        with draining.own_connection() as connection:
            claimed = draining.Ledger(connection, 2).claim_left_behind(mail=True)
        assert len(claimed) == 1
    expire_leases()
    drain()
    assert fresh(row).why == "fault: a worker died of it" and not sink.received


def test_a_message_to_somebody_who_was_erased_is_dropped(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    db.session.execute(text("update parties set erased_at = now()"))
    db.session.commit()
    drain()
    row = fresh(row)
    assert row.dropped_at and row.why == "the person was erased" and not sink.received


def test_a_message_without_an_address_waits_for_a_person(owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    db.session.execute(text("update parties set email = null"))
    db.session.commit()
    drain()
    assert fresh(row).why == "there is no e-mail address" and fresh(row).failed_at


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: all@example.org",
        "ada@example.org>\nRCPT TO:<all@example.org",
        "ada@example.org,all@example.org",
        "<ada@example.org>",
        "ada @example.org",
        "адам@example.org",
        "ada@" + "x" * 300 + ".org",
        "ada@exa\x00mple.org",
        "ada",
    ],
)
def test_an_address_that_could_break_out_is_never_written_to(address: str, owe: Callable[..., Any], sink: Sink) -> None:
    row = owe("ada@example.org")
    if "\x00" in address:
        address = "ada@exa\x07mple.org"
    db.session.execute(text("update parties set email = :address"), {"address": address})
    db.session.commit()
    drain()
    assert fresh(row).failed_at and not sink.received


def test_a_job_is_done_in_one_transaction_with_its_row(owe: Callable[..., Any], monkeypatch: Any) -> None:
    row = owe("ada@example.org")
    calls: list[int] = []

    def job(event_id: int) -> None:
        calls.append(event_id)
        db.session.execute(text("update parties set safe_times = 'evenings'"))
        if len(calls) == 1:
            raise RuntimeError

    monkeypatch.setitem(draining.JOBS, "tidy_up", job)
    db.session.execute(text("update outbox set kind = 'job', name = 'tidy_up', channel = '', part = ''"))
    db.session.commit()
    drain()
    assert db.session.execute(text("select safe_times from parties")).scalar() == ""
    db.session.execute(text("update outbox set due_at = now() - interval '1 minute'"))
    db.session.commit()
    assert drain() == 1
    assert fresh(row).done_at and db.session.execute(text("select safe_times from parties")).scalar() == "evenings"
    assert drain() == 0 and len(calls) == 2


def test_jobs_are_done_while_the_relay_is_down(owe: Callable[..., Any], sink: Sink, monkeypatch: Any) -> None:
    message, job = owe("ada@example.org"), owe("ben@example.org")
    monkeypatch.setitem(draining.JOBS, "tidy_up", lambda event_id: None)
    db.session.execute(
        text("update outbox set kind = 'job', name = 'tidy_up', channel = '', part = '' where id = :id"), {"id": job.id}
    )
    db.session.execute(text("insert into leases values ('relay', 'down', now() + interval '1 minute')"))
    db.session.commit()
    assert drain() == 1
    assert fresh(job).done_at and fresh(message).closed_at is None


def expire_leases() -> None:
    db.session.execute(text("update outbox set lease_until = now() - interval '1 s' where lease_until is not null"))
    db.session.commit()
