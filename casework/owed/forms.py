"""What staff are asked about a call and about letters that they posted."""

from __future__ import annotations

from datetime import timedelta

from casework.forms import Checkboxes, DateParts, Form, Hidden, Radios
from casework.moments import today
from casework.owed.service import CLASSES, RESULTS


class CallForm(Form):
    """One try at telephoning. `tries` is how many the page showed."""

    tries = Hidden(max=5)
    result = Radios("What happened?", choices=list(RESULTS.items()), missing="Choose what happened")


class PostForm(Form):
    """Which letters were posted, when and how."""

    letters = Checkboxes("Letters", missing="Choose at least one letter")
    on = DateParts(
        "Posted on",
        missing="Enter the day on which they were posted",
        what="The day of posting",
        latest=lambda: today(),
        earliest=lambda: today() - timedelta(days=60),
        default=lambda: today(),
    )
    post_class = Radios(
        "Class", choices=list(CLASSES.items()), missing="Choose the class", default="second", inline=True
    )
