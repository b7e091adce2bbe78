"""Random lives over every table: never an illegal state, history replays to the present, no booking without clearance.

First 100,000 sequences of actions over the tables alone; then random lives through the services, with the real rules.
"""

from __future__ import annotations

import random
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.cases import registry
from casework.cases import service as cases
from casework.complaints.workflow import ALLEGATION, COMPLAINT
from casework.extensions import db
from casework.feedback.workflow import FEEDBACK
from casework.history.models import Event
from casework.history.verify import verify
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.rides.workflow import RIDE, SCHEME
from casework.roles import CLOCK, Actor, Role
from casework.schedule import queries as places
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from casework.schedule.workflow import BOOKING, DAY_LIST, SLOT
from casework.vetting import queries as vetting_queries
from casework.vetting import service as vetting
from casework.vetting.models import Clearance, VettingCheck
from casework.vetting.workflow import CHECK, VALID, VETTING
from casework.workflow import Refused, Workflow
from tests import factories

TABLES = [RIDE, VETTING, CHECK, SLOT, BOOKING, SCHEME, FEEDBACK, COMPLAINT, ALLEGATION]
SEQUENCES = 100_000


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_random_actions_never_lead_outside_a_table(table: Workflow) -> None:
    chance = random.Random(table.name)
    actors = [Actor(role, account_id=number) for number, role in enumerate(Role)]
    actions = sorted({row.action for row in table.rows})
    legal = {(row.from_state, row.action, role): row.to_state for row in table.rows for role in row.by}
    for _ in range(SEQUENCES // len(TABLES)):
        state: str | None = None
        history: list[tuple[str | None, str, str]] = []
        for _ in range(12):
            action, actor = chance.choice(actions), chance.choice(actors)
            try:
                row = table.plan(state, action, actor, holds=lambda check: chance.random() < 0.7)
            except Refused:
                continue
            assert (state, action, actor.role) in legal
            history.append((state, action, row.to_state))
            state = row.to_state
            assert state in table.states
        replayed = None
        for before, _, after in history:
            assert before == replayed
            replayed = after
        assert replayed == state


class Life:
    """One application, and somebody who does random things to it in random roles on random days."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.chance = random.Random(seed)
        self.cast = cast
        self.made = factories.ride(email=f"life{seed}@example.org")
        self.ride = self.made.ride
        self.taken: list[tuple[Booking, str]] = []

    def step(self) -> None:
        """Try one thing. Refusals are part of life."""
        tried = self.chance.choice(
            [self._act, self._act, *[self._check] * 5, self._conclude, self._conclude, self._offer, self._offer,
             self._answer_offer, self._answer_offer, self._part, self._day, self._time]
        )  # fmt: skip
        try:
            with db.session.begin_nested():
                tried()
        except Refused:
            pass

    def _someone(self) -> Actor:
        names = ["coordinator", "supervisor", "supervisor_too", "vetting_officer", "vetting_officer_too", "host"]
        return self.chance.choice([getattr(self.cast, self.chance.choice(names)), self.made.applicant, CLOCK])

    def _act(self) -> None:
        likely = {"submitted": "invite", "decision": "approve"}.get(self.ride.state)
        if likely and self.chance.random() < 0.7:
            who = self.chance.choice(["coordinator", "coordinator", "supervisor"])
            cases.perform(self.ride, likely, getattr(self.cast, who))
            return
        # What ends a life is left to chance seldom, or most of them would be short.
        ends = {"withdraw", "lapse", "refuse"} if self.chance.random() < 0.9 else set()
        action = self.chance.choice(sorted({row.action for row in RIDE.rows} - {"feed_back"} - ends))
        ground = self.chance.choice(["residence", "suitability", "nonsense"])
        facts = {"ground": ground} if action == "refuse" else {}
        cases.perform(self.ride, action, self._someone(), private={"question": "Why?", "answer": "So."}, **facts)

    def _check(self) -> None:
        checks = list(db.session.scalars(select(VettingCheck).where(VettingCheck.case_id == self.ride.id)))
        if checks:
            unfinished = [check for check in checks if check.state in {"requested", "in_progress"}]
            check = self.chance.choice(unfinished or checks)
            likely = {"requested": "begin", "in_progress": "clear"}.get(check.state, "find")
            action = (
                likely
                if self.chance.random() < 0.97
                else self.chance.choice(["begin", "clear", "find", "give_up", "ask"])
            )
            cases.perform(check, action, self.cast.vetting_officer, private={"question": "Which?"})

    def _conclude(self) -> None:
        clearance = vetting_queries.clearance(self.ride.id)
        # A clearance that holds is left alone, mostly.
        settled = clearance is not None and clearance.state in VALID and self.chance.random() < 0.9
        if clearance is not None and not settled:
            likely = {"open": ["clear", "clear", "refer"], "adverse_review": ["clear_with_conditions", "bar", "clear"]}
            usual = likely.get(clearance.state, []) if self.chance.random() < 0.9 else []
            action = self.chance.choice(usual or ["report_change", "give_up"])
            conditions = tuple(self.chance.sample(["daytime", "not-response"], 1))
            officer = self.chance.choice([self.cast.vetting_officer, self.cast.vetting_officer_too])
            vetting.conclude(clearance, action, officer, conditions=conditions)

    def _part(self) -> None:
        if self.ride.wants == "part":
            declared = {"other_names": "", "addresses": "here", "convictions": "", "police_matters": ""}
            rides.give_next_part(self.ride, self.made.applicant, **declared)
        elif self.ride.state in {"approved", "offered"}:
            rides.get_ready(self.ride, rides.Ready("A", "B", "020 7946 0000"), self.made.applicant)

    def _offer(self) -> None:
        ahead = self.chance.choice([1, 12, 30, 30, 30, 250])
        on = now().date() + timedelta(days=ahead)
        host = factories.account(f"host{self.chance.random()}@force.example", Role.HOST).id
        place = factories.slot(self.cast, on=on, host_id=host, starts=time(9), ends=time(self.chance.choice([15, 22])))
        schedule.offer(place.id, self.ride, self.cast.coordinator)

    def _answer_offer(self) -> None:
        for booking in places.of_case(self.ride.id):
            if booking.state == "offered" and self.chance.random() < 0.7:
                schedule.accept(booking.id, self.made.applicant)
                self.taken.append((booking, "accepted"))
                self._must_be_cleared(booking)
            elif booking.state in {"offered", "accepted"}:
                action = self.chance.choice(["decline", "cancel", "cancel_own", "lapse", "take_back"])
                facts = {"reason": "staffing"} if action in {"cancel", "take_back"} else {}
                schedule.act(booking.id, action, self._someone(), **facts)
            return

    def _day(self) -> None:
        booking = places.current(self.ride.id)
        if booking is None:
            return
        if booking.state == "accepted":
            with moved_to(booking.slot.during.lower):
                schedule.start(booking.id, self.cast.host, dict.fromkeys(DAY_LIST, True))
                self._must_be_cleared(booking)
        else:
            schedule.finish(booking.id, "complete", self.cast.host, schedule.Log(time(9), time(14)))

    def _time(self) -> None:
        kinds = [(RIDE, self.ride), *((BOOKING, b) for b in places.of_case(self.ride.id))]
        clearance = vetting_queries.clearance(self.ride.id)
        kinds += [(VETTING, clearance)] if clearance else []
        table, subject = self.chance.choice(kinds)
        cases.take_time(registry.named(table.name), subject)

    def _must_be_cleared(self, booking: Booking) -> None:
        result = vetting_queries.result(self.ride.id)
        assert result is not None
        assert result.state in VALID
        assert result.valid_until >= booking.slot.on


def _replay(stream_id: int) -> dict[tuple[str, int], str]:
    states: dict[tuple[str, int], str | None] = {}
    for event in db.session.scalars(select(Event).where(Event.stream_id == stream_id).order_by(Event.number)):
        if event.to_state is None:
            continue
        key = (event.subject_kind, event.subject_id)
        assert states.get(key) == event.from_state
        states[key] = event.to_state
    return states


def test_random_lives_through_the_services_keep_every_promise(app: Any, cast: Any) -> None:
    for name in ("coordinator", "supervisor", "supervisor_too", "vetting_officer", "vetting_officer_too", "host"):
        cast.account(name)
    for seed in range(40):
        life = Life(cast, seed)
        days = 0
        for _ in range(90):
            # Time goes on, a day here and there; seldom it leaps.
            days += life.chance.choice([0, 0, 0, 0, 1, 1, 2, 40 if life.chance.random() < 0.1 else 0])
            with moved_to(now() + timedelta(days=days)):
                life.step()
        db.session.commit()
        replayed = _replay(life.ride.stream_id)
        assert replayed[("ride", life.ride.id)] == db.session.get(Ride, life.ride.id).state
        for name, model in (("vetting", Clearance), ("check", VettingCheck), ("booking", Booking)):
            for subject in db.session.scalars(select(model).where(model.case_id == life.ride.id)):
                assert replayed[(name, subject.id)] == subject.state
        live = [b for b in places.of_case(life.ride.id) if b.state in {"accepted", "started"}]
        assert (life.ride.state == "booked") == bool(live), seed
    # The lives were full ones, or the promises above were not put to the test.
    assert db.session.query(Event).filter_by(subject_kind="booking", action="accept").count() >= 3
    assert verify() == []
    _each_telling_is_owed_once()


def _each_telling_is_owed_once() -> None:
    """Every transition that tells somebody something owes exactly that, for each of its people."""
    for event in db.session.scalars(select(Event).where(Event.to_state.is_not(None))):
        table = registry.named(event.subject_kind).workflow
        rows = [
            r
            for r in table.rows
            if (r.action, r.from_state, r.to_state) == (event.action, event.from_state, event.to_state)
        ]
        told = {effect.name for effect in rows[0].then if type(effect).__name__ == "Tell"}
        owed = select(Owed.name).where(
            Owed.stream_id == event.stream_id, Owed.event_number == event.number, Owed.kind == "message"
        )
        names = list(db.session.scalars(owed))
        assert told <= set(names)
        assert len(names) == len(set(names))
