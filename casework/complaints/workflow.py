"""The life of a complaint and of each allegation in it: one row per transition. What is owed meanwhile: `duties.py`.

Sources: Police Reform Act 2002 Part 2 and Schedule 3; Police (Complaints and Misconduct) Regulations 2020 (domain 2).
"""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Now, StateSpec, Tell, Workflow, period, row

PUBLIC, CLERK, CLOCK, SYSTEM, OUTSIDE = Role.PUBLIC, Role.CLERK, Role.CLOCK, Role.SYSTEM, Role.OUTSIDE
TRIAGE, HANDLER, SUPERVISOR = Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR
PERSON = (Role.COMPLAINANT, Role.REPRESENTATIVE)
DESK = (TRIAGE, HANDLER, SUPERVISOR)


class State(StrEnum):
    """What a complaint is."""

    RECEIVED = "received"
    LOGGED = "logged"
    CONTACTED = "contacted"
    OUTSIDE = "outside"
    RECORDED = "recorded"
    REFERRED = "referred"
    DIRECTED = "directed"
    INDEPENDENT = "independent"
    HANDLING = "handling"
    INVESTIGATING = "investigating"
    SUSPENDED = "suspended"
    DRAFTED = "drafted"
    APPROVED = "approved"
    SENT = "sent"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    WITHDRAWING = "withdrawing"
    FINALISED = "finalised"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    MERGED = "merged"


S = State
WORKED = [S.OUTSIDE, S.HANDLING, S.INVESTIGATING, S.DIRECTED, S.INDEPENDENT]
BEFORE_OUTCOME = [
    S.RECEIVED, S.LOGGED, S.CONTACTED, S.OUTSIDE, S.RECORDED, S.REFERRED, S.DIRECTED, S.INDEPENDENT, S.HANDLING,
    S.INVESTIGATING, S.SUSPENDED, S.DRAFTED, S.APPROVED,
]  # fmt: skip
OPEN = [*BEFORE_OUTCOME, S.SENT, S.UNDER_REVIEW, S.UPHELD, S.WITHDRAWING]
# From where a complaint is recorded under Schedule 3: at any time before the outcome was told (PRA Sch 3 para 2(6A)).
RECORDABLE = [S.RECEIVED, S.LOGGED, S.CONTACTED, S.OUTSIDE]

# Why a complaint was recorded: the reasons that the national figures ask for (domain 2.9).
REASONS = {
    "wishes": "The complainant wished it",
    "dissatisfied": "Dissatisfied after initial handling",
    "mandatory": "The law requires it",
    "authority": "Our decision",
}
ROUTES = {
    S.OUTSIDE: "Outside Schedule 3",
    S.HANDLING: "Under Schedule 3, not investigated",
    S.INVESTIGATING: "Under Schedule 3, investigated by us",
    S.DIRECTED: "Under Schedule 3, directed by the IOPC",
    S.INDEPENDENT: "Under Schedule 3, investigated by the IOPC",
}

independent = Check(
    "independent",
    "This complaint is about you, about your team, or about an earlier decision of yours. Somebody else must do this.",
)
# A new look at a decision is by somebody else than whoever came to it.
not_own_decision = Check("not_own_decision", independent.sentence)
may_act = Check("may_act", "The person concerned has not yet said yes to somebody acting for them.")
logging_checked = Check("logging_checked", "Answer the referral checklist for logging first.")
recording_checked = Check(
    "recording_checked", "Answer the referral checklist for recording first, for every allegation."
)
none_mandatory = Check("none_mandatory", "What is alleged must be recorded under Schedule 3.")
not_asked_to_record = Check("not_asked_to_record", "The person asked for the complaint to be recorded.")
reason_known = Check("reason_known", "Choose why it is recorded.")
not_contacted = Check("not_contacted", "The first contact was recorded already.", once=True)
contact_made = Check("contact_made", "Record what the person said, or three tries at different times and a letter.")
has_allegation = Check("has_allegation", "Add at least one allegation first.")
referral_decided = Check("referral_decided", "What is alleged must be referred to the IOPC first.")
every_result = Check("every_result", "An allegation has no result yet. Each of them is answered in the outcome.")
outcome_written = Check("outcome_written", "Write the outcome first.")
not_its_writer = Check("not_its_writer", "You wrote on this outcome. Somebody else must approve it.")
body_computed = Check("body_computed", "Answer the questions from which the review body follows.")
is_outside = Check("is_outside", "This was recorded under Schedule 3.", once=True)
is_schedule_3 = Check("is_schedule_3", "This was not recorded under Schedule 3, so there is no review.")
was_outside = Check("was_outside", "It was not handled outside Schedule 3.")
was_handling = Check("was_handling", "It was not handled without an investigation.")
was_investigating = Check("was_investigating", "It was not investigated by us.")
was_directed = Check("was_directed", "It was not directed by the IOPC.")
was_independent = Check("was_independent", "It was not investigated by the IOPC.")
was_before = {S.OUTSIDE: was_outside, S.HANDLING: was_handling, S.INVESTIGATING: was_investigating,
              S.DIRECTED: was_directed, S.INDEPENDENT: was_independent}  # fmt: skip
