"""What is asked of somebody who says how an encounter went. Only "what happened" must be answered."""

from __future__ import annotations

from typing import Any

from casework.areas import queries as areas
from casework.drafting.journey import Page, Typed
from casework.exchanges.accepting import ACCEPT
from casework.feedback.growing_up import is_of_age
from casework.feedback.workflow import RELATIONS
from casework.forms import (
    Address,
    Checkboxes,
    Confirm,
    DateParts,
    Email,
    Files,
    Form,
    Option,
    Phone,
    Postcode,
    Radios,
    Select,
    Text,
    Words,
    YesNo,
)
from casework.forms.choice import Choice
from casework.moments import today
from casework.rides.questions import EqualityForm as RideEqualityForm

WANTS = {
    "thanks": "Say thank you",
    "comment": "Make a comment",
    "question": "Ask a question",
    "concern": "Raise a concern",
    "complaint": "Make a complaint",
    "unsure": "I am not sure",
}


class WantForm(Form):
    """What somebody wants to do."""

    want = Radios("What do you want to do?", hint="If you are not sure, choose that, or leave it empty.", choices=[
        Option("thanks", WANTS["thanks"], "We tell the officer and their supervisor."),
        Option("comment", WANTS["comment"], "Something that we should know. We read it and say what we do with it."),
        Option("question", WANTS["question"], "About what happened to you, or what officers may do."),
        Option("concern", WANTS["concern"], "Something was not right. We look into it and answer you. You can ask for a complaint at any time."),
        Option("complaint", WANTS["complaint"], "Dealt with under the law on police complaints, with dates that we must keep to."),
        Option("unsure", WANTS["unsure"], "Tell us what happened. We read it and say what you can do.", alone=True),
    ])  # fmt: skip


class WhatForm(Form):
    """What happened: the only thing that must be answered."""

    what = Words("What happened?", missing="Tell us what happened", what="What happened", max=10_000, rows=8,
                 hint="In your own words, as much or as little as you like. Spelling does not matter.")  # fmt: skip
    effect = Words("How did it affect you? (optional)", what="How it affected you", max=4000, rows=3)
    wish = Words("What would put it right? (optional)", what="What would put it right", max=4000, rows=3,
                 hint="For example an explanation, an apology, or that it does not happen to others.")  # fmt: skip


