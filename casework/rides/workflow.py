"""The life of a ride-along application, and of the scheme in a BCU: one row per transition."""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.schedule.workflow import TEAMS as TEAMS
from casework.workflow import Check, Now, StateSpec, Tell, Workflow, period, row

PUBLIC, APPLICANT, COORDINATOR, SUPERVISOR = Role.PUBLIC, Role.APPLICANT, Role.COORDINATOR, Role.SUPERVISOR
OFFICER, HOST, CLERK, CLOCK, SYSTEM = Role.VETTING_OFFICER, Role.HOST, Role.CLERK, Role.CLOCK, Role.SYSTEM


class State(StrEnum):
    """What an application is."""

    SUBMITTED = "submitted"
    WAITING = "waiting"
    CHECKS = "checks"
    DECISION = "decision"
    APPROVED = "approved"
    OFFERED = "offered"
    BOOKED = "booked"
    DONE = "done"
    CLOSED = "closed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = State

question_open = Check("question_open", "No question is open here.")
part_wanted = Check("part_wanted", "The next part is not wanted now.")
part_given = Check("part_given", "The applicant has not given the next part yet. Ask for it first.")
result_clear = Check("result_clear", "The checks are not plainly clear, so a supervisor decides this.")
result_usable = Check("result_usable", "There is no valid clearance, so this cannot be approved.")
ground_given = Check("ground_given", "Choose a ground for the refusal.")
ground_is_eligibility = Check("ground_is_eligibility", "Without checks only a ground of eligibility can be given.")
may_reconsider = Check("may_reconsider", "A decision can be looked at again once, within 28 days of it.")
is_reconsidered = Check("is_reconsidered", "This is for applications that are being looked at again.")
feedback_given = Check("feedback_given", "There is no feedback to send.")

RAN_CHECKS = [
    "check.begin",
    "check.clear",
    "check.find",
    "vetting.clear",
    "vetting.refer",
    "vetting.bar",
    "vetting.clear_with_conditions",
]

