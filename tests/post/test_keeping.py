"""Who sees the pages of a letter, that every look is recorded, and when pictures and names go."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

import pytest

from casework import deletion
from casework.cases import erasure
from casework.exchanges import store
from casework.extensions import db
from casework.history.models import Access
from casework.moments import moved_to, now, today
from casework.post import exceptions, indexing, service
from casework.post.indexing import Indexed
from casework.post.models import Item, Page
from tests import factories
from tests.desks import at_the_desk
from tests.post import trays

pytestmark = pytest.mark.usefixtures("demo_mode")


def letter(cast: Any, open_it: bool = True) -> tuple[Item, Page]:
    """A scanned letter from the north, with its case."""
    batch = service.open_batch(
        cast.clerk, tray="A", arrived_on=today(), envelopes=1, area_id=factories.area("north").id
    )
    item = db.session.query(Item).filter_by(batch_id=batch.id).one()
    trays.give_pages(item, [trays.paper(120, 160)])
    service.scanned(item, cast.clerk)
    if open_it:
        place = factories.area("north-borough").id
        indexing.open_case(item, Indexed("feedback", "Ama Mensah", "4 Mill Lane", borough_id=place), cast.clerk)
    db.session.commit()
    return item, db.session.query(Page).filter_by(item_id=item.id).one()


def test_triage_reads_the_pages_of_a_letter_and_each_look_is_recorded(app: Any, cast: Any) -> None:
    item, page = letter(cast)
    case = db.session.get(indexing.Case, item.case_id)
    path = f"/staff/post/cases/{case.reference}/pages/{page.id}"
    triage = at_the_desk(app, cast, "triage")
    triage.get(f"/staff/cases/{case.reference}")
    assert path in triage.text
    answer = triage.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    looked = db.session.query(Access).filter_by(what="post page", case_id=case.id).all()
    assert [row.account_id for row in looked] == [cast.triage.account_id]
    for who in ("triage_south", "clerk", "coordinator"):
        assert at_the_desk(app, cast, who).get(path).status_code in {403, 404}


def test_a_clerk_s_look_at_the_paper_of_a_case_is_recorded(app: Any, cast: Any) -> None:
    item, _ = letter(cast)
    at_the_desk(app, cast, "clerk").get(f"/staff/post/items/{item.id}")
    looked = db.session.query(Access).filter_by(what="post item", case_id=item.case_id).one()
    assert looked.account_id == cast.clerk.account_id


def test_the_night_keeps_the_pictures_that_letters_name_and_forgets_the_others(app: Any, cast: Any) -> None:
    _, page = letter(cast)
    stray = store.put(trays.io.BytesIO(b"of nobody"))
    kept = page.stored
    for name in (stray, kept):
        two_days_ago = time.time() - 2 * 86400
        os.utime(store._path(name), (two_days_ago, two_days_ago))
    deletion.run_all(today())
    assert store.has(kept) and not store.has(stray)


def test_with_an_erased_case_go_its_pictures_and_who_sent_the_letter(app: Any, cast: Any) -> None:
    item, page = letter(cast)
    erasure.erase([item.case_id])
    db.session.commit()
    db.session.expire_all()
    assert (page.stored, item.sender) == ("", None)


def test_what_became_no_case_is_forgotten_after_its_period(app: Any, cast: Any) -> None:
    item, page = letter(cast, open_it=False)
    exceptions.forward(item, "Another force", cast.clerk, name="Ama Mensah", address="4 Mill Lane")
    db.session.commit()
    with moved_to(now() + timedelta(days=300)):
        deletion.run_all(today())
    db.session.expire_all()
    assert page.stored and item.sender
    with moved_to(now() + timedelta(days=400)):
        deletion.run_all(today())
    db.session.expire_all()
    assert (page.stored, item.sender) == ("", None)
