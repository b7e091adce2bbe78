"""Visitors without script: each is a browser of its own, and posts a form only with the token of a page that it saw."""

from __future__ import annotations

import html
import io
import re
from contextvars import copy_context
from typing import Any

import pypdf
from flask.globals import _cv_app

from casework.extensions import db
from tests.factories import PASSWORD


def _read(answer: Any) -> str:
    """What somebody can read: a page's source, or the words of a PDF."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.get_data())).pages)
    return str(answer.get_data().decode(errors="replace"))


class Browser:
    """A browser without script. Each request has an application context of its own, so a missing commit shows."""

    def __init__(self, app: Any, address: str = "192.0.2.1", agent: str = "Firefox") -> None:
        self._client = app.test_client()
        self._environ = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent, "HTTP_HOST": "localhost"}
        self.text = ""

    def get(self, path: str, **kwargs: Any) -> Any:
        """Open a page."""
        return self._ask(self._client.get, path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Post with the token of the page seen last."""
        fields = {"csrf_token": self.token(), **(data or {})}
        return self._ask(self._client.post, path, data=fields, **kwargs)

    def submit(self, path: str, data: dict[str, Any] | None = None) -> Any:
        """Open a page, then send its form."""
        self.get(path)
        return self.post(path, data)

    def post_bare(self, path: str, data: dict[str, Any]) -> Any:
        """Post exactly these fields."""
        return self._ask(self._client.post, path, data=data)

    def follow(self, answer: Any) -> Any:
        """Go where an answer leads, until a page."""
        while answer.status_code in {301, 302, 303, 307, 308}:
            answer = self.get(answer.headers["Location"])
        return answer

    def sign_in(self, email: str, password: str = PASSWORD, path: str = "/staff/sign-in") -> Any:
        """Sign in as a member of staff."""
        return self.submit(path, {"email": email, "password": password})

    def token(self) -> str:
        """The CSRF token of the page seen last."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.text)
        return found[1] if found else ""

    def cookie(self) -> str:
        """The session's cookie."""
        found = self._client.get_cookie("casework", domain="localhost")
        return found.value if found else ""

    @property
    def words(self) -> str:
        """The page seen last as a person reads it: without tags, blanks run together."""
        plain = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(html.unescape(plain).split())

    def _ask(self, verb: Any, path: str, **kwargs: Any) -> Any:
        def alone() -> Any:
            _cv_app.set(None)
            # read here to its end: what is streamed is made in this context
            return verb(path, environ_overrides=self._environ, **{"buffered": True} | kwargs)

        answer = copy_context().run(alone)
        self.text = _read(answer)
        db.session.rollback()
        db.session.expire_all()
        return answer
