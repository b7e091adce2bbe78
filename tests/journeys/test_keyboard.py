"""The whole application by keyboard alone, with a mistake on the way."""

from __future__ import annotations

from tests.journeys import steps
from tests.journeys.conftest import Visit
from tests.journeys.keyboard import Keyboard
from tests.journeys.steps import Applicant


def test_somebody_applies_and_withdraws_without_a_mouse(visit: Visit) -> None:
    applicant = Applicant(visit(), "Zoë Brontë-Null")
    at, keys = applicant.at, Keyboard(applicant.at)
    at.open("/")
    keys.follow("Reject page counts")
    keys.tab_to("Hide this message")
    keys.keys.press("Enter")
    assert keys.focus()["kind"] == "h1"
    at.open("/ride-along")
    keys.tab_to("Skip to main content")
    keys.keys.press("Enter")
    keys.follow("Apply now")

    # the mistake: the summary gets the focus, its link leads to the question
    keys.follow("Continue")
    assert at.page.title().startswith("Error: ")
    at.page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    keys.follow_in_page("Enter your date of birth")
    assert at.page.evaluate("document.activeElement.id") == "born-day"
    keys.keys.type("28")
    keys.write("Month", "2")
    keys.write("Year", "1990")
    keys.follow("Continue")

    keys.tick("I live here")
    keys.pick("Which borough is that?", "Hackney")
    keys.follow("Continue")
    keys.choose("Have you been on a ride along before", "No", "Yes")
    keys.follow("Continue")
    keys.write("What is your full name?", applicant.name)
    keys.follow("Continue")
    keys.choose("How do you want to hear from us?", "Email", "Email")
    keys.write("Email address", applicant.email)
    keys.follow("Continue")
    keys.write("Why do you want to ride along?", "To see how it is done.")
    keys.follow("Continue")
    keys.pick("First choice", "Central East")
    keys.follow("Continue")
    keys.choose("Which team would you most like to ride with?", "Roads policing", "Emergency response")
    keys.follow("Continue")
    keys.tick("Saturday")
    keys.tick("Late")
    keys.follow("Continue")
    keys.tick("Large print")
    keys.follow("Continue")
    keys.follow("Continue")
    keys.tick("I understand that you will check police records")
    keys.follow("Continue")
    at.sees("Check your answers", applicant.name, applicant.email, "Hackney", "Roads policing", "Saturday")
    keys.follow("Send my application")
    keys.follow("Skip these questions")
    applicant.reference = steps.REFERENCE.findall(at.words)[0]

    applicant.open_link(applicant.mail("we have your ride-along application"))
    keys.follow("Withdraw your application")
    keys.follow("Withdraw my application")
    at.sees("You withdrew your application")
    applicant.mail("your application is withdrawn")
