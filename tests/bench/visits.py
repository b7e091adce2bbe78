"""Who visits what: staff with sessions, applicants with their links, answers typed as far as "check your answers"."""

from __future__ import annotations

import hashlib
import json
import secrets as random_secrets
from datetime import timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import Select, select

from casework.accounts.models import Account, Grant, Session
from casework.areas.models import Area
from casework.cases.models import Case, Draft, Search
from casework.extensions import db
from casework.history import service as history
from casework.history.models import Stream
from casework.moments import now, today
from casework.parties.models import Party
from casework.roles import Role
from tests.bench.ground import Site

Visit = dict[str, Any]

ANSWERS: dict[str, dict[str, list[str]]] = {
    "age": {"born-day": ["28"], "born-month": ["2"], "born-year": ["1990"]},
    "connection": {"connections": ["live", "work"], "borough": ["north-borough"]},
    "before": {"rode": ["False"]},
    "contact": {"channel": ["email"], "phone": ["020 7946 0018"]},
    "about": {"why": ["I was stopped twice and want to see it from the other side."], "interests": ["searched"]},
    "areas": {"first": ["north"], "second": ["south"]},
    "teams": {"first": ["response"]},
    "when": {"days": ["sat", "sun"], "shifts": ["late"]},
    "needs": {"contact_needs": ["large-print"]},
    "heard": {"heard": ["event"]},
    "consent": {"agreed": ["yes"]},
}


