"""The forms of the pages."""

from __future__ import annotations

from casework.forms import Form, Hidden, Option, Radios, Words

SATISFACTION = (
    Option(5, "Very satisfied"),
    Option(4, "Satisfied"),
    Option(3, "Neither satisfied nor dissatisfied"),
    Option(2, "Dissatisfied"),
    Option(1, "Very dissatisfied"),
)


class ServiceFeedbackForm(Form):
    """What somebody thinks of this website."""

    satisfied = Radios(
        "Overall, how do you feel about this website?", choices=SATISFACTION, missing="Choose how satisfied you are"
    )
    words = Words(
        "How could we make it better?",
        hint="Do not write names, addresses, or what happened between you and the police. We cannot answer you here.",
        max=1200,
        what="How we could make it better",
    )
    back = Hidden(max=500)
