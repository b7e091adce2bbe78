"""Plans: one action for many cases. Weighed and shown first; then exactly that happens, case by case, and nothing else.

Never commits. A case that changed after it was shown is left out, and the plan says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from casework.accounts import queries as accounts
from casework.accounts.models import Account
from casework.cases import registry
from casework.cases import service as cases
from casework.cases.models import Case, CaseTag
from casework.cases.queries import Scope
from casework.cases.registry import Step
from casework.clocks.words import long_date
from casework.complaints.models import Complaint, Subject
from casework.exchanges import canned
from casework.exchanges import service as exchanges
from casework.extensions import db
from casework.feedback.models import Feedback
from casework.history import service as history
from casework.history.models import Event, Stream
from casework.moments import now
from casework.outbox import service as outbox
from casework.outbox.jobs import job
from casework.parties.models import Party
from casework.roles import SYSTEM, Actor, Role
from casework.settings import service as settings
from casework.triage import workers
from casework.triage.models import Plan, PlanItem
from casework.triage.workflow import PLAN, State
from casework.workflow import Refused, Tell

# A plan that nobody can look through is no plan.
MOST = 500


@dataclass(frozen=True)
class Action:
    """Something that can be done with several cases: its words, what it needs, and the action of the table, if any."""

    words: str
    asks: str  # to, tag, canned, note
    row: str = ""


ACTIONS = {
    "assign": Action("Give to somebody", "to"),
    "tag": Action("Add a tag", "tag"),
    "thank": Action("Answer thanks with a text and close", "canned", "reply_and_close"),
    "go_on": Action("Go on without the answer", "note", "go_on"),
    "close": Action("Close", "note", "close"),
}

CHANGED = "It changed after the plan was shown."
NOT_ALLOWED = "Whoever planned this may not work on it any more."
NOT_READ = "One of its people wrote something that nobody has read."


@dataclass(frozen=True)
class Letter:
    """A message that would go: which, and to whom by which way."""

    name: str
    to: str
    channel: str


def draft(action: str, case_ids: Iterable[int], actor: Actor, scope: Scope) -> Plan:
    """Begin a plan for those of these cases that the actor may see. Nothing happens to them."""
    assert actor.account_id is not None
    wanted = select(Case.id).where(Case.id.in_(list(case_ids)), scope.covers()).order_by(Case.next_due_on, Case.id)
    ids = list(db.session.scalars(wanted.limit(MOST)))
    plan = Plan(
        stream_id=history.open_stream("plan").id,
        at=now(),
        account_id=actor.account_id,
        role=str(actor.role),
        action=action,
    )
    cases.perform(plan, "draft", actor, count=len(ids), action_planned=action)
    if ids:
        db.session.execute(insert(PlanItem), [{"plan_id": plan.id, "case_id": case_id} for case_id in ids])
    if ACTIONS[action].asks == "note":
        weigh(plan)
    return plan


def settle(plan: Plan, *, to: int | None = None, tag: str = "", canned: str = "", words: str = "") -> None:
    """Fix what the action needs, and weigh the plan again."""
    plan.to_account_id, plan.tag, plan.canned, plan.words = to, tag, canned, words
    weigh(plan)


def weigh(plan: Plan) -> None:
    """Work out for each case whether it is meant, or the sentence why not, and remember how it stands now."""
    found = _cases_of(plan)
    wanted = select(Case.id, Stream.head).join(Stream, Stream.id == Case.stream_id).where(Case.id.in_(found))
    heads = {row[0]: row[1] for row in db.session.execute(wanted)}
    weigher = _Weigher(plan, list(found.values()))
    for item in items(plan):
        item.head = heads[item.case_id]
        item.excluded = weigher.refusal(found[item.case_id])
    plan.weighed_at = now()
    db.session.flush()


def letters(plan: Plan) -> list[Letter]:
    """The messages that the plan would send, by whom they are for."""
    meant = [item.case_id for item in items(plan) if not item.excluded]
    names = _messages(plan)
    if not names or not meant:
        return []
    people = db.session.execute(
        select(Party.name, Party.channel)
        .where(
            Party.case_id.in_(meant),
            Party.acts,
            Party.erased_at.is_(None),
            Party.part.in_(["complainant", "guardian", "representative"]),
        )
        .order_by(Party.case_id, Party.id)
    )
    return [Letter(name, to, channel) for to, channel in people for name in names]


def items(plan: Plan) -> list[PlanItem]:
    """The cases of a plan, in their order."""
    return list(db.session.scalars(select(PlanItem).where(PlanItem.plan_id == plan.id).order_by(PlanItem.id)))


def meant(plan: Plan) -> int:
    """How many cases a plan would change."""
    wanted = select(func.count()).select_from(PlanItem).where(PlanItem.plan_id == plan.id, PlanItem.excluded == "")
    return int(db.session.scalar(wanted) or 0)


def text_for(plan: Plan, case: Case) -> str:
    """The reply of a plan as one case's people get it."""
    handler = accounts.by_id(plan.account_id)
    facts = {
        "name": case.applicant.name if case.applicant else "",
        "reference": case.reference,
        "received_on": long_date(case.received_on),
        "handler": handler.name if handler else "",
    }
    return canned.fill(plan.words, facts)


