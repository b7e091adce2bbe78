"""What staff are asked about a complaint."""

from __future__ import annotations

from datetime import date

from casework.cases.clashes import Decision
from casework.complaints import review
from casework.complaints.blueprint import Entry
from casework.complaints.workflow import REASONS
from casework.forms import (
    Checkboxes,
    Code,
    Confirm,
    DateParts,
    Form,
    Hidden,
    Option,
    Radios,
    Select,
    Text,
    TimeOfDay,
    Whole,
    Words,
    YesNo,
)
from casework.moments import today

HOW = {"phone": "Telephone", "visit": "Visit", "email": "Email", "letter": "Letter"}
CAME = {
    "spoke": "We spoke, or they answered",
    "no-answer": "No answer",
    "message": "Left a message",
    "wrong": "Wrong number or address",
}
SIGNED = {
    "letter": "A letter signed by the person",
    "online": "Confirmed by the person on their tracking page",
    "solicitor": "Signed by their solicitor",
    "agent": "Signed by somebody whom they authorised",
}


def _note(label: str = "Note for colleagues (optional)", missing: str = "", rows: int = 3) -> Words:
    return Words(label, missing=missing, max=4000, rows=rows, count=False, what="The note",
                 hint="It stands in the history and is never sent.")  # fmt: skip


def _why(label: str = "Why?", hint: str = "It stands in the history.") -> Words:
    return Words(label, missing="Say why", max=4000, rows=4, count=False, what="The reason", hint=hint)


# Allegations, and whom they are about.


class AllegationForm(Entry):
    """One thing that is alleged."""

    words = Words(
        "What is alleged, in a sentence or two",
        missing="Write what is alleged",
        max=4000,
        rows=4,
        what="The allegation",
        hint="As the person says it. The person gets a copy of this record.",
    )
    category = Select(
        "Category", missing="Choose a category", hint="One for each allegation: the root of the dissatisfaction."
    )
    factors = Checkboxes("What it had to do with (any)", inline=True)


class EditAllegationForm(Decision):
    """An allegation, corrected."""

    words = AllegationForm.words
    category = AllegationForm.category
    factors = AllegationForm.factors


class SubjectForm(Entry):
    """Whom an allegation is about."""

    account = Radios("Is it somebody on our staff list?")
    name = Text("Name (optional)", max=200, what="The name")
    number = Text("Shoulder or staff number (optional)", max=40, width=10, what="The number")
    rank = Text("Rank or post (optional)", max=80, width=20, what="The rank")
    team = Text("Team (optional)", max=120, what="The team", hint="Nobody of this team handles the complaint.")
    description = Words(
        "Description, if nobody is identified yet",
        max=1000,
        rows=2,
        count=False,
        what="The description",
        hint="As the person describes them: height, hair, what they wore, what they said.",
    )


class ResultForm(Decision):
    """The result of an allegation."""

    result = Radios("Result", missing="Choose a result")
    words = Words(
        "How you came to it",
        missing="Write how you came to this result",
        max=10_000,
        rows=7,
        what="The explanation",
        hint="The person reads this in the outcome: what was looked at, what was found, why.",
    )
    actions = Checkboxes("What is done because of it", missing="Choose what is done, or “No action”", inline=True)


# The referral checklist.


class ChecklistForm(Entry):
    """What is alleged, on one screen. There is no question whether it is believed, because that is no reason."""

    alleged = Checkboxes(
        "Does the complaint allege any of this?", missing="Tick what is alleged, or press “None of these”"
    )
    note = Words(
        "Why an earlier yes is now a no",
        max=2000,
        rows=2,
        count=False,
        what="The reason",
        hint="Only needed where a tick that somebody set is taken away. What is alleged counts, not whether it is believed.",
    )


# Contact.


class TryForm(Entry):
    """A try at reaching the person."""

    on = DateParts("Which day?", missing="Enter the day", what="The day", latest=today)
    at = TimeOfDay("What time?", missing="Enter the time, such as 14:30", hint="Such as 14:30.")
    how = Radios("How?", choices=list(HOW.items()), missing="Choose how", inline=True)
    result = Radios("What came of it?", choices=list(CAME.items()), missing="Choose what came of it")
    words = Words(
        "What was said",
        max=4000,
        rows=4,
        count=False,
        what="What was said",
        hint="Where you spoke: what would put it right, and how they want it to be handled.",
    )


class ContactForm(Decision):
    """That the first contact is made."""

    note = _note()


class UpdateForm(Entry):
    """Progress, as the person will read it."""

    words = Words(
        "How it stands, in your words",
        missing="Write how it stands",
        max=8000,
        rows=9,
        what="The update",
        hint="They read this. Say what was done since the last time, what comes next, and by when.",
    )


class DelayForm(Entry):
    """That the delay was reported."""

    words = Words(
        "Why it takes so long, and what comes next",
        missing="Write why it takes so long",
        max=4000,
        rows=6,
        what="The reason",
        hint="As it was reported: dates, progress, estimate, reason, planned steps. The person is told as well.",
    )
    sent = Confirm(
        "The report went to the local policing body and to the IOPC",
        missing="Send the report first, then confirm that it went",
    )


# Ways of handling.


class TransferForm(Decision):
    """To which body it goes."""

    body = Text("To which body does it go?", missing="Say to which body it goes", max=120, what="The body",
                hint="Such as another force, or the local policing body where it is about the head of the force.")  # fmt: skip
    note = _note()


