"""A keyed form makes exactly the facts of the same answers typed online; what cannot be read stays open and is named."""

from __future__ import annotations

import re
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.history.models import Event
from casework.outbox.models import Owed
from casework.post import effects, facts, sheets
from casework.post.comparing import Mark, Read
from casework.post.models import FieldCheck
from casework.rides import draft as riding
from casework.saying import draft as saying
from casework.settings import service as settings
from tests import factories
from tests.desks import at_the_desk
from tests.post import trays
from tests.post.trays import TRUTH
from tests.rides.test_apply import ANSWERS as RIDE
from tests.triage import channels


@pytest.fixture
def room(app: Any, cast: Any) -> Any:
    """Three clerks."""
    return {name: trays.clerk(name) for name in ("ann", "bea", "cem")}


def test_what_is_keyed_says_what_it_would_have_said_online(room: Any) -> None:
    random = Random(11)
    for number in range(150):
        said = channels.said(random, number)
        typed = {
            slug: {k: v if isinstance(v, list) else [v] for k, v in page.items()} for slug, page in said.answers.items()
        }
        online = saying.facts_of(typed, facts.checked(saying.JOURNEY, typed))
        kept = sheets.typed(sheets.sheet("feedback"), trays.reads_of("feedback", said.answers))
        assert saying.facts_of(kept, facts.checked(saying.JOURNEY, kept)) == online, said


def test_a_keyed_application_is_the_one_that_would_have_been_sent_online(room: Any) -> None:
    typed = {slug: {k: v if isinstance(v, list) else [v] for k, v in page.items()} for slug, page in RIDE.items()}
    online = riding.facts(facts.checked(riding.JOURNEY, typed))
    item = trays.letter(room["ann"], "ride", name="", address="")
    reads = trays.reads_of("ride", RIDE) | {"signature": Read(("yes",))}
    trays.key(item, room["ann"], reads)
    assert facts.of(item).facts == online
    assert trays.key(item, room["bea"], reads)
    ride: Any = effects.case_of(trays.fresh(item))
    assert (ride.why, ride.wishes, ride.days) == (online.why, list(online.wishes), list(online.days))
    person = next(iter(cases.parties_of(ride.id, "applicant")))
    assert (person.name, person.email) == (online.name, online.email)
    assert ride.received_on == item.batch.arrived_on
    assert item.state == "filed"


def test_the_facts_of_a_letter_are_in_its_case_once_two_people_read_the_same(room: Any) -> None:
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    case: Any = effects.case_of(trays.fresh(item))
    assert case.encounter.what == ""
    trays.key(item, room["bea"], TRUTH)
    db.session.expire_all()
    assert case.encounter.what.startswith("They stopped my brother")
    assert case.encounter.happened_on == date(2026, 11, 3)
    assert case.encounter.receipt == "SS/123-45"
    person = next(iter(cases.parties_of(case.id, "complainant")))
    assert (person.name, person.postcode) == ("Siân O'Neill", "SW1A 1AA")


def opened(case: Case) -> dict[str, Any]:
    """What the case says stays open."""
    found = db.session.scalars(select(Event).where(Event.stream_id == case.stream_id, Event.action == "key_open"))
    return dict(found.one().facts)


def test_what_cannot_be_read_is_named_on_the_case_and_holds_nothing_up(room: Any) -> None:
    item = trays.letter(room["ann"])
    bad = trays.mistaken("you.born", mark=Mark.UNREADABLE) | {
        "when.on": Read(("31", "2", "2026")),
        "what.effect": Read(("She is afraid.",), Mark.SUMMARY),
    }
    trays.key(item, room["ann"], bad)
    trays.key(item, room["bea"], bad)
    case: Any = effects.case_of(trays.fresh(item))
    assert opened(case)["open"] == {"you.born": "unreadable", "when.on": "unusable", "what.effect": "summarised"}
    assert case.encounter.happened_on is None
    assert case.encounter.effect == "She is afraid."
    # Feedback is good without a birth date: nobody is asked for it.
    assert item.state == "filed"


