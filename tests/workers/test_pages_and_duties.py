"""What is read on a page only is kept without the relay; and what the delivery of a message meets is met by nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from casework.cases import duties, verify
from casework.cases.models import DueDuty
from casework.complaints import service as complaints
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.service import Person
from casework.moments import now, today
from casework.outbox import queries
from casework.outbox.models import Owed, Sent
from tests import sayings
from tests.factories import Cast
from tests.sinks import Sink
from workers.drain import drain


@pytest.fixture
def cast(app: Any) -> Cast:
    return Cast()


def open_duties(case: Any) -> set[str]:
    """The duties of a case that are stored as not met."""
    db.session.expire_all()
    wanted = select(DueDuty.name).where(
        DueDuty.case_id == case.id, DueDuty.met_on.is_(None), DueDuty.ended_on.is_(None)
    )
    return set(db.session.scalars(wanted))


def row_of(case: Any, name: str) -> Owed:
    db.session.expire_all()
    return db.session.query(Owed).filter_by(stream_id=case.stream_id, name=name).one()


def anonymous() -> Any:
    """A complaint of somebody without a name, who is reached through the page only."""
    case = sayings.complaint(person=Person(channel="page"), anonymous=True)
    db.session.commit()
    return case


def relay_is_down() -> None:
    db.session.execute(text("insert into leases values ('relay', 'down', now() + interval '1 minute')"))
    db.session.commit()


def test_what_is_for_a_page_is_kept_and_not_mailed(app: Any, sink: Sink) -> None:
    case = anonymous()
    assert queries.summary().owed == 1
    drain()
    row = row_of(case, "complaint-received")
    kept = db.session.query(Sent).filter_by(owed_id=row.id).one()
    assert row.done_at and row.closed_at and not sink.received and not sink.refused
    assert kept.channel == "page" and kept.message_id == "" and case.reference in kept.subject
    assert "We have received your complaint" in kept.body and "/cases/" not in kept.body
    assert kept.delete_on > today() + timedelta(days=700)
    assert drain() == 0 and db.session.query(Sent).count() == 1


def test_what_is_for_a_page_does_not_wait_for_the_relay(app: Any, sink: Sink) -> None:
    case, mailed = anonymous(), sayings.complaint()
    relay_is_down()
    drain()
    assert row_of(case, "complaint-received").done_at and "acknowledge" not in open_duties(case)
    assert row_of(mailed, "complaint-received").closed_at is None and "acknowledge" in open_duties(mailed)


def test_a_page_that_was_left_behind_is_kept_once(app: Any, sink: Sink) -> None:
    case = anonymous()
    relay_is_down()
    db.session.execute(text("update outbox set lease_token = 'many:dead', lease_until = now() - interval '1 s'"))
    db.session.commit()
    drain()
    assert row_of(case, "complaint-received").done_at and db.session.query(Sent).count() == 1


def test_a_page_of_somebody_who_was_erased_is_dropped(app: Any, sink: Sink) -> None:
    case = anonymous()
    db.session.execute(text("update parties set erased_at = now()"))
    db.session.commit()
    drain()
    assert row_of(case, "complaint-received").dropped_at and db.session.query(Sent).count() == 0


def test_an_acknowledgement_is_owed_until_it_was_delivered(app: Any, sink: Sink) -> None:
    case = sayings.complaint()
    db.session.commit()
    assert "acknowledge" in open_duties(case)
    drain()
    assert len(sink.received) == 1
    assert "acknowledge" not in open_duties(case) and not verify.verify()


@pytest.mark.parametrize("how", ["refused", "no address", "put off"])
def test_what_bounced_or_waits_meets_nothing(how: str, app: Any, sink: Sink) -> None:
    case = sayings.complaint()
    if how == "refused":
        sink.be(permfail=frozenset({"chidi@example.org"}))
    elif how == "put off":
        sink.be(tempfail="rcpt")
    else:
        sayings.party_of(case).email = None
    db.session.commit()
    drain()
    assert row_of(case, "complaint-received").done_at is None
    assert "acknowledge" in open_duties(case) and not verify.verify()


def test_an_update_counts_from_its_delivery_and_is_owed_again(app: Any, cast: Cast, sink: Sink) -> None:
    case = sayings.investigated(cast)
    complaints.update(case, "We are waiting for the footage.", cast.handler)
    db.session.commit()
    drain()
    rows = db.session.query(DueDuty).filter_by(case_id=case.id, name="progress").order_by(DueDuty.number).all()
    assert [row.met_on for row in rows] == [today(), None]
    assert rows[-1].due_on == today() + timedelta(days=28)


def test_the_outcome_begins_the_review_window_when_it_was_delivered(app: Any, cast: Cast, sink: Sink) -> None:
    case = sayings.answered(cast)
    db.session.commit()
    assert case.told_on is None and "outcome" in open_duties(case)
    drain()
    db.session.refresh(case)
    assert case.told_on == today() and case.review_by == today() + timedelta(days=28)
    assert "outcome" not in open_duties(case) and not verify.verify()


def test_a_worker_that_dies_after_a_message_leaves_what_it_meets_to_the_next(
    app: Any, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows from a delivery is owed by the statement that writes the delivery down, and is done by anybody."""
    case = sayings.complaint()
    db.session.commit()

    def dies(stream_id: int, message: str) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(duties, "delivered", dies)
        drain()
    assert row_of(case, "complaint-received").done_at, "that it went out is not forgotten, so it goes out once"
    follow = row_of(case, duties.MET)
    assert follow.closed_at is None and follow.faults == 1 and "acknowledge" in open_duties(case)
    db.session.execute(text("update outbox set due_at = :now where id = :id"), {"now": now(), "id": follow.id})
    db.session.commit()
    drain()
    assert row_of(case, duties.MET).done_at and "acknowledge" not in open_duties(case)
    assert len(sink.received) == 1 and not verify.verify()


