"""The projection of every state and day, and the duties of every complaint, computed once each by the program itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Protocol

from casework.cases import duties, registry, service
from casework.clocks import Happening
from casework.clocks import duties as clocks
from casework.clocks.london import london_date
from casework.complaints import duties as declared
from casework.complaints import effects
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.moments import today
from casework.rides.models import Ride
from casework.settings import service as settings

Day = tuple[str, date]
# due_on, clock_on, next_due_on, waits_for, is_open
Projected = tuple[date | None, date | None, date, str, bool]
# Which step leads to which way of handling.
_LEADS = {"handle_outside": "outside", "handle": "handling", "investigate": "investigating"}


class Walked(Protocol):
    """A case whose life was walked."""

    kind: str
    state: Any
    since: Any
    opened: datetime
    done: dict[str, datetime]
    happened: list[Day]
    told: list[Day]

    def on(self, step: str) -> date | None:
        """The day of the last such step."""


@dataclass(frozen=True)
class OfComplaint:
    """What is stored of a complaint's dates: duties as name, start, due, met, ended."""

    projected: Projected
    duties: tuple[tuple[Any, ...], ...]
    window: tuple[date | None, date | None]
    route: str


class Dates:
    """Asks the program for what is stored for speed, and remembers the answers: many cases have the same."""

    def __init__(self) -> None:
        self._projected: dict[tuple[Any, ...], Projected] = {}
        self._complaints: dict[tuple[Any, ...], OfComplaint] = {}
        self._owed = registry.named("complaint").duties

    def of_ride(self, walked: Walked) -> Projected:
        """The dates of an application."""
        return self._of(walked, Ride, reconsidered=False)

    def of_feedback(self, walked: Walked) -> Projected:
        """The dates of feedback."""
        return self._of(walked, Feedback)

    def of_complaint(self, walked: Walked, happened_on: date) -> OfComplaint:
        """The dates of a complaint, with what is owed to its person."""
        key = (walked.state, walked.since == walked.opened, happened_on, tuple(walked.happened), tuple(walked.told))
        if key not in self._complaints:
            self._complaints[key] = self._complaint(walked, happened_on)
        return self._complaints[key]

    def _of(self, walked: Walked, model: type[Any], **facts: Any) -> Projected:
        begins = walked.since == walked.opened
        key = (walked.kind, walked.state, london_date(walked.since), begins)
        if key not in self._projected:
            self._projected[key] = _projection(self._case(walked, model, **facts))
        return self._projected[key]

    def _case(self, walked: Walked, model: type[Any], **facts: Any) -> Any:
        since = walked.since.astimezone(UTC)
        case = model(state=walked.state, state_since=since, opened_at=walked.opened.astimezone(UTC), **facts)
        case.received_on = london_date(walked.opened)
        with db.session.no_autoflush:
            service.project(registry.of(case), case)
        return case

    def _complaint(self, walked: Walked, happened_on: date) -> OfComplaint:
        received = london_date(walked.opened)
        found = [Happening(name, received if name == "complaint.submit" else on) for name, on in walked.happened]
        found += [Happening(duties.TOLD + name, on) for name, on in walked.told]
        about = SimpleNamespace(received_on=received, encounter=SimpleNamespace(happened_on=happened_on))
        assert self._owed
        owed = clocks.duties(self._owed(), declared.derive(about, found), settings.calendar(), today())
        facts = {"recorded_on": walked.on("record"), "told_on": walked.on("send"), "misdirected_days": 0}
        window = Complaint(**facts)
        effects.set_window(window, "email")
        days = {"review_by": window.review_by, "review_open_until": window.review_open_until}
        case = self._case(walked, Complaint, **facts, **days)
        case.next_due_on = duties.next_due_on(case, owed)
        return OfComplaint(
            _projection(case),
            tuple((each.duty.name, each.started_on, each.due, each.met_on, each.ended_on) for each in owed),
            (window.review_by, window.review_open_until),
            next((_LEADS[step] for step in reversed(walked.done) if step in _LEADS), ""),
        )


def _projection(case: Any) -> Projected:
    return (case.due_on, case.clock_on, case.next_due_on, case.waits_for, case.is_open)
