"""Two people who read the same agree, however they typed it; two who read something else do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.post.comparing import Kind, Mark, Read, differ, essence

SAME = [
    (Kind.NAME, ("Ife  ABARA",), ("ife abara",)),
    (Kind.NAME, ("Dr. Siân O’Neill",), ("dr siân o'neill",)),
    (Kind.NAME, ("Anne‑Marie Lee",), ("ANNE-MARIE LEE ",)),
    (Kind.NAME, ("Jose\u0301",), ("Jos\u00e9",)),
    (Kind.DATE, ("03", "04", "1990"), ("3", "4", "1990")),
    (Kind.DATE, ("3rd", "April", "1990"), ("3", "apr.", "1990")),
    (Kind.POSTCODE, ("sw1a1aa",), ("SW1A 1AA",)),
    (Kind.POSTCODE, ("SW1A OAA",), ("SW1A 0AA",)),
    (Kind.PHONE, ("+44 (0)20 7946 0000",), ("020-7946-0000",)),
    (Kind.PHONE, ("0044 7700 900982",), ("07700 900 982",)),
    (Kind.EMAIL, ("Ife@Example.org ",), ("ife@example.org",)),
    (Kind.CODE, ("pc 1234-mp",), ("PC1234MP",)),
    (Kind.ADDRESS, ("12 High St.,\nLondon",), ("12 high st\nLondon",)),
    (Kind.WORDS, ("They said: “No!”",), ('they said - "no"',)),
    (Kind.CHOICE, ("mon", "tue"), ("tue", "mon", "mon")),
    (Kind.CHOICE, (), ("",)),
    (Kind.LINE, ("about 9 p.m.",), ("About 9 p.m",)),
]
OTHER = [
    (Kind.NAME, ("Ife Abara",), ("Ife Abbara",)),
    (Kind.NAME, ("José",), ("Jose",)),
    (Kind.NAME, ("O'Neill",), ("ONeill",)),
    (Kind.DATE, ("3", "4", "1990"), ("4", "3", "1990")),
    (Kind.DATE, ("3", "4", "90"), ("3", "4", "1990")),
    (Kind.DATE, ("3", "4", "1990"), ("3", "4", "1999")),
    (Kind.DATE, ("3", "", "1990"), ("", "3", "1990")),
    (Kind.POSTCODE, ("SW1A 1AA",), ("SW1A 1AB",)),
    (Kind.PHONE, ("07700 900982",), ("07700 900928",)),
    (Kind.EMAIL, ("a.b@example.org",), ("ab@example.org",)),
    (Kind.CODE, ("1234",), ("1243",)),
    (Kind.ADDRESS, ("12 High St",), ("21 High St",)),
    (Kind.WORDS, ("I can hear",), ("I can't hear",)),
    (Kind.WORDS, ("at 9.30",), ("at 9 30",)),
    (Kind.CHOICE, ("yes",), ("no",)),
    (Kind.LINE, ("1.5 miles",), ("15 miles",)),
]


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_what_does_not_matter_is_no_difference(kind: Kind, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert not differ(kind, Read(one), Read(other))


@pytest.mark.parametrize(("kind", "one", "other"), OTHER)
def test_what_matters_is_a_difference(kind: Kind, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert differ(kind, Read(one), Read(other))


@pytest.mark.parametrize("kind", Kind)
def test_unreadable_and_missing_are_answers_of_their_own(kind: Kind) -> None:
    unreadable, missing = Read(mark=Mark.UNREADABLE), Read(mark=Mark.MISSING)
    assert not differ(kind, unreadable, Read(("half of it",), Mark.UNREADABLE))
    assert differ(kind, unreadable, missing)
    assert differ(kind, unreadable, Read(("3", "4", "1990")))
    assert differ(kind, missing, Read(("3",)))
    assert not differ(kind, missing, Read(mark=Mark.MISSING))


def test_a_summary_is_never_compared_word_by_word() -> None:
    assert not differ(Kind.WORDS, Read(("He was rude.",), Mark.SUMMARY), Read(("He said that I ...",)))
    assert not differ(Kind.WORDS, Read(("A.",), Mark.SUMMARY), Read(("B.",), Mark.SUMMARY))
    assert differ(Kind.WORDS, Read(("He was rude.",), Mark.SUMMARY), Read(mark=Mark.UNREADABLE))


texts = st.lists(st.text(max_size=30), max_size=3).map(tuple)
reads = st.builds(Read, texts, st.sampled_from(Mark))


@given(st.sampled_from(Kind), reads, reads)
def test_who_came_first_does_not_matter(kind: Kind, one: Read, other: Read) -> None:
    assert differ(kind, one, other) == differ(kind, other, one)


@given(st.sampled_from(Kind), reads)
def test_nobody_differs_from_themselves(kind: Kind, read: Read) -> None:
    assert not differ(kind, read, read)


@given(st.sampled_from(Kind), texts)
def test_blanks_around_and_capitals_never_matter(kind: Kind, typed: tuple[str, ...]) -> None:
    assert essence(kind, typed) == essence(kind, tuple(f"  {text} \n" for text in typed))


@given(st.sampled_from([Kind.NAME, Kind.CODE, Kind.LINE]), st.text("abcdefghij", min_size=1, max_size=12), st.data())
def test_one_letter_typed_wrong_is_always_seen(kind: Kind, text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from("abcdefghij").filter(lambda c: c != text[place]))
    assert differ(kind, Read((text,)), Read((text[:place] + wrong + text[place + 1 :],)))
