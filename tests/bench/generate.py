"""Writes any number of cases into an empty migrated database by COPY: histories with valid chains, people, messages.

`casework verify` finds nothing wrong with them. The same seed gives the same cases.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg

from casework import references
from casework.accounts.models import Account, Grant
from casework.areas.models import Area
from casework.cases import registry, service
from casework.extensions import db
from casework.history import service as history
from casework.moments import now
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.names import fold
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.roles import Role
from casework.sealed import seal
from casework.settings import service as settings

BCUS = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "north-east",
    "north-west",
    "south-east",
    "south-west",
    "riverside",
    "hillside",
    "seaside",
]
STAFF, BATCH = 200, 5000
FIRST = [
    "Adaeze",
    "Bronagh",
    "Chidi",
    "Dilys",
    "Eamon",
    "Farida",
    "Gwen",
    "Hamza",
    "Ines",
    "Jarek",
    "Kofi",
    "Leila",
    "Mairi",
    "Nuno",
    "Oyin",
    "Priya",
    "Rhys",
    "Soraya",
]
LAST = [
    "Abara",
    "Brennan",
    "Castellane",
    "Dhillon",
    "Ekwueme",
    "Farrow",
    "Gallagher",
    "Hashemi",
    "Ibekwe",
    "Jankowska",
    "Kaur",
    "Lindqvist",
    "Mbeki",
]

# How often a state is met, how many days ago at most it began, and the way to it.
STATES: list[tuple[str, int, int, str]] = [
    ("submitted", 12, 40, "apply"),
    ("waiting", 7, 20, "apply invite"),
    ("checks", 8, 80, "apply invite provide"),
    ("decision", 4, 30, "apply invite provide conclude"),
    ("approved", 9, 80, "apply invite provide conclude approve"),
    ("refused", 15, 700, "apply invite provide conclude refuse"),
    ("withdrawn", 20, 700, "apply invite withdraw"),
    ("expired", 10, 700, "apply invite lapse"),
    ("closed", 15, 700, "apply invite provide conclude approve close"),
]
TO = {"apply": "submitted", "invite": "waiting", "provide": "checks", "conclude": "decision", "approve": "approved"} | {
    "refuse": "refused", "withdraw": "withdrawn", "lapse": "expired", "close": "closed"}  # fmt: skip
TELLS = {"apply": "ride-received", "invite": "ride-next-part", "provide": "ride-checks-started", "approve": "ride-approved"} | {
    "refuse": "ride-refused", "withdraw": "ride-withdrawn", "lapse": "ride-expired"}  # fmt: skip
BY = {"apply": Role.PUBLIC, "provide": Role.APPLICANT, "withdraw": Role.APPLICANT, "conclude": Role.SYSTEM} | {
    "lapse": Role.CLOCK, "close": Role.CLOCK}  # fmt: skip

COLUMNS = {
    "streams": "id kind head head_mac",
    "events": "id stream_id number at subject_kind subject_id action from_state to_state role account_id party_id facts mac",
    "cases": "id kind reference state state_since due_on clock_on next_due_on waits_for is_open area_id assigned_to channel"
    " received_on opened_at stream_id hold version",
    "rides": "id borough_id why interests teams wishes days shifts rode_before heard_from privacy_version wants ground"
    " reconsidered first id_kind armour refused_on",
    "parties": "id case_id part name name_folded email channel voicemail safe_times generation code_generation link_digest"
    " code_digest email_digest person_digest born_on_text_sealed",
    "outbox": "stream_id event_number kind name part channel rank recheck due_at created_at attempts faults ambiguous"
    " done_at closed_at why",
}
Rows = dict[str, list[tuple[Any, ...]]]


def house(staff: int = STAFF) -> None:
    """A force with its BCUs, two boroughs in each, a calendar, and staff. Commits."""
    settings.load_calendar(now().year + 3)
    force = _area("force", "force", "Thamesmere", None)
    bcus = [_area("bcu", slug, slug.replace("-", " ").title(), force) for slug in BCUS]
    for bcu in bcus:
        for kind in ("borough", "parish"):
            _area("borough", f"{bcu.slug}-{kind}", f"{bcu.name} {kind.title()}", bcu)
        rides.open_scheme(bcu.id)
    for number in range(staff):
        role = Role.SUPERVISOR if number % 10 == 9 else Role.COORDINATOR
        _staff(
            f"staff{number}@force.example",
            f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}",
            role,
            bcus[number % 12],
        )
    _staff("everywhere@force.example", "Everywhere Else", Role.COORDINATOR, force)
    db.session.commit()


def generate(count: int, owner_url: str, seed: int = 7) -> None:
    """Write `count` cases, as the owner of the tables. The application context is open; there is a house and no case."""
    maker = _Maker(random.Random(seed))
    with psycopg.connect(owner_url) as connection:
        for rows in maker.batches(count):
            for table, names in COLUMNS.items():
                copy = f"COPY {table} ({', '.join(names.split())}) FROM STDIN"
                with connection.cursor().copy(copy.encode()) as into:
                    for row in rows[table]:
                        into.write_row(row)
        for table in ("streams", "events", "cases", "parties"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}".encode())
    db.session.rollback()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        # as autovacuum does in time
        connection.execute("VACUUM ANALYZE")


class _Maker:
    """Cases one after the other, with ids of their own."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.bcus = [(a.id, [b.id for b in db.session.query(Area).filter_by(parent_id=a.id)])
                     for a in db.session.query(Area).filter_by(kind="bcu").order_by(Area.id)]  # fmt: skip
        self.staff: dict[int, list[int]] = {}
        for grant in db.session.query(Grant).order_by(Grant.id):
            self.staff.setdefault(grant.area_id, []).append(grant.account_id)
        self.next = {t: int(db.session.scalar(db.text(f"select coalesce(max(id), 0) from {t}"))) for t in
                     ("streams", "events", "cases", "parties")}  # fmt: skip
        self.dates = _Dates()
        self.weights = [weight for _, weight, _, _ in STATES]
        self.moment = now().replace(microsecond=0)

    def batches(self, count: int) -> Iterator[Rows]:
        """The rows of every table, some thousand cases at a time."""
        for first in range(0, count, BATCH):
            rows: Rows = {table: [] for table in COLUMNS}
            for _ in range(min(BATCH, count - first)):
                self._case(rows)
            yield rows

    def _id(self, table: str) -> int:
        self.next[table] += 1
        return self.next[table]

    def _case(self, rows: Rows) -> None:
        chance = self.chance
        state, _, ago, way = chance.choices(STATES, self.weights)[0]
        case, party, stream = self._id("cases"), self._id("parties"), self._id("streams")
        area, boroughs = chance.choice(self.bcus)
        holder = chance.choice(self.staff[area]) if chance.random() < 0.6 else None
        steps = way.split()
        # somebody takes it, notes and hands it over: never after the last transition, so that dates stay in order
        steps[1:1] = (["assign"] if holder else ["note"]) + ["note"] * max(0, 3 - len(steps))
        since = self.moment - timedelta(
            days=chance.randrange(ago), hours=chance.randrange(20), minutes=chance.randrange(60)
        )
        moments = [since - timedelta(days=3 * (len(steps) - n - 1), seconds=n) for n in range(len(steps))]
        if state == "submitted":
            moments = [since + timedelta(minutes=n) for n in range(len(steps))]
        who = self._person(rows, case, party)
        self._events(rows, (case, party, stream, holder), steps, moments)
        opened = moments[0]
        since = opened if state == "submitted" else moments[-1]
        dates = self.dates.of(state, since, opened)
        rows["cases"].append((case, "ride", references.new("RA", chance), state, since, *dates, area,
                              holder if dates[4] else None, "online", opened.date(), opened, stream, "", len(way.split())))  # fmt: skip
        rows["rides"].append(
            (case, chance.choice(boroughs), f"{who} wants to see how searches are done.", '["resident"]', '["response"]',
             json.dumps([area]), '["sat", "sun"]', '["late"]', "", "library", "1", "part" if state == "waiting" else "",
             "capacity" if state == "refused" else "", False, False, "", "", since.date() if state == "refused" else None)
        )  # fmt: skip

    def _person(self, rows: Rows, case: int, party: int) -> str:
        chance = self.chance
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}-{chance.choice(LAST)}"
        email, born = f"person{party}@people.example", date(1950, 1, 1) + timedelta(days=chance.randrange(20000))
        who = SimpleNamespace(email=email, name_folded=fold(name), born_on_text=born.isoformat())
        parties.index(who)  # type: ignore[arg-type]
        rows["parties"].append(
            (party, case, "applicant", name, who.name_folded, email, "email", False, "", 1, 1,
             secrets.link_digest(secrets.link_secret(party, 1)), secrets.code_digest(secrets.code(party, 1)),
             who.email_digest, who.person_digest, seal(who.born_on_text, f"parties.born_on_text.{party}"))
        )  # fmt: skip
        return name

    def _events(
        self, rows: Rows, ids: tuple[int, int, int, int | None], steps: list[str], moments: list[datetime]
    ) -> None:
        case, party, stream, holder = ids
        mac, state = b"", None
        for number, (action, at) in enumerate(zip(steps, moments, strict=True), 1):
            role = BY.get(action, Role.COORDINATOR)
            to = TO.get(action)
            account = holder or self.staff[min(self.staff)][0] if role == Role.COORDINATOR else None
            event = SimpleNamespace(
                stream_id=stream, number=number, at=at, subject_kind="ride", subject_id=case, action=action,
                from_state=state if to else None, to_state=to, role=str(role), account_id=account,
                party_id=party if role == Role.APPLICANT else None, facts={"to": holder} if action == "assign" else {},
                note_digest=None,
            )  # fmt: skip
            mac = history.chain(mac, event)  # type: ignore[arg-type]
            rows["events"].append((self._id("events"), stream, number, at, "ride", case, action, event.from_state, to,
                                   event.role, account, event.party_id, json.dumps(event.facts), mac))  # fmt: skip
            state = to or state
            if action in TELLS:
                rows["outbox"].append((stream, number, "message", TELLS[action], f"party:{party}", "email", 5, False, at, at,
                                       1, 0, 0, at, at, ""))  # fmt: skip
        rows["streams"].append((stream, "case", len(steps), mac))


