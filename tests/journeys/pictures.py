"""Takes the pictures of the README, by hand: `python -m tests.journeys.pictures`. Needs Chromium, and fonts for many scripts."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from tests.journeys import installation as installations
from tests.journeys import steps
from tests.journeys.installation import Installation
from tests.journeys.visitor import Visitor
from tests.pages.test_browser import CHROMIUM, FLAGS

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST = 150 * 1024
CASES = 120


def main() -> None:
    """Start a demonstration, take the pictures, end it."""
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp(prefix="casework-pictures-"))
    folder.chmod(0o711)
    running, pid = Installation.start(folder / "home", CASES)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            take_queue(running, browser)
            take_form(running, browser)
            browser.close()
    finally:
        installations.stop(pid)
        shutil.rmtree(folder, ignore_errors=True)


def take_queue(running: Installation, browser: Any) -> None:
    """The queue, as a coordinator finds it in the morning."""
    coordinator = Visitor(running, browser, {"width": 1200, "height": 760}).sign_in("coordinator")
    coordinator.open("/staff/?view=all")
    keep(coordinator, "queue.png")


def take_form(running: Installation, browser: Any) -> None:
    """A page of the application, on a phone."""
    somebody = Visitor(running, browser, {"width": 390, "height": 844})
    somebody.open("/ride-along")
    steps.choose_no_cookies(somebody)
    somebody.follow("Apply now")
    steps.answer_whether_one_may_apply(somebody)
    somebody.write("What is your full name?", "Adaeze Okonkwo-Price")
    somebody.press("Continue")
    somebody.answer("How do you want to hear from us?", "Email")
    somebody.write("Email address", "adaeze@example.org")
    keep(somebody, "apply.png")


def keep(visitor: Visitor, name: str) -> None:
    """Keep what is in the window."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = visitor.page.screenshot(path=FOLDER / name)
    assert len(picture) <= LARGEST, f"{name} has {len(picture)} bytes"
    print(FOLDER / name, len(picture))


if __name__ == "__main__":
    main()
