"""How feedback goes, from a thank-you to a complaint. Ages are days before today."""

from __future__ import annotations

from collections.abc import Callable

from casework.demo.said import complaints as further
from casework.demo.said import encounters, words
from casework.demo.said.life import HANDLER, TRIAGE, Said

Tell = Callable[[Said, float], None]


def new(intent: str) -> Tell:
    """Just received."""
    return lambda life, age: life.say(age, intent)


def new_nowhere(life: Said, age: float) -> None:
    life.nowhere = True
    life.say(age, "comment")


def taken_up(life: Said, age: float, intent: str, on: float = 1) -> None:
    life.say(age, intent)
    if intent == "concern" and age > 2:
        life.footage(age - min(on, 1), life.rng.choice(("saved", "saved", "none")), max(age - 6, 0.5))
    life.claim(age - on, which=int(life.rng.random() < 0.2))
    life.do(age - on, "take_up", sort=intent)


def answering(intent: str) -> Tell:
    return lambda life, age: taken_up(life, age, intent)


def answering_asked_to_keep(life: Said, age: float) -> None:
    """Footage is asked for and nobody knows yet what became of it."""
    life.say(age, "concern", ago=2)
    life.footage(age - 0.9)
    life.do(age - 1, "take_up", sort="concern")
    life.tag(age - 1, "footage")


def answering_nobody_asked(life: Said, age: float) -> None:
    """Nobody has asked for the footage, and its last day comes near."""
    life.say(age, "concern", ago=9)
    life.do(age - 6, "take_up", sort="concern")


def replied(life: Said, age: float) -> None:
    taken_up(life, age, "question")
    life.do(age - 3, "reply", HANDLER, said=life.rng.choice(words.REPLIES["question"]))
    life.note(age - 3)


def asked(life: Said, age: float) -> None:
    taken_up(life, age, "concern")
    life.do(age - 2, "ask", said=life.rng.choice(words.ASKING))


def asked_answered(life: Said, age: float) -> None:
    asked(life, age)
    life.answers(age - 6, "answer", life.rng.choice(words.MORE))


def asked_silent(life: Said, age: float) -> None:
    """No answer: time goes on without, and it waits for us."""
    asked(life, age)


def offered(life: Said, age: float) -> None:
    taken_up(life, age, "concern")
    life.do(age - 2, "offer_complaint")


def declined(life: Said, age: float) -> None:
    """A concern whose person wants an answer and no complaint."""
    offered(life, age)
    life.answers(age - 4, "decline_complaint")
    answer_concern(life, age - 8)


def declined_open(life: Said, age: float) -> None:
    offered(life, age)
    life.answers(age - 4, "decline_complaint")


def answer_concern(life: Said, age: float) -> None:
    life.do(age, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["concern"]))


def wrote_again(life: Said, age: float) -> None:
    declined(life, age)
    life.answers(age - 12, "write_again", life.rng.choice(words.MORE))


def wrote_again_closed(life: Said, age: float) -> None:
    wrote_again(life, age)
    life.do(age - 16, "reply", HANDLER, said=life.rng.choice(words.REPLIES["concern"]))
    life.do(age - 20, "close", HANDLER)


def accepted(life: Said, age: float) -> None:
    """Offered, wanted, and then a complaint with the day of its first words."""
    offered(life, age)
    life.answers(age - 3, "accept_complaint")
    goes_on(life, age - 4)


def silent(life: Said, age: float) -> None:
    """Offered, and no answer: silence is no consent, so it is logged as a complaint."""
    offered(life, age)
    goes_on(life, age - 18)


def silent_nameless(life: Said, age: float) -> None:
    life.say(age, "concern", encounters.nameless(life.facts(age, "concern")))
    life.do(age - 1, "take_up", sort="concern")
    life.do(age - 2, "offer_complaint")
    goes_on(life, age - 18)


def converted(life: Said, age: float) -> None:
    """A complaint in all but name: we say so."""
    taken_up(life, age, "concern")
    life.do(age - 2, "convert")
    goes_on(life, age - 3)


def asked_for_complaint(life: Said, age: float) -> None:
    """Answered, not content, asked for a complaint weeks later."""
    declined(life, age)
    life.answers(age - 25, "ask_complaint")
    goes_on(life, age - 26)


def goes_on(life: Said, age: float) -> None:
    """The complaint that it became, as far as there was time."""
    life.scene = life.rng.choice(words.GENERAL)
    further.from_feedback(life, age)