class Visits:
    """The visits of one site. None that changes something is made twice."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._made = 0
        with site.app.app_context():
            self.desk = {
                role: [
                    self._staff(role, Account.id == one),
                    self._staff(role, Account.email == f"{wide}@force.example"),
                ]
                for role, one, wide in (
                    (Role.SUPERVISOR, _of(Role.SUPERVISOR), "supervisor"),
                    (Role.TRIAGE, _of(Role.TRIAGE), "triage"),
                    (Role.COORDINATOR, _of(Role.COORDINATOR), "coordinator"),
                )
            }
            self.references = {
                kind: list(db.session.scalars(_newest(kind).limit(200))) for kind in ("ride", "complaint")
            }
            # the one of which there is more to read than of any other
            self.long = db.session.scalars(
                select(Case.reference).join(Stream, Stream.id == Case.stream_id).where(Case.kind == "complaint", Case.is_open)
                .order_by(Stream.head.desc()).limit(1)).one()  # fmt: skip
            new = db.session.scalars(
                select(Case.reference).where(Case.is_open, Case.state == "submitted").order_by(Case.id).limit(3000)).all()  # fmt: skip
            self.new, self.how_many_new = iter(new), len(new)
            middle = db.session.execute(
                select(Case.next_due_on, Case.id).where(Case.is_open).order_by(Case.next_due_on, Case.id)
                .offset(db.session.query(Case).filter(Case.is_open).count() // 2).limit(1)
            ).one()  # fmt: skip
            self.middle = f"{middle.next_due_on.isoformat()}.{middle.id}"
            found = db.session.execute(select(Party).where(Party.case_id.in_(
                select(Case.id).where(Case.is_open, Case.kind == "ride").order_by(Case.id.desc()).limit(50)))).scalars()  # fmt: skip
            seen = now().isoformat()
            self.applicants = [
                self._session({"party": {"id": p.id, "generation": p.generation, "seen": seen}}) for p in found
            ]
            db.session.commit()

    def pages(self, path: str, cookie: str, count: int) -> list[Visit]:
        """The same page again and again."""
        return [{"cookie": cookie, "steps": [["GET", path, 200]]} for _ in range(count)]

    def queue(self, which: str, count: int, role: Role = Role.SUPERVISOR) -> list[Visit]:
        """A page of the queue, half by somebody of one area, half by somebody of all."""
        path = {
            "first": "/staff/?view=all",
            "middle": f"/staff/?view=all&after={self.middle}",
            "filtered": "/staff/?view=unassigned&state=received",
        }[which]
        one, wide = self.desk[role]
        return self.pages(path, one, count // 2) + self.pages(path, wide, count - count // 2)

    def cases(self, kind: str, count: int) -> list[Visit]:
        """Case pages, of one case after the other."""
        turn, cookie = cycle(self.references[kind]), self.desk[Role.SUPERVISOR][1]
        return [{"cookie": cookie, "steps": [["GET", f"/staff/cases/{next(turn)}", 200]]} for _ in range(count)]

    def long_case(self, count: int) -> list[Visit]:
        """The page of the complaint of which there is most to read."""
        return self.pages(f"/staff/cases/{self.long}", self.desk[Role.SUPERVISOR][1], count)

    def searches(self, word: str, count: int) -> list[Visit]:
        """What a search for a word found, over the whole force, by a triage officer. Whoever looks once more asks again."""
        with self.site.app.app_context():
            asks = select(Session.account_id).where(Session.digest == _digest(self.desk[Role.TRIAGE][1]))
            kept = Search(key=random_secrets.token_urlsafe(12), account_id=db.session.scalars(asks).one(), at=now())
            kept.words = word
            db.session.add(kept)
            db.session.commit()
            return self.pages(f"/staff/search/{kept.key}", self.desk[Role.TRIAGE][1], count)

    def tracks(self, count: int) -> list[Visit]:
        """Applicants look where it stands."""
        turn = cycle(self.applicants)
        return [{"cookie": next(turn), "steps": [["GET", "/track/case", 200]]} for _ in range(count)]

    def changes(self, count: int) -> list[Visit]:
        """A coordinator takes new applications forward: the page, then the button."""
        found = [next(self.new) for _ in range(count)]
        return [
            {
                "cookie": self.desk[Role.COORDINATOR][1],
                "steps": [["GET", f"/staff/cases/{r}", 200], ["POST", f"/staff/cases/{r}/do/invite", 302]],
            }
            for r in found
        ]

    def submissions(self, count: int, word: str = "new") -> list[Visit]:
        """Applicants, each with an address of their own, who stand before "check your answers" and send."""
        visits = []
        path = "/ride-along/apply/check"
        with self.site.app.app_context():
            for _ in range(count):
                self._made += 1
                number = self._made
                email = f"{word}{number}@applicants.example"
                cookie = self._session({"draft": self._draft(email, number)})
                address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
                steps = [["GET", path, 200], ["POST", path, 302]]
                visits.append({"cookie": cookie, "address": address, "who": email, "steps": steps})
            db.session.commit()
        return visits

    def _draft(self, email: str, number: int) -> int:
        answers = ANSWERS | {"name": {"name": [f"Applicant Number{number}"]}}
        answers["contact"] = answers["contact"] | {"email": [email]}
        moment = now()
        draft = Draft(kind="ride", stream_id=history.open_stream("draft").id, created_at=moment, changed_at=moment)
        draft.expires_on = today() + timedelta(days=28)
        draft.answers = json.dumps(answers)
        db.session.add(draft)
        db.session.flush()
        return draft.id

    def _staff(self, role: Role, which: Any) -> str:
        account = db.session.scalars(select(Account).where(which)).one()
        return self._session({"_user_id": str(account.id), "role": str(role)}, account.id)

    def _session(self, data: dict[str, Any], account_id: int | None = None) -> str:
        moment = now()
        if account_id:
            data = data | {"_fresh": True, "second": True, "signed_in_at": moment.isoformat()}
        token = random_secrets.token_urlsafe(32)
        digest = hashlib.sha256(token.encode()).digest()
        db.session.add(Session(digest=digest, data=data, account_id=account_id, created_at=moment, seen_at=moment))
        return f"{self.site.app.config['SESSION_COOKIE_NAME']}={token}"


def _of(role: Role) -> Any:
    """The first member of staff who has a role in one area."""
    wanted = select(Grant.account_id).join(Area, Area.id == Grant.area_id).where(Grant.role == role, Area.kind == "bcu")
    return wanted.order_by(Grant.id).limit(1).scalar_subquery()


def _newest(kind: str) -> Select[str]:
    return select(Case.reference).where(Case.is_open, Case.kind == kind).order_by(Case.id.desc())


def _digest(cookie: str) -> bytes:
    return hashlib.sha256(cookie.partition("=")[2].encode()).digest()
