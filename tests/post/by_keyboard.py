"""The keying screen by keyboard alone, as a clerk uses it who never looks away from the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.post.comparing import Read
from casework.post.sheets import Blank


def where(page: Any) -> str:
    """The field in which the cursor stands."""
    return str(page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field ?? ''"))


def key(page: Any, blanks: Mapping[str, Blank], reads: Mapping[str, Read]) -> None:
    """Key every field from the first to the last: type, tick by its number, or say that nothing is there."""
    seen = []
    while field := where(page):
        seen.append(field)
        _key_field(page, blanks[field], reads.get(field))
    assert len(seen) == len(set(seen))


def _key_field(page: Any, blank: Blank, read: Read | None) -> None:
    keys = page.keyboard
    if read is None or read.mark:
        if read is not None and read.texts:
            keys.type(read.texts[0])
        keys.press("F8" if read is not None else "F9")
        return
    if blank.widget == "date":
        for number, text in enumerate(read.texts):
            keys.type(text)
            if number < 2:
                keys.press("Enter")
    elif blank.widget == "select":
        keys.type(dict(blank.options)[read.texts[0]][:4])
    elif blank.options:
        for text in read.texts:
            keys.press(str([value for value, _ in blank.options].index(text) + 1))
    else:
        for number, line in enumerate(read.texts[0].split("\n")):
            keys.press("Enter") if number else None
            keys.type(line)
    keys.press("Tab" if blank.widget == "words" else "Enter")
    if blank.widget == "words":
        # past the marks of a text, in which Enter is a new line
        while where(page) == blank.name:
            keys.press("Tab")
