"""Feedback at the triage desk: what its page shows, sorting, asking, merging, splitting, calls, footage, thanks."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from casework.cases import service as cases
from casework.cases.models import Note
from casework.complaints import service as complaints
from casework.complaints.models import ContactTry
from casework.exchanges import service as talk
from casework.exchanges.models import Exchange, Presence
from casework.extensions import db
from casework.feedback.models import Preservation
from casework.feedback.service import Person
from casework.moments import now, today
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.tracking import pages as tracker
from casework.triage import queries
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.test_hostile import attack
from tests.triage.desk import decide, everything_told, open_reply, owed, page_of, send_reply

pytestmark = pytest.mark.usefixtures("demo_mode")
ANYBODY = {"person": Person(), "anonymous": True}


def test_the_page_shows_the_account_the_facts_and_how_to_reach_the_person_safely(app, cast):
    person = Person(
        name="Chidi Abara", phone="020 7946 0021", channel="phone", safe_times="weekdays after six",
        adjustments={"contact_needs": ["do-not-write-to-my-home"], "language": "Igbo"}, born_on=date(1991, 5, 4),
    )  # fmt: skip
    case = sayings.concern(person=person, effect="I was late.", wish="An apology.", receipt="SR-1182", panel="no",
                           vehicle="BX21", officers="4471", witnesses="My sister")  # fmt: skip
    words = page_of(app, cast, case).words
    for said in ("Two officers stopped me", "I was late.", "An apology.", "SR-1182", "BX21", "4471", "My sister",
                 "It happened to me", "They object", "Do not write to my home", "When: weekdays after six",
                 "Language: Igbo", "Leave no message on the voicemail", "North Borough"):  # fmt: skip
        assert said in words, said
    assert "A copy can be asked for until 20 Feb 2027" in words
    assert "May be a complaint: offer the route first" in words


def test_who_was_arrested_has_a_year_for_the_search_record_and_who_was_not_searched_has_no_day(app, cast):
    assert "until 20 Nov 2027" in page_of(app, cast, sayings.concern(arrested=True)).words
    assert "A copy can be asked for" not in page_of(app, cast, sayings.concern(searched=False)).words


def test_somebody_anonymous_is_called_so_and_can_only_be_reached_on_the_tracking_page(app, cast):
    words = page_of(app, cast, sayings.concern(**ANYBODY)).words
    assert "Anonymous" in words and "we cannot write to them anywhere" in words


def test_who_acts_for_whom_and_whether_that_is_agreed_is_shown(app, cast):
    adult = sayings.concern(authority="solicitor", representative=Person(name="Amara Obi", email="a@example.org"))
    child = sayings.concern(
        authority="parent-under-16", representative=Person(name="Ngozi Abara", email="n@example.org")
    )
    assert "Not agreed yet: is told nothing" in page_of(app, cast, adult).words
    words = page_of(app, cast, child).words
    assert "Acts alone, for a child under 16" in words and "somebody acts for them" in words


def test_the_conversation_stands_newest_first_and_what_nobody_read_is_marked_until_it_is(app, cast):
    case = sayings.concern()
    cases.perform(case, "ask", cast.triage, private={"words": "Which street?"}, at=now() - timedelta(hours=2))
    cases.perform(case, "answer", sayings.person_of(case), private={"words": "Station Road."})
    browser = page_of(app, cast, case)
    assert browser.words.index("Station Road.") < browser.words.index("Which street?")
    assert "1 new message" in browser.words and "Mark 1 as read" in browser.words
    browser.post(f"/staff/cases/{case.reference}/read")
    browser.get(f"/staff/cases/{case.reference}")
    assert "new message" not in browser.words and "Mark 1 as read" not in browser.words
    assert db.session.query(Exchange).filter_by(words="Station Road.").one().seen_by == cast.account("triage").id


def test_presence_of_colleagues_is_shown_and_ends_by_itself(app, cast):
    case = sayings.concern()
    page_of(app, cast, case, "handler")
    browser = page_of(app, cast, case)
    assert "Handler has this open now" in browser.words
    answer = browser.post(f"/staff/cases/{case.reference}/here")
    assert answer.json == {"others": ["Handler"], "writing": []}
    db.session.query(Presence).filter_by(account_id=cast.account("handler").id).update(
        {"seen_at": now() - timedelta(minutes=3)}
    )
    db.session.commit()
    browser.get(f"/staff/cases/{case.reference}")
    assert "has this open" not in browser.words
    assert browser.post(f"/staff/cases/{case.reference}/here").json["others"] == []


def test_sorting_takes_it_on_keeps_the_day_of_receipt_and_can_be_changed(app, cast):
    case = sayings.concern(received_on=today() - timedelta(days=4))
    browser = page_of(app, cast, case)
    assert decide(browser, f"/staff/feedback/{case.reference}/take-up", {"sort": "concern"}).status_code == 303
    assert (case.state, case.sort, case.assigned_to) == ("answering", "concern", cast.account("triage").id)
    due = case.due_on
    assert decide(browser, f"/staff/feedback/{case.reference}/sort", {"sort": "question"}).status_code == 303
    assert case.sort == "question" and case.received_on == today() - timedelta(days=4) and case.due_on <= due
    assert decide(browser, f"/staff/feedback/{case.reference}/sort", {"sort": "nonsense"}).status_code == 400


def test_a_question_goes_out_and_an_answer_by_telephone_is_theirs_and_says_who_wrote_it_down(app, cast):
    case = sayings.concern()
    browser = page_of(app, cast, case)
    assert decide(browser, f"/staff/feedback/{case.reference}/ask", {"words": "Which street?"}).status_code == 303
    assert case.state == "asked" and "feedback-question" in owed(case)
    assert decide(browser, f"/staff/feedback/{case.reference}/answer", {"words": "Station Road."}).status_code == 303
    said = queries.conversation(case, [case.id])[0]
    assert (said.who, said.ours, said.new, said.noted_by) == ("Chidi Abara", False, False, "Triage")
    browser.get(f"/staff/cases/{case.reference}")
    assert "written down by Triage" in browser.words


def test_two_people_ask_at_once_and_the_second_is_told_and_loses_nothing(app, cast):
    case = sayings.concern()
    first, second = page_of(app, cast, case), page_of(app, cast, case, "handler")
    path = f"/staff/feedback/{case.reference}/ask"
    second.get(path)
    version = str(case.version)
    assert decide(first, path, {"words": "Which street?"}).status_code == 303
    answer = second.post(path, {"version": version, "words": "At what time?"})
    assert answer.status_code == 409 and "Triage was faster" in second.words and "At what time?" in second.text
    assert db.session.query(Exchange).count() == 1


def test_it_is_passed_to_another_body_whose_name_the_person_reads(app, cast):
    case = sayings.concern()
    browser = page_of(app, cast, case)
    path = f"/staff/feedback/{case.reference}/redirect"
    assert decide(browser, path, {"body": ""}).status_code == 400
    assert decide(browser, path, {"body": "British Transport Police"}).status_code == 303
    assert (case.state, case.redirected_to) == ("redirected", "British Transport Police")
    assert "British Transport Police" in everything_told()


@pytest.mark.parametrize("make", [sayings.concern, sayings.complaint])
def test_tries_at_reaching_somebody_count_three_hours_apart_and_their_words_are_never_sent(app, cast, make):
    case = make()
    browser = page_of(app, cast, case)
    day = today() - timedelta(days=1)
    for hour in ("9:00", "10:00", "14:30"):
        answer = decide(browser, f"/staff/cases/{case.reference}/contact", {
            "how": "phone", "result": "no-answer", "on-day": day.day, "on-month": day.month, "on-year": day.year,
            "time": hour, "words": "Zanzibar rang out.",
        })  # fmt: skip
        assert answer.status_code == 303, browser.words
    assert db.session.query(ContactTry).count() == 3
    browser.get(f"/staff/cases/{case.reference}")
    assert "2 of 3 at different times" in browser.words and "Zanzibar rang out." in browser.words
    assert "Zanzibar" not in everything_told()


def test_a_try_in_the_future_is_refused_and_one_sent_twice_is_kept_once(app, cast):
    case = sayings.concern()
    browser = page_of(app, cast, case)
    path, day = f"/staff/cases/{case.reference}/contact", today() + timedelta(days=1)
    form = {
        "how": "phone",
        "result": "spoke",
        "on-day": day.day,
        "on-month": day.month,
        "on-year": day.year,
        "time": "9",
    }
    assert decide(browser, path, form).status_code == 400
    day = today() - timedelta(days=1)
    form |= {"on-day": day.day, "on-month": day.month, "on-year": day.year, "version": "0", "time": "9:00"}
    form["csrf_token"] = browser.token()
    assert [browser.post_bare(path, form).status_code for _ in range(2)] == [303, 303]
    assert db.session.query(ContactTry).count() == 1


def test_footage_is_listed_by_its_last_day_in_my_areas_and_both_buttons_work_from_there(app, cast):
    early = sayings.concern(happened_on=today() - timedelta(days=25))
    late = sayings.complaint(happened_on=today() - timedelta(days=2))
    far = sayings.concern(borough_id=factories.area("south-borough").id)
    browser = page_of(app, cast, early)
    assert "6 days left" in browser.words and "Nobody has asked yet" in browser.words
    browser.get("/staff/footage")
    assert browser.words.index(early.reference) < browser.words.index(late.reference)
    assert far.reference not in browser.words
    answer = browser.post(f"/staff/cases/{early.reference}/footage/asked", {"back": "footage"})
    assert answer.headers["Location"].endswith("/staff/footage")
    kept = db.session.query(Preservation).filter_by(case_id=early.id).one()
    assert kept.asked_by == cast.account("triage").id and kept.asked_at is not None
    for result in ("nonsense", "saved", "gone"):
        browser.get("/staff/footage")
        browser.post(f"/staff/cases/{early.reference}/footage/result", {"result": result})
    assert db.session.get(Preservation, kept.id).result == "saved"
    browser.get("/staff/footage")
    assert early.reference not in browser.words
    assert browser.post(f"/staff/cases/{far.reference}/footage/asked").status_code == 404


def test_what_became_a_complaint_is_owed_once_and_a_long_list_is_paged_by_key(app, cast):
    for number in range(30):
        sayings.concern(happened_on=today() - timedelta(days=number))
    gone = sayings.concern()
    cases.perform(gone, "convert", cast.triage)
    browser = page_of(app, cast, gone)
    seen = []
    path = "/staff/footage"
    while path:
        browser.get(path)
        seen += re.findall(r">((?:FB|CM)-[0-9A-Z-]+)</a></th>", browser.text)
        found = re.search(r'rel="next" href="([^"]+)"', browser.text)
        path = found[1] if found else ""
    assert len(seen) == len(set(seen)) == 31 and gone.reference not in seen
    for after in ("x", "2026-13-01.1", "2026-01-01.", "9" * 50, "2026-01-01." + "9" * 18):
        assert browser.get(f"/staff/footage?after={after}").status_code == 200


def test_thanks_reach_the_supervisors_of_the_area_without_anybodys_name_and_need_no_second_person(app, cast):
    case = sayings.concern(intent="thanks", what="PC Obi was kind to my mother.")
    cast.account("supervisor"), cast.account("supervisor_too")
    browser = page_of(app, cast, case)
    browser.post(f"/staff/cases/{case.reference}/do/pass_thanks", {"version": str(case.version)})
    assert case.state == "closed" and "feedback-thanks-passed" in owed(case)
    rows = db.session.query(Owed).filter_by(name="officer-thanked").order_by(Owed.part)
    assert [row.part for row in rows] == sorted(
        f"account:{cast.account(name).id}" for name in ("supervisor", "supervisor_too")
    )
    from casework.outbox import preview

    text = "".join(preview.of(row).subject + preview.of(row).text for row in rows)
    assert case.reference in text
    for secret in ("Chidi", "Abara", "chidi@", "Obi", "mother"):
        assert secret not in text


def test_notes_among_us_are_in_no_message_and_on_no_page_of_the_person(app, cast):
    case = sayings.concern()
    browser = page_of(app, cast, case)
    browser.post(f"/staff/cases/{case.reference}/notes", {"words": "Zanzibar note."})
    decide(browser, f"/staff/feedback/{case.reference}/take-up", {"sort": "comment", "note": "Zanzibar sorted."})
    browser.get(f"/staff/cases/{case.reference}")
    assert browser.words.count("Zanzibar") == 2  # the desk sees both, in the colour of notes
    assert re.search(r'class="cw-note">.*?Zanzibar note', browser.text, re.DOTALL)
    assert send_reply(browser, case, "We have read it.", "open").status_code == 303
    db.session.add(Note(case_id=case.id, at=now(), account_id=cast.account("triage").id, words="Zanzibar again."))
    db.session.commit()
    told = everything_told()
    assert "We have read it." in told and "Zanzibar" not in told


@pytest.mark.parametrize("make", [sayings.concern, sayings.complaint])
def test_the_tracking_page_shows_no_note_and_no_reply_that_was_not_sent(app, cast, make):
    case = make()
    if case.kind not in tracker._pages:
        pytest.skip("the tracking page of this kind is not there")
    db.session.add(Note(case_id=case.id, at=now(), account_id=cast.account("triage").id, words="Zanzibar note."))
    talk.keep_unsent(case.id, cast.account("triage").id, "Zanzibar unsent.")
    db.session.commit()
    party = sayings.party_of(case)
    visitor = Browser(app)
    visitor.follow(visitor.get("/cases/" + secrets.link_secret(party.id, party.generation)))
    assert case.reference in visitor.words and "Zanzibar" not in visitor.text


PATHS = ("cases/{}/reply", "feedback/{}/take-up", "feedback/{}/sort", "feedback/{}/ask", "feedback/{}/answer",
         "feedback/{}/redirect", "feedback/{}/merge", "cases/{}/link", "cases/{}/split", "cases/{}/contact",
         "cases/{}/facts")  # fmt: skip
POSTS = ("cases/{}/unsent", "cases/{}/here", "cases/{}/read", "cases/{}/footage/asked", "cases/{}/footage/result")


def test_out_of_scope_looks_like_not_there_on_every_page(app, cast):
    case, ride = sayings.concern(), factories.ride().ride
    db.session.commit()
    browser = at_the_desk(app, cast, "triage_south")
    near = at_the_desk(app, cast, "triage")
    for path in PATHS + POSTS:
        browser.get("/staff/"), near.get("/staff/")
        for who, reference in ((browser, case.reference), (near, ride.reference), (near, "FB-0000-0000-0")):
            assert who.post("/staff/" + path.format(reference)).status_code == 404, path
    coordinator = at_the_desk(app, cast, "coordinator")
    for path in PATHS:
        assert coordinator.get("/staff/" + path.format(case.reference)).status_code == 403
    complaint = sayings.complaint()
    db.session.commit()
    assert near.get(f"/staff/feedback/{complaint.reference}/ask").status_code == 404


def test_every_page_stands_hostile_input(app, cast):
    case = sayings.concern(
        what="<i data-evil>", place="<i data-evil>", person=Person(name="<i data-evil>", email="a@example.org")
    )
    cases.perform(case, "ask", cast.triage, private={"words": "<i data-evil>"})
    cases.perform(case, "answer", sayings.person_of(case), private={"words": "<i data-evil>"})
    db.session.commit()
    browser = at_the_desk(app, cast, "supervisor")
    few = ["<i data-evil>\"'>", "\x00\x01\r\nBcc: victim@example.org", "{{ 1337*7331 }}", "9" * 400, "x" * 21_000, ""]
    sent = sum(attack(browser, "/staff/" + path.format(case.reference), few) for path in PATHS)
    sent += sum(attack(browser, path, few) for path in ("/staff/footage", "/staff/texts/new"))
    sent += attack(browser, f"/staff/cases/{case.reference}", few)
    assert sent > 80


def test_a_complaint_shows_the_shared_parts_and_can_be_written_to(app, cast):
    case = sayings.complaint()
    browser = page_of(app, cast, case, "handler")
    for part in ("Conversation", "Footage"):
        assert part in browser.words
    assert send_reply(browser, case, "We look at it this week.", "write").status_code == 303
    assert case.state == "received" and owed(case)[-1] == "case-message"
    assert "We look at it this week." in everything_told()


def test_whoever_a_complaint_is_about_cannot_write_in_it(app, cast):
    case = sayings.complaint()
    allegation = sayings.alleged(case, cast)
    browser = page_of(app, cast, case, "handler")
    begun = open_reply(browser, case)  # before anybody knew
    complaints.name_subject(allegation, cast.triage, account_id=cast.account("handler").id)
    db.session.commit()
    day = today() - timedelta(days=1)
    tried = {"how": "phone", "result": "spoke", "on-day": day.day, "on-month": day.month, "on-year": day.year}
    for page, sent in (
        ("reply", {**begun, "words": "Never mind.", "then": "write"}),
        ("contact", {"version": begun["version"], **tried, "time": "9:00", "words": "What I typed."}),
    ):
        assert browser.post(f"/staff/cases/{case.reference}/{page}", sent).status_code == 404
    assert db.session.query(Exchange).count() == db.session.query(ContactTry).count() == 0
