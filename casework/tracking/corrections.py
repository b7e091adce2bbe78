"""How to reach somebody in a case, put right by staff after they made sure who it is. Never commits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.moments import now
from casework.parties import service as parties
from casework.parties.models import ContactChange, Party
from casework.roles import Actor
from casework.tracking import service

# Asking the same address again within this time is the same press of a button.
_TWICE = timedelta(minutes=2)


def correct_details(case: Case, party: Party, actor: Actor, *, checked: str, **given: Any) -> list[str]:
    """Correct how to reach somebody after an identity check (`checked` names it), and tell them. Returns what changed.

    Phone, address and postcode change where something is given; the other details are as given.
    """
    kept = {name: given.pop(name) for name in ("phone", "address", "postcode")}
    changed = parties.change_details(party, **kept)
    for name, value in given.items():
        if value != getattr(party, name):
            setattr(party, name, value)
            changed.append(name)
    if changed:
        event = cases.record(case, "contact", actor, fields=changed, checked=checked)
        cases.tell(event, case, "contact-changed", party.part)
    return changed


def ask_email(case: Case, party: Party, email: str, actor: Actor, *, checked: str) -> None:
    """Ask a new address to confirm, and tell the old one; pressing twice asks once. The identity check is recorded."""
    wanted = select(ContactChange.id).where(
        ContactChange.party_id == party.id, ContactChange.new_email == email, ContactChange.at > now() - _TWICE
    )
    if db.session.scalar(wanted.limit(1)) is None:
        service.change_email(case, party, email, actor, checked=checked)
