"""Changes of how somebody is reached: the new address confirms, the old one is told and may object. Never commits."""

from __future__ import annotations

from typing import Any

from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.extensions import db
from casework.moments import now, today
from casework.outbox import service as outbox
from casework.parties import service as parties
from casework.parties.models import ContactChange, Party
from casework.roles import Actor
from casework.settings import service as settings
from casework.tracking import entry, pages


def change_email(case: Case, party: Party, new_email: str, actor: Actor, checked: str = "") -> ContactChange:
    """Ask the new address to confirm, and tell the old one, which has 7 days (setting) to object.

    `checked`: how staff who ask made sure who it is.
    """
    change = parties.change_email(party, new_email, by_staff=actor.account_id)
    facts: dict[str, Any] = {"checked": checked} if checked else {}
    event = cases.record(case, "ask_email", actor, change=change.id, **facts)
    outbox.owe(event, "contact-change-confirm", f"change:{change.id}:new")
    if party.email:
        outbox.owe(event, "contact-change-told", f"change:{change.id}:old")
    return change


def confirm_email(change: ContactChange) -> None:
    """The new address said yes: from now on messages go there. The links sent to the old address stop working."""
    party = db.session.get_one(Party, change.party_id)
    change.confirmed_at = now()
    # Nobody who writes to us by post is moved to e-mail because staff noted an address: only who asked for it.
    if party.channel != "email" and not change.old_email and change.by_staff is None:
        party.channel = "email"
    party.bounced_at = None
    case = db.session.get_one(Case, party.case_id)
    _reach_at(case, party, change.new_email)
    event = cases.record(case, "email", entry.actor(party), change=change.id)
    cases.tell(event, case, "contact-changed", party.part)


def may_object(change: ContactChange) -> bool:
    """Whether the old address may still object."""
    last = settings.rule("contact.objection").due(london_date(change.at), settings.calendar())
    return today() <= last


def object_to_email(change: ContactChange) -> None:
    """The old address said no: it is put back, and every link and code is replaced."""
    party = db.session.get_one(Party, change.party_id)
    change.objected_at = now()
    case = db.session.get_one(Case, party.case_id)
    _reach_at(case, party, change.old_email if change.confirmed_at is not None else party.email)
    event = cases.record(case, "object_email", entry.actor(party), change=change.id)
    cases.tell(event, case, "contact-changed", party.part)


def _reach_at(case: Case, party: Party, email: str | None) -> None:
    """Set an address and replace link and code; also in the case that this one came from, which leads into it."""
    before = pages.party_before(case, party)
    for each in [party, *([before] if before is not None else [])]:
        each.email = email
        parties.index(each)
        parties.replace_secrets(each)
