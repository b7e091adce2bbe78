"""The demonstration's force: its areas, calendar, schemes and staff. The first two BCUs are full, the others thin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from casework.accounts import service as accounts
from casework.areas import load
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.cases import service as cases
from casework.clocks import london
from casework.extensions import db
from casework.moments import moved_to
from casework.rides import service as rides
from casework.rides.models import Scheme
from casework.roles import STAFF_ROLES, Actor, Role
from casework.settings import service as settings

from casework.demo.people import staff_name

MONTHS = 18
FULL_BCUS = 2
# Roles that see the whole force wherever their holder sits.
_FORCE_WIDE = frozenset({Role.ADMIN, Role.DATA_PROTECTION})
_THIN = (Role.COORDINATOR, Role.SUPERVISOR, Role.VETTING_OFFICER, Role.HOST)
# Further people of the full BCUs: four eyes need a second of each, an overturned refusal a third vetting officer, and a shift needs its own host.
_MORE = (
    (Role.COORDINATOR, "b"), (Role.SUPERVISOR, "b"), (Role.VETTING_OFFICER, "b"), (Role.VETTING_OFFICER, "c"),
    (Role.HOST, "b"), (Role.HOST, "c"), (Role.HOST, "d"),
)  # fmt: skip


@dataclass
class House:
    """The force as the stories use it: BCUs in the order of their names, and who does what in each."""

    bcus: list[Area]
    boroughs: dict[int, list[Area]]
    calendar_until: date
    staff: dict[tuple[int, Role], list[Actor]] = field(default_factory=dict)

    def actors(self, area_id: int, role: Role) -> list[Actor]:
        """Everybody who holds a role in a BCU, the first of them first."""
        return self.staff[(area_id, role)]


def build(today: date, force_name: str, password: str) -> House:
    """Load areas and calendar, begin the schemes and make the staff, as of a month before the first application."""
    settings.load_calendar(today.year + 3)
    load.load(load.LONDON, force_name)
    begun = london.start_of_day(today - timedelta(days=30 * (MONTHS + 2)))
    with moved_to(begun + timedelta(hours=9)):
        bcus = areas.bcus()
        boroughs = {bcu.id: [b for b in areas.boroughs() if b.parent_id == bcu.id] for bcu in bcus}
        house = House(bcus, boroughs, date(today.year + 3, 12, 31))
        for bcu in bcus:
            rides.open_scheme(bcu.id)
        for email, role, where, places in _posts(bcus):
            account = accounts.add_demo(email, staff_name(email), password, [(role, where)], team=_team(role, where))
            for area_id in places:
                house.staff.setdefault((area_id, role), []).append(Actor(role, account_id=account.id))
    return house


def close_and_pause(house: House, today: date) -> None:
    """One scheme is paused with a message and people who ask to be told, one is closed."""
    paused, closed = house.bcus[-3], house.bcus[-1]
    _end(house, closed, "close", "We are not taking part this year. Choose another area, or look again in April.", today, 45)
    words = "So many people applied that we paused new applications. We expect to open again in six weeks."
    _end(house, paused, "pause", words, today, 12)
    with moved_to(london.start_of_day(today - timedelta(days=9)) + timedelta(hours=19)):
        for name in ("hopeful", "second.in.line"):
            rides.ask_to_be_told(paused.id, f"{name}@example.org")


def _end(house: House, area: Area, action: str, words: str, today: date, age: int) -> None:
    scheme = db.session.query(Scheme).filter_by(area_id=area.id).one()
    moment = london.start_of_day(today - timedelta(days=age)) + timedelta(hours=11)
    with moved_to(moment):
        cases.perform(scheme, action, house.actors(area.id, Role.COORDINATOR)[0])
        scheme.message, scheme.paused_at = words, moment if action == "pause" else None


def _posts(bcus: list[Area]) -> Iterator[tuple[str, Role, Area, list[int]]]:
    """Every account: its address, role, area, and the BCUs whose stories may use it."""
    force = areas.force()
    assert force is not None
    for number, bcu in enumerate(bcus, 1):
        suffix = "" if number == 1 else str(number)
        full = number <= FULL_BCUS
        for role in Role:
            if role not in STAFF_ROLES or not (full or role in _THIN):
                continue
            where = force if role in _FORCE_WIDE else bcu
            yield f"{role}{suffix}@demo.example", role, where, [bcu.id]
        for role, letter in _MORE if full else ():
            yield f"{role}{suffix}-{letter}@demo.example", role, bcu, [bcu.id]


def _team(role: Role, where: Area) -> str:
    return f"{where.name} response" if role == Role.HOST else ""
