"""Owes every message about a ride that any table can owe, in each state that can owe it, and those that no table owes.

What is said about feedback and complaints: `tests.emails.said`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from casework.cases import registry
from casework.cases.models import Question
from casework.drafting import service as drafts
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.outbox import service as outbox
from casework.outbox.models import Owed
from casework.parties.models import ContactChange
from casework.rides import service as rides
from casework.rides.models import Scheme, SchemeNotice
from casework.rides.workflow import GROUNDS
from casework.roles import SYSTEM
from casework.schedule.models import Booking
from casework.schedule.workflow import CANCEL_REASONS
from casework.workflow import Row, Tell
from tests import factories

SAYINGS = frozenset({"feedback", "complaint", "allegation"})
QUESTION = "Which borough do you live in?\nAnd since when: <2020 & later>?"
REMINDERS = ("ride-reminder-week", "ride-reminder-two-days", "ride-reminder-morning")


@dataclass(frozen=True)
class Sending:
    """One way in which a message comes to be owed."""

    name: str
    kind: str = ""
    action: str = ""
    from_state: str | None = None
    to_state: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        given = "-".join(str(value) for value in self.facts.values())
        return " ".join(part for part in (self.name, self.kind, self.action, str(self.from_state or ""), given) if part)


def sendings() -> Iterator[Sending]:
    """Every message of every row of the tables of rides, with each choice that its words depend on."""
    for kind in registry.everything():
        if kind.workflow.name in SAYINGS:
            continue
        for row in kind.workflow.rows:
            for effect in row.then:
                if isinstance(effect, Tell):
                    for facts in _choices(row):
                        yield Sending(effect.name, kind.workflow.name, row.action, row.from_state, row.to_state, facts)
    for name in REMINDERS:
        yield Sending(name, "booking", "accept", "offered", "accepted")
    for name in ("lost-link", "contact-changed"):
        yield Sending(name, "ride", name.replace("-", "_"))


def _choices(row: Row) -> list[dict[str, Any]]:
    if "ground" in row.asks:
        return [
            {"ground": ground, "reapply_on": day} for ground in GROUNDS for day in (None, "2031-02-28", "2020-01-01")
        ]
    if "reason" in row.asks and "cancelled" in row.to_state:
        return [{"reason": reason} for reason in (*CANCEL_REASONS, "checks")]
    return [{}]


class Stage:
    """One booked ride on which every message can be owed."""

    def __init__(self) -> None:
        self.made = factories.booked(factories.Cast())
        self.ride = self.made.ride
        question = Question(case_id=self.ride.id, asked_at=now() - timedelta(days=1))
        question.words = QUESTION
        db.session.add(question)
        db.session.commit()
        self.person = self.ride.applicant
        self.booking = db.session.get_one(Booking, self.made.booking_id)
        self.subjects = {"ride": self.ride, "booking": self.booking}

    def owe(self, sending: Sending, at: datetime | None = None) -> Owed:
        """Owe a message as if its row had just been taken; subject and case stand where that row leads."""
        kind = registry.named(sending.kind)
        subject = self.subjects.get(sending.kind) or db.session.query(kind.model).first()
        if sending.to_state is not None:
            self._stand(kind.model.__tablename__, subject.id, sending.to_state)
        if sending.name in {"ride-thanks", "ride-feedback-again"}:
            self._stand("cases", self.ride.id, "done")
        states = (sending.from_state, sending.to_state)
        event = history.append(
            self.ride.stream_id,
            sending.action,
            SYSTEM,
            subject=(sending.kind, subject.id),
            states=states,
            facts=sending.facts,
            at=at,
        )
        outbox.owe(event, sending.name, f"party:{self.person.id}")
        db.session.commit()
        return self._last()

    def others(self) -> Iterator[Owed]:
        """The messages that belong to no transition of a case."""
        yield from self._changes()
        yield from self._drafts_and_notices()
        yield from self._staff()

    def _changes(self) -> Iterator[Owed]:
        change = ContactChange(
            party_id=self.person.id, at=now(), old_email="old@example.org", new_email="new@example.org"
        )
        db.session.add(change)
        db.session.flush()
        event = history.append(
            self.ride.stream_id, "ask_change", SYSTEM, subject=("ride", self.ride.id), facts={"change": change.id}
        )
        for name, side in (("contact-change-confirm", "new"), ("contact-change-told", "old")):
            outbox.owe(event, name, f"change:{change.id}:{side}")
            yield self._last()

    def _drafts_and_notices(self) -> Iterator[Owed]:
        draft = drafts.begin("ride")
        drafts.send_link(draft, "draft@example.org", "draft-link")
        yield self._last()
        area = factories.area("north")
        rides.ask_to_be_told(area.id, "notice@example.org")
        scheme = db.session.query(Scheme).filter_by(area_id=area.id).one()
        event = history.append(
            scheme.stream_id,
            "reopen",
            SYSTEM,
            subject=("scheme", scheme.id),
            states=("paused", "open"),
            facts={"scheme": scheme.id},
        )
        outbox.owe(event, "scheme-open", f"notice:{db.session.query(SchemeNotice).one().id}")
        yield self._last()

    def _staff(self) -> Iterator[Owed]:
        from casework.accounts import service as accounts

        account = factories.Cast().account("clerk") if not db.session.info.get("clerk") else None
        assert account is not None
        for kind in ("invitation", "reset"):
            accounts.make_token(account, kind, f"send_{kind}", SYSTEM)
            yield self._last()
        numbers = {"overdue": 3, "due_soon": 2, "unassigned": 1, "failed": 0}
        words = {"reference": self.ride.reference, "words": "the host ended a ride because somebody was hurt"}
        for name, facts in (
            ("staff-sign-in", {}),
            ("staff-digest", numbers),
            ("staff-alarm", words),
            ("staff-alarm", {"words": "nobody is on duty"}),
        ):
            event = history.append(
                account.stream_id, name.replace("-", "_"), SYSTEM, subject=("account", account.id), facts=facts
            )
            outbox.owe(event, name, f"account:{account.id}")
            yield self._last()

    def _stand(self, table: str, row_id: int, state: str) -> None:
        table = "cases" if table == "rides" else table
        db.session.execute(text(f"update {table} set state = :state where id = :id"), {"state": state, "id": row_id})
        db.session.commit()

    def _last(self) -> Owed:
        db.session.commit()
        row = db.session.query(Owed).order_by(Owed.id.desc()).first()
        assert row is not None
        return row
