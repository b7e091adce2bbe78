"""The life of a plan: one action for many cases, shown, confirmed, held back for a while, and then carried out.

Nothing happens to any case before `waiting` is over, and until then it can be stopped.
"""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Do, Now, StateSpec, Workflow, period, row

SYSTEM = Role.SYSTEM
WORKERS = (Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR, Role.COORDINATOR)


class State(StrEnum):
    """What a plan is."""

    DRAFTED = "drafted"
    WAITING_SECOND = "waiting_second"
    WAITING = "waiting"
    UNDER_WAY = "under_way"
    CARRIED_OUT = "carried_out"
    CANCELLED = "cancelled"


S = State

something_left = Check("something_left", "Every case of this plan is left out. There is nothing to do.")
within_alone = Check(
    "within_alone",
    "With what you began alone lately these are too many cases for one person. Somebody else must agree.",
)
beyond_alone = Check("beyond_alone", "These are few enough for one person.")
time_over = Check("time_over", "It can still be stopped.")
all_done = Check("all_done", "Some cases are still to be done.")

# fmt: off
PLAN = Workflow.of("plan", {
    S.DRAFTED:        StateSpec("Being prepared.", "Drafted, nothing happens yet", Role.TRIAGE),
    S.WAITING_SECOND: StateSpec("Being checked.", "Waiting for a second person", Role.SUPERVISOR),
    S.WAITING:        StateSpec("About to be done.", "Confirmed, can still be stopped", SYSTEM),
    S.UNDER_WAY:      StateSpec("Being done.", "Being carried out", SYSTEM),
    S.CARRIED_OUT:    StateSpec("Done.", "Carried out", final=True),
    S.CANCELLED:      StateSpec("Not done.", "Stopped", final=True),
}, [
    row("draft", None, S.DRAFTED, by=WORKERS),
    row("confirm", S.DRAFTED, S.WAITING, by=WORKERS, needs=[something_left, within_alone], then=[Now("note_start"), Do("carry_out_plan", delay=period("bulk.wait"))], button="Confirm"),
    row("ask_second", S.DRAFTED, S.WAITING_SECOND, by=WORKERS, needs=[something_left, beyond_alone], button="Ask a second person"),
    row("agree", S.WAITING_SECOND, S.WAITING, by=WORKERS, apart_from=["plan.draft", "plan.ask_second"], needs=[something_left],
        then=[Now("note_start"), Do("carry_out_plan", delay=period("bulk.wait"))], button="Agree"),
    row("stop", [S.DRAFTED, S.WAITING_SECOND, S.WAITING], S.CANCELLED, by=WORKERS, button="Stop it"),
    row("begin", S.WAITING, S.UNDER_WAY, by=SYSTEM, needs=[time_over]),
    row("finish", S.UNDER_WAY, S.CARRIED_OUT, by=SYSTEM, needs=[all_done]),
], {
    "draft": "drafted", "confirm": "confirmed", "ask_second": "second person asked", "agree": "agreed to", "stop": "stopped",
    "begin": "begun", "finish": "carried out",
})
# fmt: on
