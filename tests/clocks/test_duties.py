"""What is owed by when, what alone meets it, and how late it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.clocks import Calendar, Days, Duty, Happening, Pause, Weeks, WorkingDays
from casework.clocks.duties import duties
from tests.clocks.oracle import ENGLAND_AND_WALES, calendars, near_days, rules, simulate

UPDATE = Duty(
    "update",
    "Tell the complainant how it goes",
    starts=("received", "reopened"),
    rule=Weeks(4),  # reg 34(2)(a) of the Police (Complaints and Misconduct) Regulations 2020
    satisfied_by=("told:update", "posted:update"),
    re_arms=True,
    paused_by=("ask",),
    resumed_by=("answer",),
    ends=("withdraw", "told:outcome"),
)
CONTACT = Duty("contact", "Speak to the complainant", ("received",), WorkingDays(5), ("spoken",))


def owed(*happenings: tuple[str, date], today: date, duty: Duty = UPDATE):
    return duties([duty], [Happening(name, on) for name, on in happenings], ENGLAND_AND_WALES, today)


def test_nothing_is_owed_before_it_starts():
    assert owed(today=date(2024, 1, 1)) == []
    assert owed(("told:update", date(2024, 1, 1)), today=date(2024, 1, 1)) == []


def test_an_open_duty_has_a_due_date_and_its_sum():
    [one] = owed(("received", date(2024, 1, 1)), today=date(2024, 1, 10))
    assert (one.number, one.started_on, one.due, one.met_on) == (1, date(2024, 1, 1), date(2024, 1, 29), None)
    assert one.is_open
    assert one.days_late == 0
    assert one.explained.words.startswith("We count 4 weeks")


def test_the_next_update_counts_from_the_day_the_last_one_was_given_be_it_early_or_late():
    first, second, third = owed(
        ("received", date(2024, 1, 1)),
        ("told:update", date(2024, 1, 22)),
        ("posted:update", date(2024, 2, 26)),
        today=date(2024, 3, 1),
    )
    assert (first.due, first.met_on, first.days_late) == (date(2024, 1, 29), date(2024, 1, 22), 0)
    assert (second.started_on, second.due, second.met_on) == (date(2024, 1, 22), date(2024, 2, 19), date(2024, 2, 26))
    assert (second.days_late, second.working_days_late) == (7, 5)
    assert (third.number, third.started_on, third.due, third.is_open) == (3, date(2024, 2, 26), date(2024, 3, 25), True)


def test_nothing_but_a_message_resets_the_clock():
    quiet = [("retype", date(2024, 1, 5)), ("assign", date(2024, 1, 9)), ("received", date(2024, 1, 20))]
    assert owed(("received", date(2024, 1, 1)), *quiet, today=date(2024, 3, 1)) == owed(
        ("received", date(2024, 1, 1)), today=date(2024, 3, 1)
    )


def test_an_overdue_duty_gets_later_every_day_until_it_is_met():
    start = ("received", date(2024, 3, 27))  # Good Friday and Easter Monday follow
    [now] = owed(start, today=date(2024, 4, 8), duty=CONTACT)
    assert (now.due, now.days_late, now.working_days_late) == (date(2024, 4, 5), 3, 1)
    [met] = owed(start, ("spoken", date(2024, 4, 8)), today=date(2024, 6, 1), duty=CONTACT)
    assert (met.met_on, met.days_late, met.working_days_late) == (date(2024, 4, 8), 3, 1)


def test_a_duty_met_on_the_day_it_started_is_met():
    [one] = owed(("received", date(2024, 1, 1)), ("spoken", date(2024, 1, 1)), today=date(2024, 1, 1), duty=CONTACT)
    assert one.met_on == date(2024, 1, 1)
    assert not one.is_open


def test_two_messages_on_one_day_are_one_update():
    found = owed(
        ("received", date(2024, 1, 1)),
        ("told:update", date(2024, 1, 8)),
        ("posted:update", date(2024, 1, 8)),
        today=date(2024, 1, 9),
    )
    assert [(each.number, each.met_on) for each in found] == [(1, date(2024, 1, 8)), (2, None)]


def test_the_outcome_ends_the_updates_and_reopening_starts_them_afresh():
    first, second = owed(
        ("received", date(2024, 1, 1)),
        ("told:outcome", date(2024, 2, 5)),
        ("reopened", date(2024, 5, 1)),
        today=date(2024, 5, 2),
    )
    assert (first.ended_on, first.met_on, first.days_late) == (date(2024, 2, 5), None, 7)
    assert (second.number, second.started_on, second.due) == (1, date(2024, 5, 1), date(2024, 5, 29))


def test_what_satisfies_and_ends_meets_the_last_one():
    last = Duty("update", "Tell", ("received",), Weeks(4), ("told:outcome",), re_arms=True, ends=("told:outcome",))
    [one] = owed(("received", date(2024, 1, 1)), ("told:outcome", date(2024, 1, 9)), today=date(2024, 2, 1), duty=last)
    assert (one.met_on, one.ended_on) == (date(2024, 1, 9), None)


def test_days_between_a_question_and_its_answer_do_not_count():
    [one] = owed(
        ("received", date(2024, 1, 1)),
        ("ask", date(2024, 1, 10)),
        ("answer", date(2024, 1, 20)),
        today=date(2024, 1, 21),
    )
    assert one.due == date(2024, 2, 8)
    assert one.paused == (Pause(date(2024, 1, 10), date(2024, 1, 20)),)


def test_while_the_clock_stands_still_there_is_no_due_date_and_nothing_is_late():
    [one] = owed(("received", date(2024, 1, 1)), ("ask", date(2024, 1, 10)), today=date(2025, 1, 1))
    assert one.due is None
    assert one.is_stopped
    assert (one.days_late, one.working_days_late) == (0, 0)


def test_a_question_after_the_due_day_does_not_make_it_less_late():
    [one] = owed(("received", date(2024, 1, 1)), ("ask", date(2024, 1, 30)), today=date(2024, 2, 8))
    assert (one.due, one.days_late, one.is_stopped) == (date(2024, 1, 29), 10, False)


def test_asking_twice_stops_the_clock_once_and_an_answer_to_nothing_changes_nothing():
    plain = owed(
        ("received", date(2024, 1, 1)), ("ask", date(2024, 1, 10)), ("answer", date(2024, 1, 20)), today=date.max
    )
    wordy = owed(
        ("received", date(2024, 1, 1)),
        ("answer", date(2024, 1, 5)),
        ("ask", date(2024, 1, 10)),
        ("ask", date(2024, 1, 15)),
        ("answer", date(2024, 1, 20)),
        ("answer", date(2024, 1, 25)),
        today=date.max,
    )
    assert wordy == plain


def test_a_duty_that_was_met_keeps_its_date_whatever_happens_afterwards():
    past = [("received", date(2024, 1, 1)), ("ask", date(2024, 1, 10)), ("told:update", date(2024, 1, 15))]
    before = owed(*past, today=date(2024, 1, 15))[0]
    after = owed(*past, ("answer", date(2024, 1, 20)), today=date(2024, 3, 1))[0]
    assert before == after
    assert before.due is None
    same_day = owed(
        ("received", date(2024, 1, 1)), ("told:update", date(2024, 1, 9)), ("ask", date(2024, 1, 9)), today=date.max
    )
    assert same_day[0].due == date(2024, 1, 29)


def test_what_lies_in_the_future_is_not_known_yet():
    assert owed(("received", date(2024, 1, 2)), today=date(2024, 1, 1)) == []


def test_an_envelope_keyed_late_counts_from_the_day_it_arrived():
    found = owed(("told:update", date(2024, 1, 20)), ("received", date(2024, 1, 3)), today=date(2024, 1, 21))
    assert [each.started_on for each in found] == [date(2024, 1, 3), date(2024, 1, 20)]


def test_several_duties_come_in_the_order_declared():
    found = duties([CONTACT, UPDATE], [Happening("received", date(2024, 1, 1))], ENGLAND_AND_WALES, date(2024, 1, 2))
    assert [each.duty.name for each in found] == ["contact", "update"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"starts": ()}, "must name what starts it"),
        ({"satisfied_by": ()}, "what satisfies it"),
        ({"paused_by": ("ask",)}, "both what pauses it and what resumes it"),
        ({"resumed_by": ("answer",)}, "both what pauses it and what resumes it"),
        ({"paused_by": ("ask",), "resumed_by": ("ask",)}, "by the same thing"),
    ],
)
def test_a_duty_that_could_not_work_is_refused(wrong: dict[str, tuple[str, ...]], sentence: str):
    with pytest.raises(ValueError, match=sentence):
        Duty(**{"name": "x", "words": "X", "starts": ("a",), "rule": Days(1), "satisfied_by": ("b",), **wrong})


def test_a_duty_names_everything_it_depends_on():
    assert CONTACT.mentions == {"received", "spoken"}
    assert {"ask", "answer", "withdraw", "told:outcome"} <= UPDATE.mentions


names = st.sampled_from(["start", "start again", "met", "met too", "pause", "resume", "end", "other", "met and end"])
declared = st.builds(
    Duty,
    name=st.just("duty"),
    words=st.just("A duty"),
    starts=st.sampled_from([("start",), ("start", "start again"), ("start", "end")]),
    rule=rules(40),
    satisfied_by=st.sampled_from([("met",), ("met", "met too", "met and end"), ("met", "start again")]),
    re_arms=st.booleans(),
    paused_by=st.just(("pause",)),
    resumed_by=st.just(("resume",)),
    ends=st.sampled_from([(), ("end",), ("end", "met and end")]),
)


@settings(deadline=None, max_examples=500)
@given(
    declared,
    st.lists(st.builds(Happening, names, near_days), max_size=14),
    calendars(),
    near_days,
)
def test_duties_equal_living_through_the_history_day_by_day(
    duty: Duty, happenings: list[Happening], calendar: Calendar, today: date
):
    fast = duties([duty], happenings, calendar, today)
    slow = simulate(duty, happenings, calendar, today)
    assert [
        (each.number, each.started_on, each.met_on, each.ended_on, each.due, each.days_late, each.working_days_late)
        for each in fast
    ] == [
        (each.number, each.started_on, each.met_on, each.ended_on, each.due, each.days_late, each.working_days_late)
        for each in slow
    ]
    assert all(each.explained.due == each.due and each.explained.words for each in fast)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.builds(Happening, st.sampled_from(["told:update", "ask", "answer", "assign"]), near_days), max_size=10)
)
def test_an_open_complaint_never_lacks_a_next_update(happenings: list[Happening]):
    found = duties(
        [UPDATE], [Happening("received", date(2024, 1, 15)), *happenings], ENGLAND_AND_WALES, date(2024, 5, 1)
    )
    assert [each.is_open for each in found] == [False] * (len(found) - 1) + [True]
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    assert all(one.met_on == other.started_on for one, other in zip(found, found[1:], strict=False))