class WhenForm(Form):
    """When and where it was, and whether there was a search."""

    on = DateParts("When was it? (optional)", what="The date", latest=today, earliest=lambda: today().replace(year=today().year - 100, day=1),
                   hint="For example, 27 3 2026. If you are not sure, enter your best guess.")  # fmt: skip
    around = Text("About what time? (optional)", max=100, width=20, what="The time",
                  hint="In words if you like: “about nine in the evening”.")  # fmt: skip
    place = Text(
        "Where was it? (optional)",
        max=300,
        what="The place",
        hint="A street, a shop or station near by, or a postcode.",
    )
    borough = Select("Which borough is that? (optional)", prompt="I do not know, or somewhere else")
    searched = YesNo("Was anybody searched, or their vehicle? (optional)", yes_reveals=("receipt",))
    receipt = Text("Number on the receipt or record of the search (optional)", max=100, width=20, what="The number", spellcheck=False,
                   hint="It may be on paper, in an email or in a text message.")  # fmt: skip
    arrested = YesNo("Was anybody arrested and taken to a police station? (optional)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.borough.choices = [(b.slug, b.name) for b in areas.boroughs()]

    def validate(self, extra_validators: Any = None) -> bool:
        _take_as_chosen(self.searched)
        return super().validate(extra_validators)


class WhoForm(Form):
    """Who was there."""

    officers = Words("Officers: numbers, names, or what they looked like (optional)", max=2000, rows=3, what="What you say of the officers",
                     hint="The number is on the shoulder of the uniform. It does not matter if you have none.")  # fmt: skip
    vehicle = Text("Police vehicle: number plate or markings (optional)", max=200, what="What you say of the vehicle")
    witnesses = Words("Did anybody else see or hear it? (optional)", max=2000, rows=3, what="What you say of others",
                      hint="Names and how to reach them, but only if they agree.")  # fmt: skip
    about = Radios("What is it mostly about? (optional)", choices=[
        ("officers", "What one or more officers did, or did not do"),
        ("community", "How a community or an area is policed"),
    ])  # fmt: skip


class EvidenceForm(Form):
    """What somebody holds that shows what happened."""

    evidence = Words("Do you have anything that shows what happened? (optional)", max=2000, rows=3, what="What you have",
                     hint="For example a video, photos, a receipt, or a doctor’s letter. Say what it is, and keep it.")  # fmt: skip
    files = Files("Add files (optional)", accept=ACCEPT)


class YouForm(Form):
    """Who says it: by name or not, and how they stand to what happened."""

    named = Radios("Do you want to give your name? (optional)", choices=[
        Option("named", "Yes", reveals=("name", "born")),
        Option("anonymous", "No, I want to say it anonymously", "We do not ask how to reach you, and never ask again who you are."),
    ])  # fmt: skip
    name = Text("Full name (optional)", max=200, what="Full name", autocomplete="name", spellcheck=False)
    born = DateParts("Date of birth (optional)", what="Date of birth", birthday=True,
                     hint="It helps us to find the record of a search. People under 18 are protected further.")  # fmt: skip
    relation = Radios("What have you to do with what happened? (optional)", choices=list(RELATIONS.items()))

    def validate(self, extra_validators: Any = None) -> bool:
        _take_as_chosen(self.named)
        return super().validate(extra_validators)


class OtherForm(Form):
    """The person for whom somebody acts, and by what right."""

    name = Text("Their full name (optional)", max=200, what="Their full name", autocomplete="off", spellcheck=False)
    born = DateParts("Their date of birth (optional)", what="Their date of birth", past=True,
                     earliest=lambda: today().replace(year=today().year - 120, day=1))  # fmt: skip
    authority = Radios("How old are they, and who are you to them? (optional)", choices=[
        Option("parent-under-16", "They are under 16, and I am their parent or guardian", "You can do this alone. We write to you only."),
        Option("consent", "They are 16 or over", "They must say yes to you acting for them. We ask them: you need no form.",
               reveals=("email", "address", "postcode")),
    ])  # fmt: skip
    email = Email(
        "Their email address (optional)",
        autocomplete="off",
        hint="Only if it is safe to write to them there. We send them a link of their own.",
    )
    address = Address("Or their postal address (optional)", autocomplete="off")
    postcode = Postcode("Their postcode (optional)", abroad=True, autocomplete="off")

    def validate(self, extra_validators: Any = None) -> bool:
        _take_as_chosen(self.authority)
        good = super().validate(extra_validators)
        if good and self.authority.data == "parent-under-16" and self.born.data and is_of_age(self.born.data):
            self.authority.fail(
                "By that date of birth they are 16 or over. Choose “They are 16 or over”: we ask them to say yes"
            )
            return False
        return good


class ContactForm(Form):
    """How and when to reach somebody safely."""

    channel = Radios("How may we reach you? (optional)", choices=[
        Option("email", "Email", reveals="email"),
        Option("letter", "Letter", "We post everything to you.", reveals=("address", "postcode")),
        Option("phone", "Phone call", "We call you whenever something happens.", reveals=("phone", "voicemail")),
        Option("page", "Do not contact me", "You look on this website, with a reference and a code that we show you at the end.", alone=True),
    ])  # fmt: skip
    email = Email("Email address", missing="Enter an email address, like name@example.com, or choose another way")
    address = Address("Address", missing="Enter the address that we should write to, or choose another way")
    postcode = Postcode("Postcode (optional)", abroad=True)
    phone = Phone("Phone number", missing="Enter the phone number that we should call, or choose another way")
    voicemail = Confirm("You may leave a message on my voicemail")
    not_home = Confirm("Do not write to my home or call there")
    safe_times = Text(
        "When is it safe to reach you, or when should we not? (optional)", max=200, what="When to reach you"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        _take_as_chosen(self.channel)
        return super().validate(extra_validators)


class NeedsForm(Form):
    """What somebody needs so that they can read or hear what we tell them."""

    contact_needs = Checkboxes("What do you need so that you can read or hear what we tell you? (optional)", choices=[
        ("large-print", "Large print"), ("easy-read", "Easy Read"), ("bsl", "British Sign Language"), ("braille", "Braille"), ("audio", "Audio"),
        ("relay", "Text relay instead of voice calls"), ("interpreter", "An interpreter or translation"),
        ("advocate", "Through somebody who supports me"),
    ])  # fmt: skip
    language = Text("If you need an interpreter or translation, which language? (optional)", max=100, what="Language")
    other = Words("Anything else that would help? (optional)", max=500, rows=2, what="What would help", count=False)


class PanelForm(Form):
    """Consent to review by a panel of citizens, without the person's name."""

    panel = Radios("May a panel of citizens look at it? (optional)", choices=[
        ("yes", "Yes, they may look at it without my name"),
        ("no", "No, I object"),
    ])  # fmt: skip


class SaveForm(Form):
    """Where to send the link with which to come back."""

    email = Email("Where should we send the link?", missing="Enter an email address, like name@example.com")


class EqualityForm(RideEqualityForm):
    """The equality questions of the ride form; here people under 18 answer too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.age.choices = [Option("under-18", "Under 18"), *self.age.choices]


def _take_as_chosen(question: Choice) -> None:
    """Where what an option reveals was filled in and nothing was chosen, it was meant: old browsers show it at once."""
    if question.data is None and not question.process_errors:
        meant = (o.value for o in question.choices if any(inner.inputs() for inner in question.under(o)))
        question.data = next(meant, None)


def is_anonymous(kept: Typed) -> bool:
    """Whether somebody chose to say it anonymously."""
    return kept.get("you", {}).get("named") == ["anonymous"]


def for_somebody_else(kept: Typed) -> bool:
    """Whether somebody acts for another, by name: of an anonymous person no more is asked."""
    return not is_anonymous(kept) and kept.get("you", {}).get("relation") == ["behalf"]


def _by_name(kept: Typed) -> bool:
    return not is_anonymous(kept)


_WHAT, _YOU = "What happened", "About you"
PAGES = (
    Page("want", "What you want to do", WantForm, _WHAT, optional=True),
    Page("what", "What happened", WhatForm, _WHAT),
    Page("when", "When and where", WhenForm, _WHAT, optional=True),
    Page("who", "Who was there", WhoForm, _WHAT, optional=True),
    Page("evidence", "What you have", EvidenceForm, _WHAT, optional=True),
    Page("you", "Your name", YouForm, _YOU, optional=True),
    Page("other", "Who you are acting for", OtherForm, _YOU, optional=True, when=for_somebody_else),
    Page("contact", "How to reach you safely", ContactForm, _YOU, optional=True, when=_by_name),
    Page("needs", "What you need", NeedsForm, _YOU, optional=True, when=_by_name),
    Page("panel", "Review by citizens", PanelForm, _YOU, optional=True),
)
