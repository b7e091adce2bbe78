"""Codes on scans: found as they are, never taken for what they are not; and pages on which there is nothing."""

from __future__ import annotations

import os
from random import Random

import pytest
from PIL import Image, ImageOps

from casework import references
from casework.post import reading
from casework.printing import codes
from tests.post import letters

FULL = os.environ.get("FULL") == "1"
KEY, OTHER = b"a key for tests only, 32 bytes..", b"another key, which is not ours.."


def a_code(random: Random) -> str:
    """The text of a code of ours, of any sort."""
    return codes.write(
        random.choice((
            codes.ReplyCode(references.new("CO", random), random.randrange(1, 10**7)),
            codes.FormCode(random.choice(("ride", "feedback", "complaint")), 1, random.randint(1, 9), random.random() < 0.2),
            codes.SeparatorCode(),
        )),
        KEY,
    )  # fmt: skip


@letters.needs_hands
@pytest.mark.parametrize("part", range(3))
@pytest.mark.timeout(3600 if FULL else 300)
def test_a_code_is_found_on_99_of_100_scans_and_says_nothing_else(part: int) -> None:
    """At 200 dots an inch, tilted and turned any way, noisy, blurred, pale, folded, dusty, shining through."""
    count, found = (1000 if FULL else 100), 0
    for seed in range(part * count, (part + 1) * count):
        random = Random(seed)
        text = a_code(random)
        scan, turn = letters.scanned(letters.reply(text, random), random)
        seen = reading.codes_on(scan)
        assert seen in ([], [reading.Seen(text, turn)]), f"seed {seed}"
        found += bool(seen)
    assert found >= 0.99 * count, f"{found} of {count}"


@letters.needs_hands
def test_what_a_scan_does_at_its_worst_makes_no_code_a_wrong_one() -> None:
    """Much worse than moderate: some are not found any more, and what is found is right."""
    worst = letters.Wear(tilt=8, turns=(0, 90, 180, 270), noise=50, blur=2.4, speckle=0.015, fade=0.7, folds=3)
    found = 0
    for seed in range(300 if FULL else 30):
        random = Random(f"worst {seed}")
        text = a_code(random)
        scan, turn = letters.scanned(letters.reply(text, random), random, worst)
        seen = reading.codes_on(scan)
        assert seen in ([], [reading.Seen(text, turn)]), f"seed {seed}"
        found += bool(seen)
    assert found


def test_of_ten_thousand_damaged_codes_none_is_taken_for_one_of_ours() -> None:
    """Symbols wrong, missing, doubled, swapped, in small letters; whole pieces of another code; another key."""
    random = Random(10_000)
    count = 100_000 if FULL else 10_000
    for number in range(count):
        right, other = a_code(random), a_code(random)
        damaged = _damaged(right, other, number % 8, random)
        if damaged not in (right, other):
            assert codes.read(damaged, KEY) is None, f"{number}: {damaged} from {right}"
        assert codes.read(right, KEY) is not None and codes.read(right, OTHER) is None


def _damaged(text: str, other: str, how: int, random: Random) -> str:
    at = random.randrange(len(text))
    symbol = random.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ.")
    match how:
        case 0:
            return text[:at] + symbol + text[at + 1 :]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + symbol + text[at:]
        case 3:
            return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
        case 4:
            return text[:at] + text[at:].lower()
        case 5:
            return text.rpartition(".")[0] + "." + other.rpartition(".")[2]
        case 6:
            return text[:at] + other[at:]
        case _:
            return "".join(random.choice((each, symbol)) for each in text)


def test_of_ten_thousand_damaged_references_none_is_another_case() -> None:
    """A force with 20,000 cases; what the check symbol lets through belongs to nobody: a wrong match needs 40 right bits."""
    random = Random(20_000)
    kinds = ("RA", "FB", "CO")
    cases = {references.new(random.choice(kinds), random) for _ in range(20_000)}
    known = sorted(each.replace("-", "") for each in cases)
    passed = 0
    for number in range(100_000 if FULL else 10_000):
        right, other = random.choice(known), random.choice(known)
        damaged = _damaged(right, other, (0, 1, 2, 3, 6, 7)[number % 6], random)
        if damaged not in (right, other) and references.is_right(damaged):
            assert references.read(damaged) not in cases - {references.read(right)}, f"{number}: {damaged} from {right}"
            passed += 1
    assert passed < number / 20, "the check symbol lets through one in 32 of those that are wrong in several places"


def test_a_code_that_shines_through_from_the_other_side_is_not_of_this_page() -> None:
    page = letters.sheet()
    letters.code(page, "CWS.ABCDEFGHJKMN", 30, 30)
    for turn in (0, 90, 180, 270):
        assert reading.codes_on(ImageOps.mirror(page).rotate(turn, expand=True)) == []
        assert reading.codes_on(ImageOps.mirror(ImageOps.mirror(page)).rotate(-turn, expand=True))[0].turn == turn


def test_two_codes_that_disagree_turn_nothing() -> None:
    page = letters.sheet()
    letters.code(page, "CWS.ABCDEFGHJKMN", 30, 30)
    both = page.copy()
    both.paste(page.crop((200, 200, 500, 500)).rotate(90), (900, 1500))
    assert reading.turned([reading.Seen("a", 90), reading.Seen("b", 90)]) == 90
    assert reading.turned([reading.Seen("a", 90), reading.Seen("b", 180)]) == 0
    assert reading.turned([]) == 0


@letters.needs_hands
def test_an_empty_page_is_proposed_for_removal_whatever_the_scanner_adds() -> None:
    """Holes, dust, folds, a dark edge, and a whole letter that shines through from its other side."""
    wear = letters.Wear(turns=(0, 90, 180, 270), bleed=0.2, holes=True, edge=True)
    blank = 0
    for seed in range(20):
        random = Random(seed)
        behind = letters.reply("CWS.ABCDEFGHJKMN", random)
        scan, _ = letters.scanned(letters.sheet(), random, wear, behind=behind if seed % 2 else letters.sheet())
        blank += reading.is_blank(scan)
    assert blank >= 19, f"{blank} of 20"


@letters.needs_hands
def test_a_page_with_one_word_on_it_is_never_proposed_for_removal() -> None:
    """A word in pencil, a signature, a line of print, anywhere on the page."""
    wear = letters.Wear(turns=(0, 90, 180, 270), bleed=0.2, holes=True, edge=True)
    for seed in range(20):
        random = Random(seed)
        page = letters.sheet()
        match seed % 3:
            case 0:
                letters.write(page, "Yes", random.uniform(30, 150), random.uniform(30, 250), random)
            case 1:
                letters.write(page, "K. Example", random.uniform(30, 120), random.uniform(30, 250), random, 8)
            case _:
                letters.print_text(page, letters.sentence(random), 40, random.uniform(30, 250))
        assert not reading.is_blank(letters.scanned(page, random, wear)[0]), f"seed {seed}"


def test_a_picture_of_one_dot_or_of_one_line_breaks_nothing() -> None:
    for size in ((1, 1), (1, 4000), (4000, 1), (40, 40)):
        image = Image.new("L", size, 255)
        assert reading.codes_on(image) == []
        reading.is_blank(image)
