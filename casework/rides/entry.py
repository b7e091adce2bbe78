"""What somebody has answered, in words, for "check your answers"."""

from __future__ import annotations

from typing import Any

from casework.drafting import answers
from casework.forms import Form
from casework.rides.questions import BY_SLUG


def summary(slug: str, form: Form) -> list[tuple[str, Any]]:
    """The questions of a page with their answers in words, for "check your answers"."""
    return answers.summary(BY_SLUG[slug], form, _ASKED.get(slug, ()))


# Optional questions that "check your answers" shows as "Not provided".
_ASKED = {"about": ("interests",), "contact": ("phone",), "needs": ("contact_needs",), "heard": ("heard",)}
