"""What messages say that belong to no transition of a case: addresses, drafts, schemes, and those to staff."""

from __future__ import annotations

from sqlalchemy import select

from casework.accounts.models import Token
from casework.cases import sight
from casework.cases.models import Case
from casework.clocks.london import london_date
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.emails.telling import Facts, about, apply_link, area_name, due, link
from casework.extensions import db
from casework.history.models import Event
from casework.moments import now
from casework.parties import secrets
from casework.rides.models import Scheme


@about("contact-change-confirm")
def _confirm(event: Event, reader: Reader) -> Facts:
    return {"confirm_link": link("/track/confirm/" + secrets.purpose_secret("change", reader.row.id))}


@about("contact-change-told")
def _change_told(event: Event, reader: Reader) -> Facts:
    return {
        "object_link": link("/track/object/" + secrets.purpose_secret("objection", reader.row.id)),
        "until": words.day(due("contact.objection", london_date(event.at))),
    }


@about("draft-link")
def _draft(event: Event, reader: Reader) -> Facts:
    back = link("/ride-along/apply/back/" + secrets.purpose_secret("draft", reader.row.id))
    return {"draft_link": back, "until": words.day(reader.row.expires_on)}


@about("scheme-open")
def _scheme(event: Event, reader: Reader) -> Facts:
    scheme = db.session.scalars(select(Scheme).where(Scheme.area_id == reader.row.area_id)).one_or_none()
    if scheme is None or scheme.state != "open":
        raise NotWanted("the scheme has closed again")
    return {"area": area_name(scheme.area_id), "apply_link": apply_link()}


@about("staff-invitation", "staff-reset")
def _token(event: Event, reader: Reader) -> Facts:
    token = db.session.get(Token, event.facts["token"])
    if token is None or token.used_at is not None or token.expires_at <= now():
        raise NotWanted("the link was used or has expired")
    choose = link(f"/staff/{token.kind}/" + secrets.purpose_secret("token", token.id))
    return {"token_link": choose, "until": words.moment(token.expires_at)}


@about("staff-sign-in")
def _sign_in(event: Event, reader: Reader) -> Facts:
    return {"when": words.moment(event.at), "sign_in_link": link("/staff/reset")}


@about("staff-digest")
def _digest(event: Event, reader: Reader) -> Facts:
    counts = ("overdue", "due_soon", "unassigned", "failed")
    return {name: int(event.facts.get(name, 0)) for name in counts} | {"queue_link": link("/staff/")}


@about("staff-alarm")
def _alarm(event: Event, reader: Reader) -> Facts:
    reference = event.facts.get("reference") or ""
    hidden = sight.hidden_from(reader.row) if reference else frozenset()
    if hidden and db.session.scalar(select(Case.id).where(Case.reference == reference)) in hidden:
        raise NotWanted("it is about whoever would read it")
    show = link(f"/staff/cases/{reference}" if reference else "/staff/")
    return {"about": reference or "Casework", "words": event.facts["words"], "about_link": show}
