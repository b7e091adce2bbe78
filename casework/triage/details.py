"""How to reach somebody in feedback or a complaint, put right after making sure who they are."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from casework.accounts import door
from casework.accounts.door import current
from casework.feedback import growing_up
from casework.tracking import correcting
from casework.triage import service
from casework.triage.blueprint import DESK, back, bp, case_of
from casework.triage.facts import PARTS


@bp.route("/cases/<reference>/details", methods=["GET", "POST"])
@door.staff(*DESK)
def details(reference: str) -> ResponseReturnValue:
    """Correct how to reach one of the people of a case: `party` says whom; else the person concerned."""
    case = case_of(reference)
    asked = request.args.get("party", "")
    people = [each for each in case.parties if each.part in PARTS and correcting.is_reachable(each)]
    people.sort(key=lambda each: each.part != "complainant")
    person = next((each for each in people if not asked or str(each.id) == asked), None)
    if person is None:
        abort(404)
    return correcting.page(
        case,
        person,
        back(case, "people"),
        "triage/details.html",
        allowed=lambda held: service.apart(held, current.actor),
        then=growing_up.see_to,
        part=PARTS[person.part],
    )
