"""What the case page shows of feedback, in words: the account, the encounter, the people, how to reach them safely."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casework.areas import queries as areas
from casework.cases import desk
from casework.feedback import effects
from casework.feedback.models import Encounter, Feedback
from casework.feedback.workflow import RELATIONS, SORTS, State
from casework.moments import today
from casework.parties import needs
from casework.parties import service as parties
from casework.parties.models import Party
from casework.settings import service as settings
from casework.tracking import correcting

CHANNELS = {
    "email": "Email",
    "letter": "Letter",
    "phone": "Telephone",
    "page": "Their tracking page only: we cannot write to them anywhere",
}
PARTS = {"complainant": "Person concerned", "guardian": "Parent or guardian", "representative": "Acts for them"}
INTENTS = {**SORTS, "complaint": "Complaint"}
YES_NO = {True: "Yes", False: "No", None: ""}
ANSWERS = {"yes": "Wants a complaint", "no": "Does not want a complaint", "none": "Did not answer"}

desk.say(
    feedback__edit_facts="facts corrected",
    feedback__merged_here="another case was merged into this one",
    feedback__link="linked with another case",
    feedback__preserve="asked to keep the footage",
    feedback__preservation="result of the footage noted",
    feedback__try_contact="tried to reach them",
    feedback__write="message sent",
    feedback__authorise="agreed that somebody acts for them",
    feedback__forbid="refused that somebody acts for them",
    feedback__thank="thanks passed on",
    feedback__come_of_age="turned sixteen: says from now on who may act for them",
    feedback__ask_authority="asked whether somebody may act for them",
    feedback__note_birth="date of birth written down",
    complaint__come_of_age="turned sixteen: says from now on who may act for them",
    complaint__ask_authority="asked whether somebody may act for them",
    complaint__note_birth="date of birth written down",
    complaint__edit_facts="facts corrected",
    complaint__link="linked with another case",
    complaint__write="message sent",
    complaint__merged_here="another case was merged into this one",
)


@dataclass(frozen=True)
class Person:
    """Somebody in a case as the page shows them."""

    party: Party
    part: str
    name: str
    age: str
    channel: str
    needs: list[str] = field(default_factory=list)
    acts: str = ""
    correctable: bool = False


@desk.facts("feedback", "triage/_feedback.html")
def facts(feedback: Feedback) -> dict[str, Any]:
    """The facts of feedback. Only what has a value is shown."""
    place = feedback.encounter
    borough = areas.by_id(place.borough_id)
    return {
        "encounter": place,
        "sort": SORTS.get(feedback.sort, ""),
        "intent": INTENTS.get(feedback.intent, ""),
        "relation": RELATIONS.get(place.relation, ""),
        "borough": borough.name if borough else "",
        "yes_no": YES_NO,
        "people": people_of(feedback),
        "meets": effects.meets(feedback),
        "offer_answer": ANSWERS.get(feedback.complaint_answer, ""),
        "search_record_until": search_record_until(place),
        "next_page": ("triage.reply", "Reply") if feedback.state in {State.RECEIVED, State.ANSWERING} else None,
        "pages": _pages(feedback),
    }


def people_of(case: Any) -> list[Person]:
    """Everybody in a case, the person concerned first."""
    found = sorted(case.parties, key=lambda party: (party.part != "complainant", party.id))
    return [_person(party) for party in found if party.part in PARTS]


def search_record_until(place: Encounter) -> date | None:
    """Until when a copy of the search record can be asked for; None without a search, or without its day."""
    if place.happened_on is None or place.searched is False or not (place.searched or place.receipt):
        return None
    key = "search.record.arrested" if place.arrested else "search.record"
    return settings.rule(key).due(place.happened_on, settings.calendar())


def _person(party: Party) -> Person:
    born = parties.born_on(party)
    age = f"{_years(born)} years" if born else ""
    return Person(
        party=party,
        part=PARTS[party.part],
        name="" if party.erased_at else party.name or "Anonymous",
        age=age,
        channel=CHANNELS.get(party.channel, party.channel),
        needs=needs.in_words(party),
        acts=_acts(party),
        correctable=correcting.is_reachable(party),
    )


def _years(born: date) -> int:
    day = today()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _acts(party: Party) -> str:
    if party.part == "guardian":
        return "Acts alone, for a child under 16" if party.acts else "May not act"
    if party.part == "representative":
        return "Agreed by the person concerned" if party.acts else "Not agreed yet: is told nothing"
    return "" if party.acts else "Is not written to: somebody acts for them"


def _pages(feedback: Feedback) -> list[tuple[str, str]]:
    """Further pages of feedback, each with its link's words."""
    found = [("triage.edit", "Correct the facts")]
    if feedback.state in {State.ASKED, State.OFFERED, State.CLOSED}:
        found.append(("triage.reply", "Write to them"))
    if any(each.part == "representative" for each in feedback.parties):
        found.append(("triage.authority", "Record whether somebody may act"))
    return [
        *found,
        ("triage.contact", "Log a call or a visit"),
        ("triage.link", "Link with another case"),
        ("triage.split", "Split: open a second case"),
    ]
