"""A day in the post room by keyboard: forty envelopes from the tray over scanner and keying to the reply that is posted."""

from __future__ import annotations

import io
import time
from typing import Any

from PIL import Image

from casework.post import sheets
from tests.journeys.conftest import Visit
from tests.journeys.installation import PASSWORD, Installation
from tests.journeys.keyboard import Keyboard
from tests.journeys.visitor import Visitor
from tests.post import by_keyboard, filled, letters, scans
from tests.post.trays import TRUTH

KINDS = ("Feedback on an encounter", "Complaint", "Application to ride along")
SENDER = "Siân O'Neill"  # as in TRUTH
REPLY = "Thank you for your letter. We have told the officers."


@letters.needs_hands
def test_forty_envelopes_go_from_the_tray_to_a_posted_reply(installation: Installation, visit: Visit, app: Any) -> None:
    clerk = at_the_desk(visit, "clerk2")
    keys = Keyboard(clerk)
    batch = open_tray(clerk, keys)
    scan(clerk, batch)
    first = index(clerk, keys, SENDER, "Feedback on an encounter")
    for number in range(27):
        index(clerk, None, f"Sender {number} {batch}", KINDS[number % 3])
    answers(clerk, keys, reference_of(installation, first), 6)
    special(clerk, keys)
    clerk.open(f"/staff/post/batches/{batch}")
    clerk.sees(
        "40 envelopes = 28 cases + 6 attached to cases + 3 forwarded + 1 returned + 2 set aside + 0 still in work"
    )
    keys.follow("Close the batch")
    clerk.sees("is closed. Its sum holds.")

    reference = reference_of(installation, first)
    read_before_keying(visit, reference)
    key(clerk, first, 1)
    key(at_the_desk(visit, "clerk2-b"), first, 2)
    reply(visit, reference)
    post_letters(clerk, installation, reference)


def scan(clerk: Visitor, batch: str) -> None:
    """The first letter is our own form from the website, filled in by hand: the scanner's file goes to the tray."""
    blank = clerk.context.request.get("/paper-forms/feedback.pdf").body()
    pages = [Image.open(io.BytesIO(page)) for page in filled.form("feedback", TRUTH, printed=blank)]
    clerk.open(f"/staff/post/batches/{batch}")
    file = {"name": "tray c.pdf", "mimeType": "application/pdf", "buffer": scans.saved(pages)}
    clerk.page.set_input_files("input[name=files]", file)
    enter(clerk, "Add them")
    clerk.sees("tray c.pdf")
    deadline = time.monotonic() + 60
    while "Taken in tray c.pdf" not in clerk.words:
        assert time.monotonic() < deadline, clerk.words
        clerk.open(f"/staff/post/batches/{batch}")


def read_before_keying(visit: Visit, reference: str) -> None:
    """Triage reads the pages of what nobody has keyed yet."""
    triage = at_the_desk(visit, "triage2")
    triage.open(f"/staff/cases/{reference}")
    triage.sees("Came by post", "Keying under way: read the pages", "They wrote by letter")
    triage.sees_not(TRUTH["what.what"].texts[0])
    # what nobody has keyed lies open, also where other letters came after it
    assert triage.page.locator(".cw-post__paper").first.locator(".cw-post__thumb img").first.is_visible()


def key(clerk: Visitor, item: str, round: int) -> None:
    """Key the form from the desk of keying, one or the other round."""
    # what waits in other trays is somebody else's today
    clerk.installation.sql("UPDATE post_items SET due_on = '2000-01-01' WHERE id = %(item)s", item=int(item))
    clerk.open("/staff/post/key")
    clerk.page.keyboard.press("n")
    for _ in range(round - 1):
        clerk.page.keyboard.press("Tab")
    _go(clerk)
    assert f"/{item}" in clerk.path
    blanks = {blank.name: blank for blank in sheets.sheet("feedback", "feedback/1")}
    by_keyboard.key(clerk.page, blanks, TRUTH)
    clerk.page.wait_for_function("() => document.querySelector('[data-status]').textContent === 'Kept.'")
    assert "Finish" in clerk.page.evaluate("document.activeElement.textContent")
    _go(clerk)
    # the next letter lies there already, or nothing waits
    assert clerk.path.startswith("/staff/post/key") and not clerk.path.endswith(f"/{item}")


def reply(visit: Visit, reference: str) -> None:
    """Triage reads what was keyed, and answers."""
    triage = at_the_desk(visit, "triage2")
    keys = Keyboard(triage)
    triage.open(f"/staff/cases/{reference}")
    triage.sees("Keying finished", *TRUTH["what.what"].texts, *TRUTH["when.place"].texts, *TRUTH["you.name"].texts)
    triage.open(f"/staff/cases/{reference}/reply")
    keys.write("Your reply", REPLY)
    keys.follow("See it as they will")
    triage.page.wait_for_function("document.activeElement.id === 'seen'")
    triage.sees("Letter to", REPLY)
    enter(triage, "Reply and keep it open")
    triage.sees("replied")


def at_the_desk(visit: Visit, name: str) -> Visitor:
    """Somebody who signs in by keyboard."""
    somebody = visit()
    keys = Keyboard(somebody)
    somebody.open("/staff/sign-in")
    keys.write("Email address", f"{name}@demo.example")
    keys.write("Password", PASSWORD)
    keys.follow("Sign in")
    return somebody


