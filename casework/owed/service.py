"""Logs calls and posted letters, and closes what was owed. Never commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from casework import emails, letters
from casework.cases import duties
from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks import london
from casework.clocks.words import long_date
from casework.extensions import db
from casework.moments import now, today
from casework.outbox.models import Call, Owed, Sent
from casework.parties import needs
from casework.parties import service as parties
from casework.parties.models import Party
from casework.roles import Actor
from casework.settings import service as settings
from casework.workflow import Refused

RESULTS = {"reached": "Reached", "voicemail": "Left a message", "no_answer": "No answer"}
CLASSES = {"first": "First class", "second": "Second class", "signed": "Signed for"}
# Tries nearer to each other than this are one try.
APART = timedelta(hours=1)


def counted(calls: Iterable[Call]) -> list[Call]:
    """The tries that count: at different times, an hour or more after the last one that counts."""
    kept: list[Call] = []
    for call in sorted(calls, key=lambda each: each.at):
        if not kept or call.at - kept[-1].at >= APART:
            kept.append(call)
    return kept


def log_try(owed: Owed, case: Case, result: str, before: list[Call], actor: Actor) -> bool:
    """Log a try at telephoning. Returns whether that closes the call: reached, or tried often enough."""
    call = Call(owed_id=owed.id, at=now(), account_id=actor.account_id, result=result)
    db.session.add(call)
    cases.record(case, "call", actor, owed=owed.id, name=owed.name, result=result)
    if result == "reached":
        _keep(owed, now())
        owed.done_at = owed.closed_at = now()
        db.session.flush()
        duties.delivered(owed.stream_id, owed.name)
        return True
    if len(counted([*before, call])) < settings.value("ride.call.tries"):
        db.session.flush()
        return False
    owed.failed_at = owed.closed_at = now()
    owed.why = f"not reached in {settings.value('ride.call.tries')} tries"
    if owed.kind == "call":
        owed.settled_at = now()  # it stood beside a message, which says the same
    return True


def hold(rows: list[Owed]) -> dict[int, Party]:
    """Lock whom letters are for, always in the same order: before the first of several is posted."""
    return parties.hold({_party_of(owed) for owed in rows})


def prepare(rows: list[Owed], day: date) -> None:
    """Give each letter that is printed to be posted on a day its code, once: printed again, it shows the same.

    Printed again for the same day it is a copy; for another day it is a new letter, with the dates of that day.
    """
    people = hold(rows)
    for owed in rows:
        party = people.get(_party_of(owed))
        if party is not None and (owed.code_generation or 0) < party.code_generation:
            owed.code_generation = parties.next_code(party)
        owed.prints = owed.prints + 1 if owed.printed_for == day else 1
        owed.printed_for = day


def print_one(owed: Owed, case: Case, actor: Actor) -> None:
    """Note that one letter is printed by itself, to be posted today; twice is noted twice."""
    prepare([owed], today())
    cases.record(case, "print" if owed.prints == 1 else "reprint", actor, owed=owed.id, name=owed.name, on=today())


def post(
    owed: Owed, case: Case, on: date, post_class: str, actor: Actor, said: tuple[str, str] | None = None, **facts: Any
) -> None:
    """Note that a letter was posted on a day: it is done, and of the codes that the person has only its own opens.

    Not before: what they hold until it arrives is the last letter, or the page that said that the application was sent.
    `said` is subject and words as they were printed. A letter that bears another day is `Refused`.
    """
    if owed.printed_for is not None and owed.printed_for != on:
        raise Refused(
            f"The letter of {case.reference} bears {long_date(owed.printed_for)}, and its dates are counted from that"
            " day. Print it again on the day on which it is posted, or enter the day that it bears."
        )
    party = hold([owed]).get(_party_of(owed))
    if party is not None and owed.code_generation is not None:
        parties.code_posted(party, owed.code_generation)
    at = now() if on == today() else london.at(on, time(12))
    _keep(owed, at, said)
    owed.done_at = owed.closed_at = at
    cases.record(case, "post", actor, owed=owed.id, name=owed.name, on=on, post_class=post_class, **facts)
    duties.delivered(owed.stream_id, owed.name)


def has_address(owed: Owed, case: Case) -> bool:
    """Whether there is an address on which a letter can be sent."""
    return any(each.address for each in case.parties if f"party:{each.id}" == owed.part)


def by_post(owed: Owed, case: Case, actor: Actor) -> None:
    """Owe a letter in place of a message that could not be delivered, or raise `Refused` where there is no address."""
    if owed.failed_at is None or owed.settled_at is not None:
        raise Refused("This message has not failed, or somebody has dealt with it.")
    party = next((each for each in case.parties if f"party:{each.id}" == owed.part), None)
    if party is None or not party.address:
        raise Refused("There is no postal address. Ask for one by telephone, and correct the contact details.")
    if needs.not_home(party) and party.channel != "letter":
        raise Refused("They asked us not to write to their home. Call them, or ask where else we may write.")
    copied = {name: getattr(owed, name) for name in ("stream_id", "event_number", "name", "part", "rank", "recheck")}
    letter = copied | {"kind": "letter", "channel": "letter", "due_at": now(), "created_at": now()}
    db.session.execute(insert(Owed).values(**letter).on_conflict_do_nothing())
    owed.settled_at = now()
    cases.record(case, "by_post", actor, owed=owed.id, name=owed.name)


def address_good(owed: Owed, case: Case, actor: Actor) -> None:
    """Let letters go on to an address from which one came back: somebody made sure that it is right."""
    party = parties.hold({_party_of(owed)}).get(_party_of(owed))
    if party is not None and party.post_returned_at is not None:
        party.post_returned_at = None
        cases.record(case, "address_good", actor, part=party.part)


def drop(owed: Owed, case: Case, why: str, actor: Actor) -> None:
    """Close a call or a letter that nobody wants any more."""
    owed.dropped_at = owed.closed_at = now()
    owed.why = why
    cases.record(case, "drop", actor, owed=owed.id, name=owed.name)


def _party_of(owed: Owed) -> int:
    """The number of the party that a row is for; 0 for a row that is for nobody in a case."""
    kind, _, number = owed.part.partition(":")
    return int(number) if kind == "party" else 0


def _keep(owed: Owed, at: datetime, said: tuple[str, str] | None = None) -> None:
    """Keep what was told or posted, for "what was I told?"."""
    if said is None:
        try:
            with letters.rehearsed(london.london_date(at)):
                paper = emails.on_paper(owed)
        except (emails.NotWanted, emails.CannotReach):
            return  # it went out all the same; what it said can no longer be put together
        said = paper.subject, paper.text
    until = settings.rule("keep.sent").due(london.london_date(at), settings.calendar())
    row = Sent(owed_id=owed.id, stream_id=owed.stream_id, at=at, name=owed.name, part=owed.part, channel=owed.channel)
    row.message_id, row.delete_on = "", until
    row.subject, row.body = said
    db.session.add(row)
    db.session.flush()
