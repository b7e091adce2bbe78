"""The life of a batch (one tray of one day) and of an item (what was in one envelope).

A case is opened when an item is indexed and never waits for keying. Nobody checks what they keyed themselves.
"""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Now, StateSpec, Workflow, period, row

CLERK, SUPERVISOR, CLOCK, SYSTEM, OUTSIDE = Role.CLERK, Role.SUPERVISOR, Role.CLOCK, Role.SYSTEM, Role.OUTSIDE
ROOM = (CLERK, SUPERVISOR)


class BatchState(StrEnum):
    """What a batch is."""

    OPEN = "open"
    CLOSED = "closed"


class State(StrEnum):
    """What an item is."""

    OPENED = "opened"
    SCANNED = "scanned"
    INDEXED = "indexed"
    KEYED_ONCE = "keyed_once"
    DIFFERING = "differing"
    VERIFIED = "verified"
    AWAITING_SENDER = "awaiting_sender"
    EXCEPTION = "exception"
    FILED = "filed"
    FORWARDED = "forwarded"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    STRUCK = "struck"


B, S = BatchState, State
# Nobody has said yet what it is.
UNSORTED = (S.OPENED, S.SCANNED)

sum_holds = Check("sum_holds", "The items are not as many as the envelopes. Count again, or add what is missing.")
reason_given = Check("reason_given", "Say why.")
day_good = Check("day_good", "Enter a day that is not in the future and not the day that stands there.")
batch_open = Check("batch_open", "This batch is closed. A supervisor can open it again.")
has_pages = Check("has_pages", "No page belongs to this item yet.")
no_pages = Check("no_pages", "There are pages with this item, so it is not a mistake.")
kind_known = Check("kind_known", "Say what it is.")
to_be_keyed = Check("to_be_keyed", "There is no form to key here. It belongs to a case that was there before.")
is_attached = Check("is_attached", "It does not belong to a case that was there before.")
no_case = Check("no_case", "A case was opened from it.")
has_case = Check("has_case", "No case was opened from it.")
keys_agree = Check("keys_agree", "The two keyings differ.")
keys_differ = Check("keys_differ", "The two keyings agree.")
can_write = Check("can_write", "There is no address to write to.")
exception_known = Check("exception_known", "Choose what is the matter.")
paper_due = Check("paper_due", "The paper is kept for longer.")
paper_free = Check("paper_free", "This paper is kept: it is evidence, an original to return, or its case is on hold.")

# fmt: off
BATCH = Workflow.of("batch", {
    B.OPEN:   StateSpec("Your letter has arrived.", "Open", CLERK, period("post.tray")),
    B.CLOSED: StateSpec("Your letter has arrived.", "Closed", final=True),
}, [
    row("open", None, B.OPEN, by=ROOM),
    row("recount", B.OPEN, B.OPEN, by=ROOM, needs=[reason_given], asks=["envelopes", "note"], button="Correct the count"),
    row("close", B.OPEN, B.CLOSED, by=ROOM, needs=[sum_holds], button="Close the batch"),
    row("reopen", B.CLOSED, B.OPEN, by=SUPERVISOR, needs=[reason_given], button="Open it again"),
    # The first date counts for everybody who wrote: it moves with a reason, and every case of the batch says so.
    row("correct_day", B.OPEN, B.OPEN, by=SUPERVISOR, needs=[reason_given, day_good], asks=["arrived_on", "note"], button="Correct the day of arrival"),
    row("correct_day", B.CLOSED, B.CLOSED, by=SUPERVISOR, needs=[reason_given, day_good], asks=["arrived_on", "note"], button="Correct the day of arrival"),
], {
    "open": "batch opened", "recount": "envelopes counted again", "close": "batch closed", "reopen": "batch opened again",
    "correct_day": "day of arrival corrected",
})

_WORDS = "Your letter has arrived."

