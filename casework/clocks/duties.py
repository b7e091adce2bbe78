"""What is owed to somebody by a date, and what alone meets it. Derived from what happened, never from what was meant.

A duty is declared beside a workflow's rows; `duties` works out every date that follows from a history. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from casework.clocks.calendar import Calendar
from casework.clocks.pauses import Pause
from casework.clocks.rules import Rule
from casework.clocks.sums import Sum, explain


@dataclass(frozen=True)
class Duty:
    """Something owed within a period, once or again and again.

    - It starts with the first of `starts`. Another one while it runs changes nothing; one that comes when nothing is
      owed any more (it was met, or had ended) starts it afresh with number 1.
    - It is met by the first of `satisfied_by` and by nothing else: nothing but that resets a clock.
    - If it `re_arms`, the next one starts on the day on which the last one was met, early or late. A second message on
      that same day does not count for the next one.
    - One of `ends` ends the need, met or not. If it also satisfies, it meets the duty and no next one starts.
    - From one of `paused_by` until one of `resumed_by`, or of `ends`, the clock stands still, as `pauses` says.
      Stopping a stopped clock or starting a running one changes nothing. A duty that starts in such a span stands still
      at first.

    ValueError if nothing starts it or satisfies it, if it names only one of pausing and resuming, or one for both.
    """

    name: str
    words: str
    starts: tuple[str, ...]
    rule: Rule
    satisfied_by: tuple[str, ...]
    re_arms: bool = False
    paused_by: tuple[str, ...] = ()
    resumed_by: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.starts or not self.satisfied_by:
            raise ValueError(f"The duty “{self.name}” must name what starts it and what satisfies it.")
        if bool(self.paused_by) != bool(self.resumed_by):
            raise ValueError(f"The duty “{self.name}” must name both what pauses it and what resumes it, or neither.")
        if set(self.paused_by) & set(self.resumed_by + self.ends):
            raise ValueError(f"The duty “{self.name}” is paused and resumed by the same thing.")

    @property
    def mentions(self) -> frozenset[str]:
        """Every name of an event or message that it depends on, for checking that each exists."""
        return frozenset(self.starts + self.satisfied_by + self.paused_by + self.resumed_by + self.ends)


@dataclass(frozen=True)
class Happening:
    """Something in the history of a case, or a message delivered or posted, by its name and London date."""

    name: str
    on: date


@dataclass(frozen=True)
class Owed:
    """One duty of a case: when it is due, when it was met, how late it is.

    `number` counts along a duty that re-arms. `met_on` and `ended_on` are both None while it is open. Lateness is
    counted up to the day it was met or ended, else up to today, in calendar days and in working days; it is 0 while
    there is time and while the clock stands still before the due day. Pauses after the due day make nothing less late.
    """

    duty: Duty
    number: int
    started_on: date
    met_on: date | None
    ended_on: date | None
    explained: Sum
    days_late: int
    working_days_late: int

    @property
    def due(self) -> date | None:
        """The last day on which it is met in time; None if its clock stands still, or stood still to its end."""
        return self.explained.due

    @property
    def paused(self) -> tuple[Pause, ...]:
        """The spans that moved its due date."""
        return self.explained.paused

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.met_on is None and self.ended_on is None

    @property
    def is_stopped(self) -> bool:
        """Whether it is still owed but its clock stands still."""
        return self.is_open and self.due is None


def duties(declared: Iterable[Duty], happenings: Iterable[Happening], calendar: Calendar, today: date) -> list[Owed]:
    """Every duty that has arisen up to today, in the order declared and then in time.

    Happenings may come in any order of days; those of one day are taken in the order given. What lies after today is
    not known yet. A due date depends on today in no other way, so it can be stored until something happens.
    """
    known = sorted((each for each in happenings if each.on <= today), key=lambda each: each.on)
    return [owed for duty in declared for owed in _owed(duty, known, calendar, today)]


@dataclass
class _Run:
    number: int
    started_on: date
    met_on: date | None = None
    ended_on: date | None = None

    @property
    def closed_on(self) -> date | None:
        return self.met_on or self.ended_on


def _owed(duty: Duty, known: Sequence[Happening], calendar: Calendar, today: date) -> Iterator[Owed]:
    spans = _spans(duty, known)
    for run in _runs(duty, known):
        explained = explain(run.started_on, duty.rule, calendar, _up_to(run.closed_on, spans))
        until = run.closed_on or today
        due = explained.due or until
        yield Owed(
            duty=duty,
            number=run.number,
            started_on=run.started_on,
            met_on=run.met_on,
            ended_on=run.ended_on,
            explained=explained,
            days_late=max(0, (until - due).days),
            working_days_late=calendar.working_days(due, until),
        )


def _runs(duty: Duty, known: Sequence[Happening]) -> Iterator[_Run]:
    run: _Run | None = None
    for each in known:
        if run is not None and each.name in duty.satisfied_by and (run.number == 1 or each.on > run.started_on):
            run.met_on = each.on
            yield run
            again = duty.re_arms and each.name not in duty.ends
            run = _Run(run.number + 1, each.on) if again else None
        elif run is not None and each.name in duty.ends:
            run.ended_on = each.on
            yield run
            run = None
        if run is None and each.name in duty.starts:
            run = _Run(1, each.on)
    if run is not None:
        yield run


def _spans(duty: Duty, known: Sequence[Happening]) -> list[Pause]:
    spans: list[Pause] = []
    since: date | None = None
    for each in known:
        if since is None and each.name in duty.paused_by:
            since = each.on
        elif since is not None and each.name in duty.resumed_by + duty.ends:
            spans.append(Pause(since, each.on))
            since = None
    return [*spans, Pause(since, None)] if since is not None else spans


def _up_to(day: date | None, spans: Sequence[Pause]) -> list[Pause]:
    """The pauses as they were known when a duty was met or ended, so that its date never changes afterwards."""
    if day is None:
        return list(spans)
    begun = [each for each in spans if each.since < day]
    return [replace(each, until=None) if each.until is not None and each.until > day else each for each in begun]
