"""The lives that generated cases have led: how often a state is met, how long ago it began, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.cases import registry
from casework.roles import Role
from casework.workflow import Row, Tell


@dataclass(frozen=True)
class Life:
    """A way through a table. A step of a part of the case has its kind before it; one without a row only records.

    `ago`: how many days ago at most the last step was taken; `gap`: how many days lie between two steps.
    """

    state: str
    weight: int
    ago: int
    way: str
    gap: int = 3

    @property
    def steps(self) -> list[str]:
        """The steps in order."""
        return self.way.split()


# Of a hundred cases, and of a hundred of each kind how many are open.
SHARES = {"ride": 55, "feedback": 30, "complaint": 15}
OPEN = {"ride": 0.2, "feedback": 0.18, "complaint": 0.25}

_LOGGED = "submit allegation.allege check_referral log"
_SPOKEN = f"{_LOGGED} try_contact contact"
_LOOKED_INTO = f"{_SPOKEN} record check_referral investigate update update"
_ANSWERED = "allegation.resolve answer_review_questions draft approve"
LIVES: dict[str, list[Life]] = {
    "ride": [
        Life("submitted", 12, 40, "apply"),
        Life("waiting", 7, 20, "apply invite"),
        Life("checks", 8, 80, "apply invite provide"),
        Life("decision", 4, 30, "apply invite provide conclude"),
        Life("approved", 9, 80, "apply invite provide conclude approve"),
        Life("refused", 15, 700, "apply invite provide conclude refuse"),
        Life("withdrawn", 20, 700, "apply invite withdraw"),
        Life("expired", 10, 700, "apply invite lapse"),
        Life("closed", 15, 700, "apply invite provide conclude approve close"),
    ],
    "feedback": [
        Life("received", 6, 12, "submit"),
        Life("answering", 6, 25, "submit take_up"),
        Life("asked", 3, 12, "submit take_up ask"),
        Life("offered", 3, 25, "submit offer_complaint"),
        Life("closed", 60, 700, "submit take_up reply_and_close"),
        Life("closed", 12, 700, "submit take_up ask answer reply_and_close"),
        Life("redirected", 5, 700, "submit redirect"),
        Life("withdrawn", 5, 700, "submit take_up withdraw"),
    ],
    "complaint": [
        Life("received", 5, 6, "submit", 1),
        Life("logged", 5, 14, _LOGGED, 1),
        Life("contacted", 3, 20, _SPOKEN, 1),
        Life("outside", 3, 30, f"{_SPOKEN} handle_outside", 2),
        Life("recorded", 1, 8, f"{_SPOKEN} record", 1),
        Life("handling", 2, 60, f"{_SPOKEN} record check_referral handle update"),
        Life("investigating", 4, 120, _LOOKED_INTO, 9),
        Life("drafted", 1, 8, f"{_LOOKED_INTO} allegation.resolve draft", 9),
        Life("approved", 1, 4, f"{_LOOKED_INTO} {_ANSWERED}", 8),
        Life("sent", 2, 20, f"{_LOOKED_INTO} {_ANSWERED} send", 8),
        Life("finalised", 35, 500, f"{_LOOKED_INTO} {_ANSWERED} send finalise", 8),
        Life("finalised", 30, 500, f"{_SPOKEN} handle_outside {_ANSWERED} send finalise", 2),
        Life("withdrawn", 8, 500, f"{_SPOKEN} ask_to_withdraw allegation.drop withdraw"),
        Life("transferred", 4, 500, "submit transfer", 1),
    ],
}
# One complaint that has gone on for long: 200 events, of which 40 are messages, half of them ours.
LONG = Life("investigating", 0, 5, _LOOKED_INTO + " write update" * 19 + " note assign" * 75 + " note", 1)

# Who takes a step, where that is not whoever works on the case.
BY = {
    "apply": Role.PUBLIC, "provide": Role.APPLICANT, "ride.withdraw": Role.APPLICANT, "conclude": Role.SYSTEM,
    "lapse": Role.CLOCK, "close": Role.CLOCK, "submit": Role.PUBLIC, "answer": Role.COMPLAINANT, "write": Role.COMPLAINANT,
    "feedback.withdraw": Role.COMPLAINANT, "finalise": Role.CLOCK, "handle": Role.SUPERVISOR, "approve": Role.SUPERVISOR,
    "investigate": Role.SUPERVISOR, "complaint.withdraw": Role.SUPERVISOR, "allegation.drop": Role.SUPERVISOR,
}  # fmt: skip
WORKS = {"ride": Role.COORDINATOR, "feedback": Role.HANDLER, "complaint": Role.HANDLER}
# What is also written in the case, for both sides to read.
SAID = {"ask", "answer", "reply_and_close", "update", "write"}
# What tells the person without being a row of the table.
TELLS = {"update": "complaint-update"}


class Way:
    """The rows of a kind's table that its lives walk."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._table = registry.named(kind).workflow
        self._rows: dict[tuple[str | None, str], Row] = {}
        for row in self._table.rows:
            self._rows.setdefault((row.from_state, row.action), row)

    def is_final(self, state: str) -> bool:
        """Whether a case in this state is over."""
        return self._table.states[state].final

    def to(self, state: str | None, action: str) -> str | None:
        """Where a step leads from a state; None if it changes none."""
        row = self._rows.get((state, action))
        return row.to_state if row else None

    def messages(self, state: str | None, action: str) -> list[str]:
        """What the person is told at once when a step is taken."""
        row = self._rows.get((state, action))
        told = [each.name for each in row.then if isinstance(each, Tell) and each.delay is None] if row else []
        return told + ([TELLS[action]] if action in TELLS else [])


def role_of(kind: str, step: str) -> Role:
    """Who takes a step of a case."""
    action = step.rpartition(".")[2]
    return BY.get(step) or BY.get(f"{kind}.{action}") or BY.get(action) or WORKS[kind]
