"""Made-up months of stop and search, in the format of police.uk, brought out by the same verbs as real ones.

Every row names its borough, so that a demonstration without boundaries has figures by area. The same seed and month
give the same bytes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from casework.areas.models import Area
from casework.cases import service as cases
from casework.clocks import london
from casework.demo.house import House
from casework.demo.world import World
from casework.moments import moved_to
from casework.releases import importing, service, wordings
from casework.releases.models import Release
from casework.releases.reading import COLUMNS
from casework.roles import Actor, Role

# So many months are out, besides one that is announced and one that waits for its reviewer.
OUT = 12
ROWS = 420
_SELF = (30, 3, 1, 16, 3, 1, 1, 2, 4, 4, 6, 1, 8, 10, 9, 12, 1, 5, 16)
_OUTCOMES = {
    "A no further action disposal": 70, "Arrest": 15, "Community resolution": 6, "Khat or Cannabis warning": 4,
    "Penalty Notice for Disorder": 2, "Summons / charged by post": 2, "": 1,
}  # fmt: skip
_LAWS = {
    "Misuse of Drugs Act 1971 (section 23)": (58, ("Controlled drugs",)),
    "Police and Criminal Evidence Act 1984 (section 1)": (
        36, ("Offensive weapons", "Stolen goods", "Article for use in theft", "Articles for use in criminal damage")
    ),
    "Firearms Act 1968 (section 47)": (1, ("Firearms",)),
    "Criminal Justice and Public Order Act 1994 (section 60)": (5, ("Anything to threaten or harm anyone",)),
}  # fmt: skip
_OFFICER = {"White": "White", "Mixed": "Other", "Asian": "Asian", "Black": "Black", "Other": "Other"}


def bring_out(world: World, seed: int) -> None:
    """A year of months that are out, one of them corrected, the one before it withdrawn; the month after is announced,
    and the last one waits."""
    house, months = world.house, months_until(world.today, OUT + 3)
    boroughs = [borough for bcu in house.bcus for borough in house.boroughs[bcu.id]]
    for number, month in enumerate(months):
        sent = min(london.start_of_day(following(month) + timedelta(days=8)) + timedelta(hours=10), world.now)
        with moved_to(sent):
            release = _send(house, month, rows_of(month, boroughs, seed))
        if number <= OUT:
            _let_out(house, release, min(sent + timedelta(days=7), world.now))
        elif number == OUT + 1:
            with moved_to(world.now):
                soon = london.start_of_day(world.today + timedelta(days=6)) + timedelta(hours=9, minutes=30)
                cases.perform(release, "review", _who(house, Role.SUPERVISOR))
                service.schedule(release, soon, _who(house, Role.ANALYST))
        if number == 0:
            with moved_to(sent + timedelta(days=30)):
                service.withdraw(release, "The boroughs of this month were mixed up.", _who(house, Role.SUPERVISOR))
    _correct(world, months[OUT - 3], boroughs, seed)


def rows_of(month: date, boroughs: Sequence[Area], seed: int) -> list[list[str]]:
    """The rows of a month, in the order of their moments."""
    rng = random.Random(f"{seed}:{month.isoformat()}")
    busy = {area.id: rng.uniform(0.4, 2.0) for area in boroughs}
    first, minutes = london.start_of_day(month), 60 * 24 * (following(month) - month).days - 60
    moments = sorted(
        first + timedelta(minutes=rng.randrange(minutes)) for _ in range(rng.randrange(ROWS - 60, ROWS + 60))
    )
    return [
        _row(rng, f"{moment:%Y-%m-%dT%H:%M:00+00:00}", rng.choices(boroughs, [busy[a.id] for a in boroughs])[0].name)
        for moment in moments
    ]


def following(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_until(day: date, count: int) -> list[date]:
    """So many whole months before this day, oldest first."""
    places = range(day.year * 12 + day.month - 1 - count, day.year * 12 + day.month - 1)
    return [date(place // 12, place % 12 + 1, 1) for place in places]


def _row(rng: random.Random, moment: str, borough: str) -> list[str]:
    law = rng.choices(list(_LAWS), [weight for weight, _ in _LAWS.values()])[0]
    own = rng.choices(wordings.every("self"), _SELF)[0] if rng.random() > 0.02 else ""
    seen = _OFFICER.get(wordings.meaning("self", own).group) or rng.choice(("White", "Black", "Asian"))
    outcome = rng.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
    none = outcome in ("", "A no further action disposal")
    return [
        rng.choices(("Person search", "Person and Vehicle search", "Vehicle search"), (74, 24, 2))[0],
        moment,
        "False",
        "",
        "",
        "",
        rng.choices(("Male", "Female", "Other", ""), (90, 8, 1, 1))[0],
        rng.choices(("10-17", "18-24", "25-34", "over 34", ""), (19, 36, 22, 16, 7))[0],
        own,
        seen if rng.random() > 0.02 else "",
        law,
        rng.choice(_LAWS[law][1]),
        outcome,
        "" if none else rng.choices(("True", "False"), (70, 30))[0],
        "",
        borough,
    ]


def _correct(world: World, month: date, boroughs: Sequence[Area], seed: int) -> None:
    """Some weeks later it was found that a few rows of a month were missing. The first try at it had too many."""
    house, rows, more = world.house, rows_of(month, boroughs, seed), rows_of(month, boroughs, seed + 1)
    with moved_to(world.now - timedelta(days=3)):
        first = _send(house, month, [*rows, *more[:90]], "Rows were missing.")
        service.refuse(first, "Too many rows were added.", _who(house, Role.SUPERVISOR))
    with moved_to(world.now - timedelta(days=2)):
        second = _send(house, month, [*rows, *more[:9]], "Nine rows were missing.")
    _let_out(house, second, world.now - timedelta(days=1))


def _let_out(house: House, release: Release, moment: datetime) -> None:
    with moved_to(moment):
        cases.perform(release, "review", _who(house, Role.SUPERVISOR))
        cases.perform(release, "release", _who(house, Role.ANALYST))


def _send(house: House, month: date, rows: list[list[str]], why: str = "") -> Release:
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\n").writerows([[ways[0] for ways in COLUMNS.values()], *rows])
    file, name = io.BytesIO(kept.getvalue().encode()), f"{month:%Y-%m} made up.csv"
    return importing.import_file(file, name, _who(house, Role.ANALYST), why=why, made_up=True)


def _who(house: House, role: Role) -> Actor:
    return house.actors(house.bcus[0].id, role)[0]