class _Dates:
    """The projection of every state and day, computed once each by the program itself."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, date, bool], tuple[Any, ...]] = {}
        self._project: Callable[..., None] = service.project

    def of(self, state: str, since: datetime, opened: datetime) -> tuple[Any, ...]:
        """due_on, clock_on, next_due_on, waits_for, is_open."""
        key = (state, since.astimezone(UTC).date() if since == opened else service.london_date(since), since == opened)
        if key not in self._kept:
            ride = Ride(state=state, state_since=since, opened_at=opened, received_on=opened.date(), reconsidered=False)
            with db.session.no_autoflush:
                self._project(registry.of(ride), ride)
            self._kept[key] = (ride.due_on, ride.clock_on, ride.next_due_on, ride.waits_for, ride.is_open)
        return self._kept[key]


def _area(kind: str, slug: str, name: str, parent: Area | None) -> Area:
    area = Area(kind=kind, slug=slug, name=name, parent_id=parent.id if parent else None, from_on=date(2017, 1, 1))
    db.session.add(area)
    db.session.flush()
    db.session.info.pop("areas", None)
    return area


def _staff(email: str, name: str, role: Role, where: Area) -> None:
    person = Account(email=email, name=name, stream_id=history.open_stream("account").id, created_at=now())
    db.session.add(person)
    db.session.flush()
    db.session.add(Grant(account_id=person.id, role=role, area_id=where.id, from_on=date(2020, 1, 1)))
