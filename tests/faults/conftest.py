"""One ground for all tests of a worker: its own PostgreSQL and Valkey, and a relay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.ground import Ground
from tests.sinks import Sink


@pytest.fixture(scope="session")
def whole_ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with Sink() as sink:
        ground = Ground(tmp_path_factory.mktemp("ground"), sink)
        yield ground
        ground.stop()


@pytest.fixture
def ground(whole_ground: Ground) -> Iterator[Ground]:
    """An empty database, an empty queue, a relay in a good mood; whatever a test started ends with it."""
    whole_ground.fresh()
    yield whole_ground
    whole_ground.end()
