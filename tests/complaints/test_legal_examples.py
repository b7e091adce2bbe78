"""Examples of the law's clocks, each worked by hand with a calendar on the wall. England and Wales; start days not counted.

Holidays that matter: 2024: 29 March, 1 April, 6 May, 27 May, 26 August, 25 and 26 December; 2025: 1 January, 18 April,
21 April, 5 May, 26 May, 25 August, 25 and 26 December; 2026: 1 January, 3 April, 6 April, 4 May, 25 May, 31 August,
25 December, 28 December (in place of Saturday 26); 2027: 1 January, 26 March, 29 March, 3 May.
"""

from __future__ import annotations

from datetime import date

import pytest

from casework.clocks import Happening, parse_rule
from casework.clocks.duties import duties
from casework.complaints import review
from casework.complaints.duties import SETTINGS, declared
from casework.settings.declared import BY_KEY
from tests.clocks.oracle import ENGLAND_AND_WALES


def d(text: str) -> date:
    day, month, year = text.split()
    return date(
        int(year),
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].index(month) + 1,
        int(day),
    )


DUTIES = {duty.name: duty for duty in declared(lambda key: parse_rule(BY_KEY[key].default))}


def due_days(name: str, *happenings: tuple[str, str], today: str = "31 Dec 2027") -> list[date | None]:
    """Every day on which a duty of this name was due in a history."""
    known = [Happening(what, d(on)) for what, on in happenings]
    return [each.due for each in duties([DUTIES[name]], known, ENGLAND_AND_WALES, d(today))]


