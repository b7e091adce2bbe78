"""A way through the service in the past: each step at its own moment, after time and the post have done theirs.

Nothing here writes a state: what happens in a step goes through the same verbs that people use.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.areas.models import Area
from casework.cases import registry
from casework.cases import service as cases
from casework.clocks import london
from casework.clocks.london import london_date
from casework.demo.people import Person
from casework.demo.world import World
from casework.moments import moved_to
from casework.roles import Actor, Role


class Walk:
    """Somebody's way. Ages are days before today; every step is later than the one before."""

    def __init__(self, world: World, person: Person, area: Area, rng: random.Random, pace: float = 1.0) -> None:
        self.world, self.person, self.area, self.rng = world, person, area, rng
        self._pace = pace  # how much longer than usual everything took
        self._age = 0.0
        self.moment = london.start_of_day(world.today - timedelta(days=3650))
        self._begun = False
        self._owes = False  # whether something may be owed that the post has not seen

    def streams(self) -> Sequence[int]:
        """The histories that the post looks after."""
        raise NotImplementedError

    def living(self) -> Sequence[Any]:
        """Everything of it that time may move on."""
        raise NotImplementedError

    @contextmanager
    def step(
        self, age: float, staff: bool = True, at: datetime | None = None, quiet: bool = False
    ) -> Iterator[datetime]:
        """Let something happen so many days ago, in office hours if staff do it. `quiet`: nobody is told of it."""
        moment = at or self._moment(age, staff)
        moment = min(max(moment, self.moment + timedelta(minutes=self.rng.randrange(3, 50))), self.world.now)
        if self._begun:
            self.pass_until(moment)
        self.moment = max(moment, self.moment)
        with moved_to(self.moment):
            yield self.moment
        self._owes = self._owes or not quiet

    def pass_until(self, moment: datetime) -> None:
        """Let time take what only it may take before a moment, and let the post go out."""
        while True:
            due = self._next_due(london_date(moment))
            when = max(london.at(due[0] + timedelta(days=1), time(0, 5)), self.moment) if due else moment
            self._deliver(when)
            if self._next_due(london_date(moment)) != due:
                continue  # what was delivered set another date
            if due is None:
                return
            day, thing = due
            with moved_to(when):
                if not cases.take_time(registry.of(thing), thing) and thing.clock_on == day:
                    raise RuntimeError(f"time cannot move {thing.workflow_name} {thing.id} on")
            self.moment, self._owes = when, True

    def staff(self, role: Role, which: int = 0) -> Actor:
        """Somebody of the case's BCU who holds a role; `which` counts from 0, for another where four eyes need one."""
        actors = self.world.house.actors(self.area.id, role)
        return actors[min(which, len(actors) - 1)]

    def _deliver(self, moment: datetime) -> None:
        for stream_id in self.streams():
            self.world.post.deliver(stream_id, moment, self._owes)
        self._owes = False

    def _next_due(self, today: date) -> tuple[date, Any] | None:
        living = self.living()
        due = [
            (thing.clock_on, number) for number, thing in enumerate(living) if thing.clock_on and thing.clock_on < today
        ]
        return (min(due)[0], living[min(due)[1]]) if due else None

    def _day(self, age: float) -> date:
        """The day of a step: what usually takes n days after the beginning took somewhat more or less."""
        return self.world.day(self._age - (self._age - age) * self._pace)

    def _moment(self, age: float, staff: bool) -> datetime:
        day = self._day(age)
        if staff:
            day = self.world.working(day)
            return london.at(day, time(self.rng.randrange(9, 17), self.rng.randrange(60)))
        return london.at(
            day, time(self.rng.choice((7, 8, 12, 13, 17, 18, 19, 20, 20, 21, 21, 22)), self.rng.randrange(60))
        )
