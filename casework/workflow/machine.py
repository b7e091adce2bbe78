"""The rules engine: states, rows and the question whether a row may be taken. Standard library only; changes nothing.

Read a feature's `workflow.py` for the rules themselves. `Workflow.plan` finds the row or says in a sentence why not;
`casework.cases.service.perform` is the only code that then assigns a state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework.roles import ROLE_WORDS, Actor, Role
from casework.workflow.effects import Effect, Period


@dataclass(frozen=True)
class StateSpec:
    """What a state means to people: words for the public and for staff, whom it waits for, how long that should take.

    `within` names the period in which the one it waits for should act; it sorts queues and changes nothing by itself.
    """

    public: str
    staff: str
    waits_for: Role | None = None
    within: Period | None = None
    final: bool = False

    @property
    def clock_runs(self) -> bool:
        """Whether time counts against somebody here."""
        return not self.final and self.within is not None


@dataclass(frozen=True)
class Check:
    """A claim that must hold, with the sentence to show when it does not.

    `once`: where it does not hold, it was done already, and is not even offered.
    """

    name: str
    sentence: str
    once: bool = False


@dataclass(frozen=True)
class Row:
    """One transition: from, to, who, on what terms, what follows, after how long."""

    action: str
    from_state: str | None
    to_state: str
    by: tuple[Role, ...]
    needs: tuple[Check, ...] = ()
    apart_from: tuple[str, ...] = ()
    then: tuple[Effect, ...] = ()
    after: Period | None = None
    asks: tuple[str, ...] = ()
    button: str = ""
    at: str = ""

    def allows(self, role: Role) -> bool:
        """Whether this role may take the row at all."""
        return role in self.by


def row(
    action: str,
    from_states: str | None | Sequence[str],
    to_state: str,
    *,
    by: Role | Iterable[Role],
    needs: Sequence[Check] = (),
    apart_from: Sequence[str] = (),
    then: Sequence[Effect] = (),
    after: Period | None = None,
    asks: Sequence[str] = (),
    button: str = "",
    at: str = "",
) -> list[Row]:
    """Declare a transition, from one state or from each of several. `by` has no default: somebody must be named.

    `asks` names the facts that the one who acts must give; a row that asks for no more than "note" is served by the
    one generic route, others have a page of their own. `at` names what of the subject holds the moment at which the
    clock takes the row, where it is no period after the state began.
    """
    roles = (by,) if isinstance(by, Role) else tuple(by)
    froms: Sequence[str | None] = [from_states] if from_states is None or isinstance(from_states, str) else from_states
    return [
        Row(
            action, start, to_state, roles, tuple(needs), tuple(apart_from), tuple(then), after, tuple(asks), button, at
        )
        for start in froms
    ]


class Refused(Exception):
    """The table does not allow this now. The sentence is for the person who tried."""

    def __init__(self, sentence: str, check: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.check = check


# An earlier event as four eyes need it: its qualified action ("ride.vet") and the account that took it.
Past = tuple[str, int | None]
# Says whether a check holds: True, or the sentence to show (False: the check's own sentence).
Holds = Callable[[Check], bool | str]


@dataclass(frozen=True)
class Offer:
    """A row as a button: what could be done, or why this person may not do it now."""

    row: Row
    refused: str = ""


@dataclass(frozen=True)
class Workflow:
    """The life of one kind of thing: its states and its rows."""

    name: str
    states: Mapping[str, StateSpec]
    rows: tuple[Row, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, name: str, states: Mapping[str, StateSpec], rows: Sequence[Sequence[Row]], words: Mapping[str, str]
    ) -> Workflow:
        """Put a table together from `row(...)` lists; `words` say each action as history shows it ("approved")."""
        return cls(name, states, tuple(r for group in rows for r in group), words)

    def plan(
        self,
        state: str | None,
        action: str,
        actor: Actor,
        history: Callable[[], Iterable[Past]] = tuple,
        holds: Holds = lambda check: True,
    ) -> Row:
        """Return the row that this actor would take, or raise `Refused` with the sentence. Changes nothing.

        Several rows may share state and action (a coordinator approves a clear one, a supervisor a conditional one):
        the first that allows the actor and whose checks hold is taken.
        """
        rows = [r for r in self.rows if r.action == action and r.from_state == state]
        if not rows:
            raise Refused(self._not_from_here(action, state))
        mine = [r for r in rows if r.allows(actor.role)]
        if not mine:
            raise Refused("Your role cannot do this. It is for: " + _or(_roles(rows)) + ".")
        first: Refused | None = None
        for candidate in mine:
            try:
                self._check(candidate, actor, history, holds)
            except Refused as no:
                first = first or no
            else:
                return candidate
        assert first is not None
        raise first

    def open_to(
        self,
        state: str,
        actor: Actor,
        history: Callable[[], Iterable[Past]] = tuple,
        holds: Holds = lambda check: True,
    ) -> list[Offer]:
        """List what this actor's role could do from here, each once, with the sentence where it is refused now."""
        actions = dict.fromkeys(r.action for r in self.rows if r.from_state == state and r.allows(actor.role))
        offers = []
        for action in actions:
            try:
                offers.append(Offer(self.plan(state, action, actor, history, holds)))
            except Refused as no:
                shown = next(r for r in self.rows if r.from_state == state and r.action == action)
                if not any(check.once and check.name == no.check for check in shown.needs):
                    offers.append(Offer(shown, no.sentence))
        return offers

    def clock_rows(self, state: str) -> list[Row]:
        """The rows that only time takes from this state."""
        return [r for r in self.rows if r.from_state == state and Role.CLOCK in r.by]

    def messages(self) -> set[str]:
        """Every message that some row owes."""
        return {e.name for r in self.rows for e in r.then if type(e).__name__ == "Tell"}

    def _check(self, candidate: Row, actor: Actor, history: Callable[[], Iterable[Past]], holds: Holds) -> None:
        if candidate.apart_from and actor.account_id is not None:
            barred = set(candidate.apart_from)
            for action, account_id in history():
                if account_id == actor.account_id and action in barred:
                    raise Refused(
                        "Somebody else must do this, because you took an earlier decision here.", "apart_from"
                    )
        for check in candidate.needs:
            answer = holds(check)
            if answer is not True:
                raise Refused(answer or check.sentence, check.name)

    def _not_from_here(self, action: str, state: str | None) -> str:
        if state is None:
            return "This cannot be opened that way."
        return f"This is not possible now. It stands at “{self.states[state].staff}”."


def _roles(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(ROLE_WORDS[role] for r in rows for role in r.by))


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
