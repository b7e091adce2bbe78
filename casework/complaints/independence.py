"""Who may not work on a complaint: whom it is about and their team; and, at a new look, whoever decided before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Row, bindparam, select, text

from casework.accounts.models import Account
from casework.cases import once
from casework.cases.registry import Step
from casework.complaints import queries
from casework.complaints.models import Complaint, Subject
from casework.extensions import db
from casework.settings import service as settings


def is_independent(complaint: Complaint, account_id: int | None) -> bool:
    """Whether somebody is neither a subject of a complaint nor in a subject's team, as far as that is known."""
    if account_id is None or not _subjects(complaint.id):
        return True
    mine = db.session.scalar(select(Account.team).where(Account.id == account_id)) or ""
    return not involved(complaint, {account_id: mine})


def involved(complaint: Complaint, teams: Mapping[int, str]) -> frozenset[int]:
    """Who of these accounts, each with its team, may not work on a complaint: its subjects and their teams."""
    found = _subjects(complaint.id)
    subjects = {row[0] for row in found if row[0] is not None}
    theirs = {team.strip().casefold() for row in found for team in (row[1], row[2]) if team and team.strip()}
    return frozenset(who for who, team in teams.items() if who in subjects or team.strip().casefold() in theirs)


@once.asked
def _subjects(case_id: int) -> Sequence[Row[int | None, str, str]]:
    """Whom a complaint is about, as far as they have accounts, with the team named for them and their own."""
    return db.session.execute(_SUBJECTS, {"case_id": case_id}).all()


_SUBJECTS = (
    select(Subject.account_id, Subject.team, Account.team)
    .outerjoin(Account, Account.id == Subject.account_id)
    .where(Subject.case_id == bindparam("case_id"))
)


# Written out, because nearly every page of the desk asks it: complaints about somebody or, by rule, about their team,
# with every other case about the same encounter and what was merged into one of them.
_ABOUT = text("""
    with about as (
        select case_id from subjects where account_id = :me
        union select case_id from subjects where :team <> '' and lower(btrim(team)) = :team
        union select s.case_id from accounts a join subjects s on s.account_id = a.id
            where :team <> '' and lower(btrim(a.team)) = :team
    ), told as (select c.encounter_id from complaints c join about on about.case_id = c.id)
    select case_id from about
    union select c.id from complaints c join told on told.encounter_id = c.encounter_id
    union select f.id from feedback f join told on told.encounter_id = f.encounter_id
    union select c.id from complaints c join about on about.case_id = c.merged_into_id
    union select f.id from feedback f join about on about.case_id = f.merged_into_id
""")


def about(account: Account) -> list[int]:
    """The cases that are about somebody or, where the force has set so, about their team: not theirs to see."""
    team = (account.team or "").strip().lower() if settings.value("complaint.hidden.team") else ""
    return list(db.session.scalars(_ABOUT, {"me": account.id, "team": team}))


def independent(step: Step) -> bool:
    """Whether whoever acts has nothing to do with what the complaint is about."""
    return is_independent(complaint_of(step), step.actor.account_id)


def not_own_decision(step: Step) -> bool:
    """Whether whoever acts neither wrote nor approved an outcome that is looked at again."""
    complaint = complaint_of(step)
    return step.actor.account_id is None or not queries.decided_before(complaint.stream_id, step.actor.account_id)


def complaint_of(step: Step) -> Complaint:
    """The complaint of a step, also where it is one of an allegation."""
    subject = step.subject
    return subject if isinstance(subject, Complaint) else db.session.get_one(Complaint, subject.case_id)