@job("carry_out_plan")
def carry_out(event_id: int) -> None:
    """The time to stop it is over: owe each case a job of its own, so that none waits for or falls with another."""
    plan = _locked(db.session.get_one(Event, event_id).subject_id)
    if plan is None or plan.state != State.WAITING:
        return
    cases.perform(plan, "begin", SYSTEM)
    for item in items(plan):
        if not item.excluded:
            event = history.append(plan.stream_id, "item", SYSTEM, subject=("plan_item", item.id))
            outbox.owe(event, "carry_out_item", kind="job")


@job("carry_out_item")
def carry_out_item(event_id: int) -> None:
    """Do to one case what the plan showed, or say why not. Doing it twice does it once."""
    item = db.session.get(PlanItem, db.session.get_one(Event, event_id).subject_id)
    if item is None or item.result:
        return
    plan = db.session.get_one(Plan, item.plan_id)
    why = _do(plan, item)
    item.result, item.why, item.done_at = "left_out" if why else "done", why, now()
    db.session.flush()
    # Held until the end, so that of the last two one sees the other.
    held = _locked(plan.id)
    left = select(PlanItem.id).where(PlanItem.plan_id == plan.id, PlanItem.excluded == "", PlanItem.result == "")
    if held is not None and held.state == State.UNDER_WAY and db.session.scalar(left.limit(1)) is None:
        cases.perform(held, "finish", SYSTEM)


def _do(plan: Plan, item: PlanItem) -> str:
    """Change one case. Returns why it was left out, or nothing."""
    kind = registry.named(db.session.scalars(select(Case.kind).where(Case.id == item.case_id)).one())
    case = cases.lock(kind.model, item.case_id)
    if db.session.scalar(select(Stream.head).where(Stream.id == case.stream_id)) != item.head:
        return CHANGED
    if not _still_may(plan, case):
        return NOT_ALLOWED
    why = _Weigher(plan, [case]).refusal(case)
    if why:
        return why
    try:
        with db.session.begin_nested():
            _act(plan, case)
    except Refused as no:
        return no.sentence
    except (cases.Clash, IntegrityError):
        return CHANGED
    return ""


def _act(plan: Plan, case: Any) -> None:
    actor = _actor(plan)
    action = ACTIONS[plan.action]
    if plan.action == "assign":
        cases.assign(case, plan.to_account_id, actor)
    elif plan.action == "tag":
        cases.tag(case, plan.tag, actor)
    elif plan.action == "thank":
        cases.perform(case, action.row, actor, private={"words": text_for(plan, case)}, canned=plan.canned)
    else:
        cases.perform(case, action.row, actor, plan.words)


class _Weigher:
    """Says of each case why the action may not be done with it, with what can be asked for all of them asked once."""

    def __init__(self, plan: Plan, found: list[Any]) -> None:
        self._plan, self._action, self._actor = plan, ACTIONS[plan.action], _actor(plan)
        ids = [case.id for case in found]
        self._new = exchanges.count_new(ids)
        self._tagged: dict[int, set[str]] = {}
        self._about: set[int] = set()
        self._grants: list[tuple[Role, int]] = []
        if plan.action == "tag":
            for case_id, word in db.session.execute(
                select(CaseTag.case_id, CaseTag.tag).where(CaseTag.case_id.in_(ids))
            ):
                self._tagged.setdefault(case_id, set()).add(word)
        if plan.action == "assign":
            self._about = _about(ids, plan.to_account_id)
            self._grants = workers.roles_of(plan.to_account_id)

    def refusal(self, case: Any) -> str:
        """The sentence, or nothing."""
        if not case.is_open:
            return "It is closed."
        if self._actor.role not in registry.of(case).workers:
            return "Your role does not work on this kind."
        match self._plan.action:
            case "assign":
                return self._not_given(case)
            case "tag":
                have = self._tagged.get(case.id, set())
                return "It has this tag already." if self._plan.tag in have else ""
        if not any(row.action == self._action.row for row in registry.of(case).workflow.rows):
            return "This is not done with a case of this kind."
        if self._plan.action == "thank" and getattr(case, "sort", "") != "thanks":
            return "Only thanks are answered together."
        if self._new.get(case.id):
            return NOT_READ
        if self._plan.action == "thank" and (gaps := canned.left_open(text_for(self._plan, case))):
            return f"The text has a place that is not filled: {gaps[0]}."
        try:
            cases.would_take(case, self._action.row, self._actor, self._plan.words, {"words": self._plan.words})
        except Refused as no:
            return no.sentence
        return ""

    def _not_given(self, case: Any) -> str:
        if case.assigned_to == self._plan.to_account_id:
            return "They have it already."
        if case.id in self._about:
            return "It is about the person who would get it, or about their team."
        around, roles = workers.around(case.area_id), registry.of(case).workers
        fits = any(role in roles and area_id in around for role, area_id in self._grants)
        return "" if fits else "They do not work on this kind in its area."


