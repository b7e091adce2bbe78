"""Draws the blank forms: as PDF, in large print, and as plain text.

Every height is worked out from the number of letters, so that the boxes lie where `papers.layout` says whichever
version of a font a machine has.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app, render_template

from casework import sealed
from casework.post import papers
from casework.post.papers import PaperForm, Question, Tick, rows_of
from casework.printing import codes, document, qr
from casework.printing.document import Box
from casework.settings import service as settings

STYLE = (Path(__file__).resolve().parents[2] / "templates" / "papers" / "form.css").read_text()
MOST_PAGES = 24


@dataclass(frozen=True)
class Size:
    """How a print is set: millimetres for a row of text, for a line to write on, letters that fit into a row."""

    large: bool
    row: float
    line: int
    tick: float
    bold: int
    plain: int
    hint: int
    half: int  # of two columns; 0: one column only
    heading: float
    wide: float = 170.0


NORMAL = Size(False, 5.0, papers.LINE, 5.0, 70, 78, 85, 32, 8.0)
LARGE = Size(True, 8.4, papers.LARGE_LINE, 7.0, 38, 44, 44, 0, 11.0)


@dataclass(frozen=True)
class Placed:
    """A box to tick, how far down and across its question it stands, and how high it is."""

    tick: Tick
    name: str
    top: float
    left: float
    height: float


@dataclass(frozen=True)
class Block:
    """A question as it is drawn, all in millimetres."""

    question: Question
    label: str
    label_height: float
    hint_height: float
    only_height: float
    box_height: float
    box_width: float
    ticks: tuple[Placed, ...]

    @property
    def height(self) -> float:
        """Everything together, with the room under it."""
        return self.only_height + self.label_height + self.hint_height + self.box_height + 5


def pdf(form: PaperForm, large: bool) -> bytes:
    """The form as a PDF for printing, with the address of the day to send it to. Raises `CannotPrint`."""
    return _pdf(form.name, large, _where(), sealed.key_for(codes.PURPOSE))


def boxes(form: PaperForm, large: bool) -> dict[str, Box]:
    """Where each field and option of the form of today lies. Raises `CannotPrint`."""
    found = _drawn(form.name, large, _where(), sealed.key_for(codes.PURPOSE)).boxes()
    return {name: box for name, box in found.items() if "." in name or name == papers.SIGNATURE}


def text(form: PaperForm) -> str:
    """The form as plain text, for programs that read aloud and for whoever writes without a form."""
    force, post = _where()
    return render_template("papers/form.txt", form=form, signed=papers.SIGNED, force=force, post=post, wrapped=_wrapped)


def blocks(question: Question, size: Size) -> Block:
    """How a question is drawn."""
    only = f"If you ticked “{question.only_if}”:" if question.only_if else ""
    label = "" if _is_confirm(question) else question.label
    ticks, height = _ticks(question, size) if question.ticks else ((), _room(question, size))
    width = 80.0 if question.narrow or question.date else size.wide
    return Block(
        question,
        label,
        rows_of(label, size.bold) * size.row + (1 if label else 0),
        rows_of(question.hint, size.hint) * size.row + (1 if question.hint else 0),
        rows_of(only, size.plain) * size.row,
        height,
        size.wide if question.ticks else width,
        ticks,
    )


@lru_cache(maxsize=12)
def _pdf(name: str, large: bool, where: tuple[str, str], key: bytes) -> bytes:
    return _drawn(name, large, where, key).pdf()


def _drawn(name: str, large: bool, where: tuple[str, str], key: bytes) -> document.Document:
    form, size = papers.FORMS[name], LARGE if large else NORMAL
    force, post = where
    drawn = {
        f"code-{page}": str(qr.drawing(codes.write(codes.FormCode(name, form.version, page, large), key), "")).encode()
        for page in range(1, MOST_PAGES + 1)
    }
    html = render_template(
        "papers/form.html",
        form=form,
        size=size,
        blocks=blocks,
        rows=rows_of,
        signed=papers.SIGNED,
        force=force,
        post=post,
    )
    return document.lay_out(html, [STYLE, _codes_on_pages()], drawn)


def _codes_on_pages() -> str:
    return "\n".join(
        f"@page :nth({page}) {{ @top-right {{ content: url({document.GIVEN}code-{page}) }} }}"
        for page in range(1, MOST_PAGES + 1)
    )


def _where() -> tuple[str, str]:
    return str(current_app.config["FORCE_NAME"]), str(settings.value("contact.post"))


def _is_confirm(question: Question) -> bool:
    return len(question.ticks) == 1


def _room(question: Question, size: Size) -> float:
    lines = question.lines if question.lines <= 4 or not size.large else math.ceil(question.lines * 0.7)
    return float(lines * size.line + 2)


def _ticks(question: Question, size: Size) -> tuple[tuple[Placed, ...], float]:
    """The boxes to tick, one or two to a row, and how high they are together."""
    short = all(len(each.label) <= size.half and not each.hint for each in question.ticks)
    across = 2 if short and len(question.ticks) > 1 else 1
    letters = size.plain - 6
    placed, top = [], 0.0
    for number, tick in enumerate(question.ticks):
        rows = rows_of(tick.label, letters) + rows_of(tick.hint, letters)
        height = max(rows * size.row, size.tick) + 2
        name = f"{question.name}:{tick.value}"
        placed.append(Placed(tick, name, top, number % across * size.wide / 2, height))
        if number % across == across - 1 or number == len(question.ticks) - 1:
            top += height
    return tuple(placed), top


def _wrapped(words: str, indent: str = "") -> str:
    return textwrap.fill(words, 76, initial_indent=indent, subsequent_indent=" " * len(indent))
