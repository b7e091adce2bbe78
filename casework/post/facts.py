"""What a keyed letter says, as the very facts that the same answers make when they are typed online.

What cannot be read stays open: it is named on the case, and asked of the sender only where the form cannot do without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casework.drafting.journey import Journey, Typed
from casework.feedback.service import Told
from casework.forms import Form
from casework.post import keying, papers, sheets
from casework.post.comparing import Mark
from casework.post.keying import Kept
from casework.post.models import Item
from casework.rides import draft as riding
from casework.rides.service import Application
from casework.saying import draft as saying

UNREADABLE, UNUSABLE, SUMMARISED = "unreadable", "unusable", "summarised"
# What a sender is asked for where it could not be read, by field; in a ride application also where it is missing.
_ASKED = {
    "name.name": "name",
    "you.name": "name",
    "age.born": "born",
    "contact.address": "address",
    "what.what": "what",
    "other.authority": "authority",
    "consent.agreed": "signature",
    papers.SIGNATURE: "signature",
}
_MUST_ON_RIDE = ("name.name", "age.born", "consent.agreed", papers.SIGNATURE)


@dataclass(frozen=True)
class Keyed:
    """The facts of a letter, what of it stays open (field and why), and what the sender has to be asked for."""

    facts: Told | Application
    open: dict[str, str]
    wanted: tuple[str, ...]


def of(item: Item) -> Keyed:
    """What counts of everything that was keyed of an item."""
    whole, reads = sheets.sheet(item.kind, item.form), keying.answers(item)
    kept = sheets.typed(whole, {name: each.read for name, each in reads.items()})
    journey = riding.JOURNEY if item.kind == "ride" else saying.JOURNEY
    forms = checked(journey, kept)
    unusable = _unusable(forms, kept)
    open_ = _open(reads) | dict.fromkeys(unusable, UNUSABLE)
    facts = _application(forms) if item.kind == "ride" else saying.facts_of(kept, forms)
    return Keyed(facts, open_, _wanted(item.kind, reads, open_))


def checked(journey: Journey, kept: Typed) -> dict[str, Form]:
    """The form of each page that is asked, with its answers, checked as they are online."""
    forms = {page.slug: page.form.again(kept.get(page.slug)) for page in journey.path(kept)}
    for slug, form in forms.items():
        if slug in kept:
            form.validate()
    return forms


def _application(forms: dict[str, Form]) -> Application:
    """The application, without what is not a good answer. Who ticks no way to be reached is written to."""
    for form in forms.values():
        for field in form.questions():
            if field.errors:
                field.data = field.empty
    found = riding.facts(forms)
    return replace(found, channel=found.channel or ("letter" if found.address else "email" if found.email else "page"))


def _unusable(forms: Mapping[str, Form], kept: Typed) -> list[str]:
    """What stands on the paper and cannot be used: a day that there is not, an address that is none."""
    return [
        f"{slug}.{field.short_name}"
        for slug, form in forms.items()
        for field in form.questions()
        if field.errors and any(name.partition("-")[0] == field.short_name for name in kept.get(slug, ()))
    ]


def _open(reads: Mapping[str, Kept]) -> dict[str, str]:
    said = {Mark.UNREADABLE: UNREADABLE, Mark.SUMMARY: SUMMARISED}
    return {name: said[each.read.mark] for name, each in reads.items() if each.read.mark in said}


def _wanted(kind: str, reads: Mapping[str, Kept], open_: Mapping[str, str]) -> tuple[str, ...]:
    """What to write to the sender for: what the form needs, and what somebody said that nobody could read."""
    missing = [name for name, each in reads.items() if each.read.mark == Mark.MISSING]
    asked = [name for name, why in open_.items() if why != SUMMARISED]
    asked += [name for name in missing if name == "what.what" or (kind == "ride" and name in _MUST_ON_RIDE)]
    if kind != "ride":
        # A letter about an encounter is good without a signature or a name.
        asked = [name for name in asked if name != papers.SIGNATURE]
    return tuple(dict.fromkeys(_ASKED[name] for name in asked if name in _ASKED))
