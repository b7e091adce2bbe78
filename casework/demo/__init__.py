"""A made-up force with eighteen months behind it, for looking at and trying out. Never for a real database."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

SEED = 20261


def make(
    app: Flask,
    applications: int | None = None,
    feedback: int | None = None,
    complaints: int | None = None,
    *,
    seed: int = SEED,
    now: datetime | None = None,
    processes: int | None = None,
) -> None:
    """Fill an empty demonstration with so much of each, or with as much as the configuration says.

    Nothing of it is ever mailed: what would have gone out by now is kept as sent. Raises `Refused` on a database that
    is real or not empty. The same day and seed give the same people and stories.
    """
    from casework.demo import making

    with app.app_context():
        making.make(
            (
                app.config["CASEWORK_DEMO_CASES"] if applications is None else applications,
                app.config["CASEWORK_DEMO_FEEDBACK"] if feedback is None else feedback,
                app.config["CASEWORK_DEMO_COMPLAINTS"] if complaints is None else complaints,
            ),
            seed,
            now,
            processes or os.cpu_count() or 1,
        )


def is_empty(app: Flask) -> bool:
    """Whether there is nobody and nothing in the database yet: only then may a demonstration be made in it."""
    from casework.demo import making

    with app.app_context():
        return making.is_empty()
