"""Who may not work on a complaint: whom it is about and their team; and, at a new look, whoever decided before."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from casework.accounts.models import Account
from casework.cases.registry import Step
from casework.complaints import queries
from casework.complaints.models import Complaint, Subject
from casework.extensions import db


def is_independent(complaint: Complaint, account_id: int | None) -> bool:
    """Whether somebody is neither a subject of a complaint nor in a subject's team, as far as that is known."""
    if account_id is None:
        return True
    mine = db.session.scalar(select(Account.team).where(Account.id == account_id)) or ""
    return not involved(complaint, {account_id: mine})


def involved(complaint: Complaint, teams: Mapping[int, str]) -> frozenset[int]:
    """Who of these accounts, each with its team, may not work on a complaint: its subjects and their teams."""
    found = db.session.execute(
        select(Subject.account_id, Subject.team, Account.team)
        .outerjoin(Account, Account.id == Subject.account_id)
        .where(Subject.case_id == complaint.id)
    ).all()
    subjects = {row[0] for row in found if row[0] is not None}
    theirs = {team.strip().casefold() for row in found for team in (row[1], row[2]) if team and team.strip()}
    return frozenset(who for who, team in teams.items() if who in subjects or team.strip().casefold() in theirs)


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
