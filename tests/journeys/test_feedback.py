"""A concern from the first page to the reply: anonymous and read on the website, by name and read in the mail."""

from __future__ import annotations

from tests.journeys import sayings
from tests.journeys.conftest import Visit
from tests.journeys.installation import Installation
from tests.journeys.sayings import Sayer
from tests.journeys.visitor import PHONE, Visitor

REPLY = "We are sorry. The officers should have said why. Their supervisor has spoken with them about it."


def test_an_anonymous_concern_is_answered_and_nobody_asks_who_it_is(visit: Visit) -> None:
    somebody = Sayer(visit(PHONE, script=False), "")
    say_it_anonymously(somebody)

    triage = visit().sign_in("triage")
    sayings.open_case(triage, somebody)
    triage.sees("Anonymous", sayings.WHAT, "Reply and close: This is dissatisfaction of somebody who may complain.")
    triage.press("Offer the complaint route")
    triage.sees("Complaint route offered")

    decline_the_complaint(somebody)
    sayings.open_case(triage, somebody)
    triage.sees("Does not want a complaint")
    reply(triage)

    somebody.see_where_it_stands()
    somebody.at.sees("We have answered.", "We wrote", REPLY)
    somebody.at.follow("Write to us or add files")
    somebody.at.write("What do you want to tell us?", "Thank you. That is all that I wanted.")
    somebody.at.press("Send")
    somebody.at.sees("Thank you. We have your message.", "That is all that I wanted.")


def say_it_anonymously(somebody: Sayer) -> None:
    """From the home page to the confirmation, with the one mistake that there can be."""
    at = somebody.at
    at.open("/")
    at.follow("Feedback", "main")
    at.sees(
        "Only one question needs an answer: what happened.", "You can stay anonymous", "You do not get a police record"
    )
    at.follow("Start")
    at.answer("What do you want to do?", "Raise a concern")
    at.press("Continue")
    at.press("Continue")
    at.sees("There is a problem", "Tell us what happened")
    at.write("What happened?", sayings.WHAT)
    at.press("Continue")
    at.write("Where was it?", "High Street, outside the library")
    at.pick("Which borough is that?", "Hackney")
    at.answer("Was anybody searched", "Yes")
    at.press("Continue")
    at.press("Continue")
    at.sees("Photos and videos can say who you are")
    at.press("Continue")
    at.answer("Do you want to give your name?", "No, I want to say it anonymously")
    at.answer("What have you to do with what happened?", "It happened to me")
    at.press("Continue")
    at.sees("Review by citizens")
    at.press("Continue")
    at.sees("Check your answers", sayings.WHAT, "You are saying this anonymously")
    at.press("Send it")
    at.sees("Thank you, we have it", "Write both down now", "Somebody reads it by")
    sayings.remember(somebody)
    at.press("Close it on this device")


def decline_the_complaint(somebody: Sayer) -> None:
    """The person comes back and says that an answer is enough."""
    somebody.see_where_it_stands()
    at = somebody.at
    at.sees("It is your turn", "Do you want this handled as a complaint?")
    at.follow("Say yes or no")
    at.press("Send my answer")
    at.sees("There is a problem", "Choose whether you want a complaint")
    at.answer("Do you want us to handle this as a complaint?", "No, I only want an answer")
    at.press("Send my answer")
    at.sees("We go on with our answer to you.", "We are preparing our answer.")
    at.press("Close on this device")


def reply(triage: Visitor) -> None:
    """Reply and close, after a look at what the person will see."""
    triage.follow("Reply", "#main-content")
    triage.write("Your reply", REPLY)
    triage.press("See it as they will")
    triage.sees("On the tracking page of somebody anonymous", REPLY)
    triage.press("Reply and close")
    triage.sees("replied and closed", "Closed")


def test_somebody_asks_answers_and_reads_the_reply_in_the_mail(installation: Installation, visit: Visit) -> None:
    somebody = Sayer(visit(PHONE))
    somebody.reference, somebody.code = sayings.say(installation, somebody.name, somebody.email, "question")
    received = somebody.mail("we have received what you sent")
    assert "you can ask at any time for this to be handled as a complaint" in received.words

    triage = visit().sign_in("triage")
    sayings.open_case(triage, somebody)
    triage.follow("Ask a question")
    triage.write("Your question", "Which library was it?")
    triage.press("Send the question")
    triage.sees("The question is on its way.", "Waiting for the person")
    answer(somebody)

    sayings.open_case(triage, somebody)
    triage.sees("The one in the High Street.", "To be answered")
    triage.follow("Reply", "#main-content")
    triage.write("Your reply", REPLY)
    triage.press("Reply and keep it open")
    triage.sees("replied")
    replied = somebody.mail("our answer")
    assert REPLY in " ".join(replied.words.split())
    assert "We have not finished with your feedback" in replied.words
    somebody.open_link(replied)
    somebody.at.sees(REPLY, "We are preparing our answer.", "What we have sent you")


def answer(somebody: Sayer) -> None:
    """Answer our question from the mail."""
    asked = somebody.mail("a question")
    assert "Which library was it?" in asked.words
    somebody.open_link(asked)
    at = somebody.at
    at.sees("We have a question for you", "Which library was it?")
    at.follow("Answer the question")
    at.write("Your answer", "The one in the High Street.")
    at.press("Send my answer")
    at.sees("Thank you. We have your answer.", "It is our turn")
