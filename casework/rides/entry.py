"""How somebody of the public gets into their case, and stays there: a short session for one case, and its summary."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, cast

from flask import current_app, session
from sqlalchemy import select

from casework.cases.models import Case, Draft
from casework.extensions import db
from casework.forms import Checkboxes, Confirm, Form
from casework.forms.choice import Choice
from casework.moments import now
from casework.parties.models import Party
from casework.rides.models import Ride
from casework.rides.questions import BY_SLUG
from casework.roles import Actor, Role
from casework.sessions import ServerSession


def let_in(party: Party) -> None:
    """Open the session for one party's case, with a new session id. Nothing else of the session is kept but a draft."""
    kept = cast(ServerSession, session)
    kept.rotate()
    kept["party"] = {"id": party.id, "generation": party.generation, "seen": now().isoformat()}


def let_in_by_draft(draft: Draft) -> None:
    """Whoever sent the application sees its case."""
    party = db.session.scalars(
        select(Party).where(Party.case_id == draft.case_id, Party.part == "applicant").limit(1)
    ).first()
    if party is not None:
        let_in(party)


def leave() -> None:
    """Close the case in this browser, and forget a draft with it."""
    cast(ServerSession, session).rotate()
    for key in ("party", "draft", "equality"):
        session.pop(key, None)


def visitor() -> tuple[Ride, Party] | None:
    """The case and the party of this session, if it is open, not idle too long and its link was not replaced."""
    kept = session.get("party")
    if not isinstance(kept, dict):
        return None
    seen = datetime.fromisoformat(kept["seen"])
    if now() - seen > timedelta(minutes=current_app.config["TRACK_IDLE_MINUTES"]):
        session.pop("party", None)
        return None
    party = db.session.get(Party, kept["id"])
    if party is None or party.generation != kept["generation"] or party.erased_at is not None:
        session.pop("party", None)
        return None
    ride = db.session.scalars(select(Ride).where(Ride.id == party.case_id)).one_or_none()
    if ride is None:
        return None
    if now() - seen > timedelta(seconds=60):
        session["party"] = kept | {"seen": now().isoformat()}
    return ride, party


def actor(party: Party) -> Actor:
    """The party as somebody who acts in the case."""
    return Actor(Role.APPLICANT, party_id=party.id)


def mark_sent(draft: Draft, case: Case) -> None:
    """A sent draft keeps nothing of what was typed, only which case it became."""
    draft.case_id, draft.sent_at = case.id, now()
    draft.answers = "{}"
    draft.email = None


def summary(slug: str, form: Form) -> list[tuple[str, Any]]:
    """The questions of a page with their answers in words, for "check your answers"."""
    rows: list[tuple[str, Any]] = []
    for field in form.questions():
        if field.kind == "hidden" or (field.is_blank() and field.short_name not in _ASKED.get(slug, ())):
            continue
        rows.append((re.sub(r" \(optional[^)]*\)$", "", field.label.text), answer_words(field)))
    return rows or [(BY_SLUG[slug].title, "")]


def answer_words(field: Any) -> str:
    """One answer as people read it; empty where there is none."""
    if isinstance(field, Checkboxes):
        return ", ".join(option.label for option in field.choices if field.is_chosen(option))
    if isinstance(field, Choice):
        return next((option.label for option in field.choices if field.is_chosen(option)), "")
    if isinstance(field, Confirm):
        return "Yes" if field.data else ""
    if field.kind == "date" and field.data:
        return f"{field.data:%-d %B %Y}"
    return str(field.data or "")


# Optional questions that "check your answers" shows as "Not provided".
_ASKED = {"about": ("interests",), "contact": ("phone",), "needs": ("contact_needs",), "heard": ("heard",)}
