"""Every message there is: its words for staff, and how it ranks. Pure. Its texts: `templates/emails/<name>/`.

Rank 1 goes before everything (people wait for it at the screen); 8 is bulk that may wait behind the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST, SOON, BULK = 1, 4, 8


@dataclass(frozen=True)
class Message:
    """What staff call it, its rank, and which page of the tracker it points to."""

    words: str
    rank: int = SOON
    # Owed in writing by law: somebody who is otherwise telephoned gets a letter or an e-mail.
    written: bool = False
    # Sent also to somebody who would like to act in the case and may not yet: it says nothing of what is in it.
    bare: bool = False


MESSAGES: dict[str, Message] = {
    "draft-link": Message("Link to the saved application", FIRST),
    "ride-received": Message("Application received", FIRST),
    "ride-question": Message("Question to the applicant"),
    "ride-question-reminder": Message("Reminder: answer wanted", BULK),
    "ride-next-part": Message("Next part of the application wanted"),
    "ride-next-part-reminder": Message("Reminder: next part wanted", BULK),
    "ride-expired": Message("Application expired"),
    "ride-checks-started": Message("Checks started"),
    "ride-checks-question": Message("Question for the checks"),
    "ride-delayed": Message("Checks take longer", BULK),
    "ride-approved": Message("Application approved"),
    "ride-refused": Message("Application refused"),
    "ride-reconsideration-received": Message("Reconsideration received", FIRST),
    "ride-reconsidered": Message("Result of the reconsideration"),
    "ride-offered": Message("Offer of a place"),
    "ride-offer-lapsing": Message("Reminder: offer about to lapse", BULK),
    "ride-offer-lapsed": Message("Offer lapsed"),
    "ride-booked": Message("Booked, with joining instructions", FIRST),
    "ride-changed": Message("Details of the ride changed", FIRST),
    "ride-cancelled-by-police": Message("Ride cancelled by us", FIRST),
    "ride-cancelled-by-rider": Message("Cancellation confirmed", FIRST),
    "ride-reminder-week": Message("Reminder: 7 days before", BULK),
    "ride-reminder-two-days": Message("Reminder: 48 hours before", BULK),
    "ride-reminder-morning": Message("Reminder: the morning before", BULK),
    "ride-missed": Message("Ride missed"),
    "ride-thanks": Message("Thanks, and feedback wanted", FIRST),
    "ride-feedback-again": Message("Feedback wanted, asked again", BULK),
    "ride-withdrawn": Message("Withdrawal confirmed", FIRST),
    "feedback-draft-link": Message("Link to the saved form", FIRST),
    "feedback-received": Message("Feedback received", FIRST, bare=True),
    "feedback-question": Message("Question about the feedback"),
    "feedback-question-reminder": Message("Reminder: answer wanted", BULK),
    "complaint-offered": Message("Complaint route offered"),
    "complaint-offered-reminder": Message("Reminder: complaint route offered", BULK),
    "feedback-reply": Message("Reply to feedback"),
    "feedback-closed": Message("Feedback closed"),
    "feedback-thanks-passed": Message("Thanks passed on"),
    "feedback-redirected": Message("Passed to another body"),
    "feedback-withdrawn": Message("Feedback taken back", FIRST),
    "authority-wanted": Message("Somebody acts for you: please say yes or no", FIRST),
    "authority-given": Message("You may act for them", bare=True),
    "authority-ended": Message("They are 16 now and have to say yes", bare=True),
    "authority-refused": Message("You may not act for them", bare=True),
    "case-message": Message("A message from us"),
    "complaint-received": Message("Complaint received", FIRST, bare=True),
    "complaint-logged": Message("Complaint logged"),
    "complaint-transferred": Message("Complaint transferred to another body", written=True),
    "complaint-outside": Message("Complaint handled outside Schedule 3"),
    "complaint-recorded": Message("Complaint recorded, with a copy of the record", written=True),
    "complaint-referred": Message("Complaint referred to the IOPC", written=True),
    "complaint-returned": Message("Complaint returned by the IOPC"),
    "complaint-allocated": Message("Who handles the complaint, and how"),
    "complaint-update": Message("Progress"),
    "complaint-delayed": Message("Report on the delay", written=True),
    "complaint-suspended": Message("Complaint suspended", written=True),
    "complaint-resumed": Message("Complaint resumed"),
    "complaint-outcome": Message("Outcome, with the right of review", written=True),
    "complaint-finalised": Message("Complaint finished"),
    "complaint-review-noted": Message("Review noted"),
    "complaint-review-result": Message("Result of the review"),
    "complaint-withdrawal-noted": Message("Wish to withdraw received", FIRST),
    "complaint-withdrawn": Message("Complaint withdrawn"),
    "complaint-goes-on": Message("Goes on as a conduct matter", written=True),
    "complaint-reopened": Message("Complaint reopened"),
    "officer-thanked": Message("Thanks for an officer", BULK),
    "contact-change-confirm": Message("New address: please confirm", FIRST),
    "contact-change-told": Message("Old address told of a change", FIRST),
    "contact-changed": Message("Contact details changed", FIRST, bare=True),
    "post-more-wanted": Message("Something in a letter could not be read, or is missing"),
    "post-more-wanted-reminder": Message("Reminder: something in a letter could not be read", BULK),
    "lost-link": Message("Fresh links", FIRST),
    "scheme-open": Message("The scheme is open again", BULK),
    "staff-invitation": Message("Invitation", FIRST),
    "staff-reset": Message("New password", FIRST),
    "staff-sign-in": Message("New sign-in", FIRST),
    "staff-digest": Message("Morning digest", BULK),
    "staff-alarm": Message("Urgent alarm", FIRST),
}

# For nobody in a case, or only ever sent to the very address that it is about: these have no letter.
EMAIL_ONLY = frozenset(
    {
        "draft-link",
        "feedback-draft-link",
        "lost-link",
        "scheme-open",
        "officer-thanked",
        "contact-change-confirm",
        "contact-change-told",
        *(name for name in MESSAGES if name.startswith("staff-")),
    }
)
