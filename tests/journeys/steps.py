"""What people do on their way through a ride, in their words. Each step ends on the page that it leads to."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from casework.moments import today
from tests.journeys.installation import Installation, Mail
from tests.journeys.visitor import Visitor

REFERENCE = re.compile(r"RA-\w{4}-\w{4}-\w")


@dataclass
class Applicant:
    """Somebody who applies, at one device."""

    at: Visitor
    name: str = "Adaeze Okonkwo-Price"
    email: str = ""
    reference: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        self.email = self.email or f"adaeze.{uuid.uuid4().hex[:10]}@example.org"

    @property
    def installation(self) -> Installation:
        return self.at.installation

    def mail(self, about: str) -> Mail:
        """The mail about this, read. It names the reference, and nothing that nobody else may read."""
        mail = self.installation.mail(self.email, about)
        assert self.reference in mail.subject
        assert f"Hello {self.name}," in mail.words
        return mail

    def open_link(self, mail: Mail) -> None:
        """Follow the link to the application in a mail."""
        self.at.open(mail.link("/cases/"))
        assert self.at.path == "/track/case"
        self.at.sees(self.reference)


def choose_no_cookies(somebody: Visitor) -> None:
    """Answer the question about cookies, so that it is out of the way."""
    somebody.press("Reject page counts")
    if (
        somebody.page.get_by_role("link", name="Hide this message")
        .or_(somebody.page.get_by_role("button", name="Hide this message"))
        .count()
    ):
        somebody.follow("Hide this message") if not somebody.script else somebody.page.get_by_text(
            "Hide this message"
        ).click()


def find_the_form(somebody: Visitor) -> None:
    """From the home page to the first question."""
    somebody.open("/")
    choose_no_cookies(somebody)
    if somebody.page.viewport_size["width"] < 600 and somebody.script:
        somebody.page.get_by_role("button", name="Menu").click()
    somebody.follow("Ride along", "#navigation")
    somebody.sees("Who may apply", "What happens, and how long it takes")
    somebody.follow("Apply now")


def answer_whether_one_may_apply(somebody: Visitor, born: date = date(1990, 2, 28)) -> None:
    """The eligibility pages."""
    somebody.write_date("What is your date of birth?", born)
    somebody.press("Continue")
    somebody.tick("I live here", "I work here")
    somebody.pick("Which borough is that?", "Hackney")
    somebody.press("Continue")
    somebody.answer("Have you been on a ride along before", "No")
    somebody.press("Continue")


def fill_in_the_rest(applicant: Applicant) -> None:
    """The other pages, up to "check your answers"."""
    at = applicant.at
    at.write("What is your full name?", applicant.name)
    at.press("Continue")
    at.answer("How do you want to hear from us?", "Email")
    at.write("Email address", applicant.email)
    at.write("Phone number", "020 7946 0018")
    at.press("Continue")
    at.write(
        "Why do you want to ride along?", "I was stopped and searched twice and want to see it from the other side."
    )
    at.tick("I have been stopped and searched")
    at.press("Continue")
    at.pick("First choice", "Central East")
    at.press("Continue")
    at.answer("Which team would you most like to ride with?", "Neighbourhood")
    at.press("Continue")
    at.tick("Saturday", "Sunday", "Late: afternoon to evening")
    at.press("Continue")
    at.tick("Large print")
    at.press("Continue")
    at.press("Continue")
    at.tick("I understand that you will check police records about me before a ride")
    at.press("Continue")


def apply(applicant: Applicant) -> None:
    """From the home page to the confirmation, and the mail that says so."""
    at = applicant.at
    find_the_form(at)
    answer_whether_one_may_apply(at)
    fill_in_the_rest(applicant)
    send(applicant)


def send(applicant: Applicant) -> None:
    """From "check your answers" to the confirmation, and the mail that says so."""
    at = applicant.at
    at.sees("Check your answers", applicant.name, "28 February 1990", applicant.email, "Central East", "Large print")
    at.press("Send my application")
    at.sees("Would you answer some equality questions?")
    at.press("Skip these questions")
    at.sees("Application sent", "What happens next")
    applicant.reference = REFERENCE.findall(at.words)[0]
    applicant.code = re.findall(r"Your code is (\S+)", at.words)[0].rstrip(".")
    received = applicant.mail("we have your ride-along application")
    assert "We will look at it and write to you by" in received.words


def open_case(staff: Visitor, applicant: Applicant) -> None:
    """Find the case by its reference, typed as people type."""
    staff.write("Search by reference, name, email or words", applicant.reference.lower().replace("-", " "))
    staff.press("Search")
    staff.sees(applicant.name, applicant.reference)


def invite(coordinator: Visitor, applicant: Applicant) -> Mail:
    """The coordinator takes the application forward."""
    open_case(coordinator, applicant)
    coordinator.press("Take forward: ask for the next part")
    coordinator.sees("Waiting for the applicant")
    return applicant.mail("please give us the next part")


def give_next_part(applicant: Applicant, mail: Mail) -> None:
    """The applicant gives the part before checks, from the link in the mail."""
    at = applicant.at
    applicant.open_link(mail)
    at.follow("Give the next part")
    at.write("Where have you lived in the last five years?", "4 Tidemill Lane, ZZ1 1AA, since 2015")
    at.answer("Do you have any conviction or caution", "Yes")
    at.write("What was it, and about when?", "A caution in 2009")
    at.answer("Is there an open complaint, claim or investigation", "No")
    at.press("Send and begin the checks")
    at.sees("We are making our checks.")
    at.sees_not("2009", "Tidemill")
    applicant.mail("we have started our checks")


def clear(officer: Visitor, applicant: Applicant) -> None:
    """The vetting officer makes every check and gives a clear result."""
    run_checks(officer, applicant)
    officer.answer("Result", "Clear this person")
    officer.press("Record the result")
    officer.sees(f"{applicant.reference}: ")


def run_checks(officer: Visitor, applicant: Applicant, but: str = "") -> None:
    """The vetting officer begins each check and finds nothing, but for one that is left begun."""
    officer.open(f"/staff/vetting/{applicant.reference}")
    officer.sees("A caution in 2009", "4 Tidemill Lane")
    officer.sees_not("stopped and searched twice")
    for words in ("Start", "Clear"):
        for kind in ("Local records", "Police National Computer", "Police National Database", "Conflict of interest"):
            if words == "Start" or kind != but:
                officer.press(f"{words} ({kind})")


def approve(staff: Visitor, applicant: Applicant) -> None:
    """Somebody who may approve does."""
    open_case(staff, applicant)
    staff.press("Approve")
    staff.sees("Approved, needs a place")
    applicant.mail("your application is approved")


def plan_place(coordinator: Visitor, host: str) -> date:
    """The coordinator plans a place and publishes it, some weeks ahead, in the first in which the host is free."""
    day = today() + timedelta(weeks=2)
    coordinator.follow("Schedule", ".cw-tabs")
    coordinator.follow("Plan a place", "main")
    coordinator.pick("BCU", "Central East")
    coordinator.pick("Team", "Neighbourhood")
    coordinator.write("Start of the shift", "3am")
    coordinator.write("End of the shift", "5:30")
    coordinator.write("Where the rider reports to", "Tidemill Road police station, front counter")
    coordinator.pick("Host", host)
    coordinator.write("Good to know for the rider", "Much of it on foot.")
    coordinator.write("Notes for the host", "Please show the custody suite.")
    coordinator.tick("Publish at once")
    while "The place is published." not in coordinator.words:
        day += timedelta(weeks=1)
        assert day < today() + timedelta(weeks=12), coordinator.words
        coordinator.write_date("Date", day)
        coordinator.press("Plan", "main")
    return day
