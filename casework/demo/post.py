"""The demonstration's post: what would have gone out by now is kept as sent, at its time, and never mailed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, text, update

from casework import emails
from casework.cases import duties
from casework.clocks.london import london_date
from casework.demo.people import GONE
from casework.extensions import db
from casework.moments import moved_to
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed, Sent
from casework.parties.models import Party
from casework.sealed import seal
from casework.settings import service as settings

# A fresh demonstration is quiet: what would fall due within half a day of its making is dropped.
QUIET = timedelta(hours=12)
# Letters and calls of the last days still wait for a clerk.
FOR_THE_CLERK = timedelta(days=4)
# A letter is in the post, and a call made, so long after it was owed.
LATER = timedelta(hours=25)
# What bounced before the last days was dealt with.
BOUNCED_LATELY = timedelta(days=21)

# Reminders by letter or telephone whose case has moved on by the time they are due.
_DROP = text("""
    update outbox o set dropped_at = o.due_at, closed_at = o.due_at, why = 'it has moved on since'
    from events c
    where o.closed_at is null and o.recheck and o.channel <> 'email' and o.due_at <= :now
        and c.stream_id = o.stream_id and c.number = o.event_number
        and exists (
            select from events l
            where l.stream_id = c.stream_id and l.number > c.number and l.at <= o.due_at
                and l.subject_kind = c.subject_kind and l.subject_id = c.subject_id
                and l.to_state is distinct from l.from_state)
""")
_ON_PAPER = ("letter", "call")
_POST = text("""
    update outbox set done_at = due_at + interval '25 hours', closed_at = due_at + interval '25 hours'
    where closed_at is null and channel in ('letter', 'call') and due_at <= :before
    returning id, channel, closed_at
""")
_CALL = text("insert into calls (owed_id, at, account_id, result) values (:owed, :at, :account, 'reached')")
_QUIET = text("""
    update outbox set dropped_at = :now, closed_at = :now, why = 'the demonstration had just been made'
    where closed_at is null and channel in ('email', 'page', '') and due_at <= :until
""")
_SETTLE = text("update outbox set settled_at = failed_at + interval '1 day' where failed_at < :before")
_SENT_IDS = text("select nextval(pg_get_serial_sequence('sent', 'id')) from generate_series(1, :count)")


class Post:
    """Renders each message as things were when it was due, and keeps it."""

    def __init__(self, now: datetime) -> None:
        self._kept: list[dict[str, Any]] = []
        self._next: dict[int, datetime] = {}
        self._calls: list[tuple[int, datetime]] = []
        self._in_tray_since = now - FOR_THE_CLERK
        self._matters = [name for name in MESSAGES if duties.matters(name)]

    def deliver(self, stream_id: int, moment: datetime, news: bool) -> None:
        """Send, as it were, what a history owes up to a moment. `news`: more may be owed than last time.

        What meets a duty meets it then. Letters and calls that meet none are done in `settle`.
        """
        if not news and self._next.get(stream_id, moment) >= moment:
            return
        self._next.pop(stream_id, None)
        fates: dict[str, list[int]] = {"done_at": [], "dropped_at": [], "failed_at": []}
        for at, owed in self._waiting(stream_id):
            if at > moment:
                self._next[stream_id] = at
                break
            fate = "done_at" if owed.channel in _ON_PAPER else self._fate(owed)
            if fate == "done_at" and owed.name in self._matters:
                self._meet(owed, at)
            else:
                fates[fate].append(owed.id)
        for column, ids in fates.items():
            if ids:
                closing = update(Owed).where(Owed.id.in_(ids)).values({"closed_at": Owed.due_at, column: Owed.due_at})
                db.session.execute(closing.execution_options(synchronize_session=False))

    def _waiting(self, stream_id: int) -> list[tuple[datetime, Owed]]:
        """What is owed and not closed, with when it goes, the first first."""
        by_mail = Owed.channel.in_(["email", "page"])
        on_paper = Owed.channel.in_(_ON_PAPER) & Owed.name.in_(self._matters) & (Owed.due_at <= self._in_tray_since)
        wanted = select(Owed).where(Owed.stream_id == stream_id, Owed.closed_at.is_(None), or_(by_mail, on_paper))
        found = db.session.scalars(wanted.order_by(Owed.due_at, Owed.id)).all()
        going = [(owed.due_at + (LATER if owed.channel in _ON_PAPER else timedelta()), owed) for owed in found]
        return sorted(going, key=lambda pair: (pair[0], pair[1].id))

    def _meet(self, owed: Owed, at: datetime) -> None:
        """It is out: what it meets is met at that moment."""
        owed.done_at = owed.closed_at = at
        if owed.channel == "call":
            self._calls.append((owed.id, at))
        db.session.flush()
        with moved_to(at):
            duties.delivered(owed.stream_id, owed.name)

    def settle(self, now: datetime, clerk_id: int) -> None:
        """Keep what was sent, post the letters, make the calls, and leave nothing that would be mailed soon."""
        ids = db.session.scalars(_SENT_IDS, {"count": len(self._kept)}).all()
        for sent_id, row in zip(ids, self._kept, strict=True):
            row["id"] = sent_id
            row["subject_sealed"] = seal(row.pop("subject"), f"sent.subject.{sent_id}")
            row["body_sealed"] = seal(row.pop("body"), f"sent.body.{sent_id}")
        if self._kept:
            db.session.execute(insert(Sent), self._kept)
        db.session.execute(_DROP, {"now": now})
        posted = db.session.execute(_POST, {"before": now - FOR_THE_CLERK}).all()
        made = self._calls + [(row.id, row.closed_at) for row in posted if row.channel == "call"]
        calls = [{"owed": owed_id, "at": at, "account": clerk_id} for owed_id, at in made]
        if calls:
            db.session.execute(_CALL, calls)
        db.session.execute(_SETTLE, {"before": now - BOUNCED_LATELY})
        be_quiet(now)

    def _fate(self, owed: Owed) -> str:
        try:
            with moved_to(owed.due_at):
                rendered = emails.render(owed)
        except emails.NotWanted:
            return "dropped_at"
        except emails.CannotReach:
            return "failed_at"
        if rendered.to_address.endswith(GONE):
            self._bounce(owed)
            return "failed_at"
        self._keep(owed, rendered)
        return "done_at"

    def _keep(self, owed: Owed, rendered: emails.Rendered) -> None:
        self._kept.append(
            {
                "owed_id": owed.id,
                "stream_id": owed.stream_id,
                "at": owed.due_at,
                "name": owed.name,
                "part": owed.part,
                "channel": owed.channel,
                "message_id": rendered.message_id,
                "subject": rendered.subject,
                "body": rendered.text,
                "delete_on": settings.rule("keep.sent").due(london_date(owed.due_at), settings.calendar()),
            }
        )

    def _bounce(self, owed: Owed) -> None:
        """Their mailbox is gone: the case shows it, and offers to write by post instead."""
        owed.why = "refused: SMTPRecipientsRefused 550"
        party = db.session.get_one(Party, int(owed.part.partition(":")[2]))
        party.bounced_at = owed.due_at


def be_quiet(now: datetime) -> None:
    """Drop what would be mailed soon after a moment."""
    db.session.execute(_QUIET, {"now": now, "until": now + QUIET})
