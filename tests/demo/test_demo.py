"""A demonstration is a force at work: every state there is, by the book, quiet, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select, text

from casework import demo
from casework.accounts import passwords
from casework.accounts import queries as accounts
from casework.accounts.models import Account
from casework.areas import queries as areas
from casework.cases import registry
from casework.cases.models import Case, DueDuty
from casework.cases.verify import verify as dates
from casework.complaints.models import Complaint, Learning, Subject, Trigger
from casework.demo import stops
from casework.demo.people import people
from casework.demo.said.stories import COMPLAINTS, FEEDBACK
from casework.demo.stories import STORIES, Story, shares
from casework.extensions import db
from casework.feedback.models import Feedback, Preservation
from casework.history.verify import verify as chains
from casework.moments import now, today
from casework.outbox import queries as outbox
from casework.outbox.models import Owed, Sent
from casework.owed.models import Run
from casework.parties.models import Party
from casework.releases import queries as releases
from casework.releases.models import Release
from casework.rides.models import Ride
from casework.roles import STAFF_ROLES
from casework.schedule.models import Booking, Slot
from casework.triage.models import Plan
from casework.workflow import Refused
from tests.conftest import empty
from workers import clock
from workers.claims import Ledger

# One worker makes the demonstration, and reads it.
pytestmark = pytest.mark.xdist_group("demo")
PASSWORD = "a password of the demonstration 7"
COUNT = 40
# Every story once.
SAID = len(FEEDBACK), len(COMPLAINTS)


@pytest.fixture(scope="module")
def made(program: Any, database: dict[str, str]) -> Iterator[Any]:
    """A small demonstration, made once for these tests, which only read it."""
    empty(database["admin_url"])
    before = program.config["CASEWORK_DEMO_PASSWORD"]
    program.config["CASEWORK_DEMO_PASSWORD"] = PASSWORD
    demo.make(program, COUNT, *SAID, processes=1)
    with program.app_context():
        db.session.info.clear()
        yield program
        db.session.rollback()
        db.session.remove()
    program.config["CASEWORK_DEMO_PASSWORD"] = before
    empty(database["admin_url"])


# States that nothing stays in: of a file that is being read, of a table between two signatures.
PASSING = {
    "release": {"uploaded", "reviewed", "disclosure_checked", "second_signed", "dpo_signed"},
    "item": {"verified"},
}


def how_many(model: Any, *which: Any) -> int:
    """How many rows of a table there are."""
    return db.session.scalar(select(func.count()).select_from(model).where(*which)) or 0


def test_every_state_of_every_table_is_there(made: Any) -> None:
    for kind in registry.everything():
        if kind.model in (Plan, Run):
            continue  # of what somebody decides for many at once a fresh demonstration holds none: it waits to be tried
        there = set(db.session.scalars(select(kind.model.state).distinct()))
        assert there >= set(kind.workflow.states) - PASSING.get(kind.workflow.name, set()), kind.workflow.name


def test_its_history_and_its_dates_hold(made: Any) -> None:
    assert chains() == []
    assert dates() == []


def test_there_are_as_many_applications_as_asked_for(made: Any) -> None:
    by_letter = 1, 3, 1  # in the trays of the post room
    assert how_many(Ride) == COUNT + by_letter[0]
    assert how_many(Feedback) == SAID[0] + by_letter[1] + 2  # two of them wrote twice
    assert how_many(Complaint, Complaint.came_from_id.is_(None)) == SAID[1] + by_letter[2] + 1
    assert how_many(Complaint, Complaint.came_from_id.is_not(None)) == 5


def test_nothing_of_it_is_mailed(made: Any) -> None:
    assert outbox.summary().late == 0
    with db.engine.connect() as connection:
        assert not Ledger(connection, 30).anything_due(now() + timedelta(hours=11), mail=True)


def test_what_was_said_is_kept_as_it_was(made: Any) -> None:
    sent = db.session.scalars(select(Sent).where(Sent.name == "ride-booked")).all()
    assert sent
    for message in sent:
        assert "made up" in message.body and message.subject and message.at < now()
    closed = (
        select(func.count()).select_from(Owed).where(Owed.channel.in_(["email", "page"]), Owed.done_at.is_not(None))
    )
    assert db.session.scalar(closed) == db.session.scalar(select(func.count()).select_from(Sent))


def test_time_has_nothing_to_catch_up_with(made: Any) -> None:
    for kind in registry.everything():
        assert clock.due(kind, today(), {}) == []
    past = (
        select(func.count()).select_from(Slot).where(Slot.state.in_(["draft", "published", "held"]), Slot.on < today())
    )
    assert db.session.scalar(past) == 0


def test_nothing_happened_in_the_future(made: Any) -> None:
    assert db.session.scalar(text("select max(at) from events")) <= now()


def test_every_role_can_sign_in_in_the_first_two_areas(made: Any) -> None:
    for suffix in ("", "2"):
        for role in STAFF_ROLES:
            account = accounts.by_email(f"{role}{suffix}@demo.example")
            assert account is not None, f"{role}{suffix}"
            assert [grant.role for grant in account.grants] == [role]
    assert passwords.matches(accounts.by_email("host2@demo.example").password_hash, PASSWORD)


def test_each_area_has_somebody_for_its_queue(made: Any) -> None:
    for bcu in areas.bcus():
        assert any(account.is_active for _, account in accounts.holders(["coordinator"], bcu.id))


def test_the_host_has_a_ride_today(made: Any) -> None:
    host = accounts.by_email("host@demo.example")
    slot = db.session.scalars(
        select(Slot).where(Slot.on == today(), Slot.host_id == host.id, Slot.state == "booked")
    ).one()
    assert (slot.starts.hour, slot.area_id) == (14, areas.bcus()[0].id)
    booking = db.session.scalars(select(Booking).where(Booking.slot_id == slot.id, Booking.state == "accepted")).one()
    assert db.session.get_one(Case, booking.case_id).state == "booked"


def test_there_are_free_places_in_the_first_two_areas(made: Any) -> None:
    for bcu in areas.bcus()[:2]:
        free = (
            select(func.count())
            .select_from(Slot)
            .where(Slot.area_id == bcu.id, Slot.state == "published", Slot.on > today())
        )
        assert (db.session.scalar(free) or 0) >= 3


def test_the_work_is_late_in_every_degree(made: Any) -> None:
    days = [(due - today()).days for due in db.session.scalars(select(Case.next_due_on).where(Case.is_open))]
    assert (
        min(days) < -5 and any(-5 <= day < 0 for day in days) and any(0 <= day < 7 for day in days) and max(days) > 20
    )


def test_what_may_not_be_kept_is_gone(made: Any) -> None:
    old = "select count(*) from health h join cases c on c.id = h.case_id where c.state = 'closed' and c.state_since < now() - interval '60 days'"
    assert db.session.scalar(text(old)) == 0


def test_what_was_due_by_now_went_out_or_waits_for_a_clerk(made: Any) -> None:
    assert how_many(Owed, Owed.closed_at.is_(None), Owed.channel.in_(["email", "page", ""]), Owed.due_at < now()) == 0
    tray = select(func.min(Owed.due_at)).where(Owed.closed_at.is_(None), Owed.channel.in_(["letter", "call"]))
    assert db.session.scalar(tray) > now() - timedelta(days=5)


def test_most_duties_are_met_by_what_went_out_and_some_are_late(made: Any) -> None:
    told = DueDuty.name.in_(["acknowledge", "progress", "outcome"])
    open_ = DueDuty.met_on.is_(None) & DueDuty.ended_on.is_(None)
    in_time, late = (
        how_many(DueDuty, told, DueDuty.met_on <= DueDuty.due_on),
        how_many(DueDuty, told, DueDuty.met_on > DueDuty.due_on),
    )
    assert in_time > 150 and 0 < late < in_time / 10
    overdue = how_many(DueDuty, told, open_, DueDuty.due_on < today())
    assert 0 < overdue < how_many(DueDuty, told, open_) / 2
    sent = "select count(*) from due_duties d join cases c on c.id = d.case_id where d.name = 'progress' and met_on is not null and not exists (select from outbox o where o.stream_id = c.stream_id and o.name in ('complaint-update', 'complaint-outcome') and (o.done_at at time zone 'Europe/London')::date = d.met_on)"
    assert db.session.scalar(text(sent)) == 0


def test_an_outcome_in_a_tray_starts_no_window(made: Any) -> None:
    sent = db.session.scalars(select(Complaint).where(Complaint.state == "sent")).all()
    assert {each.told_on is None for each in sent} == {True, False}
    for each in sent:
        assert (each.review_by is None) == (each.told_on is None)
        assert each.told_on is None or each.review_by >= today()


def test_a_complaint_that_was_feedback_keeps_the_day_of_its_first_words(made: Any) -> None:
    for complaint in db.session.scalars(select(Complaint).where(Complaint.came_from_id.is_not(None))):
        origin = db.session.get_one(Feedback, complaint.came_from_id)
        assert (complaint.received_on, complaint.encounter_id) == (origin.received_on, origin.encounter_id)


def test_people_speak_for_themselves_for_a_child_for_another_and_without_a_name(made: Any) -> None:
    parts = {tuple(row) for row in db.session.execute(select(Party.part, Party.acts, Party.name == "").distinct())}
    assert {
        ("guardian", True, False),
        ("representative", False, False),
        ("representative", True, False),
        ("complainant", True, True),
    } <= parts
    assert set(db.session.scalars(select(Case.channel).distinct())) == {"online", "post", "phone"}
    assert any("large-print" in str(each) for each in db.session.scalars(select(Party.adjustments)))


def test_footage_was_saved_was_gone_and_is_in_danger(made: Any) -> None:
    assert {"", "saved", "none", "gone"} == set(db.session.scalars(select(Preservation.result).distinct()))
    near = (Preservation.result == "", Preservation.last_on >= today(), Preservation.last_on < today() + timedelta(14))
    assert how_many(Preservation, *near) > 0


def test_something_was_learned_done_late_and_pointed_out(made: Any) -> None:
    assert how_many(Learning, Learning.done_on.is_not(None), Learning.evidence != "", Learning.published) > 0
    assert how_many(Learning, Learning.done_on.is_(None), Learning.by_on < today()) > 0
    assert how_many(Trigger, Trigger.looked_at.is_(None)) and how_many(Trigger, Trigger.looked_at.is_not(None))


def test_nobody_has_a_complaint_about_themselves_or_their_team(made: Any) -> None:
    teams = {account.id: account.team for account in db.session.scalars(select(Account))}
    assert all(teams.values())
    rows = db.session.execute(select(Complaint.assigned_to, Subject).join(Subject, Subject.case_id == Complaint.id))
    for handler, subject in rows:
        theirs = subject.team or teams.get(subject.account_id, "")
        assert handler is None or (handler != subject.account_id and teams[handler] != theirs)


def test_two_of_a_full_area_can_take_every_part_of_a_complaint(made: Any) -> None:
    for bcu in areas.bcus()[:2]:
        for role in ("triage", "handler", "supervisor"):
            here = [account for _, account in accounts.holders([role], bcu.id)]
            assert len({account.team for account in here}) >= 2, f"{role} in {bcu.name}"


def test_it_is_never_made_twice_nor_in_a_real_database(made: Any, database: dict[str, str]) -> None:
    with pytest.raises(Refused, match="something in this database"):
        demo.make(made, applications=1)
    with psycopg.connect(database["admin_url"], autocommit=True) as connection:
        connection.execute("insert into installation (id, kind, marked_at) values (1, 'real', now())")
        try:
            with pytest.raises(Refused, match="marked as real"):
                demo.make(made, applications=1)
        finally:
            connection.execute("delete from installation")


def test_names_are_of_many_scripts_and_shapes_and_addresses_lead_nowhere(made: Any) -> None:
    crowd = people(1, 300)
    assert people(1, 300) == crowd and people(2, 300) != crowd
    names = [person.name for person in crowd]
    assert any(" " not in name and name.isascii() for name in names) and max(map(len, names)) > 60
    for low, high in (
        ("\u0600", "\u06ff"),
        ("\u4e00", "\u9fff"),
        ("\u0900", "\u097f"),
        ("\u0370", "\u03ff"),
        ("\u0400", "\u04ff"),
    ):
        assert any(low <= letter <= high for name in names for letter in name)
    for email in db.session.scalars(select(Party.email).where(Party.email.is_not(None))):
        assert email.endswith((".example", "@example.org"))
    for email in db.session.scalars(select(Account.email)):
        assert email.endswith("@demo.example")


@pytest.mark.parametrize("stories", [STORIES, FEEDBACK, COMPLAINTS])
@pytest.mark.parametrize("total", [0, 1, 5, 40, 300, 777])
def test_there_are_always_as_many_stories_as_asked_for(total: int, stories: Sequence[Story]) -> None:
    told = shares(total, stories)
    assert len(told) == total
    assert all(story.newest <= age <= story.oldest for story, age in told)
    if total >= len(stories):
        assert {story.name for story, _ in told} == {story.name for story in stories}


def test_a_year_of_made_up_months_is_out_with_one_announced_and_one_waiting(made: Any) -> None:
    out = releases.months()
    assert len(out) == stops.OUT and all(month.made_up for month in out)
    assert len(releases.announced()) == 1
    states = dict(db.session.execute(select(Release.state, func.count()).group_by(Release.state)).all())
    assert states == {
        "released": stops.OUT,
        "corrected": 1,
        "refused": 1,
        "withdrawn": 1,
        "scheduled": 1,
        "validated": 1,
    }
    assert {release.clean for release in db.session.query(Release)} == {True}
    assert releases.has_places(out)


def test_no_worker_is_owed_the_reading_of_a_made_up_month(made: Any) -> None:
    assert not db.session.scalar(select(func.count()).where(Owed.name == "read_release", Owed.closed_at.is_(None)))


def test_the_same_month_has_the_same_rows_and_boroughs_of_every_bcu(made: Any) -> None:
    boroughs = areas.boroughs()
    first, again = (stops.rows_of(date(2026, 3, 1), boroughs, 5) for _ in range(2))
    assert first == again != stops.rows_of(date(2026, 3, 1), boroughs, 6)
    oldest = releases.months()[0]
    sums = releases.figures([oldest.month], releases=[oldest.release_id]).all.cells["borough"]
    assert len(sums) > 25 and set(sums) <= {area.slug for area in boroughs}
