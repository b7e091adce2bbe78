"""The same message for whoever has no e-mail: on paper, or to be said on the telephone. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from markupsafe import Markup

from casework.emails import readers, words
from casework.emails.readers import CannotReach
from casework.emails.render import given_to, said, subject_of
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import Party

BY_PHONE_OR_POST = ", by telephone or by post"


@dataclass(frozen=True)
class Paper:
    """A message as it is printed or read out. `code` is empty for somebody who does not act in the case."""

    party: Party
    name: str
    address: str
    reference: str
    subject: str
    text: str
    html: Markup  # escaped where the template was filled in
    code: str  # empty for what was not printed yet
    page: str
    track_url: str
    contact: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)  # what the words were made from


def on_paper(owed: Owed, instead_of_link: str = BY_PHONE_OR_POST, event: Event | None = None) -> Paper:
    """The letter or call that a row owes, as things are now. Raises `NotWanted` or `CannotReach`.

    `event` is the cause, if it is at hand.
    """
    event = event or readers.cause(owed)
    reader = readers.person(owed)
    party = reader.party
    if party is None or reader.case is None:
        raise CannotReach("this message is for nobody in a case")
    readers.still_wanted(owed, event)
    given = given_to(owed, event, reader) | {"link": ""}
    return Paper(
        party=party,
        name=party.name,
        address="\n".join(part for part in (party.address or "", party.postcode or "") if part),
        reference=reader.case.reference,
        subject=subject_of(owed, given),
        text=words.tidy(said(owed, "txt", given, instead_of_link)),
        html=Markup(said(owed, "html", given, instead_of_link)),
        code=_code(owed, party) if party.acts else "",
        page=given["page"],
        track_url=f"{current_app.config['PUBLIC_URL']}/track",
        contact=given["contact"],
        facts=given,
    )


def _code(owed: Owed, party: Party) -> str:
    """The code given to the letter when it was first printed; empty if it was not, or if all were replaced since."""
    given = owed.code_generation
    return secrets.code(party.id, given) if given is not None and given >= party.code_generation else ""
