"""The pages of published figures in a real browser: chosen by form with and without script, at 320 pixels, by axe, on paper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casework.areas import population
from casework.areas.models import Area
from casework.cases import service as cases
from casework.extensions import db
from casework.releases import packs
from casework.releases.models import Release
from tests import factories
from tests.journeys.eyes import Eyes
from tests.pages.test_browser import chromium
from tests.releases import months
from tests.releases.test_life import made
from tests.releases.test_own import prepared, signed
from tests.releases.test_page import BOROUGHS, SPRING
from tests.rides.test_numbers import applied
from tests.serving import served

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
PICTURES = os.environ.get("RELEASES_PICTURES", "")


@pytest.fixture
def site(app: Any) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def published(app: Any, cast: Any) -> None:
    """Two boroughs with tiles and residents, months of stops with packs, a corrected and a withdrawn one, own figures."""
    for number, slug in enumerate(BOROUGHS):
        tile = {"tile_row": 1 + number, "tile_column": 1 + number, "short": f"B{number}", "code": f"X{number}"}
        db.session.query(Area).filter_by(slug=slug).update(tile)
    groups = (("all", 1000), ("white", 600), ("black", 200), ("asian", 100), ("mixed", 60), ("other", 40))
    rows = [f"X{n},{group},{people}" for n in range(2) for group, people in groups]
    population.load("code,group,people\n" + "\n".join(rows) + "\n", "Census 2031", 2031)
    first, second = made(cast, force="westmarch"), made(cast, force="westmarch", number=2)
    for release in (first, second):
        cases.perform(release, "review", cast.supervisor)
        cases.perform(release, "release", cast.supervisor)
    second.why = "Forty rows had come twice."
    third = made(cast, force="eastmarch")
    cases.perform(third, "review", cast.supervisor)
    cases.perform(third, "release", cast.supervisor)
    cases.perform(third, "withdraw", cast.supervisor, reason="It was another force's.")
    # the force of the newest release is the one that is shown
    months.publish(months.made_up([date(2017, 4, 1), *SPRING], BOROUGHS, 80))
    db.session.commit()
    applied(factories.moment(date(2025, 5, 5)), 12)
    signed(prepared(date(2025, 6, 2)), cast, date(2025, 6, 3))
    june = db.session.query(Release).filter_by(force="metropolitan", month=SPRING[2]).one()
    packs.make(june.id, factories.area("north-borough").id)
    db.session.commit()


PAGES = (
    "/stop-and-search", "/stop-and-search?from=2018-04&to=2018-06&area=north-borough", "/stop-and-search?from=2018-04&to=2018-06&power=section-60",
    "/stop-and-search?from=2018-04&to=2018-06&with_area=south-borough&with_group=officer:Black", "/stop-and-search?from=2018-04&to=2018-06&with_period=year-before",
    "/stop-and-search?from=2018-04&to=2018-06&group=age:10-17", "/stop-and-search?area=atlantis", "/stop-and-search/data", "/stop-and-search/releases",
    "/stop-and-search/releases/metropolitan-2018-06-v1", "/stop-and-search/releases/westmarch-2026-10-v1", "/stop-and-search/releases/eastmarch-2026-10-v1",
    "/stop-and-search/releases/ride-along-2025-05-v1", "/ride-along/numbers", "/feedback/numbers", "/complaints/numbers",
)  # fmt: skip


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_has_a_fault_of_access_or_a_sideways_scroll(
    chromium: Any, site: str, published: None, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(8000)
    eyes = Eyes(page, site, script=True)
    for number, path in enumerate(PAGES):
        page.goto(site + path)
        page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
        eyes.look()
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(PICTURES) / f"{width}-{number:02}.png", full_page=True)
    context.close()


def test_somebody_without_script_chooses_compares_and_takes_a_file(chromium: Any, site: str, published: None) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(site + "/")
    page.get_by_role("link", name="Stop and search data").first.click()
    page.get_by_label("Area", exact=True).select_option("North Borough")
    page.get_by_label("From", exact=True).select_option("April 2018")
    page.locator("summary", has_text="Compare with something else").click()
    page.get_by_label("Compare with area").select_option("South Borough")
    page.get_by_role("button", name="Show").click()
    assert "area=north-borough" in page.url and "with_area=south-borough" in page.url
    assert page.get_by_role("img", name="Searches by month").count() == 1
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download these figures").click()
    assert Path(taken.value.path()).read_text().startswith("area,from,to,group,power,dimension,value,searches")
    page.get_by_role("link", name="The newest month").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="North Borough").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")
    context.close()


def test_with_script_the_keyboard_alone_reaches_the_choice_and_every_table(
    chromium: Any, site: str, published: None
) -> None:
    page = chromium.new_page()
    page.set_default_timeout(8000)
    page.goto(site + "/stop-and-search")
    page.get_by_label("Area", exact=True).focus()
    page.keyboard.type("South B")
    for _ in range(6):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Show"
    page.keyboard.press("Enter")
    page.wait_for_url("**area=south-borough**")
    for summary in page.locator(".cw-behind > summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    tables = page.locator(".cw-behind table:visible").count()
    assert tables == page.locator(".cw-behind").count() > 6
    page.close()


def test_on_paper_every_picture_has_its_table_and_the_form_is_gone(chromium: Any, site: str, published: None) -> None:
    page = chromium.new_page()
    page.set_default_timeout(8000)
    page.goto(site + "/stop-and-search?from=2018-04&to=2018-06")
    page.emulate_media(media="print")
    assert not page.locator(".cw-choose").is_visible()
    for table in page.locator(".cw-behind table").all():
        assert table.bounding_box()["height"] > 20
    assert page.locator("svg.cw-chart:visible").count() == page.locator(".cw-behind").count()
    page.close()
