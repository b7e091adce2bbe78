"""What the pages of releases ask of staff."""

from __future__ import annotations

from casework.cases.clashes import Decision
from casework.forms import DateParts, Files, Form, TimeOfDay, Words
from casework.moments import today


class UploadForm(Form):
    """Monthly files, several at a time."""

    files = Files(
        "Files",
        missing="Choose a file",
        accept=".csv,text/csv",
        hint="CSV files as data.police.uk publishes them, one for each month. Up to 24 at a time.",
    )
    why = Words(
        "What does it correct? (optional)",
        max=1000,
        rows=2,
        count=False,
        what="What it corrects",
        hint="Only where the month is out already. Readers see this beside the corrected figures.",
    )


class AnnounceForm(Decision):
    """The moment at which a release comes out."""

    on = DateParts("Which day does it come out?", missing="Enter a day", what="Day", earliest=today)
    at = TimeOfDay("At what time?", missing="Enter a time", hint="London time, for example 9:30am.")


class WhyForm(Decision):
    """A reason that readers are told."""

    reason = Words(
        "Why?", missing="Say why", max=1000, rows=3, what="The reason", hint="Readers see this in place of the figures."
    )