def test_messages_that_meet_nothing_owe_nothing_more(app: Any, sink: Sink) -> None:
    sayings.concern()
    db.session.commit()
    drain()
    assert len(sink.received) == 1 and db.session.query(Owed).filter_by(kind="job").count() == 0


def test_several_people_in_a_case_each_meet_it_and_nothing_is_lost(app: Any, sink: Sink) -> None:
    """Two deliveries of one event owe a job each: the first may have run before the second message went out."""
    other = Person(name="Ruth Mbeki", email="ruth@example.org")
    case = sayings.complaint(relation="behalf", authority="friend", representative=other)
    sink.be(permfail=frozenset({"chidi@example.org"}))
    db.session.commit()
    drain()
    assert db.session.query(Owed).filter_by(kind="job", stream_id=case.stream_id).count() == 1
    assert "acknowledge" in open_duties(case), "a receipt for who may not act yet tells the person nothing"
    sink.be()
    db.session.execute(text("update outbox set failed_at = null, closed_at = null where failed_at is not null"))
    db.session.commit()
    drain()
    assert db.session.query(Owed).filter_by(kind="job", stream_id=case.stream_id).count() == 2
    assert "acknowledge" not in open_duties(case)


def test_a_page_that_the_person_cannot_know_of_tells_them_nothing(app: Any, sink: Sink, cast: Cast) -> None:
    """Somebody acts for a person whom nobody can reach: what we write counts once that one may read it."""
    other = Person(name="Ruth Mbeki", email="ruth@example.org")
    unknown = Person(name="Tunde Bello", channel="page")
    case = sayings.complaint(relation="behalf", authority="friend", person=unknown, representative=other)
    db.session.commit()
    drain()
    assert not db.session.query(Owed).filter_by(done_at=None).count() and "acknowledge" in open_duties(case)
    assert not duties.can_be_told(case)
    feedback.agree_to_representative(case, sayings.party_of(case), True, cast.triage)
    complaints.update(case, "We are looking at the footage.", cast.handler)
    db.session.commit()
    drain()
    first = select(DueDuty.met_on).where(DueDuty.case_id == case.id, DueDuty.name == "progress", DueDuty.number == 1)
    assert db.session.scalar(first) == today() and duties.can_be_told(case) and not verify.verify()


def test_waiting_rows_are_found_by_their_index(app: Any) -> None:
    """The words of the claim are those of the index, or every look of the ticker would read the whole outbox."""
    from workers import claims

    db.session.execute(text("set local enable_seqscan = off"))
    for statement in (claims._CLAIM, claims._DUE):
        values = {"now": now(), "most": 10, "mail": True, "token": "t", "lease": 2.0}
        values = {name: values[name] for name in statement.compile().params}
        plan = db.session.execute(text("explain " + statement.text), values).scalars().all()
        assert any("ix_outbox_waiting" in line for line in plan), plan
