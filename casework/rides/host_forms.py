"""What the host is asked on the day of a ride."""

from __future__ import annotations

from typing import Any

from casework.cases.clashes import Decision
from casework.forms import Checkboxes, Option, Radios, Text, TimeOfDay, Whole, Words, YesNo
from casework.schedule.workflow import DAY_LIST, ENDED_BY


class TicksForm(Decision):
    """The day's list. All of it must be ticked before a ride starts; the table says so, not this form."""

    ticked = Checkboxes("Tick each point, then start", choices=list(DAY_LIST.items()))


class LogForm(Decision):
    """The log of a ride."""

    outcome = Radios(
        "How did the ride go?",
        choices=[
            Option("complete", "It went to its end"),
            Option("end_early", "It ended early", reveals=("ended_by", "reason")),
        ],
        missing="Choose how the ride went",
    )
    ended_by = Radios("Who ended it?", choices=list(ENDED_BY.items()), missing="Choose who ended it", inline=True)
    reason = Words(
        "Why did it end early?", missing="Say why it ended early", max=1000, rows=2, count=False, what="The reason"
    )
    started = TimeOfDay("When did it start?", missing="Enter when it started", what="Start")
    ended = TimeOfDay("When did it end?", missing="Enter when it ended", what="End")
    crew = Text("Crew (optional)", max=300, what="Crew", hint="Who else was in the vehicle, and any change of crew.")
    searches = Whole(
        "How many searches did the rider see?",
        missing="Enter how many searches, or 0",
        least=0,
        most=100,
        width=3,
        what="The number of searches",
    )
    search_times = Text("When were they? (optional)", max=200, what="Times", hint="For example 15:10, 17:45.")
    incident = YesNo(
        "Was there an incident, an injury or a near miss?",
        missing="Choose yes if there was an incident, an injury or a near miss",
        yes_reveals="incident_words",
        hint="The supervisor is told at once.",
    )
    incident_words = Words(
        "What happened?", missing="Say what happened", max=4000, rows=4, count=False, what="What happened"
    )
    remarks = Words("Remarks (optional)", max=2000, rows=2, count=False, what="Remarks")

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.started.data is not None and self.started.data == self.ended.data and not self.ended.errors:
            self.ended.fail("The end must differ from the start")
            return False
        return good
