"""What of releases goes again. Whatever readers ever had is kept; so is the history of everything."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select

from casework.clocks.london import london_date
from casework.deletion import deletes
from casework.extensions import db
from casework.releases.models import Cube, Release, ReleaseFile
from casework.releases.workflow import ReleaseState
from casework.settings import service as settings


@deletes("files of refused releases")
def refused(today: date) -> int:
    """File and sums of what was refused, 12 months (setting) later. What was found in it, and its history, stay."""
    rule, calendar = settings.rule("release.refused.keep"), settings.calendar()
    kept = select(Release.id, Release.state_since).join(ReleaseFile, ReleaseFile.release_id == Release.id)
    rows = db.session.execute(kept.where(Release.state == ReleaseState.REFUSED)).all()
    ids = [row.id for row in rows if rule.due(london_date(row.state_since), calendar) < today]
    db.session.execute(delete(Cube).where(Cube.release_id.in_(ids)))
    db.session.execute(delete(ReleaseFile).where(ReleaseFile.release_id.in_(ids)))
    return len(ids)
