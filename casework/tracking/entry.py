"""How somebody of the public gets into their case, and stays there: a short session for one case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from flask import current_app, session
from sqlalchemy import select

from casework.cases import queries
from casework.cases.models import Case, Draft
from casework.extensions import db
from casework.moments import now
from casework.parties.models import Party
from casework.roles import Actor, Role
from casework.sessions import ServerSession
from casework.tracking import pages

# In which role the people of a case act in it.
ROLES = {
    "applicant": Role.APPLICANT,
    "complainant": Role.COMPLAINANT,
    "representative": Role.REPRESENTATIVE,
    "guardian": Role.REPRESENTATIVE,
}
# So long after it was sent a form still leads whoever presses its button again into the case; then the code is asked.
SENT_LATELY = timedelta(minutes=10)


def let_in(party: Party) -> None:
    """Open the session for one party's case, with a new session id. Nothing else of the session is kept but a draft."""
    kept = cast(ServerSession, session)
    kept.rotate()
    kept["party"] = {"id": party.id, "generation": party.generation, "seen": now().isoformat()}


def let_in_by_draft(draft: Draft) -> None:
    """Whoever sends the form comes in as themselves: as the one who acts for another, where somebody does.

    What was sent a while ago opens nothing: the next one at a shared computer may press the same button.
    """
    if draft.sent_at is not None and now() - draft.sent_at > SENT_LATELY:
        return
    people = select(Party).where(Party.case_id == draft.case_id, Party.part.in_(ROLES)).order_by(Party.id)
    found = list(db.session.scalars(people))
    party = next((each for each in found if each.part in {"guardian", "representative"}), found[0] if found else None)
    if party is not None:
        let_in(party)


def leave() -> None:
    """Close the case in this browser, and forget a draft with it."""
    cast(ServerSession, session).rotate()
    for key in ("party", "draft", "equality", "said", "said_equality"):
        session.pop(key, None)


def visitor() -> tuple[Case, Party] | None:
    """The case and the party of this session, if it is open, not idle too long and its link was not replaced."""
    kept = session.get("party")
    if not isinstance(kept, dict):
        return None
    seen = datetime.fromisoformat(kept["seen"])
    # A clock that was put back must not lengthen it: what lies in the future is as stale as what is too old.
    if abs(now() - seen) > timedelta(minutes=current_app.config["TRACK_IDLE_MINUTES"]):
        session.pop("party", None)
        return None
    found = queries.of_party(kept["id"])
    if found is None or found[1].generation != kept["generation"] or found[1].erased_at is not None:
        session.pop("party", None)
        return None
    case, party = found
    if pages.is_closed(case, party):
        session.pop("party", None)
        return None
    if (other := pages.next_party(case, party)) is not None:
        let_in(other)
        return db.session.get_one(Case, other.case_id), other
    if now() - seen > timedelta(seconds=60):
        session["party"] = kept | {"seen": now().isoformat()}
    return case, party


def actor(party: Party) -> Actor:
    """The party as somebody who acts in the case."""
    return Actor(ROLES.get(party.part, Role.PUBLIC), party_id=party.id)


def mark_sent(draft: Draft, case: Case) -> None:
    """A sent draft keeps nothing of what was typed, only which case it became."""
    draft.case_id, draft.sent_at = case.id, now()
    draft.answers = "{}"
    draft.email = None
