"""What of the staff's own goes nightly. Tries and links go with the rest of the throttles and links."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from casework.accounts import held
from casework.accounts.models import RecoveryCode
from casework.clocks.london import start_of_day
from casework.database import rows
from casework.deletion import deletes
from casework.extensions import db


@deletes("forms of staff that outlived their session")
def held_forms(today: date) -> int:
    """Forms kept for a day."""
    return held.delete_old()


@deletes("used recovery codes")
def recovery_codes(today: date) -> int:
    """Recovery codes a week after they were used."""
    before = start_of_day(today - timedelta(days=7))
    gone: Any = db.session.execute(delete(RecoveryCode).where(RecoveryCode.used_at < before))
    return rows(gone)
