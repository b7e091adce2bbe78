"""Complaints that are still going on: what stands in the queues today. Ages are days before today."""

from __future__ import annotations

from collections.abc import Callable

from casework.demo.said import encounters
from casework.demo.said.life import HANDLER, SUPERVISOR, Said

Tell = Callable[[Said, float], None]


# How far a complaint gets, in the usual time.


def to_logged(life: Said, age: float, serious: bool = False) -> None:
    """Logged on the next working day, footage asked for, by triage. Where it is serious, that also records it."""
    life.complain(age, serious=serious)
    log(life, age, serious)


def log(life: Said, age: float, serious: bool = False) -> None:
    life.claim(age - 0.5)
    if not life.case.anonymous:
        life.footage(age - 0.9, life.rng.choice(("saved", "saved", "saved", "none")), max(age - 5, 0.4))
    life.log(age - 1, serious)


def to_contacted(life: Said, age: float) -> None:
    to_logged(life, age)
    contact(life, age)


def contact(life: Said, age: float) -> None:
    life.claim(age - 2, HANDLER)
    if life.rng.random() < 0.4:
        life.tries(age - 2.5, result=life.rng.choice(("no-answer", "message")))
    life.contact(age - 4)


def to_recorded(life: Said, age: float) -> None:
    to_contacted(life, age)
    record(life, age)


def record(life: Said, age: float) -> None:
    reason = life.rng.choice(("wishes", "wishes", "wishes", "authority"))
    life.do(age - 5, "record", HANDLER, reason=reason)
    life.check(age - 5, HANDLER)


def to_investigating(life: Said, age: float, action: str = "investigate") -> None:
    to_recorded(life, age)
    life.do(age - 6, action, SUPERVISOR)


def to_referred(life: Said, age: float) -> None:
    """What is alleged has to be referred, whether or not anybody believes it: at once, and recorded with it."""
    to_logged(life, age, serious=True)
    life.check(age - 1, yes=life.scene.serious)
    life.do(age - 1, "refer", SUPERVISOR, prejudicial=False)
    life.claim(age - 2, HANDLER)
    life.contact(age - 4)


def to_drafted(life: Said, age: float, at: float, result: str = "acceptable", outcome: str = "good") -> None:
    """Investigated, with word every three weeks, and the outcome written so many days ago."""
    to_investigating(life, age, life.rng.choice(("investigate", "investigate", "handle")))
    draft(life, age, at, result, outcome)


def draft(life: Said, since: float, at: float, result: str = "acceptable", outcome: str = "good") -> None:
    life.keep_told(since, at)
    actions = {"not-acceptable": ("apology", "rprp", "organisational"), "undetermined": ("debrief",)}
    life.decide(at, result, actions.get(result, ("explanation",)), outcome)


def to_sent(life: Said, age: float, at: float, result: str = "acceptable", outcome: str = "good") -> None:
    """The outcome was sent so many days ago, after a supervisor had approved it."""
    to_drafted(life, age, at + 4, result, outcome)
    if life.rng.random() < 0.25:
        life.do(at + 3.5, "send_back", SUPERVISOR, note="Allegation 2: say which words on the footage you mean.")
        life.do(at + 3, "draft", HANDLER)
    life.approve(at + 2)
    life.do(at, "send", HANDLER)


# What is open.


def received(life: Said, age: float) -> None:
    life.complain(age)


def received_nameless(life: Said, age: float) -> None:
    life.scene = encounters.scene(life.rng)
    life.complain(age, encounters.nameless(life.facts(age, "complaint", what=life.scene.what)))
    log(life, age)


def logged(life: Said, age: float) -> None:
    to_logged(life, age)
    life.claim(age - 1.5, HANDLER)


def unreached(life: Said, age: float) -> None:
    """Three tries at different times, and a letter to follow."""
    logged(life, age)
    life.tries(age - 2)
    life.tries(age - 3, result="message")
    life.tries(age - 4)


def contacted(life: Said, age: float) -> None:
    to_contacted(life, age)


def outside(life: Said, age: float) -> None:
    to_contacted(life, age)
    life.do(age - 5, "handle_outside", HANDLER)
    life.note(age - 6)


def recorded(life: Said, age: float) -> None:
    to_recorded(life, age)


def referred(life: Said, age: float) -> None:
    to_referred(life, age)


def not_referred_yet(life: Said, age: float) -> None:
    """The criteria are met and nobody has referred it: by the end of the next day it is late."""
    to_logged(life, age, serious=True)
    life.tag(age - 1, "to be referred")


def directed(life: Said, age: float) -> None:
    to_referred(life, age)
    life.do(age - 12, "direct", HANDLER)
    life.keep_told(age, 2)


def independent(life: Said, age: float) -> None:
    to_referred(life, age)
    life.do(age - 12, "take", HANDLER)
    life.keep_told(age, 2)


def returned(life: Said, age: float) -> None:
    to_referred(life, age)
    life.do(age - 9, "hand_back", HANDLER)
    life.do(age - 10, "investigate", SUPERVISOR)
    life.keep_told(age, 2)


def handling(life: Said, age: float) -> None:
    to_investigating(life, age, "handle")
    life.keep_told(age, 1)


def investigating(life: Said, age: float) -> None:
    to_investigating(life, age)
    life.keep_told(age, 1)
    if life.rng.random() < 0.3:
        life.tag(max(age - 10, 1), life.rng.choice(("repeat address", "school", "night shift", "panel")))


def investigating_silent(life: Said, age: float) -> None:
    """Nobody has written for more than four weeks."""
    to_investigating(life, age)
    life.keep_told(age, 33)


def investigating_due(life: Said, age: float) -> None:
    """The last word was four weeks ago to the day."""
    to_investigating(life, age)
    life.update(28)