ITEM = Workflow.of("item", {
    S.OPENED:          StateSpec(_WORDS, "Opened, to be scanned", CLERK, period("post.index")),
    S.SCANNED:         StateSpec(_WORDS, "Scanned, to be indexed", CLERK, period("post.index")),
    S.INDEXED:         StateSpec(_WORDS, "Indexed, to be keyed", CLERK, period("post.key")),
    S.KEYED_ONCE:      StateSpec(_WORDS, "Keyed once, to be checked", CLERK, period("post.key")),
    S.DIFFERING:       StateSpec(_WORDS, "Keyed twice, differing", CLERK, period("post.settle")),
    S.VERIFIED:        StateSpec(_WORDS, "Keyed and checked", SYSTEM),
    S.AWAITING_SENDER: StateSpec("We have asked you for something that we could not read.", "Waiting for the sender", OUTSIDE),
    S.EXCEPTION:       StateSpec(_WORDS, "Set aside", SUPERVISOR, period("post.exception")),
    S.FILED:           StateSpec(_WORDS, "Filed, paper kept", CLERK),
    S.FORWARDED:       StateSpec("We passed your letter on.", "Forwarded", final=True),
    S.RETURNED:        StateSpec("We sent this back to you.", "Returned", final=True),
    S.DESTROYED:       StateSpec(_WORDS, "Filed, paper destroyed", final=True),
    S.STRUCK:          StateSpec("This was entered by mistake.", "Struck out: no such envelope", final=True),
}, [
    row("open", None, S.OPENED, by=(*ROOM, SYSTEM), needs=[batch_open]),
    row("strike", S.OPENED, S.STRUCK, by=ROOM, needs=[batch_open, no_pages], button="No such envelope"),
    row("scan", S.OPENED, S.SCANNED, by=(*ROOM, SYSTEM), needs=[has_pages]),
    row("scan_again", S.SCANNED, S.OPENED, by=(*ROOM, SYSTEM), button="To be scanned again"),
    # A code of our own attaches it by itself (Casework), or a clerk says what it is. The case is there from here on.
    row("index", UNSORTED, S.INDEXED, by=(*ROOM, SYSTEM), needs=[kind_known], asks=["kind"]),
    row("detach", S.INDEXED, S.SCANNED, by=ROOM, needs=[is_attached], button="It belongs elsewhere"),
    row("detach", S.FILED, S.SCANNED, by=SUPERVISOR, needs=[is_attached, reason_given], button="It belongs elsewhere"),
    row("enter", S.INDEXED, S.FILED, by=(*ROOM, SYSTEM), needs=[is_attached], asks=["answer"]),
    # Keying: one person, then another who does not see it, then a third where they differ.
    row("key", S.INDEXED, S.KEYED_ONCE, by=ROOM, needs=[to_be_keyed], asks=["keying"]),
    row("key_again", S.KEYED_ONCE, S.VERIFIED, by=ROOM, apart_from=["item.key"], needs=[keys_agree], asks=["keying"]),
    row("key_again", S.KEYED_ONCE, S.DIFFERING, by=ROOM, apart_from=["item.key"], needs=[keys_differ], asks=["keying"]),
    row("pass", S.KEYED_ONCE, S.VERIFIED, by=SYSTEM),
    row("settle", S.DIFFERING, S.VERIFIED, by=ROOM, apart_from=["item.key", "item.key_again"], asks=["keying"]),
    row("file", S.VERIFIED, S.FILED, by=SYSTEM),
    row("ask_sender", [S.VERIFIED, S.EXCEPTION], S.AWAITING_SENDER, by=(*ROOM, SYSTEM), needs=[has_case, can_write], asks=["what"]),
    row("hear", S.AWAITING_SENDER, S.FILED, by=(*ROOM, SYSTEM), button="The answer has come"),
    row("lapse", S.AWAITING_SENDER, S.FILED, by=CLOCK, after=period("post.sender"), then=[Now("keep_paper")]),
    # What is not simply read and answered.
    row("set_aside", [*UNSORTED, S.INDEXED], S.EXCEPTION, by=ROOM, needs=[exception_known], asks=["exception"]),
    row("resume", S.EXCEPTION, S.INDEXED, by=ROOM, needs=[has_case], button="Back to work"),
    row("resume", S.EXCEPTION, S.OPENED, by=ROOM, needs=[no_case], button="Back to work"),
    row("settle_exception", S.EXCEPTION, S.FILED, by=SUPERVISOR, needs=[reason_given], button="Dealt with"),
    row("forward", [*UNSORTED, S.EXCEPTION], S.FORWARDED, by=ROOM, needs=[no_case], asks=["body"]),
    row("send_back", [*UNSORTED, S.EXCEPTION], S.RETURNED, by=ROOM, needs=[no_case, reason_given], button="Returned to the sender"),
    row("destroy", S.FILED, S.DESTROYED, by=ROOM, needs=[paper_due, paper_free], asks=["confirmed"]),
], {
    "open": "envelope opened", "strike": "struck out", "scan": "scanned", "scan_again": "to be scanned again", "index": "indexed", "detach": "taken off the case",
    "enter": "answer entered", "key": "keyed", "key_again": "keyed by a second person", "pass": "checked without a second keying", "settle": "differences settled",
    "file": "filed", "ask_sender": "sender asked", "hear": "sender answered", "lapse": "sender did not answer", "set_aside": "set aside",
    "resume": "back to work", "settle_exception": "exception dealt with", "forward": "forwarded", "send_back": "returned to the sender", "destroy": "paper destroyed",
})
# fmt: on

KINDS = {
    "ride": "Application to ride along",
    "feedback": "Feedback on an encounter",
    "complaint": "Complaint",
    "answer": "Answer to a letter of ours, or something for a case that is there",
    "other": "Something else",
}
OPENS = ("ride", "feedback", "complaint")
EXCEPTIONS = {
    "phone-now": "Somebody is in danger now: telephone at once",
    "threat": "Threat",
    "child-risk": "A child may be at risk",
    "evidence": "Evidence is enclosed",
    "valuables": "Money or valuables are enclosed",
    "hazard": "Something dangerous is enclosed",
    "originals": "Originals to return",
    "not-for-us": "Not for us",
    "unsigned": "A signature is missing",
    "illegible": "Cannot be read",
    "returned-mail": "A letter of ours came back",
    "nothing": "Nothing to do (advertising, an empty envelope)",
}
# Supervisors are told at once, day and night.
URGENT = frozenset({"phone-now", "threat", "child-risk", "hazard"})
# The paper itself is kept.
KEPT = frozenset({"evidence", "valuables", "originals"})
# What a sender is asked for, as the letter says it.
WANTED = {
    "signature": "your signature",
    "name": "your name",
    "address": "the address to which we should write",
    "born": "the day, month and year in which you were born",
    "what": "what happened, as you wrote it: we could not read it",
    "when": "when and where it happened",
    "authority": "whether you may act for the person whom it is about",
    "page": "a page of the form that was not in the envelope",
    "other": "an answer that we could not read: please write the whole form again if you can",
}
