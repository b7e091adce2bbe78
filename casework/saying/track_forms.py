"""What one can write on the tracking page of feedback and complaints."""

from __future__ import annotations

from casework.exchanges.accepting import ACCEPT
from casework.forms import Confirm, Files, Form, Hidden, Radios, Text, Words, YesNo

SIGNED = "I withdraw my complaint. Nobody has put pressure on me or promised me anything to do so."


class WriteForm(Form):
    """Words to us, with files. Files that were added while something else was wrong are carried along by their ids."""

    words = Words(
        "What do you want to tell us?", missing="Write what you want to tell us", what="Your message", max=8000, rows=8
    )
    files = Files("Add files (optional)", accept=ACCEPT)
    added = Hidden("", max=200)

    def added_ids(self) -> list[int]:
        """The ids of files that were added before."""
        return [int(part) for part in (self.added.data or "").split() if part.isdecimal() and len(part) < 19]


class AnswerForm(WriteForm):
    """The answer to our question."""

    words = Words("Your answer", missing="Write your answer", what="Your answer", max=8000, rows=8)


class OfferForm(Form):
    """Whether somebody wants a complaint."""

    answer = YesNo(
        "Do you want us to handle this as a complaint?",
        yes="Yes, handle it as a complaint",
        no="No, I only want an answer",
        missing="Choose whether you want a complaint",
    )


class TakeBackForm(Form):
    """A signed notification that somebody withdraws a complaint (Regulations 2020, reg 38)."""

    name = Text(
        "Your full name",
        missing="Enter your full name. It stands for your signature",
        hint="This stands for your signature.",
        what="Your name",
        autocomplete="name",
    )
    declared = Confirm(SIGNED, missing="Tick the box to say that you withdraw your complaint")


class UnnamedTakeBackForm(Form):
    """The same for somebody whose name we do not know, and do not ask for."""

    declared = Confirm(SIGNED, missing="Tick the box to say that you withdraw your complaint")


class ReviewForm(Form):
    """An application for review."""

    words = Words(
        "Why do you think that your complaint was not handled reasonably and proportionately?",
        missing="Write why you want a review",
        what="Your reasons",
        max=8000,
        rows=8,
    )


class PanelForm(Form):
    """Whether a panel of citizens may look at an encounter."""

    answer = Radios(
        "May a panel look at it?",
        choices=[("yes", "Yes, I would like a panel to look at it"), ("no", "No, I object")],
        missing="Choose yes or no",
    )


class AuthorityForm(Form):
    """Whether somebody may act for the person who answers."""

    answer = YesNo("May they act for you?", missing="Choose whether they may act for you")
