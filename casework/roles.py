"""The parts people play in a case. Pure: a role is a word, an actor is who acts and in which part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A part in a case. Stored as its slug; worded by `ROLE_WORDS`."""

    PUBLIC = "public"
    APPLICANT = "applicant"
    COMPLAINANT = "complainant"
    REPRESENTATIVE = "representative"
    COORDINATOR = "coordinator"
    VETTING_OFFICER = "vetting-officer"
    SUPERVISOR = "supervisor"
    HOST = "host"
    CLERK = "clerk"
    TRIAGE = "triage"
    HANDLER = "handler"
    ANALYST = "analyst"
    DATA_PROTECTION = "data-protection"
    ADMIN = "admin"
    CLOCK = "clock"
    SYSTEM = "system"
    OUTSIDE = "outside"


PUBLIC_ROLES = frozenset({Role.PUBLIC, Role.APPLICANT, Role.COMPLAINANT, Role.REPRESENTATIVE})
# Whom a case may wait for who is not at a desk of ours.
OTHERS = PUBLIC_ROLES | {Role.OUTSIDE}
STAFF_ROLES = frozenset(set(Role) - OTHERS - {Role.CLOCK, Role.SYSTEM})

ROLE_WORDS: dict[Role, str] = {
    Role.PUBLIC: "a member of the public",
    Role.APPLICANT: "the applicant",
    Role.COMPLAINANT: "the person who wrote",
    Role.REPRESENTATIVE: "the person who acts for them",
    Role.COORDINATOR: "ride coordinator",
    Role.VETTING_OFFICER: "vetting officer",
    Role.SUPERVISOR: "supervisor",
    Role.HOST: "host officer",
    Role.CLERK: "postal clerk",
    Role.TRIAGE: "triage officer",
    Role.HANDLER: "complaint handler",
    Role.ANALYST: "analyst",
    Role.DATA_PROTECTION: "data protection officer",
    Role.ADMIN: "administrator",
    Role.CLOCK: "the calendar",
    Role.SYSTEM: "Casework",
    Role.OUTSIDE: "another body",
}


@dataclass(frozen=True)
class Actor:
    """Who acts, and in which role. Staff carry an account, people of a case a party; the clock carries neither."""

    role: Role
    account_id: int | None = None
    party_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is a person with an account."""
        return self.account_id is not None


CLOCK = Actor(Role.CLOCK)
SYSTEM = Actor(Role.SYSTEM)