in_time = Check(
    "in_time", "The last day to apply for a review has passed. A supervisor decides on special circumstances."
)
signed = Check("signed", "A withdrawal needs a notification signed by the person, their solicitor or their agent.")
interest_decided = Check(
    "interest_decided", "Answer whether the public interest needs this to go on as a conduct matter."
)
other_known = Check("other_known", "Choose the case that it belongs to.")
body_known = Check("body_known", "Say to which body it goes.")
why_known = Check("why_known", "Say why.")
reachable = Check(
    "reachable",
    "It would reach nobody: we do not know how to reach the person, and they have not said yes to who acts for them.",
)
outcome_told = Check("outcome_told", "The outcome has not been told yet.")

# Powers of the chief officer that may have to be delegated in writing (domain 2.2, [K]), each checked by itself.
POWERS = {
    "referral": "Refer to the IOPC",
    "no-case": "Find no case to answer",
    "outcome": "Approve an outcome",
    "review": "Decide on and after a review",
}
delegated = {
    power: Check(f"delegated_{power}", "This needs a written delegation of the power, and you hold none today.")
    for power in POWERS
}

BY_DESK = [independent]

# fmt: off
COMPLAINT = Workflow.of("complaint", {
    S.RECEIVED:      StateSpec("We have your complaint and will log it.", "New, to be logged", TRIAGE, period("complaint.log")),
    S.LOGGED:        StateSpec("Your complaint is logged. We will contact you.", "Logged, to be contacted", HANDLER, period("complaint.contact")),
    S.CONTACTED:     StateSpec("We have spoken with you and are deciding how to handle it.", "Contacted, way to be decided", HANDLER, period("complaint.decide")),
    S.OUTSIDE:       StateSpec("We are dealing with it directly, to put it right.", "Handled outside Schedule 3", HANDLER, period("complaint.outside")),
    S.RECORDED:      StateSpec("Your complaint is formally recorded. We are deciding what happens next.", "Recorded, to be allocated", SUPERVISOR, period("complaint.allocate")),
    S.REFERRED:      StateSpec("We have referred your complaint to the Independent Office for Police Conduct.", "Referred to the IOPC", OUTSIDE, period("complaint.referral.answer")),
    S.DIRECTED:      StateSpec("Your complaint is investigated under the direction of the IOPC.", "Directed by the IOPC", HANDLER, period("complaint.investigation")),
    S.INDEPENDENT:   StateSpec("The IOPC investigates your complaint itself.", "Investigated by the IOPC", OUTSIDE, period("complaint.investigation")),
    S.HANDLING:      StateSpec("We are handling your complaint.", "Handled without investigation", HANDLER, period("complaint.handling")),
    S.INVESTIGATING: StateSpec("We are investigating your complaint.", "Under investigation", HANDLER, period("complaint.investigation")),
    S.SUSPENDED:     StateSpec("Your complaint is on hold while other proceedings go on.", "Suspended", HANDLER, period("complaint.suspension.review")),
    S.DRAFTED:       StateSpec("Our answer is written and being checked.", "Outcome drafted, to be approved", SUPERVISOR, period("complaint.approve")),
    S.APPROVED:      StateSpec("Our answer is ready and will be sent to you.", "Outcome approved, to be sent", HANDLER, period("complaint.send")),
    S.SENT:          StateSpec("We have answered your complaint.", "Outcome sent", Role.COMPLAINANT, period("complaint.review")),
    S.UNDER_REVIEW:  StateSpec("Your complaint is being reviewed by another body.", "Under review", OUTSIDE, period("complaint.review.answer")),
    S.UPHELD:        StateSpec("The review found that our handling was not reasonable and proportionate. We are acting on it.", "Review upheld, to be acted on", SUPERVISOR, period("complaint.upheld")),
    S.WITHDRAWING:   StateSpec("We have your wish to withdraw and are deciding what it means.", "Withdrawal to be decided", SUPERVISOR, period("complaint.withdrawal")),
    S.FINALISED:     StateSpec("Your complaint is finished.", "Finalised", final=True),
    S.WITHDRAWN:     StateSpec("You withdrew your complaint.", "Withdrawn", final=True),
    S.TRANSFERRED:   StateSpec("Your complaint is for another body, and we have sent it there.", "Transferred", final=True),
    S.MERGED:        StateSpec("This is handled together with another complaint of yours.", "Merged into another case", final=True),
}, [
    row("submit", None, S.RECEIVED, by=(PUBLIC, CLERK, *DESK, SYSTEM), then=[
        Now("owe_preservation"), Now("point_out"), Now("route"), Tell("complaint-received", to="everyone")]),
    row("transfer", [S.RECEIVED, S.LOGGED], S.TRANSFERRED, by=DESK, needs=[independent, body_known], asks=["body"], then=[Tell("complaint-transferred", to="people")],
        button="Transfer to another body"),
    row("log", S.RECEIVED, S.LOGGED, by=DESK, needs=[independent, has_allegation, logging_checked], then=[Tell("complaint-logged", to="people")], button="Log it"),
    row("contact", S.LOGGED, S.CONTACTED, by=DESK, needs=[independent, contact_made], then=[Now("note_contact")], asks=["contact"], button="Record the first contact"),
    # Where it was recorded or referred before anybody spoke with the person, that is still owed.
    *[row("contact", state, state, by=DESK, needs=[independent, not_contacted, contact_made], then=[Now("note_contact")], asks=["contact"], button="Record the first contact")
      for state in (S.RECORDED, S.REFERRED, S.DIRECTED, S.HANDLING, S.INVESTIGATING)],
    row("handle_outside", S.CONTACTED, S.OUTSIDE, by=(HANDLER, SUPERVISOR), needs=[independent, none_mandatory, not_asked_to_record],
        then=[Now("take_route"), Tell("complaint-outside", to="people")], button="Handle it outside Schedule 3"),
    # At any time before the outcome: when the person asks, when the law requires it, or when we decide so.
    row("record", [*RECORDABLE, S.DRAFTED, S.APPROVED], S.RECORDED, by=(*PERSON, CLERK), needs=[may_act, is_outside], then=[Now("note_recorded"), Tell("complaint-recorded", to="people")],
        button="Record it for them under Schedule 3"),
    row("record", [*RECORDABLE, S.DRAFTED, S.APPROVED], S.RECORDED, by=(*DESK, SYSTEM), needs=[independent, is_outside, reason_known], asks=["reason"],
        then=[Now("note_recorded"), Tell("complaint-recorded", to="people")], button="Record it under Schedule 3"),
    row("refer", [S.RECORDED, S.HANDLING, S.INVESTIGATING], S.REFERRED, by=SUPERVISOR, needs=[independent, delegated["referral"], recording_checked],
        then=[Now("note_referred"), Now("tell_referred")], asks=["prejudicial"], button="Refer to the IOPC"),
    row("hand_back", S.REFERRED, S.RECORDED, by=DESK, needs=[independent], then=[Now("note_answered"), Tell("complaint-returned", to="people")],
        button="The IOPC has returned it to us"),
    row("direct", S.REFERRED, S.DIRECTED, by=(HANDLER, SUPERVISOR), needs=[independent], then=[Now("note_answered"), Now("take_route"), Tell("complaint-allocated", to="people")],
        button="The IOPC directs our investigation"),
    row("take", S.REFERRED, S.INDEPENDENT, by=(HANDLER, SUPERVISOR), needs=[independent], then=[Now("note_answered"), Now("take_route"), Tell("complaint-allocated", to="people")],
        button="The IOPC investigates itself"),
    row("handle", S.RECORDED, S.HANDLING, by=SUPERVISOR, needs=[independent, not_own_decision, recording_checked, referral_decided],
        then=[Now("take_route"), Tell("complaint-allocated", to="people")], button="Handle without an investigation"),
    row("investigate", [S.RECORDED, S.HANDLING], S.INVESTIGATING, by=SUPERVISOR, needs=[independent, not_own_decision, recording_checked, referral_decided],
        then=[Now("take_route"), Tell("complaint-allocated", to="people")], button="Investigate"),
    row("suspend", [S.HANDLING, S.INVESTIGATING, S.DIRECTED], S.SUSPENDED, by=SUPERVISOR, needs=[independent, why_known], then=[Tell("complaint-suspended", to="people")],
        asks=["why"], button="Suspend"),
    row("review_suspension", S.SUSPENDED, S.SUSPENDED, by=(HANDLER, SUPERVISOR), needs=[independent], button="The suspension is still needed"),
    *[row("resume", S.SUSPENDED, route, by=(HANDLER, SUPERVISOR), needs=[independent, was_before[route]], then=[Tell("complaint-resumed", to="people")], button="Resume")
      for route in (S.HANDLING, S.INVESTIGATING, S.DIRECTED)],
    # Who writes the outcome does not approve it; every allegation has its answer; the review body stands before it goes.
    row("draft", WORKED, S.DRAFTED, by=HANDLER, needs=[independent, not_own_decision, logging_checked, every_result, outcome_written], asks=["outcome"], button="Send the outcome for approval"),
    *[row("send_back", S.DRAFTED, route, by=SUPERVISOR, needs=[independent, was_before[route]], button="Send back to the handler") for route in WORKED],
    row("approve", S.DRAFTED, S.APPROVED, by=SUPERVISOR, needs=[independent, delegated["outcome"], not_own_decision, not_its_writer, every_result, body_computed], apart_from=["complaint.draft", "allegation.resolve"],
        then=[Now("note_approved")], button="Approve the outcome"),
    row("send", S.APPROVED, S.SENT, by=(HANDLER, SUPERVISOR), needs=[independent, reachable], then=[Now("note_sent"), Tell("complaint-outcome", to="people")], button="Send the outcome"),
    # Never before the outcome was really told: what lies in a tray has not been sent.
    row("finalise", S.SENT, S.FINALISED, by=CLOCK, after=period("complaint.review"), needs=[outcome_told], then=[Now("tell_finalised")]),
    row("apply_for_review", S.SENT, S.UNDER_REVIEW, by=(*PERSON, CLERK, *DESK), needs=[may_act, in_time], then=[Now("note_review"), Tell("complaint-review-noted", to="people")],
        button="A review was applied for"),
    row("allow_late_review", S.FINALISED, S.UNDER_REVIEW, by=SUPERVISOR, needs=[independent, delegated["review"], is_schedule_3, why_known], asks=["why"],
        then=[Now("note_review"), Tell("complaint-review-noted", to="people")], button="A late review is allowed"),
    row("find_reasonable", S.UNDER_REVIEW, S.FINALISED, by=(HANDLER, SUPERVISOR), needs=[independent], then=[Tell("complaint-review-result", to="people")],
        button="The review found it reasonable and proportionate"),
    row("uphold", S.UNDER_REVIEW, S.UPHELD, by=(HANDLER, SUPERVISOR), needs=[independent], then=[Tell("complaint-review-result", to="people")],
        button="The review found it not reasonable and proportionate"),
    row("reinvestigate", S.UPHELD, S.INVESTIGATING, by=SUPERVISOR, needs=[independent, delegated["review"]], apart_from=["complaint.approve"],
        then=[Now("take_route"), Now("open_results"), Tell("complaint-allocated", to="people")], button="Investigate again"),
    row("act_on_review", S.UPHELD, S.FINALISED, by=SUPERVISOR, needs=[independent, delegated["review"], why_known], asks=["why"], then=[Tell("complaint-finalised", to="people")],
        button="Recommendations acted on: finish"),
    # A wish to withdraw ends nothing by itself (reg 38): it is signed, recorded, and the public interest is decided.
    row("ask_to_withdraw", BEFORE_OUTCOME + [S.SENT, S.UNDER_REVIEW], S.WITHDRAWING, by=(*PERSON, CLERK, *DESK), needs=[may_act, signed], asks=["signed"],
        then=[Now("note_withdrawal"), Tell("complaint-withdrawal-noted", to="people")], button="Record a signed withdrawal"),
    row("withdraw", S.WITHDRAWING, S.WITHDRAWN, by=SUPERVISOR, needs=[independent, interest_decided], asks=["interest"],
        then=[Now("drop_results"), Tell("complaint-withdrawn", to="people")], button="Accept the withdrawal"),
    row("go_on_as_conduct", S.WITHDRAWING, S.INVESTIGATING, by=SUPERVISOR, needs=[independent, why_known], asks=["why"],
        then=[Now("take_route"), Tell("complaint-goes-on", to="people")], button="Go on as a conduct matter"),
    row("reopen", S.FINALISED, S.HANDLING, by=SUPERVISOR, needs=[independent, why_known, is_schedule_3], asks=["why"],
        then=[Now("take_route"), Now("open_results"), Tell("complaint-reopened", to="people")], button="Reopen"),
    # Dissatisfied after it was handled outside Schedule 3: it is recorded on request (domain 2.2).
    row("record_after", [S.SENT, S.FINALISED], S.RECORDED, by=(*PERSON, CLERK, *DESK), needs=[may_act, was_outside],
        then=[Now("note_recorded"), Now("open_results"), Tell("complaint-recorded", to="people")], button="Not satisfied: record it under Schedule 3"),
    row("merge", [S.RECEIVED, S.LOGGED, S.CONTACTED, S.OUTSIDE, S.RECORDED, S.HANDLING, S.INVESTIGATING], S.MERGED, by=DESK, needs=[independent, other_known], asks=["into"],
        then=[Now("follow_other")], button="Merge into another complaint"),
    *[row("unmerge", S.MERGED, before, by=DESK, needs=[independent, Check(f"came_from_{before}", "It was not there before.")], then=[Now("leave_other")], button="Undo the merge")
      for before in (S.RECEIVED, S.LOGGED, S.CONTACTED, S.OUTSIDE, S.RECORDED, S.HANDLING, S.INVESTIGATING)],
], {
    "submit": "received", "transfer": "transferred to another body", "log": "logged", "contact": "first contact made", "handle_outside": "handled outside Schedule 3",
    "record": "recorded under Schedule 3", "refer": "referred to the IOPC", "hand_back": "returned by the IOPC", "direct": "investigation directed by the IOPC",
    "take": "investigated by the IOPC", "handle": "handling without investigation begun", "investigate": "investigation begun", "suspend": "suspended",
    "review_suspension": "suspension looked at", "resume": "resumed", "draft": "outcome drafted", "send_back": "outcome sent back", "approve": "outcome approved",
    "send": "outcome sent", "finalise": "review window over, finalised", "apply_for_review": "review applied for", "allow_late_review": "late review allowed",
    "find_reasonable": "review: reasonable and proportionate", "uphold": "review: not reasonable and proportionate", "reinvestigate": "investigated again",
    "act_on_review": "review acted on, finalised", "ask_to_withdraw": "signed withdrawal received", "withdraw": "withdrawn", "go_on_as_conduct": "goes on as a conduct matter",
    "reopen": "reopened", "record_after": "not satisfied: recorded under Schedule 3", "merge": "merged into another complaint", "unmerge": "merge undone",
})

