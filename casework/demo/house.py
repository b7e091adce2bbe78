"""The demonstration's force: its areas, calendar, schemes and staff. The first two BCUs are full, the others thin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from casework.accounts import passwords
from casework.accounts import queries as accounts_queries
from casework.accounts import service as accounts
from casework.accounts.models import Account
from casework.areas import load
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.cases import service as cases
from casework.clocks import london
from casework.demo.people import staff_name
from casework.exchanges import canned
from casework.extensions import db
from casework.moments import moved_to, now, today
from casework.rides import queries as rides_queries
from casework.rides import service as rides
from casework.rides.models import Scheme
from casework.roles import STAFF_ROLES, SYSTEM, Actor, Role
from casework.settings import service as settings

MONTHS = 18
FULL_BCUS = 2
# Roles that see the whole force wherever their holder sits.
_FORCE_WIDE = frozenset({Role.ADMIN, Role.DATA_PROTECTION})
_THIN = (Role.COORDINATOR, Role.SUPERVISOR, Role.VETTING_OFFICER, Role.HOST, Role.TRIAGE, Role.HANDLER)
# Further people of the full BCUs: four eyes need a second of each, an overturned refusal a third vetting officer, each
# shift a host of its own, a complaint about one team somebody of another, and what two clerks keyed a third.
_MORE = (
    (Role.COORDINATOR, "b"), (Role.SUPERVISOR, "b"), (Role.VETTING_OFFICER, "b"), (Role.VETTING_OFFICER, "c"),
    (Role.HOST, "b"), (Role.HOST, "c"), (Role.HOST, "d"),
    (Role.TRIAGE, "b"), (Role.HANDLER, "b"), (Role.HANDLER, "c"), (Role.CLERK, "b"), (Role.CLERK, "c"),
)  # fmt: skip
# Who sits together, as accounts say it: somebody of a team that a complaint is about cannot work on it.
_TEAMS = {
    Role.COORDINATOR: "ride-along office", Role.VETTING_OFFICER: "vetting unit", Role.HOST: "response team",
    Role.SUPERVISOR: "professional standards", Role.TRIAGE: "triage desk", Role.HANDLER: "complaints team",
    Role.CLERK: "post room", Role.ANALYST: "insight unit", Role.ADMIN: "systems",
    Role.DATA_PROTECTION: "information rights",
}  # fmt: skip


@dataclass
class House:
    """The force as the stories use it: BCUs in the order of their names, and who does what in each."""

    bcus: list[Area]
    boroughs: dict[int, list[Area]]
    staff: dict[tuple[int, Role], list[Actor]] = field(default_factory=dict)

    @property
    def paused(self) -> Area:
        """The BCU whose scheme was paused twelve days ago."""
        return self.bcus[-3]

    @property
    def closed(self) -> Area:
        """The BCU whose scheme was closed 45 days ago."""
        return self.bcus[-1]

    def actors(self, area_id: int, role: Role) -> list[Actor]:
        """Everybody who holds a role in a BCU, the first of them first."""
        return self.staff[(area_id, role)]


def build(day: date, force_name: str, password: str) -> House:
    """Load areas and calendar, begin the schemes and make the staff, as of a month before the first application.

    What is there already stays: a demonstration that was cut off is begun again.
    """
    settings.load_calendar(day.year + 3)
    load.load(load.LONDON, force_name)
    canned.ensure_defaults()
    begun = london.start_of_day(day - timedelta(days=30 * (MONTHS + 2)))
    with moved_to(begun + timedelta(hours=9)):
        bcus = areas.bcus()
        boroughs = {bcu.id: [b for b in areas.boroughs() if b.parent_id == bcu.id] for bcu in bcus}
        house = House(bcus, boroughs)
        begun_in = rides_queries.schemes()
        for bcu in bcus:
            if bcu.id not in begun_in:
                rides.open_scheme(bcu.id)
        hashed = passwords.hash_of(password)
        for email, role, where, bcu in _posts(bcus):
            account = _account(email, role, where, hashed)
            house.staff.setdefault((bcu.id, role), []).append(Actor(role, account_id=account.id))
    return house


def team_of(email: str, role: Role, where: Area) -> str:
    """The team of an account: "-b" in its address is the second of its kind, in the second team."""
    if where.kind == "force":
        return _TEAMS[role].capitalize()
    letter = email.partition("@")[0].removeprefix(role).lstrip("0123456789").lstrip("-") or "a"
    return f"{where.name} {_TEAMS[role]} {letter.upper()}"


def _account(email: str, role: Role, where: Area, hashed: str) -> Account:
    """An account as `accounts.service.add_demo` makes it, but hashed once for all: a hash takes 25 ms."""
    known = accounts_queries.by_email(email)
    if known is not None:
        return known
    account = accounts.add(email, staff_name(email), SYSTEM)
    account.password_hash, account.password_changed_at = hashed, now()
    account.team = team_of(email, role, where)
    accounts.grant(account, role, where, today(), None, SYSTEM)
    return account


def close_and_pause(house: House, day: date) -> None:
    """One scheme is paused with a message and people who ask to be told, one is closed."""
    paused, closed = house.paused, house.closed
    _end(
        house,
        closed,
        "close",
        "We are not taking part this year. Choose another area, or look again in April.",
        day,
        45,
    )
    words = "So many people applied that we paused new applications. We expect to open again in six weeks."
    _end(house, paused, "pause", words, day, 12)
    with moved_to(london.start_of_day(day - timedelta(days=9)) + timedelta(hours=19)):
        for name in ("hopeful", "second.in.line"):
            rides.ask_to_be_told(paused.id, f"{name}@example.org")


def _end(house: House, area: Area, action: str, words: str, day: date, age: int) -> None:
    scheme = db.session.query(Scheme).filter_by(area_id=area.id).one()
    moment = london.start_of_day(day - timedelta(days=age)) + timedelta(hours=11)
    if scheme.state != "open":
        return
    with moved_to(moment):
        cases.perform(scheme, action, house.actors(area.id, Role.COORDINATOR)[0])
        scheme.message, scheme.paused_at = words, moment if action == "pause" else None


def _posts(bcus: list[Area]) -> Iterator[tuple[str, Role, Area, Area]]:
    """Every account: its address, its role and where, and the BCU whose stories it plays a part in."""
    force = areas.force()
    assert force is not None
    for number, bcu in enumerate(bcus, 1):
        suffix = "" if number == 1 else str(number)
        full = number <= FULL_BCUS
        for role in Role:
            if role not in STAFF_ROLES or not (full or role in _THIN):
                continue
            where = force if role in _FORCE_WIDE else bcu
            yield f"{role}{suffix}@demo.example", role, where, bcu
        for role, letter in _MORE if full else ():
            yield f"{role}{suffix}-{letter}@demo.example", role, bcu, bcu
    # what happened nowhere in particular is read by somebody who sees the whole force
    yield "triage-force@demo.example", Role.TRIAGE, force, force
