"""The life of a print run: letters that are rendered, printed, counted and posted together, on the day that they bear."""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Do, Now, StateSpec, Workflow, period, row

CLERK, SUPERVISOR, SYSTEM = Role.CLERK, Role.SUPERVISOR, Role.SYSTEM
DESK = (CLERK, SUPERVISOR, Role.COORDINATOR, Role.TRIAGE, Role.HANDLER)


class RunState(StrEnum):
    """What a run is."""

    GATHERING = "gathering"
    READY = "ready"
    PRINTED = "printed"
    BLOCKED = "blocked"
    COUNTED = "counted"
    POSTED = "posted"
    ABANDONED = "abandoned"


S = RunState
RENDERED = (S.READY, S.PRINTED, S.BLOCKED, S.COUNTED)
LIVE = (S.GATHERING, *RENDERED)

has_letters = Check("has_letters", "No letter is left in this run. Give it up.")
is_of_today = Check("is_of_today", "These letters bear another day than today. Make the run again for today.")
is_of_another_day = Check("is_of_another_day", "These letters bear today's day. Print them again, if you need copies.")
count_right = Check("count_right", "The count of the envelopes is not that of the letters.")
count_wrong = Check("count_wrong", "The count of the envelopes is right.")
reason_given = Check("reason_given", "Say why the count differs and what was done about it.")
day_borne = Check("day_borne", "The letters bear another day. If they were not posted on it, make the run again.")

# fmt: off
RUN = Workflow.of("run", {
    S.GATHERING: StateSpec("Your letter is being printed.", "Being rendered", SYSTEM, period("letter.run.post")),
    S.READY:     StateSpec("Your letter is being printed.", "Ready to print", CLERK, period("letter.run.post")),
    S.PRINTED:   StateSpec("Your letter is being printed.", "Printed, to be counted", CLERK, period("letter.run.post")),
    S.BLOCKED:   StateSpec("Your letter is being printed.", "Blocked: wrong count", CLERK, period("letter.run.post")),
    S.COUNTED:   StateSpec("Your letter is being printed.", "Counted, to be posted", CLERK, period("letter.run.post")),
    S.POSTED:    StateSpec("Your letter was posted.", "Posted", final=True),
    S.ABANDONED: StateSpec("Your letter is printed another time.", "Given up", final=True),
}, [
    row("make", None, S.GATHERING, by=DESK, then=[Do("render_run")]),
    row("render", S.GATHERING, S.READY, by=SYSTEM, needs=[has_letters]),
    row("empty", S.GATHERING, S.ABANDONED, by=SYSTEM, then=[Now("free_letters")]),
    row("print", S.READY, S.PRINTED, by=DESK, needs=[has_letters, is_of_today]),
    row("print_again", [S.PRINTED, S.BLOCKED, S.COUNTED], S.PRINTED, by=DESK, needs=[has_letters, is_of_today]),
    row("count", [S.PRINTED, S.BLOCKED], S.COUNTED, by=DESK, needs=[has_letters, count_right], asks=["envelopes"]),
    row("count", [S.PRINTED, S.BLOCKED], S.BLOCKED, by=DESK, needs=[count_wrong], asks=["envelopes"]),
    row("explain", S.BLOCKED, S.COUNTED, by=SUPERVISOR, needs=[has_letters, reason_given], asks=["note"]),
    row("take_out", [S.PRINTED, S.BLOCKED, S.COUNTED], S.PRINTED, by=DESK, asks=["letter"]),
    row("renew", [S.GATHERING, *RENDERED], S.GATHERING, by=DESK, needs=[is_of_another_day], then=[Do("render_run")]),
    row("post", S.COUNTED, S.POSTED, by=DESK, needs=[has_letters, day_borne], asks=["on", "post_class"],
        then=[Now("free_letters")]),
    row("abandon", LIVE, S.ABANDONED, by=DESK, then=[Now("free_letters")]),
], {
    "make": "run made", "render": "letters rendered", "empty": "nobody wanted any of them", "print": "printed", "print_again": "printed again, as copies",
    "count": "envelopes counted", "explain": "difference explained", "take_out": "letter taken out", "renew": "made again for another day",
    "post": "posted", "abandon": "given up",
})
# fmt: on