def open_tray(clerk: Visitor, keys: Keyboard) -> str:
    """A tray of forty; the number of its page."""
    clerk.open("/staff/post")
    keys.follow("Open a batch")
    keys.write("Which tray?", "C")
    keys.write("How many envelopes", "40")
    keys.follow("Open the batch")
    clerk.sees("is open. Write its number on the separator sheet.", "40 still in work. The sum holds.")
    batch = clerk.path.rpartition("/")[2]
    # what lies in other trays is somebody else's today
    clerk.installation.sql(
        "UPDATE post_items SET due_on = date '2000-01-01' - %(batch)s WHERE batch_id = %(batch)s AND state = 'opened'",
        batch=int(batch),
    )
    return batch


def take(clerk: Visitor) -> str:
    """Take the next letter by a key; the number of its page."""
    if clerk.path != "/staff/post/go-on":
        clerk.open("/staff/post/go-on")
    clerk.page.keyboard.press("n")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    clerk.eyes.look()
    return clerk.path.rpartition("/")[2]


def index(clerk: Visitor, keys: Keyboard | None, name: str, kind: str) -> str:
    """Say what a letter is and whom it is from; with `keys`, stop by stop."""
    item = take(clerk)
    if keys is not None:
        # the code on the form has said so already
        keys.choose("What is it?", kind, kind)
        keys.write("Name of the sender", name)
        keys.write("Address of the sender", "4 Mill Lane")
        keys.pick("Borough", borough_of(clerk.installation, "clerk2"))
        keys.follow("Index it")
    else:
        press(clerk, clerk.page.get_by_label(kind, exact=True), "Space")
        clerk.page.get_by_label("Name of the sender").focus()
        clerk.page.keyboard.type(name)
        enter(clerk, "Index it")
    if "It may belong to a case" in clerk.words:
        enter(clerk, "It is a new matter: index it")
    clerk.sees("is done.")
    return item


def borough_of(installation: Installation, name: str) -> str:
    """A borough where somebody works."""
    found = installation.sql(
        "SELECT b.name FROM areas b JOIN grants g ON g.area_id = b.parent_id JOIN accounts a ON a.id = g.account_id"
        " WHERE a.email = %(email)s AND b.kind = 'borough' ORDER BY b.name LIMIT 1",
        email=f"{name}@demo.example",
    )
    return str(found[0][0])


def answers(clerk: Visitor, keys: Keyboard, reference: str, how_many: int) -> None:
    """Further letters of somebody whose case is there."""
    for number in range(how_many):
        take(clerk)
        clerk.page.get_by_label("Reference on the paper").focus()
        clerk.page.keyboard.type(reference.lower())
        enter(clerk, "Attach it")
        clerk.sees(f"It belongs to {reference}")
        if number == 0:
            keys.tab_to("They tell us something")
            clerk.page.keyboard.press("Space")
        else:
            press(clerk, clerk.page.get_by_label("They tell us something"), "Space")
        enter(clerk, "Enter it")
        clerk.sees("is done.")


def special(clerk: Visitor, keys: Keyboard) -> None:
    """What is not for us, what goes back, what is set aside."""
    for _ in range(3):
        take(clerk)
        follow(clerk, "Not for us: forward it")
        clerk.page.get_by_label("To which body does it go?").focus()
        clerk.page.keyboard.type("British Transport Police")
        enter(clerk, "Forward it")
        clerk.sees("Your letter is with another body")
    take(clerk)
    keys.follow("Send it back")
    keys.write("Why?", "No stamp, and empty.")
    keys.follow("Send it back")
    for matter in ("Evidence is enclosed", "Threat"):
        take(clerk)
        follow(clerk, "Something is the matter with it")
        press(clerk, clerk.page.get_by_label(matter, exact=True), "Space")
        enter(clerk, "Set it aside")
        clerk.sees("It is done.")


def post_letters(clerk: Visitor, installation: Installation, reference: str) -> None:
    """The reply is printed and posted; only then it counts."""
    clerk.open("/staff/letters")
    boxes = clerk.page.get_by_label(reference, exact=True)
    assert boxes.count() >= 2  # what we have their letter, and the reply
    for number in range(boxes.count()):
        press(clerk, boxes.nth(number), "Space")
    press(clerk, clerk.page.get_by_label("First class", exact=True).last, "Space")
    enter(clerk, "Mark as posted")
    done = installation.sql(
        "SELECT o.name FROM outbox o JOIN cases c ON c.stream_id = o.stream_id"
        " WHERE c.reference = %(reference)s AND o.channel = 'letter' AND o.done_at IS NOT NULL",
        reference=reference,
    )
    assert {"feedback-received", "feedback-reply"} <= {name for (name,) in done}


def reference_of(installation: Installation, item: str) -> str:
    """The reference of the case that an item became."""
    found = installation.sql(
        "SELECT c.reference FROM cases c JOIN post_items i ON i.case_id = c.id WHERE i.id = %(item)s", item=int(item)
    )
    return str(found[0][0])


def press(somebody: Visitor, target: Any, key: str) -> None:
    """A key on something that has the focus."""
    target.first.focus()
    somebody.page.keyboard.press(key)


def enter(somebody: Visitor, button: str) -> None:
    """Enter on a button, and a look at what comes."""
    somebody.page.locator("main").get_by_role("button", name=button).first.focus()
    _go(somebody)


def follow(somebody: Visitor, link: str) -> None:
    """Enter on a link, and a look at what comes."""
    somebody.page.locator("main").get_by_role("link", name=link).first.focus()
    _go(somebody)


def _go(somebody: Visitor) -> None:
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")
    somebody.eyes.look()
