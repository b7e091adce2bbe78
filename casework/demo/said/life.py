"""The way of one thing that somebody said: as feedback, as a complaint, or as one that became the other."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import select

from casework.areas.models import Area
from casework.cases import service as cases
from casework.cases.models import Case
from casework.clocks import london
from casework.clocks.london import london_date
from casework.complaints import queries as complaint_queries
from casework.complaints import referral, review, triggers
from casework.complaints import service as complaints
from casework.complaints.models import Allegation, Complaint, Learning, Trigger
from casework.demo.people import Person
from casework.demo.said import encounters, words
from casework.demo.said.words import Scene
from casework.demo.walk import Walk
from casework.demo.world import World
from casework.extensions import db
from casework.feedback import service as feedback
from casework.feedback.models import Feedback
from casework.feedback.service import Told
from casework.parties.models import Party
from casework.roles import Actor, Role
from casework.tracking.entry import ROLES

TRIAGE, HANDLER, SUPERVISOR = Role.TRIAGE, Role.HANDLER, Role.SUPERVISOR
NOTHING = {question.key: False for question in referral.QUESTIONS}


class Said(Walk):
    """One person and what they said. The last of `cases` is what it is now."""

    scene: Scene
    told: Told

    def __init__(self, world: World, person: Person, area: Area, rng: random.Random, pace: float = 1.0) -> None:
        super().__init__(world, person, area, rng, pace)
        self.cases: list[Case] = []
        self.twins: list[Said] = []  # what the same person said besides
        self.nowhere = False  # nobody knows where it was: only who sees the whole force reads it
        self.team = rng.randrange(2)  # which of the two desks of the BCU has it
        self._updates = 0
        self._later: list[tuple[float, Callable[[], None]]] = []  # what is done once the way gets there

    @property
    def case(self) -> Any:
        """What it is now."""
        return self.cases[-1]

    @property
    def complaint(self) -> Complaint:
        """The complaint that it is, or that the feedback became."""
        self._follow()
        return cast(Complaint, self.cases[-1])

    def streams(self) -> Sequence[int]:
        """The history of the feedback, and of the complaint that it became."""
        return [case.stream_id for case in self.cases]

    def living(self) -> Sequence[Any]:
        """The cases: nothing in them has a clock of its own."""
        self._follow()
        return self.cases

    def twin(self, age: float) -> Said:
        """The same person comes again: another way of their own, from so many days ago on."""
        other = Said(self.world, self.person, self.area, random.Random(self.rng.random()), self._pace)
        other.scene = getattr(self, "scene", words.SCENES[0])
        other.team = self.team
        other.moment = self.moment
        other._age = age
        self.twins.append(other)
        return other

    def end(self) -> None:
        """Let time and the post do theirs up to the present."""
        self._catch_up(0)
        self.pass_until(self.world.now)
        for other in self.twins:
            other.end()

    @contextmanager
    def step(
        self, age: float, staff: bool = True, at: datetime | None = None, quiet: bool = False
    ) -> Iterator[datetime]:
        """A step as ever, after what was to be done by then."""
        self._catch_up(age)
        with super().step(age, staff, at, quiet) as moment:
            yield moment

    # The person.

    def facts(self, age: float, intent: str, **known: Any) -> Told:
        """What they say on a day."""
        boroughs = self.world.house.boroughs[self.area.id]
        if self.nowhere:
            known |= {"borough_id": None}
        return encounters.told(self.person, self.world.day(age), boroughs, self.rng, intent, **known)

    def say(self, age: float, intent: str, told: Told | None = None, **known: Any) -> None:
        """Give feedback: online, by letter, or on the telephone to somebody at triage."""
        self._open(age, told or self.facts(age, intent, **known))

    def complain(self, age: float, told: Told | None = None, *, serious: bool = False, **known: Any) -> None:
        """Complain, by the door for complaints."""
        child = self.rng.random() < 0.12 and not serious and told is None
        self.scene = encounters.scene(self.rng, serious, child)
        about = told or self.facts(age, "complaint", what=self.scene.what, **known)
        if child:
            about = encounters.of_child(about, self.world.day(age), self.rng.randrange(12, 15), "")
        self._open(age, about)

    def answers(self, age: float, action: str, said: str = "", **facts: Any) -> None:
        """The person, or who acts for them, does something on their page."""
        with self.step(age, staff=False):
            actor = self.actor()
            cases.perform(self.case, action, actor, private={"words": said} if said else {}, **facts)
        self._follow()

    def actor(self) -> Actor:
        """Who acts of the people of the case."""
        party = list(cases.parties_of(self.case.id, "people"))[-1]
        return Actor(ROLES[party.part], party_id=party.id)

    def agree(self, age: float, yes: bool) -> None:
        """The person says whether somebody may act for them."""
        with self.step(age, staff=False):
            party: Party = next(iter(cases.parties_of(self.case.id, "complainant")))
            actor = Actor(Role.COMPLAINANT, party_id=party.id)
            feedback.agree_to_representative(self.case, party, yes, actor)

    # The desk.

    def staff(self, role: Role, which: int = 0) -> Actor:
        """As ever; with two desks in the BCU, that of this case. What happened nowhere goes to the force's own."""
        actors = self.world.house.actors(self.area.id, role)
        if self.nowhere and role == TRIAGE:
            return actors[-1]
        desk = self.team if role in {TRIAGE, HANDLER} and len(actors) > 1 else 0
        return actors[min(desk + which, len(actors) - 1)]

    def claim(self, age: float, role: Role = TRIAGE, which: int = 0) -> None:
        """Somebody takes it on."""
        actor = self.staff(role, which)
        with self.step(age, quiet=True):
            cases.assign(self.case, actor.account_id, actor)

    def do(
        self, age: float, action: str, role: Role = TRIAGE, which: int = 0, said: str = "", note: str = "", **facts: Any
    ) -> None:
        """A member of staff takes a transition."""
        with self.step(age):
            private = {"words": said} if said else {}
            cases.perform(self.case, action, self.staff(role, which), note, private=private, **facts)
        self._follow()

    def note(self, age: float) -> None:
        """A note for colleagues."""
        with self.step(age, quiet=True):
            cases.record(self.case, "note", self.staff(HANDLER), self.rng.choice(words.NOTES))

    def tag(self, age: float, word: str) -> None:
        """A word by which it is found again."""
        with self.step(age, quiet=True):
            cases.tag(self.case, word, self.staff(TRIAGE))

    def footage(self, age: float, result: str = "", found: float = 0.0) -> None:
        """Whoever holds the footage is asked to keep it; when the way gets there, it is noted what came of it."""
        with self.step(age, quiet=True):
            feedback.ask_for_saving(self.case, self.staff(TRIAGE))
        if result:
            self._do_later(found, lambda: feedback.note_saving(self.case, result, self.staff(TRIAGE)))

    # A complaint.

    def log(self, age: float, serious: bool = False) -> None:
        """Triage writes down what is alleged and about whom, answers the checklist, and logs it."""
        actor = self.staff(TRIAGE)
        with self.step(age):
            complaint = self.complaint
            for alleged, category in getattr(self, "scene", words.SCENES[0]).alleged:
                allegation = complaints.allege(complaint, alleged, actor, category)
                self._name(allegation, actor)
            answers = NOTHING | ({self.scene.serious or "discipline": True} if serious else {})
            complaints.check_referral(complaint, answers, actor, stage="log")
            if complaint.state == "received":
                cases.perform(complaint, "log", actor)

    def tries(self, age: float, how: str = "phone", result: str = "no-answer") -> None:
        """A handler tries to reach the person."""
        with self.step(age, quiet=True):
            complaints.try_contact(
                self.complaint, self.staff(HANDLER), how=how, result=result, words=_of_try(result, self.rng)
            )

    def contact(self, age: float) -> None:
        """The person is reached."""
        self.tries(age, self.rng.choice(("phone", "phone", "visit")), "spoke")
        with self.step(age, quiet=True):
            complaints.contact(self.complaint, self.staff(HANDLER))

    def check(self, age: float, role: Role = SUPERVISOR, yes: str = "") -> None:
        """The checklist again, for what is alleged by now."""
        with self.step(age, quiet=True):
            complaints.check_referral(
                self.complaint, NOTHING | ({yes: True} if yes else {}), self.staff(role), stage="record"
            )

    def update(self, age: float) -> None:
        """Tell the person how it stands."""
        with self.step(age):
            told = words.UPDATES[self._updates] if self._updates < len(words.UPDATES) else words.NOTHING_NEW
            complaints.update(self.complaint, told, self.staff(HANDLER))
        self._updates += 1

    def keep_told(self, since: float, until: float) -> None:
        """Updates every three weeks or so, from some age down to another."""
        while (since := since - self.rng.uniform(18, 23)) > until:
            self.update(since)

    def report(self, age: float) -> None:
        """Twelve months are over: those who have to know are told why (reg 13)."""
        with self.step(age):
            complaints.report_delay(self.complaint, words.DELAY, self.staff(HANDLER))

    def decide(self, age: float, result: str, actions: tuple[str, ...], outcome: str) -> None:
        """The handler gives every allegation its result and sends the outcome for approval."""
        actor = self.staff(HANDLER)
        with self.step(age, quiet=True):
            for number, each in enumerate(complaint_queries.allegations(self.complaint.id)):
                own = "acceptable" if result == "not-acceptable" and number > 1 else result
                found = "We agree with you on this." if own == "not-acceptable" else "We explain below what we found."
                taken = ["explanation"] if own == "acceptable" else list(actions)
                complaints.resolve(each, own, found, taken, actor)
            complaints.draft_outcome(self.complaint, words.OUTCOMES[outcome], actor)

    def approve(self, age: float) -> None:
        """A supervisor answers who would review it, and approves."""
        actor = self.staff(SUPERVISOR)
        with self.step(age, quiet=True):
            answers = dict.fromkeys(review.QUESTIONS, False)
            answers |= {"conduct": self.scene.serious != "" or self.rng.random() < 0.3}
            complaints.answer_review_questions(self.complaint, answers, actor)
            cases.perform(self.complaint, "approve", actor)

    def learn(self, age: float, done: bool, late: bool = False) -> None:
        """What was learned, published without persons; done with evidence, late, or still ahead."""
        with self.step(age, quiet=True) as moment:
            what, change, who = self.rng.choice(words.LEARNED)
            by_on = london_date(moment) + timedelta(days=10 if late else int(age) - 14 if done else int(age) + 45)
            actor = self.staff(SUPERVISOR)
            kept = complaints.learn(self.complaint, actor, what=what, change=change, who=who, by_on=by_on)
            self._revise(kept, actor)
        if done:
            with self.step(age - (age - 14) * 0.7, quiet=True) as moment:
                self._revise(kept, actor, london_date(moment), "Briefing notes and the sign-off of all five teams.")

    def _revise(self, kept: Learning, actor: Actor, done_on: date | None = None, evidence: str = "") -> None:
        same = {"what": kept.what, "change": kept.change, "who": kept.who}
        complaints.revise_learning(
            kept, self.complaint, actor, **same, done_on=done_on, evidence=evidence, published=True
        )

    def _open(self, age: float, told: Told) -> None:
        self._age, self.told = age, told
        via = {"letter": "post", "phone": "phone"}.get(self.person.channel, "online")
        with self.step(age, staff=via != "online") as moment:
            arrived = None
            actor = Actor(Role.PUBLIC)
            if via == "post":
                actor = self.world.house.actors(self.world.house.bcus[0].id, Role.CLERK)[0]
                arrived = self.world.working(london_date(moment) - timedelta(days=1))
                told = replace(told, happened_on=min(told.happened_on or arrived, arrived))
            elif via == "phone":
                actor = self.staff(TRIAGE)
            door = complaints.submit if told.intent == "complaint" else feedback.submit
            self.cases.append(door(told, actor, received_on=arrived, via=via))
        self._begun = True
        if age > 40:
            self._do_later(age - 16, self._look_at_triggers)

    def _do_later(self, age: float, what: Callable[[], None]) -> None:
        self._later.append((age, what))
        self._later.sort(key=lambda each: -each[0])

    def _catch_up(self, age: float) -> None:
        while self._later and self._later[0][0] > age:
            at, what = self._later.pop(0)
            with super().step(at, quiet=True):
                what()

    def _look_at_triggers(self) -> None:
        """A supervisor looks at what was pointed out to those who look at patterns."""
        ids = [case.id for case in self.cases]
        new = select(Trigger).where(Trigger.case_id.in_(ids), Trigger.looked_at.is_(None)).order_by(Trigger.id)
        for trigger in db.session.scalars(new).all():
            case = next(each for each in self.cases if each.id == trigger.case_id)
            triggers.look_at(trigger, case, self.rng.choice(words.LOOKED_AT), self.staff(SUPERVISOR))

    def _moment(self, age: float, staff: bool) -> datetime:
        """Nobody at a desk goes on at night or at a weekend: what cannot be later that day is done on the next."""
        found = super()._moment(age, staff)
        if not (staff and self._begun) or found > self.moment:
            return found
        soon = (self.moment + timedelta(minutes=self.rng.randrange(5, 40))).astimezone(london.LONDON)
        day = soon.date()
        if self.world.working(day) == day and time(9) <= soon.time() < time(17, 30):
            return soon
        day += timedelta(days=0 if soon.time() < time(9) else 1)
        while self.world.working(day) != day:
            day += timedelta(days=1)
        return london.at(day, time(9, self.rng.randrange(60)))

    def _follow(self) -> None:
        """What has become a complaint goes on as one."""
        last = self.cases[-1]
        if isinstance(last, Feedback) and last.became_id is not None:
            self.cases.append(db.session.get_one(Complaint, last.became_id))
            self._owes = True

    def _name(self, allegation: Allegation, actor: Actor) -> None:
        """Whom it is about: one of the hosts by account, somebody by number, or nobody known."""
        dice = self.rng.random()
        team = f"{self.area.name} response team {self.rng.choice('ABCD')}"
        if dice < 0.25:
            host = self.rng.choice(self.world.house.actors(self.area.id, Role.HOST))
            complaints.name_subject(allegation, actor, account_id=host.account_id)
        elif dice < 0.7:
            number = f"{self.rng.randrange(100, 999)}{self.area.code}"
            complaints.name_subject(allegation, actor, number=number, rank="Constable", team=team)
        else:
            described = self.told.officers or "One of the two officers"
            complaints.name_subject(allegation, actor, description=described)


def _of_try(result: str, rng: random.Random) -> str:
    if result == "spoke":
        return rng.choice(words.CONTACTS)
    return {"message": "Left a message with our number, nothing else.", "no-answer": "Rang out."}.get(result, "")
