"""What coordinators are asked about a place and a booking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.cases.clashes import Decision
from casework.forms import Confirm, DateParts, Radios, Select, Text, TimeOfDay, Whole, Words
from casework.moments import now, today
from casework.schedule import service
from casework.schedule.workflow import CANCEL_REASONS
from casework.settings import service as settings

# A longer shift is a slip of the keyboard.
_LONGEST = timedelta(hours=16)


class Shift:
    """The questions that fix a shift."""

    area = Select("BCU", missing="Choose a BCU")
    team = Select("Team", missing="Choose a team")
    on = DateParts(
        "Date",
        missing="Enter the date of the shift",
        what="Date",
        earliest=lambda: today(),
        latest=lambda: today() + timedelta(days=366),
    )
    starts = TimeOfDay(
        "Start of the shift", missing="Enter when the shift starts", what="Start", hint="For example 2pm or 14:00."
    )
    ends = TimeOfDay(
        "End of the shift", missing="Enter when the shift ends", what="End", hint="It may end on the next morning."
    )
    minimum_age = Whole(
        "Youngest age", missing="Enter the youngest age", least=10, most=99, width=3, what="Youngest age"
    )


class Details:
    """The questions whose answers may still change when somebody was offered the place."""

    place = Text(
        "Where the rider reports to",
        missing="Enter where the rider reports to",
        what="The place",
        hint="The rider is told only after accepting.",
    )
    host = Select("Host", prompt="No host yet")
    vehicle = Text("Vehicle (optional)", max=50, width=20, what="Vehicle", hint="Call sign or fleet number.")
    conditions = Words(
        "Good to know for the rider (optional)",
        max=500,
        rows=2,
        count=False,
        what="The text",
        hint="The rider reads this in the offer.",
    )
    notes = Words(
        "Notes for the host (optional)",
        max=1000,
        rows=2,
        count=False,
        what="The notes",
        hint="The rider does not read this.",
    )

    def given(self) -> dict[str, Any]:
        """The columns of a place that these give."""
        return {
            "place": self.place.data,
            "host_id": self.host.data,
            "vehicle": self.vehicle.data or "",
            "conditions": self.conditions.data or "",
            "notes": self.notes.data or "",
        }


class DetailsForm(Details, Decision):
    """What may still change of a place that somebody was offered."""


class SlotForm(Shift, Details, Decision):
    """A place on a shift."""

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        begun, ended = service.moments_of(self.on.data, self.starts.data, self.ends.data)
        if ended - begun > _LONGEST:
            hours = int((ended - begun).total_seconds() // 3600)
            self.ends.fail(f"Check the times: this shift would last {hours} hours")
            return False
        if begun <= now():
            self.starts.fail("This shift has begun. Choose a time in the future")
            return False
        return True

    def given(self) -> dict[str, Any]:
        """The columns of a place that this form gives."""
        return super().given() | {
            "area_id": self.area.data,
            "team": self.team.data,
            "on": self.on.data,
            "starts": self.starts.data,
            "ends": self.ends.data,
            "minimum_age": self.minimum_age.data,
        }


class PlanForm(SlotForm):
    """One place, or the same in several weeks."""

    minimum_age = Whole(
        "Youngest age",
        missing="Enter the youngest age",
        least=10,
        most=99,
        width=3,
        what="Youngest age",
        default=lambda: settings.value("ride.age"),
    )
    times = Whole(
        "In how many weeks in a row",
        missing="Enter 1, or in how many weeks",
        least=1,
        most=26,
        width=2,
        what="The number of weeks",
        default=1,
        hint="1 plans this shift once.",
    )
    publish = Confirm("Publish at once, so that it can be offered")


class ReasonForm(Decision):
    """Why the police cancel or take back."""

    reason = Radios(
        "Reason", choices=list(CANCEL_REASONS.items()), missing="Choose the reason", hint="The rider is told."
    )
