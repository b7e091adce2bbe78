"""Whom a message is for: from the part of an owed row to a name, an address and the case it is about.

Also says whether the message is still wanted: a person may be erased, a link used, a case moved on.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import select

from casework.accounts.models import Account
from casework.cases import registry
from casework.cases.models import Case, Draft
from casework.extensions import db
from casework.feedback import growing_up
from casework.history.models import Event
from casework.outbox.messages import MESSAGES
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import ContactChange, Party
from casework.rides.models import SchemeNotice

# All that somebody is told who does not act in a case: an answer of the person concerned is awaited, or was no; or a
# parent acts for a child.
TOLD_ALL_THE_SAME = frozenset(name for name, message in MESSAGES.items() if message.bare)


class NotWanted(Exception):
    """Nobody wants this message any more. The words say why, for staff."""


class CannotReach(Exception):
    """There is nowhere to send this message. The words say why, for staff."""


@dataclass
class Reader:
    """Somebody who is written to. `link` opens their case, where they are known to be theirs."""

    name: str
    address: str
    case: Case | None = None
    party: Party | None = None
    row: Any = None
    link: str = ""
    is_staff: bool = False


def cause(owed: Owed) -> Event:
    """The event that owes a message."""
    return db.session.scalars(
        select(Event).where(Event.stream_id == owed.stream_id, Event.number == owed.event_number)
    ).one()


def preload(owed_ids: Sequence[int], event_ids: Sequence[int]) -> list[object]:
    """Read what most messages need, for many rows at once. The session knows it for as long as the result is kept."""
    rows = list(db.session.scalars(select(Owed).where(Owed.id.in_(owed_ids))))
    events = list(db.session.scalars(select(Event).where(Event.id.in_(event_ids))))
    ids = [int(row.part.removeprefix("party:")) for row in rows if re.fullmatch(r"party:\d{1,18}", row.part)]
    people = list(db.session.scalars(select(Party).where(Party.id.in_(ids))))
    cases = list(db.session.scalars(select(Case).where(Case.id.in_({person.case_id for person in people}))))
    return [*rows, *events, *people, *cases]


def reader(owed: Owed) -> Reader:
    """Whoever the part of a row means, as they are now. Raises `NotWanted` or `CannotReach`."""
    found = person(owed)
    if not found.address:
        raise CannotReach("there is no e-mail address")
    found.address = clean_address(found.address)
    return found


def person(owed: Owed) -> Reader:
    """Whoever the part of a row means, whether or not they have an e-mail address. Raises `NotWanted`."""
    kind, _, rest = owed.part.partition(":")
    number, _, side = rest.partition(":")
    found = _KINDS[kind](int(number), side)
    if kind == "party" and found.party and not found.party.acts and owed.name not in TOLD_ALL_THE_SAME:
        raise NotWanted("they do not act in this case")
    if found.party and found.case and growing_up.is_over(found.case, found.party):
        raise NotWanted("the person for whom they acted is sixteen and has not said yes yet")
    return found


def still_wanted(owed: Owed, event: Event) -> None:
    """Raise `NotWanted` if a reminder's case has left the state that the cause led to, be it only for a while."""
    if not owed.recheck or event.to_state is None:
        return
    kind = registry.named(event.subject_kind)
    subject = db.session.get(kind.model, event.subject_id)
    if subject is None or subject.state != event.to_state:
        raise NotWanted("it has moved on since")
    moved = select(Event.id).where(
        Event.stream_id == event.stream_id,
        Event.number > event.number,
        Event.subject_kind == event.subject_kind,
        Event.subject_id == event.subject_id,
        Event.to_state.is_not(None),
        Event.to_state.is_distinct_from(Event.from_state),
    )
    if db.session.scalar(moved.limit(1)) is not None:
        raise NotWanted("it has moved on since")


def told(part: str) -> None:
    """Once a message has gone out: who asked to be told about a scheme is forgotten. The caller commits."""
    kind, _, number = part.partition(":")
    if kind == "notice" and (row := db.session.get(SchemeNotice, int(number))):
        db.session.delete(row)


def clean_address(address: str) -> str:
    """The address as it stands in headers and envelope; `CannotReach` for one that could break out of either."""
    address = address.strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or len(address) > 254 or re.search(r"[\s<>,;:\"\\()\[\]]", address):
        raise CannotReach("the e-mail address is not a valid one")
    if any(unicodedata.category(each).startswith("C") for each in address):
        raise CannotReach("the e-mail address is not a valid one")
    if not local.isascii():
        raise CannotReach("the e-mail address has letters that mail cannot carry")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise CannotReach("the e-mail address is not a valid one") from None


def clean_name(name: str) -> str:
    """A name as it may be greeted by, on one line; empty for one that is no name but a link or an address."""
    name = "".join(" " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each for each in name)
    name = " ".join(re.sub("[\u202a-\u202e\u2066-\u2069]", "", name).split())
    if len(name) > 100 or re.search(r"[/\\@<>]|www\.|=\?|[a-z0-9]\.[a-z]{2,}", name, re.IGNORECASE):
        return ""
    return name


def _party(number: int, side: str) -> Reader:
    party = db.session.get(Party, number)
    if party is None or party.erased_at is not None:
        raise NotWanted("the person was erased")
    case = db.session.get(Case, party.case_id)
    # Who does not act in a case has nothing to open there.
    return Reader(party.name, party.email or "", case, party, party, case_link(party) if party.acts else "")


def _change(number: int, side: str) -> Reader:
    """The new address is not known to be theirs yet, the old one perhaps no longer: neither gets the link."""
    change = db.session.get(ContactChange, number)
    party = db.session.get(Party, change.party_id) if change else None
    if change is None or party is None or party.erased_at is not None:
        raise NotWanted("the person was erased")
    if change.objected_at is not None:
        raise NotWanted("the change was objected to")
    if side == "new" and change.confirmed_at is not None:
        raise NotWanted("the address is confirmed")
    address = change.new_email if side == "new" else change.old_email
    return Reader("", address or "", db.session.get(Case, party.case_id), party, change)


def _account(number: int, side: str) -> Reader:
    account = db.session.get(Account, number)
    if account is None or account.disabled_at is not None:
        raise NotWanted("the account is disabled")
    return Reader(account.name, account.email, row=account, is_staff=True)


def _draft(number: int, side: str) -> Reader:
    draft = db.session.get(Draft, number)
    if draft is None or draft.case_id is not None or not draft.email:
        raise NotWanted("the form was sent or deleted")
    return Reader("", draft.email, row=draft)


def _notice(number: int, side: str) -> Reader:
    notice = db.session.get(SchemeNotice, number)
    if notice is None:
        raise NotWanted("they have been told or have changed their mind")
    return Reader("", notice.email or "", row=notice)


def case_link(party: Party) -> str:
    """The secret link of a party's case."""
    return f"{current_app.config['PUBLIC_URL']}/cases/{secrets.link_secret(party.id, party.generation)}"


_KINDS: dict[str, Callable[[int, str], Reader]] = {
    "party": _party,
    "change": _change,
    "account": _account,
    "draft": _draft,
    "notice": _notice,
}
