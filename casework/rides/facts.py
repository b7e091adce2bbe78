"""What the case page shows of an application to the coordinator and the supervisor."""

from __future__ import annotations

from typing import Any

from casework.areas import queries as areas
from casework.cases import desk
from casework.parties import service as parties
from casework.rides import queries
from casework.rides.models import Ride
from casework.rides.questions import CHANNELS, CONNECTIONS, DAYS, INTERESTS, SHIFTS
from casework.rides.workflow import GROUNDS, TEAMS
from casework.schedule import queries as places
from casework.schedule.workflow import BOOKING
from casework.vetting import queries as vetting
from casework.vetting.workflow import CONDITIONS, VETTING


@desk.facts("ride", "rides/_facts.html")
def facts(ride: Ride) -> dict[str, Any]:
    """The facts of an application in words. Of the vetting: result, conditions and date, nothing else."""
    person = ride.applicant
    names = {area.id: area.name for area in areas.everything()}
    result = vetting.result(ride.id)
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
            "days": [DAYS.get(d, d) for d in ride.days],
            "shifts": [SHIFTS.get(s, s).partition(":")[0] for s in ride.shifts],
            "borough": names.get(ride.borough_id or 0, ""),
            "ground": GROUNDS[ride.ground][0] if ride.ground in GROUNDS else "",
        },
        "questions": queries.questions(ride.id),
        "bookings": places.of_case(ride.id),
        "booking_states": BOOKING.states,
        "ride_feedback": queries.feedback(ride.id),
        "matches": queries.matches(ride.id),
    }
