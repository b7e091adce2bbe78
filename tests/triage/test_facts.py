"""Correcting the facts: an edit changes what it changed and nothing else, and what follows from it follows."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from casework.cases import service as cases
from casework.cases.models import Case
from casework.extensions import db
from casework.feedback import effects
from casework.feedback.models import Encounter, Preservation
from casework.history.models import Event
from casework.moments import today
from tests import factories, sayings
from tests.browser import Browser
from tests.desks import at_the_desk
from tests.test_hostile import Forms

pytestmark = pytest.mark.usefixtures("demo_mode")


def opened(browser: Browser, case: Any) -> dict[str, str]:
    """The page's form as a browser would send it back untouched."""
    assert browser.get(f"/staff/cases/{case.reference}/facts").status_code == 200
    fields = next(found for _, found in Forms(browser.text).found if "marks" in found)
    for name in ("searched", "arrested", "meets", "community"):
        fields.pop(name, None)
        chosen = re.search(rf'name="{name}" type="(?:radio|checkbox)" value="(\w+)"[^>]* checked', browser.text)
        if chosen:
            fields[name] = chosen[1]
    for name in ("borough_id", "relation", "panel"):
        box = browser.text.split(f'name="{name}"')[1].split("</select>")[0]
        picked = re.search(r'value="([^"]*)" selected', box)
        fields[name] = picked[1] if picked else ""
    for name in ("officers", "witnesses", "evidence", "note"):
        fields[name] = html.unescape(
            browser.text.split(f'name="{name}"')[1].split(">", 1)[1].split("</textarea>")[0]
        ).strip()
    return fields


def saved(browser: Browser, case: Any, form: dict[str, str]) -> Any:
    """Send it."""
    return browser.post(f"/staff/cases/{case.reference}/facts", {k: v for k, v in form.items() if k != "csrf_token"})


def place_of(case: Any) -> Encounter:
    """The facts as stored."""
    return db.session.get(Encounter, case.encounter_id, populate_existing=True)


def desks(app: Any, cast: Any, case: Any) -> tuple[Browser, Browser]:
    """Two people."""
    db.session.commit()
    return at_the_desk(app, cast, "triage"), at_the_desk(app, cast, "handler")


FACTS = {
    "vehicle": "BX21  AAA",
    "officers": "4471\r\nand another",
    "receipt": "SR 1",
    "panel": "yes",
    "evidence": " a \n",
}


def test_a_page_sent_back_untouched_changes_nothing(app, cast):
    case = sayings.concern(**FACTS)
    first, _ = desks(app, cast, case)
    assert saved(first, case, opened(first, case)).status_code == 303
    assert db.session.query(Event).filter_by(action="edit_facts").count() == 0
    assert place_of(case).vehicle == "BX21  AAA"


def test_two_people_who_change_different_facts_are_both_kept(app, cast):
    case = sayings.concern(**FACTS)
    first, second = desks(app, cast, case)
    mine, theirs = opened(first, case), opened(second, case)
    assert saved(first, case, mine | {"place": "Station Road", "searched": "no"}).status_code == 303
    assert saved(second, case, theirs | {"vehicle": "LX70 BBB", "relation": "witness"}).status_code == 303
    place = place_of(case)
    assert (place.place, place.searched) == ("Station Road", False)
    assert (place.vehicle, place.relation, place.panel) == ("LX70 BBB", "witness", "yes")
    fields = [
        event.facts["fields"] for event in db.session.query(Event).filter_by(action="edit_facts").order_by(Event.id)
    ]
    assert fields == [["place", "searched"], ["relation", "vehicle"]]


def test_two_people_who_change_the_same_fact_are_asked_and_nothing_typed_is_lost(app, cast):
    case = sayings.concern(**FACTS)
    first, second = desks(app, cast, case)
    mine, theirs = opened(first, case), opened(second, case)
    saved(first, case, mine | {"place": "Station Road"})
    answer = saved(second, case, theirs | {"place": "Market Street", "vehicle": "LX70 BBB"})
    assert answer.status_code == 409 and "Triage changed this" in second.words and "to: Station Road" in second.words
    assert 'value="Market Street"' in second.text and 'value="LX70 BBB"' in second.text
    assert (place_of(case).place, place_of(case).vehicle) == ("Station Road", "BX21  AAA")
    again = next(found for _, found in Forms(second.text).found if "marks" in found)["marks"]
    assert (
        saved(second, case, theirs | {"marks": again, "place": "Market Street", "vehicle": "LX70 BBB"}).status_code
        == 303
    )
    assert (place_of(case).place, place_of(case).vehicle) == ("Market Street", "LX70 BBB")


def test_what_the_form_did_not_show_is_not_changed(app, cast):
    case = sayings.concern(**FACTS)
    first, _ = desks(app, cast, case)
    form = opened(first, case)
    for marks in ("{}", "nonsense", "", '{"place": 3}'):
        assert (
            saved(first, case, form | {"marks": marks, "place": "Elsewhere", "what": "Nothing happened."}).status_code
            == 303
        )
        opened(first, case)
    assert place_of(case).place == "High Street, outside the library"
    assert place_of(case).what.startswith("Two officers stopped me")


def test_a_wrong_date_is_refused_and_everything_typed_stays(app, cast):
    case = sayings.concern()
    first, _ = desks(app, cast, case)
    answer = saved(
        first, case, opened(first, case) | {"happened_on-day": "31", "happened_on-month": "2", "place": "New"}
    )
    assert answer.status_code == 400 and 'value="New"' in first.text and 'value="31"' in first.text


def test_another_borough_brings_it_to_another_area_and_a_new_day_moves_the_footages_last_day(app, cast):
    case = sayings.concern()
    first, _ = desks(app, cast, case)
    day = today() - timedelta(days=20)
    form = opened(first, case) | {
        "borough_id": str(factories.area("south-borough").id),
        "happened_on-day": str(day.day), "happened_on-month": str(day.month), "happened_on-year": str(day.year),
    }  # fmt: skip
    answer = saved(first, case, form)
    assert answer.headers["Location"] == "/staff/"
    assert db.session.get(Case, case.id).area_id == factories.area("south").id
    kept = db.session.query(Preservation).filter_by(case_id=case.id).one()
    assert kept.last_on == effects.footage_last_on(day, case.received_on)
    assert first.get(f"/staff/cases/{case.reference}").status_code == 404


def test_a_fact_is_corrected_for_the_complaint_too_and_both_histories_say_so(app, cast):
    case = sayings.concern()
    cases.perform(case, "convert", cast.triage)
    complaint = db.session.get(Case, case.became_id)
    first, _ = desks(app, cast, case)
    form = opened(first, complaint)
    assert "meets" not in form
    assert saved(first, complaint, form | {"place": "Station Road", "meets": "no"}).status_code == 303
    assert place_of(case).place == "Station Road"
    for each in (case, complaint):
        assert db.session.query(Event).filter_by(stream_id=each.stream_id, action="edit_facts").count() == 1


def test_nobodys_dissatisfaction_is_set_aside_without_a_reason(app, cast):
    case = sayings.concern()
    first, _ = desks(app, cast, case)
    form = opened(first, case)
    assert form["meets"] == "unsaid"
    assert saved(first, case, form | {"meets": "no"}).status_code == 400
    assert "Say why this does not meet" in first.words
    assert saved(first, case, form | {"meets": "no", "note": "It is about the bus company."}).status_code == 303
    assert case.meets is False and not effects.meets(case)
    event = db.session.query(Event).filter_by(action="edit_facts").one()
    assert event.facts == {"fields": ["meets"], "meets": False}
