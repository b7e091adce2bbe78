"""What the pages look up. Lists are paged by key: `before` is the id that the last page ended with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from casework.extensions import db
from casework.moments import now
from casework.pages.models import Incident, ServiceFeedback

PAGE = 50


def incident(number: str) -> Incident | None:
    """The incident of a number, as `references.read` writes it."""
    return db.session.scalars(select(Incident).where(Incident.number == number)).one_or_none()


def incidents(before: int | None = None) -> tuple[list[Incident], int | None]:
    """A page of incidents, newest first, and where the next one begins."""
    wanted = select(Incident).order_by(Incident.id.desc()).limit(PAGE + 1)
    rows = list(db.session.scalars(wanted.where(Incident.id < before) if before else wanted))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def service_feedback(before: int | None = None) -> tuple[list[ServiceFeedback], int | None]:
    """A page of feedback on the service, newest first, and where the next one begins."""
    wanted = select(ServiceFeedback).order_by(ServiceFeedback.id.desc()).limit(PAGE + 1)
    rows = list(db.session.scalars(wanted.where(ServiceFeedback.id < before) if before else wanted))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def satisfaction(days: int = 90) -> dict[int, int]:
    """How many gave which answer in the last days."""
    since = now() - timedelta(days=days)
    rows = db.session.execute(
        select(ServiceFeedback.satisfied, func.count()).where(ServiceFeedback.at >= since).group_by("satisfied")
    )
    return {row[0]: row[1] for row in rows}
