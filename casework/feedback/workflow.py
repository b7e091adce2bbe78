"""The life of feedback on an encounter, from receipt to reply: one row per transition.

An expression of dissatisfaction by somebody who qualifies is never buried here: closing it is refused until the complaint
route was offered, and silence logs it as a complaint with its first date.
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
    """What feedback is."""

    RECEIVED = "received"
    ANSWERING = "answering"
    ASKED = "asked"
    OFFERED = "offered"
    CLOSED = "closed"
    CONVERTED = "converted"
    REDIRECTED = "redirected"
    MERGED = "merged"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


S = State
OPEN = [S.RECEIVED, S.ANSWERING, S.ASKED, S.OFFERED]

# What somebody says: staff may type it anew, and the day of receipt stays.
SORTS = {
    "thanks": "Thanks",
    "comment": "Comment",
    "concern": "Concern",
    "question": "Question",
    "other-body": "For another body",
}
# In what relation to the encounter somebody stands (Police Reform Act 2002 s.12(1B), domain 2.1).
RELATIONS = {
    "self": "It happened to me",
    "affected": "I was there or near, and it affected me",
    "witness": "I saw or heard it",
    "behalf": "I am acting for somebody to whom it happened",
    "heard": "I heard of it, or saw it in the media",
}
QUALIFY = frozenset({"self", "affected", "witness", "behalf"})

not_buried = Check(
    "not_buried",
    "This is dissatisfaction of somebody who may complain. Offer the complaint route first; the answer is recorded.",
)
meets_definition = Check("meets_definition", "This does not meet the definition of a complaint.")
does_not_meet = Check("does_not_meet", "This meets the definition of a complaint.")
is_thanks = Check("is_thanks", "This is for thanks. Sort it as thanks first.")
has_words = Check("has_words", "Write the reply.")
may_act = Check("may_act", "The person concerned has not yet said yes to somebody acting for them.")
sort_known = Check("sort_known", "Choose what this is.")
body_known = Check("body_known", "Say to which body it goes.")
other_known = Check("other_known", "Choose the case that it belongs to.")
answered_or_silent = Check("answered_or_silent", "Reply first, or note why no reply is wanted.")

# fmt: off
FEEDBACK = Workflow.of("feedback", {
    S.RECEIVED:   StateSpec("We have what you wrote and will read it.", "New, to be read", TRIAGE, period("feedback.triage")),
    S.ANSWERING:  StateSpec("We are preparing our answer.", "To be answered", HANDLER, period("feedback.reply")),
    S.ASKED:      StateSpec("We have asked you something.", "Waiting for the person", Role.COMPLAINANT, period("feedback.answer")),
    S.OFFERED:    StateSpec("We have asked whether you want this handled as a complaint.", "Complaint route offered", Role.COMPLAINANT, period("feedback.offer")),
    S.CLOSED:     StateSpec("We have answered.", "Closed", final=True),
    S.CONVERTED:  StateSpec("This is now handled as a complaint.", "Went on as a complaint", final=True),
    S.REDIRECTED: StateSpec("This is for another body, and we have told you which.", "Passed to another body", final=True),
    S.MERGED:     StateSpec("This is answered together with something else that you sent.", "Merged into another case", final=True),
    S.SPAM:       StateSpec("We have closed this.", "Not meant for us", final=True),
    S.WITHDRAWN:  StateSpec("You took this back.", "Withdrawn", final=True),
}, [
    row("submit", None, S.RECEIVED, by=(PUBLIC, CLERK, *DESK, SYSTEM), then=[Now("owe_preservation"), Now("point_out"), Now("route"), Tell("feedback-received", to="people")]),
    row("take_up", S.RECEIVED, S.ANSWERING, by=DESK, needs=[sort_known], asks=["sort"], then=[Now("sort")], button="Sort it and take it on"),
    *[row("retype", state, state, by=DESK, needs=[sort_known], asks=["sort"], then=[Now("sort")], button="Sort it differently") for state in OPEN],
    row("ask", [S.RECEIVED, S.ANSWERING], S.ASKED, by=DESK, needs=[has_words], asks=["words"], then=[
        Now("say"), Tell("feedback-question", to="people"), Tell("feedback-question-reminder", to="people", delay=period("feedback.answer.reminder"))],
        button="Ask a question"),
    row("answer", S.ASKED, S.ANSWERING, by=(*PERSON, CLERK, *DESK), needs=[may_act, has_words], asks=["words"], then=[Now("say")], button="Record the answer"),
    # Silence closes nothing.
    row("go_on", S.ASKED, S.ANSWERING, by=(CLOCK, *DESK), after=period("feedback.answer"), button="Go on without the answer"),
    row("offer_complaint", [S.RECEIVED, S.ANSWERING], S.OFFERED, by=DESK, then=[
        Now("note_offer"), Tell("complaint-offered", to="people"), Tell("complaint-offered-reminder", to="people", delay=period("feedback.offer.reminder"))],
        button="Offer the complaint route"),
    row("decline_complaint", S.OFFERED, S.ANSWERING, by=(*PERSON, CLERK, *DESK), needs=[may_act], then=[Now("note_answer")],
        button="Record: does not want a complaint"),
    row("accept_complaint", S.OFFERED, S.CONVERTED, by=(*PERSON, CLERK, *DESK), needs=[may_act], then=[Now("note_answer"), Now("open_complaint")],
        button="Record: wants a complaint"),
    row("log_unanswered", S.OFFERED, S.CONVERTED, by=CLOCK, after=period("feedback.offer"), needs=[meets_definition],
        then=[Now("note_answer"), Now("open_complaint")]),
    row("return_unanswered", S.OFFERED, S.ANSWERING, by=CLOCK, after=period("feedback.offer"), needs=[does_not_meet], then=[Now("note_answer")]),
    # At any time, by the person or, where the criteria are met, by us; also long after we answered.
    row("ask_complaint", [*OPEN, S.CLOSED], S.CONVERTED, by=(*PERSON, CLERK), needs=[may_act], then=[Now("open_complaint")], button="Record a complaint for them"),
    row("convert", [S.RECEIVED, S.ANSWERING, S.ASKED, S.CLOSED], S.CONVERTED, by=DESK, then=[Now("open_complaint")], button="Handle it as a complaint"),
    row("reply", [S.RECEIVED, S.ANSWERING], S.ANSWERING, by=DESK, needs=[has_words], asks=["words"], then=[Now("say"), Tell("feedback-reply", to="people")],
        button="Reply and keep it open"),
    row("reply_and_close", [S.RECEIVED, S.ANSWERING], S.CLOSED, by=DESK, needs=[has_words, not_buried], asks=["words"],
        then=[Now("say"), Tell("feedback-reply", to="people")], button="Reply and close"),
    row("close", S.ANSWERING, S.CLOSED, by=DESK, needs=[answered_or_silent, not_buried], then=[Tell("feedback-closed", to="people")], button="Close"),
    row("pass_thanks", [S.RECEIVED, S.ANSWERING], S.CLOSED, by=DESK, needs=[is_thanks], then=[Now("thank_officers"), Tell("feedback-thanks-passed", to="people")],
        button="Pass the thanks on and close"),
    row("redirect", [S.RECEIVED, S.ANSWERING], S.REDIRECTED, by=DESK, needs=[body_known], asks=["body"], then=[Tell("feedback-redirected", to="people")],
        button="Pass to another body"),
    row("discard", S.RECEIVED, S.SPAM, by=DESK, button="Not meant for us"),
    row("restore", S.SPAM, S.RECEIVED, by=DESK, button="It is meant for us after all"),
    row("merge", [S.RECEIVED, S.ANSWERING, S.ASKED], S.MERGED, by=DESK, needs=[other_known], asks=["into"], then=[Now("follow_other")], button="Merge into another case"),
    row("unmerge", S.MERGED, S.ANSWERING, by=DESK, then=[Now("leave_other")], button="Undo the merge"),
    row("write_again", S.CLOSED, S.ANSWERING, by=PERSON, needs=[may_act, has_words], asks=["words"], then=[Now("say")]),
    row("reopen", S.CLOSED, S.ANSWERING, by=DESK, button="Open again"),
    row("withdraw", OPEN, S.WITHDRAWN, by=(*PERSON, CLERK, *DESK), needs=[may_act], then=[Tell("feedback-withdrawn", to="people")], button="Take it back for them"),
], {
    "submit": "received", "take_up": "sorted and taken on", "retype": "sorted differently", "ask": "question asked", "answer": "question answered",
    "go_on": "taken on without the answer", "offer_complaint": "complaint route offered", "decline_complaint": "does not want a complaint",
    "accept_complaint": "wants a complaint", "log_unanswered": "no answer to the offer: logged as a complaint",
    "return_unanswered": "no answer to the offer", "ask_complaint": "asked for a complaint to be recorded", "convert": "went on as a complaint",
    "reply": "replied", "reply_and_close": "replied and closed", "close": "closed", "pass_thanks": "thanks passed on", "redirect": "passed to another body",
    "discard": "not meant for us", "restore": "restored", "merge": "merged into another case", "unmerge": "merge undone", "write_again": "wrote again",
    "reopen": "opened again", "withdraw": "taken back",
})
# fmt: on
