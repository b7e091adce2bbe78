"""The life of a vetting check, and of the clearance of a person. Read these rows for who decides what."""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Now, StateSpec, Tell, Workflow, period, row

OFFICER, APPLICANT, CLOCK, SYSTEM = Role.VETTING_OFFICER, Role.APPLICANT, Role.CLOCK, Role.SYSTEM


class CheckState(StrEnum):
    """What one check is."""

    REQUESTED = "requested"
    IN_PROGRESS = "in_progress"
    INFO_REQUESTED = "info_requested"
    CLEAR = "clear"
    CONCERN = "concern"
    UNABLE = "unable"
    CANCELLED = "cancelled"


class State(StrEnum):
    """What the vetting of a person is."""

    OPEN = "open"
    ADVERSE_REVIEW = "adverse_review"
    CLEAR = "clear"
    CLEAR_WITH_CONDITIONS = "clear_with_conditions"
    NOT_CLEAR = "not_clear"
    UNABLE = "unable"
    EXPIRED = "expired"


C, S = CheckState, State

still_open = Check("still_open", "The vetting of this person is already concluded.")
nothing_asked = Check("nothing_asked", "Another question to the applicant is open. Record its answer first.")
all_checks_clear = Check("all_checks_clear", "Every check must be clear. At least one is not, or none was made.")
all_checks_done = Check("all_checks_done", "At least one check is not finished.")
conditions_given = Check("conditions_given", "Choose at least one condition.")

_CHECK_WORDS = "We are making our checks."

# fmt: off
CHECK = Workflow.of("check", {
    C.REQUESTED:      StateSpec(_CHECK_WORDS, "Requested", OFFICER, period("vetting.start")),
    C.IN_PROGRESS:    StateSpec(_CHECK_WORDS, "In progress", OFFICER, period("vetting.check")),
    C.INFO_REQUESTED: StateSpec("We have asked you a question for our checks.", "Waiting for the applicant", APPLICANT, period("vetting.info")),
    C.CLEAR:          StateSpec(_CHECK_WORDS, "Clear", final=True),
    C.CONCERN:        StateSpec(_CHECK_WORDS, "Concern found", final=True),
    C.UNABLE:         StateSpec(_CHECK_WORDS, "Could not be completed", final=True),
    C.CANCELLED:      StateSpec(_CHECK_WORDS, "Cancelled", final=True),
}, [
    row("request", None, C.REQUESTED, by=SYSTEM),
    row("begin", C.REQUESTED, C.IN_PROGRESS, by=OFFICER, button="Start"),
    row("ask", C.IN_PROGRESS, C.INFO_REQUESTED, by=OFFICER, needs=[still_open, nothing_asked], asks=["question"],
        then=[Now("ask_for_check"), Tell("ride-checks-question")], button="Ask the applicant"),
    row("answer", C.INFO_REQUESTED, C.IN_PROGRESS, by=(APPLICANT, OFFICER), button="Record the answer", then=[Now("close_question")]),
    row("lapse", C.INFO_REQUESTED, C.UNABLE, by=CLOCK, after=period("vetting.info.lapse"), then=[Now("close_question")]),
    row("clear", C.IN_PROGRESS, C.CLEAR, by=OFFICER, needs=[still_open], button="Clear"),
    row("find", C.IN_PROGRESS, C.CONCERN, by=OFFICER, needs=[still_open], asks=["detail"], button="Concern found"),
    row("give_up", [C.REQUESTED, C.IN_PROGRESS, C.INFO_REQUESTED], C.UNABLE, by=OFFICER, needs=[still_open],
        then=[Now("close_question")], button="Cannot be completed"),
    row("cancel", [C.REQUESTED, C.IN_PROGRESS, C.INFO_REQUESTED], C.CANCELLED, by=SYSTEM, then=[Now("close_question")]),
    row("renew", [C.CLEAR, C.CONCERN, C.UNABLE, C.CANCELLED], C.REQUESTED, by=SYSTEM),
], {
    "request": "check requested", "begin": "check started", "ask": "question asked for a check", "answer": "question answered",
    "lapse": "no answer in time", "clear": "check clear", "find": "check finished", "give_up": "check could not be completed",
    "cancel": "check cancelled", "renew": "check to be made again",
})

