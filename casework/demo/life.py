"""One application's way through the service, step by step in the past, through the same verbs that people use."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.areas.models import Area
from casework.cases import service as cases
from casework.clocks.london import london_date
from casework.demo.people import Person
from casework.demo.walk import Walk
from casework.demo.world import World, begin_of, end_of, place
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.roles import Actor, Role
from casework.schedule import service as schedule
from casework.schedule.models import Booking, Slot
from casework.schedule.workflow import DAY_LIST
from casework.vetting import queries as vetting_queries
from casework.vetting import service as vetting
from casework.vetting.models import Clearance, VettingCheck


class Life(Walk):
    """One applicant and their application."""

    ride: Ride
    applicant: Actor

    def __init__(self, world: World, person: Person, area: Area, rng: random.Random, pace: float = 1.0) -> None:
        super().__init__(world, person, area, rng, pace)
        self.bookings: list[Booking] = []
        self.clearance: Clearance | None = None

    def streams(self) -> Sequence[int]:
        """The history of the application; vetting and bookings write into it."""
        return (self.ride.stream_id,)

    def living(self) -> Sequence[Any]:
        """The application, its bookings, its checks."""
        vetted = [self.clearance, *self.clearance.checks] if self.clearance else []
        return [self.ride, *self.bookings, *vetted]

    # The application.

    def apply(self, age: float, facts: rides.Application, via: str = "online") -> None:
        """Apply: online, or on paper that a clerk keys in some days after it arrived."""
        self._age = age
        with self.step(age, staff=via != "online") as moment:
            actor = Actor(Role.PUBLIC)
            arrived = None
            if via != "online":
                actor = self.world.house.actors(self.world.house.bcus[0].id, Role.CLERK)[0]
                arrived = self.world.working(london_date(moment) - timedelta(days=2))
            self.ride = rides.apply(facts, actor, received_on=arrived, via=via)
        self._begun = True
        person = next(iter(cases.parties_of(self.ride.id, "applicant")))
        self.applicant = Actor(Role.APPLICANT, party_id=person.id)

    def claim(self, age: float, which: int = 0) -> None:
        """A coordinator takes the case on."""
        actor = self.staff(Role.COORDINATOR, which)
        with self.step(age, quiet=True):
            cases.assign(self.ride, actor.account_id, actor)

    def act(self, age: float, action: str, role: Role = Role.COORDINATOR, which: int = 0, note: str = "") -> None:
        """A member of staff takes a transition that asks for nothing more."""
        with self.step(age):
            cases.perform(self.ride, action, self.staff(role, which), note)

    def ask(self, age: float, words: str) -> None:
        """A coordinator asks the applicant something."""
        with self.step(age):
            rides.ask(self.ride, words, self.staff(Role.COORDINATOR))

    def answer(self, age: float, words: str) -> None:
        """The applicant answers."""
        with self.step(age, staff=False):
            rides.answer(self.ride, words, self.applicant)

    def provide(self, age: float) -> None:
        """The applicant gives the part before the checks."""
        with self.step(age, staff=False):
            rides.give_next_part(
                self.ride,
                self.applicant,
                other_names=self.rng.choice(["", "", "", "A name before marriage"]),
                addresses=f"{self.person.address}, for {self.rng.randrange(1, 15)} years",
                convictions=self.rng.choice(
                    ["none", "none", "none", "none", "A caution in 2009, when I was a student."]
                ),
                police_matters="none",
            )
        self.clearance = vetting_queries.clearance(self.ride.id)

    def check(self, age: float, kind: int, action: str, words: str = "") -> None:
        """A vetting officer takes an action on one of the checks, by its place in the list."""
        with self.step(age, quiet=action != "ask"):
            check = self._check(kind)
            if action == "ask":
                vetting.ask(check, words, self.staff(Role.VETTING_OFFICER))
            elif action in ("clear", "find", "give_up"):
                vetting.finish_check(check, action, self.staff(Role.VETTING_OFFICER), detail=words)
            else:
                cases.perform(check, action, self.staff(Role.VETTING_OFFICER))

    def answer_check(self, age: float, kind: int, words: str) -> None:
        """The applicant answers the vetting unit."""
        with self.step(age, staff=False):
            vetting.answer(self._check(kind), words, self.applicant)

    def clear_checks(self, age: float, except_for: int | None = None) -> None:
        """Every check is begun and found clear, but for one."""
        for kind in range(len(self._all_checks())):
            if kind != except_for and self._check(kind).state == "requested":
                self.check(age, kind, "begin")
                self.check(age - self.rng.random(), kind, "clear")

    def conclude(
        self, age: float, action: str, which: int = 0, detail: str = "", conditions: tuple[str, ...] = ()
    ) -> None:
        """A vetting officer gives the result, or refers it to another."""
        assert self.clearance is not None
        with self.step(age):
            officer = self.staff(Role.VETTING_OFFICER, which)
            vetting.conclude(self.clearance, action, officer, detail=detail, conditions=conditions)

    def refuse(self, age: float, ground: str, role: Role = Role.COORDINATOR) -> None:
        """Refuse on a ground."""
        with self.step(age):
            rides.refuse(self.ride, ground, self.staff(role))

    def look_again(self, age: float) -> None:
        """The refused applicant asks for the decision to be looked at again."""
        with self.step(age, staff=False):
            cases.perform(self.ride, "reconsider", self.applicant)

    def withdraw(self, age: float) -> None:
        """The applicant withdraws."""
        with self.step(age, staff=False):
            rides.withdraw(self.ride, self.applicant)

    # The place.

    def offer(
        self, age: float, ride_age: float, hours: tuple[int, int] | None = None, team: str = "", host: int | None = None
    ) -> None:
        """A coordinator plans and publishes a place on a day, and offers it."""
        with self.step(age):
            slot = place(self.world, self.area, self._day(ride_age), self.rng, hours, team or self.ride.teams[0], host)
            self.bookings.append(schedule.offer(slot.id, self.ride, self.staff(Role.COORDINATOR)))

    def get_ready(self, age: float) -> None:
        """The applicant gives the part before a booking."""
        with self.step(age, staff=False, quiet=True):
            rides.get_ready(
                self.ride,
                rides.Ready(
                    contact_name=f"{self.person.name.split()[-1]} (made up)",
                    contact_relation=self.rng.choice(["partner", "sister", "brother", "parent", "friend"]),
                    contact_phone=f"07700 900{self.rng.randrange(1000):03}",
                    health=self.rng.choice(["none", "none", "none", "Asthma; I carry an inhaler."]),
                    adjustments=self.rng.choice(["", "", "", "Please face me when you speak: I lip-read."]),
                    id_kind=self.rng.choice(["passport", "driving-licence"]),
                ),
                self.applicant,
            )

    def accept(self, age: float) -> None:
        """The applicant accepts the newest offer."""
        if self.ride.ready_at is None:
            self.get_ready(age)
        with self.step(age, staff=False):
            schedule.accept(self.bookings[-1].id, self.applicant)

    def booking(
        self, age: float, action: str, by: Actor | None = None, at: datetime | None = None, **facts: Any
    ) -> None:
        """Decline, cancel or miss the newest booking."""
        with self.step(age, staff=by is not None, at=at):
            schedule.act(self.bookings[-1].id, action, by or self.applicant, **facts)

    def start(self) -> None:
        """The host starts the ride, soon after the shift begins."""
        slot = self.bookings[-1].slot
        with self.step(0, at=begin_of(slot) + timedelta(minutes=self.rng.randrange(5, 40))):
            schedule.start(self.bookings[-1].id, self._host(slot), dict.fromkeys(DAY_LIST, True))

    def finish(self, log: schedule.Log, action: str = "complete", **more: Any) -> None:
        """The host closes the ride at the end of the shift."""
        slot = self.bookings[-1].slot
        with self.step(0, at=end_of(slot) - timedelta(minutes=self.rng.randrange(5, 60))):
            schedule.finish(self.bookings[-1].id, action, self._host(slot), log, **more)

    def miss(self) -> None:
        """The rider does not come; the host says so an hour into the shift."""
        slot = self.bookings[-1].slot
        self.booking(0, "miss", self._host(slot), at=begin_of(slot) + timedelta(minutes=65))

    def feed_back(self, age: float, answers: dict[str, Any], words: str) -> None:
        """The rider says how it was."""
        with self.step(age, staff=False):
            rides.give_feedback(self.ride, answers, words, self.applicant)

    def _host(self, slot: Slot) -> Actor:
        return Actor(Role.HOST, account_id=slot.host_id)

    def _all_checks(self) -> list[VettingCheck]:
        assert self.clearance is not None
        return self.clearance.checks

    def _check(self, kind: int) -> VettingCheck:
        return self._all_checks()[kind]
