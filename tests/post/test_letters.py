"""The synthetic letters are what they say they are: the same for the same seed, with ink where the truth says there is."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageChops

from casework import sealed
from casework.post import papers, reading
from casework.printing import codes
from tests import needs
from tests.post import by_hand, letters

pytestmark = [
    letters.needs_hands,
    needs.pango,
]


@pytest.mark.parametrize("name", papers.FORMS)
def test_every_page_of_a_form_that_was_filled_in_says_which_page_it_is(app: Any, name: str) -> None:
    """Folded, turned, noisy: what the code says is the form, its version and the page."""
    key, letter = sealed.key_for(codes.PURPOSE), by_hand.form(name, 7)
    for number, (page, turn) in enumerate(zip(letter.pages, letter.turns, strict=True), 1):
        (seen,) = reading.codes_on(page)
        assert codes.read(seen.text, key) == codes.FormCode(name, papers.FORMS[name].version, number)
        assert seen.turn == turn
        assert not reading.is_blank(reading.upright(page, turn))


def test_there_is_ink_in_a_box_exactly_where_the_truth_says_so(app: Any) -> None:
    """On paper as it was printed, without wear: what was answered has ink that the blank form has not."""
    for name in papers.FORMS:
        letter = by_hand.form(name, 3, letters.CLEAN)
        boxes = papers.layout(name, papers.FORMS[name].version)
        for question in papers.FORMS[name].questions():
            ticked = letter.truth.get(question.name, "").split(" ")
            parts = [(f"{question.name}:{tick.value}", tick.value in ticked) for tick in question.ticks]
            for part, wanted in parts or [(question.name, question.name in letter.truth)]:
                assert _ink(letter.pages, by_hand.printed(name), boxes[part]) is wanted, part


def test_the_same_seed_gives_the_same_letter_and_another_one_another(app: Any) -> None:
    one, again, other = (by_hand.form("feedback", seed) for seed in (5, 5, 6))
    assert (one.truth, one.turns) == (again.truth, again.turns) and one.truth != other.truth
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one.pages, again.pages, strict=True))


def test_large_print_is_filled_in_too(app: Any) -> None:
    letter = by_hand.form("feedback", 1, letters.CLEAN, large=True)
    (seen,) = reading.codes_on(letter.pages[0])
    found = codes.read(seen.text, sealed.key_for(codes.PURPOSE))
    assert isinstance(found, codes.FormCode) and found.large
    assert len(letter.pages) == papers.pages("feedback", 1, large=True)


def _ink(pages: list[Image.Image], blank: tuple[Image.Image, ...], box: Any) -> bool:
    """Whether anything was added within a box."""
    place = tuple(letters.dots(value) for value in (box.x, box.y, box.x + box.width, box.y + box.height))
    before = blank[box.page - 1].convert("L").crop(place)
    difference = ImageChops.difference(before, pages[box.page - 1].crop(place))
    return sum(difference.histogram()[60:]) > 30
