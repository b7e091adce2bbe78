"""The case page: what stands there, what is left out, and which further pages it leads to."""

from __future__ import annotations

from datetime import date
from typing import Any

from casework.cases import service as cases
from casework.extensions import db
from casework.moments import now
from casework.outbox import service as outbox
from casework.outbox.models import Owed
from casework.parties import secrets
from casework.rides import service as rides
from casework.vetting import queries as vetting_queries
from casework.vetting import service as vetting
from tests import factories
from tests.browser import Browser


def opened(app: Any, cast: Any, made: Any, who: str = "coordinator") -> Browser:
    """The page of a case as one of the cast sees it."""
    db.session.commit()
    browser = Browser(app)
    browser.sign_in(cast.account(who).email)
    assert browser.get(f"/staff/cases/{made.ride.reference}").status_code == 200
    return browser


def test_how_single_checks_went_and_that_a_second_person_looks_stay_in_the_unit(
    app: Any, cast: Any, demo_mode: None
) -> None:
    made = factories.in_checks(cast)
    clearance = vetting_queries.clearance(made.ride.id)
    for number, check in enumerate(clearance.checks):
        cases.perform(check, "begin", cast.vetting_officer)
        action = "find" if number == 0 else "clear"
        vetting.finish_check(check, action, cast.vetting_officer, detail="A canary" if number == 0 else "")
    vetting.conclude(clearance, "refer", cast.vetting_officer, detail="Look at this.")
    for who in ("coordinator", "supervisor"):
        page = opened(app, cast, made, who).words
        assert "Checks opened" in page
        for words in ("Check clear", "Check finished", "Check started", "second person", "canary"):
            assert words not in page, (who, words)


def test_the_history_says_who_got_the_case(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride()
    cases.assign(made.ride, cast.account("coordinator").id, cast.coordinator)
    cases.assign(made.ride, cast.account("supervisor").id, cast.coordinator)
    page = opened(app, cast, made).words
    assert "Claimed" in page
    assert "Handed over to Supervisor" in page


def test_the_page_leads_to_what_its_state_and_the_role_allow(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.approved(cast)
    coordinator = opened(app, cast, made).words
    assert "Offer a place" in coordinator
    assert "Key in the part before a booking" in coordinator
    assert "Key in the next part" not in coordinator
    assert "Keep this case from being deleted" not in coordinator
    supervisor = opened(app, cast, made, "supervisor").words
    assert "Offer a place" not in supervisor
    assert "Keep this case from being deleted" in supervisor


def test_messages_to_come_are_told_apart_from_those_on_their_way(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride()
    rides.ask(made.ride, "Which weekends?", cast.coordinator)
    page = opened(app, cast, made).words
    assert "Question to the applicant email On its way" in page
    assert "1 planned, if still needed then Reminder: answer wanted:" in page


def test_what_a_rider_answered_stands_there_in_words(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.booked(cast)
    made.ride.state = "done"
    rides.give_feedback(made.ride, {"satisfaction": 5, "safe": "yes", "view_changed": "more"}, "", made.applicant)
    page = opened(app, cast, made).words
    assert "How was your ride, all in all? 5, very good" in page
    assert "Did you feel safe? Yes" in page
    assert "Has your view of stop and search changed? It is more positive" in page


def test_a_rider_reads_what_is_good_to_know_and_never_the_notes_for_the_host(
    app: Any, client: Browser, cast: Any
) -> None:
    from tests.rides.test_track import link

    place = factories.slot(cast, conditions="Much of it on foot.", notes="Show the custody suite.")
    made = factories.booked(cast, place)
    db.session.commit()
    client.follow(client.get(link(made.ride.applicant)))
    assert "Much of it on foot." in client.words
    assert "custody suite" not in client.words
    assert "It is on" in client.words


def test_only_areas_where_somebody_may_be_offered_a_place_are_asked_about(app: Any, client: Browser, cast: Any) -> None:
    from tests.rides.test_track import link

    made = factories.approved(cast)
    db.session.commit()
    client.follow(client.get(link(made.ride.applicant)))
    client.get("/track/case/ready")
    assert "North Borough" in client.words
    assert "South Borough" in client.words
    assert "North East Borough" not in client.words


def test_staff_read_what_was_sent_without_the_link_that_opens_the_case(app: Any, cast: Any, demo_mode: None) -> None:
    made = factories.ride()
    party = made.ride.applicant
    link = f"http://localhost/cases/{secrets.link_secret(party.id, party.generation)}"
    owed = db.session.query(Owed).filter_by(stream_id=made.ride.stream_id).first()
    outbox.keep_as_sent(
        owed.id, "Received", f"See where it stands: {link}\n\nGoodbye.", now(), "<a@b>", date(2030, 1, 1)
    )
    db.session.commit()
    page = opened(app, cast, made).text
    assert (
        "See where it stands: [their own link]" in page and secrets.link_secret(party.id, party.generation) not in page
    )
