"""Random lives of feedback and complaints with the real rules: no illegal state, replay, and always a next duty."""

from __future__ import annotations

import os
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.cases import duties, registry, verify
from casework.cases import service as cases
from casework.complaints import queries, referral, review, terms
from casework.complaints import service as complaints
from casework.complaints.models import Complaint
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.history.models import Event
from casework.history.verify import verify as verify_chains
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.roles import CLOCK, Actor
from casework.workflow import Refused
from tests import sayings

LIVES = 400 if os.environ.get("CASEWORK_FULL") else 8
STEPS = 60
WORKERS = ["triage", "triage_too", "handler", "handler_too", "supervisor", "supervisor_too"]


class Life:
    """One thing that somebody said, and many who do random things to it on random days."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cast = cast
        for name in WORKERS:
            cast.account(name)  # made, and committed, before anything is tried
        made = sayings.complaint if self.chance.random() < 0.7 else sayings.concern
        intent = (
            {}
            if made is sayings.complaint
            else {"intent": self.chance.choice(["thanks", "comment", "concern", "question"])}
        )
        self.case: Any = made(received_on=now().date() - timedelta(days=self.chance.randrange(5)), **intent)
        self.other = sayings.complaint()

    def step(self) -> None:
        """Try one thing. Refusals are part of life."""
        tried = self.chance.choice(
            [self.act, self.act, self.act, self.act, self.prepare, self.prepare, self.deliver, self.time, self.results]
        )
        try:
            with db.session.begin_nested():
                tried()
        except (Refused, ValueError):
            pass
        if isinstance(self.case, Feedback) and self.case.became_id:
            self.case = db.session.get_one(Complaint, self.case.became_id)

    def someone(self) -> Actor:
        person = sayings.person_of(self.case)
        return self.chance.choice([getattr(self.cast, self.chance.choice(WORKERS))] * 5 + [person, CLOCK])

    def act(self) -> None:
        table = registry.of(self.case).workflow
        ends = {"withdraw", "transfer", "merge", "discard", "redirect"} if self.chance.random() < 0.95 else set()
        actions = sorted({row.action for row in table.rows if row.from_state == self.case.state} - ends) or ["reopen"]
        cases.perform(
            self.case,
            self.chance.choice(actions),
            self.someone(),
            self.chance.choice(["", "because"]),
            private={"words": "Some words."},
            sort=self.chance.choice(["thanks", "concern", "comment"]),
            reason="wishes",
            signed="letter",
            interest="no",
            body="the council",
            into=self.other.id,
            prejudicial=self.chance.random() < 0.2,
        )

    def prepare(self) -> None:
        case = self.case
        if not isinstance(case, Complaint):
            return
        match self.chance.randrange(5):
            case 0:
                complaints.allege(case, "Something.", self.cast.triage, self.chance.choice(["B1", "H1", "F6"]))
            case 1:
                answers = {q.key: self.chance.random() < 0.02 for q in referral.QUESTIONS}
                stage = self.chance.choice(["log", "record", "record"])
                complaints.check_referral(case, answers, self.someone_of_ours(), stage=stage)
            case 2:
                result = self.chance.choice(["spoke", "no-answer", "message"])
                complaints.try_contact(case, self.cast.handler, how="phone", result=result)
            case 3:
                case.outcome = "We looked at it."
                complaints.answer_review_questions(
                    case, dict.fromkeys(review.QUESTIONS, self.chance.random() < 0.2), self.cast.supervisor
                )
            case 4:
                complaints.update(case, "We are still looking into it.", self.cast.handler)

    def someone_of_ours(self) -> Actor:
        return self.chance.choice([self.cast.triage, self.cast.supervisor])

    def results(self) -> None:
        if isinstance(self.case, Complaint):
            for each in queries.allegations(self.case.id):
                fitting = sorted(terms.results_for(self.case.route, self.case.special_procedures))
                if each.state == "open" and self.chance.random() < 0.7:
                    complaints.resolve(each, self.chance.choice(fitting), "So it was.", [], self.cast.handler)

    def deliver(self) -> None:
        """Messages go out, most of them."""
        rows = db.session.scalars(
            select(Owed).where(
                Owed.stream_id == self.case.stream_id, Owed.done_at.is_(None), Owed.kind != "job", Owed.due_at <= now()
            )
        )
        for row in rows:
            if self.chance.random() < 0.8:
                row.done_at = row.closed_at = now()
                db.session.flush()
                duties.delivered(self.case.stream_id, row.name)

    def time(self) -> None:
        kind = registry.of(self.case)
        if self.case.clock_on is not None and self.case.clock_on < now().date():
            cases.take_time(kind, self.case)

    def check(self) -> None:
        case = self.case
        kind = registry.of(case)
        assert case.state in kind.workflow.states
        events = db.session.scalars(
            select(Event)
            .where(Event.stream_id == case.stream_id, Event.subject_kind == kind.workflow.name)
            .order_by(Event.number)
        )
        state = None
        for event in events:
            if event.to_state is not None:
                assert event.from_state == state, (event.action, event.from_state, state)
                state = event.to_state
        assert state == case.state
        if isinstance(case, Complaint) and case.is_open:
            owed = [each for each in duties.owed(case) if each.is_open]
            assert owed or case.clock_on, f"an open complaint in {case.state} with nothing owed"


@pytest.mark.parametrize("part", range(4))
def test_random_lives_keep_every_promise(app, cast, part: int) -> None:
    latest = now()
    for seed in range(part, LIVES, 4):
        moment = now()
        life = None
        for _ in range(STEPS):
            moment += timedelta(hours=life.chance.choice([1, 5, 30, 200]) if life else 0)
            with moved_to(moment):
                life = life or Life(cast, seed)
                life.step()
                life.check()
                db.session.commit()
        latest = max(latest, moment)
    # What is stored depends on no day but in what is not known yet, so all is looked at from the last one.
    with moved_to(latest):
        wrong = list(verify.verify())
        assert not wrong, "\n".join(wrong)
    assert not list(verify_chains())