def investigating_a_year(life: Said, age: float) -> None:
    """More than twelve months: the delay was reported, and is to be reported again after six."""
    to_investigating(life, age)
    life.keep_told(age, age - 358)
    life.report(age - 361)
    life.keep_told(age - 361, 2)


def investigating_no_footage(life: Said, age: float) -> None:
    """It came five weeks after the encounter: the footage was gone."""
    life.complain(age, ago=36)
    life.claim(age - 0.5)
    life.footage(age - 0.9, "gone", max(age - 4, 0.4))
    life.log(age - 1)
    contact(life, age)
    record(life, age)
    life.do(age - 6, "investigate", SUPERVISOR)
    life.keep_told(age, 1)


def footage_open(life: Said, age: float) -> None:
    """Footage was asked for, its last day comes near, and nobody has said that it is safe."""
    life.complain(age, ago=2)
    life.footage(age - 0.9)
    life.log(age - 1)
    contact(life, age)


def suspended(life: Said, age: float) -> None:
    to_investigating(life, age)
    life.do(age - 12, "suspend", SUPERVISOR, note="The criminal case against the person is at the magistrates’ court.")
    since = age - 12
    while (since := since - 26) > 1:
        life.do(since, "review_suspension", SUPERVISOR)
        life.update(since - 1) if since > 2 else None


def resumed(life: Said, age: float) -> None:
    to_investigating(life, age)
    life.do(age - 12, "suspend", SUPERVISOR, note="Criminal proceedings about the same evening.")
    life.update(age - 22)
    life.do(age - 36, "review_suspension", SUPERVISOR)
    life.update(age - 43)
    life.do(age - 50, "resume", HANDLER)
    life.keep_told(age - 43, 2)


def drafted(life: Said, age: float) -> None:
    to_drafted(life, age, 1.2, life.rng.choice(("acceptable", "undetermined")))


def drafted_late(life: Said, age: float) -> None:
    to_drafted(life, age, 9, "not-acceptable", "bad")


def approved(life: Said, age: float) -> None:
    to_drafted(life, age, 4)
    life.approve(2)


def sent(life: Said, age: float) -> None:
    result, outcome = life.rng.choice((("acceptable", "good"), ("not-acceptable", "bad"), ("undetermined", "unclear")))
    to_sent(life, age, 3 + life.rng.random() * 20, result, outcome)


def sent_in_tray(life: Said, age: float) -> None:
    """Sent, but the letter lies in a tray: the person has not been told, and no window runs."""
    to_sent(life, age, 2)


def under_review(life: Said, age: float) -> None:
    at = age - 75
    to_sent(life, age, at)
    life.answers(at - 12, "apply_for_review")


def upheld(life: Said, age: float) -> None:
    to_sent(life, age, 50)
    life.answers(36, "apply_for_review")
    life.do(4, "uphold", HANDLER)


def again(life: Said, age: float) -> None:
    """The review found our handling wanting: somebody else investigates again."""
    to_sent(life, age, age - 80)
    life.answers(age - 95, "apply_for_review")
    life.do(age - 130, "uphold", HANDLER)
    life.do(age - 134, "reinvestigate", SUPERVISOR, 1)
    life.keep_told(age - 134, 1)


def withdrawing(life: Said, age: float) -> None:
    to_contacted(life, age)
    life.do(2.5, "ask_to_withdraw", HANDLER, signed="letter")


def conduct(life: Said, age: float) -> None:
    """The person wants no more of it; the public interest wants an answer all the same."""
    to_investigating(life, age)
    life.keep_told(age, age - 30)
    life.answers(age - 31, "ask_to_withdraw", signed="online")
    life.do(age - 33, "go_on_as_conduct", SUPERVISOR, note="What the footage shows has to be answered.")
    life.keep_told(age - 33, 2)


def reopened(life: Said, age: float) -> None:
    to_sent(life, age, age - 70)
    life.do(age - 130, "reopen", SUPERVISOR, note="A second film of the search came to light.")
    life.keep_told(age - 130, 1)


def late_review(life: Said, age: float) -> None:
    to_sent(life, age, age - 80)
    life.do(15, "allow_late_review", SUPERVISOR, note="The person was in hospital for the whole of the time.")


def recorded_after(life: Said, age: float) -> None:
    """Handled outside Schedule 3, not content, recorded at their wish."""
    to_outside_sent(life, age, "not-resolved")
    life.answers(age - 24, "record_after")
    life.check(age - 25)
    life.do(age - 26, "handle", SUPERVISOR, 1)
    life.keep_told(age - 26, 1)


def to_outside_sent(life: Said, age: float, result: str = "resolved") -> None:
    to_contacted(life, age)
    life.do(age - 5, "handle_outside", HANDLER)
    settle_outside(life, age - 13, result)


def settle_outside(life: Said, at: float, result: str = "resolved") -> None:
    life.decide(at, result, ("explanation", "apology"), "outside" if result == "resolved" else "outside-no")
    life.approve(at - 1)
    life.do(at - 2, "send", HANDLER)


def from_feedback(life: Said, age: float) -> None:
    """What feedback became, so many days after it did: as far as there was time."""
    steps: tuple[tuple[float, Callable[[], None]], ...] = (
        (2, lambda: life.log(age - 1)),
        (7, lambda: contact(life, age)),
        (10, lambda: record(life, age)),
        (12, lambda: life.do(age - 6, "handle", SUPERVISOR)),
        (14, lambda: life.keep_told(age + 2, age - 50 if age > 60 else 1)),
        (60, lambda: life.decide(age - 51, "acceptable", ("explanation",), "good")),
        (60, lambda: life.approve(age - 53)),
        (60, lambda: life.do(age - 54, "send", HANDLER)),
    )
    for least, take in steps:
        if age >= least:
            take()
