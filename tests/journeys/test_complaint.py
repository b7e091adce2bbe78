"""A complaint from the first page to the end of its review, and one that must be referred. Every message is read."""

from __future__ import annotations

import pytest

from casework.clocks.words import long_date
from casework.moments import today
from tests.journeys import sayings
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation, Mail
from tests.journeys.sayings import Sayer
from tests.journeys.visitor import PHONE, Visitor

ALLEGED = "They searched my bag and did not say why."
FOUND = "The footage shows that no reason was given."
OUTCOME = "You should have been told why you were searched, and you were not. We are sorry."
STANDS = "I have watched the footage. Next I speak with both officers."


@pytest.mark.slow
def test_a_complaint_is_recorded_investigated_answered_and_reviewed(visit: Visit) -> None:
    somebody = Sayer(visit(PHONE), "Chidi Abara")
    complain(somebody)
    triage, handler = visit().sign_in("triage"), visit().sign_in("handler")
    log(triage, somebody)
    contact_and_record(handler, somebody)
    supervisor = visit().sign_in("supervisor")
    investigate(supervisor, somebody)
    tell_progress(handler, somebody)
    write_outcome(handler, somebody)
    approve(supervisor, somebody)

    sayings.open_case(handler, somebody)
    handler.press("Send the outcome")
    handler.sees("Outcome sent")
    outcome = somebody.mail("the outcome of your complaint")
    assert_says(outcome, ALLEGED, "The service provided was not acceptable", FOUND, OUTCOME, "The last day is")
    ask_for_a_review(somebody, outcome)

    sayings.open_case(handler, somebody)
    handler.sees("Under review", "It was never looked at whether they are trained.")
    handler.press("The review found it reasonable and proportionate")
    handler.sees("Finalised", "the result of the review")
    handler.sees_not("Due soon", "late by")
    assert_says(somebody.mail("the result of the review"), "Your complaint is now finished.")
    somebody.see_where_it_stands()
    somebody.at.sees("Your complaint is finished.", ALLEGED, FOUND)


def complain(somebody: Sayer) -> None:
    """From the page for complaints to the confirmation; only what happened, how it is told, and who says it."""
    at = somebody.at
    at.open("/complaints")
    at.sees("You get the result in writing.")
    at.follow("Start my complaint")
    at.press("Continue")
    at.write("What happened?", sayings.WHAT)
    at.write("What would put it right?", "An explanation.")
    at.press("Continue")
    at.write_date("When was it?", today())
    at.pick("Which borough is that?", "Hackney")
    for _ in ("when", "who", "evidence"):
        at.press("Continue")
    at.answer("Do you want to give your name?", "Yes")
    at.write("Full name", somebody.name)
    at.answer("What have you to do with what happened?", "It happened to me")
    at.press("Continue")
    at.answer("How may we reach you?", "Email")
    at.write("Email address", somebody.email)
    at.press("Continue")
    at.tick("Large print")
    at.press("Continue")
    at.press("Continue")
    at.sees("Check your answers", somebody.name, "Large print")
    at.press("Send my complaint")
    at.sees("Complaint sent", "We write your complaint down in our register by")
    sayings.remember(somebody)
    assert_says(somebody.mail("we have received your complaint"), "We will log it by the end of")


def log(triage: Visitor, somebody: Sayer) -> None:
    """Write down what is alleged, answer the checklist, log it."""
    sayings.open_case(triage, somebody)
    triage.follow("Add the first")
    triage.press("Add it and go to the checklist")
    triage.sees("There is a problem", "Choose a category")
    triage.write("What is alleged", ALLEGED)
    triage.pick("Category", "B1")
    triage.press("Add it and go to the checklist")
    triage.sees("Does the complaint allege any of this?", "not whether it is believed")
    triage.press("None of these is alleged: log it")
    triage.sees("The complaint is logged.", "Logged, to be contacted", "B1 Stops, and stop and search")
    assert_says(somebody.mail("we have logged your complaint"), "We will contact you by the end of")


def contact_and_record(handler: Visitor, somebody: Sayer) -> None:
    """Speak with the person, who wants it recorded."""
    sayings.open_case(handler, somebody)
    handler.press("Claim")
    handler.follow("Write down a try at contact")
    handler.answer("How?", "Telephone")
    handler.answer("What came of it?", "We spoke, or they answered")
    handler.write("What was said", "Wants an explanation, and wants it recorded.")
    handler.press("Write it down")
    handler.sees("The first contact is made.", "Contacted, way to be decided", "wants it recorded")
    handler.follow("Record it under Schedule 3")
    handler.press("Record it", "main")
    handler.sees("There is a problem", "Choose why it is recorded")
    handler.answer("Why is it recorded?", "The complainant wished it")
    handler.press("Record it", "main")
    handler.sees("The person gets a copy of the record.", "Referral checklist")
    assert_says(somebody.mail("we have recorded your complaint"), "under Schedule 3", sayings.WHAT, ALLEGED)


def investigate(supervisor: Visitor, somebody: Sayer) -> None:
    """Answer the checklist again, now that it is recorded, and begin the investigation."""
    sayings.open_case(supervisor, somebody)
    supervisor.page.get_by_text("Not now").click()
    supervisor.sees("Answer the referral checklist for recording first", "is due at recording")
    supervisor.follow("Answer it")
    supervisor.sees("Those answers stand below: confirm or change them.")
    supervisor.press("None of these")
    supervisor.press("Investigate")
    supervisor.sees("Under investigation")
    assert_says(somebody.mail("who handles your complaint"), "We will tell you how it is going within")


