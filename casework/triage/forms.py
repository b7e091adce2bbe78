"""What the triage desk is asked."""

from __future__ import annotations

from casework.areas import queries as areas
from casework.cases.clashes import Decision
from casework.exchanges import canned
from casework.feedback.workflow import RELATIONS, SORTS
from casework.forms import (
    Checkboxes,
    Code,
    Confirm,
    DateParts,
    Form,
    Hidden,
    Radios,
    Select,
    Text,
    TimeOfDay,
    Words,
    YesNo,
)
from casework.moments import today

HOW = {"phone": "By telephone", "visit": "In person", "email": "By email", "letter": "By letter"}
RESULTS = {
    "spoke": "I spoke with them",
    "no-answer": "No answer",
    "message": "I left a message, as they allow",
    "wrong": "It is not their number or address",
}


def _note(label: str = "Note for colleagues (optional)", **kwargs: object) -> Words:
    return Words(label, max=4000, rows=2, count=False, what="The note", hint="Never sent.", **kwargs)


class SortForm(Decision):
    """What something is."""

    sort = Radios("What is this?", choices=list(SORTS.items()), missing="Choose what this is")
    note = _note()


class AskForm(Decision):
    """A question to the person."""

    words = Words(
        "Your question",
        missing="Enter your question",
        what="Your question",
        max=4000,
        hint="They read this in a message. Ask for one thing, in plain words.",
    )


class AnswerForm(Decision):
    """An answer that came by telephone or post."""

    words = Words("Their answer", missing="Enter the answer", what="The answer", max=10_000)


class AuthorityForm(Form):
    """What the person concerned said of somebody acting for them, and how we know."""

    answer = YesNo(
        "Does the person want them to act?", yes="Yes, they may act", no="No", missing="Choose what the person said"
    )
    how = Radios(
        "How did the person say so?",
        choices=[
            ("paper", "On paper, signed"),
            ("called-back", "By telephone, on a number of theirs that we called"),
            ("visit", "In person"),
        ],
        missing="Choose how the person said so",
    )


class RedirectForm(Decision):
    """To which other body something goes."""

    body = Text(
        "To which body does it go?",
        missing="Enter the name of the body",
        what="The name",
        max=120,
        hint="The person reads this name. For example: British Transport Police.",
    )
    note = _note()


class ReplyForm(Decision):
    """A reply. `seen` is the newest thing of theirs that the page showed, `others` whose begun replies."""

    canned = Select("Begin with a text", prompt="Choose a text")
    words = Words("Your reply", missing="Write the reply", what="Your reply", max=20_000, rows=12, count=False)
    seen = Hidden(max=20)
    others = Hidden(max=400)


class OtherForm(Decision):
    """Another case, by its reference."""

    into = Code("Reference of the other case", missing="Enter the reference, like FB-7K4M-Q2XT-9")
    sure = Confirm("The people of the two cases are the same, although it does not show")
    note = _note()


class LinkForm(Form):
    """Another case that belongs with this one."""

    other = Code("Reference of the other case", missing="Enter the reference, like FB-7K4M-Q2XT-9")


class SplitForm(Decision):
    """What else a case is about."""

    sort = Radios("What is the second case?", choices=list(SORTS.items()), missing="Choose what the second case is")
    note = Words(
        "What belongs into the second case?",
        missing="Say what belongs into the second case",
        max=4000,
        rows=4,
        count=False,
        what="The note",
        hint="For colleagues. It stands in the history of the second case and is never sent.",
    )


class TryForm(Decision):
    """A try at reaching somebody."""

    how = Radios("How did you try?", choices=list(HOW.items()), missing="Choose how you tried", inline=True)
    result = Radios("What came of it?", choices=list(RESULTS.items()), missing="Choose what came of it")
    on = DateParts("On which day?", missing="Enter the day", what="The day", latest=today)
    time = TimeOfDay("At what time?", missing="Enter the time", hint="For example 2:30pm or 14:30")
    words = _note("What was said (optional)")


class FactsForm(Form):
    """Facts of an encounter as far as staff correct them. What the person wrote stays as they wrote it."""

    marks = Hidden(max=2000)
    happened_on = DateParts("When did it happen? (optional)", what="The day", latest=today)
    happened_at = Text("At what time, in their words? (optional)", max=200, what="The time")
    place = Text("Where? (optional)", max=500, what="The place")
    borough_id = Select("Borough (optional)", prompt="Not known")
    searched = Radios(
        "Was somebody searched?", choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")], inline=True
    )
    arrested = Radios(
        "Was somebody arrested?", choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not known")], inline=True
    )
    receipt = Text("Number of the receipt or record (optional)", max=100, what="The number")
    officers = Words("Officers (optional)", max=2000, rows=2, count=False, what="This")
    vehicle = Text("Vehicle (optional)", max=200, what="The vehicle")
    witnesses = Words("Witnesses (optional)", max=2000, rows=2, count=False, what="This")
    evidence = Words("Evidence (optional)", max=2000, rows=2, count=False, what="This")
    relation = Select("How do they stand to it? (optional)", choices=list(RELATIONS.items()), prompt="Not known")
    community = Confirm("It is about how a community is policed")
    panel = Select(
        "May a panel of citizens look at it, without names?",
        choices=[("yes", "Yes"), ("no", "No")],
        prompt="They did not say",
    )
    meets = Radios(
        "Does it meet the definition of a complaint?",
        choices=[
            ("unsaid", "As its sort and their relation say"),
            ("yes", "Yes", "An expression of dissatisfaction by somebody who may complain"),
            ("no", "No", "Say why below. It can then be closed without the offer"),
        ],
    )
    note = _note("Why, for colleagues (optional)")

    def offer_boroughs(self) -> None:
        """Set what can be chosen."""
        self.borough_id.choices = [(area.id, area.name) for area in areas.boroughs()]


class TextForm(Decision):
    """A text for replies."""

    title = Text("Title", missing="Enter a title", what="The title", max=100, hint="Colleagues choose it by this.")
    words = Words("Text", missing="Enter the text", what="The text", max=8000, rows=12, count=False)
    sorts = Checkboxes(
        "For which sorts?", choices=list(SORTS.items()), hint="None chosen: for every sort.", inline=True
    )
    active = Confirm("It is offered to colleagues")

    def validate(self, extra_validators: object = None) -> bool:
        good = super().validate(extra_validators)
        if self.words.data and (wrong := canned.unknown(self.words.data)):
            self.words.fail(f"{wrong[0]} is no place that we can fill in. Choose one of those listed, or take it out")
            return False
        return good