def thanks(life: Said, age: float) -> None:
    life.say(age, "thanks")
    life.claim(age - 1)
    life.do(age - 1, "pass_thanks")


def thanks_from_a_concern(life: Said, age: float) -> None:
    """It came by the wrong door: sorted anew, and passed on."""
    life.say(age, "comment", what=life.rng.choice(words.THANKS))
    life.do(age - 1, "retype", sort="thanks")
    life.do(age - 2, "pass_thanks")


def answered(intent: str) -> Tell:
    def tell(life: Said, age: float) -> None:
        taken_up(life, age, intent)
        at = age - 3 - life.rng.random() * 5
        life.do(at, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES[intent]))

    return tell


def answered_late(life: Said, age: float) -> None:
    taken_up(life, age, "question", on=6)
    life.do(age - 24, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["question"]))


def noted(life: Said, age: float) -> None:
    """A comment without a name: nothing to answer, closed."""
    life.say(age, "comment", encounters.nameless(life.facts(age, "comment")))
    life.do(age - 1, "take_up", sort="comment")
    life.do(age - 4, "close", HANDLER)


def heard_of(life: Said, age: float) -> None:
    """Somebody saw it on their telephone: no complaint in law, answered all the same."""
    life.say(age, "concern", relation="heard", searched=None)
    life.do(age - 1, "take_up", sort="concern")
    answer_concern(life, age - 6)


def redirected(life: Said, age: float) -> None:
    what, body = life.rng.choice(words.ELSEWHERE)
    life.say(age, "question", what=what)
    life.do(age - 1, "redirect", body=body)


def merged(life: Said, age: float) -> None:
    """The same person wrote twice about the same thing."""
    taken_up(life, age, "question")
    other = life.twin(age - 2)
    other.say(age - 2, "question", life.told)
    other.do(age - 3, "merge", into=life.case.id)
    life.do(age - 6, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["question"]))


def unmerged(life: Said, age: float) -> None:
    """It looked like the same and was not."""
    taken_up(life, age, "comment")
    other = life.twin(age - 2)
    other.say(age - 2, "comment")
    other.do(age - 3, "merge", into=life.case.id)
    other.do(age - 4, "unmerge")
    other.do(age - 6, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["comment"]))
    life.do(age - 7, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["comment"]))


def spam(life: Said, age: float) -> None:
    about = life.facts(age, "comment", what=life.rng.choice(words.SPAM), searched=None, officers="", vehicle="")
    life.say(age, "comment", encounters.nameless(about))
    life.do(age - 1, "discard")


def restored(life: Said, age: float) -> None:
    life.say(age, "comment")
    life.do(age - 1, "discard")
    life.do(age - 2, "restore", TRIAGE, 1)
    life.do(age - 3, "take_up", sort="comment")
    life.do(age - 5, "reply_and_close", HANDLER, said=life.rng.choice(words.REPLIES["comment"]))


def withdrawn(life: Said, age: float) -> None:
    taken_up(life, age, "concern")
    life.answers(age - 3 - life.rng.random(), "withdraw")


def child(life: Said, age: float) -> None:
    """A parent writes for a child under 16."""
    life.say(age, "concern", _of_child(life, age))
    life.footage(age - 0.9, "saved", max(age - 5, 0.5))
    life.do(age - 1, "take_up", sort="concern")
    life.tag(age - 1, "under 16")


def child_answered(life: Said, age: float) -> None:
    child(life, age)
    life.do(age - 2, "offer_complaint")
    life.answers(age - 4, "decline_complaint")
    answer_concern(life, age - 8)


def represented(life: Said, age: float) -> None:
    """Somebody writes for an adult, who has not said yes yet."""
    about = life.facts(age, "concern")
    email = f"for.{life.rng.randrange(10**6)}@example.org"
    life.say(age, "concern", encounters.by_representative(about, "Maryam Osei", email))
    if age > 3:
        life.do(age - 1, "take_up", sort="concern")


def represented_yes(life: Said, age: float) -> None:
    represented(life, age)
    life.agree(age - 3, True)
    life.do(age - 4, "offer_complaint")
    life.answers(age - 6, "decline_complaint")
    answer_concern(life, age - 9)


def represented_no(life: Said, age: float) -> None:
    represented(life, age)
    life.agree(age - 3, False)


def _of_child(life: Said, age: float) -> encounters.Told:
    return encounters.of_child(life.facts(age, "concern"), life.world.day(age), life.rng.randrange(11, 15), "")
