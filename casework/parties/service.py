"""Adds people to a case and corrects how they are reached. Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from casework.extensions import db
from casework.joining import join
from casework.moments import now
from casework.parties import secrets
from casework.parties.models import ContactChange, Party
from casework.parties.names import fold
from casework.sealed import digest


def add(case_id: int, part: str, name: str, *, born_on: date | None = None, **details: Any) -> Party:
    """Add somebody to a case. Link and code exist when this returns; `details` are columns of Party."""
    party = Party(case_id=case_id, part=part, name=name, name_folded=fold(name))
    for key, value in details.items():
        setattr(party, key, value)
    party.born_on_text = born_on.isoformat() if born_on else None
    party.generation = party.code_generation = 1
    index(party)
    if party.id is None:
        db.session.add(party)
        db.session.flush()
    renew_digests(party)
    db.session.add(party)
    db.session.flush()
    return party


def fill(party: Party, opened: Mapping[str, Any], keyed: Mapping[str, Any]) -> dict[str, Any]:
    """Complete somebody by what was keyed after their case was opened with less.

    Returns what the paper says where staff have written something else meanwhile. That nobody ticked a way to be
    reached ("page") takes no address away.
    """
    said = {name: value for name, value in keyed.items() if not (name == "channel" and value == "page")}
    stands = {name: getattr(party, name) for name in said if name != "born_on"} | {"born_on": born_on(party)}
    found = join(opened, said | {"voicemail": said.get("voicemail") or None}, stands)
    for name, value in found.changes.items():
        match name:
            case "name":
                party.name, party.name_folded = value, fold(value)
            case "born_on":
                party.born_on_text = value.isoformat()
            case "adjustments":
                party.adjustments = dict(party.adjustments) | value
            case _:
                setattr(party, name, value)
    index(party)
    db.session.flush()
    return found.conflicts


def index(party: Party) -> None:
    """Bring the look-up digests up to date with name, birth date and e-mail."""
    party.email_digest = email_digest(party.email) if party.email else None
    born = party.born_on_text
    party.person_digest = digest("person", f"{party.name_folded}|{born}") if born else None


def email_digest(email: str) -> bytes:
    """The keyed hash that an address is found by, ignoring case and surrounding space."""
    return digest("email", email.strip().casefold())


def renew_digests(party: Party) -> None:
    """Keep the digests of the link and code of the party's present generations."""
    party.link_digest = secrets.link_digest(secrets.link_secret(party.id, party.generation))
    party.code_digest = secrets.code_digest(secrets.code(party.id, party.code_generation))


def replace_secrets(party: Party) -> None:
    """Make the old link and code useless at once, and the code on letters that are on their way."""
    party.generation += 1
    party.code_generation += 2  # the next one may stand on a letter
    party.next_code_digest = None
    renew_digests(party)


def next_code(party: Party) -> int:
    """The generation of the code for a letter that is printed now: fresh, the same for all until one is posted.

    It opens the case from now on; the code before it does so too until `code_posted`.
    """
    following = party.code_generation + 1
    party.next_code_digest = secrets.code_digest(secrets.code(party.id, following))
    return following


def code_posted(party: Party, generation: int) -> None:
    """The letter with this code is in the post: no older code opens the case any more."""
    if generation > party.code_generation:
        party.code_generation, party.next_code_digest = generation, None
        renew_digests(party)


def opened_by(code: str) -> ColumnElement[bool]:
    """The condition that a code, as `references.read_code` gives it, opens a party's case."""
    wanted = secrets.code_digest(code)
    return or_(Party.code_digest == wanted, Party.next_code_digest == wanted) & Party.erased_at.is_(None)


def hold(party_ids: Iterable[int]) -> dict[int, Party]:
    """These people with a lock, as they are now."""
    wanted = select(Party).where(Party.id.in_(list(party_ids))).order_by(Party.id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return {party.id: party for party in db.session.scalars(locked)}


def born_on(party: Party) -> date | None:
    """The birth date, opened."""
    return date.fromisoformat(party.born_on_text) if party.born_on_text else None


def change_details(party: Party, **given: str | None) -> list[str]:
    """Correct phone, address or postcode where something new is given. Returns what changed."""
    changed = []
    for name, value in given.items():
        if value and value != getattr(party, name):
            setattr(party, name, value)
            changed.append(name)
    if {"address", "postcode"} & set(changed):
        party.post_returned_at = None
    return changed


def change_email(party: Party, new_email: str, by_staff: int | None = None) -> ContactChange:
    """Prepare a change of address: the new one confirms it, the old one is told. Both links exist on return."""
    change = ContactChange(party_id=party.id, at=now(), old_email=party.email, new_email=new_email, by_staff=by_staff)
    db.session.add(change)
    db.session.flush()
    change.confirm_digest = secrets.link_digest(secrets.purpose_secret("change", change.id))
    change.object_digest = secrets.link_digest(secrets.purpose_secret("objection", change.id))
    db.session.flush()
    return change
