"""What somebody says while it is typed, and the facts that their answers make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.areas import queries as areas
from casework.cases.models import Draft
from casework.drafting.journey import Journey, Typed, typed
from casework.feedback import effects
from casework.feedback.service import Person, Told
from casework.forms import Form
from casework.moments import today
from casework.saying.questions import PAGES, for_somebody_else, is_anonymous

JOURNEY = Journey("feedback", PAGES, key="said", link="feedback-draft-link")

# What stands for "what happened" where somebody sends place and time first.
TO_FOLLOW = "To follow."


def facts(draft: Draft, forms: Mapping[str, Form]) -> Told:
    """What the answers of a draft say."""
    return facts_of(typed(draft), forms)


def facts_of(kept: Typed, forms: Mapping[str, Form]) -> Told:
    """What these answers say. Answers that are not good are left out; so is everything of an anonymous person."""
    value = _Answers(forms)
    anonymous = is_anonymous(kept)
    sender = Person() if anonymous else _sender(value)
    person, representative = sender, None
    if for_somebody_else(kept):
        person, representative = _other(value), sender
    borough = areas.by_slug(value("when", "borough") or "")
    return Told(
        what=value("what", "what") or TO_FOLLOW,
        intent=_intent(value),
        happened_on=value("when", "on"),
        happened_at=value("when", "around") or "",
        place=value("when", "place") or "",
        borough_id=borough.id if borough is not None and borough.kind == "borough" else None,
        searched=value("when", "searched"),
        arrested=value("when", "arrested"),
        receipt=value("when", "receipt") or "",
        officers=value("who", "officers") or "",
        vehicle=value("who", "vehicle") or "",
        effect=value("what", "effect") or "",
        wish=value("what", "wish") or "",
        witnesses=value("who", "witnesses") or "",
        evidence=value("evidence", "evidence") or "",
        relation=value("you", "relation") or "",
        authority=value("other", "authority") or "" if representative else "",
        community=value("who", "about") == "community",
        panel=value("panel", "panel") or "",
        # Neither a name nor a way to be reached: as good as anonymous.
        anonymous=anonymous or not (sender.name or sender.channel != "page" or representative),
        person=person,
        representative=representative,
    )


def footage_last_on(forms: Mapping[str, Form]) -> date:
    """The likely last day of any footage of what is being told."""
    return effects.footage_last_on(_Answers(forms)("when", "on"), today())


def may_have_footage(forms: Mapping[str, Form]) -> bool:
    """Whether footage matters for what is being told."""
    return _intent(_Answers(forms)) in effects.MAY_HAVE_FOOTAGE


class _Answers:
    """The good answers of all pages: None where there is none, or where the page is not asked."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        self._forms = forms

    def __call__(self, page: str, name: str) -> Any:
        form = self._forms.get(page)
        field = form._fields[name] if form is not None else None
        return field.data if field is not None and not field.errors else None


def _intent(value: _Answers) -> str:
    want = value("want", "want") or ""
    return "" if want == "unsure" else str(want)


def _sender(value: _Answers) -> Person:
    channel, reach = value("contact", "channel") or "page", {"email": "email", "letter": "address", "phone": "phone"}
    if channel in reach and not value("contact", reach[channel]):
        channel = "page"
    needs = {name: value("needs", name) for name in ("contact_needs", "language", "other")}
    not_home = {"not_home": True} if value("contact", "not_home") else {}
    return Person(
        name=value("you", "name") or "",
        born_on=value("you", "born"),
        email=value("contact", "email") or "",
        phone=value("contact", "phone") or "",
        address=value("contact", "address") or "",
        postcode=value("contact", "postcode") or "",
        channel=channel,
        voicemail=bool(value("contact", "voicemail")),
        safe_times=value("contact", "safe_times") or "",
        adjustments={k: v for k, v in needs.items() if v} | not_home,
    )


def _other(value: _Answers) -> Person:
    email, address = value("other", "email") or "", value("other", "address") or ""
    return Person(
        name=value("other", "name") or "",
        born_on=value("other", "born"),
        email=email,
        address=address,
        postcode=value("other", "postcode") or "",
        channel="email" if email else "letter" if address else "page",
    )
