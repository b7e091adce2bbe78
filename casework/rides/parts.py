"""What is asked after the application: before checks, before a booking, after the ride. Nothing is asked twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.areas import queries as areas
from casework.forms import Checkboxes, Form, Phone, Radios, Text, Words, YesNo

IDENTITY = (
    ("passport", "Passport"),
    ("licence", "Driving licence"),
    ("card", "Another card with my photo and birth date"),
    ("none", "I have none: please contact me"),
)


class AnswerForm(Form):
    """An answer to our question."""

    answer = Words("Your answer", missing="Enter your answer", what="Your answer")


class NextPartForm(Form):
    """Before checks: other names, where somebody has lived, convictions, matters with the police."""

    other_names = Words(
        "Have you had other names? (optional)", rows=2, max=1000, what="Other names",
        hint="For example your name before you married, or a name in another alphabet.",
    )  # fmt: skip
    addresses = Words(
        "Where have you lived in the last five years?", rows=5, max=3000, missing="Enter where you have lived in the last five years",
        what="Addresses", hint="Your present address first, with its postcode, then earlier ones. About when is enough.",
    )  # fmt: skip
    convicted = YesNo(
        "Do you have any conviction or caution, or is anything pending?",
        missing="Choose yes if you have a conviction or caution, or if something is pending", yes_reveals="convictions",
        hint="A conviction is not an automatic refusal. A person looks at each case.",
    )  # fmt: skip
    convictions = Words(
        "What was it, and about when?",
        rows=3,
        max=3000,
        missing="Tell us what it was and about when",
        what="Your answer",
    )
    involved = YesNo(
        "Is there an open complaint, claim or investigation that involves you and the police, or do you know an officer here well?",
        missing="Choose yes if there is an open matter, or if you know an officer here well", yes_reveals="police_matters",
        hint="This is no bar. It tells us which team you should not ride with.",
    )  # fmt: skip
    police_matters = Words("Tell us what it is", rows=3, max=3000, missing="Tell us what it is", what="Your answer")

    def declared(self) -> dict[str, Any]:
        """What vetting is given."""
        return {
            "other_names": self.other_names.data or "",
            "addresses": self.addresses.data or "",
            "convictions": self.convictions.data if self.convicted.data else "None declared.",
            "police_matters": self.police_matters.data if self.involved.data else "None declared.",
        }


class ReadyForm(Form):
    """Before a booking: whom to call, health, areas to avoid, identity, armour."""

    contact_name = Text(
        "Whom should we call in an emergency?",
        missing="Enter the name of somebody to call in an emergency",
        what="Name",
    )
    contact_relation = Text(
        "How are they related to you?",
        missing="Enter how they are related to you",
        width=20,
        max=100,
        what="Your answer",
    )
    contact_phone = Phone("Their phone number", missing="Enter their phone number", autocomplete="off")
    health = Words(
        "Is there anything about your health that matters on a ride? (optional)", rows=3, max=2000, what="Your answer",
        hint="For example medicine that you need, pregnancy, or that sitting in a car for hours is hard. Only the coordinator reads this, "
             "and it is deleted soon after the ride.",
    )  # fmt: skip
    adjustments = Words(
        "What should the officers do so that the day works for you? (optional)", rows=2, max=500, what="Your answer",
        hint="The officer who takes you reads this.",
    )  # fmt: skip
    avoid = Checkboxes(
        "Is there an area where you should not ride? (optional)",
        hint="For example because you live or work there, or know people there whom you do not want to meet.",
    )
    id_kind = Radios("Which photo identity will you show on the day?", choices=IDENTITY, missing="Choose which photo identity you will show",
                     hint="We look at it on the day. Do not send a copy.")  # fmt: skip
    armour = Text("Your height and chest size, for body armour (optional)", max=100, what="Your answer",
                  hint="If you leave it empty, we fit the armour on the day.")  # fmt: skip

    def __init__(self, *args: Any, near: Iterable[int] = (), **kwargs: Any) -> None:
        """`near` are the BCUs in which this person may be offered a place: only their boroughs are asked about."""
        super().__init__(*args, **kwargs)
        wanted = set(near)
        self.avoid.choices = [(str(b.id), b.name) for b in areas.boroughs() if not wanted or b.parent_id in wanted]


FIVE = [("5", "5, very good"), ("4", "4"), ("3", "3"), ("2", "2"), ("1", "1, very bad")]


class FeedbackForm(Form):
    """How the ride was (domain 1.9)."""

    satisfaction = Radios("How was your ride, all in all?", choices=FIVE, missing="Choose how your ride was")
    safe = YesNo("Did you feel safe?", missing="Choose yes if you felt safe")
    briefed = YesNo("Were you told what would happen and what the rules are?", missing="Choose yes if you were briefed")
    answered = YesNo("Were your questions answered? (optional)")
    as_advertised = YesNo("Was the ride what you expected from what we told you? (optional)")
    searches = Radios(
        "How many searches did you see?", missing="Choose how many searches you saw",
        choices=[("0", "None"), ("1", "1"), ("2", "2"), ("3", "3 or more")],
        hint="Nobody is searched for your benefit, so many riders see none.",
    )  # fmt: skip
    explained = Radios("If you saw a search: was the reason explained to the person? (optional)", choices=[
        ("yes", "Yes"), ("partly", "Partly"), ("no", "No"), ("unsure", "I could not tell")])  # fmt: skip
    respect = Radios("How respectful were the officers to the person? (optional)", choices=FIVE)
    force = Radios(
        "Was force used, or were handcuffs? (optional)",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "I could not tell")],
    )
    justified = Radios(
        "Do you think that the search was justified? (optional)",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "I do not know")],
    )
    receipt = Radios(
        "Was a receipt or record offered? (optional)",
        choices=[("yes", "Yes"), ("no", "No"), ("unsure", "I could not tell")],
    )
    camera = Radios(
        "Was a body-worn camera on? (optional)", choices=[("yes", "Yes"), ("no", "No"), ("unsure", "I could not tell")]
    )
    view_changed = Radios("Has your view of stop and search changed?", missing="Choose whether your view has changed", choices=[
        ("more", "It is more positive"), ("same", "It is the same"), ("less", "It is less positive")])  # fmt: skip
    trust_changed = Radios(
        "Has your trust in the police changed? (optional)",
        choices=[("more", "I trust them more"), ("same", "The same"), ("less", "I trust them less")],
    )
    recommend = YesNo("Would you recommend a ride to others? (optional)")
    improve = Words("What should we do better? (optional)", rows=4, max=3000, what="Your answer")
    praise = Words("Is there an officer whom you want to thank? (optional)", rows=2, max=1500, what="Your answer")
    concern = YesNo("Are you worried about how an officer behaved?", missing="Choose yes if you are worried about how an officer behaved",
                    yes_reveals="concern_words")  # fmt: skip
    concern_words = Words("What happened?", rows=4, max=4000, missing="Tell us what happened", what="Your answer",
                          hint="You can also make a complaint. We will tell you how, and you do not have to.")  # fmt: skip
    quote = YesNo("May we quote you, without your name? (optional)")

    def answers(self) -> dict[str, Any]:
        """The answers that are counted; what was written in words is kept beside them."""
        found: dict[str, Any] = {}
        for field in self.questions():
            if field.kind == "words" or field.is_blank():
                continue
            value = (
                {True: "yes", False: "no"}.get(field.data, field.data) if isinstance(field.data, bool) else field.data
            )
            found[field.short_name] = int(value) if field.short_name in {"satisfaction", "respect"} else value
        return found

    def words(self) -> str:
        """What was written, with its heading."""
        parts = [("What happened", self.concern_words), ("Better", self.improve), ("Thanks", self.praise)]
        return "\n\n".join(f"{title}: {field.data}" for title, field in parts if field.data)
