"""The same day and the same seed make the same demonstration; several processes make what one makes, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from casework import demo
from casework.extensions import db
from tests.conftest import empty

SAID = (8, 8)
MOMENT = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)


@pytest.fixture
def bare(program: Any, database: dict[str, str]) -> Iterator[Any]:
    """The program on a database without a row, with a password for the staff of a demonstration."""
    empty(database["admin_url"])
    before = program.config["CASEWORK_DEMO_PASSWORD"]
    program.config["CASEWORK_DEMO_PASSWORD"] = "a password of the demonstration 7"
    yield program
    program.config["CASEWORK_DEMO_PASSWORD"] = before


def told(program: Any) -> list[tuple[Any, ...]]:
    """Who applied or said something, when, and how far it got."""
    rows = "select p.name, c.state, c.opened_at, c.next_due_on from cases c join parties p on p.case_id = c.id order by 3, 1, 2, 4"
    with program.app_context():
        db.session.info.clear()
        found = [tuple(row) for row in db.session.execute(text(rows))]
        db.session.remove()
    return found


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_the_same_day_brings_the_same_stories_however_many_processes_make_them(
    bare: Any, database: dict[str, str]
) -> None:
    demo.make(bare, 8, *SAID, now=MOMENT, processes=1)
    first = told(bare)
    empty(database["admin_url"])
    demo.make(bare, 8, *SAID, now=MOMENT, processes=2)
    assert len(first) >= 8 + sum(SAID) and told(bare) == first


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_a_demonstration_that_was_cut_off_leaves_no_case_and_is_begun_again(
    bare: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from casework.demo import history

    def breaks(*_: Any) -> None:
        raise OSError("the light went out")

    with monkeypatch.context() as patched:
        patched.setattr(history, "answer_equality", breaks)
        with pytest.raises(RuntimeError, match="nothing of it was kept"):
            demo.make(bare, 4, 0, 0, now=MOMENT, processes=2)
    assert "the light went out" in capfd.readouterr().err
    assert told(bare) == [] and demo.is_empty(bare)
    demo.make(bare, 4, 0, 0, now=MOMENT, processes=1)
    assert len(told(bare)) == 4
