"""What messages say about a letter that came by post."""

from __future__ import annotations

from casework.clocks.london import london_date
from casework.emails import words
from casework.emails.readers import NotWanted, Reader
from casework.emails.telling import Facts, about, due
from casework.extensions import db
from casework.history.models import Event
from casework.post.models import Item
from casework.post.workflow import WANTED, State


@about("post-more-wanted", "post-more-wanted-reminder")
def _more_wanted(event: Event, reader: Reader) -> Facts:
    """What could not be read or is missing; not wanted any more once it has come."""
    item = db.session.get(Item, event.facts.get("item") or 0)
    if item is not None and item.state != State.AWAITING_SENDER:
        raise NotWanted("they have answered, or we went on without")
    asked_on = london_date(event.at)
    return {
        "wanted": [WANTED[each] for each in event.facts.get("wanted", ()) if each in WANTED],
        "by": words.day(due("post.sender", asked_on)),
        "since": words.day(asked_on),
    }
