"""The post room by keyboard, without script: a tray is opened, sorted, entered, set aside and closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from casework import emails
from casework.cases import service as cases
from casework.exchanges.models import Exchange
from casework.extensions import db
from casework.feedback import queries as told
from casework.feedback.models import Feedback
from casework.feedback.service import Person, Told
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed
from casework.post import alarms, completing, exceptions, indexing, service
from casework.post.models import Batch, Item
from casework.roles import SYSTEM, Role
from casework.triage import service as triage_service
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk, value_of
from tests.post.trays_by_hand import answer, attached, case_of, concern, index, items, opened, sent, take
from tests.triage.channels import parts
from workers.clock import take_due

pytestmark = pytest.mark.usefixtures("demo_mode")


@pytest.fixture
def clerk(app: Any, cast: Any) -> Browser:
    return at_the_desk(app, cast, "clerk")


def test_a_clerk_opens_a_tray_and_its_sum_is_shown(clerk: Browser) -> None:
    batch = opened(clerk, 3)
    assert re.fullmatch(r"\d{8}-01", batch.number)
    assert "3 envelopes = 0 cases" in clerk.words and "3 still in work. The sum holds." in clerk.words
    clerk.get("/staff/post")
    assert batch.number in clerk.words and "1 day ago" in clerk.words


def test_pressing_the_button_twice_opens_one_tray(clerk: Browser) -> None:
    clerk.get("/staff/post/batches/new")
    fields = {"tray": "A", "envelopes": "2", "key": value_of(clerk, "key"), "area_id": str(factories.area("north").id)}
    for _ in range(2):
        clerk.get("/staff/post/batches/new")
        assert clerk.post("/staff/post/batches/new", fields | parts("arrived_on", today())).status_code == 303, (
            clerk.words
        )
    assert db.session.query(Batch).count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tray": ""}, "Enter the tray"),
        ({"envelopes": "501"}, "500"),
        ({"envelopes": "some"}, "whole number"),
        ({"arrived_on-day": "31", "arrived_on-month": "12", "arrived_on-year": "2999"}, "or earlier"),
        ({"arrived_on-day": ""}, "day"),
        ({"area_id": "999999"}, "Choose"),
    ],
)
def test_what_is_wrong_with_a_tray_is_said_and_stays_typed(clerk: Browser, fields: Any, sentence: str) -> None:
    assert sent(clerk, 3, **fields).status_code == 400
    assert "There is a problem" in clerk.words
    assert sentence in clerk.words, clerk.words[:600]
    assert db.session.query(Batch).count() == 0


def test_a_letter_becomes_a_case_in_one_page_and_the_next_one_comes(clerk: Browser) -> None:
    batch = opened(clerk, 2)
    clerk.get("/staff/post")
    clerk.follow(clerk.post("/staff/post/next"))
    assert "Take this letter" not in clerk.words  # it is taken by that
    token = value_of(clerk, "token")
    place = factories.area("north-borough")
    answer = clerk.post(
        f"/staff/post/items/{items(batch)[0].id}/index",
        {
            "token": token, "kind": "complaint", "name": "Ama Mensah", "address": "4 Mill Lane\nThamesmere",
            "postcode": "SE1 7TH", "borough_id": str(place.id), "wishes": "large_print",
        },
    )  # fmt: skip
    clerk.follow(answer)
    assert "Item 1 is done." in clerk.words and "1 letter waits" in clerk.words
    case = case_of(items(batch)[0])
    assert (case.kind, case.state, case.received_on) == ("complaint", "received", batch.arrived_on)
    assert case.area_id == place.parent_id
    assert case.applicant.adjustments == {"contact_needs": ["large-print"]}
    assert "CM-" not in clerk.words  # of the case the clerk sees nothing further


def test_what_may_be_the_same_matter_is_shown_once_before_a_new_case_is_opened(clerk: Browser) -> None:
    batch = opened(clerk, 3)
    first, second, third = items(batch)
    index(clerk, first, name="Ama Mensah")
    other = case_of(first)
    answer = index(clerk, second, name="Ama Mensahh", postcode="E1 1AA")
    assert answer.status_code == 200 and items(batch)[1].case_id is None
    assert f"{other.reference} : a similar name, came by post as batch {batch.number}, item 1" in clerk.words
    fields = {"token": value_of(clerk, "token"), "seen": value_of(clerk, "seen"), "kind": "feedback"}
    clerk.post(f"/staff/post/items/{second.id}/index", fields | {"name": "Ama Mensahh"})
    assert items(batch)[1].case_id is not None
    index(clerk, third, name="Bob")
    assert items(batch)[2].case_id is not None


def test_a_letter_is_attached_by_the_reference_on_it_and_a_slip_in_it_is_noticed(clerk: Browser, cast: Any) -> None:
    case = concern(person=Person("Ama Mensah", email="a@example.org"))
    batch = opened(clerk, 1)
    item = items(batch)[0]
    token = take(clerk, item)
    path = f"/staff/post/items/{item.id}/attach"
    wrong = case.reference[:-1] + ("0" if case.reference[-1] != "0" else "1")
    assert clerk.post(path, {"token": token, "reference": wrong}).status_code == 400
    assert "Check for mixed-up characters" in clerk.words and wrong in clerk.text
    clerk.follow(clerk.post(path, {"token": token, "reference": case.reference.lower().replace("-", " ")}))
    assert f"It belongs to {case.reference}" in clerk.words
    assert "Two officers" not in clerk.words  # nothing of what it says
    fields = {"token": value_of(clerk, "token"), "said": "message", "words": "I have found the receipt."}
    clerk.follow(clerk.post(f"/staff/post/items/{item.id}/answer", fields))
    said = db.session.query(Exchange).filter_by(case_id=case.id).one()
    assert (said.words, said.account_id, said.seen_at) == ("I have found the receipt.", None, None)
    item = items(batch)[0]
    assert (item.state, item.attached) == ("filed", True)


def test_a_case_of_another_area_is_not_found_by_a_clerk(clerk: Browser) -> None:
    case = concern(borough_id=factories.area("south-borough").id)
    item = items(opened(clerk, 1))[0]
    token = take(clerk, item)
    clerk.post(f"/staff/post/items/{item.id}/attach", {"token": token, "reference": case.reference})
    assert "There is no such case in your areas" in clerk.words


def test_a_letter_that_was_attached_wrongly_is_taken_off_again(clerk: Browser, cast: Any) -> None:
    case = concern()
    item = attached(clerk, cast, case)
    clerk.get(f"/staff/post/items/{item.id}")
    clerk.follow(clerk.post(f"/staff/post/items/{item.id}/detach"))
    item = db.session.get(Item, item.id)
    assert (item.state, item.case_id, item.attached) == ("scanned", None, False)
    actions = [e.action for e in db.session.query(Event).filter_by(stream_id=case.stream_id).order_by(Event.number)]
    assert actions[-2:] == ["attach_post", "detach_post"]


def test_danger_in_a_letter_is_told_to_supervisors_at_once(clerk: Browser, cast: Any) -> None:
    cast.account("supervisor"), cast.account("supervisor_too")
    item = items(opened(clerk, 1))[0]
    take(clerk, item)
    clerk.follow(clerk.post(f"/staff/post/items/{item.id}/aside", {"exception": "phone-now", "note": "She is alone."}))
    alarms = db.session.query(Owed).filter_by(name="staff-alarm").all()
    assert len(alarms) == 2 and all(each.due_at <= now() for each in alarms)
    text = emails.render(alarms[0]).text
    assert "Somebody is in danger now" in " ".join(text.split()) and "She is alone" not in text
    assert db.session.get(Item, item.id).state == "exception"
    supervisor = at_the_desk(clerk._client.application, cast, "supervisor")
    supervisor.get("/staff/post/aside")
    assert "Somebody is in danger now" in supervisor.words
    supervisor.follow(supervisor.post(f"/staff/post/items/{item.id}/settle", {"note": "Telephoned, police are there."}))
    assert db.session.get(Item, item.id).state == "filed"


def test_what_is_not_for_us_goes_on_with_a_slip_for_its_sender(clerk: Browser) -> None:
    batch = opened(clerk, 1)
    item = items(batch)[0]
    fields = {"body": "British Transport Police", "name": "Ama Mensah", "address": "4 Mill Lane\nThamesmere"}
    clerk.submit(f"/staff/post/items/{item.id}/forward", fields)
    clerk.get(f"/staff/post/items/{item.id}/slip")
    assert "Ama Mensah" in clerk.words and "is dealt with by British Transport Police" in clerk.words
    clerk.get(f"/staff/post/batches/{batch.id}")
    assert "1 forwarded" in clerk.words


def test_the_sum_holds_whatever_becomes_of_the_envelopes(clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 6)
    one, two, three, four, five, six = items(batch)
    index(clerk, one, name="Ama Mensah")
    indexing.attach(two, concern(), cast.clerk)
    exceptions.forward(three, "Another force", cast.clerk)
    exceptions.send_back(four, cast.clerk, "Empty.")
    exceptions.set_aside(five, "evidence", cast.clerk)
    service.add_matter(six, cast.clerk)
    db.session.commit()
    clerk.get(f"/staff/post/batches/{batch.id}")
    assert (
        "6 envelopes = 1 cases + 1 attached to cases + 1 forwarded + 1 returned + 1 set aside + 1 still in work"
        in clerk.words
    )
    clerk.follow(clerk.post(f"/staff/post/batches/{batch.id}/close"))
    assert "is closed. Its sum holds." in clerk.words


def test_a_tray_whose_sum_does_not_hold_stays_open(clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 2)
    clerk.submit(f"/staff/post/batches/{batch.id}/recount", {"envelopes": "3", "note": "One was stuck to another."})
    clerk.get(f"/staff/post/batches/{batch.id}")
    assert "the sum does not hold" in clerk.words and "It cannot be closed yet" in clerk.words
    assert clerk.post(f"/staff/post/batches/{batch.id}/close").status_code == 409
    have = value_of(clerk, "have")
    clerk.follow(clerk.post(f"/staff/post/batches/{batch.id}/items", {"number": "1", "have": have}))
    assert clerk.post(f"/staff/post/batches/{batch.id}/items", {"number": "1", "have": have}).status_code == 409
    clerk.get(f"/staff/post/batches/{batch.id}")
    clerk.follow(clerk.post(f"/staff/post/batches/{batch.id}/close"))
    assert db.session.get(Batch, batch.id).state == "closed"


def test_a_corrected_day_of_arrival_moves_every_clock_and_stands_in_each_case(
    app: Any, clerk: Browser, cast: Any
) -> None:
    batch = opened(clerk, 3)
    one, two, three = items(batch)
    index(clerk, one, name="Ama Mensah", kind="complaint")
    index(clerk, two, name="Zoe Lukasz", kind="feedback")
    indexing.attach(three, concern(received_on=today()), cast.clerk)
    db.session.commit()
    complaint, said = case_of(items(batch)[0]), case_of(items(batch)[1])
    before = {each.id: (each.received_on, each.next_due_on) for each in (complaint, said)}
    assert clerk.get(f"/staff/post/batches/{batch.id}/day").status_code == 403
    supervisor = at_the_desk(app, cast, "supervisor")
    earlier = today() - timedelta(days=12)
    fields = parts("arrived_on", earlier) | {"note": "The stamp was read wrongly."}
    supervisor.submit(f"/staff/post/batches/{batch.id}/day", fields)
    db.session.expire_all()
    for case in (complaint, said):
        assert case.received_on == earlier and case.next_due_on < before[case.id][1]
        event = db.session.query(Event).filter_by(stream_id=case.stream_id, action="correct_day").one()
        assert event.facts == {"was": before[case.id][0].isoformat(), "to": earlier.isoformat()}
    assert case_of(items(batch)[2]).received_on == today()
    assert told.preservation(said.id).last_on == earlier + timedelta(days=31)


def test_the_page_of_the_case_says_how_it_came_and_how_far_its_paper_is(app: Any, clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 1)
    index(clerk, items(batch)[0], name="Ama Mensah", borough_id=str(factories.area("north-borough").id))
    case = case_of(items(batch)[0])
    triage = at_the_desk(app, cast, "triage")
    triage.get(f"/staff/cases/{case.reference}")
    assert "Came by post" in triage.words and f"batch {batch.number}, item 1" in triage.words
    assert "Keying under way: read the pages" in triage.words


def test_what_the_paper_says_otherwise_is_shown_until_somebody_has_looked(app: Any, clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 1)
    index(clerk, items(batch)[0], name="Ama Mensah", borough_id=str(factories.area("north-borough").id))
    item, case = items(batch)[0], case_of(items(batch)[0])
    triage_service.edit_facts(cases.lock(Feedback, case.id), {"place": "Outside the library"}, cast.triage)
    cases.perform(item, "key", cast.clerk)
    cases.perform(item, "pass", SYSTEM)
    completing.finish(item, Told(what="Hello.", place="Outside the bakery"), cast.clerk)
    db.session.commit()
    triage = at_the_desk(app, cast, "triage")
    triage.get(f"/staff/cases/{case.reference}")
    assert "The paper says something else than what stands here: Where Outside the bakery" in triage.words
    assert "Outside the library" in triage.words and "Keying finished" in triage.words
    triage.follow(triage.post(f"/staff/post/cases/{case.reference}/items/{item.id}/seen"))
    assert "Outside the bakery" not in triage.words and "Outside the library" in triage.words


def test_a_letter_of_ours_that_came_back_told_nobody(app: Any, clerk: Browser, cast: Any) -> None:
    case = sayings.complaint(person=Person("Ama Mensah", address="4 Mill Lane", channel="letter"))
    owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="complaint-received").one()
    owed.done_at = owed.closed_at = now()
    db.session.commit()
    item = items(opened(clerk, 1))[0]
    take(clerk, item)
    path = f"/staff/post/items/{item.id}/came-back"
    clerk.get(path)
    clerk.post(path, {"reference": case.reference})
    assert "Complaint received, posted" in clerk.words
    fields = {"reference": case.reference, "letter": str(owed.id), "note": "Gone away"}
    clerk.follow(clerk.post(path, fields))
    db.session.expire_all()
    assert (owed.done_at, owed.why) == (None, "came back by post") and owed.failed_at is not None
    handler = at_the_desk(app, cast, "handler")
    handler.get(f"/staff/cases/{case.reference}")
    assert "A letter of ours came back" in handler.words and "our letter came back" in handler.words.lower()


def test_the_sender_is_asked_for_what_is_missing_and_the_case_goes_on(app: Any, clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 1)
    index(clerk, items(batch)[0], name="Ama Mensah", address="4 Mill Lane")
    item = items(batch)[0]
    exceptions.set_aside(item, "unsigned", cast.clerk)
    db.session.commit()
    due = case_of(item).next_due_on
    clerk.submit(f"/staff/post/items/{item.id}/sender", {"wanted": "signature"})
    item = items(batch)[0]
    assert item.state == "awaiting_sender" and case_of(item).next_due_on == due
    rows = db.session.query(Owed).filter(Owed.name.like("post-more-wanted%")).order_by(Owed.id).all()
    assert [(row.name, row.channel) for row in rows] == [
        ("post-more-wanted", "letter"), ("post-more-wanted-reminder", "letter"),
    ]  # fmt: skip
    assert (rows[1].due_at - rows[0].due_at) >= timedelta(days=13)
    with moved_to(now() + timedelta(days=29)):
        take_due({})
        item = items(batch)[0]
        assert item.state == "filed" and item.paper_due_on is not None


def test_paper_is_destroyed_when_its_time_is_over_unless_it_is_evidence_or_on_hold(clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 4)
    for item in items(batch):
        indexing.attach(item, concern(), cast.clerk)
        db.session.commit()
        answer(clerk, item, "message", "Hello.")
    one, two, three, four = items(batch)
    exceptions.point_out(two, "evidence", cast.clerk)
    case_of(three).hold = "A court case."
    db.session.commit()
    clerk.get("/staff/post/paper")
    assert "Nothing is to be destroyed" in clerk.words
    with moved_to(now() + timedelta(days=91)):
        browser = at_the_desk(clerk._client.application, cast, "clerk")
        browser.get("/staff/post/paper")
        assert "2 items more are kept" in browser.words
        browser.post("/staff/post/paper", {"items": str(one.id)})
        assert "Confirm that it is destroyed" in browser.words
        browser.follow(browser.post("/staff/post/paper", {"items": [str(one.id), str(two.id)], "sure": "yes"}))
    assert [each.state for each in items(batch)] == ["destroyed", "filed", "filed", "filed"]


def test_a_clerk_elsewhere_and_other_desks_see_nothing_of_the_room(app: Any, clerk: Browser, cast: Any) -> None:
    batch = opened(clerk, 1)
    south = factories.account("clerk-south@force.example", Role.CLERK, "south")
    db.session.commit()
    elsewhere = Browser(app)
    elsewhere.sign_in(south.email)
    for path in (f"/staff/post/batches/{batch.id}", f"/staff/post/items/{items(batch)[0].id}"):
        assert elsewhere.get(path).status_code == 404
    elsewhere.get("/staff/post")
    assert batch.number not in elsewhere.words
    triage = at_the_desk(app, cast, "triage")
    assert triage.get("/staff/post").status_code == 403
    assert triage.get(f"/staff/post/items/{items(batch)[0].id}").status_code == 403


def test_trays_that_lie_too_long_are_listed_and_supervisors_are_told_once(clerk: Browser, cast: Any) -> None:
    cast.account("supervisor")
    batch = opened(clerk, 2, on=today() - timedelta(days=9))
    clerk.get("/staff/post")
    assert "These trays lie too long" in clerk.words and f"Batch {batch.number}" in clerk.words
    assert alarms.run() == 1
    assert alarms.run() == 0
    assert db.session.query(Owed).filter_by(name="staff-alarm").count() == 1


def test_a_second_clerk_is_told_who_has_a_letter(app: Any, clerk: Browser, cast: Any) -> None:
    factories.account("clerk-two@force.example", Role.CLERK, "north")
    db.session.commit()
    other = Browser(app)
    other.sign_in("clerk-two@force.example")
    item = items(opened(clerk, 1))[0]
    token = take(clerk, item)
    other.get(f"/staff/post/items/{item.id}")
    assert "With Clerk" in other.words
    answer = other.post(f"/staff/post/items/{item.id}/index", {"token": token, "kind": "feedback", "name": "Ama"})
    assert answer.status_code == 409 and "You no longer hold this item" in other.words and "Ama" in other.text
