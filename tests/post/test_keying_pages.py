"""The keying desk without script: everything typed is kept, and the second round knows nothing of the first."""

from __future__ import annotations

from typing import Any

import pytest

from casework.post import keying, sheets
from tests.browser import Browser
from tests.desks import value_of
from tests.post import trays
from tests.post.trays import TRUTH


@pytest.fixture
def people(app: Any, cast: Any, demo_mode: None) -> Any:
    """Three clerks, each in a browser of their own."""
    found = {}
    for name in ("ann", "bea", "cem"):
        trays.clerk(name)
        found[name] = Browser(app)
        found[name].sign_in(f"{name}@force.example")
    return found


def opener() -> Any:
    """Who opened the post."""
    return trays.clerk("opener")


def form_of(reads: dict[str, Any], kind: str = "feedback") -> dict[str, Any]:
    """The form of a sheet as a browser sends it."""
    sent: dict[str, Any] = {}
    for blank in sheets.sheet(kind):
        sent[f"{blank.id}-here"] = "1"
        read = reads.get(blank.name)
        if read is None:
            continue
        if read.mark:
            sent[f"{blank.id}-mark"] = str(read.mark)
        if blank.widget == "date":
            sent |= dict(zip(blank.inputs, read.texts, strict=False))
        elif read.texts:
            sent[blank.id] = list(read.texts)
    return sent


def take(browser: Browser, round: int) -> str:
    """Take the next letter; where it is."""
    browser.get("/staff/post/key")
    where = str(browser.post("/staff/post/key/next", {"round": str(round)}).headers["Location"])
    browser.get(where)
    return where


def save(browser: Browser, where: str, reads: dict[str, Any], do: str) -> Any:
    """Send the form of the page."""
    browser.get(where)
    return browser.follow(browser.post(where, form_of(reads) | {"token": value_of(browser, "token"), "do": do}))


def test_a_letter_goes_through_three_people(people: Any) -> None:
    item = trays.letter(opener())
    where = take(people["ann"], 1)
    assert where == f"/staff/post/key/{item.id}"
    save(people["ann"], where, trays.mistaken("you.name", "Sian O'Neal"), "rest")
    assert "Nothing more waits for its first keying" in people["ann"].text
    seen = []
    where = take(people["bea"], 2)
    seen.append(people["bea"].text)
    save(people["bea"], where, TRUTH, "keep")
    seen.append(people["bea"].text)
    save(people["bea"], where, TRUTH, "rest")
    seen.append(people["bea"].text)
    assert trays.fresh(item).state == "differing"
    assert not any("Neal" in page for page in seen), "the second clerk was shown what the first one keyed"
    where = take(people["cem"], 3)
    assert where.endswith("/settle")
    page = people["cem"].text
    assert "Sian O&#39;Neal" in page and "Siân O&#39;Neill" in page
    assert "Ann" not in page and "Bea" not in page
    picked = page.split("Siân O&#39;Neill")[0].rpartition('value="')[2][0]
    people["cem"].post(where, {"token": value_of(people["cem"], "token"), "you-name-pick": picked, "do": "finish"})
    assert trays.fresh(item).state == "filed"
    assert keying.answers(item)["you.name"].read.texts == ("Siân O'Neill",)
