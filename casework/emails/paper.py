"""The same message for whoever has no e-mail: on paper, or to be said on the telephone. Nothing here writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup

from casework.emails import facts, readers, words
from casework.emails.readers import CannotReach
from casework.emails.render import environment
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import Party
from casework.settings import service as settings

# What an e-mail says of itself. On paper there is no link to press and no file to open.
_LINK = re.compile(r",\s+with the link below\b")
_FILE = re.compile(r"\s*The file with this message [^.]*\.")


@dataclass(frozen=True)
class Paper:
    """A message as it is printed or read out."""

    party: Party
    name: str
    address: str
    reference: str
    subject: str
    text: str
    html: Markup  # escaped where the template was filled in
    code: str  # empty for what was not printed yet
    track_url: str
    contact: dict[str, str]


def on_paper(owed: Owed) -> Paper:
    """The letter or call that a row owes, as things are now. Raises `NotWanted` or `CannotReach`."""
    event = readers.cause(owed)
    reader = readers.person(owed)
    party = reader.party
    if party is None or reader.case is None:
        raise CannotReach("this message is for nobody in a case")
    readers.still_wanted(owed, event)
    given = {
        "force": current_app.config["FORCE_NAME"],
        "name": readers.clean_name(reader.name),
        "reference": reader.case.reference,
        "link": "",
        "contact": {key: settings.value(f"contact.{key}") for key in ("phone", "email", "post")},
        **facts.facts_for(owed.name, event, reader),
    }
    subject = environment().get_template(f"emails/{owed.name}/subject.txt").render(given)
    return Paper(
        party=party,
        name=party.name,
        address="\n".join(part for part in (party.address or "", party.postcode or "") if part),
        reference=reader.case.reference,
        subject=" ".join(subject.split()),
        text=words.tidy(_said(f"emails/{owed.name}/body.txt", given)),
        html=Markup(_said(f"emails/{owed.name}/body.html", given)),
        code=_code(owed, party),
        track_url=f"{current_app.config['PUBLIC_URL']}/track",
        contact=given["contact"],
    )


def _code(owed: Owed, party: Party) -> str:
    """The code given to the letter when it was first printed; empty if it was not, or if all were replaced since."""
    given = owed.code_generation
    return secrets.code(party.id, given) if given is not None and given >= party.code_generation else ""


def _said(name: str, given: dict[str, Any]) -> str:
    """What a message says, without the frame that e-mails have around it."""
    template = environment().get_template(name)
    text = "".join(template.blocks["body"](template.new_context(given)))
    return _FILE.sub("", _LINK.sub(", by telephone or by post", text))
