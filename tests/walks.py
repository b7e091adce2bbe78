"""A case in every state that its table knows, brought there by `perform` on the shortest way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from casework.cases import duties, registry
from casework.cases import service as cases
from casework.complaints import queries, review, terms
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.moments import now
from casework.outbox.models import Owed
from casework.roles import CLOCK, Actor, Role
from casework.workflow import Row, Workflow
from tests import sayings
from tests.factories import Cast

FACTS = {
    "sort": "concern",
    "reason": "wishes",
    "signed": "letter",
    "interest": "no",
    "body": "The council",
    "prejudicial": False,
}
DRAWN_BY = (Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR, Role.COMPLAINANT, Role.CLOCK)


def everywhere(cast: Cast, kind: str) -> dict[str, Any]:
    """One case of a kind in each of its states, committed."""
    table = registry.named(kind).workflow
    found = {state: in_state(cast, kind, state) for state in table.states}
    db.session.commit()
    assert {state: case.state for state, case in found.items()} == {state: state for state in found}
    return found


def in_state(cast: Cast, kind: str, state: str) -> Any:
    """A case of a kind in one state."""
    case: Any = sayings.complaint() if kind == "complaint" else sayings.concern(intent="comment")
    for row in way(registry.named(kind).workflow, state):
        take(cast, case, row)
    return case


def way(table: Workflow, state: str) -> list[Row]:
    """The fewest rows that lead from what was just received to a state."""
    begin = next(row.to_state for row in table.rows if row.from_state is None)
    waiting: deque[tuple[str, list[Row]]] = deque([(begin, [])])
    seen = {begin}
    while waiting:
        here, so_far = waiting.popleft()
        if here == state:
            return so_far
        for row in leading_on(table, here):
            if row.to_state not in seen:
                seen.add(row.to_state)
                waiting.append((row.to_state, [*so_far, row]))
    raise AssertionError(f"no way leads to {state}")


def leading_on(table: Workflow, state: str) -> Iterator[Row]:
    """The rows out of a state that somebody of the cast takes."""
    # going back to where it came from is no way forward
    return (
        row for row in table.rows if row.from_state == state and row.action not in {"send_back", "unmerge", "resume"}
    )


def take(cast: Cast, case: Any, row: Row) -> None:
    """Take a row, with what it needs made ready."""
    if isinstance(case, Complaint):
        make_ready(cast, case, row.action)
    facts = FACTS | ({"into": sayings.complaint().id} if row.action == "merge" else {})
    cases.perform(
        case, row.action, who(cast, case, row), "So it was decided.", private={"words": "Some words."}, **facts
    )


def who(cast: Cast, case: Any, row: Row) -> Actor:
    """Somebody who may take a row: at a desk of ours, else the person, else time."""
    role = next(role for role in DRAWN_BY if role in row.by)
    if role == Role.CLOCK:
        return CLOCK
    return sayings.person_of(case) if role == Role.COMPLAINANT else getattr(cast, role)


def make_ready(cast: Cast, case: Complaint, action: str) -> None:
    """What has to be there before an action."""
    if not queries.last_number(case.id):
        sayings.alleged(case, cast)
        complaints.check_referral(case, sayings.NOTHING, cast.triage, stage="log")
        complaints.check_referral(case, sayings.NOTHING, cast.supervisor, stage="record")
        complaints.try_contact(case, cast.handler, how="phone", result="spoke")
        case.outcome = "We looked at the footage."
        complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.supervisor_too)
    if action == "draft":
        result = min(terms.results_for(case.route, case.special_procedures))
        for each in queries.allegations(case.id):
            complaints.resolve(each, result, "The reason was recorded.", ["explanation"], cast.handler)
    deliver(case)


def deliver(case: Any) -> None:
    """Everything that is owed to the people of a case by now has gone out."""
    owed = (Owed.stream_id == case.stream_id, Owed.done_at.is_(None), Owed.kind != "job", Owed.due_at <= now())
    for row in db.session.scalars(select(Owed).where(*owed)):
        row.done_at = row.closed_at = now()
        db.session.flush()
        duties.delivered(case.stream_id, row.name)


__all__ = ["everywhere", "in_state", "way"]
