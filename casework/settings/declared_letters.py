"""Settings of letters and of other formats. Pure; read through `casework.settings.declared`."""

from __future__ import annotations

from casework.settings.shape import Declared

_P = "proposal [P]"

LETTER_SETTINGS: tuple[Declared, ...] = (
    # fmt: off
    Declared(
        "letter.return",
        "PO Box 1, Casework House",
        "Return address in the window of the envelope; names no police",
        "deployment",
        kind="text",
    ),
    Declared(
        "letter.mark",
        False,
        "The force's name stands in the window too, except for people who asked us not to write home",
        _P + ", domain 5.3",
        kind="flag",
    ),
    Declared(
        "letter.reply",
        "FREEPOST Casework House",
        "Where reply forms go without a stamp; names no police",
        "deployment",
        kind="text",
    ),
    Declared("letter.run", 100, "The most letters in one print run", _P, kind="number"),
    Declared("letter.run.post", "0 days", "A print run is posted on the day that its letters bear", "domain 5.2"),
    Declared("letter.run.keep", "7 days", "The PDF of a print run is kept after it was posted or given up", _P),
    Declared(
        "format.made", "5 working days", "A message is told in the format that somebody asked for", _P + ", domain 5.3"
    ),
    Declared(
        "format.only",
        False,
        "Only the format that somebody asked for counts as telling them",
        "issue 4, section 2",
        kind="flag",
    ),
    # fmt: on
)
