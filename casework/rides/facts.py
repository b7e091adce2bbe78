"""What the case page shows of an application to the coordinator and the supervisor."""

from __future__ import annotations

from typing import Any

from casework.areas import queries as areas
from casework.cases import desk
from casework.parties import service as parties
from casework.parties.models import Party
from casework.rides import queries
from casework.rides.models import Ride
from casework.rides.parts import FeedbackForm
from casework.rides.questions import CHANNELS, CONNECTIONS, DAYS, INTERESTS, SHIFTS
from casework.rides.workflow import GROUNDS, TEAMS, State
from casework.schedule import queries as places
from casework.schedule.workflow import BOOKING
from casework.vetting import queries as vetting
from casework.vetting.workflow import CONDITIONS, VETTING

desk.say(
    ride__get_ready="part before the booking given",
    ride__look_at_feedback="feedback looked at",
    ride__declare="next part recorded",
    ride__log_incident="incident logged, supervisors alarmed",
)


@desk.facts("ride", "rides/_facts.html")
def facts(ride: Ride) -> dict[str, Any]:
    """The facts of an application in words. Of the vetting: result, conditions and date, nothing else."""
    person = ride.applicant
    names = {area.id: area.name for area in areas.everything()}
    result = vetting.result(ride.id)
    feedback = queries.feedback(ride.id)
    return {
        "person": person,
        "born_on": parties.born_on(person) if person else None,
        "result": result,
        "result_words": VETTING.states[result.state].staff if result else "",
        "condition_words": [CONDITIONS[c] for c in result.conditions] if result else [],
        "words_of": {
            "channel": CHANNELS.get(person.channel, "") if person else "",
            "connections": [CONNECTIONS.get(c, c) for c in ride.connections],
            "interests": [INTERESTS.get(i, i) for i in ride.interests],
            "teams": [TEAMS.get(t, t) for t in ride.teams] or ["No preference"],
            "wishes": [names.get(a, "") for a in ride.wishes],
            "avoid": [names.get(a, "") for a in ride.avoid],
            "days": [words for day, words in DAYS.items() if day in ride.days],
            "shifts": [words.partition(":")[0] for shift, words in SHIFTS.items() if shift in ride.shifts],
            "needs": _needs(person) if person else [],
            "borough": names.get(ride.borough_id or 0, ""),
            "ground": GROUNDS[ride.ground][0] if ride.ground in GROUNDS else "",
        },
        "questions": queries.questions(ride.id),
        "bookings": places.of_case(ride.id),
        "booking_states": BOOKING.states,
        "team_words": TEAMS,
        "ride_feedback": feedback,
        "feedback_words": _feedback_words(feedback.answers) if feedback else [],
        "matches": queries.matches(ride.id),
        "next_page": ("rides_staff.offer", "Offer a place") if ride.state == State.APPROVED else None,
        "pages": _pages(ride),
    }


def _feedback_words(answers: dict[str, Any]) -> list[tuple[str, str]]:
    """What the rider answered: each question with the answer in its own words."""
    words = {True: "Yes", False: "No", "yes": "Yes", "no": "No"}
    found = []
    for field in FeedbackForm(formdata=None).questions():
        if field.short_name in answers:
            given = answers[field.short_name]
            options = {option.text: option.label for option in getattr(field, "choices", [])}
            found.append(
                (
                    field.label.text.removesuffix(" (optional)"),
                    options.get(str(given)) or words.get(given) or str(given),
                )
            )
    return found


def _pages(ride: Ride) -> list[tuple[str, str]]:
    """Further pages of this application, each with its link's words. Whom they open to, they say themselves."""
    found = []
    if ride.state == State.OFFERED:
        found.append(("rides_staff.offer", "Offer a further place"))
    if ride.state in {State.SUBMITTED, State.WAITING}:
        found.append(("rides_staff.next_part", "Key in the next part for the applicant"))
    if ride.state in {State.APPROVED, State.OFFERED, State.BOOKED}:
        found.append(("rides_staff.get_ready", "Key in the part before a booking"))
    if ride.state == State.DONE:
        found.append(("rides_staff.feed_back", "Key in the rider's feedback"))
    if ride.applicant is not None and ride.applicant.erased_at is None:
        found.append(("rides_staff.details", "Correct how to reach them"))
    found.append(("rides_staff.hold", "Let deletion go on" if ride.hold else "Keep this case from being deleted"))
    return found


def _needs(person: Party) -> list[str]:
    """What somebody needs so that contact works, in words, with the times that are safe."""
    given = person.adjustments
    needs = [need.replace("-", " ").capitalize() for need in given.get("contact_needs", [])]
    return [*needs, *(words for words in (given.get("language"), given.get("other"), person.safe_times) if words)]
