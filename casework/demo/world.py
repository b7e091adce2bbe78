"""What the lives of the demonstration share: the house, the present, the post, and the diaries of its hosts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from casework.areas.models import Area
from casework.clocks import london
from casework.demo.house import House
from casework.demo.post import Post
from casework.roles import Actor, Role
from casework.schedule import service as schedule
from casework.schedule.models import Slot
from casework.settings import service as settings


@dataclass
class World:
    """What lives share: the house, the present, the post, the diaries of hosts."""

    house: House
    today: date
    now: datetime
    post: Post
    diary: set[tuple[int, date]] = field(default_factory=set)

    def day(self, age: float) -> date:
        """The day so many days ago; negative ages lie ahead."""
        return self.today - timedelta(days=int(age))

    def working(self, day: date) -> date:
        """The day itself if it is a working day, else the last one before."""
        calendar = settings.calendar()
        while not calendar.is_working(day):
            day -= timedelta(days=1)
        return day


def place(
    world: World,
    area: Area,
    on: date,
    rng: random.Random,
    hours: tuple[int, int] | None = None,
    team: str = "response",
    host: int | None = None,
    publish: bool = True,
) -> Slot:
    """Plan a place on a day, or some days before it when no host is free, and publish it."""
    hosts = world.house.actors(area.id, Role.HOST)
    coordinator = world.house.actors(area.id, Role.COORDINATOR)[0]
    while not (free := _free(world, hosts, on)) and host is None:
        on -= timedelta(days=1)
    chosen = hosts[host] if host is not None else rng.choice(free)
    assert chosen.account_id is not None
    world.diary.add((chosen.account_id, on))
    starts, ends = hours or rng.choice(((14, 22), (10, 18), (7, 15), (12, 20), (16, 23), (18, 2)))
    slot = schedule.plan(
        coordinator,
        area_id=area.id,
        team=team,
        vehicle=f"{area.code}{hosts.index(chosen) + 1}",
        on=on,
        starts=time(starts),
        ends=time(ends),
        place=f"{area.name} police base, front counter (made up)",
        host_id=chosen.account_id,
        notes=rng.choice(["", "", "Much walking.", "Long spells in a car.", "Bring something to eat."]),
    )
    if publish:
        schedule.publish(slot, coordinator)
    return slot


def _free(world: World, hosts: list[Actor], on: date) -> list[Actor]:
    """Hosts with no shift that day or the days beside it: a late one ends on the next morning."""
    near = [on + timedelta(days=n) for n in (-1, 0, 1)]
    return [actor for actor in hosts if not any((actor.account_id, day) in world.diary for day in near)]


def begin_of(slot: Slot) -> datetime:
    """When a shift begins."""
    return london.at(slot.on, slot.starts)


def end_of(slot: Slot) -> datetime:
    """When a shift ends, perhaps on the next morning."""
    return london.at(slot.on if slot.ends > slot.starts else slot.on + timedelta(days=1), slot.ends)