# fmt: off
RIDE = Workflow.of("ride", {
    S.SUBMITTED: StateSpec("We have your application and will look at it.", "New, to be looked at", COORDINATOR, period("ride.triage")),
    S.WAITING:   StateSpec("We need something from you.", "Waiting for the applicant", APPLICANT, period("ride.answer")),
    S.CHECKS:    StateSpec("We are making our checks.", "Being checked", OFFICER, period("ride.checks")),
    S.DECISION:  StateSpec("Our checks are finished and we are deciding.", "To be decided", COORDINATOR, period("ride.decision")),
    S.APPROVED:  StateSpec("You are approved. We are looking for a place for you.", "Approved, needs a place", COORDINATOR, period("ride.place")),
    S.OFFERED:   StateSpec("We have offered you a place.", "Place offered", APPLICANT, period("ride.offer")),
    S.BOOKED:    StateSpec("Your ride is booked.", "Booked", HOST, period("booking.ride")),
    S.DONE:      StateSpec("You have been on your ride. Tell us how it was.", "Ride done, feedback wanted", APPLICANT, period("ride.close")),
    S.CLOSED:    StateSpec("Your application is closed. Thank you for taking part.", "Closed", final=True),
    S.REFUSED:   StateSpec("We cannot offer you a ride.", "Refused", final=True),
    S.WITHDRAWN: StateSpec("You withdrew your application.", "Withdrawn", final=True),
    S.EXPIRED:   StateSpec("Your application has expired.", "Expired", final=True),
}, [
    row("apply", None, S.SUBMITTED, by=(PUBLIC, CLERK), then=[Tell("ride-received")]),
    row("ask", S.SUBMITTED, S.WAITING, by=COORDINATOR, asks=["question"], then=[
        Now("put_question"), Tell("ride-question"), Tell("ride-question-reminder", delay=period("ride.answer.reminder"))],
        button="Ask the applicant a question"),
    row("answer", S.WAITING, S.SUBMITTED, by=(APPLICANT, COORDINATOR, CLERK), needs=[question_open], asks=["answer"], then=[Now("keep_answer")],
        button="Record the answer"),
    row("invite", S.SUBMITTED, S.WAITING, by=COORDINATOR, then=[
        Now("want_part"), Tell("ride-next-part"), Tell("ride-next-part-reminder", delay=period("ride.answer.reminder"))],
        button="Take forward: ask for the next part"),
    row("provide", S.WAITING, S.CHECKS, by=(APPLICANT, COORDINATOR, CLERK), needs=[part_wanted, part_given], then=[
        Now("open_checks"), Tell("ride-checks-started"), Tell("ride-delayed", delay=period("ride.checks.delay"))],
        button="Next part is complete: start checks"),
    row("return_to_triage", S.WAITING, S.SUBMITTED, by=COORDINATOR, then=[Now("close_questions")], button="Go on without the answer"),
    row("vet", S.SUBMITTED, S.CHECKS, by=COORDINATOR, needs=[part_given], then=[
        Now("open_checks"), Tell("ride-checks-started"), Tell("ride-delayed", delay=period("ride.checks.delay"))],
        button="Start checks"),
    row("lapse", S.WAITING, S.EXPIRED, by=CLOCK, after=period("ride.answer"), then=[Now("close_questions"), Tell("ride-expired")]),
    row("conclude", S.CHECKS, S.DECISION, by=SYSTEM),
    row("recheck", [S.DECISION, S.APPROVED], S.CHECKS, by=(COORDINATOR, SUPERVISOR, SYSTEM), then=[Now("renew_checks"), Tell("ride-checks-started")],
        button="Make the checks again"),
    # A coordinator approves a clear one; a supervisor who ran no check decides anything adverse or conditional.
    row("approve", S.DECISION, S.APPROVED, by=COORDINATOR, needs=[result_clear], apart_from=RAN_CHECKS,
        then=[Now("share_wishes"), Tell("ride-approved")], button="Approve"),
    row("approve", S.DECISION, S.APPROVED, by=SUPERVISOR, needs=[result_usable], apart_from=[*RAN_CHECKS, "ride.refuse"],
        then=[Now("share_wishes"), Tell("ride-approved")], button="Approve"),
    row("refuse", S.SUBMITTED, S.REFUSED, by=(COORDINATOR, SUPERVISOR), needs=[ground_given, ground_is_eligibility], asks=["ground"],
        then=[Now("close_room"), Tell("ride-refused")], button="Refuse"),
    row("refuse", S.DECISION, S.REFUSED, by=SUPERVISOR, needs=[ground_given], apart_from=[*RAN_CHECKS, "ride.refuse"], asks=["ground"],
        then=[Now("close_room"), Tell("ride-refused")], button="Refuse"),
    row("refuse", S.APPROVED, S.REFUSED, by=SUPERVISOR, needs=[ground_given], apart_from=RAN_CHECKS, asks=["ground"],
        then=[Now("close_room"), Tell("ride-refused")], button="Refuse because of something new"),
    # Once, within the time: somebody not involved before decides, from the beginning where the checks were at issue.
    row("reconsider", S.REFUSED, S.DECISION, by=(APPLICANT, COORDINATOR, CLERK), needs=[may_reconsider],
        then=[Now("look_again"), Tell("ride-reconsideration-received")], button="Record a request to look again"),
    row("uphold", S.DECISION, S.REFUSED, by=SUPERVISOR, needs=[is_reconsidered], apart_from=[*RAN_CHECKS, "ride.refuse"],
        then=[Now("close_room"), Tell("ride-reconsidered")], button="Refusal stands"),
    row("overturn", S.DECISION, S.CHECKS, by=SUPERVISOR, needs=[is_reconsidered], apart_from=[*RAN_CHECKS, "ride.refuse"],
        then=[Now("renew_checks"), Tell("ride-reconsidered")], button="Refusal does not stand: check again"),
    row("offer", S.APPROVED, S.OFFERED, by=SYSTEM),
    row("book", [S.OFFERED, S.APPROVED], S.BOOKED, by=SYSTEM),
    row("go_without", S.OFFERED, S.APPROVED, by=SYSTEM),
    row("give_up", [S.OFFERED, S.APPROVED], S.EXPIRED, by=SYSTEM, then=[Tell("ride-expired")]),
    row("lose_place", S.BOOKED, S.APPROVED, by=SYSTEM),
    row("finish", S.BOOKED, S.DONE, by=SYSTEM),
    row("feed_back", S.DONE, S.CLOSED, by=(APPLICANT, COORDINATOR, CLERK), needs=[feedback_given]),
    row("close", S.DONE, S.CLOSED, by=CLOCK, after=period("ride.close")),
    row("withdraw", [S.SUBMITTED, S.WAITING, S.CHECKS, S.DECISION, S.APPROVED, S.OFFERED, S.BOOKED], S.WITHDRAWN,
        by=(APPLICANT, COORDINATOR, CLERK), then=[Now("let_everything_go"), Tell("ride-withdrawn")], button="Withdraw for the applicant"),
], {
    "apply": "applied", "ask": "question asked", "answer": "question answered", "invite": "next part asked for", "provide": "next part given",
    "return_to_triage": "taken on without the answer", "vet": "checks started", "lapse": "expired without an answer", "conclude": "checks finished",
    "recheck": "checks to be made again", "approve": "approved", "refuse": "refused", "reconsider": "asked to look again", "uphold": "refusal stands",
    "overturn": "refusal does not stand", "offer": "place offered", "book": "ride booked", "go_without": "offer not taken up",
    "give_up": "expired", "lose_place": "booking ended", "finish": "ride done", "feed_back": "feedback given", "close": "closed",
    "withdraw": "withdrawn",
})

