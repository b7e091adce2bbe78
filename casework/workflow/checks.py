"""Proves of each table that it is whole before it runs: no dead end, no unreachable state, nobody waiting unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from casework.roles import STAFF_ROLES, Role
from casework.workflow.effects import Do, Now, Period, Tell
from casework.workflow.machine import Workflow


@dataclass(frozen=True)
class Known:
    """The names that exist outside the tables: what rows may refer to."""

    messages: Collection[str]
    jobs: Collection[str]
    nows: Collection[str]
    checks: Collection[str]
    periods: Collection[str]
    actions: Collection[str]


def problems(workflow: Workflow, known: Known) -> list[str]:
    """Return every fault of the table as a sentence; an empty list means that it may go live."""
    found = [*_shape(workflow), *_reach(workflow), *_names(workflow, known)]
    return [f"{workflow.name}: {sentence}" for sentence in found]


def _shape(workflow: Workflow) -> Iterable[str]:
    seen: set[tuple[str, str | None, Role, tuple[str, ...]]] = set()
    for r in workflow.rows:
        for end in (r.from_state, r.to_state):
            if end is not None and end not in workflow.states:
                yield f"action {r.action} names the state {end}, which is not declared"
        if not r.by:
            yield f"action {r.action} from {r.from_state} names nobody who may take it"
        if (Role.CLOCK in r.by) != (r.after is not None or bool(r.at)):
            yield f"action {r.action} from {r.from_state}: the clock takes a row exactly if it has a period or moment"
        if r.action not in workflow.words:
            yield f"action {r.action} has no words for the history"
        for role in r.by:
            key = (r.action, r.from_state, role, tuple(c.name for c in r.needs))
            if key in seen:
                yield f"action {r.action} from {r.from_state} is declared twice for {role}"
            seen.add(key)
    for name, state in workflow.states.items():
        if not state.public or not state.staff:
            yield f"state {name} has no words for the public or for staff"
        if not state.final and state.waits_for is None:
            yield f"state {name} waits for nobody"


def _reach(workflow: Workflow) -> Iterable[str]:
    reached = {r.to_state for r in workflow.rows if r.from_state is None}
    if not reached:
        yield "nothing opens it"
    grown = True
    while grown:
        more = {r.to_state for r in workflow.rows if r.from_state in reached} - reached
        reached |= more
        grown = bool(more)
    for name in workflow.states:
        if name not in reached:
            yield f"state {name} cannot be reached"
    ends = {name for name, state in workflow.states.items() if state.final}
    leads = set(ends)
    grown = True
    while grown:
        before = {r.from_state for r in workflow.rows if r.to_state in leads and r.from_state is not None} - leads
        leads |= before
        grown = bool(before)
    for name, state in workflow.states.items():
        out = [r for r in workflow.rows if r.from_state == name]
        if not state.final and not out:
            yield f"state {name} is a dead end"
        elif name not in leads:
            yield f"no way leads from state {name} to an end"
        if not state.final and state.waits_for is not None and not _owner_can_act(workflow, name, state.waits_for):
            yield f"state {name} waits for {state.waits_for}, who can do nothing there"


def _owner_can_act(workflow: Workflow, state: str, owner: Role) -> bool:
    if owner == Role.OUTSIDE:
        # What another body did, somebody of ours enters.
        return any(r.from_state == state and STAFF_ROLES & set(r.by) for r in workflow.rows)
    return any(r.from_state == state and (owner in r.by or Role.SYSTEM in r.by) for r in workflow.rows)


def _names(workflow: Workflow, known: Known) -> Iterable[str]:
    periods = [s.within for s in workflow.states.values() if s.within] + [r.after for r in workflow.rows if r.after]
    for r in workflow.rows:
        for effect in r.then:
            if isinstance(effect, Tell) and effect.name not in known.messages:
                yield f"action {r.action} owes the message {effect.name}, which has no template"
            if isinstance(effect, Do) and effect.name not in known.jobs:
                yield f"action {r.action} owes the job {effect.name}, which no worker knows"
            if isinstance(effect, Now) and effect.name not in known.nows:
                yield f"action {r.action} does {effect.name}, which nobody implements"
            if isinstance(effect, Tell | Do) and isinstance(effect.delay, Period):
                periods.append(effect.delay)
        for check in r.needs:
            if check.name not in known.checks:
                yield f"action {r.action} needs {check.name}, which nobody implements"
        for action in r.apart_from:
            if action not in known.actions:
                yield f"action {r.action} must be apart from {action}, which is no action of any table"
    for named in periods:
        if named.key not in known.periods:
            yield f"the period {named.key} is not in the settings"
