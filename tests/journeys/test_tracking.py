"""What somebody does between applying and the decision: look, lose the link, move house, and withdraw."""

from __future__ import annotations

from tests.journeys import plain, steps
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.steps import Applicant
from tests.journeys.visitor import PHONE


def test_somebody_loses_the_link_changes_the_address_and_withdraws(installation: Installation, visit: Visit) -> None:
    applicant = Applicant(visit(PHONE), "Wulandari")
    applicant.reference, applicant.code = plain.apply(installation, applicant.name, applicant.email)
    applicant.mail("we have your ride-along application")
    at = applicant.at
    at.open("/track")
    steps.choose_no_cookies(at)
    at.write("Reference", applicant.reference)
    at.write("Code", "0000 0000 0000")
    at.press("Continue")
    at.sees("There is a problem", "We cannot find anything with this reference and code.")
    at.write("Code", applicant.code.lower().replace("-", " "))
    at.press("Continue")
    at.sees("We have your application and will look at it.", applicant.reference)
    at.press("Close on this device")
    at.open("/track/case")
    assert at.path == "/track"

    at.follow("I have lost my link or my code")
    at.write("Email address", applicant.email)
    at.press("Send me a link")
    at.sees("If we know this address")
    applicant.open_link(applicant.mail("the link to your application"))
    new = Applicant(at, applicant.name, "new." + applicant.email, applicant.reference)
    change_address(applicant, new)
    withdraw(applicant, new)

    coordinator = visit().sign_in("coordinator-b")
    steps.open_case(coordinator, applicant)
    coordinator.sees("Withdrawn", new.email)


def change_address(old: Applicant, new: Applicant) -> None:
    """A new address counts when it has answered; the old one is told."""
    at = old.at
    at.follow("Correct how we reach you")
    at.write("Email address", new.email)
    at.press("Save")
    at.sees("The address changes when you confirm it.")
    told = old.installation.mail(old.email, "somebody asked us to use another e-mail address")
    assert "/track/object/" in told.link("/track/object/")
    confirm = new.installation.mail(new.email, "please confirm your e-mail address")
    at.open(confirm.link("/track/confirm/"))
    at.press("Yes, write to this address")
    at.sees("Your new address is confirmed")
    at.open(told.link("/track/object/"))
    at.sees("Did you not ask for this change?")


def withdraw(old: Applicant, new: Applicant) -> None:
    """Without a reason, from a fresh link: the old one ended with the old address."""
    at = new.at
    at.open("/track/lost")
    at.write("Email address", new.email)
    at.press("Send me a link")
    new.open_link(new.mail("the link to your application"))
    at.follow("Withdraw your application")
    at.sees("You need not say why.")
    at.press("Withdraw my application")
    at.sees("You withdrew your application")
    new.mail("your application is withdrawn")
    assert len(old.installation.mails(old.email)) == 3
