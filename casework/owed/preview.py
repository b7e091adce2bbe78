"""Shows a message that is owed as its reader will see it, in their own channel. Sends and writes nothing."""

from __future__ import annotations

import re

from casework import emails
from casework.outbox import preview
from casework.outbox.models import Owed
from casework.outbox.preview import Seen

# Whoever has the link of a case can act in it as the person: it is theirs alone.
_SECRET = re.compile(r"(/cases/)[\w-]+")


@preview.renders
def seen(owed: Owed) -> Seen:
    """The e-mail as it goes out; the letter, the call or the words on the tracking page as they are kept."""
    try:
        if owed.channel == "email":
            mail = emails.render(owed)
            return Seen("email", mail.to_name, mail.to_address, mail.subject, _SECRET.sub(r"\1…", mail.text))
        paper = emails.on_paper(owed)
    except (emails.CannotReach, emails.NotWanted) as no:
        return Seen(owed.channel, "", "", "", "", why_not=str(no))
    address = {"letter": paper.address, "call": paper.party.phone or ""}.get(owed.channel, "")
    return Seen(owed.channel, paper.name, address, paper.subject, paper.text)
