"""The desk of releases: sending files, reading the report, announcing, correcting, withdrawing; and who may not."""

from __future__ import annotations

import csv
import html
import io
import os
from collections.abc import Iterator
from typing import Any

import pytest

from casework.cases import service as cases
from casework.extensions import db
from casework.releases import importing
from casework.releases.models import Release
from tests.desks import at_the_desk
from tests.desks import send as send_form
from tests.factories import PASSWORD
from tests.pages.test_browser import AXE, chromium
from tests.releases.desk import HEADER, ROW, released, small
from tests.serving import served
from workers import drain

__all__ = ["chromium"]
pytestmark = pytest.mark.usefixtures("demo_mode")


def send(browser: Any, *files: tuple[bytes, str], why: str = "") -> Any:
    browser.get("/staff/releases/upload")
    data = {
        "files": [(io.BytesIO(content), name) for content, name in files],
        "why": why,
        "csrf_token": browser.token(),
    }
    return browser.post_bare("/staff/releases/upload", data)


def press(browser: Any, release_id: int, action: str) -> int:
    release = db.session.get(Release, release_id, populate_existing=True)
    version = str(release.version) if release else ""
    db.session.rollback()
    path = f"/staff/releases/{release_id}"
    browser.get(path)
    return int(
        browser.post_bare(f"{path}/do/{action}", {"version": version, "csrf_token": browser.token()}).status_code
    )


def state(release_id: int) -> str:
    db.session.rollback()
    return str(db.session.get(Release, release_id).state)


def odd() -> bytes:
    """A month with something odd of most kinds."""
    rows = [ROW.format(day=1 + at, hour=2) for at in range(20)]
    rows[1] = rows[0]
    rows[2] = rows[2].replace("18-24", "Oct-17").replace(",Arrest,", ",Suspect arrested,")
    rows[3] = rows[3].replace("Controlled drugs", "=HYPERLINK(1)")
    rows[4] = rows[4].replace("51.5,-0.1", ",")
    rows[5] = rows[5].replace("White,Misuse", ",Misuse")
    return "\n".join((HEADER, *rows, "")).encode()


def test_an_analyst_sends_files_a_worker_reads_them_and_a_supervisor_lets_them_out(app: Any, cast: Any) -> None:
    analyst = at_the_desk(app, cast, "analyst")
    assert analyst.get("/staff/").headers["Location"].endswith("/staff/releases")
    answer = send(analyst, (small(), "2026-05-thamesmere-stop-and-search.csv"), (b"%PDF-1.7 ...", "report.pdf"))
    assert answer.status_code == 400 and "report.pdf: This is a PDF." in html.unescape(analyst.text)
    release = db.session.query(Release).one()
    assert (release.state, release.force, release.number) == ("uploaded", "thamesmere", 1)
    assert "Read so far: 0 %" in html.unescape(analyst.get(f"/staff/releases/{release.id}").text)
    release_id = release.id
    db.session.rollback()
    drain.drain(50)
    assert state(release_id) == "validated"
    assert press(analyst, release_id, "review") == 409
    supervisor = at_the_desk(app, cast, "supervisor")
    assert press(supervisor, release_id, "review") == 303
    assert press(supervisor, release_id, "review") in (303, 409)
    assert press(analyst, release_id, "release") == 303
    assert state(release_id) == "released"


def test_the_same_file_sent_again_is_recognised_and_changes_nothing(app: Any, cast: Any) -> None:
    analyst = at_the_desk(app, cast, "analyst")
    send(analyst, (small(), "may.csv"))
    for again in (small(), small().replace(b"\n", b"\r\n")):
        assert send(analyst, (again, "other.csv")).status_code == 400
        assert "imported before, as version 1" in html.unescape(analyst.text)
    assert db.session.query(Release).count() == 1


def test_the_report_says_what_was_found_and_lists_it_row_by_row(app: Any, cast: Any) -> None:
    analyst = at_the_desk(app, cast, "analyst")
    send(analyst, (odd(), "may.csv"))
    drain.drain(50)
    release = db.session.query(Release).one()
    page = html.unescape(analyst.get(f"/staff/releases/{release.id}").text)
    for words in (
        "a value never seen before",
        "=HYPERLINK(1)",
        "Suspect arrested",
        "Oct-17",
        "force-wide figures only",
    ):
        assert words in page, words
    assert release.report["found"] == {
        "repeat": 1, "repaired": 1, "old wording": 1, "new value": 1, "no coordinates": 1
    }  # fmt: skip
    path = f"/staff/releases/{release.id}/rows"
    assert "Oct-17" in analyst.get(f"{path}?kind=repaired").text
    assert analyst.get(f"{path}?kind=nothing").status_code == 404
    assert analyst.get(f"{path}?kind=blank+officer").status_code == 200
    kept = analyst.get(f"{path}.csv").get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(kept.removeprefix("\ufeff"))))
    assert len(lines) == 21 and "'=HYPERLINK(1)" in lines[4] and "-0.1" in lines[1]


