"""A real Chromium against a real installation: what journeys from the first page to the last message need."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import _locked
from tests.journeys import installation as installations
from tests.journeys.eyes import AXE
from tests.journeys.installation import Installation
from tests.journeys.visitor import DESKTOP, Visitor
from tests.pages.test_browser import CHROMIUM, FLAGS

Visit = Callable[..., Visitor]
# The home of a `casework up` that runs already, for trying a journey again and again; it must know the password.
RUNNING = os.environ.get("JOURNEYS_HOME", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser or needs what it drives."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """The one installation of the session."""
    if RUNNING:
        url = json.loads((Path(RUNNING) / "running.json").read_text())["env"]["PUBLIC_URL"]
        yield Installation(Path(RUNNING), int(url.rpartition(":")[2]))
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"casework-journeys-{run}"
    # the account that the database runs as has to pass through
    folder.mkdir(mode=0o711, exist_ok=True)
    facts = folder / "installation.json"
    with _locked(folder):
        if facts.exists():
            state = json.loads(facts.read_text())
        else:
            started, pid = Installation.start(folder / "home")
            state = {"port": started.port, "pid": pid, "users": 0}
        facts.write_text(json.dumps(state | {"users": state["users"] + 1}))
    yield Installation(folder / "home", state["port"])
    with _locked(folder):
        state = json.loads(facts.read_text())
        facts.write_text(json.dumps(state | {"users": state["users"] - 1}))
        if state["users"] == 1:
            installations.stop(state["pid"])
            for moved in folder.rglob("postgres.moved"):
                shutil.rmtree(Path(moved.read_text()).parent, ignore_errors=True)
            shutil.rmtree(folder)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """A browser; each visitor gets a profile of their own in it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; make setup does it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(installation: Installation, chromium: Any) -> Iterator[Visit]:
    """Somebody new at a browser: `visit(PHONE)`, `visit(script=False)`."""
    visitors: list[Visitor] = []

    def come(size: dict[str, int] = DESKTOP, script: bool = True) -> Visitor:
        visitors.append(Visitor(installation, chromium, size, script))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.leave()
