"""What tests of the staff pages of an application share."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.rides.models import Ride
from tests import factories

NEXT_PART = {
    "other_names": "Ada Price",
    "addresses": "1 High Street, since 2015",
    "convicted": "True",
    "convictions": "SECRET 2009",
    "involved": "False",
}
READY = {
    "contact_name": "Ngozi",
    "contact_relation": "sister",
    "contact_phone": "020 7946 0019",
    "health": "SECRETHEALTH",
    "id_kind": "passport",
}


def submitted(**facts: Any) -> factories.Made:
    made = factories.ride(**facts)
    db.session.commit()
    return made


def fresh(made: factories.Made) -> Ride:
    return db.session.get(Ride, made.ride.id)
