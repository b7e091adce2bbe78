"""Print runs as the desk makes them, and what a worker does meanwhile."""

from __future__ import annotations

from typing import Any

from casework.extensions import db
from casework.owed.models import Run
from workers import drain


def work() -> None:
    """What a worker does meanwhile."""
    drain.drain()
    db.session.rollback()
    db.session.expire_all()


def the_run() -> Run:
    return db.session.query(Run).order_by(Run.id.desc()).first()


def make_run(desk: Any) -> Run:
    """Press the button, and let a worker render it."""
    desk.get("/staff/letters")
    assert desk.post("/staff/letters/runs").status_code == 303
    work()
    return the_run()


def press(desk: Any, run_id: int, what: str, data: dict[str, Any] | None = None) -> Any:
    desk.get(f"/staff/letters/runs/{run_id}")
    return desk.post(f"/staff/letters/runs/{run_id}/{what}", data)


def day_of(day: Any, post_class: str = "first") -> dict[str, str]:
    return {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year), "post_class": post_class}
