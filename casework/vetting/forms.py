"""What vetting staff are asked. Everything that they type here stays sealed in this room."""

from __future__ import annotations

from typing import Any

from casework.cases.clashes import Decision
from casework.forms import Checkboxes, Radios, Words
from casework.vetting.workflow import CONDITIONS

_SEALED = "Sealed: only vetting staff can read it."


class CheckForm(Decision):
    """What one check found."""

    detail = Words("What was found", hint=_SEALED, what="What was found", rows=3, count=False)


class QuestionForm(Decision):
    """A question to the applicant."""

    words = Words(
        "Your question",
        missing="Enter your question",
        hint="The applicant reads this in a message. Ask for one thing, in plain words, and give nothing away.",
        what="Your question",
        max=2000,
    )


class AnswerForm(Decision):
    """The applicant's answer, as it came by telephone or post."""

    words = Words("The applicant's answer", missing="Enter the answer", hint=_SEALED, what="The answer", max=4000)


class ResultForm(Decision):
    """The result of a person's vetting."""

    action = Radios("What is the result?", missing="Choose the result")
    conditions = Checkboxes(
        "Conditions",
        choices=list(CONDITIONS.items()),
        hint="The coordinator sees these and the day until which the clearance holds, nothing else.",
    )
    detail = Words("Reasons", hint=_SEALED, what="Reasons", rows=4, count=False)

    def validate(self, extra_validators: Any = None) -> bool:
        """Conditions belong to one result, which is not offered in every state."""
        good = super().validate(extra_validators)
        if self.action.data != "clear_with_conditions":
            self.conditions.data = []
        elif not self.conditions.data:
            self.conditions.fail("Choose at least one condition")
            return False
        return good
