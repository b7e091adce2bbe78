"""A ride from the home page to the rider's feedback: everybody who takes part in it, and every mail that is read on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casework.clocks.london import london_time
from casework.clocks.words import long_date
from casework.moments import now, today
from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.steps import Applicant
from tests.journeys.visitor import DESKTOP, PHONE, Visitor

EVERY_POINT = (
    "I have seen photo identity",
    "The paper agreements are signed",
    "The safety briefing is done",
    "Body armour and observer tabard are issued",
    "The control room knows",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "script", "host"), [(PHONE, True, "host"), (DESKTOP, False, "host-b")], ids=["phone", "plain"]
)
def test_somebody_applies_rides_along_and_says_how_it_was(
    installation: Installation, visit: Visit, size: dict[str, int], script: bool, host: str
) -> None:
    rider = Applicant(visit(size, script), "Adaeze Okonkwo-Price" if script else "Siobhán O’Rourke-D’Arcy")
    coordinator = visit(script=script).sign_in("coordinator")
    steps.apply(rider)
    ask_and_answer(coordinator, rider)
    steps.give_next_part(rider, steps.invite(coordinator, rider))
    steps.clear(visit(script=script).sign_in("vetting-officer"), rider)
    steps.approve(coordinator, rider)

    takes_them = visit(PHONE, script).sign_in(host)
    name = takes_them.page.locator(".cw-bar__name").inner_text()
    day = steps.plan_place(coordinator, name)
    offer(coordinator, rider, day)
    accept(rider, day)
    takes_them.open("/staff/schedule/today")
    takes_them.sees(rider.name, "Reads large letters")
    takes_them.sees_not("Ngozi", "020 7946 0019")

    move_to_today(installation, rider)
    ride(takes_them, rider)
    say_how_it_was(rider)
    steps.open_case(coordinator, rider)
    coordinator.sees("Closed", "Feedback given", "Thanks, and feedback wanted")


def ask_and_answer(coordinator: Visitor, rider: Applicant) -> None:
    """The coordinator asks; the applicant answers from the mail; the answer stands on the case."""
    steps.open_case(coordinator, rider)
    coordinator.press("Claim")
    coordinator.follow("Ask the applicant a question")
    coordinator.write("Your question", "Which weekends suit you?\nAny in March?")
    coordinator.press("Send the question")
    mail = rider.mail("we have a question for you")
    assert "Which weekends suit you?" in mail.words
    rider.open_link(mail)
    rider.at.sees("Which weekends suit you?")
    rider.at.follow("Answer the question")
    rider.at.press("Send my answer")
    rider.at.sees("There is a problem", "Enter your answer")
    rider.at.write("Your answer", "All of them, but not the first.")
    rider.at.press("Send my answer")
    rider.at.sees("Thank you. We have your answer.")
    steps.open_case(coordinator, rider)
    coordinator.sees("All of them, but not the first.", "Question answered")


def offer(coordinator: Visitor, rider: Applicant, day: date) -> None:
    """The coordinator offers the place that was planned."""
    steps.open_case(coordinator, rider)
    coordinator.follow("Offer a place")
    coordinator.tick(long_date(day))
    coordinator.press("Offer", "main")
    coordinator.sees("The place is offered.")


def accept(rider: Applicant, day: date) -> None:
    """The rider looks at the offer, gives the part before a booking, and accepts. Only then the place is named."""
    at = rider.at
    offered = rider.mail(f"we can offer you a place on {long_date(day)}")
    assert "Tidemill Road police station" not in offered.words
    rider.open_link(offered)
    at.follow("Look at the offer")
    at.sees("Much of it on foot.")
    at.sees_not("Tidemill Road", "custody suite")
    at.press("Go on to accept this place")
    at.write("Whom should we call in an emergency?", "Ngozi Okonkwo")
    at.write("How are they related to you?", "sister")
    at.write("Their phone number", "020 7946 0019")
    at.write("Is there anything about your health that matters on a ride?", "A canary: asthma")
    at.write("What should the officers do so that the day works for you?", "Reads large letters only")
    at.answer("Which photo identity will you show on the day?", "Passport")
    at.press("Save")
    at.follow("Look at the offer")
    at.press("Accept this place")
    at.sees("Your ride is booked", "Tidemill Road police station, front counter", "Much of it on foot.")
    at.sees_not("custody suite")
    booked = rider.mail("your ride is booked for")
    assert "Tidemill Road police station, front counter" in booked.words
    assert "custody suite" not in booked.words
    assert [name.endswith(".ics") for name in booked.attachments] == [True]


def move_to_today(installation: Installation, rider: Applicant) -> None:
    """What only time would bring: the day of the ride."""
    installation.sql(
        """UPDATE slots SET "on" = %(day)s, during = tstzrange(
               lower(during) - make_interval(days => "on" - %(day)s), upper(during) - make_interval(days => "on" - %(day)s))
           WHERE id = (SELECT slot_id FROM bookings JOIN cases ON cases.id = case_id
                       WHERE reference = %(reference)s AND bookings.state = 'accepted')""",
        day=today(), reference=rider.reference,
    )  # fmt: skip


def ride(host: Visitor, rider: Applicant) -> None:
    """The day: the list is ticked, with one point missing at first; the ride starts, and its log closes it."""
    host.open("/staff/schedule/today")
    host.sees(rider.name, "Reads large letters only", "Ngozi Okonkwo", "Please show the custody suite.")
    host.sees_not("canary", "caution")
    host.tick(*EVERY_POINT)
    host.press("Start the ride")
    host.sees("Not ticked: The emergency contact is known to me.")
    host.tick("The emergency contact is known to me")
    host.press("Start the ride")
    host.sees("The ride has started.")
    host.follow("The ride is over: write the log")
    host.answer("How did the ride go?", "It went to its end")
    host.write("When did it end?", f"{london_time(now() + timedelta(minutes=2)):%H:%M}")
    host.write("Crew (optional)", "PC Lock")
    host.write("How many searches did the rider see?", "1")
    host.answer("Was there an incident, an injury or a near miss?", "No")
    host.press("Close the ride")
    host.sees("The ride is closed. Thank you.")


def say_how_it_was(rider: Applicant) -> None:
    """From the thanks to the feedback, and what a worry leads to."""
    at = rider.at
    rider.open_link(rider.mail("thank you for riding along"))
    at.follow("Tell us how it was")
    at.answer("How was your ride, all in all?", "4")
    at.answer("Did you feel safe?", "Yes")
    at.answer("Were you told what would happen", "Yes")
    at.answer("How many searches did you see?", "1")
    at.answer("Has your view of stop and search changed?", "It is more positive")
    at.answer("Are you worried about how an officer behaved?", "No")
    at.press("Send my feedback")
    at.sees("Thank you")
    at.open("/track/case")
    at.sees("Your application is closed. Thank you for taking part.", "Your ride took place")
    assert at.installation.site in at.page.url
