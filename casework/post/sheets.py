"""What is keyed of a letter: the questions of the very pages that ask them online, each with its place on the paper.

A sheet is the same for a form of ours and for a letter in somebody's own words; only a form has boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from casework.drafting.journey import Typed
from casework.forms import Address, Checkboxes, Confirm, DateParts, Email, Phone, Postcode, Radios, Select, Words
from casework.forms.choice import Choice
from casework.forms.dates import PARTS
from casework.forms.text import line, lines, unusable
from casework.post import papers
from casework.post.comparing import SAID_WITHOUT, Kind, Mark, Read
from casework.printing.document import Box

SIGNED = "yes"
LONGEST_PART = 20  # of a date: "September", "27th"
_CODES = frozenset({"when.receipt"})


class BadRead(ValueError):
    """What was sent for a field cannot be kept. The message is a sentence for the clerk."""


@dataclass(frozen=True)
class Blank:
    """One field of a sheet. `widget` is how it is keyed: text, words, date, radios, checkboxes, select or confirm."""

    name: str
    label: str
    section: str
    kind: Kind
    widget: str
    critical: bool
    most: int = 200
    rows: int = 1
    options: tuple[tuple[str, str], ...] = ()
    box: Box | None = None

    @property
    def id(self) -> str:
        """Its name as an id and as the name of its inputs."""
        return self.name.replace(".", "-")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs."""
        return tuple(f"{self.id}-{part}" for part in PARTS) if self.widget == "date" else (self.id,)

    def typed(self, sent: MultiDict[str, str]) -> Read:
        """What was sent, as it was sent: to be shown again where it cannot be kept."""
        return Read(tuple(text[:20_000] for name in self.inputs for text in (sent.getlist(name) or [""])))

    def read(self, sent: MultiDict[str, str]) -> Read:
        """What was sent for this field. Nothing is judged but what cannot be kept at all, which raises `BadRead`."""
        texts = [text for name in self.inputs for text in (sent.getlist(name) or [""])]
        mark = _mark([each for each in sent.getlist(f"{self.id}-mark") if each], self.widget)
        clean = lines if self.widget == "words" else line
        kept = [clean(text) for text in texts]
        if any(unusable(text, "\n\t" if self.widget == "words" else "") for text in kept):
            raise BadRead("There is a character that we cannot use. Delete it, then type it again.")
        if self.options:
            kept = [text for text in kept if text]
            if len(kept) > len(self.options) or not set(kept) <= {value for value, _ in self.options}:
                raise BadRead("Choose among the answers offered, or mark it as unreadable.")
        longest = LONGEST_PART if self.widget == "date" else self.most
        if any(len(text) > longest for text in kept):
            raise BadRead(f"It is longer than {longest:,} characters. {_SHORTER.get(self.widget, '')}".strip())
        read = Read(tuple(kept) if any(kept) else (), mark)
        return Read((), Mark.READ) if mark == Mark.SUMMARY and not read.is_answered else read


_SHORTER = {"words": "Key a summary and mark it so: the pictures stay with the case."}


def sheet(kind: str, form: str = "") -> list[Blank]:
    """The fields of a letter of this kind, in the order of the paper; with boxes where it is a form of ours."""
    paper = papers.FORMS[kind]
    boxes = _boxes(form)
    found = []
    for page in paper.pages:
        for asked in page.form(formdata=MultiDict()).questions():
            name = f"{page.slug}.{asked.short_name}"
            if asked.kind not in ("hidden", "files") and name not in paper.left_out:
                found.append(_blank(name, page.title, asked, boxes.get(name)))
    return [*found, _signature(boxes.get(papers.SIGNATURE))]


def typed(blanks: Iterable[Blank], reads: Mapping[str, Read]) -> Typed:
    """What was read, as the pages of the online form keep what is typed: unreadable and missing fields are empty."""
    kept: Typed = {}
    for blank in blanks:
        read = reads.get(blank.name)
        slug, _, field = blank.name.partition(".")
        if read is None or read.mark in SAID_WITHOUT or not read.texts or not field:
            continue
        page = kept.setdefault(slug, {})
        if blank.widget == "date":
            page.update({f"{field}-{part}": [text] for part, text in zip(PARTS, read.texts, strict=False) if text})
        else:
            page[field] = list(read.texts)
    return kept


def _signature(box: Box | None) -> Blank:
    options = ((SIGNED, "It is signed"),)
    return Blank(papers.SIGNATURE, "Signed", "Signature", Kind.CHOICE, "confirm", True, options=options, box=box)


def _boxes(form: str) -> dict[str, Box]:
    """The boxes of a form as an item names it: "feedback/1", "feedback/1/large"."""
    name, _, rest = form.partition("/")
    version, _, size = rest.partition("/")
    if not version.isdecimal():
        return {}
    try:
        return papers.layout(name, int(version), size == "large")
    except KeyError:
        return {}


def _blank(name: str, section: str, asked: Any, box: Box | None) -> Blank:
    widget = asked.kind if asked.kind in _WIDGETS else "text"
    label = re.sub(r" \(optional[^)]*\)$", "", asked.label.text)
    options = tuple((option.text, option.label) for option in asked.choices) if isinstance(asked, Choice) else ()
    return Blank(
        name,
        label,
        section,
        _kind(name, asked),
        widget,
        name in papers.CRITICAL,
        most=getattr(asked, "max", 200),
        rows=_rows(getattr(asked, "rows", 1), box),
        options=(("yes", label),) if widget == "confirm" else options,
        box=box,
    )


_WIDGETS = frozenset({"words", "date", "radios", "checkboxes", "select", "confirm"})


def _rows(usual: int, box: Box | None) -> int:
    """How many rows a text has on the screen: about as high as what stands beside it."""
    return max(min(usual, 6), min(16, int(box.height / 9)) if box is not None else 0)


def _kind(name: str, asked: Any) -> Kind:
    for cls, kind in (
        (DateParts, Kind.DATE),
        (Postcode, Kind.POSTCODE),
        (Phone, Kind.PHONE),
        (Email, Kind.EMAIL),
        (Address, Kind.ADDRESS),
        (Words, Kind.WORDS),
        (Checkboxes | Radios | Select | Confirm, Kind.CHOICE),
    ):
        if isinstance(asked, cls):
            return kind
    if name in _CODES:
        return Kind.CODE
    return Kind.NAME if name.endswith(".name") else Kind.LINE


def _mark(sent: list[str], widget: str) -> Mark:
    if len(sent) > 1:
        raise BadRead("Choose one: unreadable, nothing there, or a summary.")
    try:
        mark = Mark(sent[0]) if sent else Mark.READ
    except ValueError:
        raise BadRead("Mark it as unreadable or missing, or not at all.") from None
    if mark == Mark.SUMMARY and widget != "words":
        raise BadRead("Only free text can be summarised.")
    return mark
