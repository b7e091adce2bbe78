"""The tracker: the link, reference and code, a lost link, and everything that one can do there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.history.models import Event
from casework.moments import moved_to, now
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.parties.models import ContactChange, Party
from casework.rides.models import Health, Ride, RideFeedback
from casework.schedule import service as schedule
from casework.schedule.models import Booking
from casework.schedule.workflow import DAY_LIST
from casework.vetting.models import Declaration
from tests import factories
from tests.browser import Browser


def link(party: Party) -> str:
    """The secret link as every message carries it."""
    return "/cases/" + secrets.link_secret(party.id, party.generation)


def opened(client: Browser, made: Any) -> Browser:
    """The tracking page, opened by the link."""
    db.session.commit()
    client.follow(client.get(link(db.session.get(Ride, made.ride.id).applicant)))
    return client


def owed(name: str) -> int:
    return db.session.query(Owed).filter_by(name=name).count()


def test_the_link_opens_the_case_often_and_leaves_a_clean_address(client: Browser) -> None:
    made = factories.ride()
    db.session.commit()
    for _ in range(3):
        answer = client.get(link(made.ride.applicant))
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/track/case"
        client.follow(answer)
    assert made.ride.reference in client.words


def test_reference_and_code_open_the_case_however_they_are_typed(app: Any, client: Browser) -> None:
    made = factories.ride()
    party = made.ride.applicant
    db.session.commit()
    code = secrets.code(party.id, party.code_generation)
    for reference, typed in (
        (made.ride.reference, code),
        (made.ride.reference.lower().replace("-", " "), code.lower().replace("-", "")),
        (" " + made.ride.reference.replace("-", ""), code.replace("0", "o").replace("1", "l")),
    ):
        browser = Browser(app)
        browser.follow(browser.submit("/track", {"reference": reference, "code": typed}))
        assert "Where it stands" in browser.words or made.ride.reference in browser.words


def test_wrong_and_unknown_look_alike(app: Any) -> None:
    made = factories.ride()
    other = factories.ride(email="other@example.org")
    db.session.commit()
    code = secrets.code(made.ride.applicant.id, 1)
    pages = set()
    for reference, typed in (
        (made.ride.reference, "0000-0000-0000"),
        ("RA-7K4M-Q2XT-9", code),
        (other.ride.reference, code),
        ("nonsense", "nonsense"),
    ):
        browser = Browser(app, address=f"198.51.100.{len(pages) + 1}")
        answer = browser.submit("/track", {"reference": reference, "code": typed})
        pages.add((answer.status_code, browser.words.replace(reference, "").replace(typed, "")))
    assert {status for status, _ in pages} == {400}
    assert len({words.partition("There is a problem")[2][:100] for _, words in pages}) == 1


def test_codes_are_throttled_per_reference_and_the_right_one_waits_too(app: Any) -> None:
    made = factories.ride()
    party = made.ride.applicant
    db.session.commit()
    browser = Browser(app)
    for _ in range(5):
        assert browser.submit("/track", {"reference": made.ride.reference, "code": "0000-0000-0000"}).status_code == 400
    answer = browser.submit("/track", {"reference": made.ride.reference, "code": secrets.code(party.id, 1)})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    with moved_to(now() + timedelta(minutes=16)):
        right = browser.submit("/track", {"reference": made.ride.reference, "code": secrets.code(party.id, 1)})
        assert right.status_code == 302


def test_a_lost_link_gives_the_same_page_either_way_and_at_most_three_mails(app: Any) -> None:
    factories.ride()
    db.session.commit()
    pages = []
    for email in ("adaeze@example.org", "nobody@example.org"):
        browser = Browser(app)
        browser.submit("/track/lost", {"email": email})
        pages.append(browser.words)
    assert pages[0] == pages[1]
    for number in range(10):
        Browser(app, address=f"198.51.100.{number}").submit("/track/lost", {"email": "ADAEZE@example.org"})
    assert owed("lost-link") == 3


def test_the_case_closes_after_twenty_idle_minutes(client: Browser) -> None:
    opened(client, factories.ride())
    with moved_to(now() + timedelta(minutes=21)):
        answer = client.get("/track/case")
    assert answer.headers["Location"] == "/track"


def test_a_clock_that_was_put_back_leaves_no_case_open_for_longer(client: Browser) -> None:
    opened(client, factories.ride())
    with moved_to(now() - timedelta(hours=1)):
        answer = client.get("/track/case")
    assert answer.headers["Location"] == "/track"


def test_the_page_never_shows_birth_date_address_health_or_declarations(client: Browser, cast: Any) -> None:
    made = factories.booked(cast, address="99 Canary Street", postcode="N1 1AA", phone="020 7946 0555")
    db.session.commit()
    opened(client, made)
    for canary in ("1990", "Canary", "0555", "High Street", "none", "Ngozi", cast.account("coordinator").name):
        assert canary not in client.words, canary
    assert "Holloway Road" in client.words


def test_a_question_is_answered_on_the_case(client: Browser, cast: Any) -> None:
    from casework.rides import service as rides

    made = factories.ride()
    rides.ask(made.ride, "Which weekends suit you?", cast.coordinator)
    opened(client, made)
    assert "Which weekends suit you?" in client.words
    client.submit("/track/case/answer", {"answer": "All of them."})
    assert db.session.get(Ride, made.ride.id).state == "submitted"
    assert client.get("/track/case/answer").headers["Location"] == "/track/case"


def test_the_next_part_begins_the_checks_and_is_sealed(client: Browser, cast: Any) -> None:
    made = factories.ride()
    cases.perform(made.ride, "invite", cast.coordinator)
    opened(client, made)
    answer = client.submit(
        "/track/case/next-part", {"convicted": "True", "involved": "False", "addresses": "1 High Street"}
    )
    assert answer.status_code == 400
    assert "Tell us what it was and about when" in client.words
    assert "1 High Street" in client.text
    client.post(
        "/track/case/next-part",
        {"convicted": "True", "convictions": "A canary in 2009", "involved": "False", "addresses": "1 High Street"},
    )
    assert db.session.get(Ride, made.ride.id).state == "checks"
    kept = db.session.query(Declaration).one()
    assert kept.convictions == "A canary in 2009"
    assert b"canary" not in bytes(kept.convictions_sealed)


def test_an_offer_is_accepted_after_the_part_before_a_booking(client: Browser, cast: Any) -> None:
    made = factories.offered(cast)
    opened(client, made)
    assert "Holloway Road" not in client.words
    path = f"/track/case/offers/{made.booking_id}"
    client.get(path)
    assert "Holloway Road" not in client.words
    assert client.post(path, {"answer": "accept"}).headers["Location"] == "/track/case/ready"
    part = {
        "contact_name": "Ngozi",
        "contact_relation": "sister",
        "contact_phone": "020 7946 0019",
        "id_kind": "passport",
        "health": "asthma",
    }
    client.submit("/track/case/ready", part)
    assert db.session.query(Health).one().words == "asthma"
    client.get(path)
    client.follow(client.post(path, {"answer": "accept"}))
    assert "Your ride is booked" in client.words
    assert "Holloway Road" in client.words
    assert db.session.get(Ride, made.ride.id).state == "booked"


def test_somebody_elses_offer_is_not_found(client: Browser, cast: Any) -> None:
    mine, theirs = (
        factories.offered(cast),
        factories.offered(
            cast, factories.slot(cast, host_id=factories.account("h2@force.example").id), email="b@example.org"
        ),
    )
    opened(client, mine)
    assert client.get(f"/track/case/offers/{theirs.booking_id}").status_code == 404
    assert client.get(f"/track/case/bookings/{theirs.booking_id}/cancel").status_code == 404


def test_declining_and_cancelling_keep_the_approval(client: Browser, cast: Any) -> None:
    made = factories.offered(cast)
    opened(client, made)
    client.submit(f"/track/case/offers/{made.booking_id}", {"answer": "decline"})
    assert db.session.get(Ride, made.ride.id).state == "approved"
    again = factories.slot(cast, host_id=factories.account("h3@force.example").id)
    booking = schedule.offer(again.id, db.session.get(Ride, made.ride.id), cast.coordinator)
    from casework.rides import service as rides

    rides.get_ready(db.session.get(Ride, made.ride.id), rides.Ready("N", "s", "020 7946 0019"), made.applicant)
    schedule.accept(booking.id, made.applicant)
    db.session.commit()
    client.submit(f"/track/case/bookings/{booking.id}/cancel")
    assert db.session.get(Booking, booking.id).state == "cancelled_by_rider"
    assert db.session.get(Ride, made.ride.id).state == "approved"
    assert owed("ride-cancelled-by-rider") == 1


def test_withdrawing_needs_no_reason_and_ends_everything(client: Browser, cast: Any) -> None:
    made = factories.booked(cast)
    opened(client, made)
    client.follow(client.submit("/track/case/withdraw"))
    assert "You withdrew your application" in client.words
    assert db.session.get(Booking, made.booking_id).state == "cancelled_by_rider"
    assert owed("ride-withdrawn") == 1
    assert owed("ride-cancelled-by-rider") == 0


def test_a_refusal_says_ground_and_date_and_can_be_looked_at_again_once(client: Browser, cast: Any) -> None:
    from casework.rides import service as rides

    made = factories.decided(cast)
    rides.refuse(made.ride, "suitability", cast.supervisor)
    opened(client, made)
    assert "we cannot offer you a place after our checks" in client.words
    assert "You can apply again from" in client.words
    client.submit("/track/case/reconsider", {"answer": "Please look at my letter."})
    ride = db.session.get(Ride, made.ride.id)
    assert (ride.state, ride.waits_for) == ("decision", "supervisor")
    cases.perform(ride, "uphold", cast.supervisor_too)
    db.session.commit()
    client.get("/track/case/details")
    token = client.token()
    client.get("/track/case")
    assert "looked at again by somebody" not in client.words
    assert client.post_bare("/track/case/reconsider", {"csrf_token": token}).status_code == 302
    assert db.session.get(Ride, made.ride.id).state == "refused"


def test_a_new_address_is_confirmed_and_the_old_one_may_undo_it(app: Any, client: Browser) -> None:
    made = factories.ride()
    opened(client, made)
    client.submit("/track/case/details", {"email": "new@example.org"})
    change = db.session.query(ContactChange).one()
    assert {o.part for o in db.session.query(Owed).filter(Owed.name.like("contact-change-%"))} == {
        f"change:{change.id}:new",
        f"change:{change.id}:old",
    }
    assert db.session.query(Party).one().email == "adaeze@example.org"
    old_link = link(db.session.query(Party).one())
    stranger = Browser(app)
    confirm = "/track/confirm/" + secrets.purpose_secret("change", change.id)
    stranger.get(confirm)
    assert db.session.query(Party).one().email == "adaeze@example.org"
    stranger.post(confirm)
    assert db.session.query(Party).one().email == "new@example.org"
    assert Browser(app).get(old_link).status_code == 404
    undo = Browser(app)
    undo.submit("/track/object/" + secrets.purpose_secret("objection", change.id))
    assert db.session.query(Party).one().email == "adaeze@example.org"
    assert undo.get("/track/object/" + secrets.purpose_secret("objection", change.id)).status_code == 404


def test_an_objection_is_too_late_after_seven_days(app: Any, client: Browser) -> None:
    made = factories.ride()
    opened(client, made)
    client.submit("/track/case/details", {"email": "new@example.org"})
    change = db.session.query(ContactChange).one()
    with moved_to(now() + timedelta(days=8)):
        assert Browser(app).get("/track/object/" + secrets.purpose_secret("objection", change.id)).status_code == 404


def test_feedback_closes_the_application_and_worry_is_pointed_out(client: Browser, cast: Any) -> None:
    made = factories.booked(cast)
    with moved_to(made.slot.during.lower):
        schedule.start(made.booking_id, cast.host, dict.fromkeys(DAY_LIST, True))
        schedule.finish(
            made.booking_id, "complete", cast.host, schedule.Log(made.slot.starts, made.slot.ends, searches=1)
        )
    opened(client, made)
    assert "How was your ride?" in client.words
    answers = {
        "satisfaction": "4",
        "safe": "True",
        "briefed": "True",
        "searches": "1",
        "view_changed": "same",
        "concern": "True",
    }
    assert client.submit("/track/case/feedback", answers).status_code == 400
    client.post("/track/case/feedback", answers | {"concern_words": "One officer was rude."})
    assert "You can also make a complaint" in client.words
    kept = db.session.query(RideFeedback).one()
    assert kept.dissatisfied
    assert kept.satisfaction == 4
    assert db.session.get(Ride, made.ride.id).state == "closed"
    assert db.session.query(Event).filter_by(action="feed_back").one().facts == {"dissatisfied": True}


def test_nothing_of_a_case_is_shown_without_its_secret(app: Any, cast: Any) -> None:
    made = factories.offered(cast)
    db.session.commit()
    stranger = Browser(app)
    for path in (
        "/track/case",
        "/track/case/details",
        "/track/case/withdraw",
        f"/track/case/offers/{made.booking_id}",
        "/track/message/1",
    ):
        assert stranger.get(path).headers["Location"] == "/track"
        stranger.get("/track")
        assert stranger.post(path).status_code in {302, 404, 405}
    assert stranger.get("/cases/" + "A" * 22).status_code == 404
    assert db.session.get(Ride, made.ride.id).state == "offered"
