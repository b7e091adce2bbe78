"""A damaged code, or one of somebody else, is never taken for one of ours; ours are read from a scan."""

from __future__ import annotations

import io
import random

import pypdfium2
import zxingcpp
from hypothesis import given
from hypothesis import strategies as some

from casework import references
from casework.printing import codes, document, qr
from tests import needs

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
ALPHABET = references.CROCKFORD + "abcdefghijklmnopqrstuvwxyzILOU .-:/"

references_ = some.builds(lambda seed: references.new("CO", random.Random(seed)), some.integers(0, 10**9))
any_code = some.one_of(
    some.builds(
        codes.FormCode,
        some.sampled_from(["ride", "feedback", "complaint"]),
        some.integers(1, 99),
        some.integers(1, 20),
        some.booleans(),
    ),
    some.builds(codes.ReplyCode, references_, some.integers(1, 2**63 - 1)),
    some.just(codes.SeparatorCode()),
)


@given(any_code)
def test_what_is_written_is_read_again_with_the_same_key_only(code: codes.Code) -> None:
    text = codes.write(code, KEY)
    assert codes.read(text, KEY) == code
    assert codes.read(text, OTHER_KEY) is None


def _damage(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    match dice.randrange(6):
        case 0:
            return text[:at] + dice.choice(ALPHABET) + text[at + 1 :]
        case 1:
            other = dice.randrange(len(text))
            symbols = list(text)
            symbols[at], symbols[other] = symbols[other], symbols[at]
            return "".join(symbols)
        case 2:
            return text[:at]
        case 3:
            return text[at + 1 :]
        case 4:
            return text[:at] + text[at:].lower()
        case _:
            return text[:at] + dice.choice(ALPHABET) + text[at:]


def test_of_ten_thousand_damaged_codes_none_is_taken_for_a_code() -> None:
    dice = random.Random(4)
    damaged = 0
    while damaged < 10_000:
        kind = dice.randrange(3)
        code: codes.Code = codes.SeparatorCode()
        if kind == 0:
            code = codes.FormCode(dice.choice(["ride", "feedback", "complaint"]), dice.randrange(1, 20))
        elif kind == 1:
            code = codes.ReplyCode(references.new("RA", dice), dice.randrange(1, 10**9))
        text = codes.write(code, KEY)
        wrong = text
        for _ in range(dice.choice((1, 1, 1, 2, 5))):
            wrong = _damage(wrong, dice) if wrong else wrong
        if wrong == text:
            continue
        damaged += 1
        assert codes.read(wrong, KEY) is None, (text, wrong)


@given(some.text(max_size=100))
def test_whatever_else_a_scanner_finds_is_no_code_of_ours(text: str) -> None:
    assert codes.read(text, KEY) is None


def test_another_force_with_a_key_of_its_own_cannot_send_us_its_separators() -> None:
    assert codes.read(codes.write(codes.SeparatorCode(), OTHER_KEY), KEY) is None


@needs.pango
def test_a_code_is_read_from_a_page_that_was_scanned_at_200_dots_per_inch() -> None:
    text = codes.write(codes.ReplyCode(references.new("CO", random.Random(1)), 1234567890), KEY)
    drawn = qr.drawing(text, "Code for the post room")
    html = f"<html lang=en-GB><title>Code</title><body style='margin:0'><h1>Code</h1>{drawn}</body></html>"
    page = pypdfium2.PdfDocument(io.BytesIO(document.render(html)))[0].render(scale=200 / 72).to_pil()
    assert [each.text for each in zxingcpp.read_barcodes(page)] == [text]
