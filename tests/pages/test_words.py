"""The words that templates have: dates and times as people write them in London, and text that stays text."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from casework.web import words

SUMMER = datetime(2017, 6, 2, 14, 5, tzinfo=UTC)


def test_days_and_moments_are_those_of_london() -> None:
    assert words.day(date(2017, 6, 2)) == words.day(SUMMER) == "Friday 2 June 2017"
    assert words.day(datetime(2017, 6, 2, 23, 30, tzinfo=UTC)) == "Saturday 3 June 2017"
    assert words.moment(SUMMER) == "2 June 2017 at 3:05pm"
    assert words.short_day(SUMMER) == "2 Jun 2017"
    assert words.day(None) == words.moment(None) == words.clock(None) == words.short_day(None) == ""


@pytest.mark.parametrize(
    ("wall", "written"),
    [(time(9), "9am"), (time(9, 5), "9:05am"), (time(0), "midnight"), (time(12), "midday"), (time(0, 1), "12:01am")],
)
def test_times_are_written_as_people_say_them(wall: time, written: str) -> None:
    assert words.clock(wall) == written


def test_typed_text_becomes_paragraphs_and_never_markup() -> None:
    html = words.paragraphs("<b>one</b>\r\nstill one\r\n\r\n\r\n\r\ntwo & <script>")
    assert html == (
        '<p class="govuk-body cw-lines" dir="auto">&lt;b&gt;one&lt;/b&gt;\nstill one</p>\n'
        '<p class="govuk-body cw-lines" dir="auto">two &amp; &lt;script&gt;</p>'
    )
    assert words.paragraphs(None) == words.paragraphs("  ") == ""
