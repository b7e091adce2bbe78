"""The house and the cast that every test knows; what a test is about is written in the test, the rest comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from casework.accounts import passwords
from casework.accounts.models import Account, Grant
from casework.areas.models import Area
from casework.extensions import db
from casework.history import service as history
from casework.moments import now, today
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.roles import Actor, Role
from casework.schedule import service as schedule
from casework.schedule.models import Slot
from casework.settings import service as settings
from casework.vetting import queries as vetting_queries
from casework.vetting import service as vetting

PASSWORD = "correct horse battery staple 7"


@cache
def _hash(_memory: int) -> str:
    """The hash of everybody's password, for as much memory as hashes take in this test."""
    return passwords.hash_of(PASSWORD)


def house() -> None:
    """Areas (one force, two BCUs and a third whose name begins like the first) and a calendar."""
    db.session.info.clear()
    force = _area("force", "force", "Thamesmere", None)
    for slug, name in (("north", "North"), ("north-east", "North East"), ("south", "South")):
        bcu = _area("bcu", slug, name, force.id)
        _area("borough", f"{slug}-borough", f"{name} Borough", bcu.id)
    settings.load_calendar(2030)
    for area in db.session.query(Area).filter_by(kind="bcu").order_by(Area.id):
        rides.open_scheme(area.id)
    db.session.info.clear()


def _area(kind: str, slug: str, name: str, parent_id: int | None) -> Area:
    area = Area(kind=kind, slug=slug, name=name, parent_id=parent_id, from_on=date(2017, 1, 1))
    db.session.add(area)
    db.session.flush()
    return area


def area(slug: str) -> Area:
    """An area by its slug."""
    return db.session.query(Area).filter_by(slug=slug).one()


def account(email: str, role: Role | None = None, where: str = "north", name: str = "") -> Account:
    """A member of staff with one grant and the test password, without a second factor."""
    person = Account(
        email=email,
        name=name or email.partition("@")[0].replace("-", " ").title(),
        password_hash=_hash(passwords._hasher.memory_cost),
        stream_id=history.open_stream("account").id,
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    if role:
        db.session.add(Grant(account_id=person.id, role=role, area_id=area(where).id, from_on=date(2020, 1, 1)))
        db.session.flush()
    return person


class Cast:
    """The same people each time, made when first asked for: `cast.coordinator`, `cast.coordinator_south`..."""

    _people = {
        "coordinator": (Role.COORDINATOR, "north"),
        "coordinator_south": (Role.COORDINATOR, "south"),
        "supervisor": (Role.SUPERVISOR, "north"),
        "supervisor_too": (Role.SUPERVISOR, "north"),
        "vetting_officer": (Role.VETTING_OFFICER, "north"),
        "vetting_officer_too": (Role.VETTING_OFFICER, "north"),
        "host": (Role.HOST, "north"),
        "clerk": (Role.CLERK, "north"),
        "clerk_south": (Role.CLERK, "south"),
        "supervisor_south": (Role.SUPERVISOR, "south"),
        "triage": (Role.TRIAGE, "north"),
        "triage_too": (Role.TRIAGE, "north"),
        "triage_south": (Role.TRIAGE, "south"),
        "handler": (Role.HANDLER, "north"),
        "handler_too": (Role.HANDLER, "north"),
        "handler_south": (Role.HANDLER, "south"),
        "analyst": (Role.ANALYST, "force"),
        "analyst_too": (Role.ANALYST, "force"),
        "admin": (Role.ADMIN, "force"),
        "data_protection": (Role.DATA_PROTECTION, "force"),
    }

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def account(self, name: str) -> Account:
        """The account of a member of the cast."""
        if name not in self._accounts:
            role, where = self._people[name]
            self._accounts[name] = account(f"{name.replace('_', '-')}@force.example", role, where)
            db.session.commit()
        return self._accounts[name]

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("_") or name not in self._people:
            raise AttributeError(name)
        return Actor(self._people[name][0], account_id=self.account(name).id)


@dataclass
class Made:
    """A ride brought to some state, with its applicant as an actor."""

    ride: Ride
    applicant: Actor
    slot: Slot | None = None
    booking_id: int = 0


def application(**facts: Any) -> rides.Application:
    """The facts of an ordinary applicant."""
    given: dict[str, Any] = {
        "name": "Adaeze Okonkwo-Price",
        "born_on": date(1990, 2, 28),
        "email": "adaeze@example.org",
        "phone": "020 7946 0018",
        "connections": ("live",),
        "borough_id": area("north-borough").id,
        "why": "I want to see how searches are done.",
        "interests": ("resident",),
        "teams": ("response", "neighbourhood"),
        "wishes": (area("north").id, area("south").id),
        "days": ("sat", "sun"),
        "shifts": ("late",),
        "heard_from": "library",
    } | facts
    return rides.Application(**given)


def ride(**facts: Any) -> Made:
    """A submitted application."""
    made = rides.apply(application(**facts), Actor(Role.PUBLIC))
    person = made.applicant or db.session.query(type(made)).get(made.id).applicant
    return Made(made, Actor(Role.APPLICANT, party_id=person.id))


def in_checks(cast: Cast, **facts: Any) -> Made:
    """An application whose checks have begun."""
    from casework.cases import service as cases

    made = ride(**facts)
    cases.perform(made.ride, "invite", cast.coordinator)
    rides.give_next_part(
        made.ride,
        made.applicant,
        other_names="",
        addresses="1 High Street, 5 years",
        convictions="none",
        police_matters="none",
    )
    return made


def decided(cast: Cast, **facts: Any) -> Made:
    """An application with plainly clear checks, to be decided."""
    from casework.cases import service as cases

    made = in_checks(cast, **facts)
    clearance = vetting_queries.clearance(made.ride.id)
    for check in clearance.checks:
        cases.perform(check, "begin", cast.vetting_officer)
        vetting.finish_check(check, "clear", cast.vetting_officer)
    vetting.conclude(clearance, "clear", cast.vetting_officer)
    return made


def approved(cast: Cast, **facts: Any) -> Made:
    """An approved application, ready for a place."""
    from casework.cases import service as cases

    made = decided(cast, **facts)
    cases.perform(made.ride, "approve", cast.coordinator)
    return made


def slot(cast: Cast, on: date | None = None, **details: Any) -> Slot:
    """A published place, four weeks ahead unless said otherwise."""
    given: dict[str, Any] = {
        "area_id": area("north").id,
        "team": "response",
        "vehicle": "",
        "on": on or today() + timedelta(days=28),
        "starts": time(14),
        "ends": time(22),
        "place": "Holloway Road police station, front counter",
        "host_id": cast.account("host").id,
    } | details
    planned = schedule.plan(cast.coordinator, **given)
    schedule.publish(planned, cast.coordinator)
    return planned


def offered(cast: Cast, place: Slot | None = None, **facts: Any) -> Made:
    """An approved applicant with an offer."""
    made = approved(cast, **facts)
    made.slot = place or slot(cast)
    made.booking_id = schedule.offer(made.slot.id, made.ride, cast.coordinator).id
    return made


def booked(cast: Cast, place: Slot | None = None, **facts: Any) -> Made:
    """A booked ride."""
    made = offered(cast, place, **facts)
    rides.get_ready(made.ride, rides.Ready("Ngozi Okonkwo", "sister", "020 7946 0019", health="none"), made.applicant)
    schedule.accept(made.booking_id, made.applicant)
    return made


def moment(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A London wall time as a moment."""
    from casework.clocks import london

    return london.at(day, time(hour, minute))
