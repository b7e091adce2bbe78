"""Print runs: rendered for their day, printed, counted, posted; nothing is told before that, and nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any

import pytest

from casework.cases.models import DueDuty
from casework.clocks import london
from casework.clocks.words import long_date
from casework.complaints.models import Complaint
from casework.exchanges import store
from casework.extensions import db
from casework.feedback.service import Person
from casework.history.models import Access, Event
from casework.history.verify import verify
from casework.moments import moved_to, now, today
from casework.outbox.models import Owed, Sent
from casework.owed import alarm, retention, runs
from casework.owed.models import Run, RunLetter
from casework.printing import document
from casework.rides import service as rides
from casework.settings import service as settings
from casework.workflow import Refused
from tests import factories, needs, sayings
from tests.desks import at_the_desk, on
from tests.owed.letters import by_letter, letters_of, post_letter, print_letter
from tests.owed.running import day_of, make_run, press, the_run, work
from workers import drain, periodic

pytestmark = needs.pango


def test_letters_are_printed_counted_and_posted_together_and_told_only_then(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = [by_letter(name=name) for name in ("Ama Boateng", "Bo Chen", "Cy Diaz")]
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    assert run.state == "ready" and run.day == today()
    desk.get("/staff/letters")
    assert "No letters are owed" in desk.words and f"Print run {run.id}" in desk.words
    assert desk.get(f"/staff/letters/runs/{run.id}/letters.pdf").status_code == 404
    press(desk, run.id, "print")
    answer = desk.get(f"/staff/letters/runs/{run.id}/letters.pdf")
    assert answer.mimetype == "application/pdf" and "Copy" not in desk.text
    assert f"Print run {run.id}" in desk.words and "Envelopes: 3" in desk.words and long_date(today()) in desk.words
    for each in made:
        assert f"Dear {each.ride.applicant.name}" in desk.words and each.ride.reference in desk.words
    assert db.session.query(Owed).filter(Owed.channel == "letter", Owed.done_at.is_not(None)).count() == 0
    assert press(desk, run.id, "count", {"envelopes": "3"}).status_code == 303
    assert db.session.query(Sent).count() == 0
    assert press(desk, run.id, "post", day_of(today())).status_code == 303
    db.session.expire_all()
    assert the_run().state == "posted"
    letters = db.session.query(Owed).filter_by(channel="letter").all()
    assert all(row.done_at is not None for row in letters)
    kept = db.session.query(Sent).all()
    assert len(kept) == 3 and all(row.channel == "letter" and row.body for row in kept)
    events = db.session.query(Event).filter_by(action="post", subject_kind="ride").all()
    assert {event.facts["run"] for event in events} == {run.id}
    assert {event.facts["on"] for event in events} == {today().isoformat()}
    assert all(place.subject is None and not place.live for place in db.session.query(RunLetter))
    assert db.session.query(Access).filter_by(what="letter").count() == 3
    assert verify() == []


def test_a_wrong_count_blocks_the_run_until_it_is_counted_again_or_explained(
    app: Any, cast: Any, demo_mode: None
) -> None:
    by_letter(name="Ama"), by_letter(name="Bo")
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    press(desk, run.id, "print")
    assert press(desk, run.id, "count", {"envelopes": "many"}).status_code == 400
    assert "many" in desk.text
    press(desk, run.id, "count", {"envelopes": "3"})
    desk.get(f"/staff/letters/runs/{run.id}")
    assert "Blocked: wrong count" in desk.words and "You counted 3 envelopes, and there are 2 letters" in desk.words
    assert press(desk, run.id, "post", day_of(today())).status_code == 409
    assert press(desk, run.id, "explain", {"why": "Two in one."}).status_code == 409
    assert db.session.query(Owed).filter(Owed.channel == "letter", Owed.done_at.is_not(None)).count() == 0
    press(desk, run.id, "count", {"envelopes": "2"})
    assert db.session.get_one(Run, run.id).state == "counted"
    press(desk, run.id, "print")
    press(desk, run.id, "count", {"envelopes": "1"})
    supervisor = at_the_desk(app, cast, "supervisor")
    assert press(supervisor, run.id, "explain", {"why": ""}).status_code == 400
    assert press(supervisor, run.id, "explain", {"why": "Both live together: one envelope."}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Run, run.id).state == "counted"
    assert press(desk, run.id, "post", day_of(today())).status_code == 303


def test_what_is_printed_again_says_copy_and_both_printings_are_noted(app: Any, cast: Any, demo_mode: None) -> None:
    made = by_letter()
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    for _ in range(2):
        press(desk, run.id, "print")
    desk.get(f"/staff/letters/runs/{run.id}/letters.pdf")
    assert desk.words.count("Copy") >= 2
    case = db.session.query(Event).filter_by(subject_kind="ride", subject_id=made.ride.id)
    assert [event.action for event in case.order_by(Event.number) if "print" in event.action] == ["print", "reprint"]
    own = db.session.query(Event).filter_by(subject_kind="run").order_by(Event.number)
    assert [event.action for event in own][-2:] == ["print", "print_again"]


def test_one_letter_that_is_printed_twice_says_copy_too(app: Any, cast: Any, demo_mode: None) -> None:
    by_letter()
    desk = at_the_desk(app, cast, "clerk")
    (number,) = letters_of(desk)
    print_letter(desk, number)
    assert "Copy" not in desk.words
    print_letter(desk, number)
    assert "Copy" in desk.words


def test_a_run_that_is_not_posted_on_its_day_is_rendered_again_and_its_dates_move(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = by_letter()
    rides.ask(made.ride, "Which days?", cast.coordinator)
    db.session.commit()
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    press(desk, run.id, "print")
    press(desk, run.id, "count", {"envelopes": "2"})
    first = run.day
    tomorrow = now() + timedelta(days=1)
    with on(app, cast, "clerk", tomorrow) as later:
        later.get("/staff/letters")
        assert "Not posted on its day" in later.words
        assert press(later, run.id, "post", day_of(today())).status_code == 409
        assert "The letters bear another day" in later.words
        press(later, run.id, "print")
        later.follow(press(later, run.id, "print"))
        assert "These letters bear another day than today" in later.words
        assert press(later, run.id, "renew").status_code == 303
        work()
        run = the_run()
        assert run.state == "ready" and run.day == today() == first + timedelta(days=1)
        press(later, run.id, "print")
        later.get(f"/staff/letters/runs/{run.id}/letters.pdf")
        assert long_date(today()) in later.words and long_date(first) not in later.words.partition("Dear")[0]
        press(later, run.id, "count", {"envelopes": "2"})
        assert press(later, run.id, "post", day_of(today())).status_code == 303
        db.session.expire_all()
    posted = db.session.query(Owed).filter(Owed.channel == "letter", Owed.done_at.is_not(None)).all()
    assert {row.name for row in posted} == {"ride-received", "ride-question"}


def test_the_last_day_for_a_review_follows_the_day_on_which_the_letter_was_posted(
    app: Any, cast: Any, demo_mode: None
) -> None:
    by_post = Person(name="Chidi Abara", channel="letter", address="9 Sorrel Walk", postcode="E8 1AA")
    case = sayings.answered(cast, person=by_post)
    for row in db.session.query(Owed).filter(Owed.channel == "letter", Owed.name != "complaint-outcome"):
        row.dropped_at = row.closed_at = now()
    db.session.commit()
    run = make_run(at_the_desk(app, cast, "clerk"))
    said = db.session.query(RunLetter).one().body
    assert f"last day is {long_date(today() + timedelta(days=28))}" in " ".join(said.split())
    with on(app, cast, "clerk", now() + timedelta(days=3)) as later:
        press(later, run.id, "renew")
        work()
        press(later, run.id, "print")
        press(later, run.id, "count", {"envelopes": "1"})
        assert db.session.get_one(Complaint, case.id).review_by is None
        press(later, run.id, "post", day_of(today()))
        case = db.session.get_one(Complaint, case.id, populate_existing=True)
        last = today() + timedelta(days=28)
        assert case.told_on == today() and case.review_by == last
        assert case.review_open_until > last, "ours stays open until the later reading"
        kept = db.session.query(Sent).one()
        assert f"last day is {long_date(last)}" in " ".join(kept.body.split())
        outcome = db.session.query(DueDuty).filter_by(case_id=case.id, name="outcome").one()
        assert outcome.met_on == today()


def test_a_letter_in_one_run_is_in_no_other_however_many_clerks_press_at_once(
    app: Any, cast: Any, demo_mode: None
) -> None:
    for name in ("Ama", "Bo", "Cy"):
        by_letter(name=name)
    cast.account("clerk")
    desks = [at_the_desk(app, cast, "clerk") for _ in range(4)]
    for desk in desks:
        desk.get("/staff/letters")

    def presses(desk: Any) -> int:
        with app.app_context():
            return int(desk.post("/staff/letters/runs").status_code)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(presses, desks)) == [303] * 4
    assert db.session.query(Run).count() == 1
    assert db.session.query(RunLetter).filter_by(live=True).count() == 3
    work()
    run_id = the_run().id
    press(desks[0], run_id, "print")
    press(desks[0], run_id, "count", {"envelopes": "3"})
    for desk in desks:
        desk.get(f"/staff/letters/runs/{run_id}")

    def posts(desk: Any) -> int:
        with app.app_context():
            return int(desk.post(f"/staff/letters/runs/{run_id}/post", day_of(today())).status_code)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(posts, desks)) == [303, 409, 409, 409]
    db.session.expire_all()
    assert db.session.query(Sent).count() == 3
    assert db.session.query(Event).filter_by(action="post", subject_kind="ride").count() == 3


def test_the_database_itself_refuses_a_letter_in_two_live_runs(app: Any, cast: Any) -> None:
    from sqlalchemy.exc import IntegrityError

    by_letter()
    number = db.session.query(Owed).one().id
    one = runs.make([number], cast.clerk)
    with pytest.raises(Refused):
        runs.make([number], cast.clerk)
    db.session.add(RunLetter(run_id=one.id, owed_id=number, place=2))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_worker_that_dies_while_it_renders_leaves_a_run_that_the_next_one_renders(
    app: Any, cast: Any, demo_mode: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_letter(name="Ama"), by_letter(name="Bo")
    desk = at_the_desk(app, cast, "clerk")
    desk.get("/staff/letters")
    desk.post("/staff/letters/runs")
    put = store.put

    def dies(content: Any) -> str:
        put(content)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "put", dies)
    with pytest.raises(KeyboardInterrupt):
        drain.drain()
    db.session.rollback()
    monkeypatch.undo()
    assert the_run().state == "gathering"
    with moved_to(now() + timedelta(minutes=5)):
        db.session.query(Owed).filter_by(name="render_run").update({"lease_until": now() - timedelta(minutes=10)})
        db.session.commit()
        work()
    assert the_run().state == "ready"
    assert db.session.query(RunLetter).filter_by(live=True).count() == 2


def test_a_run_is_seen_only_by_who_may_see_every_letter_in_it(app: Any, cast: Any, demo_mode: None) -> None:
    north = (factories.area("north").id,)
    by_letter(wishes=north)
    run = make_run(at_the_desk(app, cast, "clerk"))
    for who, expected in (("coordinator", 200), ("coordinator_south", 404), ("handler", 404), ("host", 403)):
        desk = at_the_desk(app, cast, who)
        assert desk.get(f"/staff/letters/runs/{run.id}").status_code == expected, who
        desk.get("/staff/account")
        for what in ("print", "count", "post", "explain", "take-out", "renew", "abandon"):
            if expected != 200:
                assert desk.post(
                    f"/staff/letters/runs/{run.id}/{what}", {"envelopes": "1", "why": "x"} | day_of(today())
                ).status_code in (400, expected)
        if expected == 404:
            desk.get("/staff/letters")
            assert f"Print run {run.id}" not in desk.words
    assert db.session.get_one(Run, run.id).state == "ready"


def test_letters_due_today_and_not_posted_alarm_those_who_may_post_them_once_a_day(app: Any, cast: Any) -> None:
    north = (factories.area("north").id,)
    by_letter(wishes=north)
    for who in ("clerk", "supervisor"):
        cast.account(who)
    db.session.commit()
    with moved_to(london.at(settings.calendar().next_working(today() + timedelta(days=1)), time(15, 45))):
        assert alarm.run() == 1
        db.session.commit()
        alarm.run()
        db.session.commit()
    told = db.session.query(Owed).filter_by(name="staff-alarm").all()
    accounts = {cast.account("clerk").id, cast.account("supervisor").id}
    assert {row.part for row in told} >= {f"account:{each}" for each in accounts}
    assert len(told) == len({row.part for row in told})
    event = db.session.query(Event).filter_by(action="letters_not_posted").one()
    assert "letter" in event.facts["words"]
    assert "letters" in {each.name for each in periodic.PERIODIC}


def test_the_file_of_a_run_goes_some_days_after_it_is_over(app: Any, cast: Any, demo_mode: None) -> None:
    by_letter()
    desk = at_the_desk(app, cast, "clerk")
    run = make_run(desk)
    name = run.stored
    assert retention.used([name]) == {name} and store.has(name)
    press(desk, run.id, "abandon")
    assert retention.files(today()) == 0
    with moved_to(now() + timedelta(days=9)):
        assert retention.files(today()) == 1
    db.session.commit()
    assert retention.used([name]) == set()


def test_where_no_pdf_can_be_made_letters_are_printed_from_the_browser_and_posted(
    app: Any, cast: Any, demo_mode: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacks() -> None:
        raise document.CannotPrint(document.NEEDS)

    made = by_letter()
    monkeypatch.setattr(document, "_weasyprint", lacks)
    desk = at_the_desk(app, cast, "clerk")
    (number,) = letters_of(desk)
    assert "Print all of them" in desk.words and "Make a print run" not in desk.words
    print_letter(desk, number)
    assert "<article" in desk.text and made.ride.reference in desk.words
    post_letter(desk, number)
    assert db.session.get_one(Owed, number).done_at is not None


def test_one_letter_that_bears_another_day_is_not_posted_until_it_is_printed_again(
    app: Any, cast: Any, demo_mode: None
) -> None:
    by_letter()
    desk = at_the_desk(app, cast, "clerk")
    (number,) = letters_of(desk)
    print_letter(desk, number)
    with on(app, cast, "clerk", now() + timedelta(days=1)) as later:
        later.get("/staff/letters")
        answer = later.post("/staff/letters", day_of(today()) | {"letters": str(number)})
        assert answer.status_code == 409 and "its dates are counted from that day" in later.words
        assert db.session.get_one(Owed, number).done_at is None
        print_letter(later, number)
        assert "Copy" not in later.words and long_date(today()) in later.words
        post_letter(later, number)
    assert db.session.get_one(Owed, number).done_at is not None
