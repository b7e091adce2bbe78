"""Plans for several cases: exactly what was shown happens, and nothing else."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from casework.accounts.models import Grant
from casework.cases import service as cases
from casework.cases.models import CaseTag
from casework.cases.queries import Scope
from casework.exchanges import service as exchanges
from casework.exchanges.models import CannedText, Exchange
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.feedback.service import Person
from casework.history.models import Event
from casework.moments import moved_to, now, today
from casework.outbox.jobs import JOBS
from casework.outbox.models import Owed
from casework.settings import service as settings
from casework.triage import plans
from casework.triage.models import Plan, PlanItem
from casework.workflow import Refused
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk, value_of
from tests.races.test_races import at_once


def thanks(count: int = 1, **facts: Any) -> list[Feedback]:
    """So many people who say thank you."""
    return [
        sayings.concern(intent="thanks", person=Person(name=f"Person {n}", email=f"p{n}@example.org"), **facts)
        for n in range(count)
    ]


def a_text() -> None:
    """A text that answers thanks."""
    words = "Thank you, {name}. We tell the officers ({reference})."
    db.session.add(CannedText(key="thanks", title="Thanks", words=words, sorts=["thanks"], changed_at=now()))


def planned(desk: Browser, action: str, found: list[Any], **fields: str) -> str:
    """Begin a plan from the queue with these cases ticked; returns its address."""
    desk.get("/staff/?view=all")
    answer = desk.post("/staff/desk/plans", {"action": action, "case": [str(case.id) for case in found], **fields})
    assert answer.status_code == 303, desk.words
    desk.follow(answer)
    return answer.headers["Location"]


def settled(desk: Browser, path: str, **fields: str) -> Any:
    """Say what the plan needs, and look at what would happen."""
    answer = desk.post(path + "/settle", {"version": value_of(desk, "version"), **fields})
    return desk.follow(answer)


def decided(desk: Browser, path: str, action: str = "confirm") -> Any:
    """Confirm, agree or stop."""
    desk.get(path)
    return desk.follow(desk.post(f"{path}/do/{action}", {"version": value_of(desk, "version")}))


def time_passes(hours: float = 1.5) -> None:
    """What is owed by then is done, each row in a transaction of its own."""
    with moved_to(now() + timedelta(hours=hours)):
        while True:
            row = (
                db.session.query(Owed)
                .filter(Owed.kind == "job", Owed.closed_at.is_(None), Owed.due_at <= now())
                .first()
            )
            if row is None:
                return
            event = db.session.query(Event).filter_by(stream_id=row.stream_id, number=row.event_number).one()
            JOBS[row.name](event.id)
            row.done_at = row.closed_at = now()
            db.session.commit()


def test_thanks_are_answered_together_exactly_as_shown(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(3)
    angry = sayings.concern()
    a_text()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "thank", [*found, angry])
    settled(desk, path, canned="thanks")
    assert (
        "3 cases would be changed" in desk.words and "1 left out" in desk.words and "3 messages would go" in desk.words
    )
    assert "1 × Only thanks are answered together." in desk.words
    assert "Thank you, Person 0" in desk.words and "Reply to feedback, by email" in desk.words
    decided(desk, path)
    assert "Confirmed, can still be stopped" in desk.words
    time_passes(0.5)
    assert {case.state for case in db.session.query(Feedback)} == {"received"}
    time_passes()
    states = {case.reference: case.state for case in db.session.query(Feedback)}
    assert [states[case.reference] for case in found] == ["closed"] * 3 and states[angry.reference] == "received"
    assert {each.words for each in db.session.query(Exchange)} == {
        f"Thank you, Person {n}. We tell the officers ({case.reference})." for n, case in enumerate(found)
    }
    assert db.session.query(Owed).filter_by(name="feedback-reply").count() == 3
    assert {e.account_id for e in db.session.query(Event).filter_by(action="reply_and_close")} == {
        cast.triage.account_id
    }
    desk.get(path)
    assert "Carried out" in desk.words and "3 cases done, 0 left out" in desk.words


def test_a_case_that_changed_meanwhile_is_left_out_and_the_others_are_not(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(4)
    a_text()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "thank", found)
    settled(desk, path, canned="thanks")
    decided(desk, path)
    cases.assign(found[0], cast.handler.account_id, cast.handler)
    exchanges.say(found[1].id, "One more thing.", sayings.person_of(found[1]))
    cases.perform(found[2], "retype", cast.handler, sort="concern")
    db.session.commit()
    time_passes()
    results = {item.case_id: (item.result, item.why) for item in db.session.query(PlanItem)}
    assert results == {
        found[0].id: ("left_out", plans.CHANGED),
        found[1].id: ("left_out", plans.NOT_READ),
        found[2].id: ("left_out", plans.CHANGED),
        found[3].id: ("done", ""),
    }
    assert db.session.query(Feedback).filter_by(state="closed").count() == 1
    assert db.session.query(Owed).filter_by(name="feedback-reply").count() == 1
    desk.get(path)
    assert plans.CHANGED in desk.words and "1 case done, 3 left out" in desk.words


def test_a_plan_that_is_stopped_does_nothing(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(2)
    a_text()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "thank", found)
    settled(desk, path, canned="thanks")
    decided(desk, path)
    decided(desk, path, "stop")
    assert "Stopped" in desk.words
    time_passes()
    assert {case.state for case in db.session.query(Feedback)} == {"received"}
    assert db.session.query(Plan).one().state == "cancelled"


def test_above_the_limit_somebody_else_must_agree(app: Any, cast: Any, demo_mode: None) -> None:
    settings.change("bulk.alone", 2, cast.admin, "for the test")
    found = thanks(3)
    db.session.commit()
    desk, colleague, stranger = (at_the_desk(app, cast, who) for who in ("triage", "triage_too", "triage_south"))
    path = planned(desk, "tag", found)
    settled(desk, path, tag="Match day")
    assert "somebody else must agree" in desk.words
    decided(desk, path)
    assert "Waiting for a second person" in desk.words
    assert "Somebody else must do this" in desk.words
    decided(desk, path, "agree")
    assert db.session.query(Plan).one().state == "waiting_second"
    time_passes()
    assert db.session.query(CaseTag).count() == 0
    assert stranger.get(path).status_code == 404
    stranger.get("/staff/desk/plans")
    assert "Plan 1" not in stranger.words
    colleague.get("/staff/desk/plans")
    assert "Plan 1" in colleague.words
    decided(colleague, path, "agree")
    time_passes()
    assert {(row.case_id, row.tag) for row in db.session.query(CaseTag)} == {(case.id, "match day") for case in found}


def test_several_small_plans_of_one_person_count_together(app: Any, cast: Any, demo_mode: None) -> None:
    settings.change("bulk.alone", 3, cast.admin, "for the test")
    found = thanks(9)
    db.session.commit()
    desk, colleague = (at_the_desk(app, cast, who) for who in ("triage", "triage_too"))

    def tagged(browser: Browser, cases_: list[Any], tag: str) -> str:
        path = planned(browser, "tag", cases_)
        settled(browser, path, tag=tag)
        decided(browser, path)
        return path

    tagged(desk, found[:2], "one")
    assert "Confirmed, can still be stopped" in desk.words
    stopped = tagged(desk, found[2:3], "two")
    decided(desk, stopped, "stop")
    tagged(desk, found[2:3], "three")
    assert "Confirmed, can still be stopped" in desk.words, "what was stopped does not count"
    tagged(desk, found[3:4], "four")
    assert "Waiting for a second person" in desk.words
    # Another person has a count of their own, and so has another action, and the next day.
    tagged(colleague, found[4:6], "five")
    assert "Confirmed, can still be stopped" in colleague.words
    path = planned(desk, "assign", found[:3])
    settled(desk, path, to=str(cast.account("triage_too").id))
    decided(desk, path)
    assert "Confirmed, can still be stopped" in desk.words
    with moved_to(now() + timedelta(hours=25)):
        tagged(at_the_desk(app, cast, "triage"), found[6:9], "six")
    states = {plan.tag: plan.state for plan in db.session.query(Plan)}
    assert (states["four"], states["six"]) == ("waiting_second", "waiting")


def test_two_plans_confirmed_at_once_do_not_both_go_through_alone(app: Any, cast: Any) -> None:
    settings.change("bulk.alone", 3, cast.admin, "for the test")
    found, actor = [case.id for case in thanks(4)], cast.triage
    db.session.commit()
    made = []
    for ids in (found[:2], found[2:]):
        plan = plans.draft("tag", ids, actor, Scope(frozenset(), True))
        plans.settle(plan, tag="x")
        made.append(plan.id)
    db.session.commit()

    def press(plan_id: int) -> str:
        try:
            cases.perform(cases.lock(Plan, plan_id), "confirm", actor)
            db.session.commit()
        except Refused:
            db.session.rollback()
            return "refused"
        return "confirmed"

    assert sorted(at_once(app, [lambda n=n: press(n) for n in made])) == ["confirmed", "refused"]


def test_cases_are_given_to_somebody_who_may_have_them(app: Any, cast: Any, demo_mode: None) -> None:
    said, complained, about = sayings.concern(), sayings.complaint(), sayings.complaint()
    theirs = sayings.concern()
    handler = cast.account("handler")
    allegation = sayings.alleged(about, cast)
    from casework.complaints import service as complaints

    complaints.name_subject(allegation, cast.triage, account_id=handler.id)
    cases.assign(theirs, handler.id, cast.triage)
    ride = factories.ride().ride
    db.session.commit()
    desk = at_the_desk(app, cast, "supervisor")
    path = planned(desk, "assign", [said, complained, about, theirs, ride])
    settled(desk, path, to=str(handler.id))
    assert "2 cases would be changed" in desk.words
    for sentence in (
        "They have it already.",
        "It is about the person who would get it, or about their team.",
        "They do not work on this kind",
    ):
        assert sentence in desk.words
    decided(desk, path)
    time_passes()
    held = {case.id for case in db.session.query(cases.Case).filter_by(assigned_to=handler.id)}
    assert held == {said.id, complained.id, theirs.id}


def test_everything_that_the_filter_finds_and_nothing_of_other_areas(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(27)
    south = thanks(1, borough_id=factories.area("south-borough").id)
    sayings.complaint()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all")
    fields = {"action": "tag", "whole": "yes", "view": "all", "kind": "feedback", "case": [str(south[0].id)]}
    desk.follow(desk.post("/staff/desk/plans", fields))
    assert {item.case_id for item in db.session.query(PlanItem)} == {case.id for case in found}
    desk.get("/staff/?view=all")
    answer = desk.post("/staff/desk/plans", {"action": "tag", "case": str(south[0].id)})
    desk.follow(answer)
    assert "Tick at least one case" in desk.words
    assert db.session.query(Plan).count() == 1


def test_silence_is_gone_on_from_and_answered_things_are_closed_with_a_note(
    app: Any, cast: Any, demo_mode: None
) -> None:
    asked = sayings.concern()
    cases.perform(asked, "ask", cast.triage, private={"words": "Where was it?"})
    fresh = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "go_on", [asked, fresh])
    assert "1 case would be changed" in desk.words and "This is not possible now." in desk.words
    settled(desk, path, note="Asked twice.")
    decided(desk, path)
    time_passes()
    assert db.session.get(Feedback, asked.id).state == "answering"
    desk.get(f"/staff/cases/{asked.reference}")
    assert "Asked twice." in desk.words
    comment = sayings.concern(intent="comment")
    cases.perform(comment, "take_up", cast.triage, sort="comment")
    db.session.commit()
    path = planned(desk, "close", [asked, comment])
    assert "Offer the complaint route first" in desk.words and "Reply first" in desk.words
    settled(desk, path, note="No reply is wanted.")
    assert "1 case would be changed" in desk.words
    decided(desk, path)
    time_passes()
    assert db.session.get(Feedback, comment.id).state == "closed"
    assert db.session.get(Feedback, asked.id).state == "answering"


def test_whoever_lost_their_role_meanwhile_changes_nothing(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(1)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "tag", found)
    settled(desk, path, tag="x")
    decided(desk, path)
    grant = db.session.query(Grant).filter_by(account_id=cast.triage.account_id).one()
    grant.until_on = today() - timedelta(days=1)
    db.session.commit()
    time_passes()
    assert db.session.query(PlanItem).one().why == plans.NOT_ALLOWED
    assert db.session.query(CaseTag).count() == 0


def test_doing_a_job_twice_does_it_once(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(2)
    a_text()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "thank", found)
    settled(desk, path, canned="thanks")
    decided(desk, path)
    time_passes()
    with moved_to(now() + timedelta(hours=2)):
        for row in db.session.query(Owed).filter_by(kind="job").all():
            event = db.session.query(Event).filter_by(stream_id=row.stream_id, number=row.event_number).one()
            JOBS[row.name](event.id)
            db.session.commit()
    assert db.session.query(Exchange).count() == 2
    assert db.session.query(Event).filter_by(subject_kind="plan", action="finish").count() == 1


def test_two_clicks_and_two_tabs_are_the_normal_case(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(1)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "tag", found)
    old = value_of(desk, "version")
    settled(desk, path, tag="one")
    desk.get(path)
    answer = desk.post(path + "/settle", {"version": old, "tag": "two"})
    assert answer.status_code in (303, 409)
    assert db.session.query(Plan).one().tag == "one"
    desk.get(path)
    fields = {"csrf_token": desk.token(), "version": value_of(desk, "version")}
    for _ in range(2):
        desk.follow(desk.post_bare(path + "/do/confirm", fields))
        assert "There is a problem" not in desk.words
    assert db.session.query(Event).filter_by(subject_kind="plan", action="confirm").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"action": "drop table"}, {"action": "thank"}, {"action": "thank", "case": "\x00"}, {"action": "tag", "case": "9" * 30},
        {"action": "tag", "case": "-1"}, {"action": "tag", "case": "٣"}, {"action": "tag", "case": ["1"] * 900},
    ],
)  # fmt: skip
def test_what_makes_no_plan_is_said(app: Any, cast: Any, demo_mode: None, fields: dict[str, Any]) -> None:
    desk = at_the_desk(app, cast, "triage")
    desk.get("/staff/?view=all")
    answer = desk.follow(desk.post("/staff/desk/plans", fields))
    assert answer.status_code == 200
    assert db.session.query(Plan).count() == 0


@pytest.mark.parametrize("typed", ["", "\x00", "<<>>", "x" * 500])
def test_a_bad_tag_is_asked_for_again(app: Any, cast: Any, demo_mode: None, typed: str) -> None:
    found = thanks(1)
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "tag", found)
    assert desk.post(path + "/settle", {"version": value_of(desk, "version"), "tag": typed}).status_code == 400
    assert "There is a problem" in desk.words


def test_a_plan_of_somebody_else_is_not_changed(app: Any, cast: Any, demo_mode: None) -> None:
    found = thanks(1)
    db.session.commit()
    desk, colleague = at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")
    path = planned(desk, "tag", found)
    settled(desk, path, tag="mine")
    version = value_of(desk, "version")
    colleague.get(path)
    assert colleague.post(path + "/settle", {"version": version, "tag": "theirs"}).status_code == 409
    for action in ("confirm", "stop"):
        colleague.get(path)
        assert colleague.post(f"{path}/do/{action}", {"version": version}).status_code == 409
    assert db.session.query(Plan).one().state == "drafted"
    assert db.session.query(Plan).one().tag == "mine"


def test_hostile_names_stay_text_on_the_plan(app: Any, cast: Any, demo_mode: None) -> None:
    evil = "<script>alert(1)</script>"
    said = sayings.concern(intent="thanks", person=Person(name=evil, email="e@example.org"))
    a_text()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    path = planned(desk, "thank", [said])
    settled(desk, path, canned="thanks")
    assert evil not in desk.text and html.escape(evil) in desk.text
    assert re.search("To whom", desk.words)
