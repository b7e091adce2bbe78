"""Begins drafts, keeps them in time and sends their link. Never commits; never reads the request."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.cases.models import Draft
from casework.clocks.london import london_date
from casework.extensions import db
from casework.history import service as history
from casework.moments import now, today
from casework.outbox import service as outbox
from casework.parties import secrets
from casework.roles import Actor, Role
from casework.settings import service as settings


def begin(kind: str, at: datetime | None = None) -> Draft:
    """Begin a draft of a form. Its link exists when this returns."""
    moment = at or now()
    draft = Draft(kind=kind, stream_id=history.open_stream("draft").id, created_at=moment, changed_at=moment)
    keep_longer(draft)
    draft.answers = "{}"
    db.session.add(draft)
    db.session.flush()
    draft.link_digest = secrets.link_digest(secrets.purpose_secret("draft", draft.id))
    return draft


def keep_longer(draft: Draft) -> None:
    """Count a draft's time from its last change."""
    draft.expires_on = settings.rule("draft.keep").due(london_date(draft.changed_at), settings.calendar())


def send_link(draft: Draft, email: str, message: str) -> None:
    """Owe the link with which a draft can be opened again."""
    draft.email = email
    event = history.append(draft.stream_id, "send_link", Actor(Role.PUBLIC), subject=("draft", draft.id))
    outbox.owe(event, message, f"draft:{draft.id}")


def forget(draft: Draft) -> None:
    """Empty a draft that was not sent, and end its link; the row goes with the next nightly deletion."""
    draft.answers, draft.email = "{}", None
    draft.expires_on = today() - timedelta(days=1)
