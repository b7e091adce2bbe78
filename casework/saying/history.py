"""What the public may read of the history of feedback and complaints, in their words. What is not here is not shown."""

from __future__ import annotations

from casework.cases import queries as case_queries
from casework.cases.models import Case
from casework.complaints.models import Complaint

# fmt: off
PUBLIC_WORDS = {
    "feedback.submit": "You told us",
    "feedback.take_up": "We read it and began on our answer",
    "feedback.ask": "We asked you a question",
    "feedback.answer": "You answered our question",
    "feedback.go_on": "We went on without waiting for an answer",
    "feedback.offer_complaint": "We asked whether you want it handled as a complaint",
    "feedback.decline_complaint": "You said that you do not want a complaint",
    "feedback.accept_complaint": "You said that you want it handled as a complaint",
    "feedback.log_unanswered": "We heard nothing from you, so we made it a complaint: then nothing is lost",
    "feedback.return_unanswered": "We went on with our answer",
    "feedback.ask_complaint": "You asked for it to be handled as a complaint",
    "feedback.convert": "We decided to handle it as a complaint",
    "feedback.reply": "We answered you",
    "feedback.reply_and_close": "We answered you and closed this",
    "feedback.close": "We closed this",
    "feedback.pass_thanks": "We passed your thanks on to the officers",
    "feedback.redirect": "We told you which other body it is for",
    "feedback.discard": "We closed this",
    "feedback.restore": "We opened this again",
    "feedback.merge": "We answer this together with something else that you sent",
    "feedback.unmerge": "We answer this by itself again",
    "feedback.write_again": "You wrote to us again, and we opened this again",
    "feedback.reopen": "We opened this again",
    "feedback.withdraw": "You took this back",
    "complaint.submit": "We received your complaint",
    "complaint.log": "We logged your complaint",
    "complaint.contact": "We made first contact with you",
    "complaint.handle_outside": "We began to put it right directly",
    "complaint.record": "Your complaint was formally recorded",
    "complaint.record_after": "Your complaint was formally recorded",
    "complaint.refer": "We referred it to the Independent Office for Police Conduct (IOPC)",
    "complaint.hand_back": "The IOPC returned it to us",
    "complaint.direct": "The IOPC directs our investigation",
    "complaint.take": "The IOPC investigates it itself",
    "complaint.handle": "We began to handle it without an investigation",
    "complaint.investigate": "Our investigation began",
    "complaint.suspend": "It was put on hold",
    "complaint.resume": "It goes on",
    "complaint.update": "We told you how it stands",
    "complaint.report": "We told you and others why it takes so long",
    "complaint.send": "We sent you the outcome",
    "complaint.finalise": "Your complaint was finished",
    "complaint.apply_for_review": "A review was applied for",
    "complaint.allow_late_review": "A late review was allowed",
    "complaint.find_reasonable": "The review found that our handling was reasonable and proportionate",
    "complaint.uphold": "The review found that our handling was not reasonable and proportionate",
    "complaint.reinvestigate": "We investigate it again",
    "complaint.act_on_review": "We acted on the review and finished",
    "complaint.ask_to_withdraw": "You asked to withdraw your complaint",
    "complaint.withdraw": "Your complaint was withdrawn",
    "complaint.go_on_as_conduct": "It goes on, because that is in the public interest",
    "complaint.reopen": "We opened it again",
    "complaint.transfer": "We sent it to the body that it is for",
    "complaint.merge": "We handle it together with another complaint of yours",
    "complaint.unmerge": "We handle it by itself again",
}
_OF_BOTH = {
    "write": "You wrote to us",
    "preserve": "We asked for footage and other evidence to be kept",
    "contact": "Your contact details changed",
    "email": "Your email address changed",
    "panel": "You told us whether a panel of citizens may look at it",
    "authorise": "You said yes to somebody acting for you",
    "forbid": "You said no to somebody acting for you",
    "come_of_age": "From your sixteenth birthday on you say who may act for you",
    "refuse_file": "We did not take a file: our scanner found something harmful in it",
}
# fmt: on
# First contact is an action of complaints; the same word records corrected contact details of everybody else.
PUBLIC_WORDS |= {f"feedback.{action}": words for action, words in _OF_BOTH.items()}
PUBLIC_WORDS = {f"complaint.{action}": words for action, words in _OF_BOTH.items()} | PUBLIC_WORDS


def steps(case: Case, origin: Case | None) -> list[tuple[case_queries.Happened, str]]:
    """What happened in a case and in the feedback that it came from, newest first, as far as it may be told."""
    rows = case_queries.timeline(case.stream_id)
    if origin is not None:
        rows = [row for row in rows if row[0].qualified != "complaint.submit"]
        rows += case_queries.timeline(origin.stream_id)
    told = [(event, words_of(case, event)) for event, _, _ in rows]
    return [(event, words) for event, words in told if words]


def words_of(case: Case, event: case_queries.Happened) -> str:
    """An event in public words; empty where it is not theirs to see."""
    if event.qualified == "complaint.refer" and isinstance(case, Complaint) and case.prejudicial:
        return ""
    if event.qualified == "complaint.contact" and event.to_state is None:
        return _OF_BOTH["contact"]
    if event.action == "write" and event.account_id is not None:
        return "We wrote to you"
    if event.action == "write" and "of" in event.facts:
        return ""  # of what was merged into this one: somebody else may have written it
    return PUBLIC_WORDS.get(event.qualified, "")
