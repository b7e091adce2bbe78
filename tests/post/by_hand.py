"""Our own blank forms, printed, filled in by hand and scanned; with the truth: field to what was written or ticked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random

import pypdfium2
from PIL import Image

from casework.post import blanks, papers
from casework.post.papers import PaperForm, Question
from tests.post import letters
from tests.post.letters import Letter, Wear

NAMES = ("Adaeze Okafor", "Tom Whitfield", "Siân Pryce-Jones", "Mohammed al-Rashid", "Zoë Lindqvist", "Nia O'Dowd")
STREETS = ("Acacia Road", "Mill Lane", "St Ann's Hill", "Long Acre", "The Crescent")
POSTCODES = ("SW1A 1AA", "N1 9GU", "E17 4QH", "SE10 8EW", "W1D 3QF")
DAYS = ("3.11.26", "28 / 10 / 2026", "1st Nov 2026", "07-11-26", "12 October")


def form(name: str, seed: int | str, wear: Wear = letters.MODERATE, large: bool = False) -> Letter:
    """One form as somebody filled it in, of seven hands one, with its pages as scanned. The same seed, the same letter.

    `truth` holds what was written as it was written ("28 / 10 / 2026"), and of ticks their values; what was left empty
    is not in it. Needs an application context (codes carry a key) and pango.
    """
    random = Random(f"{name} {seed}")
    paper = papers.FORMS[name]
    truth = answers(paper, random)
    pages = [page.copy() for page in printed(name, large)]
    hand = random.choice(sorted(letters.HANDS))
    for question in paper.questions():
        if question.name in truth:
            _fill(pages, paper, question, truth[question.name], random, hand, large)
    found = Letter([], truth)
    for number, page in enumerate(pages):
        scan, turn = letters.scanned(page, random, wear, behind=pages[number - 1] if number else None)
        found.pages.append(scan)
        found.turns.append(turn)
    return found


def answers(paper: PaperForm, random: Random) -> dict[str, str]:
    """What somebody answers: most questions, never one that is asked only of others."""
    found: dict[str, str] = {}
    for question in paper.questions():
        if random.random() < 0.15 or (question.only_if and random.random() < 0.6):
            continue
        if question.ticks:
            some = random.sample(
                question.ticks, random.randint(1, 2) if question.many and len(question.ticks) > 1 else 1
            )
            found[question.name] = " ".join(tick.value for tick in some)
        else:
            found[question.name] = _words(question, random)
    return found


@cache
def printed(name: str, large: bool = False) -> tuple[Image.Image, ...]:
    """The pages of a blank form, as our printer draws them."""
    return drawn(blanks.pdf(papers.FORMS[name], large))


def drawn(pdf: bytes) -> tuple[Image.Image, ...]:
    """The pages of a PDF at the scanner's resolution."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(page.render(scale=letters.DPI / 72).to_pil().convert("RGB") for page in document)
    finally:
        document.close()


def _words(question: Question, random: Random) -> str:
    name = question.name
    if question.date:
        return random.choice(DAYS)
    if name == papers.SIGNATURE or "name" in name.rpartition(".")[2]:
        return random.choice(NAMES)
    if name.endswith("postcode"):
        return random.choice(POSTCODES)
    if name.endswith("address"):
        return f"{random.randint(1, 240)} {random.choice(STREETS)}\nLondon"
    lines = 1 if question.narrow else max(1, min(question.lines - 1, 6))
    return "\n".join(letters.sentence(random)[: 24 if question.narrow else 60] for _ in range(lines))


def _fill(
    pages: list[Image.Image], paper: PaperForm, question: Question, answer: str, random: Random, hand: Path, large: bool
) -> None:
    boxes = papers.layout(paper.name, paper.version, large)
    if question.ticks:
        for value in answer.split(" "):
            box = boxes[f"{question.name}:{value}"]
            letters.tick(pages[box.page - 1], box.x, box.y, random, box.width)
        return
    box = boxes[question.name]
    line = papers.LARGE_LINE if large else papers.LINE
    letters.write(pages[box.page - 1], answer, box.x + 2, box.y + 1, random, height=line * 0.8, hand=hand)
