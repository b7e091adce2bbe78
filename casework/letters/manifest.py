"""The first page of a print run: how many envelopes, whose, and the one number that must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casework.clocks.words import long_date
from casework.emails.render import TEMPLATES, environment
from casework.printing import document
from casework.printing.document import Document


@dataclass(frozen=True)
class Line:
    """One letter of a run. No name: the page lies about."""

    place: int
    reference: str
    words: str
    pages: int
    notes: str


def manifest(number: int, day: date, lines: Sequence[Line]) -> Document:
    """The page, laid out. Raises `CannotPrint`."""
    html = (
        environment()
        .get_template("letters/_manifest.html")
        .render(number=number, day=long_date(day), lines=lines, sheets=sum(line.pages for line in lines))
    )
    return document.lay_out(html, [(TEMPLATES / "letters" / "manifest.css").read_text()])
