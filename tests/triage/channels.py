"""The same facts by every way in: what people say is generated, each channel is a row of a table.

A further way in (post, say) is one more row of `CHANNELS`: how it is sent, and which differences are meant, each with why.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import func, inspect, select

from casework.accounts.models import Account
from casework.cases import service as cases
from casework.cases.models import Case, CaseTag, DueDuty
from casework.complaints.models import Trigger
from casework.extensions import db, limiter
from casework.feedback.models import Preservation
from casework.feedback.service import Told
from casework.feedback.workflow import RELATIONS
from casework.history.models import Event
from casework.moments import moved_to, today
from casework.outbox.models import Owed
from casework.parties.models import Party
from casework.post import completing, indexing
from casework.post import service as post
from casework.post.models import Item
from casework.roles import Actor, Role
from casework.saying import draft
from casework.saying import service as saying
from casework.saying.questions import PAGES, WANTS, for_somebody_else, is_anonymous
from casework.tracking import entry
from tests.browser import Browser
from tests.desks import value_of
from tests.saying import steps

Answers = dict[str, dict[str, Any]]
KEYING = "/staff/feedback/key-in"


@dataclass(frozen=True)
class Said:
    """What somebody says, page by page as they type it, and the day on which it reaches us."""

    answers: Answers
    on: date

    @property
    def moment(self) -> datetime:
        """When it was said, where it is said at once."""
        return datetime.combine(self.on, time(13, 5), UTC)


@dataclass
class House:
    """The program, and members of staff at their desks."""

    app: Any
    desks: dict[str, Browser]


@dataclass(frozen=True)
class Channel:
    """A way in: how something is sent by it, and what differs on purpose: the part of the picture, and why."""

    name: str
    send: Callable[[House, Said], None]
    differs: dict[str, str] = field(default_factory=dict)


def online(house: House, said: Said) -> None:
    """By the rules of the public form, on what was really typed."""
    typed = {
        slug: {k: v if isinstance(v, list) else [v] for k, v in page.items()} for slug, page in said.answers.items()
    }
    with moved_to(said.moment):
        forms = {}
        for page in PAGES:
            if page.when is None or page.when(typed):
                forms[page.slug] = form = page.form.again(typed.get(page.slug))
                assert page.slug not in typed or form.validate(), (page.slug, form.errors, said)
        saying.say(draft.facts_of(typed, forms), Actor(Role.PUBLIC))
        db.session.commit()


def pages(house: House, said: Said) -> None:
    """By the pages of the public form, one after the other."""
    limiter.reset()
    visitor = Browser(house.app)
    with moved_to(said.moment):
        steps.fill(visitor, leave_out=tuple(set(steps.ANSWERS) - set(said.answers)), **said.answers)
        assert steps.send(visitor).status_code == 200, visitor.words[:300]


def keyed(via: str, who: str, house: House, said: Said) -> None:
    """Written down by staff, on the day on which they come to it."""
    desk = house.desks[who]
    fields = {f"{slug}-{name}": value for slug, page in said.answers.items() for name, value in page.items()}
    if said.on != today() or via in {"post", "email"}:
        fields |= parts("received_on", said.on)
    assert desk.get(KEYING).status_code == 200
    answer = desk.post(KEYING, {"key": value_of(desk, "key"), "via": via, **fields})
    assert answer.status_code == 303, (desk.words[:600], said)


def on_paper(house: House, said: Said) -> None:
    """By letter through the post room: a case when it is indexed, and its facts once they are keyed and checked."""
    typed = {
        slug: {k: v if isinstance(v, list) else [v] for k, v in page.items()} for slug, page in said.answers.items()
    }
    forms = {p.slug: p.form.again(typed.get(p.slug)) for p in PAGES if p.when is None or p.when(typed)}
    with moved_to(said.moment):
        for slug, form in forms.items():
            assert slug not in typed or form.validate(), (slug, form.errors)
        facts = draft.facts_of(typed, forms)
    clerk = Actor(Role.CLERK, db.session.query(Account).filter_by(email="clerk@force.example").one().id)
    batch = post.open_batch(clerk, tray="A", arrived_on=said.on, envelopes=1)
    item = db.session.query(Item).filter_by(batch_id=batch.id).one()
    indexing.open_case(item, indexed(said, facts), clerk)
    db.session.commit()
    cases.perform(item, "key", clerk)
    cases.perform(item, "pass", Actor(Role.SYSTEM))
    completing.finish(item, facts, clerk)
    db.session.commit()


def indexed(said: Said, facts: Told) -> indexing.Indexed:
    """What a clerk sees of this at a glance; of every third letter, no more than what it is."""
    kind = "complaint" if facts.intent == "complaint" else "feedback"
    if len(facts.what) % 3 == 0:
        return indexing.Indexed(kind)
    wrote = facts.representative or facts.person
    return indexing.Indexed(
        kind,
        wrote.name,
        wrote.address,
        wrote.postcode,
        borough_id=facts.borough_id,
        not_home="not_home" in wrote.adjustments,
        large_print="large-print" in wrote.adjustments.get("contact_needs", ()),
        for_other=facts.representative is not None,
        later=wrote.channel != "letter",
    )


# Why what staff write down looks different in the history: who acted, and that they wrote it down.
_WRITTEN_DOWN = {"by": "a member of staff acts for the person", "channel": "it says how it came", "history": "key_in"}
_ON_PAPER = _WRITTEN_DOWN | {"history": "the case is open before its facts are keyed: what was tried before is undone"}
CHANNELS = (
    Channel("online", online),
    Channel("pages", pages),
    Channel("phone", partial(keyed, "phone", "triage"), _WRITTEN_DOWN),
    Channel("in person", partial(keyed, "in person", "handler"), _WRITTEN_DOWN),
    Channel("post", partial(keyed, "post", "clerk"), _WRITTEN_DOWN),
    Channel("letter", on_paper, _ON_PAPER),
    Channel("email", partial(keyed, "email", "supervisor"), _WRITTEN_DOWN),
)
BY_NAME = {each.name: each for each in CHANNELS}


def picture(case: Any) -> dict[str, Any]:
    """All that is known of a case which must not depend on how it came."""
    found = db.session.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.id))
    people = sorted(found, key=lambda each: each.part != "complainant")  # a letter-writer is there before whom it is of
    parts_of = {f"party:{each.id}": each.part for each in people}
    kept = db.session.scalars(select(Preservation).where(Preservation.case_id == case.id)).one_or_none()
    duties = db.session.scalars(
        select(DueDuty).where(DueDuty.case_id == case.id).order_by(DueDuty.name, DueDuty.number)
    )
    events = list(db.session.scalars(select(Event).where(Event.stream_id == case.stream_id).order_by(Event.number)))
    owed = list(db.session.scalars(select(Owed).where(Owed.stream_id == case.stream_id).order_by(Owed.id)))
    # What stood on a page of which nobody had been told yet, before it went to where they can be reached; and what
    # stands on a page that may not be opened.
    reached = {(row.name, row.part) for row in owed if row.channel != "page"}
    reached |= {(row.name, f"party:{each.id}") for row in owed for each in people if not each.acts}
    owed = [row for row in owed if row.channel != "page" or (row.name, row.part) not in reached]
    return {
        "kind": case.kind,
        "area": case.area_id,
        "state": case.state,
        "received": case.received_on,
        "days": (case.due_on, case.clock_on, case.next_due_on),
        "waits for": (case.waits_for, case.is_open),
        "sort": (getattr(case, "sort", None), getattr(case, "intent", None), case.anonymous),
        "given to": case.assigned_to,
        "tags": sorted(db.session.scalars(select(CaseTag.tag).where(CaseTag.case_id == case.id))),
        "facts": columns(case.encounter, "id", "words"),
        "people": [columns(each, *SECRET) for each in people],
        "rights": {each.part: rights(case, each) for each in people},
        "footage": kept and columns(kept, "id", "case_id"),
        "duties": [columns(each, "id", "case_id") for each in duties],
        "messages": sorted((row.kind, row.name, parts_of.get(row.part, row.part), row.channel, row.recheck) for row in owed),
        "triggers": sorted(db.session.scalars(select(Trigger.why).where(Trigger.case_id == case.id))),
        "history": [(e.action, e.from_state, e.to_state) for e in events if e.action != "key_in"],
        "by": [(e.role, e.account_id) for e in events],
        "channel": case.channel,
    }  # fmt: skip


# What is another one's in every case, by design.
SECRET = (
    "id",
    "case_id",
    "link_digest",
    "code_digest",
    "born_on_text_sealed",
    "phone_sealed",
    "address_sealed",
    "postcode_sealed",
)


def columns(row: Any, *but: str) -> dict[str, Any]:
    """The columns of a row, and what is sealed, opened."""
    found = {
        column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs if column.key not in but
    }
    opened = ("born_on_text", "phone", "address", "postcode") if isinstance(row, Party) else ()
    return found | {name: getattr(row, name) for name in opened}


def rights(case: Any, party: Party) -> list[tuple[str, str]]:
    """What a person may do now in their case, and why not."""
    return sorted((offer.row.action, offer.refused or "") for offer in cases.open_to(case, entry.actor(party)))


def parts(name: str, day: date) -> dict[str, str]:
    """A day as it is typed into its three boxes."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def newest_id() -> int:
    """The id of the case made last."""
    return db.session.scalar(select(func.max(Case.id))) or 0


