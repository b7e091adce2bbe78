"""Scans in a real browser: added, looked at, sorted; nothing for axe to say, wide and narrow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.extensions import db
from casework.moments import today
from casework.post import service
from casework.post.models import Item, Page
from tests.exchanges import samples
from tests.post import letters, scans
from tests.post.test_intake import paper, take_in
from tests.post.test_keying_browser import Clerk, chromium, demo_program, site  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize("width", [1280, 320])
def test_a_clerk_adds_scans_and_sorts_their_pages(
    app: Any,
    cast: Any,
    chromium: Any,  # noqa: F811
    site: str,  # noqa: F811
    tmp_path: Path,
    width: int,
) -> None:
    batch = service.open_batch(cast.clerk, tray="A", arrived_on=today() - timedelta(days=1), envelopes=3)
    db.session.commit()
    number = batch.id
    clerk = Clerk(chromium, site, "scanning", width)
    page = clerk.page
    page.goto(f"{site}/staff/post/batches/{number}#scans")
    good, bad = tmp_path / "tray a.pdf", tmp_path / "bad.pdf"
    good.write_bytes(scans.saved([paper(said="First letter"), letters.sheet().convert("L"), paper(said="Its end")]))
    bad.write_bytes(samples.pdf(password="secret"))
    page.set_input_files("input[name=files]", [good, bad])
    page.get_by_role("button", name="Add them").click()
    page.wait_for_selector("text=wait to be taken in")
    clerk.look("scans-waiting")
    take_in()
    page.get_by_role("link", name="Look again how far it is").click()
    page.wait_for_selector("text=has a password or is locked")
    clerk.look("scans-taken-in")
    page.get_by_role("link", name="Look at pages without an item").click()
    page.wait_for_selector("text=Seem to be empty")
    page.get_by_label("tray a.pdf, page 2, item 1").check()
    page.get_by_role("button", name="Take them away").click()
    page.wait_for_selector("text=They are taken away")
    page.fill("#of", "1")
    page.get_by_role("button", name="Show").click()
    page.wait_for_selector("h2:has-text('Item 1')")
    clerk.look("pages-of-an-item")
    assert db.session.query(Page).filter(Page.removed_at.is_not(None)).count() == 1
    assert db.session.query(Item).filter_by(state="scanned").count() == 1