def test_who_wrote_what_nobody_can_read_is_asked_for_it(room: Any) -> None:
    item = trays.letter(room["ann"])
    bad = trays.mistaken("what.what", mark=Mark.UNREADABLE)
    trays.key(item, room["ann"], bad)
    trays.key(item, room["bea"], bad)
    case: Any = effects.case_of(trays.fresh(item))
    assert (item.state, wanted(case)) == ("awaiting_sender", ["what"])


def wanted(case: Case) -> list[str]:
    """What the sender was asked for."""
    found = db.session.scalars(select(Event).where(Event.stream_id == case.stream_id, Event.action == "ask_sender"))
    return list(found.one().facts["wanted"])


def test_an_application_without_signature_is_asked_for_it_while_its_clock_runs_on(room: Any) -> None:
    item = trays.letter(room["ann"], "ride")
    reads = trays.reads_of("ride", RIDE) | {
        "contact.channel": Read(("letter",)),
        "contact.address": Read(("1 High Street",)),
    }
    trays.key(item, room["ann"], reads)
    trays.key(item, room["bea"], reads)
    case: Any = effects.case_of(trays.fresh(item))
    assert item.state == "awaiting_sender"
    assert wanted(case) == ["signature"]
    asked = db.session.scalars(select(Owed).where(Owed.stream_id == case.stream_id, Owed.name == "post-more-wanted"))
    assert len(list(asked)) == 1
    assert case.received_on == item.batch.arrived_on


def test_somebody_who_gave_no_address_is_not_asked(room: Any) -> None:
    item = trays.letter(room["ann"], name="", address="")
    bad = {"what.what": Read(mark=Mark.UNREADABLE)}
    trays.key(item, room["ann"], bad)
    trays.key(item, room["bea"], bad)
    assert trays.fresh(item).state == "filed"
    case: Any = effects.case_of(item)
    assert opened(case)["open"] == {"what.what": "unreadable"}


def test_what_one_clerk_keyed_alone_is_marked_so_on_the_case(room: Any) -> None:
    settings.change("post.single_clerk", True, room["ann"], "only Ann")
    db.session.commit()
    item = trays.letter(room["ann"])
    trays.key(item, room["ann"], TRUTH)
    case: Any = effects.case_of(trays.fresh(item))
    assert opened(case)["alone"] is True
    assert case.encounter.receipt == "SS/123-45"


def test_triage_checks_what_matters_beside_the_scan_where_there_is_one_clerk(
    app: Any, room: Any, cast: Any, demo_mode: None
) -> None:
    settings.change("post.single_clerk", True, room["ann"], "only Ann")
    db.session.commit()
    item = trays.letter(room["ann"], borough_id=factories.area("north-borough").id)
    trays.key(item, room["ann"], trays.mistaken("you.name", "Sian O'Neal"))
    case: Any = effects.case_of(trays.fresh(item))
    reference = case.reference
    desk = at_the_desk(app, cast, "triage")
    desk.get(f"/staff/cases/{reference}")
    assert "One person keyed it, and nobody has compared it with the paper" in desk.words
    desk.get(f"/staff/post/check/{reference}")
    assert "Sian O'Neal" in desk.words and "SW1A 1AA" in desk.words
    picture = re.search(r'="(/staff/post/check/[^"]+/pages/\d+)"', desk.text)
    assert picture and desk.get(picture[1]).mimetype == "image/jpeg"
    desk.get(f"/staff/post/check/{reference}")
    answer = desk.post(f"/staff/post/check/{reference}", {"wrong": ["you.name", "made.up"]})
    desk.follow(answer)
    assert "Now correct on the case: Full name" in desk.words
    assert "nobody has compared" not in desk.words
    checks = {c.name: c.right for c in db.session.query(FieldCheck)}
    assert checks["you.name"] is False and checks["you.born"] is True
    assert at_the_desk(app, cast, "triage_south").get(f"/staff/post/check/{reference}").status_code == 404
