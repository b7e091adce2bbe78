"""Our blank paper forms: what they ask, in the words of the very pages that ask it online, and where each box lies.

A declaration. A field is called `<page slug>.<field name>`, an option to tick `<field>:<option>`. The layout of each
version is frozen in `layouts.json`: paper that was handed out years ago still says where its answers stand. Whoever
changes a question gives the form a new version and runs `casework papers freeze`; a test says when that was forgotten.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wtforms.fields.core import UnboundField

from casework.drafting.journey import Page
from casework.forms import Address, Checkboxes, Confirm, DateParts, Files, Option, Radios, Select, Words, YesNo
from casework.printing.document import Box
from casework.rides import questions as rides
from casework.saying import questions as saying

SIGNATURE = "signature"
LAYOUTS = Path(__file__).with_name("layouts.json")

# What decides who somebody is, how they are reached and what they agreed to: keyed twice.
CRITICAL = frozenset({
    "age.born", "name.name", "you.name", "you.named", "you.born", "other.name", "other.born", "other.authority",
    "other.address", "other.postcode", "contact.address", "contact.postcode", "before.rode_on", "when.on",
    "when.earliest", "when.latest", "when.receipt", "who.officers", "consent.agreed", "panel.panel", SIGNATURE,
})  # fmt: skip

# What paper says otherwise than the page.
HINTS = {
    "evidence.evidence": "Put copies into the envelope, not originals. Say here what they are.",
    "you.named:anonymous": "Then leave names out of what you write. We never ask who you are, and cannot answer you.",
    "contact.channel:page": "Then you hear nothing from us.",
    "contact.channel:letter": "We post everything to you.",
    "connection.borough": "If it is several, where you live.",
    "when.borough": "If you do not know, leave it empty.",
    "areas.first": "Write the name of a borough.",
    "teams.first": "For example response or neighbourhood. If you do not mind, write “any”.",
    "teams.second": "",
}
# How many lines there is room for where it is not as many as on the page.
ROOM = {"what.what": 22, "about.why": 8}
LINE, LARGE_LINE = 8, 12  # millimetres


@dataclass(frozen=True)
class Tick:
    """A box to tick."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """One question: `lines` of room to write on, or `ticks`. `only_if` says what was ticked before it is asked."""

    name: str
    label: str
    hint: str = ""
    only_if: str = ""
    lines: int = 0
    date: bool = False
    narrow: bool = False
    many: bool = False
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True)
class Section:
    """One page of the online form."""

    slug: str
    title: str
    note: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class PaperForm:
    """A blank form."""

    name: str
    title: str
    version: int
    pages: tuple[Page, ...]
    declaration: str
    must: str
    left_out: frozenset[str] = frozenset()  # what need not be asked: which form it is, its title says

    @property
    def sections(self) -> tuple[Section, ...]:
        """The pages of the online form, as far as paper asks them."""
        return _sections(self)

    def questions(self) -> Iterator[Question]:
        """Every question in its order, the signature last."""
        for section in self.sections:
            yield from section.questions
        yield SIGNED


SIGNED = Question(SIGNATURE, "Your signature", hint="If you gave your name, please sign here.", lines=2)
_ANSWER = "Only “What happened?” must be answered. You can leave every other question empty."
FORMS: dict[str, PaperForm] = {
    "ride": PaperForm(
        "ride",
        "Apply to ride along with officers",
        1,
        rides.PAGES,
        "What I have written is true as far as I know.",
        "Please answer every question that does not say “optional”.",
    ),
    "feedback": PaperForm(
        "feedback",
        "Say how an encounter with the police went",
        1,
        saying.PAGES,
        "What I have written is true as far as I know.",
        _ANSWER,
    ),
    "complaint": PaperForm(
        "complaint",
        "Make a complaint about the police",
        1,
        saying.PAGES,
        "I want this to be dealt with as a complaint. What I have written is true as far as I know.",
        _ANSWER,
        frozenset({"want.want"}),
    ),
}


def layout(form: str, version: int, large: bool = False) -> dict[str, Box]:
    """Where each field and each option lies on paper of a version, in millimetres. KeyError if there is none."""
    return dict(_layouts()[_key(form, version, large)])


def pages(form: str, version: int, large: bool = False) -> int:
    """How many pages paper of a version has."""
    return max(box.page for box in layout(form, version, large).values())


def versions(form: str) -> list[int]:
    """The versions of a form whose layout is known, the oldest first."""
    return sorted({int(key.split(" ")[1]) for key in _layouts() if key.split(" ")[0] == form})


def freeze(found: dict[tuple[str, int, bool], dict[str, Box]]) -> None:
    """Write the layouts of these versions to the file; those of others stay."""
    kept = {key: {name: _row(box) for name, box in boxes.items()} for key, boxes in _layouts().items()}
    for (form, version, large), boxes in found.items():
        kept[_key(form, version, large)] = {name: _row(box) for name, box in boxes.items()}
    lines = []
    for key, rows in sorted(kept.items()):
        inside = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
        lines.append(f"{json.dumps(key)}: {{\n{inside}\n}}")
    LAYOUTS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    _layouts.cache_clear()


def rows_of(text: str, wide: int) -> int:
    """Into how many rows a text falls at most, at so many letters a row, whichever font draws it."""
    return len(textwrap.wrap(text, wide)) if text else 0


@cache
def _layouts() -> dict[str, dict[str, Box]]:
    if not LAYOUTS.is_file():
        return {}
    kept: dict[str, dict[str, list[float]]] = json.loads(LAYOUTS.read_text())
    return {key: {name: Box(int(row[0]), *row[1:]) for name, row in boxes.items()} for key, boxes in kept.items()}


def _key(form: str, version: int, large: bool) -> str:
    return f"{form} {version} {'large' if large else 'normal'}"


def _row(box: Box) -> list[float]:
    return [box.page, box.x, box.y, box.width, box.height]


@cache
def _sections(form: PaperForm) -> tuple[Section, ...]:
    found = []
    for page in form.pages:
        questions = tuple(each for each in _questions(page) if each.name not in form.left_out)
        note = "Only if you act for somebody else." if page.slug == "other" else ""
        if questions:
            found.append(Section(page.slug, page.title, note, questions))
    return tuple(found)


def _questions(page: Page) -> list[Question]:
    asked = {name: each for name, each in vars(page.form).items() if isinstance(each, UnboundField)}
    only_if = {}
    for each in asked.values():
        for option in _options(each):
            only_if.update(dict.fromkeys(option.names, option.label))
    ordered = sorted(asked.items(), key=lambda item: item[1].creation_counter)
    return [
        _question(page.slug, name, each, only_if.get(name, ""))
        for name, each in ordered
        if not issubclass(each.field_class, Files)
    ]


def _question(slug: str, short: str, asked: UnboundField, only_if: str) -> Question:
    name, kind = f"{slug}.{short}", asked.field_class
    label = asked.args[0] if asked.args else asked.kwargs.get("label", "")
    hint = HINTS.get(name, asked.kwargs.get("hint", ""))
    made: dict[str, Any] = {"name": name, "label": label, "hint": hint, "only_if": only_if}
    ticks = tuple(Tick(each.text, each.label, HINTS.get(f"{name}:{each.text}", each.hint)) for each in _options(asked))
    if issubclass(kind, Confirm):
        return Question(**made, ticks=(Tick("yes", label),))
    if ticks:
        return Question(**made, ticks=ticks, many=issubclass(kind, Checkboxes))
    if issubclass(kind, DateParts):
        return Question(**made, lines=1, date=True)
    if issubclass(kind, Address):
        return Question(**made, lines=4)
    if issubclass(kind, Words):
        return Question(**made, lines=ROOM.get(name, asked.kwargs.get("rows", 5)))
    return Question(**made, lines=1, narrow=asked.kwargs.get("width", 99) <= 20 or short in ("postcode", "phone"))


def _options(asked: UnboundField) -> list[Option]:
    if issubclass(asked.field_class, YesNo):
        yes, no = asked.kwargs.get("yes_reveals", ()), asked.kwargs.get("no_reveals", ())
        return [Option("yes", "Yes", reveals=yes), Option("no", "No", reveals=no)]
    if not issubclass(asked.field_class, Radios | Checkboxes) or issubclass(asked.field_class, Select):
        return []
    return [each if isinstance(each, Option) else Option(*each) for each in asked.kwargs.get("choices", ())]
