"""The codes of complaint recording: categories, factors, results, actions. Declared here, changed by an administrator.

Categories: IOPC, "Guidance on capturing data about police complaints" (2020, updated 2021), as domain 2.5 knows them;
the list as a whole, the factors, results and actions are not confirmed [K]: they are data, not rules.
Letter I is skipped. Legacy codes (before February 2020) are for imports and are never offered.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select, text

from casework import seldom
from casework.complaints.models import Term
from casework.extensions import db
from casework.moments import now
from casework.roles import Actor
from casework.settings import service as settings

# fmt: off
CATEGORIES: dict[str, str] = {
    "A": "Delivery of duties and service",
    "A1": "Police action following contact", "A2": "Decisions", "A3": "Information", "A4": "General level of service",
    "B": "Police powers, policies and procedures",
    "B1": "Stops, and stop and search", "B2": "Searches of premises and seizure of property", "B3": "Power to arrest and detain",
    "B4": "Use of force", "B5": "Detention in police custody", "B6": "Bail, identification and interview procedures",
    "B7": "Evidential procedures", "B8": "Out of court disposals", "B9": "Other policies and procedures",
    "C": "Handling of or damage to property or premises",
    "D": "Access and/or disclosure of information",
    "D1": "Use of police systems", "D2": "Disclosure of information", "D3": "Handling of information",
    "D4": "Accessing and handling of information from other sources",
    "E": "Use of police vehicles",
    "F": "Discriminatory behaviour",
    "F1": "Age", "F2": "Disability", "F3": "Gender reassignment", "F4": "Pregnancy and maternity", "F5": "Marriage and civil partnership",
    "F6": "Race", "F7": "Religion or belief", "F8": "Sex", "F9": "Sexual orientation", "F10": "Other",
    "G": "Abuse of position or corruption",
    "G1": "Organisational corruption", "G2": "Abuse of position for sexual purpose",
    "G3": "Abuse of position for the purpose of pursuing an inappropriate emotional relationship",
    "G4": "Abuse of position for financial purpose", "G5": "Obstruction of justice", "G6": "Abuse of position: other",
    "H": "Individual behaviours",
    "H1": "Impolite language or tone", "H2": "Impolite and intolerant actions", "H3": "Unprofessional attitude and disrespect",
    "H4": "Lack of fairness and impartiality", "H5": "Overbearing or harassing behaviours",
    "J": "Sexual conduct",
    "J1": "Sexual assault", "J2": "Sexual harassment", "J3": "Other sexual conduct",
    "K": "Discreditable conduct",
    "L": "Other",
}
# Before February 2020: kept for imports (domain 2.5 names K, U, F and S of the codes A to Y).
LEGACY: dict[str, str] = {
    "legacy-K": "Breach of Code A of PACE: stop and search", "legacy-U": "Incivility, impoliteness and intolerance",
    "legacy-F": "Discriminatory behaviour", "legacy-S": "Other neglect or failure in duty",
}
FACTORS: dict[str, str] = {
    "stop-search": "Stop and search", "stop": "Stop (vehicle or other)", "force": "Use of force or restraint equipment", "taser": "Taser",
    "bwv": "Body-worn video", "arrest": "Arrest", "custody": "Custody", "strip-search": "Strip search", "traffic": "Road traffic",
    "protest": "Protest or public order", "domestic-abuse": "Domestic or gender abuse", "sexual-offences": "Sexual offences",
    "hate-crime": "Hate crime", "mental-health": "Mental health", "missing": "Missing person", "child": "Child or young person",
    "calls": "Call handling", "investigation": "Investigation", "premises": "Search of premises or property", "social-media": "Social media",
    "dogs": "Police dogs", "driving": "Police driving", "firearms": "Firearms", "neighbourhood": "Neighbourhood policing",
}
# Results by how a complaint was handled: outside Schedule 3, under it, under it with special procedures.
RESULTS: dict[str, dict[str, str]] = {
    "outside": {"resolved": "Resolved", "not-resolved": "Not resolved, no further action"},
    "schedule-3": {
        "acceptable": "The service provided was acceptable", "not-acceptable": "The service provided was not acceptable",
        "undetermined": "Not able to determine if the service provided was acceptable", "no-action": "No further action",
    },
    "special": {"case": "Case to answer", "no-case": "No case to answer", "discontinued": "Discontinued"},
}
ACTIONS: dict[str, str] = {
    "explanation": "Explanation", "apology": "Apology", "individual-learning": "Individual learning or learning from reflection",
    "rprp": "Reflective practice review process", "performance": "Performance procedures", "misconduct": "Misconduct meeting or hearing",
    "debrief": "Debrief", "organisational": "Organisational learning", "policy": "Policy review", "service": "Service improvement",
    "property": "Return of property", "goodwill": "Goodwill gesture", "elsewhere": "Referral elsewhere", "none": "No action",
}
# What a review body may recommend (domain 2.6).
RECOMMENDATIONS: dict[str, str] = {
    "apology": "Apology", "remedy": "Remedy", "reinvestigate": "Investigate again", "explanation": "Explain the outcome better",
    "learning": "Learn from it", "other": "Something else",
}
# fmt: on
DECLARED: dict[str, dict[str, str]] = {
    "category": {**CATEGORIES, **LEGACY},
    "factor": FACTORS,
    "result": {code: name for group in RESULTS.values() for code, name in group.items()},
    "action": ACTIONS,
    "recommendation": RECOMMENDATIONS,
}


class Change(NamedTuple):
    """A code as an administrator left it."""

    kind: str
    code: str
    name: str
    active: bool


def names(kind: str) -> dict[str, str]:
    """Every code of a kind with its name, inactive ones too: for what was recorded before."""
    return DECLARED[kind] | {each.code: each.name for each in _changed(kind)}


def all_names() -> dict[str, dict[str, str]]:
    """`names` of every kind at once."""
    found = {kind: dict(declared) for kind, declared in DECLARED.items()}
    for each in _changes():
        found[each.kind][each.code] = each.name
    return found


def offered(kind: str) -> dict[str, str]:
    """The codes that may be chosen now, in order. A category that has sub-categories is not chosen itself."""
    gone = {each.code for each in _changed(kind) if not each.active}
    found = {code: name for code, name in names(kind).items() if code not in gone and not code.startswith("legacy-")}
    if kind != "category":
        return found
    parents = {code[0] for code in found if len(code) > 1}
    return {code: name for code, name in sorted(found.items(), key=_in_order) if len(code) > 1 or code not in parents}


def results_for(route: str, special: bool) -> dict[str, str]:
    """The results that fit how a complaint is handled, with their names in force."""
    group = RESULTS["outside"] if route == "outside" else RESULTS["special"] if special else RESULTS["schedule-3"]
    known, on = names("result"), offered("result")
    return {code: known[code] for code in group if code in on}


@dataclass(frozen=True)
class Row:
    """A code as it stands: its name, whether it can be chosen, whether it is for imports only, whether it was changed."""

    code: str
    name: str
    active: bool
    legacy: bool
    changed: bool

    @property
    def mark(self) -> str:
        """What a page remembers of it, to notice that somebody else has changed it."""
        return hashlib.sha256(f"{self.name}|{self.active}".encode()).hexdigest()[:32]


def everything(kind: str) -> list[Row]:
    """Every code of a kind in its order, legacy ones last."""
    kept = {each.code: each for each in _changed(kind)}
    rows = [
        Row(code, name, code not in kept or kept[code].active, code.startswith("legacy-"), code in kept)
        for code, name in names(kind).items()
    ]
    return sorted(rows, key=lambda row: (row.legacy, *_in_order((row.code, "")))) if kind == "category" else rows


def lock() -> None:
    """Let one administrator at a time change codes, until the end of the transaction."""
    db.session.execute(text("select pg_advisory_xact_lock(hashtextextended('casework:complaint-terms', 0))"))
    db.session.expire_all()
    seldom.forget()


def change(kind: str, code: str, name: str, active: bool, actor: Actor, why: str) -> None:
    """Rename a code, switch it off or on, or add it: an event of the settings' own history. Lock first."""
    row = db.session.get(Term, (kind, code)) or Term(kind=kind, code=code)
    row.name, row.active, row.changed_at, row.changed_by = name, active, now(), actor.account_id
    db.session.add(row)
    db.session.flush()
    seldom.forget()
    facts = {"kind": kind, "code": code, "name": name, "active": active}
    settings.note("change_term", actor, ("term", None), why, facts)


def _changed(kind: str) -> list[Change]:
    return [each for each in _changes() if each.kind == kind]


@seldom.kept("complaint_terms")
def _changes() -> list[Change]:
    rows = db.session.execute(select(Term.kind, Term.code, Term.name, Term.active).order_by(Term.code))
    return [Change(*row) for row in rows]


def _in_order(pair: tuple[str, str]) -> tuple[str, int]:
    code = pair[0]
    return code[0], int(code[1:]) if code[1:].isdecimal() else 0
