"""What somebody has answered, in words, for "check your answers"."""

from __future__ import annotations

import re
from typing import Any

from casework.forms import Checkboxes, Confirm, Form
from casework.forms.choice import Choice
from casework.rides.questions import BY_SLUG


def summary(slug: str, form: Form) -> list[tuple[str, Any]]:
    """The questions of a page with their answers in words, for "check your answers"."""
    rows: list[tuple[str, Any]] = []
    for field in form.questions():
        if field.kind == "hidden" or (field.is_blank() and field.short_name not in _ASKED.get(slug, ())):
            continue
        rows.append((re.sub(r" \(optional[^)]*\)$", "", field.label.text), answer_words(field)))
    return rows or [(BY_SLUG[slug].title, "")]


def answer_words(field: Any) -> str:
    """One answer as people read it; empty where there is none."""
    if isinstance(field, Checkboxes):
        return ", ".join(option.label for option in field.choices if field.is_chosen(option))
    if isinstance(field, Choice):
        return next((option.label for option in field.choices if field.is_chosen(option)), "")
    if isinstance(field, Confirm):
        return "Yes" if field.data else ""
    if field.kind == "date" and field.data:
        return f"{field.data:%-d %B %Y}"
    return str(field.data or "")


# Optional questions that "check your answers" shows as "Not provided".
_ASKED = {"about": ("interests",), "contact": ("phone",), "needs": ("contact_needs",), "heard": ("heard",)}