def tell_progress(handler: Visitor, somebody: Sayer) -> None:
    """An update, read before it is sent; the duty is met when it is delivered."""
    sayings.open_case(handler, somebody)
    handler.follow("Tell the person how it stands")
    handler.write("How it stands, in your words", STANDS)
    handler.press("Read it first")
    handler.sees("As they will read it", STANDS)
    handler.press("Send it")
    handler.sees("The update is on its way.")
    told = somebody.mail("how your complaint is going")
    assert_says(told, STANDS, "we will write again by the end of")
    handler.press("Note it")
    handler.sees("Footage It is saved")
    somebody.open_link(told)
    somebody.at.sees(
        "We are investigating your complaint.",
        STANDS,
        "What we owe you, and when",
        "Footage from body-worn cameras was saved.",
    )


def write_outcome(handler: Visitor, somebody: Sayer) -> None:
    """A result for every allegation, then the outcome, sent for approval."""
    sayings.open_case(handler, somebody)
    handler.follow("Write the outcome")
    handler.sees("No result yet for allegation 1")
    handler.follow("allegation 1", "main")
    handler.answer("Result", "The service provided was not acceptable")
    handler.write("How you came to it", FOUND)
    handler.tick("Apology")
    handler.press("Record the result", "main")
    handler.follow("Send the outcome for approval")
    handler.write("The outcome", OUTCOME)
    handler.press("Read it as they will")
    handler.sees("As they will read it", FOUND, OUTCOME)
    handler.press("Send for approval")
    handler.sees("It is sent for approval.", "Outcome drafted, to be approved")
    handler.sees_not("Approve the outcome")


def approve(supervisor: Visitor, somebody: Sayer) -> None:
    """Somebody else works out the review body and approves."""
    sayings.open_case(supervisor, somebody)
    supervisor.page.get_by_text("Not now").click()
    supervisor.sees("Answer the questions from which the review body follows.")
    supervisor.follow("Which body reviews it")
    for question in (
        "Is it about a senior officer",
        "From the complaint alone",
        "Was it referred",
        "Does it arise",
        "Does one of",
    ):
        supervisor.answer(question, "No")
    supervisor.press("Work it out")
    supervisor.sees("The review body is")
    supervisor.follow("Approve the outcome")
    supervisor.sees(OUTCOME, FOUND)
    supervisor.press("Approve the outcome")
    supervisor.sees("The outcome is approved. It can be sent.")


def ask_for_a_review(somebody: Sayer, outcome: Mail) -> None:
    """The person applies for a review from the mail that says the outcome."""
    somebody.open_link(outcome)
    at = somebody.at
    at.comes_to_see("We have answered your complaint.", "If you do not agree with the outcome")
    at.follow("Apply for a review")
    at.write("Why do you think", "It was never looked at whether they are trained.")
    at.press("Send my application")
    at.sees(
        "We have your application for a review and pass it on.", "Your complaint is being reviewed by another body."
    )
    assert_says(somebody.mail("a review of your complaint"), "you asked for a review")


def test_a_complaint_that_alleges_discrimination_is_referred(installation: Installation, visit: Visit) -> None:
    somebody = Sayer(visit(PHONE), "Siobhán O’Rourke-D’Arcy")
    somebody.reference, somebody.code = sayings.say(installation, somebody.name, somebody.email, "complaint")
    supervisor = visit().sign_in("supervisor")
    sayings.open_case(supervisor, somebody)
    supervisor.follow("Add the first")
    supervisor.write("What is alleged", "They said that people like me carry knives.")
    supervisor.pick("Category", "F6")
    supervisor.press("Add it and go to the checklist")
    supervisor.press("Save what is ticked")
    supervisor.sees("There is a problem", "Tick what is alleged, or press “None of these”")
    supervisor.tick("A crime, or behaviour")
    supervisor.press("Save what is ticked")
    supervisor.sees("It is recorded and must be referred to the IOPC by the end of tomorrow.")
    assert_says(somebody.mail("we have recorded your complaint"), "because the law requires it")
    supervisor.follow("Answer it")
    supervisor.press("Confirm what is ticked")
    refer(supervisor, somebody)
    supervisor.press("The IOPC has returned it to us")
    supervisor.sees("Recorded, to be allocated")
    assert_says(somebody.mail("your complaint is with us again"), "it is for us to handle")


def refer(supervisor: Visitor, somebody: Sayer) -> None:
    """The referral, and what the person reads of it."""
    supervisor.follow("Refer to the IOPC")
    supervisor.answer("Would telling the person prejudice an investigation?", "No")
    supervisor.press("I have referred it")
    supervisor.sees("The referral is recorded.", "Referred to the IOPC")
    referred = somebody.mail("we have referred your complaint")
    assert_says(referred, "does not say what will come of it")
    somebody.open_link(referred)
    somebody.at.sees("It is with another body now.", long_date(today()))


def assert_says(mail: Mail, *words: str) -> None:
    """These words stand in a mail, wherever its lines break."""
    said = " ".join(mail.words.split())
    for each in words:
        assert each in said, f"{each!r} is not in {mail.subject!r}:\n{mail.words}"
