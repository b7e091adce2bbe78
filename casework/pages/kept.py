"""What the privacy page says is kept, and for how long: the periods are the settings in force, not copies of them."""

from __future__ import annotations

from casework.settings import service as settings

ROWS = (
    (
        "Answers that you typed but did not send",
        "So that you can come back to them",
        "draft.keep",
        "after your last change",
    ),
    ("What you told us of your health", "So that your ride is safe", "keep.health", "after the ride"),
    (
        "Your emergency contact",
        "To reach somebody if you are hurt",
        "keep.emergency",
        "after the ride, longer if there was an incident",
    ),
    (
        "What the checks found",
        "To decide whether you can ride",
        "keep.vetting",
        "after the decision; then only the result and its date",
    ),
    (
        "Thanks, comments, questions and concerns",
        "To answer them and to learn from them",
        "keep.feedback",
        "after we closed it",
    ),
    (
        "A complaint",
        "To deal with it, and to answer for how we did",
        "keep.complaint",
        "after it was finished, or after your 18th birthday if that is later",
    ),
    ("What we sent you, as it was written", "So that you can ask what you were told", "keep.sent", "after it was sent"),
    ("Scans of letters that belong to no case", "To find what came by post", "keep.post", "after the letter arrived"),
    (
        "That a browser had your case or your answers open",
        "So that you need not begin again on each page",
        "keep.sessions",
        "after it was last used",
    ),
)
REST = (
    (
        "Your application and what was decided",
        "To deal with it, and to answer for how we did",
        "Until our data protection officer's schedule says that it goes; ask us for yours",
    ),
    (
        "Your email address, if you asked to be told when applications open",
        "To tell you, once",
        "Until we have told you",
    ),
    (
        "Your answers to the equality questions, if you gave any",
        "To see whom we reach",
        "With the month only: nobody can say whose they are, so that they cannot be looked up or deleted",
    ),
    ("What you say of this website", "To make it better", "2 years, without your name"),
    ("Page counts, if you agreed to them", "To see which pages are used", "13 months, without your name"),
)


def rows() -> list[tuple[str, str, str]]:
    """What, why, how long."""
    return [(what, why, f"{settings.value(key)} {since}") for what, why, key, since in ROWS] + list(REST)