SCHEME = Workflow.of("scheme", {
    "open":   StateSpec("You can apply.", "Open", COORDINATOR),
    "paused": StateSpec("We are not taking new applications now.", "Paused", COORDINATOR),
    "closed": StateSpec("The scheme is closed here.", "Closed", final=True),
}, [
    row("begin", None, "open", by=SYSTEM),
    row("pause", "open", "paused", by=(COORDINATOR, SUPERVISOR), asks=["message"], button="Pause"),
    row("reopen", ["paused", "closed"], "open", by=(COORDINATOR, SUPERVISOR), then=[Now("tell_waiting")], button="Open"),
    row("close", ["open", "paused"], "closed", by=(COORDINATOR, SUPERVISOR), asks=["message"], button="Close"),
], {"begin": "scheme begun", "pause": "scheme paused", "reopen": "scheme opened", "close": "scheme closed"})
# fmt: on

# Grounds of refusal: what staff choose, what the applicant is told (never more), which re-apply setting holds.
GROUNDS: dict[str, tuple[str, str, str]] = {
    "age": ("Too young", "you are not yet old enough", "birthday"),
    "residence": (
        "Does not live, work or study here",
        "you do not live, work or study in our area",
        "ride.reapply.other",
    ),
    "recent": ("Rode too recently", "you have been on a ride recently", "frequency"),
    "paperwork": ("Papers not given in time", "we did not get everything that we need in time", "ride.reapply.other"),
    "capacity": ("No capacity", "we have too few places", "ride.reapply.other"),
    "suitability": ("Suitability", "we cannot offer you a place after our checks", "ride.reapply.vetting"),
    "conduct": ("Earlier conduct on a ride", "of what happened on an earlier ride", "ride.reapply.vetting"),
}
ELIGIBILITY_GROUNDS = frozenset({"age", "residence", "recent", "paperwork", "capacity"})
PUBLISHED_GROUPS = {
    "age": "Eligibility",
    "residence": "Eligibility",
    "recent": "Eligibility",
    "paperwork": "Paperwork",
    "capacity": "Capacity",
    "suitability": "Suitability",
    "conduct": "Suitability",
}
