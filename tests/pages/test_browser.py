"""The pages in a real browser: without script, at 320 pixels, at twice the text, and nothing for axe to say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import served

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("/", "/contact", "/privacy", "/accessibility", "/cookies", "/service-feedback", "/nowhere", "/staff/sign-in")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(app: Any, demo_program: Any) -> Iterator[str]:
    with served(demo_program) as address:
        yield address


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_has_a_fault_of_access_or_a_sideways_scroll(chromium: Any, site: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    page.on("request", lambda r: faults.append(r.url) if r.resource_type == "font" else None)
    for path in PAGES:
        page.goto(site + path)
        found = page.evaluate(AXE.read_text() + "\n;axe.run(document)")["violations"]
        faults += [f"{path}: {each['id']} {each['nodes'][0]['html'][:120]}" for each in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{path} is wider than {width}")
        if width == 320:
            # twice the text, which a style sheet of the visitor may ask for
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            if page.evaluate("document.documentElement.scrollWidth") > 2 * width:
                faults.append(f"{path} breaks at twice the text")
    context.close()
    assert not faults


@pytest.mark.parametrize("script", [True, False])
def test_cookies_can_be_refused_with_script_and_without(chromium: Any, site: str, script: bool) -> None:
    context = chromium.new_context(java_script_enabled=script)
    page = context.new_page()
    page.goto(site + "/contact")
    page.click("text=Reject page counts")
    assert page.url == site + "/contact"
    assert "You rejected page counts" in page.content()
    page.click("text=Hide this message")
    assert "You rejected page counts" not in page.content() and page.url == site + "/contact"
    assert [cookie["name"] for cookie in context.cookies()] == ["casework_cookies"]
    context.close()


def test_whoever_agrees_is_counted(chromium: Any, site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site + "/contact")
    with page.expect_response("**/cookies/count") as sent:
        page.click("text=Accept page counts")
    assert sent.value.status == 204
    assert {cookie["name"] for cookie in context.cookies()} == {"casework_cookies", "casework_counts"}
    context.close()


def test_a_form_with_a_mistake_moves_the_focus_to_the_summary_and_from_there_to_the_question(
    chromium: Any, site: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site + "/service-feedback")
    page.fill("#words", "something typed")
    page.click("main button[type=submit]")
    assert page.title().startswith("Error: ")
    assert "govuk-error-summary" in page.evaluate("document.activeElement.className")
    assert page.input_value("#words") == "something typed"
    page.click(".govuk-error-summary a")
    assert page.evaluate("document.activeElement.id") == "satisfied"
    context.close()


def test_the_first_tab_leads_past_the_header(chromium: Any, site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    context.add_cookies([{"name": "casework_cookies", "value": "page_counts:0", "url": site}])
    page.goto(site + "/contact")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"
    context.close()