def newest() -> Case:
    """The case made last."""
    return db.session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()


# What people say, generated.

WHAT = (
    "Two officers stopped me outside the library and searched my bag.", "They used a taser.\nI was afraid.",
    "My son was strip searched at the station.", "Thank you for helping my mother.", "Warum? Ça va – “naïve” & <b>bold</b>",
    "The dog bit me, O’Brien said.", "  Spaces around, and\r\n\r\na blank line.  ",
)  # fmt: skip
NAMES = ("Chidi Abara", "Zoë Łukasz-O’Neill", "李小龍", "Ama", "van der Berg, J.")
BOROUGHS = ("north-borough", "south-borough", "north-east-borough")


def said(rng: Random, number: int) -> Said:
    """What somebody says: any facts in any combination that the form takes."""
    on = today() - timedelta(days=rng.choice((0, 0, 1, 2, 5, 9, 20, 33, 58)))
    you = _given(rng, named=(None, "named", "named", "anonymous"), relation=(None, *RELATIONS, "behalf"))
    if you.get("named") == "named" and rng.random() < 0.9:
        you["name"] = f"{rng.choice(NAMES)} {number}"
        if rng.random() < 0.7:
            you |= parts("born", _born(rng, on, (9, 15, 16, 17, 18, 40, 90)))
    answers: Answers = {
        "want": _given(rng, want=(None, *WANTS)),
        "what": _what(rng, number),
        "when": _when(rng, on),
        "you": you,
    }
    answers |= {"who": _who(rng), "panel": _given(rng, panel=(None, "yes", "no"))}
    answers["evidence"] = _given(rng, evidence=(None, "A video on my phone", "Photos, 3 of them"))
    kept = {"you": {name: [value] for name, value in you.items()}}
    if not is_anonymous(kept):
        answers |= {"contact": _contact(rng, number), "needs": _needs(rng)}
    if for_somebody_else(kept):
        answers["other"] = _other(rng, on, number)
    return Said(answers, on)


