"""Somebody without a browser: forms sent as a very plain one would send them, each person from an address of their own."""

from __future__ import annotations

import html
import http.client
import re
from http.cookies import SimpleCookie
from itertools import count
from urllib.parse import urlencode, urlsplit

from tests.journeys.installation import Installation
from tests.rides.test_apply import ANSWERS

_addresses = count(2)


class Plain:
    """Sends forms over one connection, keeps cookies, follows redirects."""

    def __init__(self, installation: Installation) -> None:
        number = next(_addresses)
        address = f"127.{1 + number // 62500}.{1 + number // 250 % 250}.{1 + number % 250}"
        self._host = f"127.0.0.1:{installation.port}"
        self._connection = http.client.HTTPConnection(self._host, timeout=30, source_address=(address, 0))
        self._cookies: SimpleCookie = SimpleCookie()
        self.path = self.text = ""

    def get(self, path: str) -> Plain:
        """Open a page."""
        return self._ask("GET", path, "")

    def post(self, path: str, answers: dict[str, str | list[str]]) -> Plain:
        """Open a page and send its form with these answers."""
        self.get(path)
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        assert token, self.words
        return self._ask("POST", path, urlencode({"csrf_token": token[1], **answers}, doseq=True))

    def close(self) -> None:
        self._connection.close()

    @property
    def words(self) -> str:
        """The page without its tags."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    def _ask(self, method: str, path: str, body: str) -> Plain:
        heads = {"Cookie": "; ".join(f"{name}={kept.value}" for name, kept in self._cookies.items())}
        if method == "POST":
            heads |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        self._connection.request(method, path, body or None, {name: value for name, value in heads.items() if value})
        answer = self._connection.getresponse()
        self.text, self.path = answer.read().decode(), path
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        if answer.status in (302, 303):
            return self._ask("GET", urlsplit(answer.headers["Location"]).path, "")
        assert answer.status == 200, (answer.status, path, self.words)
        return self


def apply(
    installation: Installation, name: str, email: str, area: str = "central-east", contact: dict[str, str] | None = None
) -> tuple[str, str]:
    """Apply, and give the reference and the code."""
    somebody = Plain(installation)
    answers = ANSWERS | {
        "name": {"name": name},
        "contact": contact or {"channel": "email", "email": email},
        "connection": {"connections": ["live"], "borough": "hackney"},
        "areas": {"first": area},
    }
    for slug, given in answers.items():
        somebody.post(f"/ride-along/apply/{slug}", given)
        assert "There is a problem" not in somebody.words, (slug, somebody.words)
    assert somebody.path == "/ride-along/apply/check"
    assert html.escape(name, quote=False) in somebody.text.replace("&#39;", "'")
    somebody.post("/ride-along/apply/check", {})
    somebody.post("/ride-along/apply/equality", {"then": "later"})
    found = re.search(r"Your reference (RA-\S+) .*Your code is ([0-9A-Z-]+)", somebody.words)
    assert found, somebody.words
    somebody.close()
    return found[1], found[2]
