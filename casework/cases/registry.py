"""What each table works on: its model, its checks and what it does at once. Features register here when imported.

A feature further to the left may supply what a table to its right does (`also`): the ride reacts to a booking without
the schedule knowing of rides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from casework.cases.models import Case
from casework.clocks import Duty, Happening
from casework.history.models import Event
from casework.roles import Actor, Role
from casework.workflow import Row, Workflow


@dataclass
class Step:
    """One transition while it is taken: what checks and immediate effects are given."""

    subject: Any
    action: str
    actor: Actor
    at: datetime
    note: str
    facts: dict[str, Any]
    private: dict[str, Any]
    # True while buttons are worked out: what the form will ask for cannot be there yet.
    asking: bool = False
    row: Row | None = None
    event: Event | None = None


CheckFunction = Callable[[Step], "bool | str"]
NowFunction = Callable[[Step], None]


@dataclass
class Kind:
    """One table with what it needs from the program."""

    workflow: Workflow
    model: type[Any]
    stream_of: Callable[[Any], int]
    case_of: Callable[[Any], Any]
    checks: dict[str, CheckFunction] = field(default_factory=dict)
    nows: dict[str, NowFunction] = field(default_factory=dict)
    # Where the state alone does not say it (a reconsideration, an adverse result): which period, for whom.
    due_key: Callable[[Any], str] | None = None
    waits_for: Callable[[Any], str] | None = None
    # Who works on cases of this kind; nobody else at the desk sees that they exist.
    workers: tuple[Role, ...] = ()
    # What is owed while such a case lives, with the rules in force; and what of its history matters to it.
    duties: Callable[[], Sequence[Duty]] | None = None
    mentions: frozenset[str] = frozenset()
    derive: Callable[[Any, list[Happening]], list[Happening]] | None = None
    # The last day before only time acts, where that is not a period from the state's beginning.
    clock_days: Callable[[Any], dict[str, date] | None] | None = None
    # Who of these accounts (with their teams) may not be given such a case: the one it is about, for example.
    barred: Callable[[Any, Mapping[int, str]], frozenset[int]] | None = None
    # Four eyes go by the steps of this very thing, where its stream is also the history of others like it.
    own_past: bool = False
    # Called when a message of such a case went out.
    told: Callable[[Any, str], None] | None = None

    @property
    def case_kind(self) -> bool:
        """Whether this is a case of its own, not a part of one."""
        return issubclass(self.model, Case)


_kinds: dict[str, Kind] = {}
# What features to the left supply, whichever is imported first.
_more_nows: dict[str, dict[str, NowFunction]] = {}
_more_checks: dict[str, dict[str, CheckFunction]] = {}


def register(kind: Kind) -> Kind:
    """Make a table known. Registering a name again replaces it."""
    name = kind.workflow.name
    kind.nows |= _more_nows.setdefault(name, {})
    kind.checks |= _more_checks.setdefault(name, {})
    _kinds[name] = kind
    return kind


def also(workflow: str, now: str) -> Callable[[NowFunction], NowFunction]:
    """Let a feature supply an immediate effect of another feature's table."""

    def keep(function: NowFunction) -> NowFunction:
        _more_nows.setdefault(workflow, {})[now] = function
        if workflow in _kinds:
            _kinds[workflow].nows[now] = function
        return function

    return keep


def also_checks(workflow: str, check: str) -> Callable[[CheckFunction], CheckFunction]:
    """Let a feature supply a check of another feature's table."""

    def keep(function: CheckFunction) -> CheckFunction:
        _more_checks.setdefault(workflow, {})[check] = function
        if workflow in _kinds:
            _kinds[workflow].checks[check] = function
        return function

    return keep


def of(subject: Any) -> Kind:
    """The kind of a row."""
    return _kinds[subject.workflow_name]


def mentioned_by(name: str) -> frozenset[str]:
    """What of a case of this kind has to do with its duties."""
    kind = _kinds.get(name)
    return kind.mentions if kind else frozenset()


def is_told(happening: str) -> bool:
    """Whether the delivery of some message matters to a duty of any kind."""
    return any(happening in kind.mentions for kind in _kinds.values())


def after_told(case: Case, message: str) -> None:
    """Let a kind follow up the delivery of a message."""
    kind = _kinds[case.kind]
    if kind.told is not None:
        kind.told(case, message)


def named(name: str) -> Kind:
    """The kind of a table's name."""
    return _kinds[name]


def kinds_of(role: Role) -> frozenset[str]:
    """The kinds of case that a role sees at the desk."""
    readers = {Role.DATA_PROTECTION, Role.ADMIN}
    return frozenset(
        name for name, kind in _kinds.items() if kind.case_kind and (role in kind.workers or role in readers)
    )


@cache
def duty_words(name: str) -> dict[str, str]:
    """What each duty of a kind is called, by name. The words do not change while the program runs."""
    duties = _kinds[name].duties
    return {duty.name: duty.words for duty in duties()} if duties else {}


def case_kinds() -> frozenset[str]:
    """Every kind of case."""
    return frozenset(name for name, kind in _kinds.items() if kind.case_kind)


def desk() -> frozenset[Role]:
    """Every role that works on cases of some kind."""
    return frozenset(role for kind in _kinds.values() for role in kind.workers)


def everything() -> list[Kind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]
