"""What staff are asked about a call and about letters that they posted."""

from __future__ import annotations

from datetime import timedelta

from casework.forms import Checkboxes, DateParts, Form, Hidden, Radios, Text, Whole, Words
from casework.moments import today
from casework.owed.service import CLASSES, RESULTS


def _posted_on(missing: str) -> DateParts:
    """A day of posting, at most two months ago. Today, unless somebody says otherwise."""
    return DateParts(
        "Posted on",
        missing=missing,
        what="The day of posting",
        latest=lambda: today(),
        earliest=lambda: today() - timedelta(days=60),
        default=lambda: today(),
    )


class CallForm(Form):
    """One try at telephoning. `tries` is how many the page showed."""

    tries = Hidden(max=5)
    result = Radios("What happened?", choices=list(RESULTS.items()), missing="Choose what happened")


class PostForm(Form):
    """Which letters were posted, when and how."""

    letters = Checkboxes("Letters", missing="Choose at least one letter")
    on = _posted_on("Enter the day on which they were posted")
    post_class = Radios(
        "Class", choices=list(CLASSES.items()), missing="Choose the class", default="second", inline=True
    )


class CountForm(Form):
    """How many envelopes of a print run there are."""

    envelopes = Whole(
        "How many envelopes have you filled?",
        missing="Count the envelopes and enter how many there are",
        what="The count",
        most=10_000,
    )


class ExplainForm(Form):
    """Why a count that differs is right all the same."""

    why = Words(
        "Why does the count differ, and what was done about it?",
        missing="Say why the count differs and what was done about it",
        what="The reason",
        max=1000,
        rows=3,
    )


class PostRunForm(Form):
    """When and how a print run was posted."""

    on = _posted_on("Enter the day on which it was posted")
    post_class = Radios("Class", choices=list(CLASSES.items()), missing="Choose the class", inline=True)


class FormatForm(Form):
    """How a message was told in the format that somebody asked for."""

    on = DateParts(
        "Done on",
        missing="Enter the day on which it was done",
        what="The day",
        latest=lambda: today(),
        earliest=lambda: today() - timedelta(days=60),
        default=lambda: today(),
    )
    how = Text(
        "How?",
        missing="Say how it was done, such as “braille copy sent first class”",
        what="How it was done",
        max=200,
        hint="For example: braille copy sent first class; video call with a BSL interpreter. No names.",
    )
