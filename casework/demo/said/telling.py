"""Tells what people said: who, where and when, and everything that follows, in the order in which they said it."""

from __future__ import annotations

import random
from dataclasses import replace

from casework.areas.models import Area
from casework.cases import duties
from casework.demo.house import FULL_BCUS, House
from casework.demo.people import Person, people
from casework.demo.said.life import Said
from casework.demo.said.stories import COMPLAINTS, FEEDBACK
from casework.demo.stories import Story, shares
from casework.demo.world import World
from casework.feedback import service as feedback
from casework.moments import moved_to
from casework.roles import Role


def tell(world: World, counts: tuple[int, int], seed: int, here: list[Area]) -> list[Said]:
    """Of so much feedback and so many complaints those in these BCUs, each brought to where its story is by now."""
    told = [*shares(counts[0], FEEDBACK), *shares(counts[1], COMPLAINTS)]
    crowd = people(seed + 1, len(told))
    lives = []
    for number, (story, age) in sorted(enumerate(told), key=lambda each: -each[1][1]):
        rng = random.Random(f"said:{seed}:{number}")
        area = _area(world.house, story, rng, number)
        if area not in here:
            continue
        life = Said(world, _person(crowd[number], story), area, rng)
        with moved_to(world.now), duties.at_the_end():
            story.tell(life, age)
            life.end()
        lives.append(life)
    return lives


def link(world: World, lives: list[Said]) -> None:
    """A few open cases of one BCU are about the same evening: staff have linked them."""
    for bcu in world.house.bcus[:FULL_BCUS]:
        mine = [life.case for life in lives if life.area is bcu and life.case.is_open]
        for one, other in zip(mine[::6], mine[1::6], strict=False):
            with moved_to(world.now):
                feedback.link(one, other, "linked", world.house.actors(bcu.id, Role.TRIAGE)[0])


def _area(house: House, story: Story, rng: random.Random, number: int) -> Area:
    """Three of four happen in the two full BCUs, where there are people for everything."""
    full = house.bcus[:FULL_BCUS]
    if story.first:
        return full[0]
    return full[number % FULL_BCUS] if story.full or rng.random() < 0.75 else rng.choice(house.bcus[FULL_BCUS:])


def _person(made: Person, story: Story) -> Person:
    return replace(made, channel=story.channel, email="") if story.channel else made
