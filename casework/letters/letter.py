"""One letter: its twin of the e-mail's template, the address where the window is, the code, the reply form."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, time
from functools import cache

from flask import current_app
from markupsafe import Markup

from casework import emails, sealed
from casework.clocks import london
from casework.emails import words
from casework.emails.render import TEMPLATES, environment
from casework.history.models import Event
from casework.letters import address
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.parties import needs
from casework.parties.models import Party
from casework.printing import codes, document, qr
from casework.printing.document import Document
from casework.settings import service as settings

WITH_FORM = ", by telephone, or with the form at the end of this letter"
_ANCHOR = re.compile(r"</?a\b[^>]*>")


@dataclass(frozen=True)
class Letter:
    """A letter as it is printed for one day."""

    paper: emails.Paper
    day: date
    html: str
    large: bool
    answers: bool  # whether a reply form goes with it

    def document(self) -> Document:
        """It, laid out on pages. Raises `CannotPrint`."""
        return document.lay_out(self.html, [_style()])


def write(owed: Owed, day: date, cause: Event | None = None, copy: bool = False) -> Letter:
    """The letter that a row owes, as it is posted on a day. Raises `NotWanted` or `CannotReach`.

    `cause` is the event that owes it, if it is at hand; `copy`: it was printed before, and says so.
    """
    template = environment().get_template(f"letters/{owed.name}.html")
    # A twin that has an `answer` is followed by a form to answer on.
    answers = "answer" in template.blocks
    with rehearsed(day):
        paper = emails.on_paper(owed, WITH_FORM if answers else emails.BY_PHONE_OR_POST, cause)
    answers = answers and paper.party.acts
    large = is_large(paper.party)
    html = template.render(
        **paper.facts
        | {
            "paper": paper,
            "said": Markup(_ANCHOR.sub("", str(paper.html))),
            "day": words.day(day),
            "copy": copy,
            "large": large,
            "answers": answers,
            "to": address.lines(paper.name, paper.party.address or "", paper.party.postcode or ""),
            "back_to": _back_to(paper.party),
            "reply_to": str(settings.value("letter.reply")),
            "drawing": qr.drawing(_code(owed, paper), f"Code of this letter, {paper.reference}"),
        }
    )
    return Letter(paper, day, html, large, answers)


def rehearsed(day: date) -> AbstractContextManager[None]:
    """Let everything inside happen on the day on which a letter is posted."""
    return nullcontext() if day == today() else moved_to(london.at(day, time(12)))


def is_large(party: Party) -> bool:
    """Whether somebody asked for large print."""
    return "large-print" in (party.adjustments.get("contact_needs") or [])


def _back_to(party: Party) -> str:
    """What stands above the address, for whoever cannot deliver it."""
    neutral = str(settings.value("letter.return"))
    if settings.value("letter.mark") and not needs.not_home(party):
        return f"{current_app.config['FORCE_NAME']}, {neutral}"
    return neutral


def _code(owed: Owed, paper: emails.Paper) -> str:
    return codes.write(codes.ReplyCode(paper.reference, owed.id), sealed.key_for(codes.PURPOSE))


@cache
def _style() -> str:
    return (TEMPLATES / "letters" / "letter.css").read_text()
