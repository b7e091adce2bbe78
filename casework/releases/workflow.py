"""The life of a release: a monthly file of open rows, or a table made from our own cases, until readers have it.

Open rows that hold nothing new need one reviewer. What has values never seen before is signed by a second person. A
table made from our own cases is checked for disclosure and signed twice, a new kind of table by data protection too.
"""

from __future__ import annotations

from enum import StrEnum

from casework.roles import Role
from casework.workflow import Check, Do, Now, StateSpec, Workflow, row

ANALYST, SUPERVISOR, DATA_PROTECTION = Role.ANALYST, Role.SUPERVISOR, Role.DATA_PROTECTION
CLOCK, SYSTEM = Role.CLOCK, Role.SYSTEM


class ReleaseState(StrEnum):
    """What a release is."""

    UPLOADED = "uploaded"
    VALIDATED = "validated"
    REVIEWED = "reviewed"
    DISCLOSURE_CHECKED = "disclosure_checked"
    SECOND_SIGNED = "second_signed"
    DPO_SIGNED = "dpo_signed"
    SCHEDULED = "scheduled"
    RELEASED = "released"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


S = ReleaseState

is_open_data = Check("is_open_data", "This is made from our own cases: check it for disclosure first.")
is_our_own = Check("is_our_own", "These rows are open data already. There is nothing to check for disclosure.")
nothing_follows = Check("nothing_follows", "It is not shown that no small number follows from this table.")
one_is_enough = Check(
    "one_is_enough", "This has to be signed by a second person: something in it is new, or it is about our own cases."
)
table_is_known = Check("table_is_known", "No table of this kind was released before: data protection has to sign it.")
is_newest = Check("is_newest", "A newer version of this month is out already.")
moment_given = Check("moment_given", "Enter a day and a time that are still to come.")
reason_given = Check("reason_given", "Say why. Readers will see it.")

MADE = ("release.upload", "release.prepare")
BEFORE = (S.UPLOADED, S.VALIDATED, S.REVIEWED, S.DISCLOSURE_CHECKED, S.SECOND_SIGNED, S.DPO_SIGNED)

# fmt: off
RELEASE = Workflow.of("release", {
    S.UPLOADED:  StateSpec("These figures are being prepared.", "Being read", SYSTEM),
    S.VALIDATED: StateSpec("These figures are being prepared.", "To be reviewed", SUPERVISOR),
    S.REVIEWED:  StateSpec("These figures are being prepared.", "Reviewed", ANALYST),
    S.DISCLOSURE_CHECKED: StateSpec("These figures are being prepared.", "Checked for disclosure", SUPERVISOR),
    S.SECOND_SIGNED: StateSpec("These figures are being prepared.", "Signed by a second person", ANALYST),
    S.DPO_SIGNED: StateSpec("These figures are being prepared.", "Signed by data protection", ANALYST),
    S.SCHEDULED: StateSpec("These figures are announced.", "Scheduled", CLOCK),
    S.RELEASED:  StateSpec("These figures are published.", "Released", SUPERVISOR),
    S.CORRECTED: StateSpec("These figures were corrected. A newer version is published.", "Corrected by a newer version", SUPERVISOR),
    S.WITHDRAWN: StateSpec("These figures were withdrawn.", "Withdrawn", final=True),
    S.REFUSED:   StateSpec("These figures will not be published.", "Refused", final=True),
}, [
    row("upload", None, S.UPLOADED, by=(ANALYST, SYSTEM), then=[Do("read_release")]),
    row("prepare", None, S.VALIDATED, by=(ANALYST, SYSTEM)),
    row("validate", S.UPLOADED, S.VALIDATED, by=SYSTEM),
    row("fail", S.UPLOADED, S.REFUSED, by=SYSTEM),
    row("review", S.VALIDATED, S.REVIEWED, by=(ANALYST, SUPERVISOR), apart_from=MADE, button="I have reviewed this"),
    row("check", S.REVIEWED, S.DISCLOSURE_CHECKED, by=(ANALYST, DATA_PROTECTION), needs=[is_our_own, nothing_follows],
        button="Checked for disclosure"),
    row("sign", S.REVIEWED, S.SECOND_SIGNED, by=(ANALYST, SUPERVISOR), needs=[is_open_data], apart_from=(*MADE, "release.review"),
        button="Sign as the second person"),
    row("sign", S.DISCLOSURE_CHECKED, S.SECOND_SIGNED, by=(ANALYST, SUPERVISOR), apart_from=(*MADE, "release.review"),
        button="Sign as the second person"),
    row("approve", S.SECOND_SIGNED, S.DPO_SIGNED, by=DATA_PROTECTION, needs=[is_our_own], apart_from=(*MADE, "release.review", "release.sign"),
        button="Sign for data protection"),
    row("schedule", S.REVIEWED, S.SCHEDULED, by=(ANALYST, SUPERVISOR), needs=[one_is_enough, is_newest, moment_given], asks=["moment"],
        then=[Now("keep_moment")], button="Announce a release"),
    row("schedule", S.SECOND_SIGNED, S.SCHEDULED, by=(ANALYST, SUPERVISOR), needs=[table_is_known, is_newest, moment_given], asks=["moment"],
        then=[Now("keep_moment")], button="Announce a release"),
    row("schedule", [S.DPO_SIGNED, S.SCHEDULED], S.SCHEDULED, by=(ANALYST, SUPERVISOR), needs=[is_newest, moment_given], asks=["moment"],
        then=[Now("keep_moment")], button="Announce a release"),
    row("release", S.REVIEWED, S.RELEASED, by=(ANALYST, SUPERVISOR), needs=[one_is_enough, is_newest], then=[Now("publish")], button="Release now"),
    row("release", S.SECOND_SIGNED, S.RELEASED, by=(ANALYST, SUPERVISOR), needs=[table_is_known, is_newest], then=[Now("publish")], button="Release now"),
    row("release", S.DPO_SIGNED, S.RELEASED, by=(ANALYST, SUPERVISOR), needs=[is_newest], then=[Now("publish")], button="Release now"),
    row("release", S.SCHEDULED, S.RELEASED, by=CLOCK, at="scheduled_for", needs=[is_newest], then=[Now("publish")]),
    row("hold", S.SCHEDULED, S.REVIEWED, by=(ANALYST, SUPERVISOR), then=[Now("forget_moment")], button="Take the announcement back"),
    row("refuse", BEFORE, S.REFUSED, by=(ANALYST, SUPERVISOR, DATA_PROTECTION), needs=[reason_given], asks=["reason"], button="Refuse"),
    row("supersede", S.RELEASED, S.CORRECTED, by=SYSTEM),
    row("withdraw", [S.RELEASED, S.CORRECTED], S.WITHDRAWN, by=(SUPERVISOR, DATA_PROTECTION), needs=[reason_given], asks=["reason"],
        then=[Now("unpublish")], button="Withdraw"),
], {
    "upload": "file uploaded", "prepare": "table prepared", "validate": "file read", "fail": "file refused by the program", "review": "reviewed",
    "check": "checked for disclosure", "sign": "signed by a second person", "approve": "signed by data protection", "schedule": "release announced",
    "release": "released", "hold": "announcement taken back", "refuse": "refused", "supersede": "corrected by a newer version", "withdraw": "withdrawn",
})
# fmt: on

# What readers may be shown, at its own address: the newest one, and those that it corrected.
PUBLIC = (S.RELEASED, S.CORRECTED)
