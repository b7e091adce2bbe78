"""What a feature adds to the desk: its part of the case page, pages for actions that need more than a note, and what of
the history is not for everybody there.

A row of a table that `asks` for facts gets a page of its own: `page("ride", "refuse", "rides_staff.refuse")`. The
endpoint is given `reference`. Every other row is served by the one generic route, `cases.act`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Context = Callable[[Any], dict[str, Any]]

_facts: dict[str, tuple[str, Context]] = {}
_pages: dict[tuple[str, str], str] = {}
_seldom: set[tuple[str, str]] = set()
_parts: list[tuple[str, frozenset[str], bool, Context]] = []
_on_open: list[Callable[[Any, int], None]] = []
_left_out: set[str] = set()
_steps: dict[str, str] = {}


def facts(kind: str, template: str) -> Callable[[Context], Context]:
    """Register the template of a kind's facts and the function that gives it what it shows."""

    def keep(function: Context) -> Context:
        _facts[kind] = (template, function)
        return function

    return keep


def facts_of(case: Any) -> tuple[str, dict[str, Any]]:
    """The template of a case's facts with its context; an empty name where a kind has none."""
    found = _facts.get(case.kind)
    return (found[0], found[1](case)) if found else ("", {})


def part(template: str, *kinds: str, top: bool = False) -> Callable[[Context], Context]:
    """Register a part of the case page that several kinds have: above everything, or below the kind's own facts.

    The template finds what the function gives as `part`; where that is empty, the part is left out.
    """

    def keep(function: Context) -> Context:
        _parts.append((template, frozenset(kinds), top, function))
        return function

    return keep


def parts_of(case: Any, top: bool = False) -> list[tuple[str, dict[str, Any]]]:
    """The parts of a case's page with what they show, in the order in which they were registered."""
    wanted = [
        (template, function) for template, kinds, above, function in _parts if case.kind in kinds and above == top
    ]
    return [(template, shown) for template, function in wanted if (shown := function(case))]


def on_open(function: Callable[[Any, int], None]) -> Callable[[Any, int], None]:
    """Register what is noted when somebody (an account's id) opens a case. It never commits."""
    _on_open.append(function)
    return function


def opened(case: Any, account_id: int) -> None:
    """Note that somebody opened a case."""
    for function in _on_open:
        function(case, account_id)


def page(workflow: str, action: str, endpoint: str) -> None:
    """Register the page of an action that needs more than a note."""
    _pages[(workflow, action)] = endpoint


def page_of(workflow: str, action: str) -> str:
    """The endpoint of an action's page; empty where the generic route serves it."""
    return _pages.get((workflow, action), "")


def seldom(workflow: str, *actions: str) -> None:
    """Say which actions are seldom taken: their buttons stand folded away below the others."""
    _seldom.update((workflow, action) for action in actions)


def is_seldom(workflow: str, action: str) -> bool:
    """Whether the button of an action is folded away."""
    return (workflow, action) in _seldom


def leave_out(*steps: str) -> None:
    """Keep steps ("check.find") out of the history on the case page: they belong to a room of their own, or only follow
    from a step that stands there already."""
    _left_out.update(steps)


def is_left_out(step: str) -> bool:
    """Whether a step of the history is not for the case page."""
    return step in _left_out


def say(**steps: str) -> None:
    """Word steps of a kind that change no state, as `kind__action`: `say(ride__get_ready="part given")`."""
    _steps.update({name.replace("__", ".", 1): words for name, words in steps.items()})


def steps() -> dict[str, str]:
    """Every step that features worded, by its qualified name."""
    return _steps


_queue: list[tuple[str, bool, Context]] = []
_searches: list[Callable[[Any, str], list[Any]]] = []


def queue_part(template: str, top: bool = False) -> Callable[[Context], Context]:
    """Register a part of the queue: below its rows, which its function is given, or above, given the filters.

    What the function gives stands beside everything else that the queue's template knows; nothing: it is left out.
    """

    def keep(function: Context) -> Context:
        _queue.append((template, top, function))
        return function

    return keep


def queue_parts(given: Any, top: bool = False) -> tuple[list[str], dict[str, Any]]:
    """The templates of the queue's parts, and what they show."""
    found = [(template, function(given)) for template, above, function in _queue if above == top]
    shown = {name: value for _, values in found for name, value in values.items()}
    return [template for template, values in found if values], shown


def searcher(function: Callable[[Any, str], list[Any]]) -> Callable[[Any, str], list[Any]]:
    """Register a search over what a feature keeps: given scope and words, it returns what `cases/found.html` lists."""
    _searches.append(function)
    return function


def search(scope: Any, words: str) -> list[Any]:
    """What the searches of all features find."""
    return [hit for function in _searches for hit in function(scope, words)]
