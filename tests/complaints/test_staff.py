"""The staff pages of complaints: who gets in, what each does, what each refuses with a sentence."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.complaints import queries, review
from casework.complaints import service as complaints
from casework.complaints.models import Allegation, Subject
from casework.exchanges import queries as exchanges
from casework.extensions import db
from casework.moments import now, today
from casework.outbox.models import Owed
from casework.workflow import Refused
from tests import sayings
from tests.complaints.desk import done, fresh, opened, page_of, sent
from tests.complaints.test_life import delivered
from tests.desks import at_the_desk

EVERYBODY = ("triage", "handler", "supervisor")
PAGES = {
    "transfer": EVERYBODY, "record": EVERYBODY, "refer": ("supervisor",), "suspend": ("supervisor",),
    "allow-late-review": ("supervisor",), "act-on-review": ("supervisor",), "apply-for-review": EVERYBODY,
    "ask-to-withdraw": EVERYBODY, "withdraw": ("supervisor",), "go-on-as-conduct": ("supervisor",), "reopen": ("supervisor",),
    "allegations/add": EVERYBODY, "allegations/1/edit": EVERYBODY, "allegations/1/subject": EVERYBODY,
    "allegations/1/result": ("handler", "supervisor"), "allegations/1/drop": ("supervisor",), "checklist": EVERYBODY,
    "try": EVERYBODY, "contact": EVERYBODY, "update": EVERYBODY, "delay": ("handler", "supervisor"),
    "outcome": ("handler",), "approve": ("supervisor",), "review-body": ("handler", "supervisor"),
    "misdirected": ("handler", "supervisor"), "merge": EVERYBODY, "learning": ("handler", "supervisor"),
    "dates": EVERYBODY, "recommendation": ("supervisor",),
}  # fmt: skip


def test_every_page_opens_to_its_roles_in_its_area_and_to_nobody_else(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    db.session.commit()
    for who in (*EVERYBODY, "triage_south", "handler_south", "coordinator", "clerk", "admin", "data_protection"):
        browser = at_the_desk(app, cast, who)
        for page, roles in PAGES.items():
            role = who.removesuffix("_south")
            wanted = 200 if who in roles else 404 if role in roles else 403
            browser.get("/staff/account")
            assert browser.get(page_of(case, page)).status_code == wanted, (who, page)
            if wanted != 200 and page != "dates":
                browser.get("/staff/account")
                assert browser.post(page_of(case, page), {"version": "1"}).status_code == wanted, (who, page)
    nobody = sayings.complaint()
    assert nobody.state == "received"


def test_no_page_answers_nonsense_with_a_fault(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    db.session.commit()
    nonsense = {
        "version": "9" * 30, "seen": "²", "words": "a\x00b", "category": "\ud7ff", "on-day": "99", "on-month": "-1", "on-year": "9" * 9,
        "by_on-day": "31", "by_on-month": "2", "by_on-year": "2027", "at": "25:99", "days": "9" * 40, "into": "9" * 30, "reference": "\x00",
        "account": "9" * 30, "alleged": "x", "outcome": "x" * 30_000, "note": "\x00", "q": "\x00%_\\",
    }  # fmt: skip
    for who in EVERYBODY:
        browser = at_the_desk(app, cast, who)
        for page, roles in PAGES.items():
            if who in roles and page != "dates":
                browser.get(page_of(case, page))
                answer = browser.post(page_of(case, page), nonsense)
                assert answer.status_code in {400, 409}, (page, answer.status_code)
                assert "There is a problem" in browser.words, page
        for wrong in ("allegations/99/edit", "allegations/999999999999/result"):
            if who != "triage":
                assert browser.get(page_of(case, wrong)).status_code == 404
    assert fresh(case).state == "investigating"


def test_a_complaint_goes_from_the_first_words_to_its_end_over_the_pages(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.complaint()
    db.session.commit()
    case = done(
        app,
        cast,
        "triage",
        case,
        "allegations/add",
        words="Searched without a reason.",
        category="B1",
        factors=["stop-search"],
    )
    case = done(app, cast, "triage", case, "checklist", then="none")
    assert case.state == "logged"
    moment = now() - timedelta(minutes=5)
    from casework.clocks.london import london_time

    local = london_time(moment)
    case = done(
        app, cast, "handler", case, "try", **{"on-day": local.day, "on-month": local.month, "on-year": local.year},
        at=f"{local:%H:%M}", how="phone", result="spoke", words="Wants an apology.",
    )  # fmt: skip
    assert case.state == "contacted"
    case = done(app, cast, "handler", case, "record", reason="wishes")
    assert case.state == "recorded"
    case = done(app, cast, "supervisor", case, "checklist", then="none")
    cases.perform(case, "investigate", cast.supervisor)
    case = done(app, cast, "handler", case, "update", words="We have asked for the footage.")
    assert exchanges.of_cases([case.id])[0].words == "We have asked for the footage."
    case = done(
        app,
        cast,
        "handler",
        case,
        "allegations/1/result",
        result="not-acceptable",
        words="No reason was recorded.",
        actions=["apology"],
    )
    case = done(app, cast, "handler", case, "outcome", outcome="We looked at the footage.")
    assert case.state == "drafted"
    supervisor = opened(app, cast, "supervisor", case, "approve")
    assert "Answer the questions from which the review body follows" in supervisor.words
    assert sent(supervisor, case, "approve").status_code == 409
    case = done(app, cast, "supervisor", case, "review-body", **dict.fromkeys(review.QUESTIONS, "no"))
    supervisor = opened(app, cast, "supervisor", case, "approve")
    assert "because none of the questions that lead to the IOPC applies" in supervisor.words
    assert "No reason was recorded." in supervisor.words and "The last day is" in supervisor.words
    case = done(app, cast, "supervisor", case, "approve")
    assert case.state == "approved"
    cases.perform(case, "send", cast.handler)
    delivered(case, "complaint-outcome")
    db.session.commit()
    case = done(
        app, cast, "handler", case, "misdirected", days="5", note="It lay with the IOPC from the 3rd to the 8th."
    )
    assert case.misdirected_days == 5
    day = today()
    case = done(
        app,
        cast,
        "handler",
        case,
        "apply-for-review",
        **{"on-day": day.day, "on-month": day.month, "on-year": day.year},
    )
    assert case.state == "under_review"
    case = done(
        app, cast, "supervisor", case, "learning", what="Receipts were not given.", change="Every team gets a pad.", who="Response, North",
        **{"by_on-day": 1, "by_on-month": 3, "by_on-year": day.year + 1},
    )  # fmt: skip
    page = at_the_desk(app, cast, "supervisor")
    assert page.get(f"/staff/cases/{case.reference}").status_code == 200
    for words in (
        "Receipts were not given.",
        "Wants an apology.",
        "Printed:",
        "Under Schedule 3, investigated by us",
        "None of these".lower(),
    ):
        assert words in page.words, words


def test_the_case_page_shows_every_duty_with_its_state_and_its_sum(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.logged(cast, at=now() - timedelta(days=40))
    db.session.commit()
    page = at_the_desk(app, cast, "handler")
    assert page.get(f"/staff/cases/{case.reference}").status_code == 200
    assert "Tell the person about progress" in page.words
    assert "Late by" in page.words
    assert "“Progress” delivered or posted or “Outcome, with the right of review” delivered or posted" in page.words
    assert "the day it started" in page.words
    page.get(page_of(case, "dates"))
    assert "We count 4 weeks" in page.words and "reg 34(2)(a)" in page.words


def test_an_outcome_that_skips_an_allegation_is_refused_and_its_words_are_kept(
    app: Any, cast: Any, demo_mode: None
) -> None:
    case = sayings.investigated(cast)
    first = queries.allegations(case.id)[0]
    complaints.allege(case, "They took my phone.", cast.triage, "B2")
    complaints.check_referral(case, sayings.NOTHING, cast.triage, stage="allegation")
    complaints.resolve(first, "acceptable", "It was recorded.", ["none"], cast.handler)
    handler = opened(app, cast, "handler", case, "outcome")
    answer = sent(handler, case, "outcome", outcome="A careful outcome.")
    assert answer.status_code == 409
    assert "No result yet for allegation 2" in handler.words
    assert "A careful outcome." in handler.text
    assert fresh(case).state == "investigating"
    assert sent(handler, case, "outcome", outcome="A careful outcome.", then="later").status_code == 303
    assert fresh(case).outcome == "A careful outcome."


def test_who_wrote_an_outcome_does_not_approve_it(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    author = cast.account("supervisor")
    from casework.accounts.models import Grant
    from casework.roles import Actor, Role
    from tests import factories

    db.session.add(
        Grant(account_id=author.id, role=Role.HANDLER, area_id=factories.area("north").id, from_on=date(2020, 1, 1))
    )
    complaints.resolve(queries.allegations(case.id)[0], "acceptable", "x", ["none"], cast.handler)
    complaints.draft_outcome(case, "Mine.", Actor(Role.HANDLER, account_id=author.id))
    complaints.answer_review_questions(case, dict.fromkeys(review.QUESTIONS, False), cast.handler)
    supervisor = opened(app, cast, "supervisor_too", case, "approve")
    own = at_the_desk(app, cast, "supervisor")
    own.get("/staff/account")
    own.post("/staff/act-as", {"role": "supervisor"})
    own.get(page_of(case, "approve"))
    assert "Somebody else must do this, because you took an earlier decision here." in own.words
    assert sent(own, case, "approve").status_code == 409
    assert sent(supervisor, case, "approve").status_code == 303
    assert fresh(case).state == "approved"


def test_the_handler_cannot_be_named_and_the_page_says_why(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    handler = cast.account("handler")
    cases.assign(case, handler.id, cast.triage)
    triage = opened(app, cast, "triage", case, "allegations/1/subject?q=Handler")
    answer = triage.post(
        page_of(case, "allegations/1/subject"),
        {"seen": "1", "q": "Handler", "account": str(handler.id), "description": "tall"},
    )
    assert answer.status_code == 409
    assert "This person handles the complaint." in triage.words
    assert "tall" in triage.text
    assert db.session.query(Subject).count() == 0


def test_a_subject_and_their_team_are_not_offered_and_are_refused_everywhere(
    app: Any, cast: Any, demo_mode: None
) -> None:
    case = sayings.investigated(cast)
    named, mate, other = cast.account("handler"), cast.account("handler_too"), cast.account("supervisor_too")
    named.team, mate.team = "Response A", " response a"
    db.session.commit()
    case = done(app, cast, "triage", case, "allegations/1/subject?q=Handler", account=str(named.id), q="Handler")
    subject = db.session.query(Subject).one()
    assert (subject.account_id, subject.name, subject.team) == (named.id, named.name, "Response A")
    page = at_the_desk(app, cast, "supervisor")
    page.get(f"/staff/cases/{case.reference}")
    assert f'<option value="{other.id}">' in page.text
    assert f'<option value="{named.id}">' not in page.text and f'<option value="{mate.id}">' not in page.text
    answer = page.follow(page.post(f"/staff/cases/{case.reference}/assign", {"to": str(named.id)}))
    assert answer.status_code == 200 and "not concerned in the case" in page.words
    for who in ("handler", "handler_too"):
        browser = at_the_desk(app, cast, who)
        browser.get("/staff/account")
        for page_, typed in (
            ("allegations/1/result", {"result": "acceptable", "words": "All fine.", "actions": ["none"]}),
            ("update", {"words": "Nothing to see."}),
        ):
            assert sent(browser, case, page_, **typed).status_code == 404
            browser.get("/staff/account")
        with pytest.raises(Refused, match="about you, about your team"):
            allegation = queries.allegations(case.id)[0]
            complaints.resolve(allegation, "acceptable", "All fine.", ["none"], getattr(cast, who))
        db.session.rollback()
    assert db.session.query(Allegation).one().result == ""


def test_a_double_click_adds_one_and_two_people_add_two(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.investigated(cast)
    browser = opened(app, cast, "handler", case, "allegations/add")
    other = opened(app, cast, "triage", case, "allegations/add")
    words = {"words": "They took my phone.", "category": "B2"}
    first, second = browser.text, None
    assert sent(browser, case, "allegations/add", **words).status_code == 303
    browser.text = first
    assert sent(browser, case, "allegations/add", **words).status_code == 303
    assert sent(other, case, "allegations/add", **words).status_code == 303
    assert second is None and queries.last_number(case.id) == 3


def test_a_decision_on_an_old_page_is_refused_with_who_was_faster(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.contacted(cast)
    slow = opened(app, cast, "handler_too", case, "record")
    case = done(app, cast, "handler", case, "record", reason="wishes")
    answer = sent(slow, case, "record", reason="authority", note="My careful note.")
    assert answer.status_code == 409
    assert "Handler was faster" in slow.words and "My careful note." in slow.text
    assert fresh(case).recorded_reason == "wishes"


def test_contact_is_made_by_three_tries_at_different_times_and_a_letter(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.logged(cast)
    for hours, how in ((30, "phone"), (29, "phone"), (20, "phone")):
        complaints.try_contact(case, cast.handler, how=how, result="no-answer", made_at=now() - timedelta(hours=hours))
    browser = opened(app, cast, "handler", case, "contact")
    assert sent(browser, case, "contact").status_code == 409
    assert "2 of 3 tries so far that lie three hours apart" in browser.words
    complaints.try_contact(case, cast.handler, how="letter", result="message", made_at=now() - timedelta(hours=1))
    assert done(app, cast, "handler", case, "contact").state == "contacted"


def test_a_withdrawal_is_signed_and_the_public_interest_is_decided(app: Any, cast: Any, demo_mode: None) -> None:
    case, day = sayings.investigated(cast), today()
    when = {"on-day": day.day, "on-month": day.month, "on-year": day.year}
    browser = opened(app, cast, "triage", case, "ask-to-withdraw")
    assert sent(browser, case, "ask-to-withdraw", **when).status_code == 400
    assert "Choose how it was signed" in browser.words
    assert sent(browser, case, "ask-to-withdraw", signed="letter", **when).status_code == 303
    browser = opened(app, cast, "supervisor", case, "withdraw")
    assert sent(browser, case, "withdraw", interest="yes", note="Race was mentioned.").status_code == 400
    assert "a decision of its own" in browser.words
    assert done(app, cast, "supervisor", case, "go-on-as-conduct", note="Race was mentioned.").state == "investigating"


def test_a_referral_that_must_not_be_told_sends_no_message(app: Any, cast: Any, demo_mode: None) -> None:
    case = sayings.recorded(cast)
    case = done(app, cast, "supervisor", case, "refer", prejudicial="yes")
    assert case.state == "referred" and case.prejudicial
    assert db.session.query(Owed).filter_by(stream_id=case.stream_id, name="complaint-referred").count() == 0


def test_merging_is_undone_and_an_update_to_a_merged_complaint_is_told_so(app: Any, cast: Any, demo_mode: None) -> None:
    first, second = sayings.investigated(cast), sayings.investigated(cast)
    writing = opened(app, cast, "handler", first, "update")
    merging = opened(app, cast, "triage", first, "merge")
    assert second.reference in merging.words  # the same person
    assert sent(merging, first, "merge", into=str(second.id)).status_code == 303
    answer = sent(writing, first, "update", words="We have asked for the footage.")
    assert answer.status_code == 409
    assert "merged into another complaint just now" in writing.words and "asked for the footage" in writing.text
    cases.perform(fresh(first), "unmerge", cast.triage)
    db.session.commit()
    assert fresh(first).state == "investigating"


@pytest.mark.parametrize("typed", ["", "CM-0000-0000-0", "nonsense"])
def test_a_reference_that_is_none_is_refused_at_its_question(app: Any, cast: Any, demo_mode: None, typed: str) -> None:
    case = sayings.investigated(cast)
    for page, fields in [("merge", {"into": "other", "reference": typed})]:
        browser = opened(app, cast, "triage", case, page)
        assert sent(browser, case, page, **fields).status_code == 400
        assert "There is a problem" in browser.words


def test_the_case_page_of_somebody_anonymous_names_nobody_and_is_whole(app: Any, cast: Any, demo_mode: None) -> None:
    from casework.feedback.service import Person

    case = sayings.complaint(anonymous=True, person=Person(channel="page"))
    sayings.alleged(case, cast)
    db.session.commit()
    page = at_the_desk(app, cast, "triage")
    assert page.get(f"/staff/cases/{case.reference}").status_code == 200, page.words[:300]
    assert "Anonymous" in page.words and "only on the tracking page" in page.words


def test_a_complaint_that_was_told_and_reopened_owes_progress_anew(app: Any, cast: Any, demo_mode: None) -> None:
    from casework.cases import verify

    case = sayings.answered(cast)
    delivered(case, "complaint-outcome")
    cases.perform(case, "finalise", __import__("casework.roles", fromlist=["CLOCK"]).CLOCK)
    case = done(app, cast, "supervisor", case, "reopen", note="New footage came.")
    assert case.state == "handling" and not list(verify.verify())
