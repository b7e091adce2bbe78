"""What the pages keep goes again: incidents, feedback on the service, page counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from casework.clocks.london import start_of_day
from casework.database import rows
from casework.deletion import deletes
from casework.extensions import db
from casework.pages.models import Incident, PageCount, ServiceFeedback

INCIDENTS = timedelta(days=90)
FEEDBACK = timedelta(days=2 * 365)
COUNTS = timedelta(days=396)


@deletes("incidents")
def incidents(today: date) -> int:
    """Incidents after 90 days."""
    return _gone(delete(Incident).where(Incident.at < start_of_day(today - INCIDENTS)))


@deletes("service feedback")
def service_feedback(today: date) -> int:
    """Feedback on the service after two years."""
    return _gone(delete(ServiceFeedback).where(ServiceFeedback.at < start_of_day(today - FEEDBACK)))


@deletes("page counts")
def page_counts(today: date) -> int:
    """Page counts after 13 months."""
    return _gone(delete(PageCount).where(PageCount.day < today - COUNTS))


def _gone(statement: Any) -> int:
    return rows(db.session.execute(statement))
