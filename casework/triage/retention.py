"""What the desk keeps beside cases: plans, views of those who left, words about cases that are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select, update

from casework.accounts.models import Account
from casework.cases.erasure import erases
from casework.clocks import london
from casework.complaints.models import Trigger
from casework.database import rows
from casework.deletion import deletes
from casework.extensions import db
from casework.settings import service as settings
from casework.triage.models import Plan, PlanItem, SavedView
from casework.triage.workflow import State


@erases
def words(case_ids: Sequence[int]) -> None:
    """What somebody noted where a case was pointed out, and why a plan left it out."""
    db.session.execute(update(Trigger).where(Trigger.case_id.in_(case_ids)).values(words=""))
    db.session.execute(update(PlanItem).where(PlanItem.case_id.in_(case_ids)).values(excluded="", why=""))


@deletes("plans")
def plans(today: date) -> int:
    """The cases and words of plans that ended, as long after as feedback is kept. That there was one stays."""
    cutoff = london.start_of_day(settings.first_within("keep.feedback", today))
    over = Plan.state.in_((State.CARRIED_OUT, State.CANCELLED)) & (Plan.state_since < cutoff)
    db.session.execute(update(Plan).where(over, Plan.words != "").values(words=""))
    gone = db.session.execute(delete(PlanItem).where(PlanItem.plan_id.in_(select(Plan.id).where(over))))
    return rows(gone)


@deletes("views of those who left")
def views(today: date) -> int:
    """Saved views a month after their account was disabled, so that the area can save those it shared anew."""
    before = london.start_of_day(settings.first_within("draft.keep", today))
    left = select(Account.id).where(Account.disabled_at < before)
    gone = db.session.execute(delete(SavedView).where(SavedView.account_id.in_(left)))
    return rows(gone)
