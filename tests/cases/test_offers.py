"""What the case page offers: the usual first, the rest folded away without script, and nothing that is done already."""

from __future__ import annotations

import re
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from tests import sayings
from tests.desks import at_the_desk, value_of

pytestmark = pytest.mark.usefixtures("demo_mode")


def parts(text: str) -> tuple[str, str]:
    """The card of what can be done: what stands open, and what is folded away."""
    card = text.partition('id="actions"')[2].partition("</section>")[0]
    folded = re.search(r"<details(?! open).*?Seldom needed.*?</details>", card, flags=re.DOTALL)
    assert folded, card
    return card.replace(folded[0], ""), folded[0]


def test_the_usual_stands_first_and_the_rest_is_folded_away(app: Any, cast: Any) -> None:
    case = sayings.concern()
    db.session.commit()
    desk = at_the_desk(app, cast, "triage")
    desk.get(f"/staff/cases/{case.reference}")
    open_, folded = parts(desk.text)
    for words in ("Reply", "Offer the complaint route", "Handle it as a complaint", "Sort it and take it on"):
        assert f">{words}<" in open_, words
    for words in ("Not meant for us", "Take it back for them", "Merge into another case", "Pass to another body"):
        assert f">{words}<" in folded and f">{words}<" not in open_, words
    # What is folded away is a button of the same form, with its note and its version.
    path = f"/staff/cases/{case.reference}/do/discard"
    assert f'formaction="{path}"' in folded
    assert desk.post(path, {"version": value_of(desk, "version"), "note": "Advertising."}).status_code == 302
    db.session.expire_all()
    assert db.session.get(type(case), case.id).state == "spam"


def test_what_was_done_already_is_not_told_as_something_for_later(app: Any, cast: Any) -> None:
    early, late = sayings.logged(cast), sayings.investigated(cast)
    cases.perform(early, "record", cast.handler, reason="authority")
    db.session.commit()
    desk = at_the_desk(app, cast, "handler")
    desk.get(f"/staff/cases/{early.reference}")
    assert "Record the first contact" in desk.words
    desk.get(f"/staff/cases/{late.reference}")
    assert "Record the first contact" not in desk.words
    offered = {offer.row.action for offer in cases.open_to(late, cast.handler)}
    assert "contact" not in offered and "draft" in offered
    with pytest.raises(cases.Refused, match="recorded already"):
        cases.perform(late, "contact", cast.handler)
