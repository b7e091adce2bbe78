"""Real concurrency at the triage desk: threads with connections of their own, let go at the same moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case
from casework.cases.queries import Scope
from casework.complaints import service as complaints
from casework.exchanges.models import Exchange, Unsent
from casework.extensions import db
from casework.feedback.models import Encounter, Feedback
from casework.history.models import Event
from casework.history.verify import verify
from casework.moments import today
from casework.outbox.models import Owed
from casework.roles import Actor
from casework.triage import service
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.races.test_races import at_once
from tests.triage.desk import open_reply, send_reply
from tests.triage.test_facts import opened

pytestmark = pytest.mark.usefixtures("demo_mode")


def scope_of(actor: Actor) -> Scope:
    """What triage in the north may see."""
    north = {factories.area("north").id, factories.area("north-borough").id}
    return Scope(frozenset(north), False, registry.kinds_of(actor.role))


def next_for(actor: Actor, scope: Scope) -> Callable[[], int | None]:
    """Press Next once."""

    def take() -> int | None:
        found = service.take_next(scope, actor)
        db.session.commit()
        return found.id if found else None

    return take


def post_of(app: Any, browser: Browser, path: str, data: dict[str, str]) -> Callable[[], int]:
    """A POST by the session of a browser, from a thread of its own."""
    token, cookie = browser.token(), browser.cookie()

    def post() -> int:
        client = app.test_client()
        client.set_cookie("casework", cookie, domain="localhost")
        return int(client.post(path, data={"csrf_token": token, **data}).status_code)

    return post


def test_people_who_press_next_at_once_get_different_cases_the_urgent_ones_first(app, cast):
    for number in range(12):
        sayings.concern(received_on=today() - timedelta(days=number))
    people = [cast.triage, cast.triage_too, cast.handler, cast.handler_too, cast.supervisor, cast.supervisor_too]
    db.session.commit()
    scope = scope_of(cast.triage)
    urgent = [row[0] for row in db.session.query(Case.id).order_by(Case.next_due_on, Case.id)]
    for round_of in (urgent[:6], urgent[6:]):
        taken = at_once(app, [next_for(actor, scope) for actor in people])
        assert sorted(taken) == sorted(round_of), taken
    assert not db.session.query(Case).filter(Case.assigned_to.is_(None)).count()
    held = Counter(row[0] for row in db.session.query(Case.assigned_to))
    assert set(held.values()) == {2}
    assert verify() == []


def test_the_last_case_goes_to_one_of_many_and_the_others_learn_that_there_is_none(app, cast):
    sayings.concern()
    people = [cast.triage, cast.triage_too, cast.handler, cast.handler_too]
    db.session.commit()
    scope = scope_of(cast.triage)
    taken = at_once(app, [next_for(actor, scope) for actor in people])
    assert sorted(taken, key=str) == sorted([db.session.query(Case.id).scalar(), None, None, None], key=str), taken


def test_next_passes_by_what_waits_for_others_for_another_role_and_a_complaint_about_oneself(app, cast):
    asked = sayings.concern(received_on=today() - timedelta(days=20))
    cases.perform(asked, "ask", cast.triage_too, private={"words": "Where?"})
    mine = sayings.complaint(received_on=today() - timedelta(days=15))
    allegation = sayings.alleged(mine, cast)
    complaints.name_subject(allegation, cast.triage_too, account_id=cast.account("triage").id)
    free = sayings.concern()
    db.session.commit()
    found = service.take_next(scope_of(cast.triage), cast.triage)
    assert found is not None and found.id == free.id
    assert service.take_next(scope_of(cast.triage), cast.triage, leave=free.id) is None
    again = service.take_next(scope_of(cast.triage), cast.triage)
    assert again is not None and again.id == free.id  # with nothing left to take: one's own


def test_the_button_claims_opens_and_says_when_there_is_nothing(app, cast):
    case = sayings.concern()
    db.session.commit()
    browser = at_the_desk(app, cast, "triage")
    browser.get("/staff/")
    answer = browser.post("/staff/next")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(case.reference)
    browser.follow(answer)
    browser.follow(browser.post("/staff/next", {"from": str(case.id)}))
    assert "There is nothing left to take" in browser.words
    browser.get("/staff/")
    assert browser.post("/staff/next", {"from": "x" * 99}).status_code == 303


def test_merging_while_a_colleague_replies_twelve_times_one_wins_and_no_word_is_lost(app, cast):
    first, second = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    won = Counter()
    for number in range(12):
        case, into = sayings.concern(), sayings.concern()
        db.session.commit()
        reply = {**open_reply(first, case), "words": f"Reply {number}.", "then": "open"}
        second.get(f"/staff/feedback/{case.reference}/merge")
        merge = {"version": str(case.version), "into": into.reference}
        statuses = at_once(
            app,
            [
                post_of(app, first, f"/staff/cases/{case.reference}/reply", reply),
                post_of(app, second, f"/staff/feedback/{case.reference}/merge", merge),
            ],
        )
        db.session.rollback()
        assert sorted(statuses) == [303, 409], statuses
        replied = statuses[0] == 303
        won["reply" if replied else "merge"] += 1
        case = db.session.get(Feedback, case.id, populate_existing=True)
        sent = db.session.query(Exchange).filter_by(case_id=case.id).count()
        kept = db.session.query(Unsent).filter_by(case_id=case.id, words=f"Reply {number}.").count()
        assert (case.state, sent, kept) == (("answering", 1, 0) if replied else ("merged", 0, 1))
        assert db.session.query(Owed).filter_by(stream_id=case.stream_id, name="feedback-reply").count() == sent
    assert verify() == []


def test_two_cases_merged_crosswise_at_once_make_no_circle(app, cast):
    first, second = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    for _ in range(8):
        one, two = sayings.concern(), sayings.concern()
        db.session.commit()
        posts = []
        for browser, case, into in ((first, one, two), (second, two, one)):
            path = f"/staff/feedback/{case.reference}/merge"
            browser.get(path)
            posts.append(post_of(app, browser, path, {"version": str(case.version), "into": into.reference}))
        assert sorted(at_once(app, posts)) == [303, 409]
        db.session.rollback()
        states = {db.session.get(Feedback, each.id, populate_existing=True).state for each in (one, two)}
        assert states == {"merged", "received"}


def test_twenty_tabs_of_twenty_words_send_one_reply_and_keep_the_case_whole(app, cast):
    browser, case = at_the_desk(app, cast, "triage"), sayings.concern()
    db.session.commit()
    form = open_reply(browser, case)
    path = f"/staff/cases/{case.reference}/reply"
    posts = [post_of(app, browser, path, {**form, "words": f"Tab {n}.", "then": "open"}) for n in range(20)]
    statuses = Counter(at_once(app, posts))
    db.session.rollback()
    assert statuses == {303: 1, 409: 19}, statuses
    assert db.session.query(Exchange).count() == 1
    assert db.session.query(Owed).filter_by(name="feedback-reply").count() == 1
    assert db.session.query(Event).filter_by(action="reply").count() == 1


def test_a_reply_while_the_person_withdraws_is_sent_or_its_writer_is_told(app, cast):
    browser = at_the_desk(app, cast, "triage")
    for number in range(10):
        case = sayings.concern()
        db.session.commit()
        person, case_id = sayings.person_of(case), case.id
        reply = {**open_reply(browser, case), "words": f"Reply {number}.", "then": "open"}

        def withdraw(case_id: int = case_id, person: Actor = person) -> str:
            cases.perform(cases.lock(Feedback, case_id), "withdraw", person)
            db.session.commit()
            return "withdrawn"

        status, done = at_once(app, [post_of(app, browser, f"/staff/cases/{case.reference}/reply", reply), withdraw])
        db.session.rollback()
        assert done == "withdrawn" and status in {303, 409}, (status, done)
        assert db.session.query(Exchange).filter_by(case_id=case_id).count() == (status == 303)
    assert verify() == []


def test_two_people_who_correct_facts_at_once_lose_nothing_of_each_other(app, cast):
    first, second = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    for number in range(8):
        case = sayings.concern()
        db.session.commit()
        path = f"/staff/cases/{case.reference}/facts"
        mine = opened(first, case) | {"vehicle": f"Van {number}"}
        theirs = opened(second, case) | {"receipt": f"SR {number}"}
        posts = [
            post_of(app, who, path, {k: v for k, v in form.items() if k != "csrf_token"})
            for who, form in ((first, mine), (second, theirs))
        ]
        assert at_once(app, posts) == [303, 303]
        db.session.rollback()
        place = db.session.get(Encounter, case.encounter_id, populate_existing=True)
        assert (place.vehicle, place.receipt) == (f"Van {number}", f"SR {number}")
    assert verify() == []


def test_reply_close_and_next_by_two_people_at_once_gives_each_another_case(app, cast):
    first, second = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    done = [sayings.concern(intent="comment") for _ in range(2)]
    for case, who in zip(done, ("triage", "handler"), strict=True):
        cases.assign(case, cast.account(who).id, cast.triage)
    for _ in range(2):
        sayings.concern(received_on=today() - timedelta(days=3))
    db.session.commit()
    posts = []
    for browser, case in zip((first, second), done, strict=True):
        form = {**open_reply(browser, case), "words": "Read.", "then": "next"}
        posts.append(post_of(app, browser, f"/staff/cases/{case.reference}/reply", form))
    assert at_once(app, posts) == [303, 303]
    db.session.rollback()
    held = Counter(row[0] for row in db.session.query(Case.assigned_to).filter(Case.is_open))
    assert held == {cast.account("triage").id: 1, cast.account("handler").id: 1}
    assert send_reply(first, done[0], "Once more.", "write").status_code == 303