VETTING = Workflow.of("vetting", {
    S.OPEN:                  StateSpec(_CHECK_WORDS, "Open", OFFICER, period("ride.checks")),
    S.ADVERSE_REVIEW:        StateSpec(_CHECK_WORDS, "Waiting for a second person", OFFICER, period("vetting.adverse")),
    S.CLEAR:                 StateSpec("Our checks are finished.", "Clear", SYSTEM),
    S.CLEAR_WITH_CONDITIONS: StateSpec("Our checks are finished.", "Clear with conditions", SYSTEM),
    S.NOT_CLEAR:             StateSpec("Our checks are finished.", "Not clear", SYSTEM),
    S.UNABLE:                StateSpec("Our checks are finished.", "Could not be completed", SYSTEM),
    S.EXPIRED:               StateSpec("Our checks are out of date.", "Expired", final=True),
}, [
    row("open", None, S.OPEN, by=SYSTEM, then=[Now("request_checks")]),
    row("clear", S.OPEN, S.CLEAR, by=OFFICER, needs=[all_checks_clear], then=[Now("set_validity"), Now("report")], button="Clear this person"),
    row("refer", S.OPEN, S.ADVERSE_REVIEW, by=OFFICER, needs=[all_checks_done], button="Refer to a second person"),
    row("give_up", S.OPEN, S.UNABLE, by=OFFICER, needs=[all_checks_done], then=[Now("report")], button="Vetting cannot be completed"),
    # Adverse results are never one person's word: who referred it or ran a check may not conclude it.
    row("clear", S.ADVERSE_REVIEW, S.CLEAR, by=OFFICER, apart_from=["vetting.refer", "vetting.clear_with_conditions", "vetting.bar", "check.find"],
        then=[Now("set_validity"), Now("report")], button="Clear this person"),
    row("clear_with_conditions", S.ADVERSE_REVIEW, S.CLEAR_WITH_CONDITIONS, by=OFFICER, needs=[conditions_given], asks=["conditions"],
        apart_from=["vetting.refer", "vetting.clear_with_conditions", "vetting.bar", "check.find"],
        then=[Now("set_validity"), Now("report")], button="Clear with conditions"),
    row("bar", S.ADVERSE_REVIEW, S.NOT_CLEAR, by=OFFICER, asks=["ground", "detail"],
        apart_from=["vetting.refer", "vetting.clear_with_conditions", "vetting.bar", "check.find"],
        then=[Now("report")], button="Not clear"),
    # A reconsideration goes back to a second person; an expired or changed clearance is made again from the start.
    row("reopen", [S.NOT_CLEAR, S.CLEAR_WITH_CONDITIONS, S.UNABLE], S.ADVERSE_REVIEW, by=SYSTEM),
    row("renew", [S.CLEAR, S.CLEAR_WITH_CONDITIONS, S.NOT_CLEAR, S.UNABLE, S.EXPIRED], S.OPEN, by=SYSTEM, then=[Now("renew_checks")]),
    row("expire", [S.CLEAR, S.CLEAR_WITH_CONDITIONS], S.EXPIRED, by=CLOCK, after=period("vetting.valid"), then=[Now("expired")]),
    row("report_change", [S.CLEAR, S.CLEAR_WITH_CONDITIONS], S.EXPIRED, by=(OFFICER, APPLICANT), then=[Now("expired")],
        button="Something changed: clearance ends"),
    row("stop", [S.OPEN, S.ADVERSE_REVIEW], S.UNABLE, by=SYSTEM, then=[Now("cancel_checks")]),
    row("end", [S.NOT_CLEAR, S.UNABLE], S.EXPIRED, by=SYSTEM),
], {
    "open": "checks opened", "clear": "vetting clear", "refer": "vetting with a second person", "give_up": "vetting could not be completed",
    "clear_with_conditions": "vetting clear with conditions", "bar": "vetting finished", "reopen": "vetting looked at again",
    "renew": "vetting made again", "expire": "clearance expired", "report_change": "change reported", "stop": "checks stopped",
    "end": "vetting closed",
})
# fmt: on

VALID = frozenset({State.CLEAR, State.CLEAR_WITH_CONDITIONS})
CONDITIONS = {
    "daytime": "Daytime shifts only",
    "not-response": "Not with a response team",
    "not-own-area": "Not where they live or work",
}
KINDS = {
    "local": "Local records",
    "pnc": "Police National Computer",
    "pnd": "Police National Database",
    "conflict": "Conflict of interest",
}
