"""What somebody needs and when it is safe to reach them stands in words wherever staff write or call, and is obeyed."""

from __future__ import annotations

from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.feedback.service import Person
from casework.outbox.models import Owed
from casework.owed import service
from casework.parties import needs
from casework.workflow import Refused
from tests import sayings

CAREFUL: dict[str, Any] = {"contact_needs": ["large-print", "bsl"], "language": "Somali", "not_home": True}
WORDS = ["Large print", "British Sign Language", "Language: Somali", "Do not write to their home or call there"]


def test_needs_are_told_in_words(app: Any) -> None:
    case = sayings.complaint(person=Person(name="Hodan", adjustments=CAREFUL, safe_times="After six"))
    found = needs.in_words(sayings.party_of(case))
    assert found[0] == WORDS[-1] and set(found) == {*WORDS, "When: After six"}


def test_nobody_is_written_to_at_home_against_their_wish(app: Any, cast: Any) -> None:
    """A message owed in writing goes by letter to whoever is telephoned, but not to a home that is not safe."""
    known = {"email": "hodan@example.org", "address": "1 Home Street", "phone": "020 7946 0021", "channel": "phone"}
    for adjustments, channel in (({}, "letter"), (CAREFUL, "email")):
        case = sayings.complaint(person=Person(name="Hodan", adjustments=adjustments, **known))
        event = cases.record(case, "note", cast.triage)
        cases.tell(event, case, "complaint-outcome", "people")
        owed = db.session.query(Owed).filter_by(stream_id=case.stream_id, name="complaint-outcome").one()
        assert owed.channel == channel
    owed.failed_at = owed.created_at
    with pytest.raises(Refused, match="not to write to their home"):
        service.by_post(owed, case, cast.triage)
