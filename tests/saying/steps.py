"""What somebody types who says how an encounter went, and how they send it."""

from __future__ import annotations

from typing import Any

from tests.browser import Browser

WORDS = "Two officers stopped me outside the library and searched my bag. They did not say why."
ANSWERS: dict[str, dict[str, Any]] = {
    "want": {"want": "concern"},
    "what": {"what": WORDS, "effect": "I was late and felt small.", "wish": "An explanation."},
    "when": {
        "on-day": "20", "on-month": "11", "on-year": "2026", "around": "about nine in the evening",
        "place": "High Street, outside the library", "borough": "north-borough", "searched": "True", "receipt": "SR 4411",
    },
    "who": {"officers": "AB 123", "vehicle": "BX19 ABC", "witnesses": "My sister", "about": "officers"},
    "evidence": {"evidence": "A video on my phone"},
    "you": {"named": "named", "name": "Chidi Abara", "born-day": "4", "born-month": "5", "born-year": "1991", "relation": "self"},
    "contact": {"channel": "email", "email": "chidi@example.org", "safe_times": "After six", "not_home": "yes"},
    "needs": {"contact_needs": ["large-print"], "language": ""},
    "panel": {"panel": "yes"},
}  # fmt: skip
ANONYMOUS = {"named": "anonymous", "relation": "self"}


def fill(browser: Browser, *, leave_out: tuple[str, ...] = (), **changes: dict[str, Any]) -> None:
    """Answer every page up to "check your answers", pressing Continue on each."""
    given = {slug: answers for slug, answers in (ANSWERS | changes).items() if slug not in leave_out}
    answer = browser.follow(browser.get("/feedback/say"))
    for _ in range(len(given) + 3):
        slug = _here(browser)
        answer = browser.post(f"/feedback/say/{slug}", given.pop(slug, {}))
        assert answer.status_code == 302, (slug, browser.words)
        where = answer.headers["Location"]
        browser.follow(answer)
        if where == "/feedback/check":
            break
    assert not given, f"never asked: {sorted(given)}"


def send(browser: Browser) -> Any:
    """Send what was filled in, stand on the confirmation."""
    browser.get("/feedback/check")
    return browser.follow(browser.post("/feedback/check", {"slip": slip(browser)}))


def slip(browser: Browser) -> str:
    """What the page carries so that sending twice is known."""
    return browser.text.partition('name="slip" value="')[2].partition('"')[0]


def _here(browser: Browser) -> str:
    return browser.text.partition('action="/feedback/say/')[2].partition('"')[0].partition("?")[0]
