"""Starts runs, and ends what is left of them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.running.runs import Run


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may pass through; pytest's own is closed to the account that the database runs as."""
    yield from passable()


@pytest.fixture(scope="module")
def shared_folder() -> Iterator[Path]:
    """The same, for a module."""
    yield from passable()


def passable() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="casework-test-"))
    made.chmod(0o711)
    yield made
    for moved in made.rglob("postgres.moved"):
        shutil.rmtree(Path(moved.read_text()).parent, ignore_errors=True)
    shutil.rmtree(made)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Run]]:
    """Start `casework up` with a home, options and an environment."""
    runs: list[Run] = []

    def begin(home: Path, *options: str, **env: str) -> Run:
        runs.append(Run(home, *options, **env))
        return runs[-1]

    yield begin
    for run in runs:
        run.clear()
