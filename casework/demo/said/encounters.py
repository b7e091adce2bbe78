"""Makes the facts of an encounter as somebody tells them, out of words and dice."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from casework.areas.models import Area
from casework.demo.people import Person as Made
from casework.demo.said import words
from casework.demo.said.words import Scene
from casework.feedback.service import Person, Told

_SORTS = {
    "thanks": words.THANKS,
    "comment": words.COMMENTS,
    "concern": words.CONCERNS,
    "question": words.QUESTIONS,
}


def person(made: Made, day: date, rng: random.Random) -> Person:
    """A made-up person as somebody in a case; some need large print, an interpreter, or a safe time."""
    needs = rng.choices(("", "large-print", "interpreter", "easy-read"), (44, 3, 2, 1))[0]
    language = rng.choice(("Polish", "Bengali", "Somali", "Arabic")) if needs == "interpreter" else ""
    return Person(
        name=made.name,
        born_on=made.born_on(day),
        email=made.email,
        phone=made.phone,
        address=made.address if made.channel == "letter" or rng.random() < 0.3 else "",
        postcode=made.postcode,
        channel=made.channel,
        voicemail=made.voicemail,
        safe_times=made.safe_times,
        adjustments={"contact_needs": [needs], "language": language} if needs else {},
    )


def told(made: Made, day: date, boroughs: list[Area], rng: random.Random, intent: str, **known: Any) -> Told:
    """What somebody says on a day of something that happened shortly before."""
    ago = known.pop("ago", None) or rng.choice((0, 1, 1, 2, 3, 5, 9))
    place, when = rng.choice(words.PLACES), rng.choice(words.TIMES)
    what = known.pop("what", "") or rng.choice(_SORTS[intent])
    grave = intent in {"concern", "complaint"}
    facts: dict[str, Any] = {
        "what": " ".join(what.format(place=place, when=when).split()).replace(" ,", ","),
        "intent": intent,
        "happened_on": day - timedelta(days=ago),
        "happened_at": when,
        "place": place[0].upper() + place[1:],
        "borough_id": rng.choice(boroughs).id,
        "searched": True if grave else rng.choice((True, False, None)),
        "arrested": rng.random() < 0.08 if grave else None,
        "receipt": f"SS{rng.randrange(10**7):07}" if rng.random() < 0.4 else "",
        "officers": rng.choice(words.OFFICERS),
        "vehicle": rng.choice(words.VEHICLES),
        "effect": rng.choice(words.EFFECTS) if grave else "",
        "wish": rng.choice(words.WISHES) if grave else "",
        "witnesses": rng.choice(words.WITNESSES) if grave else "",
        "evidence": rng.choice(words.EVIDENCE) if grave else "",
        "relation": rng.choice(("self", "self", "self", "affected", "witness")),
        "community": grave and rng.random() < 0.1,
        "panel": rng.choice(("yes", "yes", "no", "")) if grave else "",
        "person": person(made, day, rng),
    }
    return replace(Told(**(facts | known)), anonymous=bool(known.get("anonymous")))


def of_child(about: Told, day: date, age: int, name: str) -> Told:
    """The same told by a parent of a child, who acts alone and is the only one written to."""
    born = day - timedelta(days=round((age + 0.5) * 365.25))
    child = Person(name=name, born_on=born, channel="page")
    return replace(about, person=child, representative=about.person, relation="behalf", authority="parent-under-16")


def by_representative(about: Told, name: str, email: str) -> Told:
    """The same told by somebody for an adult, who has to say yes first."""
    concerned = replace(about.person, name=name, email=email, channel="email", address="", phone="")
    return replace(about, person=concerned, representative=about.person, relation="behalf", authority="consent")


def nameless(about: Told) -> Told:
    """The same without a name and without a way to write back."""
    return replace(about, person=Person(channel="page"), anonymous=True)


def scene(rng: random.Random, serious: bool = False, child: bool = False) -> Scene:
    """What a complaint is about."""
    pool = words.SERIOUS if serious else [each for each in words.SCENES if each.child == child]
    return rng.choice(pool)
