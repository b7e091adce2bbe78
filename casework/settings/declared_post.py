"""Settings of the post room. Pure; read through `casework.settings.declared`."""

from __future__ import annotations

from casework.settings.shape import Declared

_P = "proposal [P]"

POST_SETTINGS: tuple[Declared, ...] = (
    # fmt: off
    Declared(
        "post.index", "1 working day", "A letter is scanned and indexed, so that its case is open", _P + ", domain A6"
    ),
    Declared("post.tray", "3 working days", "After this an unsorted tray alarms supervisors", _P + ", domain A6"),
    Declared("post.key", "2 working days", "A form is keyed, and keyed by a second person", _P + ", domain A6"),
    Declared("post.settle", "1 working day", "A third person settles what two keyed differently", _P + ", domain A6"),
    Declared(
        "post.exception", "1 working day", "A supervisor deals with what was set aside", _P + ", domain A6: immediate"
    ),
    Declared("post.sender.reminder", "14 days", "A sender whom we asked for something is reminded", _P + ", domain A6"),
    Declared("post.sender", "28 days", "Then we go on with what could be read", _P + ", domain A6: 14 + 14 days"),
    Declared("post.paper", "90 days", "The paper is kept after it was filed, then destroyed", _P + ", domain 5.1"),
    Declared("keep.post", "12 months", "Scans of what became no case", _P),
    Declared("post.scan.pages", 1000, "So many pages a file from the scanner may have at most", _P, kind="number"),
    Declared("post.scan.size", 200, "So many megabytes it may have at most", _P, kind="number"),
    Declared("post.scan.folder", "7 days", "Files that were picked up from the scanner's folder are kept there", _P),
    Declared("post.lease", 30, "For so many minutes an item belongs to whoever took it", _P, kind="number"),
    Declared(
        "post.single_clerk",
        False,
        "There is one clerk: triage checks the critical fields beside the scan",
        "issue 4, section 1",
        kind="flag",
    ),
    Declared(
        "post.first_items",
        50,
        "So many first items of a new clerk are keyed by a second person whole",
        _P + ", domain 5.1",
        kind="number",
    ),
    Declared(
        "post.sample",
        10,
        "Of fields that are not critical, at least so many in a hundred are keyed by a second person",
        _P + ", domain 5.1",
        kind="number",
    ),
    Declared(
        "post.left",
        10,
        "Of a thousand fields that are keyed once, so many may be left wrong: the sample follows from it",
        _P + ", issue 4, section 1",
        kind="number",
    ),
    Declared(
        "post.measured", "12 months", "What was found in so long decides how much of a clerk's work is sampled", _P
    ),
    # fmt: on
)