def test_a_corrected_file_is_the_next_version_and_says_what_changed(app: Any, cast: Any) -> None:
    first = released(cast, small())
    db.session.commit()
    analyst, supervisor = at_the_desk(app, cast, "analyst"), at_the_desk(app, cast, "supervisor")
    rows = small().decode().splitlines()
    corrected = "\n".join((*rows[:5], rows[6].replace(",Arrest,", ",Community resolution,"), *rows[7:], "")).encode()
    assert send(analyst, (corrected, "may.csv"), why="One row was there twice.").status_code == 303
    drain.drain(50)
    second = db.session.query(Release).filter_by(number=2).one()
    changes = second.report["changes"]
    assert (changes["version"], changes["added"], changes["removed"], changes["rows"]) == (1, 1, 2, [20, 19])
    assert ["outcome", "Arrest", 20, 18] in changes["figures"] and ["outcome", "Community resolution", 0, 1] in changes[
        "figures"
    ]
    ids = first.id, second.id
    press(supervisor, ids[1], "review")
    press(analyst, ids[1], "release")
    assert (state(ids[0]), state(ids[1])) == ("corrected", "released")


def test_a_withdrawal_needs_a_reason_and_what_was_typed_stays(app: Any, cast: Any) -> None:
    release = released(cast, small())
    db.session.commit()
    supervisor = at_the_desk(app, cast, "supervisor")
    path = f"/staff/releases/{release.id}/withdraw"
    supervisor.get(path)
    assert supervisor.submit(path, {"reason": ""}).status_code == 400
    assert "Say why" in supervisor.text
    assert supervisor.submit(path, {"version": "77", "reason": "Swapped boroughs."}).status_code == 409
    assert "Swapped boroughs." in supervisor.text
    assert send_form(supervisor, path, {"reason": "Swapped boroughs."}).status_code == 303
    assert state(release.id) == "withdrawn"


def test_announcing_asks_for_a_moment_that_is_still_to_come(app: Any, cast: Any) -> None:
    release = importing.upload(io.BytesIO(small()), "may.csv", cast.analyst)
    importing.read_in(release)
    cases.perform(release, "review", cast.supervisor)
    db.session.commit()
    analyst = at_the_desk(app, cast, "analyst")
    path = f"/staff/releases/{release.id}/announce"
    analyst.get(path)
    given = {"on-day": "31", "on-month": "2", "on-year": "2099", "at": "25:00"}
    assert analyst.submit(path, given).status_code == 400
    analyst.get(path)
    assert send_form(analyst, path, given | {"on-day": "1", "at": "9:30am"}).status_code == 303
    assert "1 February 2099 at 9:30am" in analyst.get("/staff/releases").text


@pytest.mark.parametrize("who", ["coordinator", "triage", "handler", "clerk", "host", "vetting_officer", "admin"])
def test_nobody_else_sees_releases(app: Any, cast: Any, who: str) -> None:
    release = released(cast, small())
    db.session.commit()
    browser = at_the_desk(app, cast, who)
    for path in (
        "",
        "/upload",
        f"/{release.id}",
        f"/{release.id}/rows",
        f"/{release.id}/rows.csv",
        f"/{release.id}/withdraw",
    ):
        assert browser.get(f"/staff/releases{path}").status_code == 403, path


@pytest.mark.parametrize("who", ["supervisor", "data_protection"])
def test_only_analysts_send_files(app: Any, cast: Any, who: str) -> None:
    browser = at_the_desk(app, cast, who)
    assert browser.get("/staff/releases").status_code == 200
    assert browser.get("/staff/releases/upload").status_code == 403


def test_a_body_of_two_gigabytes_is_refused_unread(app: Any, cast: Any) -> None:
    analyst = at_the_desk(app, cast, "analyst")
    analyst.get("/staff/releases/upload")
    answer = analyst._client.post(
        "/staff/releases/upload",
        environ_overrides={"CONTENT_LENGTH": "2000000000", "HTTP_HOST": "localhost", "REMOTE_ADDR": "192.0.2.1"},
        content_type="multipart/form-data; boundary=x",
        data=b"--x\r\n",
    )
    assert answer.status_code == 413


@pytest.fixture
def site(app: Any) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_of_releases_is_accessible_and_fits(chromium: Any, site: str, cast: Any, width: int) -> None:
    first = released(cast, small(40), "2026-05-thamesmere-stop-and-search.csv")
    waits = importing.upload(
        io.BytesIO(odd()), "2026-05-thamesmere-stop-and-search.csv", cast.analyst_too, why="A row too many."
    )
    importing.read_in(waits)
    new = importing.upload(
        io.BytesIO(small(30).replace(b"2026-05", b"2026-03")),
        "2026-03-thamesmere-stop-and-search.csv",
        cast.analyst_too,
    )
    db.session.commit()
    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(site + "/staff/sign-in")
    page.fill("input[name=email]", cast.account("analyst").email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    paths = ["", "/upload", f"/{first.id}", f"/{waits.id}", f"/{new.id}", f"/{waits.id}/rows", f"/{waits.id}/refuse"]
    for number, path in enumerate(paths):
        page.goto(f"{site}/staff/releases{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = page.evaluate(AXE.read_text() + "\n;axe.run(document)")["violations"]
        assert not found, (path, [(each["id"], each["nodes"][0]["html"]) for each in found])
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{number}-{width}.png", full_page=True)
    page.context.close()