ALLEGATION = Workflow.of("allegation", {
    "open":      StateSpec("We are looking into this.", "No result yet", HANDLER),
    "answered":  StateSpec("We have come to a result.", "Result recorded", final=False, waits_for=HANDLER),
    "withdrawn": StateSpec("You took this back.", "Withdrawn", final=True),
}, [
    row("allege", None, "open", by=(*DESK, SYSTEM), then=[Now("point_out")]),
    row("recategorise", "open", "open", by=DESK, asks=["category"], needs=[independent, Check("category_known", "Choose a category.")], then=[Now("categorise"), Now("point_out")], button="Change the category"),
    row("resolve", "open", "answered", by=(HANDLER, SUPERVISOR), needs=[independent, not_own_decision, delegated["no-case"], Check("result_fits", "Choose a result that fits how the complaint is handled.")], asks=["result"],
        then=[Now("keep_result")], button="Record the result"),
    row("reconsider", "answered", "open", by=(HANDLER, SUPERVISOR, SYSTEM), needs=[independent], then=[Now("clear_result")], button="Take the result back"),
    row("drop", ["open", "answered"], "withdrawn", by=(SUPERVISOR, SYSTEM), needs=[independent], button="Withdrawn by the person"),
], {"allege": "allegation added", "recategorise": "category changed", "resolve": "result recorded", "reconsider": "result taken back", "drop": "allegation withdrawn"})
# fmt: on