def _given(rng: Random, **offered: tuple[Any, ...]) -> dict[str, Any]:
    """One of each, or no answer."""
    chosen = {name: rng.choice(values) for name, values in offered.items()}
    return {name: value for name, value in chosen.items() if value is not None}


def _what(rng: Random, number: int) -> dict[str, Any]:
    effect, wish = (None, "I was late."), (None, "An explanation.", "That nobody uses a taser.")
    return {"what": f"{rng.choice(WHAT)} ({number})"} | _given(rng, effect=effect, wish=wish)


def _when(rng: Random, on: date) -> dict[str, Any]:
    given = _given(
        rng, borough=(None, *BOROUGHS), searched=(None, "True", "False"), arrested=(None, "True", "False"),
        around=(None, "about nine"), place=(None, "High Street", "Outside the dog kennels"),
    )  # fmt: skip
    if given.get("searched") == "True" and rng.random() < 0.5:
        given["receipt"] = f"SR {rng.randrange(10_000)}"
    if rng.random() < 0.75:
        given |= parts("on", on - timedelta(days=rng.choice((0, 0, 1, 3, 28, 31, 40, 92, 400))))
    return given


def _who(rng: Random) -> dict[str, Any]:
    about = (None, "officers", "community")
    return _given(
        rng,
        officers=(None, "AB 123", "Tall, with a beard"),
        vehicle=(None, "BX19 ABC"),
        witnesses=(None, "My sister"),
        about=about,
    )


def _contact(rng: Random, number: int) -> dict[str, Any]:
    given = _given(
        rng, channel=(None, "email", "letter", "phone", "page"), safe_times=(None, "After six"), not_home=(None, "yes")
    )
    match given.get("channel"):
        case "email":
            given["email"] = f"somebody{number}@example.org"
        case "letter":
            given |= {"address": "4 Mill Lane\nThamesmere", "postcode": "SE1 7TH"}
        case "phone":
            given |= {"phone": "020 7946 0021"} | _given(rng, voicemail=(None, "yes"))
    return given


def _needs(rng: Random) -> dict[str, Any]:
    wanted = (None, ["large-print"], ["easy-read", "interpreter"], ["bsl", "advocate"])
    return _given(rng, contact_needs=wanted, language=(None, "Polish"), other=(None, "Please speak slowly"))


def _other(rng: Random, on: date, number: int) -> dict[str, Any]:
    given = _given(rng, name=(None, f"Femi Abara {number}"), authority=(None, "parent-under-16", "consent", "consent"))
    ages = (3, 12, 15) if given.get("authority") == "parent-under-16" else (12, 16, 17, 44)
    if rng.random() < 0.7:
        given |= parts("born", _born(rng, on, ages))
    if given.get("authority") == "consent":
        how = (
            {},
            {"email": f"other{number}@example.org"},
            {"address": "9 Hill Road\nThamesmere", "postcode": "SE1 7TH"},
        )
        given |= rng.choice(how)
    return given


def _born(rng: Random, on: date, ages: tuple[int, ...]) -> date:
    """Somebody of one of these ages on a day, not within two months of a birthday."""
    return on.replace(year=on.year - rng.choice(ages), day=1) - timedelta(days=rng.randrange(90, 270))
