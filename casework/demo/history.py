"""Tells the stories: who applies where and when, and everything that follows, in the order in which they applied."""

from __future__ import annotations

import random
from datetime import date, timedelta

from sqlalchemy import select

from casework.areas.models import Area
from casework.cases import service as cases
from casework.demo import words
from casework.demo.house import FULL_BCUS, House
from casework.demo.life import Life
from casework.demo.people import Person, people
from casework.demo.stories import Story, shares
from casework.demo.world import World, end_of, place
from casework.extensions import db
from casework.moments import moved_to
from casework.rides import queries as rides_queries
from casework.rides import service as rides
from casework.rides.workflow import TEAMS
from casework.roles import SYSTEM, Role
from casework.schedule.models import Slot
from casework.schedule.workflow import SlotState

_EQUALITY = {
    "age": ("16-24", "25-34", "35-44", "45-54", "55-64", "65+", "no-answer"),
    "sex": ("female", "male", "no-answer"),
    "ethnicity": ("asian", "black", "mixed", "white", "other", "no-answer"),
}


def tell(world: World, count: int, seed: int, here: list[Area]) -> list[Life]:
    """Of so many applications those in these BCUs, oldest first, each brought to where its story has got by now."""
    crowd = people(seed, count)
    lives: list[Life] = []
    for number, (story, age) in enumerate(shares(count)):
        rng = random.Random(f"{seed}:{number}")
        area = _area(world.house, story, age, rng, number)
        if area not in here:
            continue
        person = _person(crowd, [life for life in lives if life.area is area], story, number)
        life = Life(world, person, area, rng, story.pace(age, rng))
        life.apply(age, _facts(life, story, age), _via(person))
        story.tell(life, age)
        life.pass_until(world.now)
        _remark(life)
        lives.append(life)
    return lives


def fill_schedules(world: World, here: list[Area]) -> None:
    """Free places, drafts and a cancelled one ahead; what passed without a rider is over."""
    for bcu in here:
        rng = random.Random(f"places:{bcu.slug}")
        full = bcu in world.house.bcus[:FULL_BCUS]
        with moved_to(world.now - timedelta(days=3)):
            coordinator = world.house.actors(bcu.id, Role.COORDINATOR)[0]
            for week in range(6 if full else 1):
                ahead = world.today + timedelta(days=12 + 5 * week + rng.randrange(3))
                place(world, bcu, ahead, rng, team=rng.choice(list(TEAMS)))
            if full:
                place(world, bcu, world.today + timedelta(days=50), rng, publish=False)
                place(world, bcu, world.today + timedelta(days=54), rng, publish=False)
                dropped = place(world, bcu, world.today + timedelta(days=47), rng)
                cases.perform(dropped, "cancel", coordinator, reason="staffing")
    _pass_by(world, here)


def _pass_by(world: World, here: list[Area]) -> None:
    waiting = (SlotState.DRAFT, SlotState.PUBLISHED, SlotState.HELD)
    passed = select(Slot).where(
        Slot.state.in_(waiting), Slot.on < world.today, Slot.area_id.in_([bcu.id for bcu in here])
    )
    for slot in db.session.scalars(passed.order_by(Slot.id)).all():
        with moved_to(end_of(slot)):
            cases.perform(slot, "pass", SYSTEM)


def confirm_matches(world: World, lives: list[Life]) -> None:
    """Of those who applied twice, staff have said so of every other one."""
    twice = [life for life in lives if rides_queries.matches(life.ride.id) and life.ride.is_open]
    for life in twice[::2]:
        for match, _ in rides_queries.matches(life.ride.id):
            with moved_to(world.now - timedelta(hours=20)):
                rides.decide_match(match, True, life.staff(Role.COORDINATOR), life.ride)


def answer_equality(lives: list[Life]) -> None:
    """Two in five answer the equality questions; the answers belong to a month and to nobody."""
    for life in lives:
        if life.rng.random() < 0.4:
            with moved_to(life.ride.opened_at):
                rides.put_equality_answers({key: life.rng.choice(values) for key, values in _EQUALITY.items()})


def _area(house: House, story: Story, age: float, rng: random.Random, number: int) -> Area:
    """Half of all applications go to the two full BCUs; none to a scheme that was closed or paused by then."""
    full = house.bcus[:FULL_BCUS]
    if story.first:
        return full[0]
    if story.full or rng.random() < 0.5:
        return full[number % FULL_BCUS]
    shut = {house.closed.id: 46, house.paused.id: 13}
    return rng.choice([bcu for bcu in house.bcus[FULL_BCUS:] if age > shut.get(bcu.id, 0)])


def _person(crowd: list[Person], lives: list[Life], story: Story, number: int) -> Person:
    """Everybody once, but for some who rode long ago and apply again."""
    if story.name == "submitted" and number % 5 == 0:
        known = [life for life in lives if life.ride.state == "closed" and life.person.email]
        if known:
            return known[number % len(known)].person
    return crowd[number]


def _via(person: Person) -> str:
    return {"letter": "post", "phone": "phone"}.get(person.channel, "online")


def _facts(life: Life, story: Story, age: float) -> rides.Application:
    rng, person, house = life.rng, life.person, life.world.house
    day: date = life.world.day(age)
    others = [bcu.id for bcu in rng.sample(house.bcus, 2) if bcu.id != life.area.id][: rng.randrange(3)]
    born = day - timedelta(days=round((story.age + 0.4) * 365.25)) if story.age else person.born_on(day)
    return rides.Application(
        name=person.name,
        born_on=born,
        email=person.email,
        phone=person.phone,
        address=person.address,
        postcode=person.postcode,
        channel=person.channel,
        voicemail=person.voicemail,
        safe_times=person.safe_times,
        connections=tuple(rng.sample(("live", "work", "study"), rng.choice((1, 1, 1, 2)))),
        borough_id=rng.choice(house.boroughs[life.area.id]).id,
        why=rng.choice(words.WHYS),
        interests=(
            rng.choice(("resident", "resident", "student", "panel", "searched", "joining", "journalist", "councillor")),
        ),
        teams=tuple(rng.sample(list(TEAMS), rng.randrange(1, 4))),
        wishes=(life.area.id, *others),
        days=tuple(rng.sample(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), rng.randrange(1, 5))),
        shifts=tuple(rng.sample(("early", "late", "night"), rng.randrange(1, 3))),
        earliest_on=day + timedelta(days=14),
        rode_before="no",
        heard_from=rng.choice(("friend", "online", "officer", "event", "panel", "school", "press", "other")),
    )


def _remark(life: Life) -> None:
    """A note of staff on one open case in six."""
    if life.ride.is_open and life.rng.random() < 0.16:
        with moved_to(max(life.moment, life.world.now - timedelta(days=1))):
            cases.record(life.ride, "note", life.staff(Role.COORDINATOR), life.rng.choice(words.NOTES))


__all__ = ["answer_equality", "confirm_matches", "fill_schedules", "tell"]