def _about(case_ids: list[int], account_id: int | None) -> set[int]:
    """Which of these cases are about somebody or their team, as far as that is known."""
    given = accounts.by_id(account_id) if account_id is not None else None
    team = given.team.strip().lower() if given and given.team else ""
    theirs = [func.lower(func.btrim(column)) == team for column in (Subject.team, Account.team)] if team else []
    wanted = select(Subject.case_id).outerjoin(Account, Account.id == Subject.account_id)
    return set(
        db.session.scalars(wanted.where(Subject.case_id.in_(case_ids), or_(Subject.account_id == account_id, *theirs)))
    )


def _cases_of(plan: Plan) -> dict[int, Any]:
    """The cases of a plan, whole, by id: one query for each kind."""
    ids = select(PlanItem.case_id).where(PlanItem.plan_id == plan.id)
    found: dict[int, Any] = {}
    for kind in registry.everything():
        if not kind.case_kind:
            continue
        wanted = select(kind.model).where(kind.model.id.in_(ids))
        if kind.model in (Feedback, Complaint):
            wanted = wanted.options(joinedload(kind.model.encounter))
        found |= {case.id: case for case in db.session.scalars(wanted)}
    return found


def _messages(plan: Plan) -> list[str]:
    """The messages that the action sends, by name."""
    rows = [row for row in registry.named("feedback").workflow.rows if row.action == ACTIONS[plan.action].row]
    return sorted({effect.name for row in rows for effect in row.then if isinstance(effect, Tell)})


def _still_may(plan: Plan, case: Any) -> bool:
    return accounts.may_take(plan.account_id, Role(plan.role), case.area_id)


def _actor(plan: Plan) -> Actor:
    return Actor(Role(plan.role), plan.account_id)


def _locked(plan_id: int | None) -> Plan | None:
    found: Plan | None = cases.lock(Plan, plan_id or 0)
    return found


def summary(plan: Plan) -> Counter[str]:
    """How many cases were done, left out, or are still to be done."""
    return Counter(item.result or "open" for item in items(plan) if not item.excluded)


def _note_start(step: Step) -> None:
    step.subject.starts_at = settings.delay("bulk.wait").after(step.at, settings.calendar())


def is_for_one(plan: Plan) -> bool:
    """Whether one person may begin this plan alone, with all that they have begun alone by the same action lately.

    Two plans of theirs that are confirmed at once are weighed one after the other.
    """
    lock = text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
    db.session.execute(lock, {"name": f"casework:bulk:{plan.account_id}"})
    return meant(plan) + begun_alone(plan) <= int(settings.value("bulk.alone"))


def begun_alone(plan: Plan) -> int:
    """How many cases the same person has begun to change by the same action, with nobody's consent, in other plans."""
    since = now() - timedelta(hours=int(settings.value("bulk.alone.hours")))
    confirmed = select(Event.id).where(Event.stream_id == Plan.stream_id, Event.action == "confirm", Event.at > since)
    wanted = (
        select(func.count())
        .select_from(PlanItem)
        .join(Plan, Plan.id == PlanItem.plan_id)
        .where(Plan.account_id == plan.account_id, Plan.action == plan.action, Plan.id != plan.id)
        .where(Plan.state != State.CANCELLED, PlanItem.excluded == "", confirmed.exists())
    )
    return int(db.session.scalar(wanted) or 0)


registry.register(
    registry.Kind(
        PLAN,
        Plan,
        stream_of=lambda plan: plan.stream_id,
        case_of=lambda plan: None,
        checks={
            "something_left": lambda step: step.subject.weighed_at is not None and meant(step.subject) > 0,
            "within_alone": lambda step: is_for_one(step.subject),
            "beyond_alone": lambda step: not is_for_one(step.subject),
            "time_over": lambda step: step.subject.starts_at is not None and now() >= step.subject.starts_at,
            "all_done": lambda step: not summary(step.subject)["open"],
        },
        nows={"note_start": _note_start},
    )
)

__all__ = ["ACTIONS", "Letter", "carry_out", "draft", "items", "letters", "settle", "weigh"]
