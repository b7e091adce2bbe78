"""What somebody has answered, in words, for "check your answers"."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from casework.drafting.journey import Page
from casework.forms import Checkboxes, Confirm, Form
from casework.forms.choice import Choice


def summary(page: Page, form: Form, always: Collection[str] = ()) -> list[tuple[str, Any]]:
    """The questions of a page with their answers in words. Those in `always` are shown without an answer too."""
    rows: list[tuple[str, Any]] = []
    for field in form.questions():
        if field.kind in {"hidden", "files"} or field.asleep or (field.is_blank() and field.short_name not in always):
            continue
        rows.append((re.sub(r" \(optional[^)]*\)$", "", field.label.text), words(field)))
    return rows or [(page.title, "")]


def words(field: Any) -> str:
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