class RecordForm(Decision):
    """Why it is recorded."""

    reason = Radios("Why is it recorded?", choices=list(REASONS.items()), missing="Choose why it is recorded")
    note = _note()


class ReferForm(Decision):
    """Whether the person may be told."""

    prejudicial = YesNo(
        "Would telling the person prejudice an investigation?",
        missing="Choose whether telling them would prejudice an investigation",
        hint="Yes: no message goes. No: they are told today.",
    )
    note = _note()


class WhyForm(Decision):
    """A reason, and nothing else."""

    note = _why()


class ReviewAskedForm(Decision):
    """An application for review that came on paper or from the review body."""

    on = DateParts("On which day was it received?", missing="Enter the day on which it was received", what="The day",
                   latest=today, hint="By the review body or by us, whichever was first.")  # fmt: skip
    note = _note()


class SignedForm(Decision):
    """A wish to withdraw, signed."""

    signed = Radios("How was it signed?", choices=list(SIGNED.items()), missing="Choose how it was signed",
                    hint="Silence is no withdrawal, and a telephone call is none either.")  # fmt: skip
    on = DateParts("On which day was it received?", missing="Enter the day on which it was received", what="The day",
                   latest=today)  # fmt: skip
    note = _note()


class InterestForm(Decision):
    """The public interest in going on."""

    interest = Radios(
        "Does the public interest need this to go on as a conduct matter?",
        choices=[Option("no", "No, it can end here"), Option("yes", "Yes, it has to go on")],
        missing="Choose whether it has to go on",
    )
    note = _why("Why? (kept as the decision that the law asks for)")


# The outcome.


class OutcomeForm(Decision):
    """The outcome as it is being written."""

    outcome = Words(
        "The outcome",
        missing="Write the outcome",
        max=20_000,
        rows=12,
        what="The outcome",
        hint="Plain words to the person. The results of the allegations, the right of review and its last day follow below it.",
    )


class ApproveForm(Decision):
    """Approval of an outcome."""

    note = _note()


class ReviewBodyForm(Decision):
    """The questions from which the review body follows."""

    senior = YesNo(review.QUESTIONS["senior"], missing="Answer whether it is about a senior officer")
    conduct = YesNo(review.QUESTIONS["conduct"], missing="Answer what cannot be ruled out")
    referred = YesNo(review.QUESTIONS["referred"], missing="Answer whether it was referred or had to be")
    incident = YesNo(review.QUESTIONS["incident"], missing="Answer about the incident")
    part = YesNo(review.QUESTIONS["part"], missing="Answer whether one of these applies to a part")


class MisdirectedForm(Decision):
    """Days that do not count."""

    days = Whole("How many days did it lie with the wrong body?", missing="Enter the number of days", least=0, most=400,
                 width=4, what="The number of days")  # fmt: skip
    note = _why("Which body, from when to when?")


# Cases that belong together.


class MergeForm(Decision):
    """Into which complaint."""

    into = Radios("Into which complaint?", missing="Choose the complaint, or enter its reference")
    reference = Code("Its reference", what="The reference", hint="Like CM-7K4M-Q2XT-9.")
    note = _note()


# What was learned.


def _tomorrow() -> date:
    return today()


class LearnForm(Entry):
    """What was learned."""

    what = Words("What did we learn?", missing="Write what we learned", max=2000, rows=4, what="What we learned",
                 hint="Name nobody: it may be published.")  # fmt: skip
    change = Words("What changes because of it?", missing="Write what changes", max=2000, rows=3, what="What changes",
                   hint="Name nobody.")  # fmt: skip
    who = Text(
        "Which unit does it?", missing="Enter the unit", max=120, what="The unit", hint="A unit, never a person."
    )
    by_on = DateParts("By when?", missing="Enter the day by which it is done", what="The day", earliest=_tomorrow)


class LearningForm(Form):
    """A piece of learning: its words, whether it was done, whether the public reads it. `was` is what the page showed."""

    was = Hidden(max=64)
    what = LearnForm.what
    change = LearnForm.change
    who = LearnForm.who
    done_on = DateParts("Done on (leave empty until it is)", what="The day", latest=today)
    evidence = Words("How can people see that it was done?", max=2000, rows=3, count=False, what="The evidence",
                     hint="Such as a new page of guidance, figures, training given to how many. Name nobody.")  # fmt: skip
    published = Confirm("Publish it under “What changed”")
    nameless = Confirm("I have read it: it names no person, and nobody could be recognised by it")


class LookedAtForm(Form):
    """That somebody looked at what was pointed out."""

    note = Words("What follows", missing="Write what follows, or that nothing does", max=2000, rows=2, count=False,
                 what="The note", hint="It stands in the history of the case.")  # fmt: skip


# Codes.


class TermForm(Form):
    """A code of complaint recording. `was` is what the page showed."""

    was = Hidden(max=64)
    name = Text("Name", missing="Enter a name", max=120, what="The name")
    active = Confirm("It can be chosen")
    why = Words("Why is it changed?", missing="Say why", max=500, rows=2, count=False, what="The reason")


class NewTermForm(Form):
    """A new code."""

    code = Code("Code", missing="Enter a code", max=24)
    name = Text("Name", missing="Enter a name", max=120, what="The name")
    why = Words("Why is it added?", missing="Say why", max=500, rows=2, count=False, what="The reason")
