"""The program as a demonstration and behind TLS, beside the plain one, and a page that fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from casework.accounts.door import public
from casework.extensions import db
from tests.accounts.conftest import Visitor

SECRET_WORDS = "a canary that must never be written down"


@pytest.fixture
def visitor(app: Any) -> Visitor:
    """A member of the public."""
    return Visitor(app)


def another_program(settings: dict[str, str], **changes: str) -> Iterator[Any]:
    """A program with other settings on the same database. Its faults become pages, as they do in earnest."""
    import config
    from casework import create_app

    made = create_app(config.load(settings | changes) | {"TESTING": True, "PROPAGATE_EXCEPTIONS": False})

    @public
    def fails(what: str) -> str:
        secret = SECRET_WORDS
        raise ValueError(f"could not use {secret}")

    made.add_url_rule("/fails/<what>", "fails", fails, methods=["GET", "POST"])
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def demo_program(settings: dict[str, str]) -> Iterator[Any]:
    """The program as a demonstration."""
    yield from another_program(settings, CASEWORK_DEMO="1")


@pytest.fixture(scope="session")
def tls_program(settings: dict[str, str]) -> Iterator[Any]:
    """The program as a force runs it: behind one proxy that ends TLS."""
    yield from another_program(settings, PUBLIC_URL="https://rides.force.example", TRUSTED_PROXIES="1")


@pytest.fixture(scope="session")
def lost_program(settings: dict[str, str]) -> Iterator[Any]:
    """The program while its database is away."""
    yield from another_program(settings, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")


@pytest.fixture
def demo(app: Any, demo_program: Any) -> Visitor:
    """A visitor of the demonstration."""
    return Visitor(demo_program)
