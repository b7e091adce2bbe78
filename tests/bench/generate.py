"""Writes any number of cases into an empty migrated database by COPY: histories with valid chains, people, messages.

`casework verify` finds nothing wrong with them. The same seed gives the same cases.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg

from casework import references
from casework.accounts.models import Account, Grant
from casework.areas import queries as areas
from casework.areas.models import Area
from casework.clocks.london import london_date
from casework.complaints import review, terms
from casework.extensions import db
from casework.feedback.effects import MAY_HAVE_FOOTAGE, footage_last_on
from casework.history import service as history
from casework.moments import now
from casework.parties import secrets
from casework.parties import service as parties
from casework.parties.names import fold
from casework.rides import service as rides
from casework.roles import PUBLIC_ROLES, Role
from casework.sealed import seal
from casework.settings import service as settings
from tests.bench import lives
from tests.bench.dates import Dates, Day
from tests.bench.lives import LIVES, Life, Way
from tests.bench.words import FIRST, IN_ALL, LAST, Words

BCUS = [
    "north", "south", "east", "west", "central", "north-east", "north-west", "south-east", "south-west",
    "riverside", "hillside", "seaside",
]  # fmt: skip
# In this order through the areas, again and again.
ROLES = [Role.COORDINATOR, Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR, Role.COORDINATOR, Role.HANDLER]
STAFF, BATCH = 200, 5000
PREFIX = {"ride": "RA", "feedback": "FB", "complaint": "CM"}

COLUMNS = {
    "streams": "id kind head head_mac",
    "events": "id stream_id number at subject_kind subject_id action from_state to_state role account_id party_id facts mac",
    "cases": "id kind reference state state_since due_on clock_on next_due_on waits_for is_open area_id assigned_to channel"
    " received_on opened_at stream_id hold version",
    "rides": "id borough_id why interests teams wishes days shifts rode_before heard_from privacy_version wants ground"
    " reconsidered first id_kind armour refused_on",
    "encounters": "id happened_on happened_at place borough_id searched receipt officers vehicle what effect wish witnesses"
    " evidence relation authority community panel",
    "feedback": "id encounter_id sort intent anonymous offered_on complaint_answer redirected_to",
    "complaints": "id encounter_id anonymous route logged_on contacted_on recorded_on recorded_reason asked_to_record"
    " prejudicial special_procedures outcome approved_on review_body review_answers told_on review_by review_open_until"
    " misdirected_days finalised_on merged_from",
    "allegations": "id case_id number words category result result_words resulted_on actions factors state state_since version",
    "preservations": "case_id last_on result",
    "parties": "id case_id part name name_folded email channel voicemail safe_times generation code_generation link_digest"
    " code_digest email_digest person_digest born_on_text_sealed",
    "outbox": "stream_id event_number kind name part channel rank recheck due_at created_at attempts faults ambiguous"
    " done_at closed_at why",
    "exchanges": "case_id at account_id party_id words asks canned seen_at event_number",
    "due_duties": "case_id name number started_on due_on met_on ended_on",
}
# Tables whose ids the generator gives.
NUMBERED = ("streams", "events", "cases", "parties", "encounters", "allegations")
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
        name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
        turn, place = divmod(number, len(bcus))
        _staff(f"staff{number}@force.example", name, ROLES[turn % len(ROLES)], bcus[place])
    for role in dict.fromkeys(ROLES):
        _staff(f"{role}@force.example", f"Everywhere {role.title()}", role, force)
    db.session.commit()


def generate(count: int, owner_url: str, seed: int = 7, busy: float = 1.0) -> None:
    """Write `count` cases, as the owner of the tables. The application context is open; there is a house and no case.

    Of the last, a complaint, there is more to read than of any other. `busy`: how many times as many as usual are open.
    """
    maker = _Maker(random.Random(seed), count, busy)
    with psycopg.connect(owner_url) as connection:
        for rows in maker.batches(count):
            for table, names in COLUMNS.items():
                copy = f"COPY {table} ({', '.join(names.split())}) FROM STDIN"
                with connection.cursor().copy(copy.encode()) as into:
                    for row in rows[table]:
                        into.write_row(row)
        for table in NUMBERED:
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}".encode())
    db.session.rollback()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        # as autovacuum does in time
        connection.execute("VACUUM ANALYZE")


@dataclass
class _Made:
    """One case while it is written: its ids, and what walking its life has shown so far."""

    kind: str
    case: int
    party: int
    stream: int
    area: int
    borough: int
    holder: int | None
    worker: int
    opened: datetime
    state: str | None = None
    since: datetime | None = None
    mac: bytes = b""
    allegation: int = 0
    steps: int = 0
    done: dict[str, datetime] = field(default_factory=dict)
    happened: list[Day] = field(default_factory=list)
    told: list[Day] = field(default_factory=list)

    def on(self, step: str) -> date | None:
        """The day of the last such step."""
        return london_date(self.done[step]) if step in self.done else None


class _Maker:
    """Cases one after the other, with ids of their own."""

    def __init__(self, chance: random.Random, count: int, busy: float) -> None:
        self.chance, self.words = chance, Words(chance)
        self.bcus = [(a.id, [b.id for b in db.session.query(Area).filter_by(parent_id=a.id).order_by(Area.id)])
                     for a in db.session.query(Area).filter_by(kind="bcu").order_by(Area.id)]  # fmt: skip
        self.staff: dict[tuple[int, str], list[int]] = {}
        for grant in db.session.query(Grant).order_by(Grant.id):
            for kind in ("ride", "feedback", "complaint"):
                if grant.role == Role.SUPERVISOR or (grant.role == Role.COORDINATOR) == (kind == "ride"):
                    self.staff.setdefault((grant.area_id, kind), []).append(grant.account_id)
        self.next = {t: int(db.session.scalar(db.text(f"select coalesce(max(id), 0) from {t}"))) for t in NUMBERED}
        self.dates = Dates()
        self.ways = {kind: Way(kind) for kind in LIVES}
        self.weights = {kind: _weights(kind, self.ways[kind], busy) for kind in LIVES}
        self.moment = now().replace(microsecond=0)
        self.categories = list(terms.offered("category"))
        # every so many accounts of an encounter hold the rare word
        told = count * (lives.SHARES["feedback"] + lives.SHARES["complaint"]) // 100
        self.every, self.accounts = max(1, told // IN_ALL), 0

    def batches(self, count: int) -> Iterator[Rows]:
        """The rows of every table, some thousand cases at a time."""
        kinds, shares = list(lives.SHARES), list(lives.SHARES.values())
        for first in range(0, count, BATCH):
            rows: Rows = {table: [] for table in COLUMNS}
            for number in range(first, min(first + BATCH, count)):
                kind = self.chance.choices(kinds, shares)[0]
                life = self.chance.choices(LIVES[kind], self.weights[kind])[0]
                self._case(rows, *(("complaint", lives.LONG) if number == count - 1 else (kind, life)))
            yield rows

    def _id(self, table: str) -> int:
        self.next[table] += 1
        return self.next[table]

    def _case(self, rows: Rows, kind: str, life: Life) -> None:
        chance = self.chance
        area, boroughs = chance.choice(self.bcus)
        workers = self.staff[area, kind]
        worker = chance.choice(workers)
        holder = worker if chance.random() < 0.6 else None
        steps = life.steps
        if len(steps) < 8:
            # somebody takes it, notes and hands it over: never after the last transition, so that dates stay in order
            steps[1:1] = (["assign"] if holder else ["note"]) + ["note"] * max(0, 3 - len(steps))
        last = self.moment - timedelta(
            days=chance.randrange(life.ago), hours=chance.randrange(20), minutes=chance.randrange(60)
        )
        moments = [last - timedelta(days=life.gap * (len(steps) - n - 1), seconds=n) for n in range(len(steps))]
        if len(life.steps) == 1:
            moments = [last + timedelta(minutes=n) for n in range(len(steps))]
        made = _Made(kind, self._id("cases"), self._id("parties"), self._id("streams"), area, chance.choice(boroughs),
                     holder, worker, moments[0])  # fmt: skip
        name = self._person(rows, made)
        for step, at in zip(steps, moments, strict=True):
            self._event(rows, made, step, at)
        rows["streams"].append((made.stream, "case", made.steps, made.mac))
        if kind == "ride":
            self._ride(rows, made, name)
        else:
            self._told(rows, made)

    def _ride(self, rows: Rows, made: _Made, name: str) -> None:
        state, refused = made.state, made.on("refuse")
        self._row(rows, made, self.dates.of_ride(made))
        rows["rides"].append(
            (made.case, made.borough, f"{name} wants to see how searches are done.", '["resident"]', '["response"]',
             json.dumps([made.area]), '["sat", "sun"]', '["late"]', "", "library", "1", "part" if state == "waiting" else "",
             "capacity" if refused else "", False, False, "", "", refused)
        )  # fmt: skip

    def _told(self, rows: Rows, made: _Made) -> None:
        """What feedback and complaints have in common: an encounter, and footage to be kept."""
        encounter, received = self._id("encounters"), london_date(made.opened)
        happened = received - timedelta(days=1 + made.steps % 3)
        self.accounts += 1
        rows["encounters"].append(
            (encounter, happened, "in the evening", self.words.place(), made.borough, True, "", "", "",
             self.words.account(self.accounts % self.every == 0), "", "", "", "", "self", "", False, "")
        )  # fmt: skip
        intent = self.chance.choice(("thanks", "comment", "concern", "concern", "question"))
        if made.kind == "complaint" or intent in MAY_HAVE_FOOTAGE:
            rows["preservations"].append((made.case, footage_last_on(happened, received), ""))
        if made.kind == "complaint":
            self._complaint(rows, made, encounter, happened)
            return
        intent = "concern" if "offer_complaint" in made.done else intent
        self._row(rows, made, self.dates.of_feedback(made))
        elsewhere = "another-force" if made.state == "redirected" else ""
        rows["feedback"].append(
            (made.case, encounter, intent, intent, False, made.on("offer_complaint"), "", elsewhere)
        )  # fmt: skip

    def _complaint(self, rows: Rows, made: _Made, encounter: int, happened: date) -> None:
        found = self.dates.of_complaint(made, happened)
        self._row(rows, made, found.projected)
        numbers: Counter[str] = Counter()
        for name, *days in found.duties:
            numbers[name] += 1
            rows["due_duties"].append((made.case, name, numbers[name], *days))
        written, recorded = "approve" in made.done, made.on("record")
        answers = dict.fromkeys(review.QUESTIONS, False) if written else {}
        body = "" if not written else review.body(recorded is not None, answers, False).slug
        rows["complaints"].append(
            (made.case, encounter, False, found.route, made.on("log"), made.on("contact"), recorded,
             "wishes" if recorded else "", False, False, False, self.words.message() if "draft" in made.done else "",
             made.on("approve"), body, json.dumps(answers), made.on("send"), *found.window, 0, made.on("finalise"), "")
        )  # fmt: skip
        if made.allegation:
            state = {"allegation.resolve": "answered", "allegation.drop": "withdrawn"}
            last = next((step for step in reversed(made.done) if step in state), "allegation.allege")
            resulted = made.on("allegation.resolve")
            rows["allegations"].append(
                (made.allegation, made.case, 1, self.words.message(), self.chance.choice(self.categories),
                 "acceptable" if resulted else "", "", resulted, '["explanation"]' if resulted else "[]", "[]",
                 state.get(last, "open"), made.done[last], 1)
            )  # fmt: skip

    def _row(self, rows: Rows, made: _Made, projected: tuple[Any, ...]) -> None:
        reference = references.new(PREFIX[made.kind], self.chance)
        rows["cases"].append((made.case, made.kind, reference, made.state, made.since, *projected, made.area,
                              made.holder if projected[4] else None, "online", london_date(made.opened), made.opened,
                              made.stream, "", made.steps))  # fmt: skip

    def _person(self, rows: Rows, made: _Made) -> str:
        party, name = made.party, self.words.name()
        email, born = f"person{party}@people.example", date(1950, 1, 1) + timedelta(days=self.chance.randrange(20000))
        who = SimpleNamespace(email=email, name_folded=fold(name), born_on_text=born.isoformat())
        parties.index(who)  # type: ignore[arg-type]
        rows["parties"].append(
            (party, made.case, "applicant" if made.kind == "ride" else "complainant", name, who.name_folded, email, "email",
             False, "", 1, 1, secrets.link_digest(secrets.link_secret(party, 1)), secrets.code_digest(secrets.code(party, 1)),
             who.email_digest, who.person_digest, seal(who.born_on_text, f"parties.born_on_text.{party}"))
        )  # fmt: skip
        return name

    def _event(self, rows: Rows, made: _Made, step: str, at: datetime) -> None:
        """Take one step: the event, what it owes (all of it was sent), what was written."""
        part, _, action = step.rpartition(".")
        way, state = self.ways[made.kind], made.state
        to, before, subject = way.to(state, action), state, made.case
        if part:
            made.allegation = subject = made.allegation or self._id("allegations")
            before, to = (
                (None, "open") if action == "allege" else ("open", {"resolve": "answered", "drop": "withdrawn"}[action])
            )
        role = lives.role_of(made.kind, step)
        public = role in PUBLIC_ROLES
        account = None if public or role in {Role.PUBLIC, Role.SYSTEM, Role.CLOCK} else made.holder or made.worker
        made.steps += 1
        event = SimpleNamespace(
            stream_id=made.stream, number=made.steps, at=at, subject_kind=part or made.kind, subject_id=subject,
            action=action, from_state=before if to else None, to_state=to, role=str(role), account_id=account,
            party_id=made.party if public else None, facts={"to": made.worker} if action == "assign" else {}, note_digest=None,
        )  # fmt: skip
        made.mac = history.chain(made.mac, event)  # type: ignore[arg-type]
        rows["events"].append((self._id("events"), made.stream, made.steps, at, event.subject_kind, subject, action,
                               event.from_state, to, event.role, account, event.party_id, json.dumps(event.facts), made.mac))  # fmt: skip
        made.done.pop(step, None)
        made.done[step] = at
        made.happened.append((f"{event.subject_kind}.{action}", london_date(at)))
        for name in [] if part else way.messages(state, action):
            made.told.append((name, london_date(at)))
            rows["outbox"].append((made.stream, made.steps, "message", name, f"party:{made.party}", "email", 5, False, at, at,
                                   1, 0, 0, at, at, ""))  # fmt: skip
        if action in lives.SAID:
            rows["exchanges"].append((made.case, at, account, event.party_id, self.words.message(), action == "ask", "",
                                      at if event.party_id else None, made.steps))  # fmt: skip
        if to and not part:
            made.state, made.since = to, at


def _weights(kind: str, way: Way, busy: float) -> list[float]:
    """How often each life of a kind is met, so that as many are open as there should be."""
    share = min(0.9, lives.OPEN[kind] * busy)
    ends = [way.is_final(life.state) for life in LIVES[kind]]
    of = {
        over: sum(life.weight for life, end in zip(LIVES[kind], ends, strict=True) if end == over)
        for over in (True, False)
    }
    return [life.weight / of[end] * (1 - share if end else share) for life, end in zip(LIVES[kind], ends, strict=True)]


def _area(kind: str, slug: str, name: str, parent: Area | None) -> Area:
    area = Area(kind=kind, slug=slug, name=name, parent_id=parent.id if parent else None, from_on=date(2017, 1, 1))
    db.session.add(area)
    db.session.flush()
    areas.forget()
    return area


def _staff(email: str, name: str, role: Role, where: Area) -> None:
    person = Account(email=email, name=name, stream_id=history.open_stream("account").id, created_at=now())
    db.session.add(person)
    db.session.flush()
    db.session.add(Grant(account_id=person.id, role=role, area_id=where.id, from_on=date(2020, 1, 1)))
