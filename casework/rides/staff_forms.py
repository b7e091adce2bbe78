"""What staff are asked about an application. What is asked for the applicant is what the applicant is asked."""

from __future__ import annotations

from casework.cases.clashes import Decision
from casework.forms import Checkboxes, Code, Form, Hidden, Radios, Text, Whole, Words
from casework.rides.parts import FeedbackForm, NextPartForm, ReadyForm


class KeyInForm(Form):
    """What came by telephone or post, and for which application."""

    reference = Code(
        "Reference",
        missing="Enter the reference, like RA-7K4M-Q2XT-9",
        hint="It stands on our letter and begins with RA.",
    )
    what = Radios(
        "What came?",
        choices=[
            ("answer", "An answer to our question"),
            ("next_part", "The part before checks"),
            ("get_ready", "The part before a booking"),
            ("feed_back", "Feedback after a ride"),
        ],
        missing="Choose what came",
    )


class QuestionForm(Decision):
    """A question to the applicant."""

    words = Words(
        "Your question",
        missing="Enter your question",
        what="Your question",
        max=2000,
        hint="The applicant reads this in a message. Ask for one thing, in plain words.",
    )


class AnswerForForm(Decision):
    """An answer that came by telephone or post."""

    words = Words("The applicant's answer", missing="Enter the answer", what="The answer")


class NextPartForForm(NextPartForm, Decision):
    """The part before checks, from the telephone or a letter."""


class ReadyForForm(ReadyForm, Decision):
    """The part before a booking, from the telephone or a letter."""


class FeedbackForForm(FeedbackForm, Decision):
    """The rider's feedback, from the telephone or a letter."""


class RefuseForm(Decision):
    """Why an application is refused."""

    ground = Radios("Why do you refuse?", missing="Choose a ground for the refusal")
    note = Words(
        "Note for colleagues (optional)",
        max=2000,
        rows=3,
        count=False,
        what="The note",
        hint="It stands in the history and is never sent. Write nothing here of what the checks found.",
    )


class OfferForm(Decision):
    """Which places to offer."""

    places = Checkboxes(
        "Places to offer",
        missing="Choose at least one place",
        hint="Each is held for the applicant until the offer ends.",
    )


class MatchForm(Decision):
    """Whether two applications are of the same person. `was` is what the page showed."""

    match = Hidden(max=20)
    was = Hidden(max=10)
    same = Radios("Is this the same person?", choices=[("yes", "Yes, the same person"), ("no", "No, somebody else")],
                  missing="Choose whether this is the same person", inline=True)  # fmt: skip


class LookedAtForm(Decision):
    """That somebody has looked at feedback, and what follows."""

    note = Words(
        "What follows (optional)",
        max=2000,
        rows=2,
        count=False,
        what="The note",
        hint="It stands in the history of the case.",
    )


class HoldForm(Decision):
    """A hold on deletion, set or lifted."""

    reason = Words("Why?", missing="Say why", max=500, rows=2, count=False, what="The reason")


class SchemeForm(Decision):
    """Open, pause or close the scheme of a BCU."""

    action = Radios("What should happen?", missing="Choose what should happen")
    message = Text(
        "What the public reads",
        missing="Enter what the public reads",
        max=500,
        what="The message",
        hint="For example: We have as many applications as we can handle. We expect to open again in March.",
    )


class CapForm(Decision):
    """How many undecided applications a BCU can handle."""

    cap = Whole(
        "Pause new applications when this many are undecided (optional)",
        least=1,
        most=100_000,
        width=5,
        what="The number",
        hint="Leave it empty for no limit. What was sent before is kept.",
    )
