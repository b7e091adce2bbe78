"""Real concurrency: threads with connections of their own, started at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from casework.cases import service as cases
from casework.cases.models import Note
from casework.extensions import db
from casework.history.models import Event
from casework.history.verify import verify
from casework.outbox.models import Owed
from casework.rides import service as rides
from casework.rides.models import Ride
from casework.workflow import Refused
from tests import factories
from tests.browser import Browser
from tests.rides.test_apply import fill


def at_once(app: Any, jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run every job in a thread of its own, all let go at the same moment; returns results or exceptions."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[place] = job()
            except Exception as error:
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_posts_of_one_form_make_one_application(app: Any) -> None:
    for _ in range(3):
        browser = Browser(app)
        fill(browser)
        browser.get("/ride-along/apply/check")
        token, cookie = browser.token(), browser.cookie()
        before = db.session.query(Ride).count()

        def post(token: str = token, cookie: str = cookie) -> int:
            client = app.test_client()
            client.set_cookie("casework", cookie, domain="localhost")
            return int(client.post("/ride-along/apply/check", data={"csrf_token": token}).status_code)

        statuses = at_once(app, [post] * 20)
        assert all(status in {302, 400} for status in statuses), statuses
        db.session.rollback()
        assert db.session.query(Ride).count() == before + 1
        assert db.session.query(Owed).filter_by(name="ride-received").count() == before + 1


def test_approve_against_refuse_twenty_times_one_wins_and_the_other_is_told(app: Any, cast: Any) -> None:
    coordinator, supervisor = cast.coordinator, cast.supervisor
    for number in range(20):
        made = factories.decided(cast, email=f"race{number}@example.org")
        db.session.commit()
        ride_id = made.ride.id

        def approve(ride_id: int = ride_id) -> str:
            ride = db.session.get(Ride, ride_id)
            assert ride.state == "decision"
            cases.perform(ride, "approve", coordinator)
            db.session.commit()
            return "approved"

        def refuse(ride_id: int = ride_id) -> str:
            ride = db.session.get(Ride, ride_id)
            assert ride.state == "decision"
            rides.refuse(ride, "suitability", supervisor)
            db.session.commit()
            return "refused"

        results = at_once(app, [approve, refuse])
        won = [result for result in results if isinstance(result, str)]
        lost = [result for result in results if not isinstance(result, str)]
        assert len(won) == 1, results
        assert isinstance(lost[0], cases.Clash | Refused | AssertionError), lost
        db.session.rollback()
        assert db.session.get(Ride, ride_id, populate_existing=True).state == won[0]
        decisions = db.session.query(Event).filter(
            Event.stream_id == made.ride.stream_id, Event.action.in_(["approve", "refuse"])
        )
        assert decisions.count() == 1
    assert verify() == []


def test_two_people_press_two_buttons_on_the_page_and_the_second_is_told(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.decided(cast)
    db.session.commit()
    path = f"/staff/cases/{made.ride.reference}"
    first, second = Browser(app), Browser(app)
    first.sign_in(cast.account("coordinator").email)
    second.sign_in(cast.account("supervisor").email)
    for browser in (first, second):
        browser.get(path)
    version = str(db.session.get(Ride, made.ride.id).version)
    assert first.post(path + "/do/approve", {"version": version}).status_code == 302
    answer = second.post(path + "/do/approve", {"version": version, "note": "what I typed"})
    assert answer.status_code == 409
    assert "Coordinator was faster" in second.words
    assert ": approved." in second.words
    assert "what I typed" in second.text


def test_notes_of_two_people_at_once_are_both_kept(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride()
    db.session.commit()
    path = f"/staff/cases/{made.ride.reference}"
    posts = []
    for name in ("coordinator", "supervisor"):
        browser = Browser(app)
        browser.sign_in(cast.account(name).email)
        browser.get(path)
        token, cookie = browser.token(), browser.cookie()

        def post(name: str = name, token: str = token, cookie: str = cookie) -> int:
            client = app.test_client()
            client.set_cookie("casework", cookie, domain="localhost")
            return int(client.post(path + "/notes", data={"csrf_token": token, "words": f"from {name}"}).status_code)

        posts.append(post)
    assert at_once(app, posts) == [302, 302]
    db.session.rollback()
    assert {note.words for note in db.session.query(Note)} == {"from coordinator", "from supervisor"}
