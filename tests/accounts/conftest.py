"""Visitors who sign in: each is a browser of its own, and posts a form only with the token of a page that it saw."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

import pytest
from flask.globals import _cv_app

from casework.accounts import passwords
from casework.extensions import db
from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def real_hashes(small_hashes: tuple[Any, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing in as in production: what a guess costs is part of what is proven here."""
    hasher, dummy = small_hashes
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "_DUMMY", dummy)


class Visitor:
    """A browser without script. Each request has an application context of its own, so a missing commit shows."""

    def __init__(self, app: Any, address: str = "192.0.2.1", agent: str = "Firefox") -> None:
        self._client = app.test_client()
        self._environ = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent, "HTTP_HOST": "localhost"}
        self.text = self._token = ""

    def get(self, path: str, **kwargs: Any) -> Any:
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

    def sign_in(self, email: str, password: str = PASSWORD, path: str = "/staff/sign-in") -> Any:
        return self.submit(path, {"email": email, "password": password})

    def token(self) -> str:
        return self._token

    def cookie(self) -> str:
        found = self._client.get_cookie("casework", domain="localhost")
        return found.value if found else ""

    def _ask(self, verb: Any, path: str, **kwargs: Any) -> Any:
        def alone() -> Any:
            _cv_app.set(None)
            return verb(path, environ_overrides=self._environ, **{"buffered": True} | kwargs)

        answer = copy_context().run(alone)
        self.text = answer.get_data(as_text=True)
        if found := re.search(r'name="csrf_token" value="([^"]+)"', self.text):
            self._token = found[1]
        db.session.rollback()
        return answer


@pytest.fixture
def visitor(app: Any) -> Callable[..., Visitor]:
    """Makes browsers."""
    return lambda **kwargs: Visitor(app, **kwargs)


@pytest.fixture
def demo(app: Any) -> Any:
    """Pages as in a demonstration: no second factor is asked for."""
    app.config["CASEWORK_DEMO"] = True
    yield app
    app.config["CASEWORK_DEMO"] = False