# name, the history, the days on which it is due
EXAMPLES: list[tuple[str, list[tuple[str, str]], list[str]]] = [
    # Acknowledgement: 2 working days.
    ("acknowledge", [("complaint.submit", "19 Nov 2026")], ["23 Nov 2026"]),  # Thursday: Friday, Monday
    ("acknowledge", [("complaint.submit", "2 Apr 2026")], ["8 Apr 2026"]),  # Maundy Thursday: Tuesday 7, Wednesday 8
    ("acknowledge", [("complaint.submit", "24 Dec 2026")], ["30 Dec 2026"]),  # 25 and 28 are holidays: 29, 30
    ("acknowledge", [("complaint.submit", "22 Nov 2026")], ["24 Nov 2026"]),  # a Sunday: Monday, Tuesday
    # First contact: 5 working days from receipt.
    ("contact", [("complaint.submit", "19 Nov 2026")], ["26 Nov 2026"]),
    ("contact", [("complaint.submit", "1 Apr 2026")], ["10 Apr 2026"]),  # 2, 7, 8, 9, 10
    ("contact", [("complaint.submit", "21 May 2026")], ["29 May 2026"]),  # 22, 26, 27, 28, 29: Monday 25 is a holiday
    # Progress: four weeks, then four weeks from each update that was delivered (reg 34(2)(a)).
    ("progress", [("complaint.submit", "1 Apr 2026")], ["29 Apr 2026"]),
    ("progress", [("complaint.submit", "2 Mar 2026"), ("told:complaint-update", "27 Mar 2026")], ["30 Mar 2026", "24 Apr 2026"]),
    ("progress", [("complaint.submit", "2 Mar 2026"), ("told:complaint-update", "2 Apr 2026")], ["30 Mar 2026", "30 Apr 2026"]),  # late: from the day it was told
    ("progress", [("complaint.submit", "5 Feb 2024")], ["4 Mar 2024"]),  # over 29 February
    ("progress", [("complaint.submit", "5 Mar 2026")], ["2 Apr 2026"]),  # over the change of the clocks on 29 March
    ("progress", [("complaint.submit", "4 Dec 2026")], ["1 Jan 2027"]),  # a holiday counts: weeks are weeks
    ("progress", [("complaint.submit", "2 Mar 2026"), ("complaint.update", "27 Mar 2026")], ["30 Mar 2026"]),  # written, not delivered: does not count
    ("progress", [("complaint.submit", "2 Mar 2026"), ("told:complaint-outcome", "20 Mar 2026")], ["30 Mar 2026"]),  # the outcome ends them
    ("progress", [("complaint.submit", "2 Mar 2026"), ("told:complaint-outcome", "20 Mar 2026"), ("complaint.reopen", "1 Jun 2026")], ["30 Mar 2026", "29 Jun 2026"]),
    # The outcome: 5 working days after it was decided (reg 34(2)(b)).
    ("outcome", [("complaint.approve", "20 Nov 2026")], ["27 Nov 2026"]),
    ("outcome", [("complaint.approve", "30 Mar 2026")], ["8 Apr 2026"]),  # 31 March, 1, 2, 7, 8 April
    ("outcome", [("complaint.approve", "22 Dec 2026")], ["31 Dec 2026"]),  # 23, 24, 29, 30, 31
    ("outcome", [("complaint.approve", "22 Dec 2026"), ("complaint.record", "23 Dec 2026")], [None]),  # recorded instead: ended
    # The referral: by the end of the day after, a calendar day.
    ("refer", [("complaint.criteria_met", "20 Nov 2026")], ["21 Nov 2026"]),  # Friday: Saturday
    ("refer", [("complaint.criteria_met", "24 Dec 2026")], ["25 Dec 2026"]),  # Christmas Day
    ("refer", [("complaint.criteria_met", "28 Feb 2024")], ["29 Feb 2024"]),
    # Twelve months from the day of the complaint, then every six (reg 13).
    ("report", [("complaint.recorded_from", "29 Feb 2024")], ["28 Feb 2025"]),
    ("report", [("complaint.recorded_from", "15 Jan 2026")], ["15 Jan 2027"]),
    ("report_again", [("complaint.report", "15 Jan 2027")], ["15 Jul 2027"]),
    ("report_again", [("complaint.report", "31 Aug 2026"), ("complaint.report", "1 Mar 2027")], ["28 Feb 2027", "1 Sep 2027"]),
    # Evidence: asked for on the next working day; footage is gone after 31 days.
    ("preserve", [("complaint.preservation_owed", "20 Nov 2026")], ["23 Nov 2026"]),
    ("footage", [("complaint.happened", "1 Jan 2026")], ["1 Feb 2026"]),
    ("footage", [("complaint.happened", "31 Jan 2024")], ["2 Mar 2024"]),  # 29 days in February
    # A suspension is looked at every 28 days.
    ("suspension", [("complaint.suspend", "2 Mar 2026"), ("complaint.review_suspension", "25 Mar 2026")], ["30 Mar 2026", "22 Apr 2026"]),
    ("suspension", [("complaint.suspend", "2 Mar 2026"), ("complaint.resume", "9 Mar 2026")], ["30 Mar 2026"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "history", "expected"), EXAMPLES)
def test_a_duty_is_due_on_the_day_that_a_person_counts(
    name: str, history: list[tuple[str, str]], expected: list[str | None]
) -> None:
    found = due_days(name, *history)
    if expected == [None]:
        # it has a day, and was ended before
        [one] = duties(
            [DUTIES[name]], [Happening(what, d(on)) for what, on in history], ENGLAND_AND_WALES, date(2027, 12, 31)
        )
        assert not one.is_open and one.met_on is None
        return
    assert found == [d(text) for text in expected if text]


# The day of the letter, by post or by e-mail, days with the wrong body: the printed day, the day we keep it open until.
WINDOWS = [
    ("1 Apr 2026", "2 working days", 0, "29 Apr 2026", "5 May 2026"),  # posted Wednesday: 2 and 7 April, then 28 days
    ("1 Apr 2026", "0 days", 0, "29 Apr 2026", "29 Apr 2026"),
    ("1 Apr 2025", "2 working days", 0, "29 Apr 2025", "1 May 2025"),  # Tuesday: 2, 3 April
    ("18 Dec 2026", "2 working days", 0, "15 Jan 2027", "19 Jan 2027"),  # Friday: 21, 22 December
    ("24 Dec 2026", "2 working days", 0, "21 Jan 2027", "27 Jan 2027"),  # 29, 30 December
    ("1 Feb 2024", "2 working days", 0, "29 Feb 2024", "4 Mar 2024"),  # Thursday: 2, 5 February
    ("1 Apr 2026", "2 working days", 9, "29 Apr 2026", "14 May 2026"),  # nine days with the wrong body are added
    ("26 Mar 2026", "4 working days", 0, "23 Apr 2026", "29 Apr 2026"),  # second class: 27, 30, 31 March, 1 April
]


@pytest.mark.parametrize(("told", "delivery", "misdirected", "printed", "until"), WINDOWS)
def test_the_review_window_prints_the_safe_day_and_stays_open_to_the_later_one(
    told: str, delivery: str, misdirected: int, printed: str, until: str
) -> None:
    found = review.window(d(told), parse_rule("28 days"), parse_rule(delivery), ENGLAND_AND_WALES, misdirected)
    assert (found.printed, found.open_until) == (d(printed), d(until))


def test_there_are_more_than_thirty_examples_and_every_duty_has_one() -> None:
    assert len(EXAMPLES) + len(WINDOWS) > 30
    assert {name for name, _, _ in EXAMPLES} >= set(DUTIES) - {"review", "act_on_review"}
    assert set(SETTINGS) == set(DUTIES)
